"""The office in which a district reports and a meeting decides: duties at both levels, figures that warn, an overdue task."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from halfsky.plan import Plan
from tests.support import CLERK, rising, with_units
from tests.web import pack
from tests.web.conftest import PASSWORD

YEAR = 2025
LATE = "报送流动妇女筛查台账"
# Sign-in name → the name by which the person is called, the role, the place, the unit.
PEOPLE: dict[str, tuple[str, str, str, str | None]] = {
    "he": ("何晓琳", "committee", pack.CITY, None),
    "song": ("宋海燕", "district_committee", pack.SHORE, None),
    "chen": ("陈敏", "district_clerk", pack.SHORE, "health-d"),
}


def plan() -> Plan:
    """The site's plan with units, and duties at both levels."""
    content = with_units(pack.pack()).model_dump(mode="json", exclude_defaults=True)
    content["assignments"] = [
        {"clause": "G1.1", "level": "city", "lead": ["health"], "support": ["statistics"], "basis": "practice"},
        {"clause": "M1.1", "level": "district", "lead": ["health-d"], "basis": "practice"},
        {"clause": "G1.1", "level": "district", "lead": ["health-d"], "support": ["statistics-d"], "basis": "practice"},
    ]
    return Plan(**content)


def begin() -> None:
    """What is there before anybody reports or meets."""
    from django.conf import settings
    from django.utils import timezone

    from halfsky.alerts.actions import assess_plan
    from halfsky.collect.actions import import_figures
    from halfsky.oversight.actions import give_task
    from halfsky.oversight.models import Origin, OriginKind
    from halfsky.places.actions import add_person, appoint, establish

    made = plan()
    pack.write(made, Path(settings.PLANS_DIR))
    establish(plan=made, by=CLERK)
    for name, (called, role, region, unit) in PEOPLE.items():
        person = add_person(username=name, full_name=called, password=PASSWORD, by=CLERK)
        appoint(user=person, role=role, region=region, unit=unit, by=CLERK)
    figures = [
        *rising("screening", pack.SHORE, 2022, "58", "61", "64", "66"),
        *rising("maternal_mortality", pack.CITY, 2018, "9.0", "9.8", "10.5", "11.5", "12.4", "13.2", "14.1", "15.0"),
    ]
    import_figures(plan=made, observations=figures, by=CLERK, file="figures.csv")
    assess_plan(plan=made, as_of=YEAR, by=CLERK)
    give_task(
        plan=made, title=LATE, words="", region=pack.SHORE, unit="health-d",
        due=timezone.localdate() - timedelta(days=30), origin=Origin(OriginKind.OTHER, "1", ""), by=CLERK,
    )  # fmt: skip


def revise() -> None:
    """A later figure of the district's screening: what its report says was written before it."""
    from halfsky.collect.actions import import_figures

    import_figures(plan=plan(), observations=rising("screening", pack.SHORE, YEAR, "66.5"), by=CLERK, reason="核增")


def report() -> list[object]:
    """Where the district's report stands, and its steps."""
    from halfsky.oversight.models import YearlyReport

    held = YearlyReport.objects.get(region=pack.SHORE, unit="")
    return [held.state, [s.after for s in held.steps.all()]]


def decided() -> list[object]:
    """The one task that a meeting gave: where it stands, whose it is, its day and its steps."""
    from halfsky.oversight.models import Task

    held = Task.objects.get(origin_kind="meeting")
    return [held.state, held.region, held.unit, str(held.due), [s.after for s in held.steps.all()]]
