"""What each role may see and do: reach, level, unit; and what nobody may."""

from __future__ import annotations

import pytest

from halfsky.audit.models import Actor
from halfsky.places.actions import add_person, appoint, dismiss, establish
from halfsky.places.models import Office, Region
from halfsky.places.policy import Forbidden, principal, trusted
from halfsky.places.roles import ROLES, Permission, Reach
from halfsky.plan import Faulty
from tests.support import CITY, CLERK, HILL, SHORE, small_plan, with_units

PLAN = with_units(small_plan())
P = Permission
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def places() -> None:
    establish(plan=PLAN, by=CLERK)


def held_by(name: str, *posts: tuple[str, str, str | None]):
    user = add_person(username=name, full_name=name, by=CLERK)
    for role, region, unit in posts:
        appoint(user=user, role=role, region=region, unit=unit, by=CLERK)
    return principal(user, door="web", address="10.0.0.8")


def test_every_unit_has_its_offices_named_after_the_place() -> None:
    assert Region.objects.count() == len(PLAN.regions)
    assert Office.objects.get(unit="health", region=CITY).name_zh == "小城市卫生健康委员会"
    assert Office.objects.get(unit="health-d", region=SHORE).name_zh == "海岸区卫生健康委员会"
    assert establish(plan=PLAN, by=CLERK) == 0  # again: nothing new, nothing changed


def test_a_clerk_reaches_their_own_office_only() -> None:
    clerk = held_by("lin", ("district_clerk", SHORE, "health-d"))
    assert clerk.may(P.RETURN_FILL, region=SHORE, unit="health-d")
    assert not clerk.may(P.RETURN_FILL, region=SHORE, unit="statistics-d")
    assert not clerk.may(P.RETURN_FILL, region=HILL, unit="health-d")
    assert not clerk.scope(P.RETURN_READ).holds(SHORE)  # not every unit of the place
    assert clerk.scope(P.RETURN_READ).holds(SHORE, "health-d")


def test_a_grant_confined_to_a_unit_never_passes_for_its_place() -> None:
    clerk = held_by("lin", ("district_clerk", SHORE, "health-d"))
    whole = held_by("sun", ("district_committee", SHORE, None))
    for unit in (None, ""):  # a district's own plan is nobody's in particular
        assert not clerk.may(P.FILING_SUBMIT, region=SHORE, unit=unit)
        assert whole.may(P.FILING_SUBMIT, region=SHORE, unit=unit)
        with pytest.raises(Forbidden):
            clerk.need(P.FILING_SUBMIT, region=SHORE, unit=unit)
    assert clerk.may(P.FILING_SUBMIT)  # somewhere: what a door asks
    with pytest.raises(ValueError, match="a unit is one of a place"):
        clerk.may(P.FILING_SUBMIT, unit="health-d")


def test_may_and_scope_say_the_same_of_every_role_place_and_unit() -> None:
    for code, role in ROLES.items():
        region = SHORE if role.level == "district" else CITY
        unit = None if role.reach is not Reach.OFFICE else "health-d" if region == SHORE else "health"
        who = held_by(code, (code, region, unit))
        for permission in P:
            for place in (CITY, SHORE, HILL):
                for asked in (None, "health", "health-d", "statistics-d"):
                    held = who.scope(permission).holds(place, asked)
                    assert who.may(permission, region=place, unit=asked) == held, (code, permission, place, asked)


def test_a_city_reviewer_reaches_every_place_below_and_a_district_one_its_own() -> None:
    city, shore = held_by("wang", ("statistics", CITY, None)), held_by("zhao", ("district_statistics", SHORE, None))
    assert city.scope(P.RETURN_REVIEW).regions() == {r.code for r in PLAN.regions}
    assert shore.scope(P.RETURN_REVIEW).regions() == {SHORE, "990202-X"}
    assert city.may(P.RETURN_REVIEW, region=SHORE)
    assert not city.may(P.RETURN_REVIEW, region=SHORE, level="district")


def test_a_post_that_has_ended_grants_nothing() -> None:
    user = add_person(username="old", full_name="旧人", by=CLERK)
    post = appoint(user=user, role="statistics", region=CITY, by=CLERK)
    dismiss(post=post, by=CLERK, reason="调离")
    assert not principal(user, door="web").may(P.RETURN_READ)


def test_somebody_inactive_may_nothing() -> None:
    user = add_person(username="left", full_name="离任", by=CLERK)
    appoint(user=user, role="statistics", region=CITY, by=CLERK)
    user.is_active = False
    user.save()
    assert principal(user, door="web").grants == ()


def test_a_districts_administrator_appoints_in_the_district_alone() -> None:
    shore = held_by("sun", ("administrator", SHORE, None))
    user = add_person(username="new", full_name="新人", by=CLERK)
    appoint(user=user, role="district_clerk", region=SHORE, unit="health-d", by=shore)
    with pytest.raises(Forbidden):
        appoint(user=user, role="district_clerk", region=HILL, unit="health-d", by=shore)


def test_duties_are_kept_apart() -> None:
    for role in ROLES.values():
        assert not {P.PEOPLE_MANAGE, P.AUDIT_READ} <= role.grants, role.code
        assert not {P.RETURN_FILL, P.RETURN_REVIEW} <= role.grants, role.code
        assert not {P.RETURN_FILL, P.RETURN_APPROVE} <= role.grants, role.code
        assert role.reach is not Reach.OFFICE or P.RETURN_REVIEW not in role.grants, role.code
        assert role.duty()


@pytest.mark.parametrize(
    ("role", "unit", "code"),
    [("clerk", None, "post-office"), ("statistics", "health", "post-office"), ("clerk", "nowhere", "office-unknown"), ("king", None, "role-unknown")],
)  # fmt: skip
def test_a_post_that_cannot_be_is_refused(role: str, unit: str | None, code: str) -> None:
    user = add_person(username="x", full_name="某", by=CLERK)
    with pytest.raises(Faulty) as refused:
        appoint(user=user, role=role, region=CITY, unit=unit, by=CLERK)
    assert refused.value.faults[0].code == code


def test_the_operator_is_trusted_and_says_so() -> None:
    operator = trusted(Actor("root", "operator", "cli"))
    assert operator.scope(P.AUDIT_READ).everywhere
    assert operator.need(P.RETURN_REOPEN, region=SHORE).role == "operator"
