"""Keeping places, offices, people and posts. Every write is an event in its own transaction."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from halfsky.audit.actions import one_writer, record
from halfsky.places.models import Office, Post, Region, User
from halfsky.places.policy import Principal
from halfsky.places.roles import ROLES, Permission, Reach
from halfsky.plan import Fault, Faulty, Plan, Text
from halfsky.plan.model import COUNTY_LEVELS, UnitOfGovernment
from halfsky.plan.model import Region as PlanRegion

_DISTRICT_PREFIX = Text(zh="区（市）县", en="District ")
_CITY_PREFIX = Text(zh="市", en="Municipal ")


def refuse(code: str, zh: str, en: str) -> Faulty:
    """A refusal with its reason and what to do, in both languages."""
    return Faulty([Fault(code=code, message=Text(zh=zh, en=en))])


@transaction.atomic
def establish(*, plan: Plan, by: Principal) -> int:
    """Bring the places and member units of a plan into the database; how many were new.

    What is there already is left as the office has it: names and addresses are its own to change.
    """
    one_writer()
    actor = by.need(Permission.PLACES_MANAGE, region=plan.region)
    regions = [
        Region(code=r.code, name_zh=r.name.zh, name_en=r.name.en, level=r.level, parent=r.parent or "")
        for r in plan.regions
        if not Region.objects.filter(code=r.code).exists()
    ]
    there = set(Office.objects.values_list("unit", "region"))
    offices = [
        Office(unit=unit.id, region=region.code, name_zh=name.zh, name_en=name.en)
        for unit in plan.units
        for region in seats(plan, unit)
        if (unit.id, region.code) not in there
        for name in [office_name(plan, unit, region)]
    ]
    if not regions and not offices:
        return 0
    record(
        by=actor, action="places.establish", subject=f"plan:{plan.id}",
        after={"regions": [r.code for r in regions], "offices": [f"{o.unit}@{o.region}" for o in offices]},
    )  # fmt: skip
    Region.objects.bulk_create(regions)
    Office.objects.bulk_create(offices)
    return len(regions) + len(offices)


def seats(plan: Plan, unit: UnitOfGovernment) -> list[PlanRegion]:
    """Where a member unit has its offices: at the plan's own place, or in every district."""
    if unit.level == "district":
        return [r for r in plan.regions if r.level in COUNTY_LEVELS]
    return [plan.place[plan.region]]


def office_name(plan: Plan, unit: UnitOfGovernment, region: PlanRegion) -> Text:
    """区（市）县教育局 in Zhongshan is 中山区教育局; 市教育局 in Dalian is 大连市教育局."""
    prefix = _DISTRICT_PREFIX if unit.level == "district" else _CITY_PREFIX
    zh = region.name.zh + unit.name.zh.removeprefix(prefix.zh)
    en = f"{region.name.en} {unit.name.en.removeprefix(prefix.en)}"
    return Text(zh=zh, en=en)


@transaction.atomic
def add_person(
    *,
    username: str,
    full_name: str,
    by: Principal,
    email: str = "",
    password: str | None = None,
    demonstration: bool = False,
) -> User:
    """Add a person who can sign in once they have a password; raises ``Faulty`` when the name is taken."""
    one_writer()
    actor = by.need(Permission.PEOPLE_MANAGE)
    if User.objects.filter(username=username).exists():
        raise refuse(
            "name-taken", f"登录名“{username}”已被使用，请换一个。", f"The sign-in name '{username}' is taken."
        )
    user = User(username=username, full_name=full_name, email=email, demonstration=demonstration)
    if password is None:
        user.set_unusable_password()
    else:
        user.set_password(password)
        user.password_changed_at = datetime.now(UTC)
    user.save()
    record(by=actor, action="people.add", subject=f"user:{username}", after={"full_name": full_name, "email": email})
    return user


@transaction.atomic
def appoint(*, user: User, role: str, region: str, by: Principal, unit: str | None = None, reason: str = "") -> Post:
    """Give a person a post. An administrator of a place appoints within it, and nowhere else.

    Raises ``Faulty`` when the role needs an office that the place does not have, or the post is held already.
    """
    one_writer()
    actor = by.need(Permission.PEOPLE_MANAGE, region=region)
    if role not in ROLES:
        raise refuse("role-unknown", f"没有“{role}”这个角色。", f"There is no role '{role}'.")
    if (ROLES[role].reach is Reach.OFFICE) != (unit is not None):
        raise refuse(
            "post-office",
            "该角色须（或不得）指定单位，请核对。",
            "This role needs a unit, or may not have one; check it.",
        )
    office = Office.objects.filter(unit=unit, region=region).first() if unit else None
    if unit and office is None:
        raise refuse("office-unknown", f"{region} 没有单位“{unit}”。", f"There is no unit '{unit}' in {region}.")
    if Post.objects.filter(user=user, role=role, region=region, office=office, until__isnull=True).exists():
        raise refuse("post-held", f"{user} 已任此岗位。", f"{user} holds this post already.")
    post = Post.objects.create(user=user, role=role, region=region, office=office, since=datetime.now(UTC))
    record(
        by=actor, action="people.appoint", subject=f"user:{user.username}",
        after={"role": role, "region": region, "unit": unit}, reason=reason,
    )  # fmt: skip
    return post


@transaction.atomic
def dismiss(*, post: Post, by: Principal, reason: str) -> None:
    """End a post; what was done in it stays. Raises ``Faulty`` when it has ended already."""
    one_writer()
    actor = by.need(Permission.PEOPLE_MANAGE, region=post.region)
    ended = Post.objects.filter(pk=post.pk, until__isnull=True).update(until=datetime.now(UTC))
    if not ended:
        raise refuse("post-ended", "该岗位已经结束。", "This post has ended already.")
    record(
        by=actor, action="people.dismiss", subject=f"user:{post.user.username}",
        before={"role": post.role, "region": post.region, "unit": post.office.unit if post.office else None}, reason=reason,
    )  # fmt: skip
