"""One specification, two engines: exact decimals place by place, and arrays of millions, say the same."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halfsky.assess import Flag, Standing, Verdict, assess
from halfsky.assess.batch import judge
from halfsky.assess.decide import Why
from halfsky.assess.questions import Questions
from halfsky.assess.standings import QUANTILES, Standings
from halfsky.observations import Figures, Observation, SeriesKey, Status
from halfsky.plan import Kind, Plan
from tests.assess.sample import CITY, HILL, RATE, SHORE, indicator, plan_of, words

TOLERANCE = {"value": "2.1", "reason": words("理由", "Reason")}
PLACES = (CITY, SHORE, HILL)
YEARS = np.arange(2014, 2031)
HUNDREDTHS = st.integers(0, 10_000).map(lambda n: Decimal(n) / 100)
TENS = st.integers(0, 10).map(lambda n: Decimal(10 * n))
FIGURES = st.one_of(HUNDREDTHS, TENS)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """A promise of any kind, on a percentage, a quantity, a rare event or a yes."""
    kind = draw(st.sampled_from(list(Kind)))
    direction = draw(st.sampled_from(["higher", "lower"]))
    unit = draw(st.sampled_from(["percent", "per_100k", "persons", "yes_no"]))
    value = {"times_base": st.sampled_from([Decimal("0.9"), Decimal("1.1"), Decimal(2)])}.get(kind, FIGURES)
    valued = kind in {"at_least", "at_most", "near", "times_base", "exists"}
    more: dict[str, Any] = {"hold": draw(st.booleans()), "aspiration": draw(st.booleans())}
    if kind in {"near", "match"}:
        more["tolerance"] = TOLERANCE
    if kind == "slow":
        more["window"] = draw(st.integers(2, 4))
    if kind in {"not_below", "match"}:
        more["reference"] = "other"
    years = draw(st.sampled_from([(2030,), (2025, 2030)]))
    milestones = [
        {"year": year}
        | ({"value": str(draw(value))} if valued else {})
        | ({"base_year": 2020} if kind in {"rise", "fall", "times_base"} else {})
        for year in years
    ]
    return plan_of(
        kind, unit=unit, direction=direction, milestones=milestones, binds="region_and_every_district",
        shape=RATE if unit == "per_100k" else {}, others=[indicator("other", unit, direction)], **more,
    )  # fmt: skip


def figures(plan: Plan, seed: int) -> list[Observation]:
    """Figures of three places with gaps, breaks, places that have none or to which the promise does not apply."""
    rng = np.random.default_rng(seed)
    unit, found = plan.indicator["rate"].unit, []
    last = rng.integers(2015, 2032)  # of one collection: most places report in the same years
    for place in PLACES:
        for name in ("rate", "other"):
            length, births = rng.choice([0, 1, 3, 8, 17]), int(rng.choice([1_000, 5_000, 200_000]))
            level, step, noise = rng.uniform(0, 100), rng.normal(0, 3), rng.choice([0.0, 0.5, 5.0])
            for year in range(max(last - length, int(YEARS[0])), last):
                if rng.random() < 0.15:
                    continue
                key, status = SeriesKey(name, place), Status.BREAK if rng.random() < 0.03 else Status.NORMAL
                number = level + step * (year - 2020) + noise * rng.normal()
                if unit == "per_100k" and name == "rate":
                    events = int(rng.poisson(births * max(number, 0) / 100_000))
                    rate = round(Decimal(events) * 100_000 / births, 2)
                    found.append(Observation(key, year, rate, Decimal(events), Decimal(births), status=status))
                elif unit == "yes_no":
                    found.append(Observation(key, year, Decimal(int(number > 50)), status=status))
                else:
                    value = Decimal(str(round(float(np.clip(number, 0, 100)), int(rng.integers(0, 3)))))
                    found.append(Observation(key, year, value, status=status))
            if rng.random() < 0.05:
                found.append(Observation(SeriesKey(name, place), int(last), None, status=Status.NOT_APPLICABLE))
    return found


CASES = st.builds(
    lambda plan, seed, as_of: (plan, figures(plan, seed), as_of),
    plans(), st.integers(0, 2**32 - 1), st.integers(2016, 2032),
)  # fmt: skip


def asked(plan: Plan, known: list[Observation], as_of: int) -> Questions:
    """The same figures as arrays."""
    tables = {name: np.full((4, len(PLACES), len(YEARS)), np.nan) for name in ("rate", "other")}
    broke, newest = {n: np.zeros(len(PLACES), dtype=int) for n in tables}, {}
    for o in known:
        place = PLACES.index(o.series.region)
        if o.year <= as_of:
            newest[o.series.indicator, place] = max(
                newest.get((o.series.indicator, place), (0, None)), (o.year, o.status)
            )
        if o.value is None or o.year > as_of:
            continue
        for layer, number in enumerate((o.value, o.numerator, o.denominator)):
            tables[o.series.indicator][layer, place, o.year - YEARS[0]] = np.nan if number is None else float(number)
        if o.status is Status.BREAK:
            broke[o.series.indicator][place] = max(broke[o.series.indicator][place], o.year)
    reference = np.where(broke["other"][:, None] > YEARS, np.nan, tables["other"][0])
    applies = [newest.get(("rate", p), (0, None))[1] is not Status.NOT_APPLICABLE for p in range(len(PLACES))]
    (target,) = plan.targets
    return Questions.of_target(
        target, plan.indicator["rate"], tables["rate"][0], YEARS, as_of=as_of, applies=applies, broke=broke["rate"],
        reference=reference, numerators=tables["rate"][1], denominators=tables["rate"][2],
    )  # fmt: skip


def same(verdict: Verdict, found: Standings, row: int) -> None:
    """All that both engines say of one place."""

    def agree(exact: Decimal | float | None, number: np.floating, off: float = 1e-9) -> None:
        wanted = np.nan if exact is None else float(exact)
        assert number == pytest.approx(wanted, rel=off, abs=off, nan_ok=True)

    assert found.standing(row) is verdict.status
    if verdict.year is None:
        return
    # What rare events say takes all places of a plan, and how far a place swings is a sentence of its numbers: the exact
    # engine alone tells both.
    more = verdict.rare is not None or Flag.VOLATILE in verdict.flags or Flag.SMALL_NUMBERS in verdict.flags
    # Judged on few events; a place that merely swings by chance carries the flag too, and keeps its forecast.
    few = bool(found.why[row] & (Why.POOLED | Why.NOT_ALONE))
    assert found.flags_of(row) == tuple(flag for flag in verdict.flags if flag is not Flag.CLUSTER)
    told = tuple(r for r in verdict.reasons if r in found.reasons(row)) if more else verdict.reasons
    assert found.reasons(row) == told
    assert (found.year[row], found.points[row]) == (verdict.year, verdict.points)
    agree(verdict.value, found.value[row])
    agree(verdict.bound, found.bound[row])
    agree(verdict.gap, found.gap[row])
    agree(verdict.base_value, found.base_value[row])
    agree(verdict.pooled_value, found.pooled_value[row])
    agree(verdict.change, found.change[row])
    agree(verdict.required, found.required[row])
    agree(None if few else verdict.probability, found.probability[row], 1e-5)
    forecast = verdict.forecast
    for q, name in zip(range(len(QUANTILES)), ("low95", "low80", "median", "high80", "high95"), strict=True):
        agree(getattr(forecast, name) if forecast else None, found.quantiles[q, row], 1e-4)


@settings(max_examples=150, deadline=None)
@given(CASES)
def test_both_engines_say_the_same(case: tuple[Plan, list[Observation], int]) -> None:
    plan, known, as_of = case
    verdicts = assess(plan, Figures(known), as_of=as_of)
    found = judge(asked(plan, known, as_of), as_of=as_of)
    for verdict in verdicts:
        same(verdict, found, PLACES.index(verdict.region))


@settings(max_examples=50, deadline=None)
@given(CASES)
def test_what_is_stated_is_a_number(case: tuple[Plan, list[Observation], int]) -> None:
    plan, known, as_of = case
    found = judge(asked(plan, known, as_of), as_of=as_of)
    stated = ~np.isnan(found.probability)
    assert ((found.probability[stated] >= 0) & (found.probability[stated] <= 1)).all()
    told = ~np.isnan(found.quantiles).any(axis=0)
    assert np.isfinite(found.quantiles[:, told]).all()
    assert np.isnan(found.quantiles[:, ~told]).all()
    for row in range(len(found)):
        nothing = found.standing(row) in {Standing.NO_DATA, Standing.NOT_APPLICABLE}
        assert nothing == bool(np.isnan(found.value[row]))
