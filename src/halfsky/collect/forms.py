"""Which cells a unit's return asks for in a year: from the plan's indicators, never typed by hand."""

from __future__ import annotations

from dataclasses import dataclass

from halfsky.collect.queries import collected_by
from halfsky.observations.gaps import cuts, due_in
from halfsky.places.models import Office
from halfsky.plan import Indicator, Plan, Slice
from halfsky.plan.model import COUNTY_LEVELS


@dataclass(frozen=True, slots=True)
class Asked:
    """One cell that a return asks for."""

    indicator: Indicator
    cut: Slice


def owed(plan: Plan, office: Office, year: int) -> tuple[Asked, ...]:
    """What an office owes for a year, in the plan's order: the total of each indicator, then its parts.

    An indicator belongs to the unit that the pack names as its source; in a district to the unit of the same work
    there (``health`` → ``health-d``). Derived indicators are computed, and those not due in the year are not asked.
    """
    level = "district" if plan.place[office.region].level in COUNTY_LEVELS else plan.place[office.region].level
    return tuple(
        Asked(indicator, cut)
        for indicator in collected_by(plan, office.unit)
        if level in indicator.levels and due_in(plan, indicator, year)
        for cut in cuts(indicator)
    )
