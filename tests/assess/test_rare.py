"""Rare events: exact intervals, funnel limits, shrunk rates, clusters; check figures from the methods notes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from halfsky.assess import rare

BRIEFLY = settings(max_examples=40, deadline=None)
COUNTS = st.lists(st.tuples(st.integers(0, 40), st.integers(500, 200_000)), min_size=2, max_size=12)


def arrays(places: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([float(y) for y, _ in places]), np.array([float(n) for _, n in places])


class TestIntervals:
    def test_one_death_in_1500_births(self) -> None:
        low, high = (float(end) / 1500 * 100_000 for end in rare.poisson_interval(np.array(1.0)))
        assert (low, high) == pytest.approx((1.69, 371.4), abs=0.05)

    def test_no_event_leaves_an_upper_limit_of_three_and_a_half(self) -> None:
        low, high = rare.poisson_interval(np.array([0.0]))
        assert (low[0], high[0]) == pytest.approx((0, 3.689), abs=0.001)

    @BRIEFLY
    @given(st.integers(0, 2000), st.sampled_from([0.8, 0.95, 0.998]))
    def test_they_are_those_of_chi_square(self, events: int, level: float) -> None:
        low, high = rare.poisson_interval(np.array([float(events)]), level)
        if events:
            assert low[0] == pytest.approx(stats.chi2.ppf((1 - level) / 2, 2 * events) / 2)
        assert high[0] == pytest.approx(stats.chi2.ppf((1 + level) / 2, 2 * events + 2) / 2)
        assert low[0] <= events <= high[0]

    @BRIEFLY
    @given(st.integers(1, 5000), st.data())
    def test_wilsons_interval_holds_the_share_and_stays_within_0_and_1(self, total: int, data: st.DataObject) -> None:
        events = data.draw(st.integers(0, total))
        low, high = rare.wilson_interval(np.array([float(events)]), np.array([float(total)]))
        assert 0 <= low[0] <= events / total + 1e-12
        assert events / total - 1e-12 <= high[0] <= 1

    def test_wilsons_interval_of_five_in_ten(self) -> None:
        low, high = rare.wilson_interval(np.array([5.0]), np.array([10.0]))
        assert (low[0], high[0]) == pytest.approx((0.2366, 0.7634), abs=1e-4)

    def test_a_share_of_nothing_is_unknown(self) -> None:
        assert np.isnan(rare.wilson_interval(np.array([0.0]), np.array([0.0]))).all()


class TestFunnel:
    @pytest.mark.parametrize(("births", "at_95", "at_998"), [(1_500, 1, 2), (10_000, 4, 6)])
    def test_upper_limits_at_12_per_100000(self, births: int, at_95: int, at_998: int) -> None:
        expected = np.array([births * 12 / 100_000])
        assert rare.funnel_limits(expected, 0.95)[1] == at_95
        assert rare.funnel_limits(expected, 0.998)[1] == at_998

    @BRIEFLY
    @given(st.lists(st.floats(0.01, 500), min_size=2, max_size=20), st.sampled_from([0.95, 0.998]))
    def test_limits_rise_with_what_is_expected(self, expected: list[float], level: float) -> None:
        low, high = rare.funnel_limits(np.array(sorted(expected)), level)
        assert (np.diff(low) >= 0).all()
        assert (np.diff(high) >= 0).all()

    @BRIEFLY
    @given(st.floats(0.01, 500))
    def test_the_wide_funnel_holds_the_narrow_one(self, expected: float) -> None:
        narrow, wide = (rare.funnel_limits(np.array([expected]), level) for level in (0.95, 0.998))
        assert wide[0] <= narrow[0] <= expected + 1
        assert narrow[1] <= wide[1]

    @BRIEFLY
    @given(st.integers(2_000, 80_000), st.integers(0, 60), st.sampled_from([0.95, 0.998]))
    def test_the_drawn_lines_say_what_the_exact_limits_say(self, births: int, deaths: int, level: float) -> None:
        rate = 12e-5
        upper, lower = rare.funnel_curves(rate, level, 100_000, points=4000)
        low, high = rare.funnel_limits(np.array(births * rate), level)
        above = deaths / births - np.interp(births, *upper.T)
        below = np.interp(births, *lower.T, left=0.0) - deaths / births
        assume(min(abs(above), abs(below)) * births > 0.02)  # else a line passes within a fiftieth of an event
        assert (above > 0) == (deaths > high)
        assert (below > 0) == (deaths < low)


class TestShrinkage:
    @BRIEFLY
    @given(COUNTS)
    def test_nothing_is_nan_and_intervals_are_nested(self, places: list[tuple[int, int]]) -> None:
        true = rare.fit(*arrays(places))
        told = np.array(true.quantiles(0.025, 0.1, 0.5, 0.9, 0.975))
        assert np.isfinite(told).all()
        assert (np.diff(told, axis=0) > 0).all()
        assert np.isfinite(true.mean()).all()
        assert ((true.below(1e-4) >= 0) & (true.below(1e-4) <= 1)).all()

    @BRIEFLY
    @given(COUNTS)
    def test_a_shrunk_rate_lies_between_the_places_own_and_the_common_one(self, places: list[tuple[int, int]]) -> None:
        events, exposure = arrays(places)
        *shrunk, common = rare.fit(np.append(events, 0), np.append(exposure, 0)).mean()
        own = events / exposure
        slack = 0.3 * common  # the common rate is itself uncertain, and differs with how much the places differ
        assert (shrunk >= np.minimum(own, common) - slack).all()
        assert (shrunk <= np.maximum(own, common) + slack).all()

    @BRIEFLY
    @given(COUNTS, st.randoms(use_true_random=False))
    def test_the_order_of_places_does_not_matter(self, places: list[tuple[int, int]], random: object) -> None:
        order = np.array(random.sample(range(len(places)), len(places)))  # type: ignore[attr-defined]
        events, exposure = arrays(places)
        one, other = rare.fit(events, exposure), rare.fit(events[order], exposure[order])
        np.testing.assert_allclose(one.mean()[order], other.mean(), rtol=1e-6)

    @BRIEFLY
    @given(COUNTS)
    def test_an_empty_place_changes_nothing(self, places: list[tuple[int, int]]) -> None:
        events, exposure = arrays(places)
        one, other = rare.fit(events, exposure), rare.fit(np.append(events, 0), np.append(exposure, 0))
        np.testing.assert_allclose(one.mean(), other.mean()[:-1], rtol=1e-9)
        np.testing.assert_allclose(one.quantiles(0.9)[0], other.quantiles(0.9)[0][:-1], rtol=1e-9)

    @BRIEFLY
    @given(COUNTS, st.sampled_from([0.001, 0.1, 1000.0]))
    def test_exposure_may_be_counted_in_another_unit(self, places: list[tuple[int, int]], factor: float) -> None:
        events, exposure = arrays(places)
        one, other = rare.fit(events, exposure), rare.fit(events, exposure * factor)
        np.testing.assert_allclose(one.mean(), other.mean() * factor, rtol=1e-6)
        np.testing.assert_allclose(one.below(9e-5), other.below(9e-5 / factor), atol=1e-6)

    @BRIEFLY
    @given(COUNTS, st.integers(0, 11))
    def test_one_event_more_raises_a_places_rate(self, places: list[tuple[int, int]], which: int) -> None:
        events, exposure = arrays(places)
        more = events.copy()
        more[which % len(places)] += 1
        before, after = rare.fit(events, exposure), rare.fit(more, exposure)
        assert after.mean()[which % len(places)] > before.mean()[which % len(places)]

    def test_the_integral_agrees_with_one_on_a_fine_grid(self) -> None:
        """Brute force over both hyper-parameters, 400 × 400, with the negative-binomial likelihood of SciPy."""
        events, exposure = np.array([0, 1, 0, 5, 8.0]), np.array([7_500, 15_000, 25_000, 60_000, 50_000.0])
        mean = np.exp(np.linspace(np.log(3e-6), np.log(2e-3), 400))[:, None, None]
        spread = np.linspace(0.005, 1.6, 400)[None, :, None]
        shape = spread**-2
        likelihood = stats.nbinom.logpmf(events, shape, shape / (shape + exposure * mean)).sum(axis=2)
        prior = 0.5 * np.log(mean) - (spread / rare.PRIOR_SPREAD) ** 2 / 2
        weight = np.exp(likelihood + prior[..., 0] - (likelihood + prior[..., 0]).max())
        weight /= weight.sum()
        exact = ((events + shape) / (exposure + shape / mean) * weight[..., None]).sum(axis=(0, 1))
        below = (stats.gamma.cdf(9e-5, events + shape, scale=1 / (exposure + shape / mean)) * weight[..., None]).sum(
            (0, 1)
        )
        true = rare.fit(events, exposure)
        np.testing.assert_allclose(true.mean(), exact, rtol=0.02)
        np.testing.assert_allclose(true.below(9e-5), below, atol=0.01)

    def test_places_that_do_not_differ_shrink_nearly_to_one_rate(self) -> None:
        exposure = np.array([10_000.0, 40_000, 90_000, 200_000] * 5)
        true = rare.fit(exposure * 1e-3, exposure)
        assert np.ptp(true.mean()) < 0.02e-3

    def test_places_that_differ_widely_keep_their_rates(self) -> None:
        true = rare.fit(np.array([500.0, 1000, 4000]), np.full(3, 1e6))
        np.testing.assert_allclose(true.mean(), [5e-4, 1e-3, 4e-3], rtol=0.02)

    def test_no_event_anywhere_is_no_proof_of_none(self) -> None:
        true = rare.fit(np.zeros(5), np.full(5, 10_000.0))
        assert (true.quantiles(0.95)[0] > 1e-5).all()
        assert (true.mean() < 5e-5).all()

    def test_a_place_alone_is_left_with_jeffreys_posterior(self) -> None:
        true = rare.fit(np.array([3.0]), np.array([100_000.0]))
        assert true.below(5e-5)[0] == pytest.approx(stats.gamma.cdf(5e-5, 3.5, scale=1e-5))

    def test_without_any_exposure_nothing_is_known(self) -> None:
        assert np.isnan(rare.fit(np.zeros(2), np.zeros(2)).mean()).all()

    def test_one_death_in_1500_births_moves_the_true_rate_little(self) -> None:
        exposure = np.array([7_500.0, *[40_000] * 10])
        none, one = (rare.fit(np.array([deaths, *[3.0] * 10]), exposure).mean()[0] for deaths in (0, 1))
        assert one * 100_000 < 13.3  # what the single death reads as, over five years
        assert one / none < 1.5

    def test_its_intervals_hold_the_true_rates(self) -> None:
        """Where places differ as the prior says, 80% intervals hold in about 80% of simulated places."""
        rng = np.random.default_rng(3)
        held = []
        for _ in range(200):
            exposure, spread = rng.uniform(7_500, 75_000, 11), abs(rng.normal(0, rare.PRIOR_SPREAD))
            true = 9e-5 * rng.gamma(spread**-2, spread**2, 11)
            low, high = rare.fit(rng.poisson(exposure * true).astype(float), exposure).quantiles(0.1, 0.9)
            held.append(((low <= true) & (true <= high)).mean())
        assert np.mean(held) == pytest.approx(0.8, abs=0.04)


class TestAhead:
    TRUE = rare.fit(np.array([3.0, 1, 8]), np.array([30_000.0, 20_000, 50_000]))

    def test_the_mean_stays_and_the_interval_widens(self) -> None:
        later = self.TRUE.ahead(8, 0.1)
        np.testing.assert_allclose(later.mean(), self.TRUE.mean())
        before, after = (high - low for low, high in (self.TRUE.quantiles(0.1, 0.9), later.quantiles(0.1, 0.9)))
        assert (after > before).all()
        np.testing.assert_allclose(self.TRUE.ahead(0, 0.1).mean(), self.TRUE.mean())

    def test_what_is_predicted_agrees_with_drawing_it(self) -> None:
        rng = np.random.default_rng(5)
        component = rng.choice(len(self.TRUE.weight), 40_000, p=self.TRUE.weight)
        rates = rng.gamma(self.TRUE.shape[0, component]) / self.TRUE.rate[0, component]
        drawn = (rng.poisson(rates * 10_000) <= 1).mean()
        told = self.TRUE.predicted_at_most(np.array([1.0, 1, 1]), np.full(3, 10_000.0))[0]
        assert told == pytest.approx(drawn, abs=0.01)

    def test_fewer_than_no_events_are_impossible(self) -> None:
        assert (self.TRUE.predicted_at_most(np.full(3, -1.0), np.full(3, 1.0)) == 0).all()


class TestBeyondChance:
    """A rate is held against a place only if chance would not take any place of its family so far."""

    @pytest.mark.parametrize("fewer", [False, True])
    def test_a_family_in_which_nothing_is_wrong_is_seldom_accused(self, fewer: bool) -> None:
        rng = np.random.default_rng(9)
        expected = np.tile([0.4, 1.0, 2.5, 5.0, 8.0, 15.0], 4_000)
        family = np.repeat(np.arange(4_000), 6)
        found = rare.beyond_chance(
            rng.poisson(expected).astype(float), expected, family, np.full(len(family), fewer), 0.05
        )
        accused = np.bincount(family, found) > 0
        assert 0.01 < accused.mean() < 0.05 + 3 * np.sqrt(0.05 / 4_000)

    def test_a_place_alone_has_the_whole_level(self) -> None:
        told = [
            rare.beyond_chance(
                np.array([n]), np.array([4.0]), np.zeros(1, dtype=int), np.zeros(1, dtype=bool), 0.05
            )[0]
            for n in (8.0, 9.0)
        ]  # fmt: skip
        assert told == [stats.poisson.sf(7, 4) <= 0.05, stats.poisson.sf(8, 4) <= 0.05] == [False, True]

    def test_places_too_small_to_be_striking_take_nothing_from_the_others(self) -> None:
        events, expected = np.array([9.0, *[0.0] * 40]), np.array([4.0, *[1e-4] * 40])
        family, up = np.zeros(41, dtype=int), np.zeros(41, dtype=bool)
        assert stats.poisson.sf(8, 4) * 41 > 0.05
        assert rare.beyond_chance(events, expected, family, up, 0.05).tolist() == [True, *[False] * 40]

    @BRIEFLY
    @given(st.lists(st.tuples(st.integers(0, 30), st.floats(0.05, 20), st.integers(0, 3), st.booleans()),
                    min_size=1, max_size=25))  # fmt: skip
    def test_it_is_the_product_over_the_places_of_what_each_can_reach(self, rows: list[tuple[Any, ...]]) -> None:
        events, expected, family, fewer = (np.array(column) for column in zip(*rows, strict=True))
        found = rare.beyond_chance(events.astype(float), expected, family, fewer, 0.05)

        def tails(mean: float, down: bool) -> np.ndarray:
            counts = np.arange(200)
            return np.asarray(stats.poisson.cdf(counts, mean) if down else stats.poisson.sf(counts - 1, mean))

        for i, (n, mean, group, down) in enumerate(rows):
            own = tails(mean, down)[n]
            none = 1.0
            for _, other, its, way in rows:
                if its == group:
                    reached = tails(other, way)
                    none *= 1 - reached[reached <= own * (1 + 1e-9)].max(initial=0.0)
            assume(abs(1 - none - 0.05) > 1e-6)
            assert found[i] == (1 - none <= 0.05)


class TestScan:
    @pytest.mark.parametrize("expected", [0.135, 0.6, 4.0])
    def test_the_chance_of_a_false_cluster_is_what_it_says(self, expected: float) -> None:
        rng = np.random.default_rng(7)
        drawn = rng.poisson(expected, (3_000, 5)).astype(float)
        alone = rare.scan(drawn, np.ones((3_000, 5)), np.full(3_000, expected)).alone
        for level in (0.05, 0.01):
            assert (alone <= level).mean() <= level + 3 * np.sqrt(level / 3_000)

    def test_so_is_that_of_one_anywhere_in_a_city(self) -> None:
        rng = np.random.default_rng(8)
        births = np.repeat(np.array([[1_000.0], [1_500], [3_000], [6_000], [15_000]]), 5, axis=1)
        false = [
            (rare.scan(rng.poisson(births * 9e-5).astype(float), births, np.full(5, 9e-5)).anywhere <= 0.05).any()
            for _ in range(1_500)
        ]
        assert 0.02 < np.mean(false) < 0.065

    def test_one_death_is_none_and_three_in_a_year_are_one(self) -> None:
        years = np.array([[1.0, 0, 0, 0, 0], [2, 0, 0, 0, 0], [3, 0, 0, 0, 0], [0, 0, 0, 0, 0]])
        found = rare.scan(years, np.full((4, 5), 1500.0), np.full(4, 9e-5))
        assert found.alone[0] > 0.5
        assert found.alone[1] > 0.01
        assert found.anywhere[2] < 0.005
        assert (found.alone[3], found.years[2]) == (1.0, 1)

    def test_a_slow_cluster_is_found_in_its_window(self) -> None:
        found = rare.scan(np.array([[1.0, 1, 2, 0, 0]]), np.full((1, 5), 1500.0), np.array([9e-5]))
        assert found.years[0] == 3
        assert found.alone[0] < 0.005

    def test_it_is_exact_for_one_window(self) -> None:
        found = rare.scan(np.array([[3.0]]), np.array([[1500.0]]), np.array([9e-5]))
        assert found.alone[0] == pytest.approx(stats.poisson.sf(2, 0.135))

    @BRIEFLY
    @given(st.lists(st.integers(0, 6), min_size=5, max_size=5), st.floats(0.01, 3))
    def test_it_lies_between_the_smallest_tail_and_five_times_it(self, counts: list[int], expected: float) -> None:
        alone = rare.scan(np.array([counts], dtype=float), np.ones((1, 5)), np.array([expected])).alone
        tails = [stats.poisson.sf(sum(counts[: w + 1]) - 1, expected * (w + 1)) for w in range(5)]
        assert min(tails) * (1 - 1e-6) - 1e-12 <= alone[0] <= min(1.0, 5 * min(tails)) + 1e-9

    @BRIEFLY
    @given(st.lists(st.integers(0, 5), min_size=3, max_size=8))
    def test_more_places_never_make_a_place_more_striking(self, deaths: list[int]) -> None:
        years = np.column_stack([np.array(deaths, dtype=float), np.zeros((len(deaths), 4))])
        births, rate = np.full((len(deaths), 5), 2000.0), np.full(len(deaths), 9e-5)
        few, many = rare.scan(years[:2], births[:2], rate[:2]), rare.scan(years, births, rate)
        assert (many.anywhere[:2] >= few.anywhere - 1e-12).all()
        assert (many.anywhere >= many.alone - 1e-12).all()

    def test_a_place_without_exposure_is_unknown_and_counts_for_nothing(self) -> None:
        years = np.array([[3.0, 0, 0, 0, 0], [0, 0, 0, 0, 0]])
        births = np.array([[1500.0] * 5, [0.0] * 5])
        found = rare.scan(years, births, np.full(2, 9e-5))
        assert np.isnan(found.alone[1])
        assert found.anywhere[0] == pytest.approx(found.alone[0])
