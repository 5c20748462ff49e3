"""From a plan's places to arrays of counts and back: rare events of one indicator in every place at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from halfsky.assess import rare
from halfsky.assess.model import Cluster, Funnel, RareEvents
from halfsky.assess.policy import DEFAULT_POLICY, RARE_EVENT_UNITS, Policy
from halfsky.assess.series import History, Pooled
from halfsky.observations import Confidentiality, Figures, Nature, SeriesKey
from halfsky.plan import Indicator, Plan, Slice
from halfsky.plan.model import COUNTY_LEVELS

Floats = rare.Floats


@dataclass(frozen=True, slots=True)
class Asked:
    """What a promise asks of a rate: a bound in the indicator's unit, from which side, and by when."""

    bound: Decimal | None = None
    higher: bool = False
    milestone: int | None = None


def counts_rare_events(indicator: Indicator) -> bool:
    """Whether the figures are rates of rare events with their counts behind them."""
    return indicator.unit in RARE_EVENT_UNITS and indicator.scale is not None


def rare_events(
    plan: Plan, figures: Figures, indicator: Indicator, cut: Slice, asked: Asked, *,
    as_of: int, policy: Policy = DEFAULT_POLICY,
) -> dict[str, RareEvents]:  # fmt: skip
    """Region → what its counts say, for the plan's own region and every county-level place that has counts.

    The county-level places lend each other strength. The whole region has no peers here and stands alone.
    """
    codes = [plan.region, *(r.code for r in plan.regions if r.level in COUNTY_LEVELS and r.code != plan.region)]
    histories = {code: History.of(figures, SeriesKey.of(indicator.id, code, cut), as_of) for code in codes}
    together = {code: h.pooled(policy.small_events, policy.pooled_years) for code, h in histories.items()}
    known = {code: pooled for code, pooled in together.items() if pooled is not None}
    if not counts_rare_events(indicator) or not known:
        return {}
    return _Places(plan, indicator, known, {c: histories[c] for c in known}, asked, policy).told()


class _Places:
    """Arrays over the places that have counts, (P,), and what is computed of them all at once."""

    def __init__(
        self, plan: Plan, indicator: Indicator, pooled: Mapping[str, Pooled], histories: Mapping[str, History],
        asked: Asked, policy: Policy,
    ) -> None:  # fmt: skip
        self.plan, self.asked, self.policy = plan, asked, policy
        self.pooled, self.histories = pooled, histories
        assert indicator.scale is not None
        self.scale = float(indicator.scale)
        self.exact_scale = indicator.scale
        self.events = np.array([float(p.events) for p in pooled.values()])
        self.exposure = np.array([float(p.exposure) for p in pooled.values()])
        self.own = np.array([code == plan.region for code in pooled])

    def told(self) -> dict[str, RareEvents]:
        bound = None if self.asked.bound is None else float(self.asked.bound) / self.scale
        below = self.own if self.own.all() else ~self.own
        reference = self.events[below].sum() / self.exposure[below].sum() if bound is None else bound
        low, high = (end / self.exposure * self.scale for end in rare.poisson_interval(self.events))
        shrunk = self._shrunk(bound)
        limits = [rare.funnel_limits(self.exposure * reference, level) for level in (0.95, 0.998)]
        clusters = [None] * len(self.events) if self.asked.higher else self._clusters(bound)
        found = {}
        for i, (code, pooled) in enumerate(self.pooled.items()):
            limit95, limit998 = ((int(least[i]), int(most[i])) for least, most in limits)
            found[code] = RareEvents(
                events=round(pooled.events), exposure=pooled.exposure, years=pooled.years,
                first=pooled.first, last=pooled.last, rate=self.exact_scale * pooled.events / pooled.exposure,
                low=float(low[i]), high=float(high[i]), peers=0 if self.own[i] else int((~self.own).sum()) - 1,
                **{name: float(values[i]) for name, values in shrunk.items()},
                reference=float(reference * self.scale), limit95=limit95, limit998=limit998,
                funnel=_place(self.events[i], limit95, limit998), cluster=clusters[i],
                free=all(o.confidentiality is Confidentiality.FREE for o in self.histories[code].observations),
                demonstration=any(o.nature is Nature.DEMO for o in self.histories[code].observations),
            )  # fmt: skip
        return found

    def _shrunk(self, bound: float | None) -> dict[str, Floats]:
        """The fields of ``RareEvents`` that come from the hierarchical model, each (P,)."""
        names = ("shrunk", "low95", "low80", "high80", "high95")
        found = {name: np.empty(len(self.events)) for name in names}
        if bound is not None:
            found["within"] = np.empty(len(self.events))
            if self.asked.milestone is not None:
                found["probability"] = np.empty(len(self.events))
        last = np.array([p.last for p in self.pooled.values()])
        for rows in (self.own, ~self.own):
            if not rows.any():
                continue
            true = rare.fit(self.events[rows], self.exposure[rows])
            told = [true.mean(), *true.quantiles(0.025, 0.1, 0.9, 0.975)]
            for name, values in zip(names, told, strict=True):
                found[name][rows] = values * self.scale
            if bound is None:
                continue
            found["within"][rows] = self._meets(true, bound)
            if self.asked.milestone is not None:
                later = true.ahead(self.asked.milestone - last[rows], self.policy.rare_drift)
                found["probability"][rows] = self._meets(later, bound)
        return found

    def _meets(self, true: rare.Posterior, bound: float) -> Floats:
        below = true.below(bound)
        return 1 - below if self.asked.higher else below

    def _clusters(self, bound: float | None) -> Sequence[Cluster | None]:
        """An excess over the bound *and* over the other places' rate; windows and places are both allowed for.

        All places with counts, the whole region among them, are one family of comparisons (:func:`rare.scan`); the
        region's count holds its places' counts, which makes the chance told a little too large, never too small.
        """
        width = self.policy.pooled_years
        events, exposure = (np.zeros((len(self.events), width)) for _ in range(2))
        for i, (code, pooled) in enumerate(self.pooled.items()):
            for o in self.histories[code].comparable[-width:]:
                back = pooled.last - o.year
                if back < width and o.numerator is not None and o.denominator:
                    events[i, back], exposure[i, back] = float(o.numerator), float(o.denominator)
        below = ~self.own
        count, births = events.sum(axis=1), exposure.sum(axis=1)
        others = births[below].sum() - births
        rest = np.where(below & (others > 0), (count[below].sum() - count) / np.where(others > 0, others, 1.0), 0.0)
        rate = np.maximum(rest, bound or 0.0)
        seen = rare.scan(events, exposure, rate)
        p, years = seen.anywhere, seen.years
        few = exposure[:, 0] * rate < self.policy.small_events
        found: list[Cluster | None] = []
        for i, striking in enumerate((p <= self.policy.cluster) & few):
            window = slice(0, int(years[i]))
            number, expected = events[i, window].sum(), exposure[i, window].sum() * rate[i]
            cluster = Cluster(years=int(years[i]), events=round(number), expected=float(expected), p=float(p[i]))
            found.append(cluster if striking else None)
        return found


def _place(events: float, limit95: tuple[int, int], limit998: tuple[int, int]) -> Funnel:
    if events > limit998[1]:
        return Funnel.ABOVE_998
    if events > limit95[1]:
        return Funnel.ABOVE_95
    if events < limit998[0]:
        return Funnel.BELOW_998
    return Funnel.BELOW_95 if events < limit95[0] else Funnel.INSIDE
