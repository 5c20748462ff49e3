"""The office in which a document is written: the small plan judged, a writer, a member of the leading group and a clerk."""

from __future__ import annotations

from pathlib import Path

from halfsky.plan import Plan
from tests.support import CLERK, with_units
from tests.web import pack
from tests.web.conftest import PASSWORD

YEAR = 2024
PEOPLE: dict[str, tuple[str, str, str | None]] = {
    "feng": ("冯起草", "committee", None),
    "zheng": ("郑领导", "leader", None),
    "sun": ("孙填报", "clerk", "health"),
}


def plan() -> Plan:
    return with_units(pack.pack())


def begin() -> None:
    """What is there before anything is written."""
    from django.conf import settings

    from halfsky.places.actions import add_person, appoint, establish
    from tests.web.conftest import fill

    pack.write(plan(), Path(settings.PLANS_DIR))
    establish(plan=plan(), by=CLERK)
    fill(plan())
    for name, (called, role, unit) in PEOPLE.items():
        person = add_person(username=name, full_name=called, password=PASSWORD, by=CLERK)
        appoint(user=person, role=role, region=pack.CITY, unit=unit, by=CLERK)


def revise() -> None:
    """A later figure, judged: the text of the draft is no longer what the data say."""
    from halfsky.alerts.actions import assess_plan
    from halfsky.collect.actions import import_figures

    newest = pack._figure("maternal_mortality", pack.CITY, YEAR, "20")
    import_figures(plan=plan(), observations=[newest], by=CLERK, reason="更正")
    assess_plan(plan=plan(), as_of=YEAR, by=CLERK)


def reproduced() -> int:
    """Make the PDF of the issued document again; its bytes are those that were issued, or this fails. How many they are."""
    from halfsky.reports.issuing import reproduce
    from halfsky.reports.models import Document

    return len(reproduce(Document.objects.get()))
