"""The best-known promises of Dalian's plan on health (field 1) and education (field 2), as the pack must hold them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from halfsky.plan import Plan, load_plan
from halfsky.plan.model import Binds, Kind, Residence, Sex, Target, Unit

PACK = Path(__file__).parents[2] / "plans" / "dalian-2021-2030"
REGION, COUNTIES = Binds.REGION, Binds.EVERY_COUNTY


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_plan(PACK)


def promise(plan: Plan, clause: str, indicator: str, kind: Kind, *, sex: Sex = Sex.ALL) -> Target:
    """The one target of a clause on an indicator, of a kind and for a sex."""
    found = [
        t
        for t in plan.targets_of(clause)
        if (t.indicator, t.kind, t.cut.sex) == (indicator, kind, sex) and not t.aspiration
    ]
    assert len(found) == 1, f"{clause} has {len(found)} targets of kind {kind} on {indicator}"
    return found[0]


def clauses(plan: Plan, *numbers: int) -> list[str]:
    """Ids of the goals and measures of fields, of both fields when none is named."""
    return [
        clause for clause in plan.clauses if (field := plan.field_of(clause)) and field.number in (numbers or (1, 2))
    ]


def steps(target: Target) -> dict[int, str]:
    """Milestone year → value as printed in the plan."""
    return {m.year: format(m.value, "f") for m in target.milestones if m.value is not None}


@pytest.mark.parametrize(
    ("clause", "indicator", "kind", "values", "binds"),
    [
        ("G1.2", "maternal_care_management", Kind.AT_LEAST, {2030: "95"}, REGION),
        ("G1.2", "maternal_mortality", Kind.AT_MOST, {2025: "9", 2030: "8"}, REGION),
        ("G1.4", "cervical_screening", Kind.AT_LEAST, {2030: "70"}, REGION),
        ("G1.4", "rural_cervical_coverage", Kind.AT_LEAST, {2030: "100"}, COUNTIES),
        ("G1.4", "rural_breast_coverage", Kind.AT_LEAST, {2030: "100"}, COUNTIES),
        ("G1.6", "hiv_testing", Kind.AT_LEAST, {2030: "99"}, REGION),
        ("G1.6", "syphilis_testing", Kind.AT_LEAST, {2030: "99"}, REGION),
        ("G1.6", "hepatitis_testing", Kind.AT_LEAST, {2030: "99"}, REGION),
        ("G1.6", "syphilis_treatment", Kind.AT_LEAST, {2030: "95"}, REGION),
        ("G1.6", "hiv_transmission", Kind.AT_MOST, {2030: "2"}, REGION),
        ("G1.6", "congenital_syphilis", Kind.AT_MOST, {2030: "15"}, REGION),
        ("G1.13", "women_medicine_pass", Kind.AT_LEAST, {2030: "95"}, REGION),
        ("G1.13", "women_cosmetics_pass", Kind.AT_LEAST, {2030: "95"}, REGION),
        ("G1.13", "women_health_products_pass", Kind.AT_LEAST, {2030: "98"}, REGION),
        ("M1.2", "mch_institutions", Kind.EXISTS, {2030: "1"}, Binds.REGION_AND_EVERY_DISTRICT),
        ("M1.5", "employer_gynaecology", Kind.EXISTS, {2030: "100"}, Binds.EVERY_BODY),
        ("M1.6", "cervical_knowledge", Kind.AT_LEAST, {2030: "90"}, REGION),
        ("M1.6", "breast_knowledge", Kind.AT_LEAST, {2030: "90"}, REGION),
        ("M1.6", "cervical_screening_35_45", Kind.AT_LEAST, {2030: "70"}, REGION),
        ("M1.6", "employer_cancer_screening", Kind.EXISTS, {2030: "100"}, Binds.EVERY_BODY),
        ("M1.6", "cervical_treatment", Kind.AT_LEAST, {2030: "90"}, REGION),
        ("G2.5", "compulsory_retention", Kind.AT_LEAST, {2030: "97"}, REGION),
        ("G2.6", "upper_secondary_enrolment", Kind.AT_LEAST, {2030: "100"}, REGION),
        ("M2.12", "safe_schools", Kind.EXISTS, {2030: "100"}, Binds.EVERY_BODY),
        ("M2.12", "safe_universities", Kind.EXISTS, {2030: "100"}, Binds.EVERY_BODY),
    ],
)
def test_figures_of_the_plan_are_targets(
    plan: Plan, clause: str, indicator: str, kind: Kind, values: dict[int, str], binds: Binds
) -> None:
    target = promise(plan, clause, indicator, kind)
    assert (steps(target), target.binds) == (values, binds)


@pytest.mark.parametrize(
    ("clause", "indicator", "kind", "sex"),
    [
        ("G1.1", "life_expectancy", Kind.RISE, Sex.FEMALE),
        ("G1.1", "healthy_life_expectancy", Kind.RISE, Sex.FEMALE),
        ("G1.2", "maternal_mortality_gap", Kind.FALL, Sex.ALL),
        ("G1.4", "breast_screening", Kind.RISE, Sex.ALL),
        ("G1.5", "unintended_pregnancy", Kind.FALL, Sex.ALL),
        ("G1.9", "health_literacy", Kind.RISE, Sex.FEMALE),
        ("G2.7", "vocational_women", Kind.RISE, Sex.ALL),
        ("G2.8", "scientific_literacy_gap", Kind.FALL, Sex.ALL),
        ("G2.9", "lifelong_learning", Kind.RISE, Sex.FEMALE),
        ("G2.10", "years_of_schooling", Kind.RISE, Sex.FEMALE),
    ],
)
def test_directions_are_counted_from_2020_to_2030(
    plan: Plan, clause: str, indicator: str, kind: Kind, sex: Sex
) -> None:
    target = promise(plan, clause, indicator, kind, sex=sex)
    assert [(m.year, m.base_year, m.value) for m in target.milestones] == [(2030, 2020, None)]


@pytest.mark.parametrize("sex", [Sex.ALL, Sex.FEMALE])
def test_retention_is_kept_and_enrolment_reached_by_all_and_by_girls(plan: Plan, sex: Sex) -> None:
    retention = promise(plan, "G2.5", "compulsory_retention", Kind.AT_LEAST, sex=sex)
    enrolment = promise(plan, "G2.6", "upper_secondary_enrolment", Kind.AT_LEAST, sex=sex)
    assert (retention.hold, steps(retention)) == (True, {2030: "97"})
    assert (enrolment.hold, steps(enrolment)) == (False, {2030: "100"})


def test_rural_screening_is_counted_in_every_county_level_place_and_nowhere_else(plan: Plan) -> None:
    bound = plan.places_bound(promise(plan, "G1.4", "rural_cervical_coverage", Kind.AT_LEAST))
    assert len(bound) == 10
    assert {place.level for place in bound} == {"district", "county", "county_level_city"}


def test_one_institution_is_due_in_the_city_and_in_each_district(plan: Plan) -> None:
    bound = plan.places_bound(promise(plan, "M1.2", "mch_institutions", Kind.EXISTS))
    assert (bound[0].code, len(bound)) == ("210200", 11)


def test_knowledge_of_nutrition_rises_by_a_tenth_of_2019_and_then_of_2022(plan: Plan) -> None:
    target = promise(plan, "G1.7", "nutrition_knowledge", Kind.TIMES_BASE)
    assert [(m.year, m.base_year, m.value) for m in target.milestones] == [
        (2025, 2019, Decimal("1.10")),
        (2030, 2022, Decimal("1.10")),
    ]
    assert target.reading is not None
    assert "百分点" in target.reading.zh
    assert "percentage points" in target.reading.en


@pytest.mark.parametrize(
    ("clause", "indicator"), [("G1.7", "women_obesity"), ("G1.10", "women_anxiety"), ("G1.10", "women_depression")]
)
def test_growth_that_is_to_slow_compares_windows_of_three_years(plan: Plan, clause: str, indicator: str) -> None:
    assert promise(plan, clause, indicator, Kind.SLOW).window == 3


def test_exercise_stays_near_55_within_a_tolerance_that_says_why(plan: Plan) -> None:
    target = promise(plan, "G1.11", "women_exercising", Kind.NEAR, sex=Sex.FEMALE)
    assert (steps(target), target.hold) == ({2030: "55"}, True)
    assert target.tolerance is not None
    assert target.tolerance.value == 3
    assert target.tolerance.reason.zh


def test_fitness_is_kept_at_93(plan: Plan) -> None:
    target = promise(plan, "G1.11", "fitness_standard", Kind.AT_LEAST, sex=Sex.FEMALE)
    assert (steps(target), target.hold) == ({2030: "93"}, True)


def test_what_the_city_strives_for_is_an_aspiration_beside_what_it_promises(plan: Plan) -> None:
    aspirations = {
        t.id[:-1]: (t.indicator, t.kind, steps(t)) for t in plan.targets if t.aspiration and t.clause in clauses(plan)
    }
    assert aspirations == {
        "G1.8": ("pregnancy_anaemia", Kind.AT_MOST, {2030: "10"}),
        "G1.13": ("women_health_products_pass", Kind.AT_LEAST, {2030: "100"}),
    }
    assert promise(plan, "G1.13", "women_health_products_pass", Kind.AT_LEAST).hold


def test_girls_in_kindergarten_match_their_share_of_the_age_group(plan: Plan) -> None:
    target = promise(plan, "G2.4", "preschool_girls", Kind.MATCH)
    assert (target.reference, target.binds) == ("population_girls_3_5", REGION)
    assert target.tolerance is not None


@pytest.mark.parametrize(
    ("clause", "diseases", "suffix"),
    [
        ("G1.4", ("cervical", "breast"), "knowledge"),
        ("M1.6", ("cervical", "breast"), "knowledge"),
        ("M1.6", ("workers_cervical", "workers_breast"), "screening"),
        ("M1.6", ("poor_women_cervical", "poor_women_breast"), "screening"),
        ("G1.6", ("hiv", "syphilis", "hepatitis"), "transmission"),
        ("M1.8", ("hiv", "syphilis", "hepatitis"), "early_testing"),
    ],
)
def test_diseases_named_together_are_judged_apart(
    plan: Plan, clause: str, diseases: tuple[str, ...], suffix: str
) -> None:
    assert {f"{disease}_{suffix}" for disease in diseases} <= {t.indicator for t in plan.targets_of(clause)}


def test_gaps_are_computed_from_the_two_sides(plan: Plan) -> None:
    mortality, literacy = (plan.indicator[i].derive for i in ("maternal_mortality_gap", "scientific_literacy_gap"))
    assert mortality is not None
    assert {mortality.of.residence, mortality.against.residence} == {Residence.URBAN, Residence.RURAL}
    assert literacy is not None
    assert {literacy.of.sex, literacy.against.sex} == {Sex.FEMALE, Sex.MALE}
    assert mortality.absolute
    assert literacy.absolute


def test_deaths_of_mothers_are_counted_per_100_000_live_births(plan: Plan) -> None:
    mortality = plan.indicator["maternal_mortality"]
    assert (mortality.unit, mortality.scale, mortality.population) == (Unit.PER_100K, Decimal(100_000), "women")
    assert mortality.denominator is not None
    assert mortality.denominator.zh == "活产数"


def test_enrolment_may_pass_100_percent(plan: Plan) -> None:
    assert (plan.indicator["upper_secondary_enrolment"].maximum or 0) > 100


@pytest.mark.parametrize(("number", "goals", "measures"), [(1, 13, 14), (2, 10, 12)])
def test_every_clause_is_there(plan: Plan, number: int, goals: int, measures: int) -> None:
    field = next(f for f in plan.fields if f.number == number)
    assert (len(field.goals), len(field.measures)) == (goals, measures)


def test_every_clause_has_a_lead_at_both_levels(plan: Plan) -> None:
    led = {(a.clause, a.level) for a in plan.assignments if a.lead}
    assert {(clause, level) for clause in clauses(plan) for level in ("city", "district")} <= led


def test_a_measure_asks_no_more_exercise_than_the_goal_that_keeps_it_near_55(plan: Plan) -> None:
    assert [t.kind for t in plan.targets if t.indicator == "women_exercising"] == [Kind.NEAR]


def test_rates_have_denominators_and_statements_and_quotes_are_short(plan: Plan) -> None:
    rates = {Unit.PERCENT, Unit.PER_1000, Unit.PER_10K, Unit.PER_100K}
    for clause in clauses(plan):
        statement = plan.clauses[clause].statement
        assert len(statement.zh) <= 60, clause
        assert len(statement.en.split()) <= 30, clause
        for target in plan.targets_of(clause):
            assert len(target.words) <= 25, target.id
            indicator = plan.indicator[target.indicator]
            if indicator.unit in rates and indicator.derive is None:
                assert indicator.denominator is not None, indicator.id
