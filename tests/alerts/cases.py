"""A plan with districts whose units answer for warnings, and figures that raise and clear them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from halfsky.alerts.actions import assess_plan
from halfsky.alerts.models import Case
from halfsky.collect.actions import import_figures
from halfsky.observations import Observation
from halfsky.places.actions import establish
from halfsky.plan import Plan
from tests.collect.year import acting, person
from tests.support import CITY, CLERK, HILL, SHORE, figure, small_plan, with_units

LEADS = [
    {"clause": clause, "level": level, "lead": [unit], "basis": "practice"}
    for clause in ("G1.1", "M1.1", "G1.2")
    for level, unit in (("city", "health"), ("district", "health-d"))
]


def plan(**changes: Any) -> Plan:
    """Two clauses ask for the same screening, so that one cause raises several warnings."""
    content = with_units(small_plan()).model_dump(mode="json", exclude_defaults=True)
    content["fields"][0]["goals"].append({"id": "G1.2", "statement": {"zh": "普及筛查。", "en": "Spread screening."}})
    screening = next(t for t in content["targets"] if t["id"] == "M1.1a")
    content["targets"].append({**screening, "id": "G1.2a", "clause": "G1.2"})
    content["assignments"] = LEADS
    return Plan(**{**content, **changes})


PLAN = plan()
FALLING = ("58", "56", "54", "52", "50")  # 2019 to 2023: no way to 70 by 2030


def take(*observations: Observation, reason: str = "") -> None:
    import_figures(plan=PLAN, observations=observations, by=CLERK, reason=reason)


def screened(region: str, year: int, value: str) -> Observation:
    return figure("screening", region, year, value)


def falling(*regions: str) -> list[Observation]:
    return [screened(r, 2019 + i, v) for r in regions for i, v in enumerate(FALLING)]


def judge(year: int = 2023) -> None:
    assess_plan(plan=PLAN, as_of=year, by=CLERK)


def people() -> None:
    """Everybody whom a case of the city or of Shore passes."""
    establish(plan=PLAN, by=CLERK)
    for role, region, unit in (
        ("clerk", CITY, "health"), ("unit_approver", CITY, "health"), ("committee", CITY, None), ("leader", CITY, None),
        ("district_clerk", SHORE, "health-d"), ("district_committee", SHORE, None), ("district_leader", SHORE, None),
        ("district_clerk", HILL, "health-d"), ("district_committee", HILL, None), ("statistics", CITY, None),
    ):  # fmt: skip
        person(role, region, unit)


def unit(region: str = CITY):
    return acting("clerk" if region == CITY else "district_clerk", region, "health" if region == CITY else "health-d")


def office(region: str = CITY):
    return acting("committee" if region == CITY else "district_committee", region)


def case(region: str = CITY, indicator: str = "screening") -> Case:
    return Case.objects.get(plan=PLAN.id, indicator=indicator, region=region)


BETTER = Decimal(75)
