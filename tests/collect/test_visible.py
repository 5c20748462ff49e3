"""Figures that are not free to publish: whose they are, who sees them, and that nothing of them shows to others."""

from __future__ import annotations

from decimal import Decimal

import pytest

from halfsky.collect.actions import import_figures
from halfsky.collect.queries import observations, readable, readable_figures, unit_of, visible
from halfsky.observations import Confidentiality, SeriesKey, Status
from halfsky.places.actions import add_person, appoint, establish
from halfsky.places.policy import Principal, principal
from halfsky.places.roles import Permission
from halfsky.plan import Plan
from tests.support import CITY, CLERK, HILL, SHORE, figure, small_plan, with_units

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
