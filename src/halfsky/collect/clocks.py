"""Who holds a return, and by when: the clocks that reminders, the board and the worklist read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import Q

from halfsky.collect.models import Cycle, Return, State
from halfsky.plan import Plan


class Holder(StrEnum):
    """Whose turn it is."""

    CLERK = "clerk"
    APPROVER = "approver"
    DISTRICT = "district"  # the district's statistics office
    CITY = "city"  # the city's statistics office
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is and until when; ``due`` is ``None`` where nothing is waited for."""

    holder: Holder
    due: date | None

    def days_late(self, today: date) -> int:
        """Days past the day due; negative while there is time, 0 on the day itself or where nothing is due."""
        return (today - self.due).days if self.due else 0


def turn(plan: Plan, sheet: Return) -> Turn:
    """Whose turn a return is. An extension of the unit moves the days of those after it only where it reaches past them."""
    cycle, district = sheet.cycle, sheet.region != plan.region
    match State(sheet.state):
        case State.DRAFT | State.RETURNED:
            return Turn(Holder.CLERK, sheet.due)
        case State.SUBMITTED:
            return Turn(Holder.APPROVER, sheet.due)
        case State.APPROVED if district:
            return Turn(Holder.DISTRICT, max(cycle.district_due, sheet.due))
        case State.APPROVED | State.PASSED:
            return Turn(Holder.CITY, max(cycle.city_due, sheet.due))
        case _:
            return Turn(Holder.NOBODY, None)


def late(plan: Plan, cycle: Cycle, today: date) -> Q:
    """Returns of a cycle whose holder is late, as a filter: the same as ``turn(...).days_late(today) > 0``."""
    unit_side = Q(state__in=[State.DRAFT, State.RETURNED, State.SUBMITTED])
    extended = Q(extended_to__isnull=True) | Q(extended_to__lt=today)
    found = Q(pk__in=[])
    if cycle.unit_due < today:  # an extension lies after the day due, so nobody is late before it
        found |= unit_side & extended
    if cycle.district_due < today:
        found |= Q(state=State.APPROVED) & ~Q(region=plan.region) & extended
    if cycle.city_due < today:
        found |= (Q(state=State.PASSED) | Q(state=State.APPROVED, region=plan.region)) & extended
    return found
