"""A plan as it stands in one place below: what an annual report of a district is composed of."""

from __future__ import annotations

from halfsky.plan import Binds, Plan
from halfsky.plan.model import COUNTY_LEVELS


def local_plan(plan: Plan, region: str) -> Plan:
    """The plan seen from a place: the targets that bind it and their indicators, the place as the plan's own region.

    The other places stay known, so that figures can be set beside theirs.
    """
    if region == plan.region:
        return plan
    bound = [t for t in plan.targets if any(r.code == region for r in plan.places_bound(t))]
    wanted = {name for t in bound for name in (t.indicator, t.reference) if name is not None}
    derived = [d for name in wanted if (d := plan.indicator[name].derive) is not None]
    wanted |= {operand.indicator for d in derived for operand in (d.of, d.against)}
    level = "district" if plan.place[region].level in COUNTY_LEVELS else plan.level
    content = {name: getattr(plan, name) for name in type(plan).model_fields}
    return Plan.model_validate({
        **content, "region": region, "level": level,
        "targets": tuple(t.model_copy(update={"binds": Binds.REGION, "only": ()}) for t in bound),
        "indicators": tuple(i for i in plan.indicators if i.id in wanted),
    })  # fmt: skip
