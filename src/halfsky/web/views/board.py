"""The board: all goals by all offices, with how far each is; as a page, as CSV and as Excel."""

from __future__ import annotations

import csv
import io
from typing import Any

import xlsxwriter
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from halfsky.observations.csvfile import guarded
from halfsky.oversight.board import board as made
from halfsky.oversight.board import columns, flat
from halfsky.oversight.models import YearlyItem, YearlyRound
from halfsky.oversight.queries import Office, office_names
from halfsky.places.roles import Permission
from halfsky.plan import Plan, Text
from halfsky.plan.model import COUNTY_LEVELS
from halfsky.web.book import Book, of_plan, page
from halfsky.web.choices import chosen
from halfsky.web.doors import acting, door
from halfsky.web.oversightwords import PROGRESS, YEARLY_STATES
from halfsky.web.views.data import XLSX

_KINDS = ("goals", "measures", "all")


@door(Permission.OVERSIGHT_READ)
@of_plan
def board(request: HttpRequest, book: Book) -> HttpResponseBase:
    """Clauses by offices; ``?format=csv`` or ``xlsx`` takes away what is shown."""
    plan, by = book.plan, acting(request)
    years = [str(y) for y in YearlyRound.objects.filter(plan=plan.id).values_list("year", flat=True)]
    year = chosen(request, "year", years) or (years[0] if years else "")
    reach = by.scope(Permission.OVERSIGHT_READ).regions()
    places = [
        r
        for r in plan.regions
        if (reach is None or r.code in reach) and r.level in COUNTY_LEVELS and r.code != plan.region
    ]
    whos = (
        (["city"] if reach is None or plan.region in reach else [])
        + (["districts"] if places else [])
        + [r.code for r in places]
    )
    who = chosen(request, "who", whos) or (whos[0] if whos else "")
    kind = chosen(request, "kind", _KINDS) or "goals"
    field = chosen(request, "field", [str(f.number) for f in plan.fields])
    progress = chosen(request, "progress", list(YearlyItem.Progress.values))
    unit = chosen(request, "unit", list(plan.unit))
    shown = made(
        plan, by, year=int(year or 0), who=who, clauses=_clauses(plan, kind, field, who, unit), today=timezone.localdate(), progress=progress
    ) if who else None  # fmt: skip
    if shown and (wanted := chosen(request, "format", ["csv", "xlsx"])):
        return _file(plan, wanted, flat(plan, shown, int(year or 0), _words()), year, who)
    names = office_names(plan)
    context = {
        "years": years, "year": year, "whos": whos, "who": who, "kind": kind, "field": field, "progress": progress, "unit": unit,
        "board": shown, "names": names, "places": {r.code: r.name for r in places}, "progresses": list(YearlyItem.Progress.values),
        "units": [(u, names.get((region, u))) for region, u in (columns(plan, who) if who not in ("", "districts") else [])],
        "fields": plan.fields, "untold": shown.counts[""] if shown else 0,
        "counts": [(p, shown.counts[p] if shown else 0) for p in YearlyItem.Progress.values],
        "heads": [_short(plan, office, names) for office in shown.columns] if shown else [],
        "groups": _groups(plan, shown.rows) if shown else [],
    }  # fmt: skip
    return page(request, "oversight/board", book, context)


def _short(plan: Plan, office: Office, names: dict[Office, Text]) -> Text:
    """The name of an office in a head of a column, without the place that all of them share."""
    place, name = plan.place[office[0]].name, names.get(office)
    if not office[1] or name is None:
        return place
    return Text(zh=name.zh.removeprefix(place.zh) or name.zh, en=name.en.removeprefix(f"{place.en} ") or name.en)


def _clauses(plan: Plan, kind: str, field: str, who: str, unit: str) -> list[str]:
    letters = {"goals": "G", "measures": "M", "all": "GMOE"}[kind]
    found = [c for c in plan.clauses if c[0] in letters]
    if field:
        found = [c for c in found if (f := plan.field_of(c)) is not None and str(f.number) == field]
    if unit:
        mine = {a.clause for a in plan.assignments if unit in (*a.lead, *a.support)}
        found = [c for c in found if c in mine]
    return found


def _groups(plan: Plan, rows: Any) -> list[tuple[Any, list[Any]]]:
    """Rows under their fields."""
    groups: list[tuple[Any, list[Any]]] = []
    for row in rows:
        field = plan.field_of(row.clause)
        if not groups or groups[-1][0] is not field:
            groups.append((field, []))
        groups[-1][1].append((row, plan.clauses[row.clause].statement))
    return groups


def _words() -> dict[str, str]:
    return {
        "": _("not told yet"), "lead": _("leads"), "support": _("supports"),
        **{k: str(v) for k, v in PROGRESS.items()}, **{k: str(v) for k, v in YEARLY_STATES.items()},
    }  # fmt: skip


def _head() -> list[str]:
    return [
        _("Year"), _("Clause"), _("Statement"), _("Office"), _("Place"), _("Part played"), _("Progress"), _("How it went"),
        _("Next year's work"), _("Report"), _("Open tasks"), _("Overdue tasks"),
    ]  # fmt: skip


def _file(plan: Plan, kind: str, rows: Any, year: str, who: str) -> HttpResponse:
    name = f"{plan.id}-{year}-{who}.{kind}"
    if kind == "csv":
        out = io.StringIO(newline="")
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(_head())
        writer.writerows([guarded(cell) for cell in row] for row in rows)
        content, of = out.getvalue().encode("utf-8-sig"), "text/csv; charset=utf-8"
    else:
        content, of = _workbook(rows), XLSX
    return HttpResponse(content, content_type=of, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _workbook(rows: Any) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet(_("Board"))
        bold, wrap = book.add_format({"bold": True, "bottom": 1}), book.add_format({"text_wrap": True, "valign": "top"})
        for column, width in enumerate((7, 8, 48, 26, 14, 8, 8, 48, 48, 10, 10, 10)):
            sheet.set_column(column, column, width, wrap)
        sheet.write_row(0, 0, _head(), bold)
        last = 0
        for last, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                if column in {0, 10, 11}:
                    sheet.write_number(last, column, int(cell), wrap)
                else:
                    sheet.write_string(last, column, cell, wrap)
        sheet.freeze_panes(1, 2)
        sheet.autofilter(0, 0, max(last, 1), 11)
        sheet.repeat_rows(0)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
    return out.getvalue()
