"""What happened to a figure and to its promise since the figure before: read off once, told in many ways."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from halfsky.assess.model import Finding, Flag, Oddity, Standing, Verdict
from halfsky.assess.rules import better_is_higher
from halfsky.assess.series import History, cut_key
from halfsky.observations import Figures
from halfsky.plan import Indicator, Kind, Plan, Target, Unit
from halfsky.plan.wording import number

_THRESHOLDS = frozenset({Kind.AT_LEAST, Kind.AT_MOST, Kind.EXISTS, Kind.NEAR})


class Course(StrEnum):
    """How the figure compares with the comparable one before it, in the decimals shown."""

    NONE = "none"  # there is no figure
    FIRST = "first"  # the first comparable one
    BROKE = "broke"  # the first after a break: there are earlier ones, not comparable
    ROSE = "rose"
    FELL = "fell"
    STILL = "still"
    TURNED_UP = "turned_up"  # rose after falling
    TURNED_DOWN = "turned_down"

    @property
    def up(self) -> bool:
        return self in {Course.ROSE, Course.TURNED_UP}

    @property
    def down(self) -> bool:
        return self in {Course.FELL, Course.TURNED_DOWN}


class Outcome(StrEnum):
    """What became of the promise."""

    EARLY = "early"  # met now and not by the figure before, in a year before the milestone's
    REACHED = "reached"  # met now and not by the figure before, in the milestone's year
    KEPT = "kept"  # met by this figure and by the one before
    MET = "met"  # met; of the figure before nothing can be said
    LOST = "lost"  # not met, and met by the figure before
    MISSED = "missed"
    AHEAD = "ahead"  # not met yet, with an outlook
    OPEN = "open"  # not to be judged
    NO_DATA = "no_data"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class Happening:
    """``before`` is the comparable figure before ``verdict.value``, of ``before_year``; ``change`` their difference.

    ``against`` says that the figure moved away from what is promised, ``revised`` that it was revised.
    """

    course: Course
    outcome: Outcome
    before: Decimal | None = None
    before_year: int | None = None
    change: Decimal | None = None
    against: bool = False
    revised: Finding | None = None


def happened(plan: Plan, verdict: Verdict, figures: Figures) -> Happening:
    """Read what happened off a verdict and the figures behind it, with derived indicators computed."""
    target, indicator = plan.target[verdict.target], plan.indicator[verdict.indicator]
    if verdict.status is Standing.NOT_APPLICABLE:
        return Happening(Course.NONE, Outcome.NOT_APPLICABLE)
    if verdict.value is None or verdict.year is None:
        return Happening(Course.NONE, Outcome.NO_DATA)
    history = History.of(figures, cut_key(plan, target, indicator.id, verdict.region), verdict.year)
    values = {year: value for year, value in history.values.items() if year <= verdict.year}
    years = [year for year in values if year < verdict.year]
    if not years:
        broke = any(o.year < verdict.year for o in history.observations)
        return Happening(
            Course.BROKE if broke else Course.FIRST, _outcome(verdict, None), revised=_revised(verdict)
        )  # fmt: skip
    before = values[years[-1]]
    course = _moved(indicator, before, verdict.value)
    if len(years) > 1 and indicator.unit is not Unit.YES_NO:
        earlier = _moved(indicator, values[years[-2]], before)
        if course is Course.ROSE and earlier is Course.FELL:
            course = Course.TURNED_UP
        elif course is Course.FELL and earlier is Course.ROSE:
            course = Course.TURNED_DOWN
    up = better_is_higher(target, target.milestone_in_force(verdict.as_of), indicator)
    directed = verdict.kind not in {Kind.NEAR, Kind.MATCH, Kind.SLOW}
    return Happening(
        course, _outcome(verdict, _was_met(target, indicator, verdict, before)), before, years[-1], verdict.value - before,
        against=directed and (course.down if up else course.up), revised=_revised(verdict),
    )  # fmt: skip


def _moved(indicator: Indicator, before: Decimal, now: Decimal) -> Course:
    if number(before, indicator) == number(now, indicator):
        return Course.STILL
    return Course.ROSE if now > before else Course.FELL


def _was_met(target: Target, indicator: Indicator, verdict: Verdict, before: Decimal) -> bool | None:
    """Whether the figure before met the bound in force now; ``None`` where the bound is another each year, or events are few."""
    if verdict.kind not in _THRESHOLDS or verdict.bound is None or Flag.SMALL_NUMBERS in verdict.flags:
        return None
    if verdict.kind is Kind.NEAR:
        return target.tolerance is not None and abs(before - verdict.bound) <= target.tolerance.value
    up = better_is_higher(target, target.milestone_in_force(verdict.as_of), indicator)
    return before >= verdict.bound if up else before <= verdict.bound


def _outcome(verdict: Verdict, was_met: bool | None) -> Outcome:
    match verdict.status:
        case Standing.MET if was_met is None:
            return Outcome.MET
        case Standing.MET if was_met:
            return Outcome.KEPT
        case Standing.MET:
            assert verdict.year is not None
            return Outcome.EARLY if verdict.year < verdict.milestone else Outcome.REACHED
        case Standing.NO_DATA:
            return Outcome.NO_DATA
        case Standing.NOT_APPLICABLE:
            return Outcome.NOT_APPLICABLE
        case Standing.TOO_LITTLE:
            return Outcome.OPEN
        case _ if was_met:
            return Outcome.LOST
        case Standing.MISSED:
            return Outcome.MISSED
        case _:
            return Outcome.AHEAD


def _revised(verdict: Verdict) -> Finding | None:
    """The newest figure's own revision."""
    return next((f for f in verdict.findings if f.kind is Oddity.REVISED and f.year == verdict.year), None)
