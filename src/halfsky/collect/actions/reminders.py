"""Reminders: what is due on a day, each given once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.db import transaction

from halfsky.audit.actions import one_writer, record
from halfsky.collect.actions.filings import about_filing, owers, reviewers
from halfsky.collect.actions.notices import about, holders, people_of_place, tell
from halfsky.collect.clocks import Holder, Turn, turn
from halfsky.collect.models import Cycle, Filing, Reminder, Return
from halfsky.collect.notices import TASKS
from halfsky.places.models import User
from halfsky.places.policy import Principal
from halfsky.places.roles import Permission
from halfsky.plan import Plan

BEFORE = (14, 7, 1)  # days ahead
WEEK = 7
APPROVER_AFTER = 3  # days late: the unit's own approver hears of what the clerk has not sent
OFFICES_AFTER = 7  # the statistics office and the committee office of the place
CITY_AFTER = 14  # those of the city, for a district's
NAMED = 12  # returns named in one sentence


def mark(days: int) -> int | None:
    """The reminder in force so many days after the day due (before it: negative), or ``None``.

    14, 7 and 1 days before; the day after; every week after that. A day on which nobody ran the reminders is made good
    by the next: the newest one in force is given, those missed before it are not.
    """
    if days > 0:
        return 1 + (days - 1) // WEEK * WEEK
    passed = [-n for n in BEFORE if days >= -n]
    return max(passed, default=None)


@dataclass(frozen=True, slots=True)
class Given:
    """What a run did: reminders, escalations, reminders of filings."""

    reminders: int
    escalations: int
    filings: int


@transaction.atomic
def remind(*, plan: Plan, today: date, by: Principal) -> Given:
    """Give every reminder that is due on a day and was not given yet. May be run as often as one likes."""
    one_writer()
    actor = by.need(Permission.CYCLE_MANAGE, region=plan.region)
    sheets = [
        (sheet, turn(plan, sheet))
        for cycle in Cycle.objects.filter(plan=plan.id)
        for sheet in cycle.returns.select_related("office", "cycle")
    ]
    given = Given(
        sum(_remind(plan, sheet, now, today) for sheet, now in sheets),
        _escalate(plan, [(sheet, now, now.days_late(today)) for sheet, now in sheets if now.due]),
        sum(_remind_filing(plan, filing, today) for filing in Filing.objects.filter(plan=plan.id) if filing.open),
    )
    if given != Given(0, 0, 0):
        after = {"day": str(today), "reminders": given.reminders, "escalations": given.escalations}
        record(by=actor, action="notices.remind", subject=f"plan:{plan.id}", after={**after, "filings": given.filings})
    return given


def once(key: str) -> bool:
    """Whether a reminder is to be given now: the first time that it is asked for."""
    return Reminder.objects.get_or_create(key=key, defaults={"at": datetime.now(UTC)})[1]


def _remind(plan: Plan, sheet: Return, now: Turn, today: date) -> int:
    if now.due is None:
        return 0
    days = now.days_late(today)
    at = mark(days)
    if at is None or not once(f"return:{sheet.pk}:{now.holder}:{now.due}:{at}"):
        return 0
    task = TASKS[now.holder]
    params = about(sheet, due=str(now.due), days=abs(days), task=task.zh, task_en=task.en)
    office = sheet.office if now.holder in {Holder.CLERK, Holder.APPROVER} else None
    kind = "remind-late" if days > 0 else "remind-before"
    return tell(
        plan=plan, kind=kind, users=holders(plan, sheet, now.holder), params=params, sheet=sheet, office=office
    )  # fmt: skip


def _escalate(plan: Plan, sheets: Iterable[tuple[Return, Turn, int]]) -> int:
    """What stays late goes up: to the unit's approver, then to the offices of the place, then to those of the city."""
    given = 0
    above: dict[tuple[str, int, int], list[Return]] = defaultdict(list)  # (place told, year, after days) → returns
    for sheet, now, days in sheets:
        if now.holder is Holder.CLERK and days >= APPROVER_AFTER and once(f"up:{sheet.pk}:{now.due}:approver"):
            params = about(sheet, due=str(now.due), days=days)
            users = holders(plan, sheet, Holder.APPROVER)
            given += tell(plan=plan, kind="late-unit", users=users, params=params, sheet=sheet)
        if days >= OFFICES_AFTER and once(f"up:{sheet.pk}:{now.holder}:{now.due}:place"):
            above[sheet.region, sheet.cycle.year, OFFICES_AFTER].append(sheet)
        if days >= CITY_AFTER and sheet.region != plan.region and once(f"up:{sheet.pk}:{now.holder}:{now.due}:city"):
            above[plan.region, sheet.cycle.year, CITY_AFTER].append(sheet)
    for (region, year, after), late in above.items():
        told = {
            u.pk: u for p in (Permission.RETURN_REVIEW, Permission.FILING_REVIEW) for u in people_of_place(region, p)
        }
        params = {"year": year, "count": len(late), "after": after, **_names(late)}
        given += tell(plan=plan, kind="late-offices", users=told.values(), params=params)
    return given


def _names(late: list[Return]) -> dict[str, str]:
    zh, en = [s.office.name_zh for s in late[:NAMED]], [s.office.name_en or s.office.name_zh for s in late[:NAMED]]
    more = len(late) > NAMED
    return {"names": "、".join(zh) + "等" * more, "names_en": ", ".join(en) + ", …" * more}


def _remind_filing(plan: Plan, filing: Filing, today: date) -> int:
    days = (today - filing.due).days
    at = mark(days)
    if at is None or not once(f"filing:{filing.pk}:{filing.version}:{filing.due}:{at}"):
        return 0
    params = about_filing(plan, filing, days=abs(days))
    users: list[User] = owers(filing)
    if days >= OFFICES_AFTER:  # from the second reminder on, the office that waits for it hears too
        users = list({u.pk: u for u in (*users, *reviewers(plan, filing))}.values())
    return tell(
        plan=plan, kind="filing-late" if days > 0 else "filing-before", users=users, params=params, filing=filing
    )  # fmt: skip
