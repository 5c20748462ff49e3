"""The promises of Dalian's plan on family, environment and law, and the plan as a whole, as its text states them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from halfsky.plan import Binds, Fault, Kind, Plan, Sex, Target, Unit, check_pack

PACK = Path(__file__).parents[2] / "plans" / "dalian-2021-2030"
REGION, BODY, DISTRICTS = Binds.REGION, Binds.EVERY_BODY, Binds.EVERY_DISTRICT

# clause, indicator, kind, value by 2030, whom it binds
VALUED = [
    ("M6.3", "community_service_urban", Kind.EXISTS, "100", REGION),
    ("M6.3", "community_service_rural", Kind.EXISTS, "100", REGION),
    ("M6.7", "mediation_committees", Kind.EXISTS, "100", DISTRICTS),
    ("M6.7", "mediation_rooms", Kind.EXISTS, "100", BODY),
    ("G7.2", "party_school_equality_training", Kind.EXISTS, "100", BODY),
    ("G7.6", "urban_water_source_quality", Kind.AT_LEAST, "100", REGION),
    ("M7.7", "sewer_coverage", Kind.EXISTS, "100", REGION),
    ("M7.9", "toilet_ratio_public_places", Kind.AT_LEAST, "1.5", REGION),
    ("M7.9", "toilet_ratio_crowded_places", Kind.AT_LEAST, "2", REGION),
    ("M8.8", "harassment_prevention_agencies", Kind.EXISTS, "100", BODY),
    ("M8.8", "harassment_prevention_enterprises", Kind.EXISTS, "100", BODY),
    ("M8.8", "harassment_prevention_schools", Kind.EXISTS, "100", BODY),
    ("M8.12", "women_rights_panels", Kind.EXISTS, "100", BODY),
]

# clause, indicator, direction
DIRECTIONS = [
    ("G6.7", "housework_time_gap", Kind.FALL),
    ("M6.8", "housework_time_gap", Kind.FALL),
    ("M6.2", "birth_cost_share", Kind.FALL),
    ("M6.2", "childcare_cost_share", Kind.FALL),
    ("M6.2", "education_cost_share", Kind.FALL),
    ("M6.3", "childcare_places", Kind.RISE),
    ("G7.1", "core_values_knowledge_women", Kind.RISE),
    ("G7.2", "equality_awareness", Kind.RISE),
    ("M7.5", "women_judging_information", Kind.RISE),
    ("M7.6", "environmental_health_literacy", Kind.RISE),
    ("M7.7", "environment_satisfaction", Kind.RISE),
    ("M7.9", "nursing_rooms_per_infants", Kind.RISE),
    ("G7.7", "rural_water_reliability", Kind.RISE),
    ("M7.5", "internet_use_sex_gap", Kind.FALL),
    ("M7.8", "rural_central_water", Kind.RISE),
    ("M7.8", "rural_tap_water", Kind.RISE),
    ("M7.9", "accessible_passages", Kind.RISE),
    ("G8.3", "women_legal_awareness", Kind.RISE),
    ("G8.6", "harassment_prevalence", Kind.FALL),
    ("M8.4", "protection_orders_in_time", Kind.RISE),
    ("M8.12", "federation_jurors_share", Kind.RISE),
]


@pytest.fixture(scope="module")
def checked() -> tuple[Plan | None, list[Fault]]:
    return check_pack(PACK)


@pytest.fixture(scope="module")
def plan(checked: tuple[Plan | None, list[Fault]]) -> Plan:
    made, faults = checked
    assert made is not None, [f"{fault.place()} {fault.message.en}" for fault in faults]
    return made


def only(plan: Plan, clause: str, indicator: str) -> Target:
    (target,) = (target for target in plan.targets_of(clause) if target.indicator == indicator)
    return target


def test_the_plan_is_whole(plan: Plan) -> None:
    assert [(len(field.goals), len(field.measures)) for field in plan.fields] == [
        (13, 14), (10, 12), (10, 14), (12, 10), (9, 11), (9, 10), (10, 12), (9, 13),
    ]  # fmt: skip
    assert (len(plan.goals), len(plan.measures)) == (82, 96)
    provisions = [provision.id for provision in plan.provisions]
    assert provisions == [f"O{n}" for n in range(1, 10)] + [f"E{n}" for n in range(1, 6)]


def test_the_pack_has_no_fault(checked: tuple[Plan | None, list[Fault]]) -> None:
    assert [f"{fault.place()} {fault.message.en}" for fault in checked[1]] == []


def test_every_clause_of_the_plan_is_answered_for_at_both_levels(plan: Plan) -> None:
    for level in ("city", "district"):
        assert {a.clause for a in plan.assignments if a.level == level and a.lead} == set(plan.clauses)
        units = {u for a in plan.assignments if a.level == level for u in (*a.lead, *a.support)}
        assert {plan.unit[unit].level for unit in units} == {level}


def test_the_plan_itself_names_statistics_for_monitoring_and_the_office_for_evaluation(plan: Plan) -> None:
    for clause in ("E1", "E2"):
        (city,) = (a for a in plan.assignments if a.clause == clause and a.level == "city")
        assert {"statistics", "women-children-office"} <= set(city.lead)
        assert (city.basis, bool(city.words)) == ("plan", True)


def test_ten_districts_and_county_level_places_stand_under_the_city_and_zones_are_bound_by_nothing(plan: Plan) -> None:
    assert {r.code for r in plan.regions if r.parent == plan.region} == {
        "210202", "210203", "210204", "210211", "210212", "210213", "210214", "210224", "210281", "210283",
    }  # fmt: skip
    zones = [r for r in plan.regions if r.level == "zone"]
    for name in ("金普新区", "高新技术产业园区", "长兴岛经济区"):
        assert [zone for zone in zones if name in zone.name.zh]
    assert all(zone.note for zone in zones)
    bound = {place.code for target in plan.targets for place in plan.places_bound(target)}
    assert bound.isdisjoint(zone.code for zone in zones)


def test_the_preface_gives_four_baselines(plan: Plan) -> None:
    assert {(b.indicator, b.cut.sex, b.value) for b in plan.baselines} == {
        ("life_expectancy", Sex.FEMALE, Decimal("84.04")),
        ("maternal_mortality", Sex.ALL, Decimal("7.16")),
        ("congress_deputies_women", Sex.ALL, Decimal("30.09")),
        ("cppcc_members_women", Sex.ALL, Decimal("28.82")),
    }
    assert {(b.region, b.year, b.clause) for b in plan.baselines} == {("210200", 2020, "P2")}


@pytest.mark.parametrize(("clause", "indicator", "kind", "value", "binds"), VALUED)
def test_a_promised_figure_is_due_by_2030(
    plan: Plan, clause: str, indicator: str, kind: Kind, value: str, binds: Binds
) -> None:
    target = only(plan, clause, indicator)
    held = (target.kind, target.final.value, target.final.year, target.binds)
    assert held == (kind, Decimal(value), 2030, binds)


@pytest.mark.parametrize(("clause", "indicator", "kind"), DIRECTIONS)
def test_a_promised_direction_is_counted_from_2020(plan: Plan, clause: str, indicator: str, kind: Kind) -> None:
    target = only(plan, clause, indicator)
    assert (target.kind, target.final.base_year, target.final.value) == (kind, 2020, None)


def test_rural_tap_water_is_due_at_88_percent_in_2025_and_90_in_2030(plan: Plan) -> None:
    target = only(plan, "G7.7", "rural_tap_water")
    assert {m.year: m.value for m in target.milestones} == {2025: Decimal(88), 2030: Decimal(90)}
    assert target.milestone_in_force(2023).value == Decimal(88)


def test_rural_toilets_are_to_rise_and_to_reach_95_percent(plan: Plan) -> None:
    kinds = {t.kind: t.final.value for t in plan.targets_of("G7.8") if t.indicator == "rural_sanitary_toilets"}
    assert kinds == {Kind.RISE: None, Kind.AT_LEAST: Decimal(95)}


def test_toilet_places_in_towns_match_the_need_within_a_stated_tolerance(plan: Plan) -> None:
    target = only(plan, "G7.8", "public_toilet_places_women")
    assert (target.kind, target.reference) == (Kind.MATCH, "public_toilet_women_users")
    assert target.tolerance is not None


def test_toilet_ratios_are_ratios_of_womens_to_mens_places(plan: Plan) -> None:
    for indicator_id in ("toilet_ratio_public_places", "toilet_ratio_crowded_places"):
        indicator = plan.indicator[indicator_id]
        assert (indicator.unit, indicator.scale) == (Unit.RATIO, Decimal(1))
        assert indicator.numerator is not None
        assert "女" in indicator.numerator.zh


def test_the_gap_in_housework_is_the_size_of_womens_less_mens_minutes(plan: Plan) -> None:
    derive = plan.indicator["housework_time_gap"].derive
    assert derive is not None
    assert (derive.op, derive.of.sex, derive.against.sex, derive.absolute) == ("difference", Sex.FEMALE, Sex.MALE, True)


def test_reports_of_violence_have_no_better_direction(plan: Plan) -> None:
    """More calls to the police may mean more trust in the police."""
    for indicator in ("domestic_violence_reports", "domestic_violence_warnings", "online_offence_cases"):
        assert plan.indicator[indicator].direction == "neither"
        assert not [target.id for target in plan.targets if target.indicator == indicator]


def test_a_promise_of_every_body_is_judged_by_the_share_that_complies(plan: Plan) -> None:
    own = [t for t in plan.targets if t.clause[1] in "678" and t.binds is BODY]
    assert {"M6.7", "G7.2", "M8.8", "M8.12"} <= {t.clause for t in own}
    assert {plan.indicator[t.indicator].unit for t in own} == {Unit.PERCENT}
    assert {t.final.value for t in own} == {Decimal(100)}


def test_words_are_short_quotations(plan: Plan) -> None:
    long = [t.id for t in plan.targets if t.clause[1] in "678" and len(t.words.replace("…", "")) > 25]
    assert long == []
