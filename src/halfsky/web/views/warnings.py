"""The list of warnings."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase

from halfsky.places.roles import Permission
from halfsky.web.book import Book, of_plan, page
from halfsky.web.choices import chosen, paged
from halfsky.web.doors import door
from halfsky.web.present import clauses_led_by, warning_rows
from halfsky.web.words import LEVELS


@door(Permission.PLAN_READ)
@of_plan
def warnings(request: HttpRequest, book: Book) -> HttpResponseBase:
    """What is missed, at risk, slipping or volatile, the gravest first; by field, unit, place and level."""
    plan = book.plan
    field = chosen(request, "field", [str(f.number) for f in plan.fields])
    unit = chosen(request, "unit", list(plan.unit))
    region = chosen(request, "region", list(plan.place))
    level = chosen(request, "level", list(LEVELS))
    answering = clauses_led_by(plan, unit) if unit else set()
    every = warning_rows(book)
    rows = [
        row
        for row in every
        if (not field or (row.field is not None and str(row.field.number) == field))
        and (not unit or row.target.clause in answering)
        and (not region or row.region.code == region)
        and (not level or row.warning.level == level)
    ]
    assigned = {u for a in plan.assignments for u in (*a.lead, *a.support)}
    context = {
        "rows": paged(request, rows),
        "found": len(rows),
        "total": len(every),
        "counts": [(code, sum(row.warning.level == code for row in every)) for code in LEVELS],
        "units": [u for u in plan.units if u.id in assigned],
        "field": field,
        "unit": unit,
        "region": region,
        "level": level,
        "filtered": bool(field or unit or region or level),
    }
    return page(request, "warnings", book, context)
