"""A whole is summed from its parts, never averaged, and refused when a part is missing."""

from __future__ import annotations

from decimal import Decimal

import pytest

from halfsky.observations import Confidentiality, Figures, Nature, Observation, Over, RollUp, SeriesKey, Status, roll_up
from halfsky.observations.demonstration import demonstration_figures
from halfsky.observations.rollup import places_of
from halfsky.plan import Plan, Residence, Sex, Slice
from tests.observations.sample import CITY, CORE, INDICATORS, ISLE, SHORE, TOWN, ZONE, figure, sample_plan

PARTS = (("10", "100"), ("30", "100"), ("5", "10"), ("0", "790"))
PLACES = (CORE, SHORE, TOWN, ISLE)


@pytest.fixture(scope="module")
def plan() -> Plan:
    return sample_plan()


def screened(**more: str) -> list[Observation]:
    return [
        figure("screening", place, n=n, d=d, value="0", **more) for place, (n, d) in zip(PLACES, PARTS, strict=True)
    ]


def rolled(plan: Plan, figures: list[Observation], indicator: str = "screening", **more: object) -> RollUp:
    return roll_up(plan, Figures(figures), indicator, 2022, **more)  # type: ignore[arg-type]


def summed(plan: Plan, figures: list[Observation], indicator: str = "screening", **more: object) -> Observation:
    made = rolled(plan, figures, indicator, **more).figure
    assert made is not None
    return made


def refusal(plan: Plan, figures: list[Observation], indicator: str = "screening") -> str:
    made = rolled(plan, figures, indicator)
    assert made.figure is None
    assert made.refusal is not None
    return made.refusal.en


def test_a_rate_is_its_summed_numerator_over_its_summed_denominator(plan: Plan) -> None:
    made = summed(plan, screened())
    assert (made.series.region, made.numerator, made.denominator) == (CITY, Decimal(45), Decimal(1000))
    assert made.value == Decimal("4.50")  # the mean of the four rates would be 22.5


def test_amounts_are_summed(plan: Plan) -> None:
    figures = [figure("workers", place, value=v) for place, v in zip(PLACES, ("1", "2", "3", "4"), strict=True)]
    assert summed(plan, figures, "workers").value == 10


def test_zones_and_the_city_itself_are_not_parts(plan: Plan) -> None:
    extra = [figure("screening", ZONE, n="9", d="9", value="100"), figure("screening", CITY, n="1", d="1", value="100")]
    assert summed(plan, [*screened(), *extra]) == summed(plan, screened())
    assert [p.code for p in places_of(plan, CITY)] == list(PLACES)


def test_places_below_places_are_parts_of_both_and_a_circle_ends() -> None:
    plan = sample_plan()
    below = [p.model_copy(update={"parent": SHORE}) if p.code == ISLE else p for p in plan.regions]
    nested = plan.model_copy(update={"regions": tuple(below)})
    assert [p.code for p in places_of(nested, CITY)] == list(PLACES)
    assert [p.code for p in places_of(nested, SHORE)] == [ISLE]
    circle = {SHORE: ISLE, ISLE: SHORE}
    turned = [p.model_copy(update={"parent": circle.get(p.code, p.parent)}) for p in plan.regions]
    round_ = plan.model_copy(update={"regions": tuple(turned)})
    assert [p.code for p in places_of(round_, CITY)] == [p for p in PLACES if p not in circle]
    assert [p.code for p in places_of(round_, SHORE)] == [ISLE]
    assert places_of(plan, "000000") == ()


def test_a_missing_part_is_named_and_nothing_is_summed(plan: Plan) -> None:
    assert "Isle County" in refusal(plan, screened()[:3])
    uncollected = figure("screening", ISLE, status=Status.NOT_COLLECTED)
    assert "Isle County" in refusal(plan, [*screened()[:3], uncollected])
    rate_alone = figure("screening", ISLE, value="80")
    assert "no numerator and denominator of: Isle County" in refusal(plan, [*screened()[:3], rate_alone])


def test_a_part_that_does_not_apply_is_left_out_and_said_to_be(plan: Plan) -> None:
    made = rolled(plan, [*screened()[:3], figure("screening", ISLE, status=Status.NOT_APPLICABLE)])
    assert made.figure is not None
    assert made.figure.denominator == 210
    assert [k.region for k in made.left_out] == [ISLE]
    assert "海岛县" in made.figure.comment


def test_all_not_applicable_is_no_zero(plan: Plan) -> None:
    nothing = [figure("screening", place, status=Status.NOT_APPLICABLE) for place in PLACES]
    assert "Not applicable to any part" in refusal(plan, nothing)


def test_what_cannot_be_summed_is_refused_with_the_reason(plan: Plan) -> None:
    assert "averaging" in refusal(plan, [], "life_expectancy")
    assert "derived" in refusal(plan, [], "income_gap")


def test_bodies_of_each_levels_own_are_not_summed_over_places(plan: Plan) -> None:
    parts = [figure("deputies", place, n="60", d="200", value="30") for place in PLACES]
    assert "each level has of its own" in refusal(plan, parts, "deputies")


def test_bodies_of_each_levels_own_are_summed_over_the_sexes() -> None:
    own = [i | {"additive": False} if i["id"] == "workers" else i for i in INDICATORS]
    both = [figure("workers", value="40", sex=Sex.FEMALE), figure("workers", value="60", sex=Sex.MALE)]
    assert summed(sample_plan(indicators=own), both, "workers", over=Over.SEX).value == 100


def test_the_whole_is_no_more_reliable_or_open_than_its_parts(plan: Plan) -> None:
    parts = screened()
    parts[1] = figure(
        "screening", SHORE, n="30", d="100", value="30", status=Status.ESTIMATED,
        confidentiality=Confidentiality.CONFIDENTIAL, nature=Nature.DEMO,
    )  # fmt: skip
    made = summed(plan, parts)
    assert (made.status, made.confidentiality, made.nature) == (
        Status.ESTIMATED,
        Confidentiality.CONFIDENTIAL,
        Nature.DEMO,
    )
    assert summed(plan, screened()).nature is Nature.DERIVED


def test_one_source_is_kept_and_several_are_counted(plan: Plan) -> None:
    assert summed(plan, screened(source="年报")).source == "年报"
    mixed = [*screened(source="年报")[:3], figure("screening", ISLE, n="0", d="790", value="0", source="快报")]
    assert "2 sources" in summed(plan, mixed).source


def test_women_and_men_make_all_and_urban_and_rural_too(plan: Plan) -> None:
    women = figure("obesity", n="10", d="100", value="10", sex=Sex.FEMALE)
    men = figure("obesity", n="30", d="100", value="30", sex=Sex.MALE)
    assert summed(plan, [women, men], "obesity", over=Over.SEX).value == 20
    country = figure("obesity", n="10", d="50", value="20", residence=Residence.RURAL)
    town = figure("obesity", n="0", d="50", value="0", residence=Residence.URBAN)
    assert summed(plan, [country, town], "obesity", over=Over.RESIDENCE).value == 10
    assert rolled(plan, [women], "obesity", over=Over.SEX).figure is None


def test_a_slice_is_summed_from_the_same_slice(plan: Plan) -> None:
    women = [figure("obesity", place, n="1", d="10", value="10", sex=Sex.FEMALE) for place in PLACES]
    made = summed(plan, women, "obesity", cut=Slice(sex=Sex.FEMALE))
    assert (made.series.sex, made.denominator) == (Sex.FEMALE, 40)


def test_rolling_up_demonstration_data_gives_the_citys_own_figures(plan: Plan) -> None:
    figures = demonstration_figures(plan)
    agreed = 0
    for year in range(2015, 2026):
        made = roll_up(plan, figures, "maternal_mortality", year).figure
        city = figures.get(SeriesKey("maternal_mortality", CITY), year)
        if made is not None and city is not None:
            assert (made.numerator, made.denominator) == (city.numerator, city.denominator)
            agreed += 1
    assert agreed > 5
