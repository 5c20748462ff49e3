"""How high demonstration figures stand and where they are going: one course per indicator, one per place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from halfsky.observations.bounds import bounds
from halfsky.observations.demo_places import generator
from halfsky.plan import Indicator, Kind, Plan, Target
from halfsky.plan.model import Baseline, Unit

Array = npt.NDArray[np.float64]


class Story(StrEnum):
    """What becomes of an indicator, seen from its target."""

    MET = "met"
    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    SLIPPING = "slipping"
    VOLATILE = "volatile"


_STORIES: Mapping[Story, float] = {
    Story.MET: 0.3, Story.ON_TRACK: 0.34, Story.AT_RISK: 0.16, Story.SLIPPING: 0.1, Story.VOLATILE: 0.1,
}  # fmt: skip
# Usual levels by unit, for indicators without a target value or a printed baseline to stand near.
_USUAL: Mapping[Unit, tuple[float, float]] = {
    Unit.PERCENT: (35, 85),
    Unit.PERCENTAGE_POINTS: (2, 9),
    Unit.PER_1000: (3, 14),
    Unit.PER_10K: (2, 30),
    Unit.PER_100K: (8, 60),
    Unit.YEARS: (10, 14),
    Unit.HOURS: (1, 4),
    Unit.MINUTES: (40, 150),
    Unit.COUNT: (60, 900),
    Unit.PERSONS: (800, 40_000),
    Unit.TEN_THOUSAND_PERSONS: (20, 300),
    Unit.YUAN: (25_000, 60_000),
    Unit.RATIO: (0.7, 1.3),
    Unit.INDEX: (65, 90),
    Unit.YES_NO: (0, 1),
}
# By how much of its level an indicator moves in a plan's time.
_ROOM: Mapping[Unit, tuple[float, float]] = {
    Unit.YEARS: (0.012, 0.035), Unit.INDEX: (0.04, 0.1), Unit.RATIO: (0.05, 0.15), Unit.YUAN: (0.25, 0.45),
}  # fmt: skip
_LIFETIME = ("寿命", "life expectancy")
_LIFETIMES = (79.0, 83.0)
# Percentages: girls are nearly half of the children, women a minority in most bodies, and an evil is seldom common.
_GIRLS, _GIRLS_SHARE = ("女童", "女孩", "女生"), (45.0, 48.5)
_SHARE, _WOMENS_SHARE = ("比例", "占比", "比重"), (22.0, 46.0)
_UNWANTED = (3.0, 18.0)
_PERIODS = {"annual": 1, "term": 1, "biennial": 2, "triennial": 3, "irregular": 3, "quinquennial": 5, "census": 5}
_TERM = 5
_TERM_OFFSET = 2  # terms of assemblies begin two years after a base year: 2012, 2017, 2022


@dataclass(frozen=True, slots=True)
class Course:
    """Levels in the indicator's unit, one for each year.

    ``room`` is the size of a difference that matters here; ``better`` is +1, -1 or 0; ``goal`` the value
    promised, if one is.
    """

    level: Array
    room: float
    better: int
    story: Story
    goal: float | None


def main_target(plan: Plan, indicator: Indicator) -> Target | None:
    """The promise that shapes the course: one with a value if there is any."""
    targets = [t for t in plan.targets if t.indicator == indicator.id]
    valued = [t for t in targets if t.kind in {Kind.AT_LEAST, Kind.AT_MOST, Kind.NEAR, Kind.EXISTS}]
    return next(iter((*valued, *targets)), None)


def course_of(plan: Plan, indicator: Indicator, seed: int, years: Sequence[int]) -> Course:
    """The course of the plan's own region."""
    rng = generator(seed, "course", indicator.id)
    story = Story(rng.choice([s.value for s in _STORIES], p=list(_STORIES.values())))
    target = main_target(plan, indicator)
    goal, better = _goal(plan, indicator, target, seed)
    typical = _typical(indicator, seed)
    share = float(rng.uniform(*_ROOM.get(indicator.unit, (0.07, 0.22))))
    room = abs(goal if goal is not None else typical) * share or float(rng.uniform(0.5, 3))
    held = target is not None and target.hold
    end = _end(goal, better, room, story, held) if goal is not None else typical + better * room * _REACH[story]
    if goal is not None and goal < 5 and indicator.unit is Unit.COUNT:
        room = max(room, 0.7)  # a thing to be set up is there or not: whole numbers apart
    start = (goal if goal is not None else typical) - (better or (1 if rng.random() < 0.5 else -1)) * room * (
        0.2 if held else 1
    )
    if held and goal is not None and story in {Story.MET, Story.ON_TRACK}:
        start = goal + better * room * 0.2
    printed = _printed(plan, indicator, years)
    knots: dict[int, float] = {years[0]: start, max(plan.end, years[-1] + 1): end}
    if printed is not None:
        value = float(printed.value)
        met = goal is not None and (value - goal) * better >= 0
        last = value + better * room * (_REACH[story] * 0.5) if met or goal is None else value + (end - value)
        knots = {years[0]: value - better * room * 0.8, printed.year: value, max(plan.end, years[-1] + 1): last}
    elif story is Story.SLIPPING:
        turn = min(plan.base_year + 1, years[-1])
        knots[turn] = start + (end - start) * 1.2 if goal is None else start + (goal - start) * 0.85
    elif target is not None and target.kind is Kind.SLOW:
        knots[min(plan.base_year, years[-1])] = start + (end - start) * (0.35 if story is Story.AT_RISK else 0.72)
    level = np.interp(np.array(years, dtype=float), sorted(knots), [knots[y] for y in sorted(knots)])
    noise = rng.normal(0, room * (0.4 if story is Story.VOLATILE else 0.05), len(years))
    if printed is not None:
        noise[years.index(printed.year)] = 0
    return Course(clip(indicator, level + noise), room, better, story, goal)


def place_level(course: Course, indicator: Indicator, seed: int, place: str, count: int) -> Array:
    """The course of one place before the places are brought to agree with their region."""
    rng = generator(seed, "place", indicator.id, place)
    offset, tilt = rng.normal(0, course.room * 0.4), rng.normal(0, course.room * 0.3)
    noise = rng.normal(0, course.room * (0.3 if course.story is Story.VOLATILE else 0.06), count)
    return np.asarray(course.level + offset + tilt * np.linspace(-0.5, 1, count) + noise, dtype=np.float64)


def clip(indicator: Indicator, level: Array) -> Array:
    """Within what the indicator can be; a share keeps off its lower end."""
    low, high = bounds(indicator)
    floor = float(low) if low is not None else -np.inf
    return np.clip(level, floor, float(high) if high is not None else np.inf)


def observed_years(plan: Plan, indicator: Indicator, years: Sequence[int]) -> dict[int, int]:
    """Year of observation → the year whose level it shows, by how often the indicator is measured.

    Bodies elected for a term keep one figure throughout it; printed years are always observed.
    """
    printed = {b.year for b in plan.baselines if b.indicator == indicator.id}
    period = _PERIODS[indicator.frequency]
    observed = {y: y for y in years if (y - plan.base_year) % period == 0 or y in printed}
    if indicator.frequency == "term":
        for year in years:
            begin = year - (year - plan.base_year - _TERM_OFFSET) % _TERM
            term = [y for y in years if begin <= y < begin + _TERM]
            observed[year] = next((y for y in term if y in printed), term[0])
    return observed


_REACH: Mapping[Story, float] = {
    Story.MET: 1.2, Story.ON_TRACK: 0.9, Story.AT_RISK: 0.1, Story.SLIPPING: -0.5, Story.VOLATILE: 0.5,
}  # fmt: skip


def _end(goal: float, better: int, room: float, story: Story, held: bool) -> float:
    """Where the course would stand at the plan's end."""
    if story is Story.SLIPPING:
        return goal - (better or 1) * room * 0.7
    if story is Story.AT_RISK:
        return goal - (better or 1) * room * (0.25 if held else 0.45)
    return goal + better * room * (0.9 if story is Story.MET else 0.3)


def _goal(plan: Plan, indicator: Indicator, target: Target | None, seed: int) -> tuple[float | None, int]:
    """The value promised and the direction that is better: +1, -1, or 0 for staying near."""
    better = {"higher": 1, "lower": -1, "neither": 0}[indicator.direction]
    if target is None:
        return None, better
    value = target.final.value
    match target.kind:
        case Kind.AT_LEAST | Kind.EXISTS | Kind.AT_MOST | Kind.NEAR if value is not None:
            return float(value), {Kind.AT_MOST: -1, Kind.NEAR: 0}.get(target.kind, 1)
        case Kind.NOT_BELOW | Kind.MATCH if target.reference in plan.indicator:
            reference = plan.indicator[target.reference]
            printed = next((b for b in plan.baselines if b.indicator == reference.id), None)
            level = float(printed.value) if printed is not None else _typical(reference, seed)
            return level, 1 if target.kind is Kind.NOT_BELOW else 0
        case Kind.RISE:
            return None, 1
        case Kind.FALL:
            return None, -1
        case Kind.SLOW:
            return None, 1 if indicator.direction == "lower" else -1  # it grows the wrong way, ever slower
        case _:
            return None, better


def _usual(indicator: Indicator) -> tuple[float, float]:
    if is_lifetime(indicator):
        return _LIFETIMES
    if indicator.unit is Unit.PERCENT:
        name = indicator.name.zh
        if any(word in name for word in _GIRLS):
            return _GIRLS_SHARE
        if "女" in name and any(word in name for word in _SHARE):
            return _WOMENS_SHARE
        if indicator.direction == "lower":
            return _UNWANTED
    return _USUAL[indicator.unit]


def is_lifetime(indicator: Indicator) -> bool:
    """Whether the years are those of a life, not of schooling."""
    names = f"{indicator.name.zh} {indicator.name.en}".lower()
    return indicator.unit is Unit.YEARS and any(word in names for word in _LIFETIME)


def _typical(indicator: Indicator, seed: int) -> float:
    """A usual level, from the pack's own bounds where they are narrow, else from the unit."""
    rng = generator(seed, "typical", indicator.id)
    low, high = _usual(indicator)
    if indicator.maximum is not None and not low < float(indicator.maximum) < 4 * high:
        low, high = 0.4 * float(indicator.maximum), 0.8 * float(indicator.maximum)
    if indicator.minimum is not None and float(indicator.minimum) > low:
        low = float(indicator.minimum) * 1.02
        high = max(high, low * 1.2)
    return float(rng.uniform(low, high))


def _printed(plan: Plan, indicator: Indicator, years: Sequence[int]) -> Baseline | None:
    """The printed value that the course goes through: that of the whole where there is one."""
    of_region = [
        b for b in plan.baselines
        if b.indicator == indicator.id and b.region == plan.region and years[0] <= b.year <= years[-1]
    ]  # fmt: skip
    of_region.sort(key=lambda b: (b.cut.sex != "_T") + (b.cut.residence != "_T") + (b.cut.age != "_T"))
    return of_region[0] if of_region else None
