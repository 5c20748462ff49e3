"""Demonstration data: exact where it must be, the same each time, and marked."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest

from halfsky.observations import Figures, Nature, SeriesKey, Status, read_csv, write_csv
from halfsky.observations.demonstration import demonstration_figures
from halfsky.observations.quotient import agrees
from halfsky.plan import Indicator, Plan, Residence, Sex, Slice
from tests.observations.sample import CITY, CORE, INDICATORS, ISLE, SHORE, TOWN, baseline, indicator, sample_plan

PLACES = (CORE, SHORE, TOWN, ISLE)
SUMMED = ("screening", "maternal_mortality", "obesity", "income", "toilets")


@pytest.fixture(scope="module")
def plan() -> Plan:
    return sample_plan()


@pytest.fixture(scope="module")
def figures(plan: Plan) -> Figures:
    return demonstration_figures(plan)


def numbers(figures: Figures, key: SeriesKey, year: int) -> tuple[Decimal, Decimal]:
    figure = figures.get(key, year)
    if figure is None or figure.status is Status.NOT_APPLICABLE:
        return Decimal(0), Decimal(0)
    assert figure.numerator is not None
    assert figure.denominator is not None
    return figure.numerator, figure.denominator


def complete_years(figures: Figures, indicator_id: str, regions: tuple[str, ...], cut: Slice) -> list[int]:
    """Years in which every region has a row, and none of them says that it was not collected."""
    series = [figures.series(SeriesKey.of(indicator_id, region, cut)) for region in regions]
    return [
        year
        for year in series[0]
        if all(year in s and s[year].status is not Status.NOT_COLLECTED for s in series)
    ]  # fmt: skip


def test_the_same_bytes_every_time(plan: Plan, figures: Figures) -> None:
    assert write_csv(figures, plan=plan) == write_csv(demonstration_figures(plan), plan=plan)


def test_another_seed_gives_other_figures(plan: Plan, figures: Figures) -> None:
    assert list(demonstration_figures(plan, seed=7)) != list(figures)


def test_a_new_indicator_changes_no_other(figures: Figures) -> None:
    added = indicator("new_one", "percent", "higher", "人口", disaggregation=["sex"])
    more = demonstration_figures(sample_plan(indicators=[added, *INDICATORS]))
    assert [o for o in more if o.series.indicator != "new_one"] == list(figures)


def test_every_figure_is_marked_as_demonstration(figures: Figures) -> None:
    assert {(o.nature, o.source) for o in figures} == {(Nature.DEMO, "演示数据 demonstration data (generated)")}


def test_what_is_generated_passes_the_same_checks_as_a_file_of_figures(plan: Plan, figures: Figures) -> None:
    reading = read_csv(write_csv(figures, plan=plan), plan=plan, file="demo.csv")
    assert reading.faults == ()
    assert list(reading.observations) == list(figures)


def test_every_collected_indicator_has_figures_and_no_derived_one(plan: Plan, figures: Figures) -> None:
    assert {o.series.indicator for o in figures} == {i.id for i in plan.indicators if i.derive is None}


@pytest.mark.parametrize("indicator_id", SUMMED)
def test_the_city_is_its_places_summed(plan: Plan, figures: Figures, indicator_id: str) -> None:
    years = complete_years(figures, indicator_id, (CITY, *PLACES), Slice())
    assert years
    for year in years:
        city = numbers(figures, SeriesKey(indicator_id, CITY), year)
        parts = [numbers(figures, SeriesKey(indicator_id, place), year) for place in PLACES]
        assert city == (sum(n for n, _ in parts), sum(d for _, d in parts))


def test_amounts_of_the_places_sum_to_the_city(figures: Figures) -> None:
    for indicator_id in ("workers", "insured", "centres"):
        for year in complete_years(figures, indicator_id, (CITY, *PLACES), Slice()):
            parts = [figures.value(SeriesKey(indicator_id, place), year) or 0 for place in PLACES]
            assert figures.value(SeriesKey(indicator_id, CITY), year) == sum(parts)


def test_a_body_of_each_levels_own_has_a_size_of_its_own(figures: Figures) -> None:
    deputies = {place: numbers(figures, SeriesKey("deputies", place), 2020)[1] for place in (CITY, *PLACES)}
    assert 400 <= deputies[CITY] <= 620
    assert all(150 <= deputies[place] <= 320 for place in PLACES)
    seats = {o.denominator for o in figures if o.series.indicator == "leaders" and o.denominator is not None}
    assert seats <= {8, 9, 10, 11, 12, 13}


def test_the_women_of_a_leadership_are_those_whom_its_share_counts(figures: Figures) -> None:
    compared = 0
    for place in (CITY, *PLACES):
        share = figures.series(SeriesKey("leaders", place))
        for year, figure in figures.series(SeriesKey("women_leaders", place)).items():
            if year in share and figure.value is not None and share[year].numerator is not None:
                assert figure.value == share[year].numerator
                compared += 1
    assert compared > 40


@pytest.mark.parametrize(
    ("indicator_id", "cuts"),
    [
        ("obesity", (Slice(sex=Sex.FEMALE), Slice(sex=Sex.MALE))),
        ("obesity", (Slice(residence=Residence.URBAN), Slice(residence=Residence.RURAL))),
        ("income", (Slice(sex=Sex.FEMALE), Slice(sex=Sex.MALE))),
        ("maternal_mortality", (Slice(residence=Residence.URBAN), Slice(residence=Residence.RURAL))),
    ],
)
def test_the_parts_of_a_place_sum_to_all(figures: Figures, indicator_id: str, cuts: tuple[Slice, Slice]) -> None:
    for place in (CITY, *PLACES):
        for year in complete_years(figures, indicator_id, (place,), Slice()):
            whole = numbers(figures, SeriesKey(indicator_id, place), year)
            parts = [numbers(figures, SeriesKey.of(indicator_id, place, cut), year) for cut in cuts]
            assert whole == (sum(n for n, _ in parts), sum(d for _, d in parts))


def test_each_rate_is_its_quotient(plan: Plan, figures: Figures) -> None:
    checked = 0
    for o in figures:
        known: Indicator = plan.indicator[o.series.indicator]
        if o.value is not None and o.numerator is not None and o.denominator is not None:
            assert agrees(known, o.value, o.numerator, o.denominator)
            checked += 1
    assert checked > 500


def test_printed_baselines_are_met_exactly(figures: Figures) -> None:
    assert figures.value(SeriesKey("maternal_mortality", CITY), 2020) == Decimal("7.16")
    assert figures.value(SeriesKey("deputies", CITY), 2020) == Decimal("30.09")
    assert figures.value(SeriesKey("life_expectancy", CITY, Sex.FEMALE), 2020) == Decimal("84.04")


def test_a_baseline_of_women_and_one_of_all_are_both_met_exactly() -> None:
    plan = sample_plan(baselines=[baseline("obesity", "31.2"), baseline("obesity", "28.75", cut={"sex": "F"})])
    figures = demonstration_figures(plan)
    assert figures.value(SeriesKey("obesity", CITY), 2020) == Decimal("31.2")
    assert figures.value(SeriesKey("obesity", CITY, Sex.FEMALE), 2020) == Decimal("28.75")
    women, men = (numbers(figures, SeriesKey("obesity", CITY, sex), 2020) for sex in (Sex.FEMALE, Sex.MALE))
    assert numbers(figures, SeriesKey("obesity", CITY), 2020) == (women[0] + men[0], women[1] + men[1])


def test_an_urban_core_has_no_rural_figures_and_says_so(figures: Figures) -> None:
    for indicator_id in ("maternal_mortality", "obesity", "workers"):
        rural = figures.series(SeriesKey(indicator_id, CORE, residence=Residence.RURAL))
        assert {o.status for o in rural.values()} <= {Status.NOT_APPLICABLE, Status.NOT_COLLECTED}
        assert all(o.value is None for o in rural.values())


def test_a_small_county_has_few_births(figures: Figures) -> None:
    births = [o.denominator for o in figures.series(SeriesKey("maternal_mortality", ISLE)).values() if o.denominator]
    assert births
    assert max(births) < 1000


def test_the_cut_that_a_promise_judges_has_figures(figures: Figures) -> None:
    assert figures.series(SeriesKey("obesity", SHORE, Sex.FEMALE, "Y35T45"))


def test_measured_rarely_means_few_years(figures: Figures) -> None:
    assert set(figures.series(SeriesKey("obesity", CITY))) <= {2017, 2020, 2023}
    assert set(figures.series(SeriesKey("satisfaction", CITY))) <= {2016, 2018, 2020, 2022, 2024}


def test_a_body_elected_for_a_term_keeps_its_figure_throughout(figures: Figures) -> None:
    series = figures.series(SeriesKey("deputies", CITY))
    assert len({series[year].value for year in range(2017, 2022) if year in series}) == 1


def test_zones_and_levels_that_are_not_collected_have_none(figures: Figures) -> None:
    assert {o.series.region for o in figures} == {CITY, *PLACES}
    assert {o.series.region for o in figures if o.series.indicator == "enrolment"} == {CITY}
    assert CITY not in {o.series.region for o in figures if o.series.indicator == "violence"}


def test_a_plan_of_one_place_has_figures_too() -> None:
    plan = sample_plan(regions=[{"code": CITY, "name": {"zh": "全国", "en": "Nation"}, "level": "nation"}])
    figures = demonstration_figures(plan)
    assert figures.value(SeriesKey("maternal_mortality", CITY), 2020) == Decimal("7.16")


def test_a_whole_city_takes_seconds() -> None:
    many = [
        indicator(f"rate_{n}", "percent", "higher", "人口", disaggregation=["sex", "residence"]) for n in range(150)
    ]
    districts = [
        {"code": f"9902{n:02}", "name": {"zh": f"第{n}区", "en": f"District {n}"}, "level": "district", "parent": CITY}
        for n in range(2, 12)
    ]
    city = {"code": CITY, "name": {"zh": "市", "en": "City"}, "level": "city"}
    plan = sample_plan(indicators=many, targets=[], baselines=[], regions=[city, *districts])
    started = time.process_time()
    made = demonstration_figures(plan)
    assert len(made) > 60_000
    assert time.process_time() - started < 15  # about 2 s on an idle core; generous where cores are shared
