"""The database of figures: browsed, pivoted, traced, taken away; and what is missing from it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase

from halfsky.collect import queries as collect
from halfsky.collect.models import Return
from halfsky.observations import Observation, SeriesKey, write_csv, write_xlsx
from halfsky.observations.columns import STATUS_NAMES
from halfsky.observations.gaps import Why
from halfsky.observations.parquet import write_parquet
from halfsky.places.models import RegionChange
from halfsky.places.policy import Principal
from halfsky.places.roles import Permission
from halfsky.plan import Plan, Residence, Sex
from halfsky.web import pivot
from halfsky.web.book import Book, of_plan, page
from halfsky.web.choices import chosen, paged
from halfsky.web.doors import acting, door
from halfsky.web.missing import COLUMNS, missing_of, offices, told
from halfsky.web.returns import trail
from halfsky.web.views.data import XLSX

_PARQUET = "application/vnd.apache.parquet"
_WRITERS: dict[str, tuple[Callable[..., bytes], str]] = {
    "csv": (write_csv, "text/csv; charset=utf-8"),
    "xlsx": (write_xlsx, XLSX),
    "parquet": (write_parquet, _PARQUET),
}


@door(Permission.PLAN_READ)
@of_plan
def database(request: HttpRequest, book: Book) -> HttpResponseBase:
    choice = pivot.selection(request, book.plan)
    groups = pivot.column_heads(choice)
    heads = [head for group in groups for head in group]
    rows = paged(request, pivot.values(choice, choice.rows))
    needed = [choice.plan.indicator[v] for v in rows.object_list] if choice.rows == "indicator" else choice.indicators
    figures = pivot.sight(acting(request), choice, needed)
    surveys = collect.surveys(book.plan, indicators=[i.id for i in needed])
    table = [(row, list(pivot.cells(choice, figures, surveys, row, heads))) for row in rows.object_list]
    single = "indicator" not in choice.axes
    seen = [cell for _, cells in table for cell in cells]
    context = {
        "choice": choice,
        "groups": groups,
        "heads": heads,
        "table": table,
        "rows": rows,
        "query": choice.query(),
        "dimensions": pivot.DIMENSIONS,
        "years": range(book.plan.end if not book.years else max(book.plan.end, *book.years), book.plan.start - 11, -1),
        "spans": pivot.SPANS,
        "ages": pivot.age_groups(book.plan),
        "sexes": list(Sex),
        "residences": list(Residence),
        "indicator": choice.plan.indicator[choice.indicator] if single else None,
        "statuses": [
            (s, name)
            for s, name in STATUS_NAMES.items()
            if any(c.observation and c.observation.status is s for c in seen)
        ],
        "computed": any(c.computed for c in seen),
        "blank": any(c.observation is None and not c.gap and c.asked for c in seen),
        "unasked": any(c.observation is None and not c.gap and not c.asked for c in seen),
        "gap": any(c.gap for c in seen),
        "measured": any(c.survey for c in seen),
        "found": any(c.observation for c in seen),
        "changed": RegionChange.objects.exists(),
        "chart": _chart(choice),
        "kinds": [("csv", "CSV"), ("xlsx", "Excel"), ("parquet", "Parquet")],
    }
    return page(request, "database", book, context)


def _chart(choice: pivot.Selection) -> str:
    """Which chart shows the selection; none for a table of many indicators."""
    if "indicator" in choice.axes:
        return ""
    indicator = choice.plan.indicator[choice.indicator]
    if "region" in choice.axes:
        return "map"
    if "sex" in choice.axes and "sex" in indicator.disaggregation:
        return "sexes"
    if "residence" in choice.axes and "residence" in indicator.disaggregation:
        return "residence"
    return "series"


@door(Permission.PLAN_READ)
@of_plan
def database_file(request: HttpRequest, book: Book, kind: str) -> HttpResponseBase:
    """The selection of the address as a file; ``all=1`` is everything that the reader may see."""
    if kind not in _WRITERS:
        raise Http404(kind)
    write, mime = _WRITERS[kind]
    found: Iterable[Observation]
    if chosen(request, "all", ["1"]):
        found, plan, name = collect.visible(acting(request), book.plan), book.plan, "figures"
    else:
        choice = pivot.selection(request, book.plan)
        found = pivot.selected(choice, pivot.sight(acting(request), choice, choice.indicators))
        plan, name = choice.plan, "selection"
    return _file(write(found, plan=plan), f"{book.plan.id}-{name}.{kind}", mime)


@door(Permission.PLAN_READ)
@of_plan
def figure(request: HttpRequest, book: Book) -> HttpResponseBase:
    """The trail of one figure: who sent it, in place of what, and why."""
    plan = book.plan
    indicator = book.indicator(request.GET.get("indicator", ""))
    key, year = _key(request, plan)
    who = acting(request)
    versions = [(v, collect.readable(who, plan, v.observation)) for v in collect.trail(plan.id, key, year)]
    survey = collect.surveys(plan, indicators=[indicator.id]).get((key, year))
    held = collect.visible(who, plan, indicators=[indicator.id], regions=[key.region], years=[year]).get(key, year)
    sheet = _return_of(who, plan, versions[0][0].file) if versions else None
    context = {
        "sheet": sheet, "way": trail(sheet, who) if sheet else (),
        "indicator": indicator, "key": key, "year": year, "versions": versions, "held": held,
        "region": plan.place.get(key.region), "unit": plan.unit.get(collect.unit_of(plan, indicator.id, key.region) or ""),
        "survey": survey if held is not None and held.value is not None and held.nature == "survey" else None,
    }  # fmt: skip
    return page(request, "figure", book, context)


def _return_of(who: Principal, plan: Plan, file: str) -> Return | None:
    """The return that a figure came in by, where the reader may read it."""
    kind, _, number = file.partition(":")
    if kind != "return" or not number.isdecimal():
        return None
    return collect.sheets(who, plan).filter(pk=int(number)).first()


def _key(request: HttpRequest, plan: Plan) -> tuple[SeriesKey, int]:
    year = request.GET.get("year", "")
    try:
        key = SeriesKey(
            request.GET.get("indicator", ""), request.GET.get("region", plan.region), Sex(request.GET.get("sex", "_T")),
            request.GET.get("age", "_T")[:12], Residence(request.GET.get("residence", "_T")),
        )  # fmt: skip
        return key, int(year)
    except ValueError:
        raise BadRequest("no such figure") from None


@door(Permission.PLAN_READ)
@of_plan
def missing(request: HttpRequest, book: Book) -> HttpResponseBase:
    """What is not known, for how long, and whose it is; ``?format=csv`` takes it away."""
    plan = book.plan
    every = missing_of(plan)
    field = chosen(request, "field", [str(f.number) for f in plan.fields])
    unit = chosen(request, "unit", sorted({m.unit for m in every if m.unit}))
    region = chosen(request, "region", list(plan.place))
    why = chosen(request, "why", [w.value for w in Why])
    found = [
        m
        for m in every
        if (not field or (m.field is not None and str(m.field.number) == field))
        and (not unit or m.unit == unit)
        and (not region or m.series.region == region)
        and (not why or m.why == why)
    ]
    if chosen(request, "format", ["csv"]):
        out = io.StringIO(newline="")
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        held = offices()
        writer.writerows(told(plan, m, held.get((m.unit, m.series.region))) for m in found)
        return _file(out.getvalue().encode("utf-8-sig"), f"{plan.id}-missing.csv", "text/csv; charset=utf-8")
    rows, held = paged(request, found), offices()
    context = {
        "rows": rows, "shown": [(m, held.get((m.unit, m.series.region))) for m in rows.object_list], "found": len(found), "total": len(every), "field": field, "unit": unit, "region": region,
        "why": why, "whys": list(Why), "units": [plan.unit[u] for u in dict.fromkeys(m.unit for m in every) if u in plan.unit],
        "may_survey": acting(request).may(Permission.SURVEY_KEEP),
    }  # fmt: skip
    return page(request, "missing", book, context)


def _file(content: bytes, name: str, kind: str) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
