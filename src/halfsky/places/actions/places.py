"""Bringing places and offices into the database, and keeping what offices are called."""

from __future__ import annotations

from django.db import transaction

from halfsky.audit.actions import one_writer, record
from halfsky.places.actions.common import refuse
from halfsky.places.models import Office, Region
from halfsky.places.policy import Principal
from halfsky.places.roles import Permission
from halfsky.plan import Plan, Text
from halfsky.plan.model import COUNTY_LEVELS, UnitOfGovernment
from halfsky.plan.model import Region as PlanRegion

_DISTRICT_PREFIX = Text(zh="区（市）县", en="District ")
_CITY_PREFIX = Text(zh="市", en="Municipal ")


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
def edit_office(*, office: Office, name_zh: str, name_en: str, email: str, by: Principal) -> None:
    """Change what an office is called and where its mail goes."""
    one_writer()
    office.refresh_from_db()
    actor = by.need(Permission.PLACES_MANAGE, region=office.region)
    if not name_zh:
        raise refuse("office-name", "单位名称不得空白。", "An office needs a name.")
    before = {"name_zh": office.name_zh, "name_en": office.name_en, "email": office.email}
    after = {"name_zh": name_zh, "name_en": name_en, "email": email}
    if before == after:
        return
    Office.objects.filter(pk=office.pk).update(**after)
    record(
        by=actor,
        action="places.edit-office",
        subject=f"office:{office.unit}@{office.region}",
        before=before,
        after=after,
    )
