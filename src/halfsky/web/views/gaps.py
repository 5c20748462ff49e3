"""Gaps between groups and places, and the composite by field with its parts."""

from __future__ import annotations

from collections import Counter

from django.http import HttpRequest, HttpResponseBase

from halfsky.assess import DEFAULT_POLICY
from halfsky.assess.composite import TOP
from halfsky.assess.gapmodel import Course, GapKind
from halfsky.places.roles import Permission
from halfsky.web.book import Book, of_plan, page
from halfsky.web.choices import chosen, paged
from halfsky.web.doors import door
from halfsky.web.gaps import (
    composite_row,
    composites_of,
    fields_of,
    gap_rows,
    gaps_of,
    missing_rows,
    part_rows,
)


@door(Permission.PLAN_READ)
@of_plan
def gaps(request: HttpRequest, book: Book) -> HttpResponseBase:
    """Every gap in one place, by kind, field and course; those of the plan's own region unless another is chosen."""
    plan = book.plan
    kind = chosen(request, "kind", [k.value for k in GapKind])
    field = chosen(request, "field", [str(f.number) for f in plan.fields])
    course = chosen(request, "course", [c.value for c in Course])
    region = chosen(request, "region", list(plan.place))
    fields = fields_of(plan)
    every = gaps_of(book)
    here = [
        gap
        for gap in every
        if gap.region == (region or plan.region)
        and (not kind or gap.kind == kind)
        and (not field or (gap.indicator in fields and str(fields[gap.indicator].number) == field))
    ]
    found = [gap for gap in here if not course or gap.course == course]
    rows = paged(request, found)
    counts = Counter(gap.course for gap in here)
    context = {
        "rows": rows,
        "shown": gap_rows(book, rows.object_list, fields),
        "found": len(found),
        "total": sum(gap.region == (region or plan.region) for gap in every),
        "anywhere": bool(every),
        "counts": [(code, counts[code]) for code in Course],
        "kinds": list(GapKind),
        "courses": list(Course),
        "kind": kind,
        "field": field,
        "course": course,
        "region": region,
        "filtered": bool(kind or field or course or region),
        "split_by_sex": any("sex" in i.disaggregation for i in plan.indicators),
        "split_by_residence": any("residence" in i.disaggregation for i in plan.indicators),
    }
    return page(request, "gaps", book, context)


@door(Permission.PLAN_READ)
@of_plan
def composite(request: HttpRequest, book: Book) -> HttpResponseBase:
    """The composite of every field in one place; of the field chosen its parts, its change and the districts."""
    plan = book.plan
    number = chosen(request, "field", [str(f.number) for f in plan.fields])
    region = chosen(request, "region", list(plan.place))
    place = plan.place[region or plan.region]
    made = composites_of(book)
    numbers = made.fields() if made else ()
    fields = [f for f in plan.fields if f.number in numbers]
    rows = [composite_row(made, f, place) for f in fields] if made else []
    spoken = next((r for r in rows if str(r.field.number) == number), None)
    if not number:
        spoken = next((r for r in rows if r.composite.score is not None), None) or next(iter(rows), None)
    context: dict[str, object] = {
        "rows": rows,
        "place": place,
        "region": region,
        "field": number,
        "asked": next((f for f in plan.fields if str(f.number) == number), None),
        "spoken": spoken,
        "least": DEFAULT_POLICY.composite_indicators,
        "coverage": round(100 * DEFAULT_POLICY.composite_coverage),
    }
    if made and spoken:
        of_year = spoken.composite
        last = made.change(spoken.field.number, place.code, of_year.year - 1)
        districts = [composite_row(made, spoken.field, r) for r in book.places]
        context |= {
            "parts": part_rows(plan, of_year, spoken.change),
            "missing": missing_rows(plan, of_year.missing),
            "short": None if of_year.score is None else TOP - of_year.score,
            "last": last,
            "trend": made.trend(spoken.field.number, place.code)[::-1],
            "districts": [d for d in districts if d.composite.parts],
            "demonstration": of_year.demonstration,
        }
    return page(request, "composite", book, context)
