"""The list of warnings, and one of them with its reasons."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase

from halfsky.assess import named
from halfsky.assess.explain import explain
from halfsky.observations import SeriesKey
from halfsky.places.roles import Permission
from halfsky.web import series
from halfsky.web.book import Book, of_plan, page
from halfsky.web.choices import chosen, paged
from halfsky.web.doors import door
from halfsky.web.figures import shown
from halfsky.web.present import clauses_led_by, warning_rows
from halfsky.web.wording import promised
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


@door(Permission.PLAN_READ)
@of_plan
def warning(request: HttpRequest, book: Book, target_id: str, code: str) -> HttpResponseBase:
    """One target in one place: how far, how fast, how sure, compared with whom; also where no warning is raised."""
    plan, target, region = book.plan, book.target(target_id), book.region(code)
    if region not in plan.places_bound(target):
        raise Http404(f"{target_id} {code}")
    indicator = plan.indicator[target.indicator]
    context: dict[str, Any] = {
        "target": target,
        "region": region,
        "indicator": indicator,
        "name": named(indicator, target.cut),
        "words": promised(plan, target),
        "verdict": (verdict := book.verdict.get((target.id, region.code))),
    }
    if verdict is not None:
        figures = shown(plan, indicators=[indicator.id])
        raised = (w for w in book.attention if (w.verdict.target, w.verdict.region) == (target.id, region.code))
        context |= {
            "warning": next(raised, None),
            "findings": series.odd([(target, verdict)]),
            "explanation": explain(plan, verdict, book.verdicts, figures),
            "known": bool(figures.series(SeriesKey.of(indicator.id, region.code, target.cut))),
            "rows": series.by_place(figures, plan, indicator, target, book.verdicts, book.as_of),
        }
    return page(request, "warning", book, context)
