"""A year of the small plan that is under way, for the tests of review, reminders and filings."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from halfsky.collect.actions import CellChange, move, open_cycle, save_cells
from halfsky.collect.models import Cycle, Return, State
from halfsky.places.actions import add_person, appoint, establish
from halfsky.places.models import User
from halfsky.places.policy import Principal, principal
from halfsky.plan import Plan
from tests.support import CITY, CLERK, SHORE, small_plan, with_units

DAYS = {"unit_due": date(2025, 3, 31), "district_due": date(2025, 4, 15), "city_due": date(2025, 4, 30)}


def plan() -> Plan:
    """The small plan with units that lead its clauses."""
    content = with_units(small_plan()).model_dump(mode="json", exclude_defaults=True)
    content["assignments"] = [
        {"clause": "G1.1", "level": "city", "lead": ["health"], "support": ["statistics"], "basis": "practice"},
        {"clause": "G1.1", "level": "district", "lead": ["health-d"], "basis": "practice"},
    ]
    return Plan(**content)


def opened(plan: Plan, year: int = 2024) -> Cycle:
    establish(plan=plan, by=CLERK)
    return open_cycle(plan=plan, year=year, by=CLERK, **DAYS)


def person(role: str, region: str, unit: str | None = None) -> User:
    """Somebody in a post, with an address; the same one when asked for again."""
    name = f"{role}.{region}"
    user = User.objects.filter(username=name).first()
    if user is None:
        user = add_person(username=name, full_name=name, email=f"{name}@example.cn", by=CLERK)
        appoint(user=user, role=role, region=region, unit=unit, by=CLERK)
    return user


def acting(role: str, region: str, unit: str | None = None) -> Principal:
    return principal(person(role, region, unit), door="web")


def everybody() -> None:
    """One in every post that a return of Shore or of the city passes."""
    person("district_clerk", SHORE, "health-d")
    person("district_unit_approver", SHORE, "health-d")
    person("district_statistics", SHORE)
    person("district_committee", SHORE)
    person("clerk", CITY, "health")
    person("unit_approver", CITY, "health")
    person("statistics", CITY)
    person("committee", CITY)


def fill(plan: Plan, sheet: Return, key: str = "", **numbers: tuple[int, int]) -> None:
    there = {e.indicator: e for e in sheet.entries.all()}
    changes = [
        CellChange(there[i].pk, there[i].version, numerator=Decimal(n), denominator=Decimal(d))
        for i, (n, d) in numbers.items()
    ]
    save_cells(plan=plan, sheet=sheet.pk, changes=changes, by=CLERK, key=str(hash(f"{sheet.pk} {key} {numbers}")))


def go(plan: Plan, sheet: Return, *states: State, by: Principal = CLERK, **more: object) -> Return:
    """Move a return on, from the version in which it stands."""
    for to in states:
        version = Return.objects.get(pk=sheet.pk).version
        sheet = move(plan=plan, sheet=sheet.pk, to=to, version=version, by=by, **more)  # type: ignore[arg-type]
    return sheet


def handed_in(plan: Plan, sheet: Return, screening: tuple[int, int] = (600, 1000)) -> Return:
    fill(plan, sheet, screening=screening, maternal_mortality=(0, 1500))
    return go(plan, sheet, State.SUBMITTED)
