"""Figures that are not free to publish: whose they are, who sees them, and that nothing of them shows to others."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

import pytest

from halfsky.collect.actions import import_figures
from halfsky.collect.queries import observations, readable, readable_figures, revised, trail, unit_of, visible
from halfsky.observations import Confidentiality, SeriesKey, Status
from halfsky.places.actions import add_person, appoint, establish
from halfsky.places.policy import Principal, principal
from halfsky.places.restructure import NewPlace, merge
from halfsky.places.roles import Permission
from halfsky.plan import Plan, Text
from tests.support import CITY, CLERK, HILL, ISLE, SHORE, figure, plan_by_sex, small_plan, with_units

PLAN = with_units(small_plan())
pytestmark = pytest.mark.django_db
SECRET = [
    figure("screening", place, 2023, "60", confidentiality=mark, comment="内部掌握")
    for place, mark in (
        (CITY, Confidentiality.CONFIDENTIAL), (SHORE, Confidentiality.NOT_FOR_PUBLICATION), (HILL, Confidentiality.CONFIDENTIAL),
    )
]  # fmt: skip


@pytest.fixture(autouse=True)
def figures() -> None:
    establish(plan=PLAN, by=CLERK)
    import_figures(plan=PLAN, observations=[*SECRET, figure("screening", SHORE, 2022, "55")], by=CLERK)


def somebody(role: str, region: str, unit: str | None = None) -> Principal:
    user = add_person(username=f"{role}@{region}{unit}", full_name=role, by=CLERK)
    appoint(user=user, role=role, region=region, unit=unit, by=CLERK)
    return principal(user, door="web")


def seen(who: Principal | None, plan: Plan = PLAN) -> set[str]:
    """The places whose secret figures somebody sees."""
    return {o.series.region for o in visible(who, plan) if o.year == 2023 and o.value is not None}


@pytest.mark.parametrize(
    ("role", "region", "unit", "expected"),
    [
        ("clerk", CITY, "health", {CITY}),
        ("clerk", CITY, "statistics", set()),
        ("district_clerk", SHORE, "health-d", {SHORE}),
        ("district_unit_approver", HILL, "health-d", {HILL}),
        ("district_clerk", SHORE, "statistics-d", set()),
        ("district_statistics", SHORE, None, {SHORE}),
        ("district_committee", HILL, None, {HILL}),
        ("statistics", CITY, None, {CITY, SHORE, HILL}),
        ("committee", CITY, None, {CITY, SHORE, HILL}),
        ("leader", CITY, None, set()),
        ("evaluator", CITY, None, set()),
        ("administrator", CITY, None, set()),
        ("auditor", CITY, None, set()),
    ],
)
def test_who_sees_what_is_not_free(role: str, region: str, unit: str | None, expected: set[str]) -> None:
    assert seen(somebody(role, region, unit)) == expected


def test_everybody_sees_what_is_free_and_that_the_rest_is_withheld() -> None:
    assert seen(None) == set()
    made = visible(None, PLAN)
    assert made.value(SeriesKey("screening", SHORE), 2022) == 55
    hidden = made.get(SeriesKey("screening", SHORE), 2023)
    assert hidden is not None
    assert (hidden.value, hidden.numerator, hidden.status, hidden.source, hidden.comment) == (
        None, None, Status.SUPPRESSED, "", "",
    )  # fmt: skip


def test_the_operator_sees_everything() -> None:
    assert seen(CLERK) == {CITY, SHORE, HILL}


def test_a_figure_without_a_unit_is_seen_by_those_who_see_every_unit_of_its_place() -> None:
    plan = small_plan()
    assert unit_of(plan, "screening", SHORE) is None
    assert seen(somebody("district_clerk", SHORE, "health-d"), plan) == set()
    assert seen(somebody("district_statistics", SHORE), plan) == {SHORE}


def test_what_is_derived_from_secrets_is_seen_by_those_who_may_see_all_of_them() -> None:
    content = PLAN.model_dump(mode="json", exclude_defaults=True)
    content["indicators"][0]["source_unit"] = "statistics"
    content["indicators"].append(
        {
            "id": "difference", "name": {"zh": "差", "en": "Difference"}, "definition": {"zh": "差", "en": "Difference"},
            "unit": "ratio", "direction": "lower",
            "derive": {"op": "ratio", "of": {"indicator": "screening"}, "against": {"indicator": "maternal_mortality"}},
        }
    )  # fmt: skip
    plan = Plan(**content)
    import_figures(plan=plan, observations=[figure("maternal_mortality", CITY, 2023, "5")], by=CLERK)
    key = SeriesKey("difference", CITY)
    assert visible(somebody("clerk", CITY, "health"), plan).value(key, 2023) is None
    assert visible(somebody("statistics", CITY), plan).value(key, 2023) == Decimal(12)


def test_a_version_of_a_figure_is_seen_as_the_figure_is() -> None:
    assert readable(somebody("leader", CITY), PLAN, SECRET[0]).value is None
    assert readable(somebody("clerk", CITY, "health"), PLAN, SECRET[0]) == SECRET[0]


@pytest.mark.parametrize(
    ("role", "region", "unit"),
    [("clerk", CITY, "health"), ("district_clerk", SHORE, "health-d"), ("statistics", CITY, None), ("leader", CITY, None)],
)  # fmt: skip
def test_pages_and_the_interface_show_the_same_figures(role: str, region: str, unit: str | None) -> None:
    who = somebody(role, region, unit)
    places = who.scope(Permission.PLAN_READ).regions() or set()
    seen_here = {o.key for o in visible(who, PLAN) if o.value is not None and o.series.region in places}
    assert {o.key for o in observations(readable_figures(who, PLAN))} == seen_here


class TestWhatGivesASecretAway:
    """Shore's count of 2022 is secret; the city's is its, Hill's and Isle's together."""

    PLAN = plan_by_sex()
    AT: ClassVar = {CITY: 60, SHORE: 5, HILL: 15, ISLE: 40}

    @pytest.fixture(autouse=True)
    def counted(self, figures: None) -> None:
        counts = [
            figure(
                "teachers", place, 2022, str(number),
                confidentiality=Confidentiality.CONFIDENTIAL if place == SHORE else Confidentiality.FREE,
            )
            for place, number in self.AT.items()
        ]  # fmt: skip
        import_figures(plan=self.PLAN, observations=[*counts, figure("teachers", HILL, 2021, "14")], by=CLERK)

    def shown(self, who: Principal | None, **asked: Any) -> dict[str, int | None]:
        found = visible(who, self.PLAN, indicators=["teachers"], **asked)
        return {o.series.region: None if o.value is None else int(o.value) for o in found if o.year == 2022}

    def test_the_smallest_other_district_is_withheld_with_it(self) -> None:
        assert self.shown(None) == self.shown(somebody("leader", CITY)) == {CITY: 60, SHORE: None, HILL: None, ISLE: 40}

    def test_asked_for_alone_it_is_withheld_all_the_same(self) -> None:
        assert self.shown(None, regions=[HILL], years=[2022]) == {HILL: None}
        assert visible(None, self.PLAN, regions=[HILL]).value(SeriesKey("teachers", HILL), 2021) == 14

    def test_who_may_know_sees_all_and_ones_own_is_the_last_to_go(self) -> None:
        assert self.shown(somebody("statistics", CITY)) == self.AT
        assert self.shown(somebody("district_statistics", SHORE)) == self.AT
        assert self.shown(somebody("district_statistics", HILL)) == {CITY: 60, SHORE: None, HILL: 15, ISLE: None}

    def test_neither_its_trail_nor_the_interface_nor_what_stood_before_tells_it(self) -> None:
        leader = somebody("leader", CITY)
        key = SeriesKey("teachers", HILL)
        assert [readable(leader, self.PLAN, v.observation).value for v in trail(self.PLAN.id, key, 2022)] == [None]
        read = {
            (o.series.region, o.year)
            for o in observations(readable_figures(leader, self.PLAN))
            if o.series.indicator == "teachers"
        }
        assert read == {(CITY, 2022), (ISLE, 2022), (HILL, 2021)}
        changed = figure("teachers", HILL, 2022, "16")
        import_figures(plan=self.PLAN, observations=[changed], by=CLERK, reason="核实")
        assert (key, 2022) not in revised(self.PLAN)

    def test_it_is_shown_again_once_nothing_is_secret(self) -> None:
        import_figures(plan=self.PLAN, observations=[figure("teachers", SHORE, 2022, "5")], by=CLERK, reason="解密")
        assert self.shown(None) == self.AT

    def test_after_a_merger_the_places_of_that_year_are_asked(self) -> None:
        merge(
            codes=[HILL, ISLE],
            into=NewPlace(HILL, Text(zh="山岛区", en="Hillisle")),
            year=2023,
            by=CLERK,
            reason="批复",
        )
        assert self.shown(None) == {CITY: 60, SHORE: None, HILL: None, ISLE: 40}
