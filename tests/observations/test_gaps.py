"""Which figures are expected, and which of them are missing."""

from __future__ import annotations

import pytest

from halfsky.observations import Figures, Gap, Observation, Status, gaps
from halfsky.observations.gaps import Why
from halfsky.plan import Plan
from tests.observations.sample import CITY, CORE, ISLE, SHORE, TOWN, figure, sample_plan


@pytest.fixture(scope="module")
def plan() -> Plan:
    return sample_plan()


def of(plan: Plan, indicator: str, *figures: Observation, years: tuple[int, ...] = (2022,), **more: bool) -> list[Gap]:
    return [g for g in gaps(plan, Figures(figures), years, **more) if g.series.indicator == indicator]


def test_every_place_of_the_levels_the_pack_names_is_expected(plan: Plan) -> None:
    assert [g.series.region for g in of(plan, "screening")] == [CITY, CORE, SHORE, TOWN, ISLE]
    assert [g.series.region for g in of(plan, "enrolment")] == [CITY]
    assert [g.series.region for g in of(plan, "violence")] == [CORE, SHORE, TOWN, ISLE]
    assert of(plan, "income_gap") == []


def test_a_figure_fills_its_gap_and_a_zero_does_too(plan: Plan) -> None:
    filled = [figure("screening", place, value="0") for place in (CITY, CORE, SHORE, TOWN)]
    assert [(g.series.region, g.why) for g in of(plan, "screening", *filled)] == [(ISLE, Why.ABSENT)]


def test_not_collected_is_a_gap_that_says_so_and_not_applicable_is_none(plan: Plan) -> None:
    said = [
        figure("enrolment", CITY, 2021, status=Status.NOT_COLLECTED),
        figure("enrolment", CITY, 2022, status=Status.NOT_APPLICABLE),
        figure("enrolment", CITY, 2023, status=Status.SUPPRESSED),
    ]
    found = of(plan, "enrolment", *said, years=(2020, 2021, 2022, 2023))
    assert [(g.year, g.why) for g in found] == [(2020, Why.ABSENT), (2021, Why.NOT_COLLECTED)]


def test_what_is_measured_every_few_years_is_due_once_in_them(plan: Plan) -> None:
    measured = [figure("obesity", place, 2020, value="30") for place in (CITY, CORE, SHORE, TOWN, ISLE)]
    years = {g.year for g in of(plan, "obesity", *measured, years=tuple(range(2019, 2025)))}
    assert years == {2019, 2023, 2024}


def test_sexes_and_residences_are_expected_when_asked_for(plan: Plan) -> None:
    city = [g.series for g in of(plan, "obesity", disaggregated=True) if g.series.region == CITY]
    assert [(s.sex.value, s.residence.value) for s in city] == [
        ("_T", "_T"), ("F", "_T"), ("M", "_T"), ("_T", "U"), ("_T", "R"),
    ]  # fmt: skip
