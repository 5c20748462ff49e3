"""What the actions of this room share: who an office is, and how people are told with the way to the page."""

from __future__ import annotations

from typing import Any

from halfsky.collect.actions.notices import people_of_office, people_of_place
from halfsky.places.models import Office, User
from halfsky.places.roles import ROLES, Permission
from halfsky.plan import Plan, Text

_ROLELESS = "city"  # the operator at the machine acts for the city


def office_of(region: str, unit: str) -> Office | None:
    """The office meant; ``None`` for a place's own committee office, or one that is not set up."""
    return Office.objects.filter(region=region, unit=unit).first() if unit else None


def office_name(plan: Plan, region: str, unit: str) -> Text:
    """What the office is called; a place's committee office by its place."""
    office = office_of(region, unit)
    if office is not None:
        return Text(zh=office.name_zh, en=office.name_en or office.name_zh)
    place = plan.place[region].name
    if unit:
        name = plan.unit[unit].name
        return Text(zh=f"{place.zh}{name.zh}", en=f"{place.en}: {name.en}")
    return Text(zh=f"{place.zh}妇儿工委办", en=f"Committee office of {place.en}")


def named(plan: Plan, region: str, unit: str) -> dict[str, str]:
    """The office as the sentences of notices name it."""
    name = office_name(plan, region, unit)
    return {"office": name.zh, "office_en": name.en}


def people_of(region: str, unit: str, permission: Permission) -> list[User]:
    """Who holds a permission at an office; without a unit, at the place itself."""
    if not unit:
        return people_of_place(region, permission)
    office = office_of(region, unit)
    return people_of_office(office, permission) if office else []


def to_page(name: str, **kwargs: Any) -> dict[str, Any]:
    """The way to a page of the plan, as a notice keeps it."""
    return {"link": {"name": name, "kwargs": kwargs}}


def level_of(role: str) -> str:
    """Whether a role is the city's or a district's."""
    kind = ROLES.get(role)
    return "district" if kind is not None and kind.level == "district" else _ROLELESS
