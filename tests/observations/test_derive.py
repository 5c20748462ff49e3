"""Derived indicators: a difference or ratio of two others of the same place and year."""

from __future__ import annotations

from decimal import Decimal

import pytest

from halfsky.observations import Confidentiality, Figures, Nature, SeriesKey, Status
from halfsky.observations.derive import with_derived
from halfsky.plan import Sex
from tests.observations.sample import CITY, CORE, INDICATORS, figure, indicator, sample_plan

OPERANDS = {"of": {"indicator": "income", "sex": "F"}, "against": {"indicator": "income", "sex": "M"}}
PLAN = sample_plan(
    indicators=[
        *INDICATORS,
        indicator("income_ratio", "ratio", derive={"op": "ratio", **OPERANDS}),
        indicator("income_distance", "yuan", "lower", derive={"op": "difference", "absolute": True, **OPERANDS}),
    ]
)


def incomes(women: str | None = "40000", men: str | None = "50000", *, year: int = 2022, region: str = CITY, **of_men):
    made = []
    if women is not None:
        made.append(figure("income", region, year, women, sex=Sex.FEMALE, source="年鉴"))
    if men is not None:
        made.append(figure("income", region, year, men, sex=Sex.MALE, **of_men))
    return made


def derived(name: str, *figures, year: int = 2022, region: str = CITY):
    return with_derived(PLAN, Figures(figures)).get(SeriesKey(name, region), year)


def test_a_difference_is_exact_and_signed_unless_its_size_is_asked_for() -> None:
    assert derived("income_gap", *incomes()).value == Decimal(10_000)  # men less women
    assert derived("income_distance", *incomes()).value == Decimal(10_000)  # women less men, without its sign


def test_a_ratio() -> None:
    assert derived("income_ratio", *incomes()).value == Decimal("0.8")


def test_a_slip_of_the_pen_leaves_the_other_figures_judged() -> None:
    value = derived("income_ratio", *incomes("999999999999999", "0.00000001")).value
    assert value == Decimal("999999999999999E8")


def test_a_ratio_to_nothing_does_not_exist() -> None:
    assert derived("income_ratio", *incomes(men="0")) is None
    assert derived("income_gap", *incomes(men="0")).value == Decimal(-40_000)


@pytest.mark.parametrize(("women", "men"), [(None, "50000"), ("40000", None)])
def test_absent_if_either_is_absent(women: str | None, men: str | None) -> None:
    assert derived("income_gap", *incomes(women, men)) is None


@pytest.mark.parametrize("status", [Status.NOT_COLLECTED, Status.SUPPRESSED])
def test_absent_if_either_has_no_value(status: Status) -> None:
    blank = figure("income", CITY, 2022, None, sex=Sex.MALE, status=status)
    assert derived("income_gap", *incomes(men=None), blank) is None


def test_operands_of_other_years_or_places_are_not_taken() -> None:
    figures = [*incomes(men=None), *incomes(women=None, year=2021), *incomes(women=None, region=CORE)]
    assert derived("income_gap", *figures) is None


def test_demonstration_data_if_either_is() -> None:
    assert derived("income_gap", *incomes()).nature is Nature.DERIVED
    assert derived("income_gap", *incomes(nature=Nature.DEMO)).nature is Nature.DEMO


def test_a_break_in_either_breaks_it() -> None:
    assert derived("income_gap", *incomes(status=Status.BREAK)).status is Status.BREAK


@pytest.mark.parametrize("status", [Status.PROVISIONAL, Status.ESTIMATED, Status.LOW_RELIABILITY])
def test_it_is_no_more_reliable_than_its_operands(status: Status) -> None:
    assert derived("income_gap", *incomes(status=status)).status is status


def test_what_either_keeps_from_the_public_it_keeps() -> None:
    kept = derived("income_gap", *incomes(confidentiality=Confidentiality.CONFIDENTIAL))
    assert kept.confidentiality is Confidentiality.CONFIDENTIAL


def test_it_cites_the_sources_of_both() -> None:
    assert derived("income_gap", *incomes(source="调查")).source == "调查；年鉴"


def test_every_figure_is_still_there_and_a_printed_one_is_kept() -> None:
    figures = [*incomes(), figure("income_gap", CITY, 2022, "9000")]
    found = with_derived(PLAN, Figures(figures))
    assert {o.key for o in figures} <= {o.key for o in found}
    assert found.value(SeriesKey("income_gap", CITY), 2022) == Decimal(9000)
