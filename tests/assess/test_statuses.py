"""What is said of a target, kind by kind and edge by edge. Each test is one rule of docs/methods.md."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from halfsky.assess import Flag, Standing, Verdict, assess
from halfsky.observations import Figures, Nature, Observation, Status
from tests.support import CITY, HILL, ISLE, SHORE, figure, rising, small_plan, words

REASON = {"value": "2", "reason": words("测试用容差", "a tolerance for the test")}


def plan_with(kind: str, *milestones: dict[str, Any], indicator: str = "screening", **target: Any):
    """The small plan with one target of a kind on the city, or on whom ``binds`` says."""
    return small_plan(
        indicators=[
            *(i.model_dump() for i in small_plan().indicators),
            {
                "id": "members",
                "name": words("党员中女性比例", "Women among Party members"),
                "definition": words("女党员占党员总数的百分比", "Women as a percentage of members"),
                "unit": "percent",
                "direction": "neither",
            },
            {
                "id": "ledger",
                "name": words("建立台账", "Ledger kept"),
                "definition": words("是否建立台账", "Whether a ledger is kept"),
                "unit": "yes_no",
                "direction": "higher",
            },
        ],
        targets=[
            {
                "id": "G1.1a", "clause": "G1.1", "indicator": indicator, "kind": kind, "binds": "region",
                "words": "测试", "milestones": list(milestones) or [{"year": 2030}], **target,
            }
        ],
    )  # fmt: skip


def judged(plan, *observations: Observation, as_of: int = 2025) -> Verdict:
    (verdict,) = assess(plan, Figures(observations), as_of=as_of)
    return verdict


AT_LEAST_70 = plan_with("at_least", {"year": 2030, "value": "70"})
AT_MOST_BY_STEPS = plan_with(
    "at_most", {"year": 2025, "value": "9"}, {"year": 2030, "value": "8"}, indicator="maternal_mortality"
)


class TestThresholds:
    @pytest.mark.parametrize(("value", "met"), [("69.99", False), ("70", True), ("70.00", True), ("70.01", True)])
    def test_the_bound_itself_counts(self, value: str, met: bool) -> None:
        verdict = judged(AT_LEAST_70, figure("screening", CITY, 2030, value), as_of=2030)
        assert verdict.status is (Standing.MET if met else Standing.MISSED)

    @pytest.mark.parametrize(("value", "met"), [("8", True), ("8.01", False), ("0", True)])
    def test_below_is_met_for_at_most_and_zero_is_a_figure(self, value: str, met: bool) -> None:
        verdict = judged(AT_MOST_BY_STEPS, figure("maternal_mortality", CITY, 2030, value), as_of=2030)
        assert verdict.status is (Standing.MET if met else Standing.MISSED)

    @pytest.mark.parametrize(
        ("as_of", "milestone"), [(2021, 2025), (2025, 2025), (2026, 2030), (2030, 2030), (2033, 2030)]
    )
    def test_the_milestone_in_force_is_the_next_one_or_the_last(self, as_of: int, milestone: int) -> None:
        assert (
            judged(AT_MOST_BY_STEPS, figure("maternal_mortality", CITY, 2021, "9.5"), as_of=as_of).milestone
            == milestone
        )

    def test_met_before_the_year_is_met(self) -> None:
        assert judged(AT_LEAST_70, figure("screening", CITY, 2022, "71"), as_of=2022).status is Standing.MET

    def test_missed_needs_a_figure_of_the_year_itself(self) -> None:
        early = judged(AT_LEAST_70, *rising("screening", CITY, 2024, "50", "51", "52", "53", "54"), as_of=2030)
        assert early.status is not Standing.MISSED
        assert Flag.STALE in early.flags
        late = judged(AT_LEAST_70, *rising("screening", CITY, 2026, "50", "51", "52", "53", "54"), as_of=2030)
        assert late.status is Standing.MISSED
        assert late.gap == Decimal(16)

    def test_an_aspiration_is_never_missed_nor_at_risk(self) -> None:
        plan = plan_with("at_least", {"year": 2030, "value": "100"}, aspiration=True)
        for as_of in (2028, 2030):
            verdict = judged(plan, *rising("screening", CITY, 2022, *"40 39 38 37 36 35 34 33 32".split()), as_of=as_of)
            assert verdict.status is Standing.UNCERTAIN
            assert not verdict.needs_attention

    def test_a_level_to_be_held_is_at_risk_while_it_is_not_held(self) -> None:
        plan = plan_with("at_least", {"year": 2030, "value": "70"}, hold=True)
        verdict = judged(plan, *rising("screening", CITY, 2021, "75", "74", "73", "71", "69.5"))
        assert verdict.status is Standing.AT_RISK
        assert Flag.SLIPPING in verdict.flags

    def test_short_by_a_hair_is_called_nearly(self) -> None:
        assert Flag.NEARLY in judged(AT_LEAST_70, *rising("screening", CITY, 2022, "66", "67", "68", "69")).flags
        assert Flag.NEARLY not in judged(AT_LEAST_70, *rising("screening", CITY, 2022, "56", "57", "58", "59")).flags


class TestOutlook:
    def test_a_course_that_leads_there_is_on_track_and_one_away_is_at_risk(self) -> None:
        good = judged(AT_LEAST_70, *rising("screening", CITY, 2018, *"50 52.4 54.9 57 59.5 62 64.3 66.9".split()))
        bad = judged(AT_LEAST_70, *rising("screening", CITY, 2018, *"66 65.2 64.1 63.3 62 61.2 60.3 59.4".split()))
        assert good.status is Standing.ON_TRACK
        assert bad.status is Standing.AT_RISK
        assert good.probability is not None
        assert bad.probability is not None
        assert good.probability > 0.8 > 0.35 > bad.probability

    def test_fewer_than_four_figures_give_no_probability(self) -> None:
        verdict = judged(AT_LEAST_70, *rising("screening", CITY, 2023, "50", "55", "60"))
        assert verdict.probability is None
        assert verdict.path == ()
        assert verdict.status is Standing.ON_TRACK  # by pace: 5 a year against 2 required

    def test_a_single_figure_is_too_little_unless_hardly_any_time_is_left(self) -> None:
        assert judged(AT_LEAST_70, figure("screening", CITY, 2023, "50"), as_of=2023).status is Standing.TOO_LITTLE
        assert judged(AT_LEAST_70, figure("screening", CITY, 2028, "50"), as_of=2028).status is Standing.AT_RISK

    def test_years_without_figures_are_not_filled_in(self) -> None:
        gappy = judged(
            AT_LEAST_70, *(figure("screening", CITY, y, v) for y, v in ((2016, "50"), (2019, "53"), (2025, "59")))
        )
        assert gappy.points == 3
        assert gappy.change == pytest.approx(1.0)

    def test_the_forecast_runs_to_the_final_year_and_its_intervals_nest(self) -> None:
        verdict = judged(AT_LEAST_70, *rising("screening", CITY, 2018, *"50 52 51 54 55 57 58 60".split()))
        assert [f.year for f in verdict.path] == [2026, 2027, 2028, 2029, 2030]
        for f in verdict.path:
            assert 0 <= f.low95 <= f.low80 <= f.median <= f.high80 <= f.high95 <= 100

    def test_nothing_later_than_the_year_judged_is_looked_at(self) -> None:
        early = rising("screening", CITY, 2018, *"50 52 51 54 55".split())
        later = rising("screening", CITY, 2023, "20", "90")
        assert judged(AT_LEAST_70, *early, as_of=2022) == judged(AT_LEAST_70, *early, *later, as_of=2022)


class TestAbsence:
    def test_nothing_known_is_no_data(self) -> None:
        assert judged(AT_LEAST_70).status is Standing.NO_DATA

    def test_not_collected_is_no_data_and_not_applicable_is_its_own(self) -> None:
        not_collected = figure("screening", CITY, 2025, None, status=Status.NOT_COLLECTED)
        not_applicable = figure("screening", CITY, 2025, None, status=Status.NOT_APPLICABLE)
        assert judged(AT_LEAST_70, not_collected).status is Standing.NO_DATA
        assert judged(AT_LEAST_70, not_applicable).status is Standing.NOT_APPLICABLE

    def test_a_missing_latest_year_is_said(self) -> None:
        verdict = judged(
            AT_LEAST_70,
            figure("screening", CITY, 2024, "71"),
            figure("screening", CITY, 2025, None, status=Status.NOT_COLLECTED),
        )
        assert verdict.status is Standing.MET
        assert verdict.year == 2024
        assert Flag.STALE in verdict.flags


class TestNear:
    PLAN = plan_with("near", {"year": 2030, "value": "45"}, tolerance=REASON)

    @pytest.mark.parametrize(
        ("value", "met"), [("42.99", False), ("43", True), ("45", True), ("47", True), ("47.01", False)]
    )
    def test_within_the_tolerance_on_both_sides(self, value: str, met: bool) -> None:
        verdict = judged(self.PLAN, figure("screening", CITY, 2030, value), as_of=2030)
        assert verdict.status is (Standing.MET if met else Standing.MISSED)

    def test_too_much_is_as_far_as_too_little(self) -> None:
        over = judged(self.PLAN, figure("screening", CITY, 2030, "50"), as_of=2030)
        under = judged(self.PLAN, figure("screening", CITY, 2030, "40"), as_of=2030)
        assert over.gap == under.gap == Decimal(3)


class TestRiseAndFall:
    RISE = plan_with("rise", {"year": 2030, "base_year": 2020})
    FALL = plan_with("fall", {"year": 2030, "base_year": 2020}, indicator="maternal_mortality")

    def test_standing_still_is_not_rising(self) -> None:
        assert (
            judged(
                self.RISE, figure("screening", CITY, 2020, "60"), figure("screening", CITY, 2030, "60"), as_of=2030
            ).status
            is Standing.MISSED
        )

    def test_the_best_possible_kept_since_the_base_is_met(self) -> None:
        assert (
            judged(self.RISE, figure("screening", CITY, 2020, "100"), figure("screening", CITY, 2025, "100")).status
            is Standing.MET
        )
        zeros = (figure("maternal_mortality", CITY, year, "0") for year in (2020, 2025))
        assert judged(self.FALL, *zeros).status is Standing.MET

    def test_better_than_the_base_is_met(self) -> None:
        assert judged(self.RISE, *rising("screening", CITY, 2020, "60", "61", "62")).status is Standing.MET
        assert judged(self.FALL, *rising("maternal_mortality", CITY, 2020, "9", "8.5", "8")).status is Standing.MET

    def test_better_than_the_base_and_slipping_is_not_met(self) -> None:
        verdict = judged(self.RISE, *rising("screening", CITY, 2020, "60", "62", "64", "66", "68", "62"))
        assert verdict.status is not Standing.MET
        assert Flag.SLIPPING in verdict.flags

    def test_a_missing_base_year_is_replaced_by_one_shortly_before_never_by_one_after(self) -> None:
        before = judged(self.RISE, figure("screening", CITY, 2019, "60"), figure("screening", CITY, 2025, "61"))
        assert (before.status, before.base_year) == (Standing.MET, 2019)
        too_early = judged(self.RISE, figure("screening", CITY, 2016, "60"), figure("screening", CITY, 2025, "61"))
        after = judged(self.RISE, figure("screening", CITY, 2021, "60"), figure("screening", CITY, 2025, "61"))
        assert too_early.status is after.status is Standing.TOO_LITTLE

    def test_a_baseline_printed_by_the_plan_serves_as_base(self) -> None:
        printed = {
            "indicator": "screening",
            "region": CITY,
            "year": 2020,
            "value": "60",
            "clause": "P2",
            "words": "60%",
        }
        plan = small_plan(targets=self.RISE.model_dump()["targets"], baselines=[printed])
        assert judged(plan, figure("screening", CITY, 2025, "61")).status is Standing.MET

    def test_a_break_takes_the_base_away_and_says_so(self) -> None:
        verdict = judged(
            self.RISE,
            figure("screening", CITY, 2020, "60"),
            figure("screening", CITY, 2023, "55", status=Status.BREAK),
            figure("screening", CITY, 2025, "57"),
        )
        assert verdict.status is Standing.TOO_LITTLE
        assert Flag.BREAK in verdict.flags
        assert "口径" in "".join(r.zh for r in verdict.reasons)


class TestSlow:
    PLAN = plan_with("slow", window=3)

    def growing(self, *values: str) -> Verdict:
        return judged(self.PLAN, *rising("screening", CITY, 2019, *values))

    def test_growth_below_the_earlier_window_is_met(self) -> None:
        assert self.growing("10", "11", "12", "13", "13.2", "13.4", "13.6").status is Standing.MET

    def test_growth_as_before_is_not(self) -> None:
        assert self.growing("10", "11", "12.1", "13.31", "14.641", "16.1051", "17.71561").status is Standing.UNCERTAIN

    def test_windows_without_their_ends_are_too_little(self) -> None:
        assert self.growing("10", "11", "12").status is Standing.TOO_LITTLE


class TestTimesBase:
    PLAN = plan_with(
        "times_base",
        {"year": 2025, "value": "1.10", "base_year": 2019},
        {"year": 2030, "value": "1.10", "base_year": 2022},
    )

    @pytest.mark.parametrize(("value", "met"), [("54.99", False), ("55", True)])
    def test_the_base_times_the_factor_is_the_bound(self, value: str, met: bool) -> None:
        verdict = judged(self.PLAN, figure("screening", CITY, 2019, "50"), figure("screening", CITY, 2025, value))
        assert verdict.status is (Standing.MET if met else Standing.MISSED)
        assert verdict.bound == Decimal(55)

    def test_each_milestone_has_its_own_base(self) -> None:
        series = [figure("screening", CITY, y, v) for y, v in ((2019, "50"), (2022, "60"), (2026, "65"))]
        assert judged(self.PLAN, *series, as_of=2026).bound == Decimal("66.00")

    def test_without_a_base_nothing_is_claimed(self) -> None:
        assert judged(self.PLAN, figure("screening", CITY, 2025, "99")).status is Standing.TOO_LITTLE


class TestReferences:
    NOT_BELOW = plan_with("not_below", reference="members")
    MATCH = plan_with("match", reference="members", tolerance=REASON)

    @pytest.mark.parametrize(("value", "met"), [("29.9", False), ("30", True), ("31", True)])
    def test_not_below_the_reference_of_the_same_year(self, value: str, met: bool) -> None:
        verdict = judged(
            self.NOT_BELOW, figure("screening", CITY, 2030, value), figure("members", CITY, 2030, "30"), as_of=2030
        )
        assert verdict.status is (Standing.MET if met else Standing.MISSED)

    @pytest.mark.parametrize(("value", "met"), [("27.9", False), ("28", True), ("32", True), ("32.1", False)])
    def test_matching_is_within_the_tolerance(self, value: str, met: bool) -> None:
        verdict = judged(
            self.MATCH, figure("screening", CITY, 2030, value), figure("members", CITY, 2030, "30"), as_of=2030
        )
        assert verdict.status is (Standing.MET if met else Standing.MISSED)

    def test_the_newest_year_that_has_both_is_compared(self) -> None:
        verdict = judged(
            self.NOT_BELOW, *rising("screening", CITY, 2023, "31", "10"), figure("members", CITY, 2023, "30")
        )
        assert (verdict.year, verdict.value, verdict.status) == (2023, Decimal(31), Standing.MET)

    def test_without_a_common_year_there_is_too_little(self) -> None:
        assert (
            judged(self.NOT_BELOW, figure("screening", CITY, 2024, "31"), figure("members", CITY, 2023, "30")).status
            is Standing.TOO_LITTLE
        )

    def test_another_places_reference_does_not_serve(self) -> None:
        assert (
            judged(self.NOT_BELOW, figure("screening", CITY, 2024, "31"), figure("members", SHORE, 2024, "30")).status
            is Standing.TOO_LITTLE
        )


class TestExists:
    def test_yes_is_met_and_no_is_not(self) -> None:
        plan = plan_with("exists", {"year": 2030, "value": "1"}, indicator="ledger")
        assert judged(plan, figure("ledger", CITY, 2025, "1")).status is Standing.MET
        assert judged(plan, figure("ledger", CITY, 2030, "0"), as_of=2030).status is Standing.MISSED

    def test_every_district_is_judged_by_itself(self) -> None:
        plan = plan_with("exists", {"year": 2030, "value": "1"}, indicator="ledger", binds="every_district")
        verdicts = assess(
            plan, Figures([figure("ledger", SHORE, 2025, "1"), figure("ledger", HILL, 2025, "0")]), as_of=2025
        )
        assert {v.region: v.status for v in verdicts} == {
            SHORE: Standing.MET, HILL: Standing.UNCERTAIN, ISLE: Standing.NO_DATA,
        }  # fmt: skip

    def test_only_narrows_whom_it_binds(self) -> None:
        plan = plan_with(
            "exists", {"year": 2030, "value": "1"}, indicator="ledger", binds="every_county", only=["county"]
        )
        assert [v.region for v in assess(plan, Figures(), as_of=2025)] == [ISLE]


class TestSmallNumbers:
    @staticmethod
    def deaths(region: str, births: int, *counts: int) -> list[Observation]:
        return [
            Observation(
                figure("maternal_mortality", region, 2021 + i, "0").series, 2021 + i,
                Decimal(n * 100_000) / births, Decimal(n), Decimal(births), source="测试",
            )
            for i, n in enumerate(counts)
        ]  # fmt: skip

    def test_one_death_in_a_county_of_1500_births_is_not_called_missed(self) -> None:
        verdict = judged(AT_MOST_BY_STEPS, *self.deaths(CITY, 1500, 0, 0, 0, 0, 1))
        assert verdict.status is Standing.TOO_LITTLE
        assert Flag.SMALL_NUMBERS in verdict.flags
        assert not verdict.needs_attention

    def test_a_lucky_year_there_is_not_called_met(self) -> None:
        assert judged(AT_MOST_BY_STEPS, *self.deaths(CITY, 1500, 1, 1, 0, 1, 0)).status is Standing.TOO_LITTLE

    def test_a_city_is_judged_on_pooled_years(self) -> None:
        verdict = judged(AT_MOST_BY_STEPS, *self.deaths(CITY, 40_000, 3, 3, 2, 3, 4))
        assert verdict.value == Decimal(10)
        assert verdict.status is Standing.MET  # 15 deaths in 200,000 births: 7.5 per 100,000
        assert "按近5年合并为7.50/10万" in verdict.sentence.zh
        assert verdict.probability is None
        assert Flag.SMALL_NUMBERS in verdict.flags

    def test_many_events_need_no_pooling(self) -> None:
        assert judged(AT_MOST_BY_STEPS, *self.deaths(CITY, 400_000, 30, 30, 30, 30, 50)).status is Standing.MISSED


class TestFlagsAndMarks:
    def test_swings_larger_than_what_is_at_stake_are_volatile(self) -> None:
        verdict = judged(AT_LEAST_70, *rising("screening", CITY, 2018, *"60 69 58 68 59 69 57 68".split()))
        assert Flag.VOLATILE in verdict.flags

    def test_a_steady_course_is_not(self) -> None:
        assert (
            Flag.VOLATILE
            not in judged(AT_LEAST_70, *rising("screening", CITY, 2018, *"50 51 52 53 54 55 56 57".split())).flags
        )

    def test_demonstration_data_marks_the_verdict(self) -> None:
        assert judged(AT_LEAST_70, figure("screening", CITY, 2025, "71", nature=Nature.DEMO)).demonstration
        assert not judged(AT_LEAST_70, figure("screening", CITY, 2025, "71")).demonstration

    def test_a_revised_figure_is_judged_as_it_now_stands(self) -> None:
        first = rising("screening", CITY, 2021, "60", "62", "64", "66", "71")
        revised = [*first[:-1], figure("screening", CITY, 2025, "69")]
        assert judged(AT_LEAST_70, *first).status is Standing.MET
        assert judged(AT_LEAST_70, *revised).status is not Standing.MET
