"""A place with units that have duties, people in their posts, and a year of reports, for the tests of this room."""

from __future__ import annotations

from datetime import date

from halfsky.collect.models import Notice
from halfsky.oversight.actions import ItemChange, open_round, save_items
from halfsky.oversight.models import YearlyReport, YearlyRound
from halfsky.places.actions import establish
from halfsky.places.policy import Principal
from tests.collect.year import acting, everybody, plan
from tests.support import CITY, CLERK, SHORE

PLAN = plan()
UNIT_DUE, DISTRICT_DUE = date(2026, 1, 31), date(2026, 2, 28)


def furnish() -> None:
    establish(plan=PLAN, by=CLERK)
    everybody()


def opened(year: int = 2025) -> YearlyRound:
    return open_round(plan=PLAN, year=year, unit_due=UNIT_DUE, district_due=DISTRICT_DUE, by=city())


def city() -> Principal:
    return acting("committee", CITY)


def shore() -> Principal:
    return acting("district_committee", SHORE)


def clerk() -> Principal:
    return acting("district_clerk", SHORE, "health-d")


def heard(who: str) -> list[str]:
    return [n.kind for n in Notice.objects.filter(user__username=who).order_by("pk")]


def write(report: YearlyReport, by: Principal, key: str = "", **more: str) -> None:
    """Fill every part of a report."""
    changes = [
        ItemChange(
            i.pk, i.version, more.get("progress", "doing") if i.clause else "",
            more.get("words", "已建立工作机制，按季度调度。") if i.topic != "problems" else "", more.get("ahead", "") if i.clause else "",
        )
        for i in report.items.all()
    ]  # fmt: skip
    save_items(plan=PLAN, report=report.pk, changes=changes, by=by, key=key or f"write-{report.pk}-{report.version}")
