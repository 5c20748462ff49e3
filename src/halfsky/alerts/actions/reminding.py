"""What is due of cases: reminders, and the letters that the rule asks for 提醒函 → 督办单 → 约谈."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from halfsky.alerts.actions.common import Kind, Moment, answering, reviewing, say, step
from halfsky.alerts.models import Case
from halfsky.alerts.notices import LETTERS, TASKS, VERIFY, WHYS
from halfsky.alerts.routing import committee_name, held_by_unit, office_of, unit_name
from halfsky.audit.actions import one_writer, record
from halfsky.collect.actions.notices import tell
from halfsky.collect.actions.reminders import mark, once
from halfsky.places.policy import Principal
from halfsky.places.roles import Permission
from halfsky.plan import Plan
from halfsky.plan.alerting import Alerting

LADDER: tuple[Case.Owed, ...] = (Case.Owed.REMIND, Case.Owed.SUPERVISE, Case.Owed.SUMMON)


def letter_owed(case: Case, last: date | None, today: date, rules: Alerting) -> tuple[Case.Owed, str] | None:
    """The letter that the rule asks for on a day and why (a key of ``WHYS``), or ``None``.

    A unit is late by ``letter_after_days``; or the warning came back, or the answer was sent back twice, since the letter
    before. Each rung is taken in turn and is not left before ``letter_again_days``; after the talk the ladder ends.
    ``last`` is the day of the letter before.
    """
    if not case.open or case.letters_sent >= len(LADDER):
        return None
    rung = LADDER[case.letters_sent]
    if case.repeats > case.cited:
        return rung, "back" if case.returned >= 2 else "again"
    late = held_by_unit(case) and case.due is not None and (today - case.due).days >= rules.letter_after_days
    if late and (last is None or today >= last + timedelta(days=rules.letter_again_days)):
        return rung, "late"
    return None


@transaction.atomic
def remind_cases(*, plan: Plan, today: date, by: Principal) -> int:
    """Give every reminder of a case that is due on a day, and say which letters are owed; how many. Each is given once."""
    one_writer()
    actor = by.need(Permission.CYCLE_MANAGE, region=plan.region)
    known = [
        c for c in Case.objects.filter(plan=plan.id).exclude(stage=Case.Stage.CLOSED) if c.indicator in plan.indicator
    ]
    known = [c for c in known if c.region in plan.place]
    given = _remind(plan, known, today)
    owing: list[tuple[Case, str]] = []
    for case in known:
        last = case.letters.last()
        found = letter_owed(case, timezone.localdate(last.issued_at) if last else None, today, plan.alerting)
        if found is not None and not case.owed:
            case.owed = found[0]
            owing.append((case, found[1]))
    if not given and not owing:
        return 0
    after = {"day": str(today), "reminders": given, "letters": {str(c.pk): c.owed for c, _ in owing}}
    event = record(by=actor, action="cases.remind", subject=f"plan:{plan.id}", after=after)
    now = Moment.of(datetime.combine(today, datetime.now(timezone.get_current_timezone()).timetz()))
    for case, why in owing:
        case.save()
        days = (today - case.due).days if case.due else 0
        step(case, Kind.OWED, case.stage, now=now, by=actor, event=event, letter=case.owed, why=why, days=days).save()
        _tell_owed(plan, case, why, days)
    return given + len(owing)


def _due(case: Case, today: date) -> int | None:
    """Days past the day due where a reminder of it is to be given now."""
    if case.due is None:
        return None
    days = (today - case.due).days
    at = mark(days)
    return days if at is not None and once(f"case:{case.pk}:{case.round}:{case.stage}:{case.due}:{at}") else None


def _remind(plan: Plan, cases: Iterable[Case], today: date) -> int:
    """One notice for each holder, whether one case is due or thirty; how many reminders."""
    due: dict[tuple[str, str, bool], list[tuple[Case, int]]] = defaultdict(list)
    for case in cases:
        days = _due(case, today)
        if days is not None:
            due[case.region, case.unit if held_by_unit(case) else "", days > 0].append((case, days))
    for (region, unit, late), listed in due.items():
        case, days = max(listed, key=lambda pair: pair[1])
        people = answering(case) if unit else reviewing(case)
        kind = "late" if late else "before"
        if len(listed) == 1:
            task = VERIFY if case.finished_at and not held_by_unit(case) else TASKS[case.stage]
            more = {"days": abs(days), "task": task.zh, "task_en": task.en}
            say(plan, case, f"case-{kind}", people, by="", unit=bool(unit), **more)
            continue
        office = office_of(case) if unit else None
        name = unit_name(plan, case, office) if unit else committee_name(plan, region)
        params = {
            "office": name.zh, "office_en": name.en, "count": len(listed), "days": abs(days), "due": str(case.due),
            "link": {"name": "cases", "kwargs": {}},
        }  # fmt: skip
        tell(plan=plan, kind=f"cases-{kind}", users=people, params=params, office=office)
    return sum(len(listed) for listed in due.values())


def _tell_owed(plan: Plan, case: Case, why: str, days: int) -> None:
    letter, reason = LETTERS[case.owed], WHYS[why]
    say(
        plan, case, "case-owed", reviewing(case), by="", unit=False, letter=letter.zh, letter_en=letter.en,
        why=reason.zh.format(days=days), why_en=reason.en.format(days=days),
    )  # fmt: skip
