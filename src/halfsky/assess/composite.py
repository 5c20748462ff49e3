"""A composite by field in the manner of EIGE's Gender Equality Index, and its exact decomposition.

Indicators are a goal's, goals a field's: arithmetic mean within a goal (or measure), geometric mean across them, equal
weights, after EIGE, Gender Equality Index 2017: Methodological Report. Beside it stands the index without the
correction for level, because α makes the corrected one follow achievement more than equality (Permanyer 2015).
docs/methods-gaps.md tells the formulas, what was changed and why, and the limits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from math import exp, log, log1p, sqrt
from statistics import fmean

from halfsky.assess.compositemodel import Change, ChangePart, Composite, Missing, Part, Why
from halfsky.assess.compositewords import sentence
from halfsky.assess.gaps import comparable
from halfsky.assess.policy import DEFAULT_POLICY, RARE_EVENT_UNITS, Policy
from halfsky.observations import Figures, Nature, Observation, SeriesKey
from halfsky.observations.bounds import bounds
from halfsky.plan import Indicator, Plan, Sex, Unit
from halfsky.plan.model import COUNTY_LEVELS

TOP, FLOOR = 100.0, 1.0  # EIGE's scale: 1 complete inequality, 100 full equality


def qualifies(indicator: Indicator) -> bool:
    """Whether an indicator can have a part: figures of women and of men, on a scale with a true nought."""
    return (
        comparable(indicator)
        and "sex" in indicator.disaggregation
        and indicator.population == "all"
        and indicator.unit is not Unit.PERCENTAGE_POINTS
    )


def homes(plan: Plan) -> dict[str, str]:
    """Qualifying indicator → the one clause it counts under.

    That of its first target under a goal, else the first clause of its own targets, of its own list, or of
    indicators computed from it: an indicator under several clauses counts once. One under no field has no home.
    """
    named: dict[str, list[str]] = {i.id: [] for i in plan.indicators}
    for target in plan.targets:
        named[target.indicator].append(target.clause)
    for indicator in plan.indicators:
        named[indicator.id] += indicator.clauses
    for indicator in plan.indicators:
        if indicator.derive is not None:
            for operand in (indicator.derive.of, indicator.derive.against):
                named[operand.indicator] += named[indicator.id]
    found = {}
    for indicator in plan.indicators:
        clauses = [c for c in named[indicator.id] if plan.field_of(c) is not None]
        if qualifies(indicator) and clauses:
            found[indicator.id] = next((c for c in clauses if c.startswith("G")), clauses[0])
    return found


@dataclass(frozen=True)
class Composites:
    """Every composite of a plan that the figures up to ``as_of`` allow.

    The reference level of α is the best one among all places and all years up to ``as_of``, the same for every
    year compared, as EIGE takes the maximum over member states and years.
    """

    plan: Plan
    figures: Figures
    as_of: int
    policy: Policy = DEFAULT_POLICY

    @cached_property
    def _homes(self) -> dict[str, str]:
        return homes(self.plan)

    @cached_property
    def _best(self) -> dict[str, float]:
        """Indicator → its best level of women and men together, in any place and year."""
        found: dict[str, float] = {}
        for name in self._homes:
            indicator = self.plan.indicator[name]
            levels = [
                level(indicator, women, men)
                for region in self.plan.regions
                for year in self.figures.series(SeriesKey(name, region.code, Sex.FEMALE))
                if year <= self.as_of and (pair := self._pair(name, region.code, year)) is not None
                for women, men in [(pair[0].value, pair[1].value)]
                if women is not None and men is not None
            ]
            if levels:
                found[name] = min(levels) if _by_rate(indicator) else max(levels)
        return found

    def fields(self) -> tuple[int, ...]:
        """Numbers of the fields that have a qualifying indicator."""
        numbers = {self._field(clause) for clause in self._homes.values()}
        return tuple(field.number for field in self.plan.fields if field.number in numbers)

    def years(self, field: int, region: str) -> tuple[int, ...]:
        """Years in which any indicator of the field has figures of women and men, oldest first."""
        return tuple(
            sorted(
                {
                    year
                    for name in self._expected(field, region)
                    for year in self.figures.series(SeriesKey(name, region, Sex.FEMALE))
                    if year <= self.as_of and self._pair(name, region, year) is not None
                }
            )
        )

    def of(self, field: int, region: str, year: int | None = None) -> Composite:
        """The composite of a field in a place; of the year ``as_of`` unless another is named."""
        year = self.as_of if year is None else year
        expected = self._expected(field, region)
        made = {name: self._part(name, region, year) for name in expected}
        parts = [part for part in made.values() if isinstance(part, Part)]
        missing = tuple(Missing(indicator=n, why=why) for n, why in made.items() if isinstance(why, Why))
        enough = len(parts) >= max(self.policy.composite_indicators, self.policy.composite_coverage * len(expected))
        facts = {
            "plan": self.plan.id, "field": field, "region": region, "year": year,
            "score": _mean(parts, "score") if enough else None,
            "gap_only": _mean(parts, "gap_score") if enough else None,
            "parts": _shared(parts), "missing": missing, "demonstration": any(p.demonstration for p in parts),
        }  # fmt: skip
        return Composite.model_validate({**facts, "sentence": sentence(self.plan, facts, self.policy)})

    def change(self, field: int, region: str, since: int, year: int | None = None) -> Change | None:
        """What moved the composite between two years; ``None`` when too few indicators have figures in both."""
        year = self.as_of if year is None else year
        expected = self._expected(field, region)
        now = {n: p for n in expected if isinstance(p := self._part(n, region, year), Part)}
        then = {n: p for n in now if isinstance(p := self._part(n, region, since), Part)}
        least = max(self.policy.composite_indicators, self.policy.composite_coverage * len(expected))
        if since >= year or len(then) < least:
            return None
        return changed([then[n] for n in then], [now[n] for n in then], since, year)

    def trend(self, field: int, region: str) -> tuple[tuple[int, float, float], ...]:
        """(year, index, gap-only index) of the indicators of ``as_of``, in the years that have all of them."""
        today = self.of(field, region)
        if today.score is None:
            return ()
        names = [part.indicator for part in today.parts]
        found = []
        for year in self.years(field, region):
            parts = [p for n in names if isinstance(p := self._part(n, region, year), Part)]
            if len(parts) == len(names):
                found.append((year, _mean(parts, "score"), _mean(parts, "gap_score")))
        return tuple(found)

    def _field(self, clause: str) -> int | None:
        field = self.plan.field_of(clause)
        return field.number if field else None

    def _expected(self, field: int, region: str) -> list[str]:
        """The field's qualifying indicators that are collected at the place's level."""
        place = self.plan.place[region].level
        level_ = "district" if place in COUNTY_LEVELS or place == "zone" else place
        return [
            n for n, clause in self._homes.items()
            if self._field(clause) == field and level_ in self.plan.indicator[n].levels
        ]  # fmt: skip

    def _pair(self, name: str, region: str, year: int) -> tuple[Observation, Observation] | None:
        women = self.figures.get(SeriesKey(name, region, Sex.FEMALE), year)
        men = self.figures.get(SeriesKey(name, region, Sex.MALE), year)
        if women is None or men is None or women.value is None or men.value is None:
            return None
        return women, men

    def _part(self, name: str, region: str, year: int) -> Part | Why:
        pair = self._pair(name, region, year) if year <= self.as_of else None
        if pair is None:
            return Why.NO_PAIR
        indicator = self.plan.indicator[name]
        if indicator.unit in RARE_EVENT_UNITS and any(
            o.numerator is not None and o.numerator < self.policy.small_events for o in pair
        ):
            return Why.FEW
        women, men = pair[0].value, pair[1].value
        assert women is not None
        assert men is not None
        scored = score(indicator, women, men, self._best[name])
        if scored is None:
            return Why.NO_LEVEL
        gap, coefficient = scored
        return Part(
            indicator=name, group=self._homes[name], women=women, men=men, gap=gap, level=coefficient,
            score=gamma(gap, coefficient), gap_score=gamma(gap, 1.0),
            demonstration=any(o.nature is Nature.DEMO for o in pair),
        )  # fmt: skip


def gamma(gap: float, coefficient: float) -> float:
    """EIGE's score of one indicator: Γ = 1 + 99 · α · (1 − gap)."""
    return FLOOR + (TOP - FLOOR) * coefficient * (1.0 - gap)


def _by_rate(indicator: Indicator) -> bool:
    """Rates and amounts of which less is better: compared as they are, the best level being the lowest."""
    return indicator.direction == "lower" and indicator.unit is not Unit.PERCENT


def _turned(indicator: Indicator, value: Decimal) -> float:
    """The value in which more is better: a share of what is bad becomes the share without it, as EIGE reverses it."""
    if indicator.direction == "lower" and indicator.unit is Unit.PERCENT:
        return float((bounds(indicator)[1] or Decimal(100)) - value)
    return float(value)


def level(indicator: Indicator, women: Decimal, men: Decimal) -> float:
    """The level of women and men together: the plain mean of both figures."""
    return (_turned(indicator, women) + _turned(indicator, men)) / 2


def score(indicator: Indicator, women: Decimal, men: Decimal, best: float) -> tuple[float, float] | None:
    """(gap, α) of one indicator; ``None`` where there is no level to be equal in.

    The gap is |w/a − 1| with a = (w + m)/2, which is |w − m| / (w + m): 0 when equal, 1 when one side has
    nothing, the same with the sexes exchanged and in any unit. α = √(a / best), of rates where less is better √(best / a); 1
    where neither more nor less is better.
    """
    mean = level(indicator, women, men)
    if mean < 0 or min(_turned(indicator, women), _turned(indicator, men)) < 0:
        return None
    if mean == 0:
        return (0.0, 1.0) if _by_rate(indicator) else None
    gap = abs(_turned(indicator, women) - _turned(indicator, men)) / (2 * mean)
    if indicator.direction == "neither":
        return gap, 1.0
    ratio = best / mean if _by_rate(indicator) else mean / best
    return gap, sqrt(min(max(ratio, 0.0), 1.0))


def _groups(parts: Iterable[Part]) -> dict[str, list[Part]]:
    found: dict[str, list[Part]] = {}
    for part in parts:
        found.setdefault(part.group, []).append(part)
    return found


def _mean(parts: Iterable[Part], of: str) -> float:
    """Arithmetic within clauses, geometric across them."""
    groups = _groups(parts).values()
    return exp(fmean(log(fmean(getattr(p, of) for p in group)) for group in groups))


def log_mean(a: float, b: float) -> float:
    """The logarithmic mean (a − b) / ln(a / b), and a where they are equal; both positive."""
    if a == b:
        return a
    return (a - b) / log1p((a - b) / b)


def _shared(parts: list[Part]) -> tuple[Part, ...]:
    """The parts with the points that each keeps the index below 100.

    The logarithmic-mean decomposition (LMDI-I, Ang 2004): with G clauses, Sg a clause's mean of n parts and F the index,
    an indicator's points are L(100, F) / L(100, Sg) · (100 − Γ) / (G n), L the logarithmic mean. They add up exactly.
    """
    lost = {of: _lost(parts, of) for of in ("score", "gap_score")}
    return tuple(
        part.model_copy(update={"points": lost["score"][i], "gap_points": lost["gap_score"][i]})
        for i, part in enumerate(parts)
    )


def _lost(parts: list[Part], of: str) -> list[float]:
    if not parts:
        return []
    groups = _groups(parts)
    whole = log_mean(TOP, _mean(parts, of))
    means = {clause: fmean(getattr(p, of) for p in group) for clause, group in groups.items()}
    return [
        whole / log_mean(TOP, means[p.group]) * (TOP - getattr(p, of)) / (len(groups) * len(groups[p.group]))
        for p in parts
    ]


def changed(then: list[Part], now: list[Part], since: int, year: int) -> Change:
    """What moved an index between two years, indicator by indicator, gap and level apart; adds up exactly.

    The indicators of both lists are the same, in the same order. LMDI-I across clauses; within an indicator the change of
    α · (1 − gap) is halved between the orders in which the two could have moved (exact for two factors).
    """
    before, after = _mean(then, "score"), _mean(now, "score")
    old, new = _clause_means(then), _clause_means(now)
    sizes = {clause: len(group) for clause, group in _groups(now).items()}
    parts = []
    for a, b in zip(then, now, strict=True):
        share = log_mean(after, before) / log_mean(new[b.group], old[b.group]) / (len(sizes) * sizes[b.group])
        span = (TOP - FLOOR) * share
        parts.append(
            ChangePart(
                indicator=b.indicator,
                by_gap=span * (a.gap - b.gap) * (a.level + b.level) / 2,
                by_level=span * (b.level - a.level) * (2.0 - a.gap - b.gap) / 2,
            )
        )
    return Change(
        since=since, year=year, before=before, after=after,
        gap_before=_mean(then, "gap_score"), gap_after=_mean(now, "gap_score"), parts=tuple(parts),
    )  # fmt: skip


def _clause_means(parts: list[Part]) -> Mapping[str, float]:
    return {clause: fmean(p.score for p in group) for clause, group in _groups(parts).items()}
