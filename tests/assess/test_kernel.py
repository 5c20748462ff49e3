"""What must hold of every forecast, whatever the figures."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from halfsky.assess.kernel import IDENTITY, LOG, LOGIT, Predictive, fit
from halfsky.assess.network import HORIZONS, LEVELS

BRIEFLY = settings(max_examples=40, deadline=None)
LAST = 2024
PERCENT = st.floats(1, 99).map(lambda x: round(x, 2))
HOLES = st.floats(0, 1)


@st.composite
def panels(draw: st.DrawFn, low: float = 1, high: float = 99) -> np.ndarray:
    """Places × years with holes, every place with two figures at least."""
    shape = draw(st.integers(1, 8)), draw(st.integers(4, 9))
    values = draw(arrays.arrays(float, shape, elements=st.floats(low, high).map(lambda x: round(x, 2))))
    holes = draw(arrays.arrays(bool, shape, elements=st.sampled_from([False, False, False, True])))
    holes[:, -2:] = False
    return np.where(holes, np.nan, values)


def forecast(values: np.ndarray, scale: int = LOGIT, top: float = 100.0) -> Predictive:
    size, length = values.shape
    years = np.arange(LAST + 1 - length, LAST + 1)
    return fit(values, years, np.zeros(size, dtype=np.int64), np.full(size, scale, dtype=np.int8), np.full(size, top))


@BRIEFLY
@given(panels(), st.sampled_from([IDENTITY, LOG, LOGIT]), st.integers(1, 12))
def test_quantiles_rise_and_the_probability_below_each_is_its_level(values: np.ndarray, scale: int, ahead: int) -> None:
    found = forecast(values, scale)
    asked = np.array([0.001, *LEVELS, 0.999])
    quantiles = np.array([found.quantile(q, LAST + ahead) for q in asked])
    assert np.isfinite(quantiles).all()
    assert (np.diff(quantiles, axis=0) >= -1e-9).all()
    within = 100 - 1e-3 if scale == LOGIT else 0.99 * np.exp(found.at(LAST + ahead)._reach())
    inside = (quantiles > 1e-3) & (quantiles < within) if scale else np.ones_like(quantiles, dtype=bool)
    for level, bound, sure in zip(asked, quantiles, inside, strict=True):
        assert found.below(bound, LAST + ahead)[sure] == pytest.approx(level, abs=2e-3)


@BRIEFLY
@given(panels(), st.sampled_from([IDENTITY, LOG, LOGIT]), st.integers(1, 12), PERCENT, PERCENT)
def test_a_higher_bound_is_less_likely_reached(
    values: np.ndarray, scale: int, ahead: int, one: float, two: float
) -> None:
    found = forecast(values, scale)
    lower, higher = (np.full(len(values), bound) for bound in sorted((one, two)))
    assert (found.below(lower, LAST + ahead) <= found.below(higher, LAST + ahead) + 1e-12).all()


@BRIEFLY
@given(panels(), st.floats(0.01, 40), st.integers(1, 8), PERCENT)
def test_figures_that_all_lie_higher_are_likelier_to_reach_a_bound(
    values: np.ndarray, raised: float, ahead: int, bound: float
) -> None:
    bounds = np.full(len(values), bound)
    before = forecast(values, IDENTITY).below(bounds, LAST + ahead)
    after = forecast(values + raised, IDENTITY).below(bounds, LAST + ahead)
    assert (after <= before + 1e-4).all()


@BRIEFLY
@given(panels())
def test_later_years_are_never_more_certain(values: np.ndarray) -> None:
    found = forecast(values, IDENTITY)
    widths = [found.quantile(0.9, LAST + h) - found.quantile(0.1, LAST + h) for h in range(0, 13)]
    assert (np.diff(widths, axis=0) >= -1e-4 * np.maximum(found.unit, 1e-6)).all()


@BRIEFLY
@given(panels(), st.sampled_from([IDENTITY, LOG, LOGIT]), st.sampled_from([0.001, 0.1, 10.0, 10_000.0]), PERCENT)
def test_the_unit_does_not_matter(values: np.ndarray, scale: int, factor: float, bound: float) -> None:
    bounds = np.full(len(values), bound)
    one = forecast(values, scale).below(bounds, LAST + 3)
    other = forecast(values * factor, scale, 100.0 * factor).below(bounds * factor, LAST + 3)
    assert other == pytest.approx(one, abs=1e-3)


@BRIEFLY
@given(panels(), st.sampled_from([IDENTITY, LOG, LOGIT]), st.randoms(use_true_random=False))
def test_the_order_of_places_does_not_matter(values: np.ndarray, scale: int, chance: object) -> None:
    order = list(range(len(values)))
    chance.shuffle(order)  # type: ignore[attr-defined]
    plain, shuffled = forecast(values, scale), forecast(values[order], scale)
    assert shuffled.quantile(0.8, LAST + 4) == pytest.approx(plain.quantile(0.8, LAST + 4)[order], rel=1e-3, abs=1e-3)


@BRIEFLY
@given(panels(), st.sampled_from([IDENTITY, LOG, LOGIT]))
def test_an_empty_place_changes_nothing_and_gets_nothing(values: np.ndarray, scale: int) -> None:
    more = np.vstack([values, np.full(values.shape[1], np.nan)])
    plain, found = forecast(values, scale), forecast(more, scale)
    for level in (0.025, 0.5, 0.975):
        quantile = found.quantile(level, LAST + 3)
        assert quantile[:-1] == pytest.approx(plain.quantile(level, LAST + 3), rel=1e-4, abs=1e-4)
        assert np.isnan(quantile[-1])
    below = found.below(np.full(len(more), 50.0), LAST + 3)
    assert np.isfinite(below[:-1]).all()
    assert np.isnan(below[-1])
    assert (found.peers[:-1] == len(values) - 1).all()


@BRIEFLY
@given(st.lists(st.floats(40, 42).map(lambda x: round(x, 2)), min_size=5, max_size=10), st.integers(1, 5))
def test_a_bound_left_far_behind_is_nearly_sure(values: list[float], ahead: int) -> None:
    found = forecast(np.array([values, values[::-1]]), LOG, 1.0)
    assert (found.below(np.full(2, 5.0), LAST + ahead) < 0.01).all()
    assert (found.below(np.full(2, 300.0), LAST + ahead) > 0.99).all()


@BRIEFLY
@given(panels(), st.sampled_from([LOG, LOGIT]), st.integers(1, 30))
def test_no_forecast_leaves_what_is_possible(values: np.ndarray, scale: int, ahead: int) -> None:
    found = forecast(values, scale)
    for level in (0.0001, 0.5, 0.9999):
        quantile = found.quantile(level, LAST + ahead)
        assert (quantile >= 0).all()
        assert (quantile <= (100 if scale == LOGIT else 100 * 22)).all()


def test_a_lonely_place_says_so_and_is_answered_all_the_same() -> None:
    found = forecast(np.array([[40.0, 41.0, 43.0, 42.5, 45.0, 46.0]]))
    assert found.peers.tolist() == [0]
    assert 0.0 < found.below(np.array([50.0]), LAST + int(HORIZONS[-1]))[0] < 1.0


def test_peers_that_all_rise_lend_their_rise() -> None:
    rng = np.random.default_rng(7)
    noise = rng.normal(0, 0.3, (30, 8))
    time = np.arange(8)
    rising, still = 50 + 1.0 * time + noise, 50 + noise
    own = still[:1] + rng.normal(0, 0.3, (1, 8))
    among = [forecast(np.vstack([own, others])).quantile(0.5, LAST + 3)[0] for others in (rising, still)]
    assert among[0] > among[1]
