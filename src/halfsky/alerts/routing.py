"""Whom a cause belongs to: the unit that leads, its committee office, and what they are called."""

from __future__ import annotations

from collections.abc import Sequence

from halfsky.alerts.models import Case
from halfsky.assess import named
from halfsky.collect.queries import unit_of
from halfsky.places.models import Office, Post, User
from halfsky.plan import Plan, Text

OFFICE = Text(zh="妇女儿童工作委员会办公室", en="Office of the Working Committee on Women and Children")
_LEADERS = ("leader", "district_leader")


def level_of(plan: Plan, region: str) -> str:
    """The level of the roles that decide on a place's cases: the plan's own place is the city's, any other a district's."""
    return "city" if region == plan.region else "district"


def lead_of(plan: Plan, indicator: str, targets: Sequence[str], region: str) -> str:
    """The unit that answers for a cause: the first lead of the first warning target's clause at the place's level.

    Where no clause is assigned there, the unit that collects the indicator; empty where there is none either.
    """
    level = plan.level if region == plan.region else "district"
    leads = {a.clause: a.lead for a in plan.assignments if a.level == level and a.lead}
    for target in targets:
        if found := leads.get(plan.target[target].clause):
            return found[0]
    return unit_of(plan, indicator, region) or ""


def named_in(plan: Plan, case: Case) -> Text:
    """The indicator's name; with its slice where one target warns, or all look at the same."""
    indicator = plan.indicator[case.indicator]
    cuts = {plan.target[t].cut for t in case.targets if t in plan.target}
    return named(indicator, cuts.pop()) if len(cuts) == 1 else indicator.name


def office_of(case: Case) -> Office | None:
    """The lead unit's office in the place."""
    return Office.objects.filter(unit=case.unit, region=case.region).first() if case.unit else None


def unit_name(plan: Plan, case: Case, office: Office | None) -> Text:
    """Who answers, in full: the office, the unit where no office is on record, or the committee office."""
    if office is not None:
        return Text(zh=office.name_zh, en=office.name_en or office.name_zh)
    if case.unit in plan.unit:
        return plan.unit[case.unit].name
    return committee_name(plan, case.region)


def committee_name(plan: Plan, region: str) -> Text:
    """The committee office of a place: 中山区妇女儿童工作委员会办公室."""
    if region == plan.region and plan.alerting.office is not None:
        return plan.alerting.office
    place = plan.place[region].name
    return Text(zh=f"{place.zh}{OFFICE.zh}", en=f"{OFFICE.en} of {place.en}")


def leaders_of(region: str) -> list[User]:
    """The leading group of a place: they read, and hear of what is red."""
    held = Post.objects.filter(region=region, role__in=_LEADERS, until__isnull=True, user__is_active=True)
    return list({p.user_id: p.user for p in held.select_related("user").order_by("user_id")}.values())


def held_by_unit(case: Case) -> bool:
    """Whether it is the unit's turn, not that of the committee office."""
    if case.stage == Case.Stage.PROGRESS:
        return case.finished_at is None
    return case.stage in {Case.Stage.RAISED, Case.Stage.RETURNED}
