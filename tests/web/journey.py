"""The office in which a year is played: the small plan with its units, past figures, and one person in each of six posts, an auditor and a reader."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from halfsky.plan import Plan
from tests.support import CLERK, words
from tests.web import pack
from tests.web.conftest import PASSWORD

SCIENCE, HEALTH, YEAR = "science", "health-d", 2025
# Sign-in name → the name by which the person is called, the role, the place, the unit.
PEOPLE: dict[str, tuple[str, str, str, str | None]] = {
    "wang": ("王填报", "district_clerk", pack.SHORE, HEALTH),
    "zhao": ("赵审核", "district_unit_approver", pack.SHORE, HEALTH),
    "qian": ("钱统计", "district_statistics", pack.SHORE, None),
    "sun": ("孙填报", "clerk", pack.CITY, SCIENCE),
    "li": ("李审核", "unit_approver", pack.CITY, SCIENCE),
    "zhou": ("周统计", "statistics", pack.CITY, None),
    "wu": ("吴审计", "auditor", pack.CITY, None),
    "zheng": ("郑领导", "leader", pack.CITY, None),
}


def plan() -> Plan:
    """The small pack, its indicators of health collected by the health offices of the city and of each district."""
    content: dict[str, Any] = pack.pack().model_dump(mode="json", exclude_defaults=True)
    for indicator in content["indicators"]:
        if indicator["id"] in {"maternal_mortality", "screening", "girls_school"}:
            indicator["source_unit"] = "health"
    content["units"].append(
        {"id": HEALTH, "name": words("区（市）县卫生健康局", "District Health Bureau"), "level": "district"}
    )
    return Plan(**content)


def begin() -> None:
    """What is there before the year is opened."""
    from django.conf import settings

    from halfsky.alerts.actions import assess_plan
    from halfsky.collect.actions import import_figures
    from halfsky.places.actions import add_person, appoint, establish

    pack.write(plan(), Path(settings.PLANS_DIR))
    establish(plan=plan(), by=CLERK)
    import_figures(plan=plan(), observations=pack.figures(), by=CLERK, file="figures.csv")
    assess_plan(plan=plan(), as_of=2024, by=CLERK)
    for name, (called, role, region, unit) in PEOPLE.items():
        person = add_person(username=name, full_name=called, password=PASSWORD, by=CLERK)
        appoint(user=person, role=role, region=region, unit=unit, by=CLERK)


def tell() -> None:
    """Print, as JSON, what the installation holds of the figure that the journey revises, of the verdict on it, and of how it came there."""
    from halfsky.alerts.queries import verdicts
    from halfsky.audit.models import Event
    from halfsky.collect.models import Return
    from halfsky.collect.queries import trail
    from halfsky.observations import SeriesKey

    sheet = Return.objects.get(region=pack.SHORE, cycle__year=YEAR, unit=HEALTH)
    events = Event.objects.filter(subject=f"return:{sheet.pk}").exclude(action="return.save").order_by("number")
    took = Event.objects.filter(action="figures.import", after__file=f"return:{sheet.pk}").order_by("number")
    judged = next(v for v in verdicts(plan().id, YEAR) if (v.target, v.region) == ("M1.1a", pack.SHORE))
    found = {
        "versions": [
            (str(v.observation.value), v.actor, v.reason)
            for v in reversed(trail(plan().id, SeriesKey("screening", pack.SHORE), YEAR))
        ],
        "verdict": (str(judged.value), judged.year, judged.status.value),
        "steps": [(e.action.removeprefix("return."), e.actor, e.role, e.reason) for e in events],
        "took": [(e.actor, (e.after or {})["created"], (e.after or {})["revised"], e.reason) for e in took],
        "subject": f"return:{sheet.pk}",
        "about": Event.objects.filter(subject=f"return:{sheet.pk}").count(),
        "events": Event.objects.count(),
    }
    print(json.dumps(found, ensure_ascii=False))
