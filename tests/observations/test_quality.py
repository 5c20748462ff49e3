"""Quality rules: what blocks, what asks, and what is left alone."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from halfsky.observations import Figures, Observation, Status
from halfsky.observations.demonstration import demonstration_figures
from halfsky.observations.quality import Finding, findings
from halfsky.plan import Plan, Residence, Sex
from halfsky.plan.rules import standard_rules
from tests.observations.sample import CORE, ISLE, SHORE, TOWN, figure, sample_plan

PLACES = (CORE, SHORE, TOWN, ISLE)


@pytest.fixture(scope="module")
def plan() -> Plan:
    return sample_plan()


def found(plan: Plan, *figures: Observation) -> list[Finding]:
    return list(findings(plan, Figures(figures)))


def rules(plan: Plan, *figures: Observation) -> list[str]:
    return [f.rule for f in found(plan, *figures)]


def series(*values: str | None, first: int = 2012, **more: object) -> list[Observation]:
    return [
        figure("life_expectancy", year=first + i, value=v, **more)  # type: ignore[arg-type]
        for i, v in enumerate(values)
        if v is not None
    ]


def test_an_impossible_value_blocks(plan: Plan) -> None:
    (finding,) = found(plan, figure("screening", value="101"))
    assert (finding.rule, finding.blocks, finding.open) == ("range", True, True)
    assert "101" in finding.message.zh
    assert "101" in finding.message.en
    assert rules(plan, figure("screening", value="100"), figure("screening", year=2023, value="0")) == []


def test_a_part_larger_than_its_whole_blocks(plan: Plan) -> None:
    assert rules(plan, figure("screening", value="99", n="12", d="10")) == ["part-of-whole"]
    assert rules(plan, figure("toilets", value="1.2", n="12", d="10")) == []


def test_women_and_men_must_sum_to_all(plan: Plan) -> None:
    parts = [figure("workers", value="40", sex=Sex.FEMALE), figure("workers", value="60", sex=Sex.MALE)]
    assert rules(plan, figure("workers", value="100"), *parts) == []
    (finding,) = found(plan, figure("workers", value="101"), *parts)
    assert (finding.rule, finding.blocks) == ("sexes", True)
    assert "101" in finding.message.en
    assert rules(plan, figure("workers", value="101"), parts[0]) == []  # a missing part is a gap, not a contradiction


def test_urban_and_rural_must_sum_to_all(plan: Plan) -> None:
    urban = figure("obesity", n="10", d="50", value="20", residence=Residence.URBAN)
    rural = figure("obesity", n="10", d="50", value="20", residence=Residence.RURAL)
    assert rules(plan, figure("obesity", n="20", d="100", value="20"), urban, rural) == []
    assert rules(plan, figure("obesity", n="20", d="90", value="22.22"), urban, rural) == ["residences"]


def test_the_districts_must_sum_to_the_city_within_the_tolerance(plan: Plan) -> None:
    parts = [figure("workers", place, value="250") for place in PLACES]
    assert rules(plan, figure("workers", value="1000"), *parts) == []
    assert rules(plan, figure("workers", value="1010"), *parts) == []  # 1%: districts report at different dates
    (finding,) = found(plan, figure("workers", value="1011"), *parts)
    assert (finding.rule, finding.blocks) == ("places", False)


def test_setting_up_a_mechanism_is_no_jump(plan: Plan) -> None:
    series = [figure("scheme", year=year, value="0" if year < 2023 else "1") for year in range(2015, 2026)]
    assert findings(plan, Figures(series)) == ()


def test_a_citys_own_bodies_need_not_be_those_of_its_districts(plan: Plan) -> None:
    parts = [figure("deputies", place, n="60", d="200", value="30") for place in PLACES]
    city = figure("deputies", n="150", d="500", value="30")
    assert [f for f in findings(plan, Figures([*parts, city])) if f.rule == "places"] == []


def test_a_jump_asks_for_an_explanation_that_travels_with_the_figure(plan: Plan) -> None:
    steady = ["80.0", "80.2", "80.3", "80.5", "80.7", "80.8"]
    assert rules(plan, *series(*steady, "81.0")) == []
    (finding,) = found(plan, *series(*steady, "90.0"))
    assert (finding.rule, finding.year, finding.blocks, finding.open) == ("jump", 2018, False, True)
    (explained,) = found(plan, *series(*steady), figure("life_expectancy", year=2018, value="90.0", comment="口径调整"))
    assert (explained.explained, explained.open) == (True, False)


def test_a_series_that_always_wavers_is_not_asked_about(plan: Plan) -> None:
    assert rules(plan, *series("60", "80", "62", "79", "61", "81", "63")) == []


def test_a_declared_break_a_short_series_and_a_gap_of_years_are_no_jump(plan: Plan) -> None:
    steady = series("80.0", "80.2", "80.3", "80.5", "80.7", "80.8")
    assert rules(plan, *steady, figure("life_expectancy", year=2018, value="95", status=Status.BREAK)) == []
    assert rules(plan, *series("80", "90", "80")) == []
    assert rules(plan, *series("70", "71", "72", None, None, None, None, "77", "78", "79")) == []


def test_rules_are_data_and_can_be_narrowed(plan: Plan) -> None:
    strict = next(r for r in standard_rules() if r.id == "places").model_copy(update={"tolerance": Decimal(0)})
    parts = [figure("workers", place, value="250") for place in PLACES]
    figures = Figures([figure("workers", value="1001"), *parts])
    assert [f.rule for f in findings(plan, figures, [strict])] == ["places"]
    assert findings(plan, figures, [strict.model_copy(update={"indicators": ("obesity",)})]) == ()


def test_demonstration_data_contradicts_itself_nowhere(plan: Plan) -> None:
    assert [f for f in findings(plan, demonstration_figures(plan)) if f.blocks or f.rule == "places"] == []


def test_a_place_unlike_every_other_is_asked_about_and_the_plans_own_region_is_not(plan: Plan) -> None:
    from halfsky.plan.rules import Check

    rule = next(r for r in plan.rules if r.check is Check.NEIGHBOURS).model_copy(update={"points": 4})
    usual = [
        figure("screening", region=place, value=value) for place, value in ((SHORE, "71"), (TOWN, "74"), (ISLE, "69"))
    ]
    (finding,) = findings(plan, Figures([*usual, figure("screening", region=CORE, value="7.2")]), [rule])
    assert (finding.series.region, finding.blocks) == (CORE, False)
    assert "71" in finding.message.zh
    assert findings(plan, Figures([*usual, figure("screening", region=CORE, value="66")]), [rule]) == ()
    assert findings(plan, Figures(usual), [rule]) == ()  # too few to compare with


def test_only_the_places_asked_about_are_told_of(plan: Plan) -> None:
    both = Figures([figure("screening", region=CORE, value="101"), figure("screening", region=SHORE, value="102")])
    assert {f.series.region for f in findings(plan, both, of=[CORE])} == {CORE}


def test_findings_of_a_year_are_those_of_all_years_that_are_of_it() -> None:
    plan = sample_plan()
    demo = list(demonstration_figures(plan))
    odd = [replace(o, value=o.value * 3) if o.value is not None and i % 7 == 0 else o for i, o in enumerate(demo)]
    whole = findings(plan, Figures(odd))
    assert len({f.rule for f in whole}) > 2
    for year in {f.year for f in whole}:
        assert findings(plan, Figures(odd), year=year) == tuple(f for f in whole if f.year == year)
