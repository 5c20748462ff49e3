"""One death in a small county, a lucky year, and a true cluster: what verdicts say of each."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from halfsky.assess import Asked, Flag, Funnel, Standing, Verdict, assess, rare_events
from halfsky.observations import Confidentiality, Figures, Observation
from halfsky.plan import Plan, Slice
from tests.assess.sample import CITY, HILL, RATE, SHORE, events, plan_of

YEARS = range(2020, 2025)
SHAPE = {"unit": "per_100k", "direction": "lower", "shape": RATE}
EVERYWHERE = plan_of("at_most", 9, binds="region_and_every_district", **SHAPE)
CITY_ONLY = plan_of("at_most", 9, **SHAPE)


def city_with(*hill: int) -> list[Observation]:
    """A city of 40,000 births in which Hill County, with 1,500, had these deaths in 2020 to 2024."""
    shore = (2, 3, 1, 2, 2)
    whole = dict(zip(YEARS, (a + b for a, b in zip(shore, hill, strict=True)), strict=True))
    return [
        *events(whole, 40_000),
        *events(dict(zip(YEARS, shore, strict=True)), 38_500, SHORE),
        *events(dict(zip(YEARS, hill, strict=True)), 1500, HILL),
    ]


def judged(plan: Plan, figures: list[Observation], region: str = HILL) -> Verdict:
    return next(v for v in assess(plan, Figures(figures), as_of=2024) if v.region == region)


def words(verdict: Verdict) -> tuple[str, str]:
    return " ".join(r.zh for r in verdict.reasons), " ".join(r.en for r in verdict.reasons)


class TestOneDeathInACounty:
    VERDICT = judged(EVERYWHERE, city_with(0, 0, 0, 0, 1))

    def test_raises_no_alarm(self) -> None:
        assert self.VERDICT.status is Standing.TOO_LITTLE
        assert self.VERDICT.flags == (Flag.SMALL_NUMBERS,)
        assert self.VERDICT.gap is None
        assert "尚不能判定" in self.VERDICT.sentence.zh

    def test_the_official_figure_stands_and_the_rest_stands_beside_it(self) -> None:
        rare = self.VERDICT.rare
        assert rare is not None
        assert self.VERDICT.value == Decimal("66.67")
        assert (rare.events, rare.exposure, rare.first, rare.last, rare.years) == (1, 7500, 2020, 2024, 5)
        assert (rare.low, rare.high) == pytest.approx((0.34, 74.3), abs=0.05)
        assert 5.2 < rare.shrunk < 13.4  # between Shore District's rate and its own
        assert rare.low95 < rare.low80 < rare.shrunk < rare.high80 < rare.high95
        assert (rare.limit95, rare.limit998, rare.funnel) == ((0, 3), (0, 4), Funnel.INSIDE)
        assert rare.cluster is None

    def test_a_probability_is_told_and_it_is_neither_sure_nor_hopeless(self) -> None:
        assert self.VERDICT.probability is not None
        assert 0.35 < self.VERDICT.probability < 0.85

    def test_the_reasons_name_events_interval_shrunk_rate_and_the_level_above(self) -> None:
        zh, en = words(self.VERDICT)
        for part in ("2020—2024年合计1例（活产数7,500）", "95%精确区间0.34至74.29/10万", "参照其余1个地区", "不高于9/10万的概率约",
                     "上一级：样例市2020—2024年合计11例，为5.50/10万，达到目标"):  # fmt: skip
            assert part in zh
        for part in ("2020–2024: 1 event (live births: 7,500)", "exact 95% interval 0.34 to 74.29",
                     "The level above, Sample City: 11 events in 2020–2024, 5.50 per 100,000, which meets the bound"):  # fmt: skip
            assert part in en


def test_a_lucky_year_is_not_called_met() -> None:
    verdict = judged(EVERYWHERE, city_with(0, 1, 0, 1, 0))
    assert verdict.value == 0
    assert verdict.status is Standing.TOO_LITTLE


class TestATrueCluster:
    def test_three_deaths_in_a_year_are_flagged_where_one_is_not(self) -> None:
        verdict = judged(EVERYWHERE, city_with(0, 0, 0, 0, 3))
        assert Flag.CLUSTER in verdict.flags
        assert verdict.rare is not None
        assert verdict.rare.cluster is not None
        assert (verdict.rare.cluster.years, verdict.rare.cluster.events) == (1, 3)
        zh, en = words(verdict)
        assert "最近1年3例" in zh
        assert "聚集异常" in zh
        assert "3 events in the last year where 0.1 would be expected" in en

    def test_a_slow_one_is_found_over_several_years(self) -> None:
        rare = judged(EVERYWHERE, city_with(0, 0, 1, 1, 2)).rare
        assert rare is not None
        assert rare.cluster is not None
        assert (rare.cluster.years, rare.cluster.events) == (3, 4)

    def test_a_city_that_is_judged_alone_is_told_of_a_cluster_in_a_district(self) -> None:
        city = judged(CITY_ONLY, city_with(0, 0, 1, 1, 2), CITY)
        assert Flag.CLUSTER in city.flags
        assert "山地县：最近3年4例" in words(city)[0]

    def test_a_district_that_is_judged_itself_is_not_told_of_twice(self) -> None:
        assert Flag.CLUSTER not in judged(EVERYWHERE, city_with(0, 0, 1, 1, 2), CITY).flags

    def test_what_may_not_be_published_is_not_told_at_the_level_above(self) -> None:
        secret = [
            replace(o, confidentiality=Confidentiality.CONFIDENTIAL) if o.series.region == HILL else o
            for o in city_with(0, 0, 1, 1, 2)
        ]
        zh, _ = words(judged(CITY_ONLY, secret, CITY))
        assert "山地县：聚集异常" in zh
        assert "3年4例" not in zh

    def test_many_events_where_many_are_expected_are_none(self) -> None:
        assert Flag.CLUSTER not in judged(EVERYWHERE, city_with(0, 0, 0, 0, 0), SHORE).flags


class TestAsked:
    def test_without_a_bound_the_places_own_rate_is_the_reference(self) -> None:
        found = rare_events(
            CITY_ONLY, Figures(city_with(0, 0, 0, 0, 1)), CITY_ONLY.indicators[0], Slice(), Asked(), as_of=2024
        )
        assert set(found) == {CITY, SHORE, HILL}
        assert found[HILL].reference == pytest.approx(11 / 200_000 * 100_000)
        assert found[HILL].within is None

    def test_the_whole_region_has_no_peers(self) -> None:
        rare = judged(EVERYWHERE, city_with(0, 0, 0, 0, 1), CITY).rare
        assert rare is not None
        assert rare.peers == 0
        assert rare.shrunk == pytest.approx(11.5 / 2)

    def test_years_without_births_are_not_pooled(self) -> None:
        figures = [o for o in city_with(0, 0, 0, 0, 1) if o.series.region != HILL]
        figures += [
            replace(o, numerator=None, denominator=None) if o.year == 2022 else o
            for o in events(dict(zip(YEARS, (3, 3, 0, 0, 1), strict=True)), 1500, HILL)
        ]
        rare = judged(EVERYWHERE, figures).rare
        assert rare is not None
        assert (rare.events, rare.first) == (1, 2023)

    def test_percentages_carry_no_rare_events(self) -> None:
        assert judged(plan_of("at_least", 5, shape=RATE), events({2024: 3}, 100), CITY).rare is None


class TestBeyondChanceOnly:
    """A city whose pooled rate lies beyond the bound, on twenty events or more."""

    @staticmethod
    def city(deaths: int) -> Verdict:
        return judged(CITY_ONLY, events(dict.fromkeys(YEARS, deaths), 40_000), CITY)

    def test_a_rate_that_chance_explains_is_short_and_yet_no_alarm(self) -> None:
        verdict = self.city(4)
        assert (verdict.pooled_value, verdict.status) == (Decimal(10), Standing.UNCERTAIN)
        assert verdict.gap == 1
        assert not verdict.needs_attention

    def test_one_that_chance_does_not_explain_is_at_risk(self) -> None:
        assert self.city(8).status is Standing.AT_RISK
