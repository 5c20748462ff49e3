"""A place among the others that the same target binds: its rank, their median, the best, and the level above."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from halfsky.assess.model import Flag, Standing, Verdict
from halfsky.assess.rules import better_is_higher
from halfsky.assess.series import cut_key
from halfsky.observations import Figures
from halfsky.plan import Kind, Plan, Region, Target
from halfsky.plan.model import COUNTY_LEVELS

_BY_DISTANCE = frozenset({Kind.NEAR, Kind.MATCH, Kind.NOT_BELOW})


@dataclass(frozen=True, slots=True)
class Company:
    """Other places of the same level (for the plan's own region: those below it) with a figure of the same year.

    ``places`` are the others; ``met`` how many of them have met the target. ``rank`` counts from the best, the place
    itself included, ``tied`` says that others share it; ``None`` where places cannot be put in an order, or where
    chance would order them: few events. ``median``, ``best`` and ``worst`` are of the others, in the indicator's unit;
    ``None`` where there are too few or figures are only there or not. ``above`` is the value of the next level up in that year.
    """

    year: int | None
    below: bool
    places: int = 0
    met: int = 0
    rank: int | None = None
    tied: bool = False
    median: Decimal | None = None
    best: tuple[Region, Decimal] | None = None
    worst: tuple[Region, Decimal] | None = None
    above: tuple[Region, Decimal] | None = None
    small: bool = False


def company(plan: Plan, verdict: Verdict, others: Iterable[Verdict], figures: Figures | None = None) -> Company:
    """Set a verdict beside the others of its assessment; those of other targets are passed over.

    ``figures`` give the level above where the target does not bind it.
    """
    target, own = plan.target[verdict.target], plan.place[verdict.region]
    same = {v.region: v for v in others if v.target == target.id and v.region in plan.place}
    below = own.level not in COUNTY_LEVELS
    year = verdict.year
    known = [
        v for code, v in same.items()
        if code != own.code and v.value is not None and v.year == year and plan.place[code].level in COUNTY_LEVELS
    ]  # fmt: skip
    small = Flag.SMALL_NUMBERS in verdict.flags
    steady = [v for v in known if Flag.SMALL_NUMBERS not in v.flags]
    plain = target.is_there_or_not(plan.indicator[target.indicator])
    ordered = [] if plain else sorted(steady, key=lambda v: (_order(plan, target, v), v.region))
    rank, tied = None, False
    orders = verdict.value is not None and target.kind is not Kind.SLOW and not (below or small or plain)
    if orders and ordered:
        mine = _order(plan, target, verdict)
        rank = 1 + sum(_order(plan, target, v) < mine for v in ordered)
        tied = any(_order(plan, target, v) == mine for v in ordered)
    listed = steady if rank is not None else known
    slow = target.kind is Kind.SLOW
    return Company(
        year=year,
        below=below,
        places=len(listed),
        met=sum(v.status is Standing.MET for v in listed),
        rank=rank,
        tied=tied,
        median=median(v.value for v in ordered if v.value is not None) if len(ordered) > 2 else None,
        best=_named(plan, ordered[0]) if ordered and not slow else None,
        worst=_named(plan, ordered[-1]) if ordered and not slow else None,
        above=_above(plan, target, own, year, same, figures),
        small=small and not plain,
    )


def _order(plan: Plan, target: Target, verdict: Verdict) -> Decimal:
    """What puts places in an order, the best lowest: distance from what is promised, else the value itself."""
    assert verdict.value is not None
    if target.kind in _BY_DISTANCE:
        return verdict.gap if verdict.gap is not None else Decimal("Infinity")
    milestone = target.milestone_in_force(verdict.as_of)
    higher = better_is_higher(target, milestone, plan.indicator[target.indicator])
    return -verdict.value if higher else verdict.value


def _named(plan: Plan, verdict: Verdict) -> tuple[Region, Decimal]:
    assert verdict.value is not None
    return plan.place[verdict.region], verdict.value


def _above(
    plan: Plan, target: Target, own: Region, year: int | None, same: dict[str, Verdict], figures: Figures | None
) -> tuple[Region, Decimal] | None:
    """The next level's figure of the same year: of its own verdict, else of its series."""
    above = plan.place.get(own.parent or "")
    if above is None or year is None:
        return None
    verdict = same.get(above.code)
    if verdict is not None and verdict.year == year and verdict.value is not None:
        return above, verdict.value
    value = figures.value(cut_key(plan, target, target.indicator, above.code), year) if figures else None
    return None if value is None else (above, value)
