"""Verdicts over arrays: what must hold of one place, ten, or three thousand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halfsky.assess import Flag, Standing, assess
from halfsky.assess.batch import judge
from halfsky.assess.decide import KINDS, Why
from halfsky.assess.policy import DEFAULT_POLICY
from halfsky.assess.questions import Questions
from halfsky.assess.scales import LOG, LOGIT
from halfsky.assess.standings import Standings
from halfsky.assess.traits import Traits
from halfsky.observations import Figures
from halfsky.plan import Indicator, Kind
from tests.assess.sample import RATE, indicator
from tests.support import CITY, SHORE, rising, small_plan

BRIEFLY = settings(max_examples=40, deadline=None)
YEARS = np.arange(2016, 2025)
SEEDS = st.integers(0, 2**32 - 1)


def measured(unit: str = "percent", direction: str = "higher", **more: Any) -> Indicator:
    return Indicator(**indicator("rate", unit, direction, **more))


GAP = measured(
    "percentage_points", derive={"op": "difference", "of": {"indicator": "one"}, "against": {"indicator": "two"}}
)


def panel(seed: int, places: int, *, low: float = 10, high: float = 90, gaps: float = 0.2) -> np.ndarray:
    """Places × years, each wandering from a level of its own; the last two years known."""
    rng = np.random.default_rng(seed)
    values = rng.uniform(low, high, (places, 1)) + rng.normal(0.3, 1.0, (places, len(YEARS))).cumsum(axis=1)
    holes = rng.random(values.shape) < gaps
    holes[:, -2:] = False
    return np.where(holes, np.nan, values.round(2))


def asked(values: np.ndarray, of: Indicator | None = None, **more: Any) -> Standings:
    facts = {"kind": Kind.AT_LEAST, "bound": 60.0, "milestone": 2030, **more}
    return judge(Questions.of(values, YEARS, of or measured(), **facts), as_of=2024)


def same(one: Standings, other: Standings, rows: np.ndarray | slice = slice(None)) -> None:
    """``one`` in the order of ``rows`` says what ``other`` says."""
    for name in ("status", "met", "flags", "why", "points", "peers"):
        np.testing.assert_array_equal(getattr(one, name)[rows], getattr(other, name), err_msg=name)
    np.testing.assert_allclose(one.probability[rows], other.probability, atol=1e-5)
    np.testing.assert_allclose(one.quantiles[:, rows], other.quantiles, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("places", [1, 10, 3000])
def test_one_place_ten_or_three_thousand(places: int) -> None:
    found = asked(panel(1, places))
    assert (found.peers == places - 1).all()
    assert ((found.why & Why.NO_PEERS) > 0).all() == (places == 1)
    sure = ~np.isnan(found.probability)
    assert sure.sum() == (found.points >= 4).sum()
    assert (np.diff(found.quantiles[:, sure], axis=0) >= 0).all()


def test_a_place_alone_says_that_nothing_compares() -> None:
    found = asked(panel(1, 1, gaps=0.0))
    assert [text.zh for text in found.reasons(0)] == ["无同类地区可比，概率仅依据本地区历年数据。"]


@BRIEFLY
@given(SEEDS, st.integers(2, 30), st.sampled_from(["percent", "persons", "percentage_points"]))
def test_the_order_of_places_does_not_matter(seed: int, places: int, unit: str) -> None:
    rng = np.random.default_rng(seed)
    values, pool, order = panel(seed, places), rng.integers(0, 4, places), rng.permutation(places)
    same(asked(values, measured(unit), pool=pool), asked(values[order], measured(unit), pool=pool[order]), order)


@BRIEFLY
@given(SEEDS, st.integers(1, 12))
def test_a_place_without_figures_changes_nothing(seed: int, places: int) -> None:
    values = panel(seed, places)
    more = asked(np.vstack([values, np.full((1, len(YEARS)), np.nan)]))
    same(more, asked(values), slice(0, places))
    assert more.standing(places) is Standing.NO_DATA
    assert more.reasons(places) == ()


@BRIEFLY
@given(SEEDS, st.integers(1, 12))
def test_another_pool_changes_nothing(seed: int, places: int) -> None:
    values = panel(seed, 2 * places)
    same(asked(values, pool=np.arange(2 * places) // places), asked(values[:places]), slice(0, places))


@BRIEFLY
@given(SEEDS, st.sampled_from([Kind.AT_LEAST, Kind.AT_MOST]), st.floats(5, 95), st.floats(5, 95))
def test_a_harder_target_is_never_likelier(seed: int, kind: Kind, one: float, other: float) -> None:
    values = panel(seed, 8)
    direction = "higher" if kind is Kind.AT_LEAST else "lower"
    low, high = (asked(values, measured("persons", direction), kind=kind, bound=b) for b in sorted((one, other)))
    easy, hard = (low, high) if kind is Kind.AT_LEAST else (high, low)
    told = ~np.isnan(easy.probability)
    assert (hard.probability[told] <= easy.probability[told] + 1e-9).all()


@BRIEFLY
@given(SEEDS, st.floats(0.1, 30))
def test_places_that_all_lie_higher_are_likelier_to_get_there(seed: int, raised: float) -> None:
    """On the straight scale, where a level has no say in how far a series moves."""
    values = panel(seed, 8)
    before, after = asked(values, GAP), asked(values + raised, GAP)
    told = ~np.isnan(before.probability)
    assert (after.probability[told] >= before.probability[told] - 1e-4).all()


@BRIEFLY
@given(SEEDS)
def test_the_further_ahead_the_less_sure(seed: int) -> None:
    """Both tails are fatter in a later year: intervals never narrow with the horizon."""
    later = [asked(panel(seed, 8), GAP, milestone=year).quantiles for year in (2025, 2027, 2029, 2032, 2040)]
    widths = [quantiles[-1] - quantiles[0] for quantiles in later]
    told = ~np.isnan(widths[0])
    assert (np.diff(np.array(widths)[:, told], axis=0) >= -1e-4).all()


@BRIEFLY
@given(SEEDS, st.sampled_from([Kind.AT_LEAST, Kind.AT_MOST, Kind.RISE, Kind.FALL, Kind.TIMES_BASE]),
       st.sampled_from([1e-4, 1e-2, 10.0, 1e4]))  # fmt: skip
def test_units_may_be_rescaled(seed: int, kind: Kind, factor: float) -> None:
    values, own = panel(seed, 8, gaps=0.0), kind is Kind.TIMES_BASE
    one = asked(values, measured("persons"), kind=kind, bound=1.1 if own else 50.5, base_year=2020)
    printed = measured("persons", decimals=max(2 - round(np.log10(factor)), 0))  # to the same last place
    other = asked(values * factor, printed, kind=kind, bound=1.1 if own else 50.5 * factor, base_year=2020)
    np.testing.assert_array_equal(one.status, other.status)
    np.testing.assert_array_equal(one.flags, other.flags)
    np.testing.assert_allclose(one.probability, other.probability, atol=1e-4)
    np.testing.assert_allclose(one.gap * factor, other.gap, rtol=1e-6, atol=1e-9 * factor)


@BRIEFLY
@given(SEEDS, st.integers(1, 12))
def test_a_target_left_far_behind_is_all_but_certain(seed: int, places: int) -> None:
    found = asked(panel(seed, places, low=900, high=1000), measured("persons"), bound=50.0)
    told = found.points >= 4
    assert (found.status == list(Standing).index(Standing.MET)).all()
    assert (found.probability[told] > 0.97).all()


@BRIEFLY
@given(SEEDS, st.integers(2010, 2032))
def test_nan_never_leaks(seed: int, as_of: int) -> None:
    """Any kinds mixed, any gaps, any year: a status is a status, and what is stated is a number."""
    rng = np.random.default_rng(seed)
    values, places = panel(seed, 60, gaps=rng.random()), 60
    values[rng.random(places) < 0.1] = np.nan
    values[rng.random(places) < 0.1] = 0.0
    questions = Questions.of(
        values, YEARS, [measured(), measured("persons", "lower"), measured("per_100k", "lower", **RATE)],
        kind=rng.integers(0, len(KINDS), places), milestone=2030, bound=rng.uniform(0.5, 100, places),
        pool=rng.integers(0, 6, places), indicator=rng.integers(0, 3, places), tolerance=2.0, base_year=2020,
        window=2, hold=rng.random(places) < 0.3, aspiration=rng.random(places) < 0.3,
        applies=rng.random(places) < 0.9, broke=rng.choice([0, 2020], places), reference=values[::-1],
        numerators=np.round(values / 10), denominators=np.full(values.shape, 2_000.0),
    )  # fmt: skip
    found = judge(questions, as_of=as_of)
    assert ((found.status >= 0) & (found.status < len(Standing))).all()
    told = ~np.isnan(found.probability)
    assert ((found.probability[told] >= 0) & (found.probability[told] <= 1)).all()
    some = ~np.isnan(found.quantiles).all(axis=0)
    assert np.isfinite(found.quantiles[:, some]).all()
    silent = np.isin(found.status, [list(Standing).index(s) for s in (Standing.NO_DATA, Standing.NOT_APPLICABLE)])
    np.testing.assert_array_equal(np.isnan(found.value), silent)
    assert not any("nan" in text.en + text.zh for row in range(places) for text in found.reasons(row))


def test_pools_larger_than_a_block_and_pools_in_disorder_are_answered_alike() -> None:
    values = panel(3, 30_000, gaps=0.1)
    pool = np.where(np.arange(30_000) < 20_000, 0, np.arange(30_000))
    order = np.random.default_rng(4).permutation(30_000)
    same(asked(values, pool=pool), asked(values[order], pool=pool[order]), order)


class TestQuestionsThatCannotBeAsked:
    def test_shapes_are_checked(self) -> None:
        with pytest.raises(ValueError, match="bound must have one entry for each of the 2 series"):
            asked(panel(1, 2), bound=[60.0, 61.0, 62.0])
        with pytest.raises(ValueError, match="reference must have the shape of values"):
            asked(panel(1, 2), kind=Kind.NOT_BELOW, reference=np.zeros((2, 3)))

    def test_years_rise_by_one(self) -> None:
        with pytest.raises(ValueError, match="rising by one"):
            Questions.of(np.ones((1, 2)), [2020, 2022], measured(), kind=Kind.AT_LEAST, bound=60.0, milestone=2030)

    @pytest.mark.parametrize(
        ("kind", "needs"),
        [
            (Kind.AT_MOST, "bound"), (Kind.RISE, "base year"), (Kind.NEAR, "tolerance"), (Kind.SLOW, "window"),
            (Kind.MATCH, "tolerance"), (Kind.NOT_BELOW, "reference"),
        ],
    )  # fmt: skip
    def test_every_kind_needs_its_own(self, kind: Kind, needs: str) -> None:
        with pytest.raises(ValueError, match=rf"this kind needs a {needs} \(row 0\)"):
            asked(panel(1, 1), kind=kind, bound=np.nan if kind is Kind.AT_MOST else 60.0)


def test_one_death_in_a_small_county_is_no_alarm_and_a_cluster_is_one() -> None:
    deaths = np.array([[0, 0, 0, 0, 0, 0, 0, 0, 1], [2, 3, 2, 4, 3, 2, 3, 4, 3]], dtype=float)
    births = np.full(deaths.shape, 1_500.0)
    found = asked(
        deaths / births * 100_000, measured("per_100k", "lower", **RATE), kind=Kind.AT_MOST, bound=12.0,
        numerators=deaths, denominators=births,
    )  # fmt: skip
    assert [found.standing(0), found.standing(1)] == [Standing.TOO_LITTLE, Standing.AT_RISK]
    assert found.has(Flag.SMALL_NUMBERS).all()
    assert "不宜单独判定" in found.reasons(0)[0].zh
    assert "/10万" in found.reasons(1)[0].zh


def test_each_question_has_the_traits_of_its_own_indicator_however_often_one_is_asked_about() -> None:
    share, income = measured(), measured("yuan")
    asked = [share, share, share, income, income, share, income]
    traits = Traits.of(asked, DEFAULT_POLICY)
    assert traits.natural.tolist() == [LOGIT if i is share else LOG for i in asked]
    assert traits.high.tolist() == [100 if i is share else np.inf for i in asked]


def test_a_quantity_beside_a_share_is_forecast_on_its_own_scale() -> None:
    """Shares of two places stand before the incomes of two: no income is held below 100."""
    plan = small_plan()
    indicators = [*(i.model_dump() for i in plan.indicators), indicator("income", "yuan", "higher")]
    rise = {
        "id": "G1.1y", "clause": "G1.1", "indicator": "income", "kind": "rise", "binds": "region_and_every_district",
        "words": "提高", "milestones": [{"year": 2030, "base_year": 2020}],
    }  # fmt: skip
    plan = small_plan(indicators=indicators, targets=[*(t.model_dump() for t in reversed(plan.targets)), rise])
    rows = [
        row
        for place in (CITY, SHORE)
        for row in (
            *rising("screening", place, 2018, *map(str, range(50, 58))),
            *rising("income", place, 2018, *(str(30_000 + 900 * step) for step in range(8))),
        )
    ]
    found = [v for v in assess(plan, Figures(rows), as_of=2025) if v.target == "G1.1y" and v.value is not None]
    assert len(found) == 2
    for verdict in found:
        assert verdict.forecast is not None
        assert verdict.forecast.low80 > 35_000
