"""The map, and the standing of one place."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase

from halfsky.assess.explain import explain
from halfsky.places.queries import restructurings
from halfsky.places.roles import Permission
from halfsky.plan import Target
from halfsky.reports.charts.marks import READING_ORDER
from halfsky.web import series
from halfsky.web.book import Book, of_plan, page
from halfsky.web.choices import chosen
from halfsky.web.doors import door
from halfsky.web.figures import shown
from halfsky.web.present import Tally, by_field, promises, warning_rows
from halfsky.web.wording import promised


@door(Permission.PLAN_READ)
@of_plan
def map_(request: HttpRequest, book: Book) -> HttpResponseBase:
    """One promise in every district: a map, and the same in a table."""
    plan = book.plan
    mapped = [t for t in plan.targets if any(r.code != plan.region for r in plan.places_bound(t))]
    wanted = chosen(request, "target", [t.id for t in mapped])
    target = plan.target[wanted] if wanted else _worth_showing(book, mapped)
    rows = []
    if target is not None:
        indicator = plan.indicator[target.indicator]
        figures = shown(plan, indicators=[indicator.id])
        rows = series.by_place(figures, plan, indicator, target, book.verdicts, book.as_of)
    context = {
        "mapped": [(t, plan.indicator[t.indicator], promised(plan, t)) for t in mapped],
        "target": target,
        "indicator": plan.indicator[target.indicator] if target else None,
        "promise": promised(plan, target) if target else None,
        "rows": rows,
        "judged": True,
        "tally": Tally.of(row.verdict.status for row in rows if row.verdict),
    }
    return page(request, "map", book, context)


def _worth_showing(book: Book, mapped: list[Target]) -> Target | None:
    """The promise that the gravest warning of a district is about, else the first."""
    grave = next((w.target for w in warning_rows(book) if w.region.code != book.plan.region), None)
    return grave or next(iter(mapped), None)


@door(Permission.PLAN_READ)
@of_plan
def region(request: HttpRequest, book: Book, code: str) -> HttpResponseBase:
    """One place: how its promises stand, and what needs attention there first."""
    place = book.region(code)
    figures = shown(book.plan, regions=[code, place.parent] if place.parent else [code])
    rows = promises(book, figures, code)
    warnings = [w for w in warning_rows(book) if w.region.code == code]
    context = {
        "region": place,
        "changes": restructurings({code}),
        "parent": book.plan.place.get(place.parent or ""),
        "rows": rows,
        "judged": True,
        "tally": Tally.of(row.standing for row in rows),
        "fields": by_field(rows, book.plan),
        "warnings": warnings,
        "explained": [(w, explain(book.plan, w.verdict, book.verdicts, figures)) for w in warnings],
        "standings": READING_ORDER,
    }
    return page(request, "region", book, context)
