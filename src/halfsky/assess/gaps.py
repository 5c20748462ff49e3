"""Gaps 差距 as series of their own: between women and men, town and country, and the districts of a city.

A gap is computed from figures of the same year only and has a size and a side: whether it closes is a matter of its
size, whoever is ahead. Two measures, by unit: shares, years and times differ by a difference; rates per so many
persons and amounts of money by a ratio. Counts are not compared: they say how many women and men there are.
docs/methods-gaps.md gives every formula and its source.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from halfsky.assess import kernel
from halfsky.assess.gapmodel import AssessedGap, Course, GapKind, Lead, Side
from halfsky.assess.gapwords import sentence
from halfsky.assess.model import Flag, Forecast
from halfsky.assess.policy import DEFAULT_POLICY, RARE_EVENT_UNITS, Policy
from halfsky.assess.series import History, with_baselines
from halfsky.assess.spread import Pair, district_gap
from halfsky.assess.trend import course
from halfsky.observations import Figures, Nature, Observation, SeriesKey
from halfsky.observations.derive import derived
from halfsky.plan import Indicator, Plan, Residence, Sex, Unit
from halfsky.plan.model import COUNTY_LEVELS, Derivation, Operand

DIFFERENCES = frozenset(
    {Unit.PERCENT, Unit.PERCENTAGE_POINTS, Unit.YEARS, Unit.HOURS, Unit.MINUTES, Unit.INDEX}
)  # whose zero is arbitrary or whose scale is bounded
RATIOS = frozenset({Unit.PER_1000, Unit.PER_10K, Unit.PER_100K, Unit.YUAN, Unit.RATIO})
_QUANTILES = (0.5, 0.1, 0.9, 0.025, 0.975)


@dataclass(frozen=True)
class _Found:
    """One gap with its history: values are signed differences, ratios, or spreads."""

    kind: GapKind
    indicator: Indicator  # what is measured
    measure: Indicator  # the gap: its unit, decimals and bounds
    region: str
    history: History
    pairs: Mapping[int, Pair]  # the two sides of each year
    events: Mapping[int, Decimal | None]  # cases behind a year's gap, of the side that has fewer

    @property
    def signed(self) -> bool:
        return self.kind is not GapKind.DISTRICT


def assess_gaps(
    plan: Plan, figures: Figures, *, as_of: int, policy: Policy = DEFAULT_POLICY
) -> tuple[AssessedGap, ...]:
    """Every gap that the figures up to a year allow, in the order of kinds, the plan's indicators, then places.

    Forecasts are made in one batch; the places of one indicator lend each other strength.
    """
    known = with_baselines(plan, figures.until(as_of), as_of)
    found = [*_between_sexes(plan, known, as_of), *_between_residences(plan, known, as_of)]
    found += _between_districts(plan, known, as_of, policy)
    if not found:
        return ()
    ahead = _Ahead(plan, found)
    return tuple(_assessed(plan, gap, row, ahead, as_of, policy) for row, gap in enumerate(found))


def comparable(indicator: Indicator) -> bool:
    """Whether the indicator's unit can be compared between groups, and is not itself computed from others."""
    return indicator.derive is None and indicator.unit in DIFFERENCES | RATIOS


def as_gap(indicator: Indicator, *, spread: bool = False) -> Indicator:
    """The indicator that a gap is written in: percentage points for shares, a ratio for rates and amounts.

    The spread of rates and amounts over districts is a share in percent (the Hoover index).
    """
    if indicator.unit in RATIOS:
        unit, decimals = (Unit.PERCENT, 1) if spread else (Unit.RATIO, 3)
    else:
        unit = Unit.PERCENTAGE_POINTS if indicator.unit is Unit.PERCENT else indicator.unit
        decimals = indicator.decimals
    return indicator.model_copy(update={"unit": unit, "decimals": decimals, "minimum": None, "maximum": None})


def _between_sexes(plan: Plan, figures: Figures, as_of: int) -> Iterator[_Found]:
    for indicator in plan.indicators:
        if comparable(indicator) and "sex" in indicator.disaggregation and indicator.population == "all":
            sides = (Operand(indicator=indicator.id, sex=Sex.FEMALE), Operand(indicator=indicator.id, sex=Sex.MALE))
            yield from _between(plan, figures, indicator, GapKind.SEX, sides, as_of)


def _between_residences(plan: Plan, figures: Figures, as_of: int) -> Iterator[_Found]:
    for indicator in plan.indicators:
        if comparable(indicator) and "residence" in indicator.disaggregation:
            sides = (
                Operand(indicator=indicator.id, residence=Residence.URBAN),
                Operand(indicator=indicator.id, residence=Residence.RURAL),
            )
            yield from _between(plan, figures, indicator, GapKind.RESIDENCE, sides, as_of)


def _between(
    plan: Plan, figures: Figures, indicator: Indicator, kind: GapKind, sides: tuple[Operand, Operand], as_of: int
) -> Iterator[_Found]:
    """The gap of the first side over the second, in every place that has both in some year."""
    ratio = indicator.unit in RATIOS
    rule = Derivation(op="ratio" if ratio else "difference", of=sides[0], against=sides[1])
    measure = as_gap(indicator)
    for region in plan.regions:
        first, second = (figures.series(SeriesKey.of(indicator.id, region.code, side)) for side in sides)
        made = derived(measure.model_copy(update={"derive": rule}), region.code, figures)
        gaps = {o.year: o for o in made if not ratio or _positive(first[o.year], second[o.year])}
        history = History.of(Figures(gaps.values()), SeriesKey(indicator.id, region.code), as_of)
        if history.latest is None:
            continue
        pairs = {y: Pair(first[y].value, second[y].value) for y in gaps}  # type: ignore[arg-type]
        events = {y: _fewer((first[y], second[y])) for y in gaps}
        yield _Found(kind, indicator, measure, region.code, history, pairs, events)


def _positive(*observations: Observation) -> bool:
    """No ratio is told of nought: its size would be endless, and a count of nought is mostly chance."""
    return all(o.value is not None and o.value > 0 for o in observations)


def _fewer(observations: Iterable[Observation]) -> Decimal | None:
    """The cases of the side or place that has fewest; ``None`` when one of them is not known."""
    counts = [o.numerator for o in observations]
    return None if any(c is None for c in counts) else min(c for c in counts if c is not None)


def _between_districts(plan: Plan, figures: Figures, as_of: int, policy: Policy) -> Iterator[_Found]:
    districts = [r.code for r in plan.regions if r.level in COUNTY_LEVELS and r.code != plan.region]
    for indicator in plan.indicators:
        if not comparable(indicator) or "district" not in indicator.levels:
            continue
        series = {code: figures.series(SeriesKey(indicator.id, code)) for code in districts}
        held = {code for code, years in series.items() if any(o.value is not None for o in years.values())}
        pairs: dict[int, Pair] = {}
        gaps: list[Observation] = []
        events: dict[int, Decimal | None] = {}
        for year in sorted({y for code in held for y in series[code]}):
            known = {c: series[c][year] for c in held if year in series[c] and series[c][year].value is not None}
            if len(known) < max(policy.gap_places, policy.gap_coverage * len(held)):
                continue
            measured = district_gap(known, indicator, plan.region, relative=indicator.unit in RATIOS)
            if measured is None:
                continue
            gap, pairs[year] = measured
            gaps.append(gap)
            events[year] = _fewer(known.values())
        history = History.of(Figures(gaps), SeriesKey(indicator.id, plan.region), as_of)
        if history.latest is not None:
            measure = as_gap(indicator, spread=True)
            yield _Found(GapKind.DISTRICT, indicator, measure, plan.region, history, pairs, events)


class _Ahead:
    """Forecasts of every gap in one batch: differences as they are, ratios by their logarithm, spreads above nought."""

    def __init__(self, plan: Plan, found: list[_Found]) -> None:
        years = sorted({year for gap in found for year in gap.history.values})
        column = {year: i for i, year in enumerate(years)}
        values = np.full((len(found), len(years)), np.nan)
        pools: dict[tuple[GapKind, str], int] = {}
        pool = np.zeros(len(found), dtype=np.int64)
        scale = np.zeros(len(found), dtype=np.int8)
        for row, gap in enumerate(found):
            pool[row] = pools.setdefault((gap.kind, gap.indicator.id), len(pools))
            scale[row] = kernel.IDENTITY if gap.signed else kernel.LOG
            for year, value in gap.history.values.items():
                values[row, column[year]] = _moved(gap, value)
        self._kernel = kernel.fit(values, np.array(years, dtype=np.int64), pool, scale, np.ones(len(found)))
        self.points = self._kernel.points
        self._quantiles = {
            year: [self._kernel.quantile(q, year) for q in _QUANTILES] for year in range(years[0], plan.end + 1)
        }
        base = np.array([_base_size(plan, gap) for gap in found])
        held = np.where(np.isnan(base), 0.0, base)
        signed = np.array([gap.signed for gap in found])
        below = self._kernel.below(held, plan.end)
        smaller = np.where(signed, below - self._kernel.below(-held, plan.end), below)
        self.smaller = np.where(np.isnan(base), np.nan, np.clip(np.where(held > 0, smaller, 0.0), 0.0, 1.0))

    def forecast(self, row: int, year: int, gap: _Found) -> Forecast:
        median, low80, high80, low95, high95 = (_back(gap, float(q[row])) for q in self._quantiles[year])
        return Forecast(year=year, median=median, low80=low80, high80=high80, low95=low95, high95=high95)


def _moved(gap: _Found, value: Decimal) -> float:
    return float(np.log(float(value))) if _is_ratio(gap) else float(value)


def _back(gap: _Found, moved: float) -> float:
    """Back from the scale of the forecast, within what is possible."""
    if _is_ratio(gap):
        return float(np.exp(moved))
    if gap.measure.unit in {Unit.PERCENTAGE_POINTS, Unit.PERCENT}:
        return min(max(moved, -100.0), 100.0)
    return moved


def _is_ratio(gap: _Found) -> bool:
    return gap.signed and gap.measure.unit is Unit.RATIO


def _size(gap: _Found, value: Decimal) -> Decimal:
    return size_of(value, gap.kind, gap.measure.unit)


def size_of(value: Decimal, kind: GapKind, unit: Unit) -> Decimal:
    """How large a gap is, whoever is ahead: of a difference 0 is none, of a ratio 1."""
    return max(value, 1 / value) if kind is not GapKind.DISTRICT and unit is Unit.RATIO else abs(value)


def _base(plan: Plan, gap: _Found, policy: Policy = DEFAULT_POLICY) -> int | None:
    """The base year, or the newest year at most two before it; never a later one."""
    first = plan.base_year - policy.base_years_back
    return max((y for y in gap.history.values if first <= y <= plan.base_year), default=None)


def _base_size(plan: Plan, gap: _Found) -> float:
    year = _base(plan, gap)
    return float("nan") if year is None else abs(_moved(gap, gap.history.values[year]))


def _assessed(plan: Plan, gap: _Found, row: int, ahead: _Ahead, as_of: int, policy: Policy) -> AssessedGap:
    history = gap.history
    assert history.latest is not None
    year, value = history.latest.year, history.values[history.latest.year]
    pair = gap.pairs[year]
    base_year = _base(plan, gap, policy)
    base = history.values[base_year] if base_year is not None else None
    since = {y: abs(_moved(gap, v)) for y, v in history.values.items() if base_year is not None and y >= base_year}
    few = _few(gap, year, policy)
    points = int(ahead.points[row])
    flags = _flags(plan, gap, since, few, as_of, policy)
    said = course(since, resolution=0.0 if _is_ratio(gap) else 0.5 * 10.0**-gap.measure.decimals)
    path: tuple[Forecast, ...] = ()
    probability = None
    if points >= policy.points_for_probability and not few and year < plan.end:
        path = tuple(ahead.forecast(row, y, gap) for y in range(year + 1, plan.end + 1))
        chance = float(ahead.smaller[row])
        probability = None if np.isnan(chance) or not since.get(base_year or 0) else chance
    facts: dict[str, object] = {
        "plan": plan.id, "kind": gap.kind, "indicator": gap.indicator.id, "region": gap.region, "as_of": as_of,
        "unit": gap.measure.unit, "decimals": gap.measure.decimals,
        "years": tuple((y, v) for y, v in sorted(history.values.items())), "year": year, "value": value,
        "size": _size(gap, value), "first": pair.first, "second": pair.second,
        "first_place": pair.first_place, "second_place": pair.second_place, "places": pair.places,
        "higher": _higher(pair), "ahead": _better(gap, pair),
        "base_year": base_year, "base_value": base, "base_size": None if base is None else _size(gap, base),
        "final_year": plan.end, "course": Course.TOO_LITTLE if few else said,
        "probability": probability, "forecast": path[-1] if path else None, "path": path,
        "flags": flags, "points": points,
        "demonstration": any(o.nature is Nature.DEMO for o in history.observations),
    }  # fmt: skip
    return AssessedGap(**facts, sentence=sentence(plan, gap.indicator, gap.measure, facts))


def _few(gap: _Found, year: int, policy: Policy) -> bool:
    """Whether a rate rests on so few cases on one side that its gap is mostly chance."""
    events = gap.events.get(year)
    return gap.indicator.unit in RARE_EVENT_UNITS and events is not None and events < policy.small_events


def _flags(
    plan: Plan, gap: _Found, since: Mapping[int, float], few: bool, as_of: int, policy: Policy
) -> tuple[Flag, ...]:
    found = set()
    if few:
        found.add(Flag.SMALL_NUMBERS)
    if gap.history.break_year is not None and gap.history.break_year > plan.base_year - policy.base_years_back:
        found.add(Flag.BREAK)
    if gap.history.latest and as_of - gap.history.latest.year > policy.stale_after[gap.indicator.frequency]:
        found.add(Flag.STALE)
    changes = np.diff(np.array(list(since.values())))
    if len(since) >= policy.gap_points and not few:
        turns = int(np.sum(np.diff(np.sign(changes[changes != 0])) != 0))
        sizes = list(since.values())
        if turns >= policy.gap_reversals and np.median(np.abs(changes)) > abs(sizes[-1] - sizes[0]):
            found.add(Flag.VOLATILE)
    return tuple(flag for flag in Flag if flag in found)


def _higher(pair: Pair) -> Side:
    """Whose figure is higher."""
    if pair.first == pair.second:
        return Side.NEITHER
    return Side.FIRST if pair.first > pair.second else Side.SECOND


def _better(gap: _Found, pair: Pair) -> Lead:
    """Who is better off by the indicator's direction; nobody where neither higher nor lower is better."""
    if gap.indicator.direction == "neither" or pair.first == pair.second:
        return Lead.NOBODY
    first = (pair.first > pair.second) == (gap.indicator.direction == "higher")
    match gap.kind:
        case GapKind.SEX:
            return Lead.WOMEN if first else Lead.MEN
        case GapKind.RESIDENCE:
            return Lead.URBAN if first else Lead.RURAL
        case GapKind.DISTRICT:
            return Lead.NOBODY
