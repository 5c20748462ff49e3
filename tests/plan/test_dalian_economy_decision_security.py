"""The promises of Dalian's plan on the economy, decision-making and social security, as its text states them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from halfsky.plan import Binds, Kind, Plan, Sex, Slice, Target, check_pack

PACK = Path(__file__).parents[2] / "plans" / "dalian-2021-2030"
FIELDS = (3, 4, 5)
BOTH = Binds.REGION_AND_EVERY_DISTRICT
REGION, BODY, COUNTY = Binds.REGION, Binds.EVERY_BODY, Binds.EVERY_COUNTY
WOMEN = Slice(sex=Sex.FEMALE)

# clause, indicator, kind, value by 2030, whom it binds
VALUED = [
    ("G3.2", "employed_women", Kind.NEAR, "45", REGION),
    ("G3.3", "urban_units_women", Kind.NEAR, "40", REGION),
    ("G3.4", "senior_professionals_women", Kind.NEAR, "45", REGION),
    ("M3.11", "land_rights_women", Kind.EXISTS, "100", REGION),
    ("M3.11", "homestead_rights_women", Kind.EXISTS, "100", REGION),
    ("G4.4", "party_leadership_women", Kind.AT_LEAST, "1", BOTH),
    ("G4.4", "government_leadership_women", Kind.AT_LEAST, "1", BOTH),
    ("G4.5", "district_heads_women", Kind.AT_LEAST, "1", REGION),
    ("G4.6", "departments_with_women", Kind.AT_LEAST, "50", BOTH),
    ("G4.7", "reserve_cadres_women", Kind.AT_LEAST, "20", BOTH),
    ("G4.10", "village_committee_women", Kind.AT_LEAST, "35", REGION),
    ("G4.11", "residents_committee_women", Kind.NEAR, "70", REGION),
    ("G4.11", "residents_heads_women", Kind.AT_LEAST, "50", REGION),
    ("M4.2", "womens_councils", Kind.EXISTS, "100", REGION),
    ("M4.8", "committees_with_women", Kind.EXISTS, "100", BODY),
    ("G5.3", "medical_insurance", Kind.AT_LEAST, "95", REGION),
    ("G5.8", "new_estate_elder_facilities", Kind.AT_LEAST, "100", REGION),
    ("G5.8", "rural_elder_facilities", Kind.AT_LEAST, "80", REGION),
    ("M5.9", "nursing_homes_county", Kind.EXISTS, "1", COUNTY),
    ("M5.9", "nursing_beds", Kind.AT_LEAST, "55", REGION),
    ("M5.9", "social_workers_elders", Kind.AT_LEAST, "1", REGION),
    ("M5.9", "social_workers_beds", Kind.AT_LEAST, "1", REGION),
]

# clause, indicator, direction, whom it binds
DIRECTIONS = [
    ("G3.3", "nonfarm_employment", Kind.RISE, REGION),
    ("G3.3", "nonfarm_sex_gap", Kind.FALL, REGION),
    ("G3.6", "occupational_disease_women", Kind.FALL, REGION),
    ("M3.5", "hightech_workers_women", Kind.RISE, REGION),
    ("M3.5", "emerging_industry_women", Kind.RISE, REGION),
    ("M3.5", "modern_services_women", Kind.RISE, REGION),
    ("G4.3", "congress_deputies_women", Kind.RISE, BOTH),
    ("G4.3", "congress_standing_women", Kind.RISE, BOTH),
    ("G4.3", "cppcc_members_women", Kind.RISE, BOTH),
    ("G4.3", "cppcc_standing_women", Kind.RISE, BOTH),
    ("G4.4", "government_leadership_women_share", Kind.RISE, BOTH),
    ("G4.9", "board_directors_women", Kind.RISE, REGION),
    ("G4.9", "board_supervisors_women", Kind.RISE, REGION),
    ("G4.9", "enterprise_managers_women", Kind.RISE, REGION),
    ("G4.10", "village_heads_women", Kind.RISE, REGION),
    ("M4.1", "department_leadership_women", Kind.RISE, BOTH),
    ("G5.2", "maternity_insurance", Kind.RISE, REGION),
    ("G5.5", "unemployment_insured", Kind.RISE, REGION),
    ("M5.4", "enterprise_annuity", Kind.RISE, REGION),
    ("M5.6", "work_injuries", Kind.FALL, REGION),
    ("M5.6", "injury_rehabilitation", Kind.RISE, REGION),
    ("M5.6", "injury_benefits_in_time", Kind.RISE, REGION),
    ("G5.5", "injury_insured", Kind.RISE, REGION),
    ("M5.1", "social_insurance_sex_gap", Kind.FALL, REGION),
    ("M5.1", "medical_insurance_sex_gap", Kind.FALL, REGION),
]


@pytest.fixture(scope="module")
def plan() -> Plan:
    made, faults = check_pack(PACK)
    assert made is not None, [f"{fault.place()} {fault.message.en}" for fault in faults]
    return made


def promises(plan: Plan, clause: str, indicator: str) -> list[Target]:
    return [target for target in plan.targets_of(clause) if target.indicator == indicator]


def only(plan: Plan, clause: str, indicator: str) -> Target:
    (target,) = promises(plan, clause, indicator)
    return target


def clauses_of(plan: Plan, *numbers: int) -> set[str]:
    return {
        clause for clause in plan.clauses if (field := plan.field_of(clause)) is not None and field.number in numbers
    }


@pytest.mark.parametrize(("clause", "indicator", "kind", "value", "binds"), VALUED)
def test_a_promised_figure_is_held_by_2030(
    plan: Plan, clause: str, indicator: str, kind: Kind, value: str, binds: Binds
) -> None:
    target = only(plan, clause, indicator)
    held = (target.kind, target.final.value, target.final.year, target.binds)
    assert held == (kind, Decimal(value), 2030, binds)
    assert target.words


@pytest.mark.parametrize(("clause", "indicator", "kind", "binds"), DIRECTIONS)
def test_a_promised_direction_is_counted_from_2020(
    plan: Plan, clause: str, indicator: str, kind: Kind, binds: Binds
) -> None:
    target = only(plan, clause, indicator)
    assert (target.kind, target.final.base_year, target.binds) == (kind, 2020, binds)
    assert target.final.value is None


@pytest.mark.parametrize(
    ("number", "goals", "measures"), [(3, 10, 14), (4, 12, 10), (5, 9, 11)]
)  # counted in the official text
def test_every_clause_is_there_and_answered_for_at_both_levels(
    plan: Plan, number: int, goals: int, measures: int
) -> None:
    field = next(field for field in plan.fields if field.number == number)
    clauses = clauses_of(plan, number)
    assert (len(field.goals), len(field.measures)) == (goals, measures)
    for level in ("city", "district"):
        assert clauses <= {a.clause for a in plan.assignments if a.level == level and a.lead}


@pytest.mark.parametrize(
    ("clause", "indicator", "reference", "kind"),
    [
        ("G4.2", "party_congress_women", "party_members_women", Kind.NOT_BELOW),
        ("M4.3", "party_congress_women", "party_members_women", Kind.NOT_BELOW),
        ("G4.9", "workers_congress_women", "employees_women", Kind.MATCH),
        ("M4.6", "institution_congress_women", "institution_employees_women", Kind.MATCH),
        ("M4.7", "enterprise_congress_women", "enterprise_employees_women", Kind.MATCH),
    ],
)
def test_a_share_is_compared_with_the_body_it_stands_for(
    plan: Plan, clause: str, indicator: str, reference: str, kind: Kind
) -> None:
    target = only(plan, clause, indicator)
    assert (target.kind, target.reference) == (kind, reference)


def test_pension_coverage_is_promised_at_95_and_all_is_only_striven_for(plan: Plan) -> None:
    promised, striven = promises(plan, "G5.4", "pension_insurance")
    assert (promised.final.value, promised.aspiration) == (Decimal(95), False)
    assert (striven.final.value, striven.aspiration) == (Decimal(100), True)
    assert promised.cut == striven.cut == WOMEN


@pytest.mark.parametrize(
    ("clause", "indicator"),
    [
        ("G3.2", "employed_women"),
        ("G4.7", "reserve_cadres_women"),
        ("G4.11", "residents_committee_women"),
        ("G5.3", "medical_insurance"),
    ],
)
def test_what_is_to_be_kept_is_held_every_year(plan: Plan, clause: str, indicator: str) -> None:
    assert only(plan, clause, indicator).hold


def test_about_always_says_how_far_and_why(plan: Plan) -> None:
    near = [t for t in plan.targets if t.clause[1] in "345" and t.kind is Kind.NEAR]
    assert {t.clause for t in near} == {"G3.2", "G3.3", "G3.4", "G4.11"}
    for target in near:
        assert target.tolerance is not None
        assert 0 < target.tolerance.value <= 5


def test_a_care_home_is_due_in_counties_and_county_level_cities_and_not_in_districts(plan: Plan) -> None:
    target = only(plan, "M5.9", "nursing_homes_county")
    assert {place.code for place in plan.places_bound(target)} == {"210224", "210281", "210283"}


def test_two_levels_are_the_city_and_each_of_its_ten_districts(plan: Plan) -> None:
    target = only(plan, "G4.6", "departments_with_women")
    codes = [place.code for place in plan.places_bound(target)]
    assert codes[0] == "210200"
    assert len(codes) == 11


def test_the_pack_has_no_fault_in_these_fields() -> None:
    _, faults = check_pack(PACK)
    own = [f for f in faults if f.file.rpartition("/")[2].partition("-")[0] in {str(n) for n in FIELDS}]
    assert [f"{fault.place()} {fault.message.en}" for fault in own] == []
