"""Tables of one indicator: by year, by group, by place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from halfsky.assess import Finding, Verdict
from halfsky.collect import queries as collect
from halfsky.collect.queries import Version
from halfsky.observations import Figures, Observation, SeriesKey
from halfsky.places.policy import Principal
from halfsky.plan import Indicator, Plan, Region, Residence, Sex, Target
from halfsky.plan.model import ALL_AGES
from halfsky.reports.charts.data import points
from halfsky.web.sparkline import Sparkline, sparkline


@dataclass(frozen=True, slots=True)
class YearRow:
    """One year: its figure, the change on the figure before, and how often it was revised."""

    year: int
    observation: Observation | None
    change: Decimal | None


def by_year(figures: Figures, key: SeriesKey) -> list[YearRow]:
    """Newest year first; years without a figure between the first and the last are rows of their own.

    A change is counted from the last year that has a figure, unless the series breaks in between.
    """
    series = figures.series(key)
    if not series:
        return []
    rows, before = [], None
    for year in range(min(series), max(series) + 1):
        observation = series.get(year)
        value = observation.value if observation else None
        change = None
        if observation is not None and value is not None:
            if before is not None and observation.status != "B":
                change = value - before
            before = value
        rows.append(YearRow(year, observation, change))
    return rows[::-1]


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One year of two or more groups side by side, and how far the first is from the second."""

    year: int
    keys: tuple[SeriesKey, ...]
    observations: tuple[Observation | None, ...]
    gap: Decimal | None


def side_by_side(figures: Figures, keys: Sequence[SeriesKey]) -> list[GroupRow]:
    """Years in which any of the groups has a figure, newest first."""
    years = sorted({year for key in keys for year in figures.series(key)}, reverse=True)
    rows = []
    for year in years:
        observations = tuple(figures.get(key, year) for key in keys)
        values = [o.value if o else None for o in observations]
        gap = values[0] - values[1] if len(values) > 1 and values[0] is not None and values[1] is not None else None
        rows.append(GroupRow(year, tuple(keys), observations, gap))
    return rows


def by_sex(figures: Figures, indicator: Indicator, region: str) -> list[GroupRow]:
    """Women beside men."""
    return side_by_side(figures, [SeriesKey(indicator.id, region, sex) for sex in (Sex.FEMALE, Sex.MALE)])


def by_residence(figures: Figures, indicator: Indicator, region: str) -> list[GroupRow]:
    """Urban beside rural."""
    keys = [SeriesKey(indicator.id, region, residence=r) for r in (Residence.URBAN, Residence.RURAL)]
    return side_by_side(figures, keys)


def ages(figures: Figures, indicator: Indicator, region: str) -> list[tuple[str, list[GroupRow]]]:
    """Each age group that has figures, in code order."""
    keys = [k for k in figures.keys if k.indicator == indicator.id and k.region == region and k.age != ALL_AGES]
    keys = [k for k in keys if k.residence is Residence.ALL]
    return [
        (age, side_by_side(figures, sorted((k for k in keys if k.age == age), key=lambda k: k.sex.value)))
        for age in sorted({k.age for k in keys})
    ]


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One place: its newest figure, the run of its series, and its verdict where the promise binds it."""

    region: Region
    newest: Observation | None
    spark: Sparkline | None
    verdict: Verdict | None


def by_place(
    figures: Figures,
    plan: Plan,
    indicator: Indicator,
    target: Target | None,
    verdicts: Iterable[Verdict],
    until: int | None,
) -> list[PlaceRow]:
    """Every place that has a figure, or a verdict on ``target``, in the pack's order."""
    judged = {v.region: v for v in verdicts if target is not None and v.target == target.id}
    rows = []
    for region in plan.regions:
        key = (
            SeriesKey(indicator.id, region.code)
            if target is None
            else SeriesKey.of(indicator.id, region.code, target.cut)
        )
        series = {y: o for y, o in figures.series(key).items() if until is None or y <= until}
        verdict = judged.get(region.code)
        if not series and verdict is None:
            continue
        valued = [y for y, o in series.items() if o.value is not None]
        newest = series[max(valued)] if valued else series[max(series)] if series else None
        line = [p for p in points(figures, key, indicator) if p.year in series]
        rows.append(PlaceRow(region, newest, sparkline(line, verdict.bound if verdict else None), verdict))
    return rows


def odd(judged: Iterable[tuple[Target, Verdict | None]]) -> list[tuple[SeriesKey, Finding]]:
    """What is odd about the series that promises rest on, each once, newest first."""
    found = {
        (SeriesKey.of(verdict.indicator, verdict.region, target.cut), finding): None
        for target, verdict in judged
        if verdict is not None
        for finding in verdict.findings
    }
    return sorted(found, key=lambda row: -row[1].year)


@dataclass(frozen=True, slots=True)
class Trail:
    """The versions of one figure, newest first."""

    key: SeriesKey
    year: int
    versions: list[Version]


def trails(plan: Plan, figures: Figures, indicator: Indicator, region: str, who: Principal) -> list[Trail]:
    """Every figure of an indicator in a place that was ever revised, each version as ``who`` may see it."""
    revised = {year for code, year in collect.revised_keys(plan.id, indicator.id) if code == region}
    return [
        Trail(key, year, [replace(v, observation=collect.readable(who, plan, v.observation)) for v in versions])
        for key in sorted(k for k in figures.keys if k.indicator == indicator.id and k.region == region)
        for year in sorted(revised, reverse=True)
        if figures.get(key, year) is not None and len(versions := collect.trail(plan.id, key, year)) > 1
    ]
