"""Figures and targets become verdicts."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from halfsky.assess import kernel, reasons
from halfsky.assess.model import Flag, Forecast, Standing, Verdict
from halfsky.assess.policy import DEFAULT_POLICY, Policy
from halfsky.assess.rules import Case, Now, judge, volatile
from halfsky.assess.sentences import sentence
from halfsky.assess.series import History, cut_key, with_baselines
from halfsky.observations import Figures, Nature, Status
from halfsky.observations.bounds import bounds
from halfsky.observations.derive import with_derived
from halfsky.plan import Indicator, Kind, Plan, Region, Target, Unit

_NEAR_TOP = 0.985  # from here on a promise is of all, or nearly all
_SETTLED = frozenset({Standing.NO_DATA, Standing.NOT_APPLICABLE, Standing.TOO_LITTLE})


@dataclass(frozen=True)
class _Place:
    """One target in one place, with what the kernel needs to look ahead."""

    target: Target
    region: Region
    indicator: Indicator
    case: Case
    now: Now | None


def assess(plan: Plan, figures: Figures, *, as_of: int, policy: Policy = DEFAULT_POLICY) -> tuple[Verdict, ...]:
    """Judge every target of a plan in every place that it binds, as of a year.

    Figures of later years are never looked at. Derived indicators are computed here; figures of them that
    come with ``figures`` are taken as they are. Verdicts come in the order of the plan's targets, then places.
    """
    known = with_derived(plan, with_baselines(plan, figures.until(as_of), as_of))
    places = [
        _place(plan, known, target, region, as_of, policy)
        for target in plan.targets
        for region in plan.places_bound(target)
    ]
    ahead = _Ahead(plan, places)
    return tuple(_verdict(plan, place, index, ahead, as_of, policy) for index, place in enumerate(places))


def _place(plan: Plan, figures: Figures, target: Target, region: Region, as_of: int, policy: Policy) -> _Place:
    indicator = plan.indicator[target.indicator]
    key = cut_key(plan, target, target.indicator, region.code)
    reference = cut_key(plan, target, target.reference, region.code) if target.reference else None
    case = Case(
        target=target,
        milestone=target.milestone_in_force(as_of),
        indicator=indicator,
        history=History.of(figures, key, as_of),
        reference=History.of(figures, reference, as_of) if reference else History(()),
        policy=policy,
    )
    applies = case.history.last_status is not Status.NOT_APPLICABLE  # 不适用, said last, outweighs older figures
    return _Place(target, region, indicator, case, judge(case) if applies and case.history.latest else None)


class _Ahead:
    """Forecasts of every place in one batch. Kinds that compare two series are forecast by their difference."""

    def __init__(self, plan: Plan, places: list[_Place]) -> None:
        paths = [_path(place) for place in places]
        years = sorted({year for path in paths for year in path}) or [plan.start]
        column = {year: i for i, year in enumerate(years)}
        values = np.full((len(places), len(years)), np.nan)
        for row, path in enumerate(paths):
            for year, value in path.items():
                values[row, column[year]] = float(value)
        pools: dict[object, int] = {}
        pool = np.array([pools.setdefault((p.target.id,), len(pools)) for p in places], dtype=np.int64)
        scale, top = _scales(places, values, pool)
        self.kernel = kernel.fit(values, np.array(years, dtype=np.int64), pool, scale, top)
        last = max((p.target.final.year for p in places), default=plan.end)
        steps = range(min(years), last + 1)
        self._quantiles = {
            year: [self.kernel.quantile(q, year) for q in (0.5, 0.1, 0.9, 0.025, 0.975)] for year in steps
        }
        self.meets = self._meets(places)

    def forecast(self, row: int, year: int, indicator: Indicator) -> Forecast:
        """The distribution at a year, kept within what is possible for the indicator."""
        low, high = (None if limit is None else float(limit) for limit in bounds(indicator))
        median, low80, high80, low95, high95 = (
            float(np.clip(q[row], low, high)) if low is not None or high is not None else float(q[row])
            for q in self._quantiles[year]
        )
        return Forecast(year=year, median=median, low80=low80, high80=high80, low95=low95, high95=high95)

    def _meets(self, places: list[_Place]) -> np.ndarray:
        """Probability of meeting at the milestone, NaN where there is none."""
        low, high = np.full(len(places), -np.inf), np.full(len(places), np.inf)
        for row, place in enumerate(places):
            low[row], high[row] = _bounds(place)
        year = np.array([place.case.milestone.year for place in places], dtype=np.int64)
        finite_low, finite_high = np.isfinite(low), np.isfinite(high)
        below_high = np.where(finite_high, self.kernel.below(np.where(finite_high, high, 0.0), year), 1.0)
        below_low = np.where(finite_low, self.kernel.below(np.where(finite_low, low, 0.0), year), 0.0)
        return np.where(finite_low | finite_high, np.clip(below_high - below_low, 0.0, 1.0), np.nan)


def _path(place: _Place) -> dict[int, Decimal]:
    values = place.case.history.values
    if place.target.kind in {Kind.NOT_BELOW, Kind.MATCH}:
        other = place.case.reference.values
        return {year: value - other[year] for year, value in values.items() if year in other}
    return values


def _scales(places: list[_Place], values: np.ndarray, pool: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The scale of each series: logit for percentages, log for quantities that are never zero, else none."""
    scale = np.zeros(len(places), dtype=np.int8)
    top = np.ones(len(places))
    lowest = np.full(int(pool.max()) + 1 if len(pool) else 0, np.inf)
    np.minimum.at(lowest, pool, np.where(np.isnan(values), np.inf, values).min(axis=1, initial=np.inf))
    for row, place in enumerate(places):
        if place.target.kind in {Kind.NOT_BELOW, Kind.MATCH} or (
            place.indicator.derive is not None and place.indicator.derive.op == "difference"
        ):
            continue
        bound = place.case.milestone.value if place.target.kind in {Kind.AT_LEAST, Kind.EXISTS} else None
        highest = bounds(place.indicator)[1]
        top_share = float(highest if highest is not None else 100)
        if place.indicator.unit is Unit.PERCENT and bound is not None and float(bound) >= _NEAR_TOP * top_share:
            continue  # on the logit scale the top itself is never reached; places do reach 100%
        if place.indicator.unit is Unit.PERCENT:
            scale[row], top[row] = kernel.LOGIT, top_share
        elif place.indicator.unit is not Unit.YES_NO and lowest[pool[row]] > 0:
            scale[row] = kernel.LOG
    return scale, top


def _bounds(place: _Place) -> tuple[float, float]:
    """Between which values the target is met; infinite on a side that does not bind; both when unknown."""
    now, target = place.now, place.target
    nothing = (-np.inf, np.inf)
    if now is None or now.bound is None or target.kind is Kind.SLOW or target.is_there_or_not(place.indicator):
        return nothing
    bound = float(now.bound)
    tolerance = float(target.tolerance.value) if target.tolerance else 0.0
    match target.kind:
        case Kind.NEAR:
            return bound - tolerance, bound + tolerance
        case Kind.MATCH:
            return -tolerance, tolerance
        case Kind.NOT_BELOW:
            return 0.0, np.inf
    if place.case.better_is_higher:
        return bound, np.inf
    return -np.inf, bound


def _verdict(plan: Plan, place: _Place, row: int, ahead: _Ahead, as_of: int, policy: Policy) -> Verdict:
    case, now, target = place.case, place.now, place.target
    if now is None:
        applicable = case.history.last_status is not Status.NOT_APPLICABLE
        status = Standing.NO_DATA if applicable else Standing.NOT_APPLICABLE
        return _made(plan, place, status, as_of=as_of)
    points = int(ahead.kernel.points[row])
    # A single year's rate on a few events is mostly chance, and so would be a forecast of it.
    foreseeable = points >= policy.points_for_probability and Flag.SMALL_NUMBERS not in now.flags
    probability: float | None = None
    if foreseeable and np.isfinite(ahead.meets[row]) and now.year < case.milestone.year:
        probability = float(ahead.meets[row])
    _age(case, now, as_of)
    status = _standing(case, now, probability, points, as_of)
    if status not in _SETTLED and volatile(case, now):
        now.flags.add(Flag.VOLATILE)
    if now.met is False and now.gap and now.bound and 0 < now.gap <= abs(now.bound) * Decimal(str(policy.nearly)):
        now.flags.add(Flag.NEARLY)
    left = case.milestone.year - now.year
    path: tuple[Forecast, ...] = ()
    compared = target.kind in {Kind.NOT_BELOW, Kind.MATCH}
    if foreseeable and not compared and not target.is_there_or_not(place.indicator):
        path = tuple(ahead.forecast(row, year, place.indicator) for year in range(now.year + 1, target.final.year + 1))
    return _made(
        plan, place, status, as_of=as_of,
        bound=now.bound, year=now.year, value=now.value, base_year=now.base_year, base_value=now.base_value,
        pooled_value=now.pooled_value, pooled_years=now.pooled_years, gap=now.gap,
        change=None if now.pooled_value is not None else case.history.pace,
        required=float(now.bound - now.value) / left if now.bound is not None and now.met is False and left > 0 else None,
        probability=probability,
        forecast=next((f for f in path if f.year == case.milestone.year), None), path=path,
        flags=tuple(flag for flag in Flag if flag in now.flags), points=points,
        demonstration=any(o.nature is Nature.DEMO for o in (*case.history.observations, *case.reference.observations)),
        reasons=tuple(now.reasons),
    )  # fmt: skip


def _age(case: Case, now: Now, as_of: int) -> None:
    if as_of - now.year > case.policy.stale_after[case.indicator.frequency]:
        now.flags.add(Flag.STALE)
        now.reasons.append(reasons.stale(now.year, as_of))


def _standing(case: Case, now: Now, probability: float | None, points: int, as_of: int) -> Standing:
    """The status; adds to the reasons what a reader must know of how it came about."""
    if now.met:
        return Standing.MET
    if now.met is None:
        return Standing.TOO_LITTLE
    reached = as_of >= case.milestone.year
    if case.target.aspiration:
        now.reasons.append(reasons.aspiration_open())
        likely = probability is not None and probability >= case.policy.on_track
        return Standing.ON_TRACK if likely else Standing.UNCERTAIN
    measured = reached and now.year >= case.milestone.year
    if measured and not (case.target.hold and case.milestone != case.target.final):
        return Standing.MISSED
    if reached and not measured:
        now.reasons.append(reasons.milestone_unmeasured(case.milestone.year, now.year))
    if case.target.hold:
        return Standing.AT_RISK
    if now.pooled_value is not None:
        return Standing.AT_RISK  # several years together lie beyond the bound
    if probability is not None:
        return _by_probability(probability, case.policy)
    if case.target.kind is Kind.SLOW or case.target.is_there_or_not(case.indicator):
        return Standing.UNCERTAIN
    now.reasons.append(reasons.few_points(points))
    return _by_pace(case, now)


def _by_probability(probability: float, policy: Policy) -> Standing:
    if probability >= policy.on_track:
        return Standing.ON_TRACK
    return Standing.AT_RISK if probability < policy.at_risk else Standing.UNCERTAIN


def _by_pace(case: Case, now: Now) -> Standing:
    """With two or three figures: observed against required pace, as Eurostat's classes have it."""
    pace = case.history.pace
    left = case.milestone.year - now.year
    if now.gap is None or left <= 0:
        return Standing.TOO_LITTLE
    if pace is None:  # a single figure: far from the bound with hardly any time left needs no trend to be at risk
        far = now.bound is not None and now.gap > abs(now.bound) * Decimal(str(case.policy.far))
        return Standing.AT_RISK if far and left <= case.policy.hardly_any_time else Standing.TOO_LITTLE
    forward = pace if case.better_is_higher else -pace
    if now.gap <= 0:  # level with the base year, or slipping from above it: any move forward would do
        return Standing.UNCERTAIN if forward > 0 else Standing.AT_RISK
    ratio = forward / (float(now.gap) / left)
    if ratio >= case.policy.pace_on_track:
        return Standing.ON_TRACK
    return Standing.AT_RISK if ratio < case.policy.pace_at_risk else Standing.UNCERTAIN


def _made(plan: Plan, place: _Place, status: Standing, *, as_of: int, **more: object) -> Verdict:
    target = place.target
    facts: dict[str, object] = {
        "plan": plan.id, "target": target.id, "clause": target.clause, "indicator": target.indicator,
        "kind": target.kind, "region": place.region.code, "as_of": as_of, "status": status,
        "milestone": place.case.milestone.year, "aspiration": target.aspiration, **more,
    }  # fmt: skip
    return Verdict(**facts, sentence=sentence(plan, target, place.region, facts))
