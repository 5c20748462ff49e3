"""Gaps as series: what they are measured in, who leads, whether they close, and what must hold of all of them."""

from __future__ import annotations

from decimal import Decimal
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halfsky.assess import Flag
from halfsky.assess.gapmodel import AssessedGap, Course, GapKind, Lead, Side
from halfsky.assess.gaps import assess_gaps
from halfsky.assess.trend import course, kendall, two_sided
from halfsky.observations import Figures, Observation, Status
from halfsky.plan import Plan, Residence, Sex
from halfsky.plan.model import Region
from tests.assess.sample import CITY, HILL, RATE, SHORE, plan_of, series, words

BAY = "990204"
BRIEFLY = settings(max_examples=40, deadline=None)
AMOUNTS = st.decimals(1, 99, places=2)
HISTORIES = st.dictionaries(st.integers(2014, 2025), st.tuples(AMOUNTS, AMOUNTS), min_size=1, max_size=10)


def plan(unit: str = "percent", direction: str = "higher", by: str = "sex", **shape: Any) -> Plan:
    made = plan_of("at_least", 60, unit=unit, direction=direction, shape={"disaggregation": [by], **shape})
    bay = Region(code=BAY, name=words("海湾区", "Bay District"), level="district", parent=CITY)  # type: ignore[arg-type]
    return made.model_copy(update={"regions": (*made.regions, bay)})


def sexes(pairs: dict[int, tuple[Any, Any]], **more: Any) -> list[Observation]:
    women = series({y: w for y, (w, _) in pairs.items()}, sex=Sex.FEMALE, **more)
    return women + series({y: m for y, (_, m) in pairs.items()}, sex=Sex.MALE, **more)


def found(of: Plan, observations: list[Observation], as_of: int = 2025) -> tuple[AssessedGap, ...]:
    return assess_gaps(of, Figures(observations), as_of=as_of)


def the_gap(of: Plan, observations: list[Observation], as_of: int = 2025) -> AssessedGap:
    (gap,) = found(of, observations, as_of)
    return gap


CLOSING = {2020 + i: (50 + 2 * i, 60 + i) for i in range(6)}


def test_shares_differ_by_percentage_points_and_the_gap_is_told_with_its_base_year() -> None:
    gap = the_gap(plan(), sexes(CLOSING))
    assert (gap.kind, gap.unit, gap.value, gap.size) == (GapKind.SEX, "percentage_points", -5, 5)
    assert (gap.base_year, gap.base_size, gap.change) == (2020, 10, -5)
    assert (gap.course, gap.higher, gap.ahead) == (Course.CLOSING, Side.SECOND, Lead.MEN)
    assert gap.forecast is not None
    assert gap.forecast.low80 <= gap.forecast.median <= gap.forecast.high80
    assert gap.sentence.zh.startswith(
        "2025年样例市示例率，女性为60.00%，男性为65.00%，男性比女性高5.00个百分点；2020年男性比女性高10.00个百分点，差距缩小。"
    )
    assert "men 5.00 percentage points above women (men 10.00 percentage points above women in 2020)" in gap.sentence.en


@pytest.mark.parametrize("unit", ["yuan", "per_1000", "per_100k", "ratio"])
def test_rates_and_amounts_are_compared_by_their_ratio(unit: str) -> None:
    gap = the_gap(plan(unit), sexes({2020: (80, 100), 2021: (90, 100)}))
    assert (gap.unit, gap.value, gap.base_value) == ("ratio", Decimal("0.9"), Decimal("0.8"))
    assert float(gap.size) == pytest.approx(1 / 0.9)
    assert "女性为男性的0.900倍" in gap.sentence.zh


@pytest.mark.parametrize("unit", ["years", "minutes", "hours", "index"])
def test_years_times_and_scores_differ_in_their_own_unit(unit: str) -> None:
    gap = the_gap(plan(unit), sexes({2020: (83, 78), 2025: (84, 80)}))
    assert (gap.unit, gap.value, gap.base_value) == (unit, 4, 5)


@pytest.mark.parametrize("unit", ["persons", "count", "ten_thousand_persons", "yes_no"])
def test_counts_are_not_compared(unit: str) -> None:
    assert found(plan(unit), sexes({2024: (1, 1)})) == ()


def test_indicators_of_women_only_have_no_gap_between_the_sexes() -> None:
    assert found(plan(population="women"), sexes(CLOSING)) == ()


def test_only_figures_of_the_same_year_are_compared() -> None:
    women = series({2020: 50, 2022: 54}, sex=Sex.FEMALE)
    men = series({2021: 60, 2022: 59}, sex=Sex.MALE)
    assert [year for year, _ in the_gap(plan(), women + men).years] == [2022]


def test_figures_of_later_years_are_never_looked_at() -> None:
    known = {y: v for y, v in CLOSING.items() if y <= 2023}
    assert the_gap(plan(), sexes(CLOSING), as_of=2023) == the_gap(plan(), sexes(known), as_of=2023)


def test_a_lead_of_women_that_grows_is_widening_and_nothing_worse() -> None:
    rising = {2020 + i: (60 + 2 * i, 58 + i) for i in range(6)}
    gap = the_gap(plan(), sexes(rising))
    assert (gap.course, gap.ahead) == (Course.WIDENING, Lead.WOMEN)
    assert Flag.SLIPPING not in gap.flags


def test_who_is_better_off_follows_the_direction() -> None:
    assert the_gap(plan(direction="lower"), sexes({2024: (3, 5)})).ahead is Lead.WOMEN
    assert the_gap(plan(direction="neither"), sexes({2024: (3, 5)})).ahead is Lead.NOBODY


def test_town_and_country() -> None:
    urban = series({2024: 70}, residence=Residence.URBAN)
    gap = the_gap(plan(by="residence"), urban + series({2024: 64}, residence=Residence.RURAL))
    assert (gap.kind, gap.value, gap.ahead) == (GapKind.RESIDENCE, 6, Lead.URBAN)
    assert "城镇比农村高6.00个百分点" in gap.sentence.zh


def districts(values: dict[str, dict[int, Any]], **more: Any) -> list[Observation]:
    return [o for code, years in values.items() for o in series(years, region=code, **more)]


def test_districts_are_apart_by_their_mean_deviation_with_the_best_and_worst_beside_it() -> None:
    gap = the_gap(plan(), districts({SHORE: {2024: 50}, HILL: {2024: 60}, BAY: {2024: 70}}))
    assert (gap.kind, gap.region, gap.places) == (GapKind.DISTRICT, CITY, 3)
    assert gap.value == Decimal("6.666667")
    assert (gap.first_place, gap.first, gap.second_place, gap.second) == (BAY, 70, SHORE, 50)
    lower = the_gap(plan(direction="lower"), districts({SHORE: {2024: 50}, HILL: {2024: 60}, BAY: {2024: 70}}))
    assert lower.first_place == SHORE


def test_the_spread_of_rates_is_the_hoover_index_weighted_by_denominators() -> None:
    known = [
        *series({2024: 10}, region=SHORE, numerator=Decimal(100), denominator=Decimal(10_000)),
        *series({2024: 20}, region=HILL, numerator=Decimal(200), denominator=Decimal(10_000)),
        *series({2024: 30}, region=BAY, numerator=Decimal(600), denominator=Decimal(20_000)),
    ]
    gap = the_gap(plan("per_1000", **RATE), known)
    # Mean 900 / 40,000 = 22.5 per 1,000; (12.5/4 + 2.5/4 + 7.5/2) / (2 · 22.5) of all events would have to move.
    assert gap.unit == "percent"
    assert float(gap.value) == pytest.approx(100 * (12.5 / 4 + 2.5 / 4 + 7.5 / 2) / 45)


def test_two_districts_or_too_few_of_those_that_report_make_no_gap() -> None:
    assert found(plan(), districts({SHORE: {2024: 50}, HILL: {2024: 60}})) == ()
    three = {SHORE: {2023: 50, 2024: 51}, HILL: {2023: 60, 2024: 61}, BAY: {2023: 70}}
    assert [year for year, _ in the_gap(plan(), districts(three)).years] == [2023]


def test_few_cases_are_shown_and_not_judged() -> None:
    women = series(dict.fromkeys(range(2018, 2026), 2), sex=Sex.FEMALE, numerator=Decimal(4), denominator=Decimal(2000))
    men = series(dict.fromkeys(range(2018, 2026), 4), sex=Sex.MALE, numerator=Decimal(80), denominator=Decimal(20000))
    gap = the_gap(plan("per_1000", direction="lower", **RATE), women + men)
    assert (gap.course, gap.probability, gap.forecast) == (Course.TOO_LITTLE, None, None)
    assert gap.flags == (Flag.SMALL_NUMBERS,)
    assert "事件数少" in gap.sentence.zh


def test_years_before_a_break_are_not_compared() -> None:
    women = series({y: w for y, (w, _) in CLOSING.items()}, sex=Sex.FEMALE)
    men = series({y: m for y, (_, m) in CLOSING.items()}, sex=Sex.MALE)
    broken = [Observation(o.series, o.year, o.value, status=Status.BREAK) if o.year == 2023 else o for o in women]
    gap = the_gap(plan(), broken + men)
    assert (gap.base_year, gap.course) == (None, Course.TOO_LITTLE)
    assert Flag.BREAK in gap.flags


def test_fewer_than_four_figures_give_no_forecast() -> None:
    gap = the_gap(plan(), sexes({2020: (50, 60), 2022: (51, 60), 2024: (52, 60)}))
    assert (gap.points, gap.probability, gap.course) == (3, None, Course.TOO_LITTLE)
    assert "可比年份不足" in gap.sentence.zh


@BRIEFLY
@given(HISTORIES, st.sampled_from(["percent", "yuan"]))
def test_exchanging_the_sexes_changes_who_leads_and_not_how_far(pairs: dict, unit: str) -> None:
    gap = the_gap(plan(unit), sexes(pairs))
    other = the_gap(plan(unit), sexes({y: (m, w) for y, (w, m) in pairs.items()}))
    assert float(gap.size) == pytest.approx(float(other.size), rel=1e-4, abs=1e-5)
    assert (gap.first, gap.second) == (other.second, other.first)
    assert {gap.ahead, other.ahead} in ({Lead.WOMEN, Lead.MEN}, {Lead.NOBODY})
    if unit == "percent":
        assert gap.value == -other.value
        assert gap.course == other.course


@BRIEFLY
@given(HISTORIES, st.sampled_from(["10", "0.01", "250"]))
def test_a_ratio_does_not_depend_on_the_unit(pairs: dict, factor: str) -> None:
    gap = the_gap(plan("yuan"), sexes(pairs))
    scaled = the_gap(
        plan("yuan"), sexes({y: (w * Decimal(factor), m * Decimal(factor)) for y, (w, m) in pairs.items()})
    )
    assert (gap.value, gap.course, gap.probability) == (scaled.value, scaled.course, scaled.probability)


@BRIEFLY
@given(HISTORIES, st.sampled_from(["percent", "yuan", "years"]))
def test_nothing_is_said_that_is_no_number(pairs: dict, unit: str) -> None:
    gap = the_gap(plan(unit), sexes(pairs))
    assert gap.probability is None or 0 <= gap.probability <= 1
    for ahead in gap.path:
        assert np.isfinite([ahead.median, ahead.low95, ahead.high95]).all()
        assert ahead.low95 <= ahead.low80 <= ahead.median <= ahead.high80 <= ahead.high95
    assert "nan" not in gap.sentence.en.lower()


@BRIEFLY
@given(HISTORIES)
def test_equal_figures_have_no_gap_and_nobody_leads(pairs: dict) -> None:
    gap = the_gap(plan(), sexes({y: (w, w) for y, (w, _) in pairs.items()}))
    assert (gap.size, gap.ahead, gap.higher) == (0, Lead.NOBODY, Side.NEITHER)


@BRIEFLY
@given(HISTORIES, st.permutations([SHORE, HILL, BAY]))
def test_the_order_of_districts_does_not_matter(pairs: dict, order: list[str]) -> None:
    values = {SHORE: {y: w for y, (w, _) in pairs.items()}, HILL: {y: m for y, (_, m) in pairs.items()}}
    values[BAY] = {y: (w + m) / 2 for y, (w, m) in pairs.items()}
    assert found(plan(), districts(values)) == found(plan(), districts({code: values[code] for code in order}))


def test_the_exact_distribution_of_kendall_is_that_of_all_orders() -> None:
    every = [abs(kendall(np.array(order, dtype=float))) for order in permutations(range(6))]
    for values in ([0, 1, 2, 3, 4, 5], [1, 0, 2, 3, 5, 4], [3, 1, 4, 0, 5, 2]):
        far = abs(kendall(np.array(values, dtype=float)))
        assert two_sided(np.array(values, dtype=float)) == pytest.approx(np.mean([s >= far for s in every]))


@pytest.mark.parametrize("years", [5, 6, 10])
@pytest.mark.parametrize("wandering", [False, True], ids=["scatter", "wandering"])
def test_chance_alone_is_seldom_called_closing_or_widening(years: int, wandering: bool) -> None:
    draws = np.random.default_rng(7).normal(size=(1000, years))
    sizes = 50 + (draws.cumsum(axis=1) if wandering else draws)
    called = [course(dict(enumerate(row.tolist()))) is not Course.STEADY for row in sizes]
    assert np.mean(called) <= 0.11


def test_a_steady_course_of_five_years_is_seen_and_of_four_is_not() -> None:
    assert course({y: 10.0 - y for y in range(5)}) is Course.CLOSING
    assert course({y: 10.0 + y for y in range(5)}) is Course.WIDENING
    assert course({y: 10.0 - y for y in range(4)}) is Course.TOO_LITTLE
    assert course(dict.fromkeys(range(6), 3.0)) is Course.STEADY
