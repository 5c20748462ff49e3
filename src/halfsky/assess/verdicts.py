"""Figures and targets become verdicts."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from halfsky.assess import decide, kernel
from halfsky.assess.decide import CANNOT_TELL, KIND_CODE, STANDINGS, Present, Terms, Why
from halfsky.assess.model import Flag, Forecast, RareEvents, Standing, Verdict
from halfsky.assess.policy import DEFAULT_POLICY, Policy
from halfsky.assess.rules import Case, Now, judge
from halfsky.assess.sentences import sentence
from halfsky.assess.series import History, cut_key, with_baselines
from halfsky.assess.smallplaces import settle, weigh
from halfsky.assess.traits import Traits
from halfsky.assess.watch import Revised, Watch, watch
from halfsky.observations import Figures, Nature, SeriesKey, Status
from halfsky.observations.bounds import bounds
from halfsky.observations.derive import with_derived
from halfsky.plan import Indicator, Kind, Plan, Region, Target

_SETTLED = frozenset({Standing.NO_DATA, Standing.NOT_APPLICABLE, Standing.TOO_LITTLE})


@dataclass(frozen=True)
class _Place:
    """One target in one place, with what the kernel needs to look ahead."""

    target: Target
    region: Region
    indicator: Indicator
    key: SeriesKey
    case: Case
    now: Now | None


def assess(
    plan: Plan, figures: Figures, *, as_of: int, policy: Policy = DEFAULT_POLICY, revised: Revised | None = None
) -> tuple[Verdict, ...]:
    """Judge every target of a plan in every place that it binds, as of a year.

    Figures of later years are never looked at. Derived indicators are computed here; figures of them that
    come with ``figures`` are taken as they are. ``revised`` tells of figures that were revised what they were before:
    verdicts then say so. Verdicts come in the order of the plan's targets, then places.
    """
    known = with_derived(plan, with_baselines(plan, figures.until(as_of), as_of))
    places = [
        _place(plan, known, target, region, as_of, policy)
        for target in plan.targets
        for region in plan.places_bound(target)
    ]
    if not places:
        return ()
    cases = [(place.case, place.region, place.now) for place in places]
    settle(cases, policy)
    terms, present = _terms(places, policy), _present(places)
    ahead = _Ahead(plan, places, terms, present)
    points, peers = ahead.kernel.points, ahead.kernel.peers
    probability = decide.stated(terms, present, points, ahead.meets, policy)
    status, why = decide.decide(terms, present, probability, points, peers, as_of, policy)
    found = _Found(
        status, why, probability, decide.foreseeable(present, points, policy),
        decide.required(terms, present), decide.nearly(present, policy),
    )  # fmt: skip
    rare = weigh(plan, known, cases, as_of=as_of)
    watched = watch(
        plan,
        known,
        as_of,
        [(p.case, p.now, p.key) for p in places],
        decide.stake(terms, present),
        ahead.arrays,
        revised or {},
    )
    return tuple(
        _verdict(plan, place, row, ahead, found, watched, rare[row], as_of) for row, place in enumerate(places)
    )


@dataclass(frozen=True)
class _Found:
    """What :mod:`halfsky.assess.decide` says of all places, one row each."""

    status: np.ndarray
    why: np.ndarray
    probability: np.ndarray
    foreseeable: np.ndarray
    required: np.ndarray
    nearly: np.ndarray


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
    return _Place(target, region, indicator, key, case, judge(case) if applies and case.history.latest else None)


def _terms(places: list[_Place], policy: Policy) -> Terms:
    cases = [place.case for place in places]
    targets = [case.target for case in cases]
    return Terms(
        kind=np.array([KIND_CODE[t.kind] for t in targets], dtype=np.int8),
        milestone=np.array([case.milestone.year for case in cases], dtype=np.int64),
        final=np.array([t.final.year for t in targets], dtype=np.int64),
        hold=np.array([t.hold for t in targets]),
        aspiration=np.array([t.aspiration for t in targets]),
        higher=np.array([case.better_is_higher for case in cases]),
        there_or_not=np.array([place.target.is_there_or_not(place.indicator) for place in places]),
        tolerance=np.array([float(t.tolerance.value) if t.tolerance else np.nan for t in targets]),
        stale_after=np.array([policy.stale_after[case.indicator.frequency] for case in cases], dtype=np.int64),
    )  # fmt: skip


def _present(places: list[_Place]) -> Present:
    """What exact decimals say of each place, as arrays."""

    def number(value: Decimal | float | None) -> float:
        return np.nan if value is None else float(value)

    applies = [place.case.history.last_status is not Status.NOT_APPLICABLE for place in places]
    nows = [place.now or Now(None, 0, Decimal("NaN")) for place in places]
    return Present(
        met=np.array([CANNOT_TELL if now.met is None else int(now.met) for now in nows], dtype=np.int8),
        year=np.array([now.year for now in nows], dtype=np.int64),
        value=np.array([number(now.value) for now in nows]),
        bound=np.array([number(now.bound) for now in nows]),
        gap=np.array([number(now.gap) for now in nows]),
        change=np.array([number(place.case.history.pace) for place in places]),
        known=np.array([place.now is not None for place in places]),
        applies=np.array(applies),
        small=np.array([Flag.SMALL_NUMBERS in now.flags for now in nows]),
        pooled=np.array([now.pooled_value is not None for now in nows]),
        beyond=np.array([now.beyond for now in nows]),
    )


class _Ahead:
    """Forecasts of every place in one batch. Kinds that compare two series are forecast by their difference."""

    def __init__(self, plan: Plan, places: list[_Place], terms: Terms, present: Present) -> None:
        paths = [_path(place) for place in places]
        seen = [year for path in paths for year in path] or [plan.start]
        years = np.arange(min(seen), max(seen) + 1)
        values = np.full((len(places), len(years)), np.nan)
        for row, path in enumerate(paths):
            for year, value in path.items():
                values[row, year - years[0]] = float(value)
        pools: dict[str, int] = {}
        pool = np.array([pools.setdefault(place.target.id, len(pools)) for place in places], dtype=np.int64)
        scale, top = _scales(places, terms, values, pool)
        self.arrays = values, years, pool, scale, top
        self.kernel = kernel.fit(*self.arrays)
        last = max(place.target.final.year for place in places)
        self._quantiles = {
            year: [ahead.quantile(q) for q in (0.5, 0.1, 0.9, 0.025, 0.975)]
            for year, ahead in ((year, self.kernel.at(year)) for year in range(int(years[0]), last + 1))
        }
        self.meets = decide.meeting(self.kernel.at(terms.milestone), *decide.between(terms, present))

    def forecast(self, row: int, year: int, indicator: Indicator) -> Forecast:
        """The distribution at a year, kept within what is possible for the indicator."""
        low, high = (None if limit is None else float(limit) for limit in bounds(indicator))
        median, low80, high80, low95, high95 = (
            float(np.clip(q[row], low, high)) if low is not None or high is not None else float(q[row])
            for q in self._quantiles[year]
        )
        return Forecast(year=year, median=median, low80=low80, high80=high80, low95=low95, high95=high95)


def _path(place: _Place) -> dict[int, Decimal]:
    values = place.case.history.values
    if place.target.kind in {Kind.NOT_BELOW, Kind.MATCH}:
        other = place.case.reference.values
        return {year: value - other[year] for year, value in values.items() if year in other}
    return values


def _scales(places: list[_Place], terms: Terms, values: np.ndarray, pool: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The scale of each series and its upper end."""
    traits = Traits.of([place.indicator for place in places], places[0].case.policy)
    scale = decide.scale_of(
        terms,
        bound=np.array([np.nan if (v := place.case.milestone.value) is None else float(v) for place in places]),
        traits=traits,
        lowest=decide.lowest(values, pool),
    )
    return scale, traits.top


def _verdict(
    plan: Plan, place: _Place, row: int, ahead: _Ahead, found: _Found, watched: Watch, rare: RareEvents | None,
    as_of: int,
) -> Verdict:  # fmt: skip
    case, now, target = place.case, place.now, place.target
    status = STANDINGS[found.status[row]]
    if now is None:
        return _made(plan, place, status, as_of=as_of)
    points, why, foreseeable = int(ahead.kernel.points[row]), int(found.why[row]), bool(found.foreseeable[row])
    if why & Why.STALE:
        now.flags.add(Flag.STALE)
    now.reasons.extend(decide.explained(why, year=now.year, milestone=case.milestone.year, points=points, as_of=as_of))
    few = Flag.SMALL_NUMBERS in now.flags  # judged on few events, not merely swinging by chance
    if status not in _SETTLED:
        watched.flag(row, case, now)
    if found.nearly[row]:
        now.flags.add(Flag.NEARLY)
    probability = _stated(found.probability[row])
    if rare is not None and few and now.year < case.milestone.year:
        probability = rare.probability
    path: tuple[Forecast, ...] = ()
    compared = target.kind in {Kind.NOT_BELOW, Kind.MATCH}
    if foreseeable and not compared and not target.is_there_or_not(place.indicator):
        path = tuple(ahead.forecast(row, year, place.indicator) for year in range(now.year + 1, target.final.year + 1))
    recent = case.history.recent if now.pooled_value is None else []
    return _made(
        plan, place, status, as_of=as_of,
        bound=now.bound, year=now.year, value=now.value, base_year=now.base_year, base_value=now.base_value,
        pooled_value=now.pooled_value, pooled_years=now.pooled_years, gap=now.gap,
        change=None if now.pooled_value is not None else case.history.pace,
        change_years=(recent[0][0], recent[-1][0]) if len(recent) > 1 else None,
        change_points=len(recent) if len(recent) > 1 else 0,
        required=_stated(found.required[row]),
        probability=probability, rare=rare,
        forecast=next((f for f in path if f.year == case.milestone.year), None), path=path,
        peers=int(ahead.kernel.peers[row]) if foreseeable and (probability is not None or path) else None,
        flags=tuple(flag for flag in Flag if flag in now.flags), points=points,
        demonstration=any(o.nature is Nature.DEMO for o in (*case.history.observations, *case.reference.observations)),
        reasons=tuple(now.reasons), findings=watched.found[row],
    )  # fmt: skip


def _stated(number: np.floating) -> float | None:
    return None if np.isnan(number) else float(number)


def _made(plan: Plan, place: _Place, status: Standing, *, as_of: int, **more: object) -> Verdict:
    target = place.target
    facts: dict[str, object] = {
        "plan": plan.id, "target": target.id, "clause": target.clause, "indicator": target.indicator,
        "kind": target.kind, "region": place.region.code, "as_of": as_of, "status": status,
        "milestone": place.case.milestone.year, "aspiration": target.aspiration, **more,
    }  # fmt: skip
    return Verdict(**facts, sentence=sentence(plan, target, place.region, facts))
