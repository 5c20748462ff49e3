"""Figures, verdicts, targets and reports to take away."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase

from halfsky.collect import queries as collect
from halfsky.observations import Confidentiality, Observation, write_csv, write_xlsx
from halfsky.places.roles import Permission
from halfsky.web.book import Book, of_plan, page
from halfsky.web.doors import door
from halfsky.web.figures import citations
from halfsky.web.tables import TARGET_COLUMNS, VERDICT_COLUMNS, target_rows, verdict_rows

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Report:
    """A written report that can be fetched: ``<plan>-<year>-<language>.<kind>``."""

    name: str
    year: str
    language: str
    kind: str
    size: int


@door(Permission.PLAN_READ)
@of_plan
def data(request: HttpRequest, book: Book) -> HttpResponseBase:
    free = _free(book)
    context = {
        "figure_count": len(free),
        "first": min((o.year for o in free), default=None),
        "last": max((o.year for o in free), default=None),
        "reports": _reports(book),
        "sources": citations(book.plan),
    }
    return page(request, "data", book, context)


@door(Permission.PLAN_READ)
@of_plan
def download(request: HttpRequest, book: Book, name: str) -> HttpResponseBase:
    """One of the four tables; figures that are not free to publish are not in it."""
    plan = book.plan
    match name:
        case "figures.csv":
            return _file(write_csv(_free(book), plan=plan), f"{plan.id}-figures.csv", "text/csv; charset=utf-8")
        case "figures.xlsx":
            return _file(write_xlsx(_free(book), plan=plan), f"{plan.id}-figures.xlsx", XLSX)
        case "verdicts.csv":
            content = _csv(VERDICT_COLUMNS, verdict_rows(book))
            return _file(content, f"{plan.id}-verdicts-{book.as_of}.csv", "text/csv; charset=utf-8")
        case "targets.csv":
            return _file(_csv(TARGET_COLUMNS, target_rows(plan)), f"{plan.id}-targets.csv", "text/csv; charset=utf-8")
    raise Http404(name)


@door(Permission.PLAN_READ)
@of_plan
def report(request: HttpRequest, book: Book, name: str) -> HttpResponseBase:
    """A report from the reports folder; only names that the page itself lists are served."""
    if name not in {r.name for r in _reports(book)}:
        raise Http404(name)
    return FileResponse((_folder() / name).open("rb"), as_attachment=True, filename=name)


def _folder() -> Path:
    return Path(settings.HOME) / "reports"


def _reports(book: Book) -> list[Report]:
    """What ``halfsky report`` wrote here, the newest year first, Chinese before English."""
    named = re.compile(rf"{re.escape(book.plan.id)}-(\d{{4}})-(zh|en)\.(docx|pdf)")
    files = _folder().iterdir() if _folder().is_dir() else ()
    found = [
        Report(file.name, name[1], name[2], name[3], file.stat().st_size)
        for file in files
        if (name := named.fullmatch(file.name))
    ]
    return sorted(found, key=lambda r: (-int(r.year), r.language != "zh", r.kind))


def _free(book: Book) -> list[Observation]:
    return [o for o in collect.figures(book.plan) if o.confidentiality is Confidentiality.FREE]


def _csv(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def _file(content: bytes, name: str, kind: str) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
