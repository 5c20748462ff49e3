"""Reminders of this room, on the same days and each given once, as those of the collection."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from halfsky.audit.actions import one_writer, record
from halfsky.collect.actions.notices import people_of_place, tell
from halfsky.collect.actions.reminders import CITY_AFTER, NAMED, OFFICES_AFTER, mark, once
from halfsky.oversight.actions.common import office_of, people_of, to_page
from halfsky.oversight.actions.tasks import about_task
from halfsky.oversight.actions.yearly import about_yearly
from halfsky.oversight.models import Task, YearlyReport
from halfsky.oversight.models.tasks import OPEN
from halfsky.places.policy import Principal
from halfsky.places.roles import Permission
from halfsky.plan import Plan


@dataclass(frozen=True, slots=True)
class _Owed:
    """Something that an office owes by a day, in the words of its notices."""

    key: str  # "task:7"
    region: str
    unit: str
    due: date
    params: dict[str, Any]
    name: tuple[str, str]  # in a list of many, in both languages
    kinds: tuple[str, str, str]  # of the notice before, after, and of the list
    year: int | None = None


@transaction.atomic
def remind(*, plan: Plan, today: date, by: Principal) -> int:
    """Give every reminder of tasks and reports that is due on a day and was not given yet; how many people were told."""
    one_writer()
    actor = by.need(Permission.TASK_GIVE, region=plan.region)
    owed = [*_tasks(plan), *_reports(plan)]
    given = sum(_remind(plan, one, today) for one in owed) + _escalate(plan, owed, today)
    if given:
        record(by=actor, action="oversight.remind", subject=f"plan:{plan.id}", after={"day": str(today), "told": given})
    return given


def _tasks(plan: Plan) -> Iterable[_Owed]:
    for task in Task.objects.filter(plan=plan.id, state__in=OPEN):
        kinds = ("task-before", "task-late", "tasks-late")
        params = about_task(plan, task)
        yield _Owed(f"task:{task.pk}", task.region, task.unit, task.due, params, (task.title, task.title), kinds)


def _reports(plan: Plan) -> Iterable[_Owed]:
    states = [YearlyReport.State.DRAFT, YearlyReport.State.RETURNED]
    for report in YearlyReport.objects.filter(round__plan=plan.id, state__in=states).select_related("round"):
        kinds = ("yearly-before", "yearly-late", "yearlies-late")
        params = about_yearly(plan, report)
        name = (params["office"], params["office_en"])
        yield _Owed(
            f"yearly:{report.pk}", report.region, report.unit, report.due, params, name, kinds, report.round.year
        )


def _remind(plan: Plan, one: _Owed, today: date) -> int:
    days = (today - one.due).days
    at = mark(days)
    if at is None or not once(f"{one.key}:{one.due}:{at}"):
        return 0
    permission = Permission.TASK_DO if one.key.startswith("task") else Permission.YEARLY_WRITE
    return tell(
        plan=plan, kind=one.kinds[1] if days > 0 else one.kinds[0], params={**one.params, "days": abs(days)},
        users=people_of(one.region, one.unit, permission), office=office_of(one.region, one.unit),
    )  # fmt: skip


def _escalate(plan: Plan, owed: list[_Owed], today: date) -> int:
    """What stays late goes up: to the committee office of the place, then to the city's."""
    above: dict[tuple[str, str, int | None, int], list[_Owed]] = defaultdict(list)
    for one in owed:
        days, kind = (today - one.due).days, one.kinds[2]
        if days >= OFFICES_AFTER and once(f"up:{one.key}:{one.due}:place"):
            above[kind, one.region, one.year, OFFICES_AFTER].append(one)
        if days >= CITY_AFTER and one.region != plan.region and once(f"up:{one.key}:{one.due}:city"):
            above[kind, plan.region, one.year, CITY_AFTER].append(one)
    given = 0
    for (kind, region, year, after), late in above.items():
        names = "、".join(one.name[0] for one in late[:NAMED]) + "等" * (len(late) > NAMED)
        names_en = ", ".join(one.name[1] for one in late[:NAMED]) + ", …" * (len(late) > NAMED)
        params = {"count": len(late), "after": after, "names": names, "names_en": names_en, "year": year}
        page = to_page("tasks") if year is None else to_page("yearly-year", year=year)
        users = people_of_place(region, Permission.TASK_CONFIRM)
        given += tell(plan=plan, kind=kind, users=users, params={**params, **page})
    return given
