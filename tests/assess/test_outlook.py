"""What is said of the road ahead, of each place by itself, and of what a verdict rests on."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from halfsky.assess import Flag, Standing, Verdict, assess
from halfsky.observations import Figures, Nature, Observation
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


class TestOutlook:
    def test_a_course_that_leads_there_is_on_track_and_one_away_is_at_risk(self) -> None:
        good = judged(AT_LEAST_70, *rising("screening", CITY, 2018, *"52 54.4 56.9 59 61.5 64 66.3 68.9".split()))
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


class TestRiseAndFall:
    RISE = plan_with("rise", {"year": 2030, "base_year": 2020})
    FALL = plan_with("fall", {"year": 2030, "base_year": 2020}, indicator="maternal_mortality")

    def test_the_best_possible_kept_since_the_base_is_met(self) -> None:
        assert (
            judged(self.RISE, figure("screening", CITY, 2020, "100"), figure("screening", CITY, 2025, "100")).status
            is Standing.MET
        )
        zeros = (figure("maternal_mortality", CITY, year, "0") for year in (2020, 2025))
        assert judged(self.FALL, *zeros).status is Standing.MET


class TestSlow:
    PLAN = plan_with("slow", window=3)

    def growing(self, *values: str) -> Verdict:
        return judged(self.PLAN, *rising("screening", CITY, 2019, *values))

    def test_growth_as_before_is_not(self) -> None:
        assert self.growing("10", "11", "12.1", "13.31", "14.641", "16.1051", "17.71561").status is Standing.UNCERTAIN


class TestReferences:
    NOT_BELOW = plan_with("not_below", reference="members")
    MATCH = plan_with("match", reference="members", tolerance=REASON)

    def test_another_places_reference_does_not_serve(self) -> None:
        assert (
            judged(self.NOT_BELOW, figure("screening", CITY, 2024, "31"), figure("members", SHORE, 2024, "30")).status
            is Standing.TOO_LITTLE
        )


class TestExists:
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

    def test_a_city_is_judged_on_pooled_years(self) -> None:
        verdict = judged(AT_MOST_BY_STEPS, *self.deaths(CITY, 40_000, 3, 3, 2, 3, 4))
        assert verdict.value == Decimal(10)
        assert verdict.status is Standing.MET  # 15 deaths in 200,000 births: 7.5 per 100,000
        assert "按近5年合并为7.50/10万" in verdict.sentence.zh
        assert verdict.probability is None
        assert Flag.SMALL_NUMBERS in verdict.flags


class TestFlagsAndMarks:
    def test_demonstration_data_marks_the_verdict(self) -> None:
        assert judged(AT_LEAST_70, figure("screening", CITY, 2025, "71", nature=Nature.DEMO)).demonstration
        assert not judged(AT_LEAST_70, figure("screening", CITY, 2025, "71")).demonstration

    def test_a_revised_figure_is_judged_as_it_now_stands(self) -> None:
        first = rising("screening", CITY, 2021, "60", "62", "64", "66", "71")
        revised = [*first[:-1], figure("screening", CITY, 2025, "69")]
        assert judged(AT_LEAST_70, *first).status is Standing.MET
        assert judged(AT_LEAST_70, *revised).status is not Standing.MET
