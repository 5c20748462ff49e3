"""The demonstration as it is judged: a believable picture of a plan in its middle, in which everything occurs."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from halfsky.assess import Flag, Standing, Verdict, assess
from halfsky.observations import Figures, SeriesKey
from halfsky.observations.demonstration import demonstration_figures
from halfsky.plan import Kind, Plan, load_plan
from halfsky.plan.model import VALUED_KINDS

DALIAN = Path(__file__).parents[2] / "plans" / "dalian-2021-2030"
CITY = "210200"


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_plan(DALIAN)


@pytest.fixture(scope="module")
def figures(plan: Plan) -> Figures:
    return demonstration_figures(plan)


@pytest.fixture(scope="module")
def verdicts(plan: Plan, figures: Figures) -> tuple[Verdict, ...]:
    return assess(plan, figures, as_of=2025)


def shares(verdicts: list[Verdict]) -> dict[Standing, float]:
    return {status: count / len(verdicts) for status, count in Counter(v.status for v in verdicts).items()}


def test_every_status_and_every_flag_occurs(verdicts: tuple[Verdict, ...]) -> None:
    assert {v.status for v in verdicts} == set(Standing)
    assert {flag for v in verdicts for flag in v.flags} == set(Flag) - {Flag.CLUSTER}  # its deaths fall by chance


def test_of_the_citys_promises_of_a_value_about_half_are_met_and_the_rest_is_of_every_sort(
    verdicts: tuple[Verdict, ...],
) -> None:
    found = shares([v for v in verdicts if v.region == CITY and v.kind in VALUED_KINDS])
    assert 0.35 < found[Standing.MET] < 0.55
    assert 0.10 < found[Standing.ON_TRACK] < 0.30
    assert 0.08 < found[Standing.UNCERTAIN] < 0.30
    assert 0.05 < found[Standing.AT_RISK] < 0.20
    assert 0 < found[Standing.MISSED] < 0.05


def test_most_promises_of_a_direction_hold_and_some_do_not(verdicts: tuple[Verdict, ...]) -> None:
    found = shares([v for v in verdicts if v.region == CITY and v.kind in {Kind.RISE, Kind.FALL}])
    assert 0.7 < found[Standing.MET] < 0.95


@pytest.mark.parametrize("seed", [7, 11])
def test_the_picture_does_not_hang_on_the_seed(plan: Plan, seed: int) -> None:
    made = assess(plan, demonstration_figures(plan, seed=seed), as_of=2025)
    found = shares([v for v in made if v.region == CITY and v.kind in VALUED_KINDS])
    assert 0.3 < found[Standing.MET] < 0.65
    assert found.get(Standing.ON_TRACK, 0) + found.get(Standing.UNCERTAIN, 0) + found.get(Standing.AT_RISK, 0) > 0.25


def test_the_citys_own_assemblies_pass_through_what_is_printed(figures: Figures) -> None:
    for indicator, printed in (("congress_deputies_women", "30.09"), ("cppcc_members_women", "28.82")):
        figure = figures.get(SeriesKey(indicator, CITY), 2020)
        assert figure is not None
        assert figure.denominator is not None
        assert figure.value == Decimal(printed)
        assert 400 < figure.denominator < 700


def test_a_leadership_of_about_ten_has_a_few_women(figures: Figures) -> None:
    for indicator in ("party_leadership_women_share", "government_leadership_women_share"):
        for figure in figures:
            if figure.series.indicator == indicator and figure.numerator is not None:
                assert figure.denominator is not None
                assert 8 <= figure.denominator <= 13
                assert figure.numerator <= 5


@pytest.mark.parametrize(
    ("indicator", "low", "high"),
    [
        ("social_security_spending", 2_000, 9_000),
        ("pension_benefit", 100, 500),
        ("retiree_pension", 1_500, 5_000),
        ("elder_allowance_standard", 100, 500),
        ("household_income", 25_000, 70_000),
        ("subsistence_standard_growth", 0, 12),
        ("urban_unemployment", 3, 8),
        ("life_expectancy", 76, 88),
    ],
)
def test_levels_are_of_the_usual_order(figures: Figures, indicator: str, low: int, high: int) -> None:
    values = [o.value for o in figures if o.series.indicator == indicator and o.value is not None]
    assert values
    assert low <= min(values)
    assert max(values) <= high
