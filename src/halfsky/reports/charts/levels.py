"""Target lines: what a promise looks like on a chart over time."""

from __future__ import annotations

from dataclasses import dataclass

from halfsky.assess import Verdict
from halfsky.plan import Indicator, Kind, Plan, Target
from halfsky.reports.charts.data import target_words
from halfsky.reports.words import Language, short, year_words

_LEVELS = frozenset({Kind.AT_LEAST, Kind.AT_MOST, Kind.NEAR, Kind.EXISTS})
_FROM_BASE = frozenset({Kind.RISE, Kind.FALL})


@dataclass(frozen=True, slots=True)
class Level:
    """A stretch of a target line: its height from one year to another, and what names it at its end."""

    start: int
    end: int
    value: float
    words: list[str]
    tolerance: float = 0.0
    dashed: bool = False


def levels_of(
    plan: Plan, target: Target, indicator: Indicator, verdict: Verdict | None, language: Language
) -> list[Level]:
    """The stretches of one target: a step for each milestone, or the base that it must leave behind."""
    if target.kind in _LEVELS:
        start = plan.start
        found = []
        for milestone in target.milestones:
            if milestone.value is not None:
                value = float(milestone.value)
                tolerance = float(target.tolerance.value) if target.tolerance and target.kind is Kind.NEAR else 0.0
                words = target_words(target, indicator, value, milestone.year, language)
                found.append(Level(start, milestone.year, value, words, tolerance, dashed=target.aspiration))
            start = milestone.year
        return found
    if verdict is None or verdict.bound is None:
        return []
    value = float(verdict.bound)
    if target.kind is Kind.TIMES_BASE:
        words = target_words(target, indicator, value, verdict.milestone, language)
        return [Level(plan.start, verdict.milestone, value, words)]
    if target.kind in _FROM_BASE:
        base = verdict.base_year or plan.base_year
        sign = ">" if target.kind is Kind.RISE else "<"
        when = f"{year_words(base, language)}基期" if language == "zh" else f"{base} base"
        amount = f"{sign} {short(value, indicator, language)}"
        return [Level(base, target.final.year, value, [when, amount], dashed=True)]
    return []
