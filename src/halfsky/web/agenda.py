"""What waits for a reader beside the returns: one list over every room, the most overdue first, each one click away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from halfsky.alerts.casequeries import Wanted, board, cases_waiting, counts
from halfsky.alerts.models import Case, Warning
from halfsky.alerts.routing import named_in
from halfsky.evaluation import queries as evaluation
from halfsky.oversight import queries as oversight
from halfsky.oversight.models import Task
from halfsky.places.policy import Principal
from halfsky.places.roles import Permission
from halfsky.plan import Plan, Text
from halfsky.reports.queries import TASKS, documents_waiting
from halfsky.web.words import Words

GRAVEST = 5


@dataclass(frozen=True, slots=True)
class Matter:
    """One matter: what kind, what is to be done, by when, and where. ``back`` says that it came back to the reader."""

    kind: Words
    what: Text
    due: date | None
    address: str
    back: bool = False
    days_late: int | None = None  # before the day: negative


def agenda(plan: Plan, by: Principal, today: date) -> list[Matter]:
    """Cases, tasks, yearly reports, evaluations and documents that wait for a person; empty for the machine's operator."""
    if by.trusted:
        return []
    found = [
        Matter(m.kind, m.what, m.due, m.address, m.back, (today - m.due).days if m.due else None)
        for m in (*_cases(plan, by), *_oversight(plan, by), *_evaluation(plan, by), *_documents(plan, by))
    ]
    return sorted(found, key=lambda m: (m.due is None, m.due or date.max, not m.back, m.what.zh))


def _cases(plan: Plan, by: Principal) -> Iterator[Matter]:
    for row in cases_waiting(by, plan):
        what = Text(
            zh=f"{row.place.zh}：{row.name.zh}，{row.task.zh}", en=f"{row.place.en}: {row.name.en}, to be {row.task.en}"
        )
        name, arguments = row.link
        yield Matter(_("Putting right"), what, row.due, _at(plan, name, **arguments), row.case.stage == "returned")


def _oversight(plan: Plan, by: Principal) -> Iterator[Matter]:
    for row in oversight.waiting(by, plan):
        kind = _("Task") if row.kind.startswith("task") else _("Yearly report")
        yield Matter(kind, row.label, row.due, _at(plan, row.name, **row.kwargs), row.kind.endswith("returned"))


def _evaluation(plan: Plan, by: Principal) -> Iterator[Matter]:
    for row in evaluation.waiting(by, plan):
        yield Matter(_("Evaluation"), row.what, row.due, _at(plan, row.name, **row.kwargs))


def _documents(plan: Plan, by: Principal) -> Iterator[Matter]:
    for row in documents_waiting(by, plan):
        task, title = TASKS[row.task], row.document.title
        what = Text(zh=f"《{title}》{task.zh}", en=f"{task.en.capitalize()} “{title}”")
        yield Matter(_("Document"), what, None, _at(plan, "document", pk=row.document.pk), row.task == "correct")


def _at(plan: Plan, name: str, **arguments: object) -> str:
    return reverse(f"web:{name}", kwargs={"plan_id": plan.id, **arguments})


@dataclass(frozen=True, slots=True)
class Gravest:
    """A case that the leading group should know of; ``days_late`` is ``None`` where it is in time."""

    case: Case
    what: Text
    address: str
    days_late: int | None


@dataclass(frozen=True, slots=True)
class Briefing:
    """What a member of the leading group needs in a minute: how many are in trouble, and which first."""

    red: int
    cases_late: int
    tasks_late: int
    gravest: tuple[Gravest, ...]


def briefing(plan: Plan, by: Principal, today: date) -> Briefing | None:
    """For who approves documents of the plan, the leading group; ``None`` for everybody else."""
    if by.trusted or not by.may(Permission.DOCUMENT_APPROVE):
        return None
    rows = board(plan, by, today, Wanted())
    counted = counts(plan, by, today)
    tasks = oversight.tasks(by, plan).exclude(state__in=[Task.State.CONFIRMED, Task.State.WITHDRAWN])
    gravest = [
        Gravest(
            case,
            Text(
                zh=f"{plan.place[case.region].name.zh}：{named_in(plan, case).zh}",
                en=f"{plan.place[case.region].name.en}: {named_in(plan, case).en}",
            ),
            _at(plan, "case", pk=case.pk),
            (today - case.due).days if case.due and case.due < today else None,
        )
        for case in rows[:GRAVEST]
    ]
    return Briefing(
        counted.levels[Warning.Level.RED], counted.late, tasks.filter(due__lt=today).count(), tuple(gravest),
    )  # fmt: skip
