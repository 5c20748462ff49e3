"""Reads of oversight, each narrowed to what its reader may see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from halfsky.oversight.actions.common import office_name
from halfsky.oversight.actions.tasks import may_settle
from halfsky.oversight.actions.yearly import may_review, may_write
from halfsky.oversight.models import Attendance, Meeting, Task, YearlyReport
from halfsky.oversight.policy import may_do
from halfsky.places import models as places
from halfsky.places.policy import Principal
from halfsky.places.roles import Permission
from halfsky.plan import Plan, Text


def tasks(by: Principal, plan: Plan) -> QuerySet[Task]:
    """The tasks in one's reach, the first due first."""
    return Task.objects.filter(by.scope(Permission.OVERSIGHT_READ).q(), plan=plan.id)


def yearly_reports(by: Principal, plan: Plan, year: int | None = None) -> QuerySet[YearlyReport]:
    """The yearly reports in one's reach. What another office has not handed in yet shows its state; its words do not."""
    rows = YearlyReport.objects.filter(by.scope(Permission.OVERSIGHT_READ).q(), round__plan=plan.id)
    if year is not None:
        rows = rows.filter(round__year=year)
    return rows.select_related("round")


def readable_words(plan: Plan, report: YearlyReport, by: Principal) -> bool:
    """Whether one may read what a report says: its office at any time, others once it was handed in."""
    return report.state != YearlyReport.State.DRAFT or may_write(plan, report, by)


def meetings(by: Principal, plan: Plan) -> QuerySet[Meeting]:
    """The meetings of the places that one sees whole, and those to which one's office is asked."""
    scope = by.scope(Permission.OVERSIGHT_READ)
    asked = Attendance.objects.filter(scope.q(), meeting__plan=plan.id).values("meeting")
    return Meeting.objects.filter(Q(scope.q(unit=None)) | Q(pk__in=asked), plan=plan.id)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for one person to act: what it is, until when, and the page on which it is done."""

    kind: str
    label: Text
    due: date | None
    name: str
    kwargs: dict[str, Any]


def waiting(by: Principal, plan: Plan) -> list[Waiting]:
    """What waits for this person here, the first due first: tasks to do and to confirm, reports to write and review."""
    found = [*waiting_tasks(by, plan), *waiting_reports(by, plan)]
    return sorted(found, key=lambda w: (w.due or date.max, w.kind, w.label.zh))


def waiting_tasks(by: Principal, plan: Plan) -> Iterator[Waiting]:
    """Tasks that this person is to do, or to confirm."""
    for task in tasks(by, plan).exclude(state__in=[Task.State.CONFIRMED, Task.State.WITHDRAWN]):
        label = Text(zh=f"任务：{task.title}", en=f"Task: {task.title}")
        if task.open and may_do(task, by, plan.region):
            kind = "task-returned" if task.state == Task.State.RETURNED else "task"
            yield Waiting(kind, label, task.due, "task", {"pk": task.pk})
        elif task.state == Task.State.REPORTED and may_settle(task, by):
            yield Waiting("task-confirm", label, task.due, "task", {"pk": task.pk})


def waiting_reports(by: Principal, plan: Plan) -> Iterator[Waiting]:
    """Yearly reports that this person is to write, or to review."""
    for report in yearly_reports(by, plan).exclude(state=YearlyReport.State.ACCEPTED):
        mine = report.open and may_write(plan, report, by)
        review = report.state == YearlyReport.State.SUBMITTED and may_review(plan, report, by)
        if not mine and not review:
            continue
        office, year = office_name(plan, report.region, report.unit), report.round.year
        label = Text(zh=f"{office.zh}{year}年度报告", en=f"Yearly report {year} of {office.en}")
        kind = "yearly-review" if review else "yearly-returned" if report.state == "returned" else "yearly"
        yield Waiting(kind, label, report.due, "yearly-report", {"pk": report.pk})


Office = tuple[str, str]  # region, unit; without a unit, the place's committee office


def office_names(plan: Plan) -> dict[Office, Text]:
    """What every office of a plan is called, its committee offices included."""
    rows = places.Office.objects.filter(region__in=plan.place)
    names = {(o.region, o.unit): Text(zh=o.name_zh, en=o.name_en or o.name_zh) for o in rows}
    return {**{(code, ""): office_name(plan, code, "") for code in plan.place}, **names}
