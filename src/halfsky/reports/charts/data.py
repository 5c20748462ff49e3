"""What charts need to know of figures and targets, in plain Python: points, runs, targets, sources."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from halfsky.assess import Verdict
from halfsky.observations import Figures, Nature, Observation, SeriesKey, Status
from halfsky.plan import Indicator, Kind, Plan, Slice, Target, Unit
from halfsky.reports.words import DEMONSTRATION, Language, bound_words, listed, with_unit, year_words, years_words

# The widest distance in years that a line bridges: what the indicator's frequency makes usual.
_BRIDGE = {"annual": 1, "biennial": 2, "triennial": 3, "quinquennial": 5, "term": 5, "census": 10, "irregular": 1}

UNCERTAIN_STATUSES = frozenset({Status.ESTIMATED, Status.PROVISIONAL, Status.LOW_RELIABILITY})
_SHOWN_SOURCES = 2


@dataclass(frozen=True, slots=True)
class Point:
    """A figure with a value; points of the same ``run`` are joined by a line."""

    year: int
    value: float
    run: int
    observation: Observation


def points(figures: Figures, key: SeriesKey, indicator: Indicator) -> list[Point]:
    """The figures of a series that have a value, by year.

    A run ends where a figure is missing that should be there, and where the series breaks: figures on
    both sides of a break are not comparable, and a line would say that they are.
    """
    history = sorted(figures.series(key).values(), key=lambda o: o.year)
    found: list[Point] = []
    run = 0
    for observation in history:
        if observation.value is None:
            continue
        far = bool(found) and observation.year - found[-1].year > _BRIDGE[indicator.frequency]
        if far or observation.status is Status.BREAK:
            run += 1
        found.append(Point(observation.year, float(observation.value), run, observation))
    return found


def breaks(line: Sequence[Point]) -> list[int]:
    """Years in which a series breaks with the years before."""
    return [later.year for _, later in pairwise(line) if later.observation.status is Status.BREAK]


def targets_here(plan: Plan, indicator: Indicator, region: str, cut: Slice | None) -> tuple[Target, ...]:
    """Targets on an indicator that bind a place (or speak of it, for bodies), of one cut where one is named."""
    return tuple(
        target
        for target in plan.targets
        if target.indicator == indicator.id
        and (cut is None or target.cut == cut)
        and any(place.code == region for place in plan.places_bound(target))
    )


def usual_cut(plan: Plan, indicator: Indicator, region: str) -> Slice:
    """The slice that the place's first target judges; the whole where there is no target."""
    bound = targets_here(plan, indicator, region, None)
    if not bound:
        bound = tuple(target for target in plan.targets if target.indicator == indicator.id)
    return bound[0].cut if bound else Slice()


def verdict_of(verdicts: Iterable[Verdict], target: Target, region: str) -> Verdict | None:
    return next((v for v in verdicts if v.target == target.id and v.region == region), None)


_SIGNS = {Kind.AT_LEAST: "≥", Kind.AT_MOST: "≤", Kind.NEAR: "≈", Kind.EXISTS: "≥", Kind.TIMES_BASE: "≥"}


def target_words(target: Target, indicator: Indicator, value: float, year: int, language: Language) -> list[str]:
    """Two short lines that name a target at its end: when, and how much."""
    when = year_words(year, language)
    amount = bound_words(value, indicator, language)
    if language == "en" and indicator.unit is not Unit.PERCENT:
        amount = amount.split(" ")[0]
    amount = f"{_SIGNS.get(target.kind, '')} {amount}".strip()
    if target.aspiration:
        return [f"{when}力争" if language == "zh" else f"{when} aim", amount]
    return [f"{when}目标" if language == "zh" else f"{when} target", amount]


def is_demonstration(observations: Iterable[Observation]) -> bool:
    return any(o.nature is Nature.DEMO for o in observations)


def source_notes(observations: Iterable[Observation], language: Language, *, also: Sequence[str] = ()) -> list[str]:
    """The footer: where the figures come from, and whether any of them is demonstration data."""
    shown = list(observations)
    real = [o.source for o in shown if o.nature is not Nature.DEMO and o.source]
    sources = sorted(set(real), key=lambda s: (-real.count(s), s))
    named = listed(sources[:_SHOWN_SOURCES], language)
    if len(sources) > _SHOWN_SOURCES:
        named += f"等{len(sources)}种" if language == "zh" else f" and {len(sources) - _SHOWN_SOURCES} more"
    notes = list(also)
    if named:
        notes.append(f"资料来源：{named}。" if language == "zh" else f"Source: {named}.")
    if is_demonstration(shown):
        mark = DEMONSTRATION.in_language(language)
        notes.append(
            f"{mark}：由系统生成，仅供演示，不是真实统计数据。"
            if language == "zh"
            else f"{mark}: generated for demonstration, not real statistics."
        )
    return notes


def described(line: Sequence[Point], indicator: Indicator, language: Language) -> str:
    """The course of a series in one sentence, for a reader who cannot see the chart."""
    if not line:
        return "没有数据。" if language == "zh" else "No data."
    first, last = line[0], line[-1]
    span = years_words(first.year, last.year, language)
    if first is last:
        value = with_unit(last.value, indicator, language)
        return f"{span}为{value}。" if language == "zh" else f"{span}: {value}."
    start, end = (with_unit(p.value, indicator, language) for p in (first, last))
    return f"{span}由{start}变为{end}。" if language == "zh" else f"{span}: from {start} to {end}."
