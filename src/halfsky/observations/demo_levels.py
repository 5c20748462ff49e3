"""How high demonstration figures stand and where they are going: one course per indicator, one per place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from halfsky.observations.bounds import bounds
from halfsky.observations.demo_places import generator
from halfsky.observations.demo_usual import is_lifetime, usual
from halfsky.plan import Indicator, Kind, Plan, Target
from halfsky.plan.model import REFERRING_KINDS, Baseline, Unit

Array = npt.NDArray[np.float64]


class Story(StrEnum):
    """What becomes of an indicator, seen from its target in the last year of the figures."""

    MET = "met"
    ON_TRACK = "on_track"  # not there yet, and coming closer every year
    UNSURE = "unsure"  # coming closer, too slowly or too unsteadily to be sure
    AT_RISK = "at_risk"  # far off and hardly moving
    SLIPPING = "slipping"  # better once, worse since


# How often each is told where a value is promised, and where only a direction is (提高、降低): most of those hold.
_OF_VALUES: Mapping[Story, float] = {
    Story.MET: 0.43, Story.ON_TRACK: 0.27, Story.UNSURE: 0.17, Story.AT_RISK: 0.08, Story.SLIPPING: 0.05,
}  # fmt: skip
_OF_ALL: Mapping[Story, float] = {  # where the goal is the most there can be (100%), few have arrived early
    Story.MET: 0.22, Story.ON_TRACK: 0.38, Story.UNSURE: 0.26, Story.AT_RISK: 0.09, Story.SLIPPING: 0.05,
}  # fmt: skip
_OF_DIRECTIONS: Mapping[Story, float] = {
    Story.MET: 0.62, Story.ON_TRACK: 0.18, Story.UNSURE: 0.08, Story.AT_RISK: 0.06, Story.SLIPPING: 0.06,
}  # fmt: skip
# Where the course stands in the last year: yearly steps short of the goal, from and to.
_SHORT: Mapping[Story, tuple[float, float]] = {
    Story.ON_TRACK: (0.5, 1.1), Story.UNSURE: (1.5, 2.3), Story.AT_RISK: (5.0, 7.0), Story.SLIPPING: (3.5, 5.5),
}  # fmt: skip
_BEYOND = (0.5, 3.5)  # and beyond it where it is met
_SLACK = 0.55  # how much of the usual way a course at risk has come
_NOISE: Mapping[Story, float] = {Story.UNSURE: 0.03}
_CALM = 0.01
_PLACE_OFFSET, _PLACE_TILT, _PLACE_NOISE = 0.22, 0.1, 0.012
_ODD, _ODD_YEARS, _ODD_SIZE = 0.006, 4, (0.5, 0.9)  # chance of a misreport and of an undeclared change, in a place
_BREAK = 0.03  # chance that a yearly series is counted anew from some year on
# By how much of its level an indicator moves in ten years.
_ROOM: Mapping[Unit, tuple[float, float]] = {
    Unit.YEARS: (0.012, 0.035), Unit.INDEX: (0.04, 0.1), Unit.RATIO: (0.05, 0.15), Unit.YUAN: (0.35, 0.55),
}  # fmt: skip
_ROOM_ELSE = (0.07, 0.22)
_ROOM_OF_BODIES = (0.25, 0.45)  # a seat more in a leadership of ten is much
_PERIODS = {"annual": 1, "term": 1, "biennial": 2, "triennial": 3, "irregular": 3, "quinquennial": 5, "census": 5}
_TERM = 5
_TERM_OFFSET = 2  # terms of assemblies begin two years after a base year: 2012, 2017, 2022


@dataclass(frozen=True, slots=True)
class Course:
    """Levels in the indicator's unit, one for each year.

    ``room`` is the size of a difference that matters here; ``better`` is +1, -1 or 0; ``kin`` names the
    indicator with which places deviate alike; ``broke`` is the year from which figures are counted anew.
    """

    level: Array
    room: float
    better: int
    story: Story
    kin: str
    broke: int | None = None
    apart: float = 0.0  # by how much places depart from their kin


def main_target(plan: Plan, indicator: Indicator) -> Target | None:
    """The promise that shapes the course: one with a value if there is any, and not one that is only aspired to."""
    valued = (Kind.AT_LEAST, Kind.AT_MOST, Kind.NEAR, Kind.EXISTS, Kind.TIMES_BASE)
    targets = [t for t in plan.targets if t.indicator == indicator.id]
    targets.sort(key=lambda t: (t.kind not in valued, t.kind is Kind.TIMES_BASE, t.aspiration))
    return targets[0] if targets else None


def course_of(plan: Plan, indicator: Indicator, seed: int, years: Sequence[int]) -> Course:
    """The course of the plan's own region."""
    target = main_target(plan, indicator)
    if target is not None and target.kind in REFERRING_KINDS and target.reference in plan.indicator:
        reference = plan.indicator[target.reference]
        if (other := main_target(plan, reference)) is None or other.kind not in REFERRING_KINDS:
            return _beside(target, indicator, course_of(plan, reference, seed, years), seed)
    rng = generator(seed, "course", indicator.id)
    goal = _goal(target, years[-1])
    story = _story(indicator, target, goal, years[-1], rng)
    better = _better(indicator, target)
    typical, moves = usual(indicator, seed)
    level = typical if goal is None else goal
    usual_room = _ROOM.get(indicator.unit, _ROOM_ELSE) if indicator.additive else _ROOM_OF_BODIES
    room = abs(level) * float(rng.uniform(*usual_room)) or float(rng.uniform(0.5, 3))
    if goal is None and indicator.unit is Unit.PERCENT:
        room = min(room, moves)
    if goal is not None and goal < 5 and indicator.unit in {Unit.COUNT, Unit.PERSONS}:
        room = max(room, 1.5)  # a thing to be set up is there or not: whole numbers apart
    printed = _printed(plan, indicator, years)
    knots = _knots(plan, target, goal, level, better, room, story, years, rng)
    if printed is not None:
        last = knots[years[-1]]
        value = float(printed.value)
        if goal is None or (value - goal) * better >= 0:
            away = {Story.AT_RISK: -0.05, Story.SLIPPING: -0.2}.get(story, 0.3)
            last = value + better * room * away
        knots = {years[0]: value - better * room * 0.5, printed.year: value, years[-1]: last}
    curve = np.interp(np.array(years, dtype=float), sorted(knots), [knots[y] for y in sorted(knots)])
    calm = _CALM if not is_lifetime(indicator) else _CALM / 2
    noise = rng.normal(0, room * _NOISE.get(story, calm), len(years))
    if printed is not None:
        noise[years.index(printed.year)] = 0
    broke = None
    if indicator.frequency == "annual" and printed is None and len(years) > 6 and rng.random() < _BREAK:
        broke = int(rng.integers(years[2], years[-3]))
        curve = curve + np.where(np.array(years) < broke, room * float(rng.choice([-0.6, 0.6])), 0.0)
    return Course(clip(indicator, curve + noise), room, better, story, indicator.id, broke)


def _story(
    indicator: Indicator, target: Target | None, goal: float | None, last: int, rng: np.random.Generator
) -> Story:
    top = bounds(indicator)[1]
    if goal is None:
        chances = _OF_VALUES if target is not None and target.kind is Kind.TIMES_BASE else _OF_DIRECTIONS
    else:
        chances = _OF_ALL if top is not None and goal >= top else _OF_VALUES
    story = Story(rng.choice([s.value for s in chances], p=list(chances.values())))
    if target is not None and target.milestone_in_force(last).year <= last and story is Story.ON_TRACK:
        return Story.MET  # at the milestone itself nothing is on its way any more: most have arrived, some just not
    if target is not None and target.hold and story in {Story.ON_TRACK, Story.UNSURE}:
        return Story.MET  # what is to be kept was there from the start
    return story


def _knots(
    plan: Plan, target: Target | None, goal: float | None, level: float, better: int, room: float, story: Story,
    years: Sequence[int], rng: np.random.Generator,
) -> dict[int, float]:  # fmt: skip
    """Year → level at the turning points; straight lines lie between them."""
    first, last = years[0], years[-1]
    base = min(max(plan.base_year, first), last)
    forward = better or (1 if rng.random() < 0.5 else -1)
    step = room / max(last - first, 1)
    if target is not None and target.kind is Kind.SLOW:  # it moves the wrong way, ever more slowly, or not so
        share = {Story.SLIPPING: 0.3, Story.AT_RISK: 0.4}.get(story, 0.7)
        start, end = level - forward * room, level
        return {first: start, max(base, first + 1): start + (end - start) * share, last: end}
    if target is not None and target.kind is Kind.TIMES_BASE:
        milestone = target.milestone_in_force(last)
        factor, since = float(milestone.value or 1), milestone.base_year or base
        end = level * (1 + (factor - 1) * (0.6 if story in {Story.AT_RISK, Story.SLIPPING} else 1.2))
        return {first: level - (end - level) * 0.6, min(max(since, first + 1), last - 1): level, last: end}
    if goal is None:
        if story is Story.SLIPPING:
            return {first: level - forward * room * 0.5, base: level + forward * room * 0.2, last: level}
        if story is Story.AT_RISK:
            return {first: level - forward * room * 0.3, base: level, last: level - forward * room * 0.04}
        return {first: level - forward * room * 0.5, last: level + forward * room * 0.5}
    if target is not None and target.kind is Kind.NEAR:
        reach = float(target.tolerance.value) if target.tolerance is not None else 2 * step
        off = {Story.MET: 0.3, Story.ON_TRACK: 0.8, Story.UNSURE: 1.1}.get(story, 2.2)
        start = off if target.hold and story is Story.MET else off + 1.5
        return {first: goal - forward * reach * start, last: goal - forward * reach * off}
    if story is Story.MET:
        beyond = float(rng.uniform(*_BEYOND)) * step
        start = goal + better * room * 0.1 if target is not None and target.hold else goal - better * room * 0.7
        return {first: start, last: goal + better * beyond}
    short = float(rng.uniform(*_SHORT[story])) * step
    if story is Story.SLIPPING:
        return {
            first: goal - better * room * 0.6,
            min(base + 2, last): goal - better * step,
            last: goal - better * short,
        }
    start = short + room * (_SLACK if story is Story.AT_RISK else 0.95)
    return {first: goal - better * start, last: goal - better * short}


def _beside(target: Target, indicator: Indicator, other: Course, seed: int) -> Course:
    """A course that is promised to keep to another: near it, or not below it. Places deviate as they do there."""
    rng = generator(seed, "course", indicator.id)
    story = Story(rng.choice([s.value for s in _OF_DIRECTIONS], p=list(_OF_DIRECTIONS.values())))
    reach = float(target.tolerance.value) if target.tolerance is not None else other.room * 0.4
    off = {Story.AT_RISK: -1.8, Story.SLIPPING: -1.3}.get(story, 0.4)
    if target.kind is Kind.MATCH and off > 0 and rng.random() < 0.6:
        off = -off
    approach = np.linspace(-0.5 if off > -1 else 0.3, 0, len(other.level)) * reach
    noise = rng.normal(0, reach * 0.05, len(other.level))
    level = clip(indicator, other.level + off * reach + approach + noise)
    apart = reach * (0.35 if target.kind is Kind.MATCH else 0.9)
    return Course(level, other.room, other.better, story, other.kin, other.broke, apart)


def departure(course: Course, seed: int, place: str) -> Array:
    """By how much one place departs from the course, year by year."""
    rng = generator(seed, "place", course.kin, place)
    offset, tilt = rng.normal(0, course.room * _PLACE_OFFSET), rng.normal(0, course.room * _PLACE_TILT)
    count = len(course.level)
    if course.apart:
        offset += generator(seed, "apart", course.kin, place).normal(0, course.apart)
    noise = rng.normal(0, course.room * max(_PLACE_NOISE, _NOISE.get(course.story, 0.0)), count)
    odd = _oddity(course, seed, place, count)
    return np.asarray(offset + tilt * np.linspace(-0.5, 1, count) + noise + odd, dtype=np.float64)


def _oddity(course: Course, seed: int, place: str, count: int) -> Array:
    """What a few places have in their newest years: one year misreported, or counted otherwise from a year on."""
    rng = generator(seed, "odd", course.kin, place)
    odd, chance = np.zeros(count), rng.random()
    if count > _ODD_YEARS + 4 and chance < 2 * _ODD:
        year = int(rng.integers(count - _ODD_YEARS, count))
        size = course.room * float(rng.uniform(*_ODD_SIZE)) * float(rng.choice([-1, 1]))
        odd[year : year + 1 if chance < _ODD else count] = size
    return odd


def within(indicator: Indicator, level: Array, away: Array) -> Array:
    """Departures from a level, made no larger than its distance to what the indicator can at most or least be.

    Where all have reached the top none departs from it, up or down.
    """
    low, high = bounds(indicator)
    limit = np.full(np.broadcast_shapes(level.shape, away.shape), np.inf)
    if low is not None:
        limit = np.minimum(limit, level - float(low))
    if high is not None:
        limit = np.minimum(limit, float(high) - level)
    return np.clip(away, -limit, limit)


def clip(indicator: Indicator, level: Array) -> Array:
    """Within what the indicator can be."""
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


def _goal(target: Target | None, last: int) -> float | None:
    """The value promised at the milestone in force in the last year."""
    if target is None or target.kind not in {Kind.AT_LEAST, Kind.EXISTS, Kind.AT_MOST, Kind.NEAR}:
        return None
    value = target.milestone_in_force(last).value
    return None if value is None else float(value)


def _better(indicator: Indicator, target: Target | None) -> int:
    """Which way is forward: +1, -1, or 0 for staying near."""
    own = {"higher": 1, "lower": -1, "neither": 0}[indicator.direction]
    if target is None:
        return own
    match target.kind:
        case Kind.AT_LEAST | Kind.EXISTS | Kind.RISE:
            return 1
        case Kind.AT_MOST | Kind.FALL:
            return -1
        case Kind.NEAR:
            return 0
        case Kind.SLOW:
            return 1 if indicator.direction == "lower" else -1
        case _:
            return own


def _printed(plan: Plan, indicator: Indicator, years: Sequence[int]) -> Baseline | None:
    """The printed value that the course goes through: that of the whole where there is one."""
    of_region = [
        b for b in plan.baselines
        if b.indicator == indicator.id and b.region == plan.region and years[0] <= b.year <= years[-1]
    ]  # fmt: skip
    of_region.sort(key=lambda b: (b.cut.sex != "_T") + (b.cut.residence != "_T") + (b.cut.age != "_T"))
    return of_region[0] if of_region else None
