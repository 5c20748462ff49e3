"""Reminders of this room, on the same days and each given once, as those of the collection."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from django.db import transaction

from halfsky.audit.actions import one_writer, record
from halfsky.collect.actions.notices import people_of_place, tell
from halfsky.collect.actions.reminders import CITY_AFTER, NAMED, OFFICES_AFTER, mark, once
from halfsky.oversight.actions.common import office_of, people_of, to_page
from halfsky.oversight.actions.tasks import about_task
from halfsky.oversight.models import Task
from halfsky.oversight.models.tasks import OPEN
from halfsky.places.policy import Principal
from halfsky.places.roles import Permission
from halfsky.plan import Plan


@transaction.atomic
def remind(*, plan: Plan, today: date, by: Principal) -> int:
    """Give every reminder of tasks that is due on a day and was not given yet; how many people were told."""
    one_writer()
    actor = by.need(Permission.TASK_GIVE, region=plan.region)
    tasks = list(Task.objects.filter(plan=plan.id, state__in=OPEN))
    given = sum(_remind(plan, task, today) for task in tasks) + _escalate(plan, tasks, today)
    if given:
        record(by=actor, action="oversight.remind", subject=f"plan:{plan.id}", after={"day": str(today), "told": given})
    return given


def _remind(plan: Plan, task: Task, today: date) -> int:
    days = (today - task.due).days
    at = mark(days)
    if at is None or not once(f"task:{task.pk}:{task.due}:{at}"):
        return 0
    return tell(
        plan=plan, kind="task-late" if days > 0 else "task-before", params=about_task(plan, task, days=abs(days)),
        users=people_of(task.region, task.unit, Permission.TASK_DO), office=office_of(task.region, task.unit),
    )  # fmt: skip


def _escalate(plan: Plan, tasks: list[Task], today: date) -> int:
    """What stays late goes up: to the committee office of the place, then to the city's ."""
    above: dict[tuple[str, int], list[Task]] = defaultdict(list)
    for task in tasks:
        days = task.days_late(today)
        if days >= OFFICES_AFTER and once(f"task-up:{task.pk}:{task.due}:place"):
            above[task.region, OFFICES_AFTER].append(task)
        if days >= CITY_AFTER and once(f"task-up:{task.pk}:{task.due}:city"):
            above[plan.region, CITY_AFTER].append(task)
    given = 0
    for (region, after), late in above.items():
        users = {u.pk: u for u in people_of_place(region, Permission.TASK_CONFIRM)}
        titles = "、".join(t.title for t in late[:NAMED]) + "等" * (len(late) > NAMED)
        titles_en = ", ".join(t.title for t in late[:NAMED]) + ", …" * (len(late) > NAMED)
        params = {"count": len(late), "after": after, "names": titles, "names_en": titles_en, **to_page("tasks")}
        given += tell(plan=plan, kind="tasks-late", users=users.values(), params=params)
    return given
