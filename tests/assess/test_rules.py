"""Is it met now? Each rule of judgement, kind by kind."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from halfsky.assess import Flag, Standing, assess
from halfsky.assess.rare import poisson_interval
from halfsky.observations import Figures, Status
from tests.assess.sample import CITY, HILL, RATE, SHORE, blank, events, indicator, judged, plan_of, series, words

MET, MISSED, AT_RISK, UNCERTAIN, ON_TRACK = (
    Standing.MET, Standing.MISSED, Standing.AT_RISK, Standing.UNCERTAIN, Standing.ON_TRACK,
)  # fmt: skip
TOLERANCE = {"value": "2", "reason": words("理由", "Reason")}
STEPS = [{"year": 2025, "value": "9"}, {"year": 2030, "value": "8"}]


class TestBounds:
    """以上 and 以下 include the bound itself."""

    @pytest.mark.parametrize(("value", "met"), [("95", True), ("95.01", True), ("94.99", False)])
    def test_at_least(self, value: str, met: bool) -> None:
        assert (judged(plan_of("at_least", 95), series({2024: value}), as_of=2024).status is MET) == met

    @pytest.mark.parametrize(("value", "met"), [("9", True), ("8.99", True), ("9.01", False)])
    def test_at_most(self, value: str, met: bool) -> None:
        plan = plan_of("at_most", 9, unit="per_100k", direction="lower")
        assert (judged(plan, series({2024: value}), as_of=2024).status is MET) == met

    @pytest.mark.parametrize(
        ("value", "met"), [("43", True), ("45", True), ("47", True), ("42.99", False), ("47.01", False)]
    )
    def test_near_is_within_the_tolerance_of_the_pack(self, value: str, met: bool) -> None:
        plan = plan_of("near", 45, tolerance=TOLERANCE)
        assert (judged(plan, series({2024: value}), as_of=2024).status is MET) == met

    def test_the_gap_is_positive_when_short_and_in_the_unit(self) -> None:
        assert judged(plan_of("at_least", 95), series({2024: "93.5"}), as_of=2024).gap == Decimal("1.5")
        plan = plan_of("at_most", 9, unit="per_100k", direction="lower")
        assert judged(plan, series({2024: "9.4"}), as_of=2024).gap == Decimal("0.4")


class TestMilestones:
    def plan(self, **more):
        return plan_of("at_most", unit="per_100k", direction="lower", milestones=STEPS, **more)

    def test_the_next_milestone_is_in_force_and_after_the_last_the_last(self) -> None:
        found = {year: judged(self.plan(), series({year: "8.5"}), as_of=year) for year in (2024, 2025, 2026, 2031)}
        assert {year: v.milestone for year, v in found.items()} == {2024: 2025, 2025: 2025, 2026: 2030, 2031: 2030}
        assert [v.bound for v in found.values()] == [9, 9, 8, 8]

    def test_missed_only_with_a_failing_figure_of_the_milestone_year_or_later(self) -> None:
        assert judged(self.plan(), series({2025: "9.5"}), as_of=2025).status is MISSED
        assert judged(self.plan(), series({2024: "9.5"}), as_of=2024).status is not MISSED
        late = judged(self.plan(), series({2031: "8.5"}), as_of=2031)
        assert late.status is MISSED

    def test_a_milestone_year_without_a_figure_is_judged_on_the_latest_and_says_so(self) -> None:
        verdict = judged(self.plan(), series({2023: "9.9", 2024: "9.5"}), as_of=2025)
        assert verdict.status not in {MISSED, MET}
        assert (verdict.year, Flag.STALE in verdict.flags) == (2024, True)
        assert any("2025" in r.en and "2024" in r.en for r in verdict.reasons)

    def test_met_on_an_older_figure_is_met_and_stale(self) -> None:
        verdict = judged(self.plan(), series({2024: "8.5"}), as_of=2025)
        assert verdict.status is MET
        assert Flag.STALE in verdict.flags

    def test_met_before_the_milestone_is_met(self) -> None:
        assert judged(self.plan(), series({2022: "7"}), as_of=2022).status is MET

    def test_what_is_decided_by_a_figure_of_the_milestone_year_has_no_probability(self) -> None:
        known = series(dict(zip(range(2019, 2026), "9987666", strict=True)))
        assert judged(self.plan(), known, as_of=2025).probability is None


class TestHold:
    """保持, 稳定: a year below the bound while the plan runs is a slip, not yet a failure."""

    def test_a_year_below_is_at_risk_and_slipping(self) -> None:
        verdict = judged(plan_of("at_least", 97, hold=True), series({2021: 98, 2022: 97, 2023: 96}), as_of=2023)
        assert verdict.status is AT_RISK
        assert Flag.SLIPPING in verdict.flags

    def test_it_is_missed_in_the_final_year(self) -> None:
        assert judged(plan_of("at_least", 97, hold=True), series({2030: 96}), as_of=2030).status is MISSED

    def test_an_earlier_milestone_below_is_a_slip_and_not_yet_missed(self) -> None:
        steps = [{"year": 2025, "value": "97"}, {"year": 2030, "value": "97"}]
        verdict = judged(plan_of("at_least", milestones=steps, hold=True), series({2025: 96}), as_of=2025)
        assert verdict.status is AT_RISK

    def test_near_held_to_both_sides(self) -> None:
        plan = plan_of("near", 45, hold=True, tolerance=TOLERANCE)
        assert judged(plan, series({2023: 49}), as_of=2023).status is AT_RISK


class TestRiseAndFall:
    def test_better_than_the_base_year_is_met_and_standing_still_is_not(self) -> None:
        assert judged(plan_of("rise"), series({2020: 30, 2024: "30.01"}), as_of=2024).status is MET
        assert judged(plan_of("rise"), series({2020: 30, 2024: 30}), as_of=2024).status is not MET
        assert judged(plan_of("fall", direction="lower"), series({2020: 30, 2024: 29}), as_of=2024).status is MET

    def test_slipping_since_is_not_met(self) -> None:
        verdict = judged(plan_of("rise"), series({2020: 30, 2021: 34, 2022: 36, 2023: 38, 2024: 33}), as_of=2024)
        assert verdict.status is not MET
        assert Flag.SLIPPING in verdict.flags

    def test_a_change_within_noise_is_no_slip(self) -> None:
        wavering = series({2020: 30, 2021: 34, 2022: 32, 2023: 35, 2024: "34.5"})
        assert judged(plan_of("rise"), wavering, as_of=2024).status is MET

    def test_a_missing_base_year_is_replaced_by_one_at_most_two_years_earlier(self) -> None:
        verdict = judged(plan_of("rise"), series({2018: 30, 2024: 33}), as_of=2024)
        assert (verdict.status, verdict.base_year, verdict.base_value) == (MET, 2018, 30)
        assert any("2018" in r.zh and "2020" in r.zh for r in verdict.reasons)

    @pytest.mark.parametrize("other", [2017, 2021])
    def test_neither_an_older_year_nor_a_later_one_is_a_base(self, other: int) -> None:
        verdict = judged(plan_of("rise"), series({other: 30, 2024: 33}), as_of=2024)
        assert verdict.status is Standing.TOO_LITTLE
        assert any("2020" in r.en for r in verdict.reasons)

    def test_a_baseline_that_the_plan_prints_is_the_base(self) -> None:
        printed = {
            "indicator": "rate",
            "region": CITY,
            "year": 2020,
            "value": "30.09",
            "clause": "P2",
            "words": "30.09%",
        }
        verdict = judged(plan_of("rise", baselines=[printed]), series({2024: 33}), as_of=2024)
        assert (verdict.status, verdict.base_value) == (MET, Decimal("30.09"))

    def test_a_baseline_that_the_plan_prints_is_an_observation_where_none_was_sent(self) -> None:
        printed = {"indicator": "rate", "region": CITY, "year": 2020, "value": "96", "clause": "P2", "words": "96%"}
        plan = plan_of("at_least", 95, baselines=[printed])
        assert judged(plan, as_of=2021).value == 96
        assert judged(plan, series({2020: 97}), as_of=2021).value == 97  # a figure that was sent prevails
        assert judged(plan, as_of=2019).status is Standing.NO_DATA

    def test_only_the_base_year_itself_says_nothing_of_a_change(self) -> None:
        assert judged(plan_of("rise"), series({2020: 30}), as_of=2024).status is Standing.TOO_LITTLE

    def test_no_base_across_a_break(self) -> None:
        figures = [*series({2020: 30}), *series({2022: 40}, status=Status.BREAK), *series({2024: 41})]
        verdict = judged(plan_of("rise"), figures, as_of=2024)
        assert verdict.status is Standing.TOO_LITTLE
        assert Flag.BREAK in verdict.flags


class TestTimesBase:
    @pytest.mark.parametrize(("value", "met"), [("33", True), ("32.99", False)])
    def test_the_base_times_the_factor(self, value: str, met: bool) -> None:
        verdict = judged(plan_of("times_base", "1.10"), series({2020: 30, 2024: value}), as_of=2024)
        assert (verdict.status is MET) == met
        assert verdict.bound == 33

    def test_each_milestone_has_its_own_base(self) -> None:
        milestones = [
            {"year": 2025, "value": "1.10", "base_year": 2019}, {"year": 2030, "value": "1.10", "base_year": 2022},
        ]  # fmt: skip
        plan = plan_of("times_base", milestones=milestones)
        known = series({2019: 50, 2022: 60, 2025: 58, 2026: 60})
        assert judged(plan, known, as_of=2025).bound == 55
        assert judged(plan, known, as_of=2026).bound == 66


class TestSlow:
    def test_slower_growth_in_the_recent_window_is_met(self) -> None:
        slower = series({2018: 10, 2021: 13, 2024: 14})
        faster = series({2018: 10, 2021: 11, 2024: 14})
        plan = plan_of("slow", direction="lower", window=3)
        assert judged(plan, slower, as_of=2024).status is MET
        assert judged(plan, faster, as_of=2024).status is not MET

    def test_without_both_windows_it_is_too_little(self) -> None:
        verdict = judged(plan_of("slow", direction="lower", window=3), series({2021: 13, 2024: 14}), as_of=2024)
        assert verdict.status is Standing.TOO_LITTLE
        assert verdict.reasons


class TestAgainstAnotherIndicator:
    OTHERS = [indicator("other")]

    @pytest.mark.parametrize(("value", "met"), [("30", True), ("29.9", False)])
    def test_not_below(self, value: str, met: bool) -> None:
        plan = plan_of("not_below", reference="other", others=self.OTHERS)
        figures = [*series({2024: value}), *series({2024: 30}, "other")]
        assert (judged(plan, figures, as_of=2024).status is MET) == met

    @pytest.mark.parametrize(("value", "met"), [("28", True), ("32", True), ("27.9", False), ("32.1", False)])
    def test_match_is_within_the_tolerance(self, value: str, met: bool) -> None:
        plan = plan_of("match", reference="other", others=self.OTHERS, tolerance=TOLERANCE)
        figures = [*series({2024: value}), *series({2024: 30}, "other")]
        assert (judged(plan, figures, as_of=2024).status is MET) == met

    def test_the_newest_year_that_has_both(self) -> None:
        plan = plan_of("not_below", reference="other", others=self.OTHERS)
        figures = [*series({2022: 31, 2023: 20}), *series({2022: 30}, "other")]
        verdict = judged(plan, figures, as_of=2023)
        assert (verdict.year, verdict.value, verdict.status) == (2022, 31, MET)

    def test_no_common_year_is_too_little(self) -> None:
        plan = plan_of("not_below", reference="other", others=self.OTHERS)
        verdict = judged(plan, [*series({2023: 31}), *series({2022: 30}, "other")], as_of=2023)
        assert verdict.status is Standing.TOO_LITTLE


class TestExists:
    def test_a_count_for_each_place_bound(self) -> None:
        plan = plan_of("exists", 1, unit="count", binds="region_and_every_district", shape={"decimals": 0})
        figures = Figures([*series({2024: 3}), *series({2024: 1}, region=SHORE), *series({2024: 0}, region=HILL)])
        found = {v.region: v.status for v in assess(plan, figures, as_of=2024)}
        assert (found[CITY], found[SHORE]) == (MET, MET)
        assert found[HILL] is not MET

    def test_yes_or_no(self) -> None:
        plan = plan_of("exists", 1, unit="yes_no", shape={"decimals": 0})
        assert judged(plan, series({2024: 1}), as_of=2024).status is MET
        assert judged(plan, series({2024: 0}), as_of=2024).status is UNCERTAIN
        assert judged(plan, series({2030: 0}), as_of=2030).status is MISSED

    def test_every_body_is_judged_on_the_share_that_complies(self) -> None:
        plan = plan_of("exists", 100, binds="every_body")
        assert judged(plan, series({2024: 100}), as_of=2024).status is MET
        assert judged(plan, series({2030: "99.9"}), as_of=2030).status is MISSED


class TestAspiration:
    """力争: reported, never failed."""

    @pytest.mark.parametrize("as_of", [2024, 2030])
    def test_it_is_never_missed_or_at_risk(self, as_of: int) -> None:
        falling = series({year: 90 - 3 * (year - 2018) for year in range(2018, as_of + 1)})
        verdict = judged(plan_of("at_least", 100, aspiration=True), falling, as_of=as_of)
        assert verdict.status is UNCERTAIN
        assert not verdict.needs_attention
        assert "力争" in verdict.sentence.zh
        assert "aspiration" in verdict.sentence.en


class TestWhatIsKnown:
    def test_nothing_known_is_no_data(self) -> None:
        assert judged(plan_of("at_least", 95), as_of=2024).status is Standing.NO_DATA

    @pytest.mark.parametrize("status", [Status.NOT_COLLECTED, Status.SUPPRESSED])
    def test_a_row_without_a_figure_is_no_data(self, status: Status) -> None:
        assert judged(plan_of("at_least", 95), [blank(2024, status)], as_of=2024).status is Standing.NO_DATA

    def test_not_applicable_is_said_to_be(self) -> None:
        verdict = judged(plan_of("at_least", 95), [blank(2024, Status.NOT_APPLICABLE)], as_of=2024)
        assert verdict.status is Standing.NOT_APPLICABLE

    def test_a_place_that_a_promise_no_longer_applies_to(self) -> None:
        figures = [*series({2021: 80, 2022: 82}), blank(2024, Status.NOT_APPLICABLE)]
        assert judged(plan_of("at_least", 95), figures, as_of=2024).status is Standing.NOT_APPLICABLE

    def test_zero_is_a_figure(self) -> None:
        plan = plan_of("at_most", 9, unit="per_100k", direction="lower")
        verdict = judged(plan, series({2024: 0}), as_of=2024)
        assert (verdict.status, verdict.value) == (MET, 0)

    def test_a_single_point_is_judged_and_has_no_probability(self) -> None:
        verdict = judged(plan_of("at_least", 95), series({2024: 94}), as_of=2024)
        assert (verdict.status, verdict.points, verdict.probability) == (Standing.TOO_LITTLE, 1, None)

    def test_an_old_figure_is_stale_by_its_frequency(self) -> None:
        for frequency, stale in (("annual", True), ("biennial", True), ("triennial", False), ("census", False)):
            verdict = judged(plan_of("at_least", 95, shape={"frequency": frequency}), series({2022: 96}), as_of=2024)
            assert (Flag.STALE in verdict.flags) == stale, frequency

    def test_a_break_leaves_earlier_years_out_of_the_trend(self) -> None:
        figures = [
            *series({y: 60 + y - 2015 for y in range(2015, 2022)}), *series({2022: 90}, status=Status.BREAK), *series({2023: 91}),
        ]  # fmt: skip
        verdict = judged(plan_of("at_least", 95), figures, as_of=2023)
        assert (verdict.points, verdict.change) == (2, pytest.approx(1.0))
        assert Flag.BREAK in verdict.flags
        assert any("2022" in r.zh for r in verdict.reasons)

    def test_nearly_is_flagged_within_its_margin(self) -> None:
        plan = plan_of("at_most", 20, unit="per_100k", direction="lower")
        assert Flag.NEARLY in judged(plan, series({2024: "20.1"}), as_of=2024).flags
        assert Flag.NEARLY not in judged(plan, series({2024: 24}), as_of=2024).flags
        assert Flag.NEARLY not in judged(plan, series({2024: 20}), as_of=2024).flags


class TestSmallNumbers:
    """One death must not raise an alarm that statistics does not support, and a true cluster must."""

    def plan(self):
        return plan_of("at_most", 9, unit="per_100k", direction="lower", shape=RATE)

    @pytest.mark.parametrize("deaths", [0, 1])
    def test_a_county_of_1500_births_is_neither_alarmed_nor_called_met(self, deaths: int) -> None:
        verdict = judged(self.plan(), events(dict.fromkeys(range(2021, 2024), 0) | {2024: deaths}, 1500), as_of=2024)
        assert verdict.status not in {MET, AT_RISK, MISSED}
        assert Flag.SMALL_NUMBERS in verdict.flags
        assert verdict.reasons

    def test_years_are_pooled_where_that_is_enough(self) -> None:
        quiet = events({2020: 3, 2021: 4, 2022: 2, 2023: 3, 2024: 3}, 40_000)
        verdict = judged(self.plan(), quiet, as_of=2024)
        assert (verdict.status, Flag.SMALL_NUMBERS in verdict.flags) == (MET, True)
        assert verdict.value == Decimal("7.5")  # the official figure stands

    def test_a_true_cluster_is_not_excused(self) -> None:
        cluster = events({2026: 1, 2027: 0, 2028: 1, 2029: 2, 2030: 5}, 1500)
        assert judged(self.plan(), cluster, as_of=2030).status is MISSED

    def test_a_pooled_rate_above_the_bound_by_chance_is_no_failure(self) -> None:
        verdict = judged(self.plan(), events(dict.fromkeys(range(2026, 2031), 2), 17_000), as_of=2030)
        assert verdict.status is Standing.TOO_LITTLE  # 10 events where 7.7 are allowed: 95% interval 4.8 to 18.4

    def test_the_exact_interval_of_one_event(self) -> None:
        low, high = poisson_interval(np.array(1.0))
        assert (low * 100_000 / 1500, high * 100_000 / 1500) == pytest.approx((1.7, 371), rel=0.01)
        assert poisson_interval(np.array(0.0))[0] == 0

    def test_a_large_place_is_judged_as_it_stands(self) -> None:
        verdict = judged(self.plan(), events({2024: 60}, 1_000_000), as_of=2024)
        assert Flag.SMALL_NUMBERS not in verdict.flags
        assert verdict.status is MET


class TestVolatile:
    def test_swings_larger_than_the_step_still_required(self) -> None:
        swinging = series({2018: 60, 2019: 75, 2020: 58, 2021: 77, 2022: 62, 2023: 74, 2024: 63})
        assert Flag.VOLATILE in judged(plan_of("at_least", 80), swinging, as_of=2024).flags

    def test_a_steady_climb_is_not_volatile(self) -> None:
        steady = series({year: 60 + 2 * (year - 2018) for year in range(2018, 2025)})
        assert Flag.VOLATILE not in judged(plan_of("at_least", 80), steady, as_of=2024).flags
