"""What is called volatile, and what is said of odd figures."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halfsky.assess import Finding, Flag, Oddity, assess, examine
from halfsky.assess.departures import COMMON, JUMP, NONE, SHIFT, SPIKE, Departures, depart
from halfsky.assess.scales import IDENTITY, LOG
from halfsky.assess.wavering import Wavering, disperse, waver
from halfsky.observations import Figures, Observation, SeriesKey, Status
from tests.assess.sample import CITY, HILL, SHORE, judged, plan_of, series

BRIEFLY = settings(max_examples=40, deadline=None)  # shared machines are slow at times
PANELS = st.tuples(st.integers(0, 2**32 - 1), st.integers(1, 14), st.integers(6, 11))
YEARS = np.arange(2014, 2025)
ARRAYS = ("spread", "ratio", "limit", "peers", "dispersion", "chance", "turns", "changes")


def panel(seed: int, count: int, length: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Values with gaps, their years and pools."""
    rng = np.random.default_rng(seed)
    values = 50 + rng.normal(0, 3, (count, 1)) + rng.normal(0, rng.uniform(0.2, 3, (count, 1)), (count, length))
    values[rng.random(values.shape) < 0.15] = np.nan
    return values, YEARS[:length], rng.integers(0, 3, count)


def wavered(values: np.ndarray, years: np.ndarray, pool: np.ndarray, scale: int = IDENTITY) -> Wavering:
    size = len(values)
    return waver(values, years, pool, np.full(size, scale, dtype=np.int8), np.ones(size))


def departed(values: np.ndarray, years: np.ndarray, pool: np.ndarray, scale: int = IDENTITY) -> Departures:
    size = len(values)
    return depart(values, years, pool, np.full(size, scale, dtype=np.int8), np.ones(size))


def calm(places: int = 12, seed: int = 3) -> np.ndarray:
    """Places that rise together, each with a little noise of its own."""
    rng = np.random.default_rng(seed)
    return 50 + rng.normal(0, 5, (places, 1)) + 0.4 * np.arange(len(YEARS)) + rng.normal(0, 0.5, (places, len(YEARS)))


class TestWhatHoldsOfEveryPanel:
    @BRIEFLY
    @given(PANELS, st.floats(0.001, 1000))
    def test_units_may_be_rescaled(self, made: tuple[int, int, int], factor: float) -> None:
        values, years, pool = panel(*made)
        for scale in (IDENTITY, LOG):
            one, other = wavered(values, years, pool, scale), wavered(values * factor, years, pool, scale)
            np.testing.assert_allclose(other.spread, one.spread * factor, rtol=1e-6)
            np.testing.assert_allclose(other.ratio, one.ratio, rtol=1e-6)
            np.testing.assert_allclose(other.limit, one.limit, rtol=1e-6)

    @BRIEFLY
    @given(PANELS)
    def test_the_order_of_places_is_irrelevant(self, made: tuple[int, int, int]) -> None:
        values, years, pool = panel(*made)
        order = np.random.default_rng(made[0]).permutation(len(values))
        one, other = wavered(values, years, pool), wavered(values[order], years, pool[order])
        for name in ARRAYS:
            np.testing.assert_allclose(getattr(other, name), getattr(one, name)[order], rtol=1e-9)

    @BRIEFLY
    @given(PANELS)
    def test_an_empty_place_changes_nothing(self, made: tuple[int, int, int]) -> None:
        values, years, pool = panel(*made)
        more = np.vstack([values, np.full((1, len(years)), np.nan)])
        one, other = wavered(values, years, pool), wavered(more, years, np.append(pool, pool[0]))
        for name in ARRAYS:
            np.testing.assert_allclose(getattr(other, name)[:-1], getattr(one, name), rtol=1e-9)
        assert not other.wide(np.zeros(len(more)))[-1]
        kinds = departed(more, years, np.append(pool, pool[0])).kind
        assert (kinds[:-1] == departed(values, years, pool).kind).all()
        assert (kinds[-1] == NONE).all()

    @BRIEFLY
    @given(PANELS, st.floats(-50, 50), st.floats(0, 100))
    def test_a_trend_alone_and_a_constant_are_never_volatile(
        self, made: tuple[int, int, int], slope: float, stake: float
    ) -> None:
        values, years, pool = panel(*made)
        values[0] = 1000 + slope * np.arange(len(years))
        values[-1] = 7.0
        flagged = wavered(values, years, pool).volatile(np.full(len(values), stake))
        assert not flagged[0]
        assert not flagged[-1]

    @BRIEFLY
    @given(PANELS)
    def test_nan_never_leaks(self, made: tuple[int, int, int]) -> None:
        """Where a place has enough figures, what is said of it is a number whatever its neighbours lack."""
        values, years, pool = panel(*made)
        seen = wavered(values, years, pool)
        enough = (~np.isnan(values)).sum(axis=1) >= 6
        assert np.isfinite(seen.spread[enough]).all()
        assert np.isnan(seen.spread[~enough]).all()
        assert not seen.wide(np.zeros(len(values)))[~enough].any()
        odd = departed(values, years, pool)
        found = odd.kind != NONE
        assert not found[np.isnan(values)].any()
        for numbers in (odd.expected, odd.low, odd.high):
            assert np.isfinite(numbers[found]).all()

    def test_no_series_at_all(self) -> None:
        assert len(wavered(np.empty((0, 0)), YEARS[:0], np.empty(0, dtype=np.int64)).spread) == 0
        assert departed(np.empty((0, 0)), YEARS[:0], np.empty(0, dtype=np.int64)).kind.size == 0


class TestVolatile:
    def test_the_one_place_that_swings_and_no_other(self) -> None:
        values = calm()
        values[4] += 4 * (-1) ** np.arange(len(YEARS))
        flagged = wavered(values, YEARS, np.zeros(12, dtype=np.int64)).volatile(np.full(12, 0.2))
        assert np.flatnonzero(flagged).tolist() == [4]

    def test_what_all_places_show_is_not_exceptional(self) -> None:
        values = calm() + 4 * np.random.default_rng(5).normal(size=(12, len(YEARS)))
        assert wavered(values, YEARS, np.zeros(12, dtype=np.int64)).volatile(np.zeros(12)).sum() <= 1

    def test_not_where_more_is_at_stake_than_it_swings(self) -> None:
        values = calm()
        values[4] += 4 * (-1) ** np.arange(len(YEARS))
        assert not wavered(values, YEARS, np.zeros(12, dtype=np.int64)).volatile(np.full(12, 50.0)).any()

    def test_one_spike_is_no_swing(self) -> None:
        """However high it is: what is left of it is the loss of the two steps beside it."""
        found = []
        for height in (15, 1500):
            values = calm()
            values[4, 6] += height
            found.append(wavered(values, YEARS, np.zeros(12, dtype=np.int64)).ratio[4])
        assert found[0] == pytest.approx(found[1])
        assert found[0] < 3

    def test_alone_it_must_be_twice_what_is_at_stake(self) -> None:
        values = calm(1)
        values[0] += 4 * (-1) ** np.arange(len(YEARS))
        seen = wavered(values, YEARS, np.zeros(1, dtype=np.int64))
        spread = seen.spread[0]
        assert seen.peers[0] == 0
        assert seen.volatile(np.array([spread / 2.1])).all()
        assert not seen.volatile(np.array([spread / 1.9])).any()

    def test_what_chance_explains_is_small_numbers(self) -> None:
        """Three deaths a year swing widely; two thousand that swing as much do not do so by chance."""
        deaths = np.array([[3, 6, 1, 4, 2, 5, 1, 3, 5, 2, 4]], dtype=float)
        births = np.full(deaths.shape, 3000.0)
        _, few = disperse(deaths, births, YEARS)
        _, many = disperse(deaths * 600, births * 600, YEARS)
        assert few[0] > 0.05
        assert many[0] < 1e-6

    def test_a_verdict_says_how_large_beside_whom_and_beside_chance(self) -> None:
        values = {year: 60 + (14 if year % 2 else 0) for year in range(2016, 2025)}
        verdict = judged(plan_of("at_least", 80), series(values), as_of=2024)
        assert Flag.VOLATILE in verdict.flags
        said = verdict.reasons[-1]
        assert "个百分点" in said.zh
        assert "可比地区不足（0个）" in said.zh
        assert "未扣除偶然波动" in said.zh
        assert "percentage points" in said.en

    def test_a_whole_and_its_parts_are_no_peers(self) -> None:
        """The city is compared with no place; each district with the other only, which is too few."""
        values = {year: 60 + (14 if year % 2 else 0) for year in range(2016, 2025)}
        figures = Figures([*series(values), *series(values, region=SHORE), *series(values, region=HILL)])
        plan = plan_of("at_least", 80, binds="region_and_every_district")
        for verdict in assess(plan, figures, as_of=2024):
            count = 0 if verdict.region == CITY else 1
            assert f"可比地区不足（{count}个）" in verdict.reasons[-1].zh


class TestDepartures:
    ZEROS = np.zeros(12, dtype=np.int64)

    def test_a_spike_went_back_a_shift_stayed_and_a_jump_is_not_told_yet(self) -> None:
        values = calm()
        values[1, -3] += 12
        values[2, -3:] += 12
        values[3, -1] += 12
        kind = departed(values, YEARS, self.ZEROS).kind
        assert kind[1].tolist()[-4:] == [NONE, SPIKE, NONE, NONE]
        assert kind[2].tolist()[-4:] == [NONE, SHIFT, NONE, NONE]
        assert kind[3].tolist()[-4:] == [NONE, NONE, NONE, JUMP]
        assert (np.delete(kind, [1, 2, 3], axis=0) == NONE).all()

    def test_the_interval_is_that_of_the_history_without_the_point(self) -> None:
        values = calm()
        values[3, -1] += 12
        odd = departed(values, YEARS, self.ZEROS)
        assert odd.low[3, -1] < odd.expected[3, -1] < odd.high[3, -1] < values[3, -1]
        higher = values.copy()
        higher[3, -1] += 100
        np.testing.assert_array_equal(departed(higher, YEARS, self.ZEROS).high[3, -1], odd.high[3, -1])

    def test_what_moves_all_places_at_once_is_common(self) -> None:
        values = calm()
        values[:, -2:] += 12
        odd = departed(values, YEARS, self.ZEROS)
        assert (odd.kind[:, -2] == COMMON).all()
        assert (odd.share[:, -2] == 1).all()
        assert (odd.places[:, -2] == 12).all()

    def test_what_they_always_do_together_is_not(self) -> None:
        values = calm() + 12 * np.random.default_rng(8).choice([-1, 1], len(YEARS))
        assert not (departed(values, YEARS, self.ZEROS).kind == COMMON).any()


HISTORY = {year: 60 + 0.5 * (year - 2014) + 0.2 * (year % 3) for year in range(2014, 2025)}


def only(findings: tuple[Finding, ...]) -> Finding:
    (finding,) = findings
    return finding


class TestFindings:
    def find(self, values: dict[int, float], **more: object) -> tuple[Finding, ...]:
        return judged(plan_of("at_least", 90), series(values), as_of=2024).findings

    def test_an_ordinary_course_has_none(self) -> None:
        assert self.find(HISTORY) == ()

    def test_a_spike_asks_for_the_raw_data(self) -> None:
        finding = only(self.find(HISTORY | {2022: 20}))
        assert (finding.kind, finding.year, finding.value) == (Oddity.SPIKE, 2022, Decimal(20))
        assert finding.size is not None
        assert finding.size < -30
        assert "核实2022年原始数据" in finding.todo.zh
        assert "raw data of 2022" in finding.todo.en

    def test_a_shift_asks_whether_the_definition_changed_and_takes_no_figure_away(self) -> None:
        values = {year: value + (25 if year >= 2022 else 0) for year, value in HISTORY.items()}
        verdict = judged(plan_of("at_least", 95), series(values), as_of=2024)
        finding = only(verdict.findings)
        assert (finding.kind, finding.year) == (Oddity.SHIFT, 2022)
        assert "OBS_STATUS=B" in finding.todo.zh
        assert verdict.points == len(values)
        assert Flag.BREAK not in verdict.flags

    def test_the_newest_figure_far_out_is_a_jump(self) -> None:
        finding = only(self.find(HISTORY | {2024: 30}))
        assert (finding.kind, finding.year) == (Oddity.JUMP, 2024)
        assert finding.low is not None
        assert finding.low > 30
        assert "待下一次数据" in finding.text.zh

    def test_a_shift_of_all_places_is_asked_of_the_statistics_office(self) -> None:
        plan = plan_of("at_least", 95)
        rng = np.random.default_rng(4)
        figures = [
            o
            for code in (CITY, SHORE, HILL, "990204", "990205", "990206")
            for o in series({y: round(v + rng.normal(0, 0.3) + (20 if y >= 2023 else 0), 2) for y, v in HISTORY.items()},
                            region=code)
        ]  # fmt: skip
        finding = only(judged(plan, figures, as_of=2024).findings)
        assert (finding.kind, finding.year, finding.places) == (Oddity.COMMON_SHIFT, 2023, 6)
        assert "6个地区中有6个" in finding.text.zh

    def test_a_declared_break_is_known_already(self) -> None:
        broken = [
            Observation(SeriesKey("rate", CITY), y, Decimal(str(v + (20 if y >= 2020 else 0))),
                        status=Status.BREAK if y == 2020 else Status.NORMAL)
            for y, v in HISTORY.items()
        ]  # fmt: skip
        finding = only(judged(plan_of("at_least", 90), broken, as_of=2024).findings)
        assert (finding.kind, finding.year) == (Oddity.BREAK, 2020)
        assert "无须处理" in finding.todo.zh

    def test_a_revised_figure_shows_old_and_new(self) -> None:
        key = SeriesKey("rate", CITY)
        revised = {(key, 2023): Decimal(20)}
        (verdict,) = assess(plan_of("at_least", 90), Figures(series(HISTORY)), as_of=2024, revised=revised)
        finding = only(verdict.findings)
        assert (finding.kind, finding.old, finding.value) == (Oddity.REVISED, Decimal(20), Decimal(str(HISTORY[2023])))
        assert "原值20.00%" in finding.text.zh
        assert finding.expected is None

    def test_a_revision_that_is_far_out_says_both(self) -> None:
        key = SeriesKey("rate", CITY)
        figures = Figures(series(HISTORY | {2024: 20}))
        (verdict,) = assess(plan_of("at_least", 90), figures, as_of=2024, revised={(key, 2024): Decimal(65)})
        finding = only(verdict.findings)
        assert finding.kind is Oddity.REVISED
        assert finding.expected is not None
        assert "仍偏离" in finding.text.zh

    def test_a_term_that_keeps_its_figures_makes_no_finding(self) -> None:
        values = {year: 20 if year < 2022 else 30 for year in range(2014, 2025)}
        plan = plan_of("at_least", 40, shape={"frequency": "term"})
        assert judged(plan, series(values), as_of=2024).findings == ()

    def test_one_event_more_in_a_small_place_is_no_jump(self) -> None:
        key = SeriesKey("rate", CITY)
        shape = {"numerator": {"zh": "死亡", "en": "Deaths"}, "denominator": {"zh": "活产", "en": "Births"}}
        plan = plan_of("at_most", 9, unit="per_100k", direction="lower", shape=shape)
        deaths = dict.fromkeys(range(2015, 2024), 0) | {2024: 1}
        figures = [
            Observation(key, y, Decimal(n * 100_000) / 1500, Decimal(n), Decimal(1500)) for y, n in deaths.items()
        ]
        assert judged(plan, figures, as_of=2024).findings == ()

    def test_series_that_no_promise_binds_are_examined_too(self) -> None:
        found = examine(plan_of("at_least", 90), Figures(series(HISTORY | {2022: 20}, region=SHORE)), as_of=2024)
        assert only(found[SeriesKey("rate", SHORE)]).kind is Oddity.SPIKE

    @pytest.mark.parametrize("values", [HISTORY | {2022: 20}, HISTORY | {2024: 30}])
    def test_findings_survive_storage(self, values: dict[int, float]) -> None:
        verdict = judged(plan_of("at_least", 90), series(values), as_of=2024)
        assert verdict.findings
        assert type(verdict).model_validate(verdict.model_dump(mode="json")) == verdict
