"""What must hold of every verdict, whatever the figures."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halfsky.assess import Flag, Standing, assess
from halfsky.assess.kernel import IDENTITY, LOG, LOGIT, fit
from halfsky.observations import Figures
from halfsky.plan import Plan
from tests.assess.sample import judged, plan_of, series, words

TOLERANCE = {"value": "2", "reason": words("理由", "Reason")}
PERCENTS = st.decimals(0, 100, places=2)
HISTORIES = st.dictionaries(st.integers(2012, 2024), PERCENTS, min_size=1, max_size=10)
PLANS: list[Plan] = [
    plan_of("at_least", 60),
    plan_of("at_least", 60, hold=True),
    plan_of("at_most", 40, direction="lower"),
    plan_of("near", 50, tolerance=TOLERANCE),
    plan_of("rise"),
    plan_of("fall", direction="lower"),
    plan_of("slow", direction="lower", window=2),
    plan_of("times_base", "1.1"),
    plan_of("exists", 100),
]
ANY_PLAN = st.sampled_from(PLANS)
BRIEFLY = settings(max_examples=40, deadline=None)  # shared machines are slow at times
RANK = [Standing.MET, Standing.ON_TRACK, Standing.UNCERTAIN, Standing.AT_RISK, Standing.MISSED]


@BRIEFLY
@given(ANY_PLAN, HISTORIES, st.integers(2012, 2032))
def test_a_probability_lies_between_0_and_1_and_intervals_are_nested(plan: Plan, known: dict, as_of: int) -> None:
    verdict = judged(plan, series(known), as_of=as_of)
    assert verdict.probability is None or 0 <= verdict.probability <= 1
    for f in verdict.path:
        assert 0 <= f.low95 <= f.low80 <= f.median <= f.high80 <= f.high95 <= 100
    assert [f.year for f in verdict.path] == sorted({f.year for f in verdict.path})
    assert verdict.forecast is None or verdict.forecast in verdict.path


@BRIEFLY
@given(ANY_PLAN, HISTORIES, st.integers(2014, 2024))
def test_years_after_the_one_judged_change_nothing(plan: Plan, known: dict, as_of: int) -> None:
    past = {year: value for year, value in known.items() if year <= as_of}
    assert judged(plan, series(known), as_of=as_of) == judged(plan, series(past), as_of=as_of)


@BRIEFLY
@given(ANY_PLAN, HISTORIES)
def test_fewer_than_four_points_carry_no_probability(plan: Plan, known: dict) -> None:
    verdict = judged(plan, series(known), as_of=2024)
    if len(known) < 4:
        assert verdict.probability is None
        assert verdict.path == ()


@BRIEFLY
@given(HISTORIES, PERCENTS, PERCENTS, st.sampled_from(["at_least", "at_most"]))
def test_a_better_figure_never_makes_the_rule_worse(known: dict, one: Decimal, other: Decimal, kind: str) -> None:
    """In the milestone year only the rule speaks: met or missed."""
    plan = plan_of(kind, 50, direction="higher" if kind == "at_least" else "lower")
    better, worse = (max, min) if kind == "at_least" else (min, max)
    found = [
        judged(plan, series({**known, 2030: pick(one, other)}), as_of=2030).status for pick in (better, worse)
    ]  # fmt: skip
    assert RANK.index(found[0]) <= RANK.index(found[1])


@BRIEFLY
@given(HISTORIES, PERCENTS, PERCENTS)
def test_a_better_figure_never_undoes_a_rise(known: dict, one: Decimal, other: Decimal) -> None:
    base = {2020: Decimal(40), **{y: v for y, v in known.items() if y < 2020}}
    better, worse = (
        judged(plan_of("rise"), series({**base, 2030: v}), as_of=2030).status is Standing.MET
        for v in (max(one, other), min(one, other))
    )
    assert better or not worse


@BRIEFLY
@given(PERCENTS)
def test_the_bound_itself_counts(bound: Decimal) -> None:
    for kind, direction in (("at_least", "higher"), ("at_most", "lower")):
        assert (
            judged(plan_of(kind, bound, direction=direction), series({2024: bound}), as_of=2024).status is Standing.MET
        )


@BRIEFLY
@given(st.lists(st.integers(1_000, 90_000), min_size=4, max_size=9), st.sampled_from(["at_least", "at_most"]))
def test_the_unit_in_which_people_are_counted_does_not_matter(people: list[int], kind: str) -> None:
    """The same figures in persons and in ten thousand persons: the same status, flags and probability."""
    direction = "higher" if kind == "at_least" else "lower"
    years = range(2025 - len(people), 2025)
    one = plan_of(kind, 50_000, unit="persons", direction=direction, shape={"decimals": 0})
    other = plan_of(kind, 5, unit="ten_thousand_persons", direction=direction, shape={"decimals": 4})
    counted = judged(one, series(dict(zip(years, people, strict=True))), as_of=2024)
    scaled = judged(other, series({y: Decimal(n) / 10_000 for y, n in zip(years, people, strict=True)}), as_of=2024)
    assert (counted.status, counted.flags) == (scaled.status, scaled.flags)
    assert counted.probability == pytest.approx(scaled.probability, abs=1e-9)


@BRIEFLY
@given(st.lists(PERCENTS, min_size=5, max_size=9), st.data())
def test_a_gap_in_the_years_is_robust(values: list[Decimal], data: st.DataObject) -> None:
    """Leaving a year out in the middle leaves a verdict with one point less, and never a value for that year."""
    years = list(range(2025 - len(values), 2025))
    gone = data.draw(st.sampled_from(years[1:-1]))
    known = {y: v for y, v in zip(years, values, strict=True) if y != gone}
    verdict = judged(plan_of("at_least", 60), series(known), as_of=2024)
    assert (verdict.points, verdict.value) == (len(values) - 1, values[-1])
    assert all(f.year != gone for f in verdict.path)


@BRIEFLY
@given(HISTORIES)
def test_verdicts_survive_storage(known: dict) -> None:
    for plan in PLANS[:4]:
        verdict = judged(plan, series(known), as_of=2024)
        assert type(verdict).model_validate(verdict.model_dump(mode="json")) == verdict


@BRIEFLY
@given(ANY_PLAN, HISTORIES, st.integers(2012, 2032))
def test_sentences_name_the_place_and_the_years(plan: Plan, known: dict, as_of: int) -> None:
    verdict = judged(plan, series(known), as_of=as_of)
    for text in (verdict.sentence.zh, verdict.sentence.en):
        assert str(verdict.milestone) in text
        assert verdict.year is None or str(verdict.year) in text
    assert "样例市" in verdict.sentence.zh
    assert "Sample City" in verdict.sentence.en


@BRIEFLY
@given(HISTORIES, st.integers(2025, 2032))
def test_what_has_no_new_figure_is_stale(known: dict, as_of: int) -> None:
    assert Flag.STALE in judged(plan_of("at_least", 60), series(known), as_of=as_of).flags


@BRIEFLY
@given(st.integers(0, 2**32 - 1), st.integers(1, 12))
def test_the_kernel_judges_each_series_alone_of_its_order(seed: int, count: int) -> None:
    """Shuffling the series shuffles the forecasts and changes none of them."""
    rng = np.random.default_rng(seed)
    values = rng.uniform(5, 95, (count, 9))
    values[rng.random(values.shape) < 0.3] = np.nan
    pool, scale = rng.integers(0, 3, count), rng.choice([IDENTITY, LOG, LOGIT], count).astype(np.int8)
    years, top, order = np.arange(2016, 2025), np.full(count, 100.0), rng.permutation(count)
    kept = fit(values, years, pool, scale, top).quantile(0.9, 2030)
    moved = fit(values[order], years, pool[order], scale[order], top[order]).quantile(0.9, 2030)
    np.testing.assert_allclose(
        kept[order], moved, rtol=1e-5, atol=1e-4
    )  # sums of some hundred single-precision terms, 1.2e-7 each


def test_wider_with_every_year_ahead() -> None:
    path = judged(plan_of("at_least", 80), series({y: 60 + (y * 7) % 5 for y in range(2015, 2025)}), as_of=2024).path
    widths = [f.high80 - f.low80 for f in path]
    assert widths == sorted(widths)
    assert [f.year for f in path] == list(range(2025, 2031))


def test_no_target_and_no_figure_is_no_trouble() -> None:
    assert judged(PLANS[0], as_of=2024).status is Standing.NO_DATA
    assert assess(PLANS[0].model_copy(update={"targets": ()}), Figures(), as_of=2024) == ()
