"""What an office or a place owed and sent in for a year, and whether in time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from halfsky.collect.models import Return, State, Step
from halfsky.plan import Plan

_ACCEPTED = frozenset({State.ACCEPTED, State.LOCKED})


@dataclass(frozen=True, slots=True)
class Handed:
    """Returns by number: ``sent`` at least once, ``on_time`` first sent by the day due, extensions counted."""

    year: int
    owed: int
    sent: int
    on_time: int
    overdue: int  # not sent, and the day has passed
    accepted: int
    returned: int  # how often one was sent back


def handed(plan: Plan, year: int, region: str, unit: str = "", *, today: date | None = None) -> Handed | None:
    """The returns of a place, or of one unit of it, for the monitoring year, else for the one being collected after it.

    ``None`` where no year was opened.
    """
    held = Return.objects.filter(cycle__plan=plan.id, cycle__year__in=[year, year + 1], region=region)
    if unit:
        held = held.filter(unit=unit)
    sheets = list(held.select_related("cycle"))
    if not sheets:
        return None
    asked = min(sheet.cycle.year for sheet in sheets)
    sheets = [sheet for sheet in sheets if sheet.cycle.year == asked]
    steps = Step.objects.filter(sheet__in=sheets).order_by("pk").values_list("sheet_id", "after", "at")
    first: dict[int, date] = {}
    returned = 0
    for sheet, after, at in steps:
        if after == State.SUBMITTED:
            first.setdefault(sheet, timezone.localdate(at))
        returned += after == State.RETURNED
    now = today or timezone.localdate()
    return Handed(
        asked, len(sheets), len(first), sum(s.pk in first and first[s.pk] <= s.due for s in sheets),
        sum(s.pk not in first and s.due < now for s in sheets), sum(s.state in _ACCEPTED for s in sheets), returned,
    )  # fmt: skip
