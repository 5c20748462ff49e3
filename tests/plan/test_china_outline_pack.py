"""The second pack: the national outline of 2011–2020 with the figures that were really published."""

from __future__ import annotations

import csv
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from halfsky.plan import Binds, Kind, Plan, Sex, check_pack

PACK = Path(__file__).parents[2] / "plans" / "china-women-outline-2011-2020"

# clause, indicator, kind, value by 2020
TARGETS = [
    ("G1.1", "life_expectancy", Kind.RISE, None),
    ("G1.2", "maternal_mortality", Kind.AT_MOST, "20"),
    ("G1.2", "maternal_mortality_gap", Kind.FALL, None),
    ("G1.3", "common_disease_screening", Kind.AT_LEAST, "80"),
    ("G1.8", "women_exercising", Kind.RISE, None),
    ("M1.3", "maternal_care_management", Kind.AT_LEAST, "85"),
    ("M1.3", "hospital_delivery", Kind.AT_LEAST, "98"),
    ("G2.5", "tertiary_gross_enrolment", Kind.AT_LEAST, "40"),
    ("G3.2", "women_in_employment", Kind.AT_LEAST, "40"),
    ("G4.1", "npc_women_deputies", Kind.RISE, None),
    ("G4.1", "cppcc_women_members", Kind.RISE, None),
    ("G4.5", "women_employee_directors", Kind.RISE, None),
    ("G4.7", "women_on_village_committees", Kind.AT_LEAST, "30"),
    ("G4.7", "women_village_heads", Kind.AT_LEAST, "10"),
    ("G4.8", "women_on_neighbourhood_committees", Kind.NEAR, "50"),
]


@pytest.fixture(scope="module")
def plan() -> Plan:
    made, faults = check_pack(PACK)
    assert [f"{fault.place()} {fault.message.en}" for fault in faults] == []
    assert made is not None
    return made


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with (PACK / "figures.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def row(
    rows: list[dict[str, str]], indicator: str, year: int, residence: str = "_T", sex: str = "_T"
) -> dict[str, str]:
    wanted = (indicator, str(year), residence, sex)
    (found,) = (r for r in rows if (r["INDICATOR"], r["TIME_PERIOD"], r["URBANISATION"], r["SEX"]) == wanted)
    return found


def test_it_is_the_nations_plan_and_says_what_it_leaves_out(plan: Plan) -> None:
    assert (plan.level, plan.region, plan.start, plan.end, plan.base_year) == ("nation", "156", 2011, 2020, 2010)
    assert plan.partial is not None


def test_all_goals_of_the_seven_fields_are_there_in_order(plan: Plan) -> None:
    assert [(field.number, len(field.goals)) for field in plan.fields] == [
        (1, 8), (2, 10), (3, 8), (4, 8), (5, 6), (6, 10), (7, 7),
    ]  # fmt: skip
    assert [len(field.measures) for field in plan.fields] == [10, 0, 0, 0, 0, 0, 0]


def test_the_targets_are_those_that_published_figures_can_be_held_against(plan: Plan) -> None:
    held = [
        (t.clause, t.indicator, t.kind, None if t.final.value is None else str(t.final.value)) for t in plan.targets
    ]
    assert sorted(held, key=str) == sorted(TARGETS, key=str)
    assert {(t.final.year, t.binds) for t in plan.targets} == {(2020, Binds.REGION)}


def test_about_half_is_what_the_monitoring_reports_called_reached(plan: Plan) -> None:
    target = plan.target["G4.8a"]
    assert target.tolerance is not None
    low, high = (Decimal(50) - target.tolerance.value, Decimal(50) + target.tolerance.value)
    assert low <= Decimal("49.2") < Decimal("50.4") <= high


def test_life_expectancy_is_judged_for_women_and_40_percent_of_the_employed_are_kept(plan: Plan) -> None:
    assert plan.target["G1.1a"].cut.sex is Sex.FEMALE
    assert plan.target["G3.2a"].hold


def test_the_gap_in_maternal_mortality_is_computed_and_never_sent_in(plan: Plan, rows: list[dict[str, str]]) -> None:
    derive = plan.indicator["maternal_mortality_gap"].derive
    assert derive is not None
    assert (derive.of.residence, derive.against.residence) == ("R", "U")
    assert "maternal_mortality_gap" not in {r["INDICATOR"] for r in rows}


def test_each_of_the_97_figures_is_of_a_defined_indicator_in_its_unit(plan: Plan, rows: list[dict[str, str]]) -> None:
    assert len(rows) == 97
    for r in rows:
        assert r["UNIT_MEASURE"] == plan.indicator[r["INDICATOR"]].unit
        assert r["REF_AREA"] == plan.region


def test_no_figure_stands_twice(rows: list[dict[str, str]]) -> None:
    keys = Counter((r["INDICATOR"], r["TIME_PERIOD"], r["SEX"], r["AGE"], r["URBANISATION"]) for r in rows)
    assert max(keys.values()) == 1


def test_every_figure_says_where_it_was_printed_and_how_a_derived_one_follows(rows: list[dict[str, str]]) -> None:
    assert Counter(r["NATURE"] for r in rows) == {"printed": 69, "derived": 28}
    assert all(r["SOURCE"] for r in rows)
    assert all(r["COMMENT"] for r in rows if r["NATURE"] == "derived")


def test_figures_stand_as_they_were_printed(rows: list[dict[str, str]]) -> None:
    assert row(rows, "maternal_mortality", 2010)["OBS_VALUE"] == "30.0"
    assert row(rows, "maternal_mortality", 2016)["OBS_VALUE"] == "19.9"
    assert row(rows, "maternal_mortality", 2020, "R")["OBS_VALUE"] == "18.5"
    assert row(rows, "life_expectancy", 2020, sex="F")["OBS_VALUE"] == "80.88"
    assert row(rows, "women_on_village_committees", 2020)["OBS_VALUE"] == "24.2"


def test_only_the_year_after_the_break_is_marked_as_one(rows: list[dict[str, str]]) -> None:
    marked = {(r["INDICATOR"], r["TIME_PERIOD"]): r["OBS_STATUS"] for r in rows if r["OBS_STATUS"] != "A"}
    assert marked == {("maternal_care_management", "2017"): "B"}


def test_only_an_indicator_collected_by_sex_is_cut_by_sex(plan: Plan, rows: list[dict[str, str]]) -> None:
    cut = {r["INDICATOR"] for r in rows if r["SEX"] != "_T"}
    assert cut == {i.id for i in plan.indicators if "sex" in i.disaggregation} == {"life_expectancy"}


def test_what_figures_of_the_goals_are_no_targets_is_listed_with_the_reason(plan: Plan) -> None:
    assert {item.clause for item in plan.not_targets} == {
        "G2.2", "G2.3", "G2.4", "G2.8", "G2.9", "G3.5", "G4.2", "G5.6", "G6.7", "G6.8",
    }  # fmt: skip
    assert not {item.clause for item in plan.not_targets} & {target.clause for target in plan.targets}
