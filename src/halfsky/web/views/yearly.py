"""Yearly reports 年度报告: the years, one report to write and to review, and the board of all goals by all offices."""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter
from datetime import date
from typing import Any

from django.core.exceptions import BadRequest
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from halfsky.collect.actions import Stale
from halfsky.collect.documents import EVIDENCE, MAX_BYTES, path_of
from halfsky.oversight import queries
from halfsky.oversight.actions import (
    ItemChange,
    attach,
    detach,
    open_round,
    review_yearly,
    save_items,
    submit_yearly,
    take_over,
)
from halfsky.oversight.actions.yearly import may_review, may_write
from halfsky.oversight.models import YearlyItem, YearlyReport, YearlyRound
from halfsky.places.policy import Principal
from halfsky.places.queries import called
from halfsky.places.roles import Permission
from halfsky.plan import Fault, Faulty, Text
from halfsky.web.book import Book, of_plan, page
from halfsky.web.choices import chosen, paged
from halfsky.web.doors import acting, door
from halfsky.web.oversightwords import script_words
from halfsky.web.yearly import LONG, chapter_of, chapters, parts

_S = YearlyReport.State


@door(Permission.OVERSIGHT_READ)
@of_plan
def yearly(request: HttpRequest, book: Book) -> HttpResponseBase:
    """Every year whose reports were asked for; the city's committee office asks for the next."""
    if request.method != "POST":
        return _years(request, book)
    by = acting(request)
    try:
        unit, district = (date.fromisoformat(request.POST.get(n, "")) for n in ("unit_due", "district_due"))
        wanted = int(request.POST.get("year", ""))
        opened = open_round(plan=book.plan, year=wanted, unit_due=unit, district_due=district, by=by)
    except ValueError:
        words = Text(zh="请填写年度和两个期限。", en="Give the year and both days.")
        return _years(request, book, [Fault(code="date", message=words)], 422)
    except Faulty as refused:
        return _years(request, book, refused.faults, 422)
    return HttpResponseRedirect(reverse("web:yearly-year", args=[book.plan.id, opened.year]))


def _years(request: HttpRequest, book: Book, faults: Any = (), status: int = 200) -> HttpResponseBase:
    plan, by, today = book.plan, acting(request), timezone.localdate()
    rounds = list(YearlyRound.objects.filter(plan=plan.id))
    mine = list(queries.yearly_reports(by, plan))
    free = [y for y in range(plan.start, plan.end + 1) if y not in {r.year for r in rounds}]
    year = next((y for y in reversed(free) if y <= today.year), free[0] if free else None)
    context = {
        "rows": [(r, _counts([m for m in mine if m.round_id == r.pk], today)) for r in rounds], "free": free,
        "may_open": bool(free) and by.may(Permission.YEARLY_REVIEW, region=plan.region), "faults": faults,
        "typed": {"year": year, "unit_due": f"{(year or plan.end) + 1}-01-31", "district_due": f"{(year or plan.end) + 1}-02-28", **request.POST.dict()},
    }  # fmt: skip
    response = page(request, "oversight/yearly", book, context)
    response.status_code = status
    return response


def _counts(reports: list[YearlyReport], today: date) -> dict[str, int]:
    counts = Counter(r.state for r in reports)
    return {
        "total": len(reports),
        "late": sum(r.open and r.due < today for r in reports),
        **{s: counts[s] for s in _S.values},
    }


@door(Permission.OVERSIGHT_READ)
@of_plan
def year(request: HttpRequest, book: Book, year: int) -> HttpResponseBase:
    """The reports of one year in one's reach, what waits for the reader first."""
    plan, by, today = book.plan, acting(request), timezone.localdate()
    opened = YearlyRound.objects.filter(plan=plan.id, year=year).first()
    if opened is None:
        raise Http404(year)
    every = list(queries.yearly_reports(by, plan, year))
    state = chosen(request, "state", [*_S.values, "late", "mine"])
    region = chosen(request, "region", list(plan.place))
    turn = {r.pk: _turn(book, r, by) for r in every}
    found = [
        r
        for r in every
        if (not region or r.region == region)
        and (not state or r.state == state or (state == "late" and r.open and r.due < today) or (state == "mine" and turn[r.pk]))
    ]  # fmt: skip
    found.sort(key=lambda r: (not turn[r.pk], r.state == _S.ACCEPTED, r.due, bool(r.unit), r.region, r.pk))
    rows = paged(request, found)
    context = {
        "round": opened, "rows": rows, "shown": [(r, (today - r.due).days if r.open else None, turn[r.pk]) for r in rows.object_list],
        "found": len(found), "counts": _counts(every, today), "mine": sum(turn.values()), "state": state, "region": region,
        "names": queries.office_names(plan), "states": list(_S.values), "filtered": bool(state or region),
        "regions": [r for r in plan.regions if r.code in {x.region for x in every}],
    }  # fmt: skip
    return page(request, "oversight/yearly-year", book, context)


def _turn(book: Book, report: YearlyReport, by: Principal) -> bool:
    if report.open:
        return may_write(book.plan, report, by)
    return report.state == _S.SUBMITTED and may_review(book.plan, report, by)


@door(Permission.OVERSIGHT_READ)
@of_plan
def report(request: HttpRequest, book: Book, pk: int) -> HttpResponseBase:
    """One report: written, handed in, accepted or sent back."""
    by = acting(request)
    held = _held(book, by, pk)
    if request.method != "POST":
        return _one(request, book, held)
    what, version = request.POST.get("what", ""), request.POST.get("version", "")
    if not version.isdigit():
        raise BadRequest("version")
    typed = _typed(request)
    try:
        conflicts = _save(request, book, held, typed, by) if what in {"save", "submit", "attach", "take"} else {}
        if conflicts:
            return _one(request, book, held, status=409, typed=typed, conflicts=conflicts)
        _act(request, book, held, what, int(version), by)
    except Stale:
        return _one(request, book, _held(book, by, pk), status=409, stale=True, typed=typed)
    except Faulty as refused:
        return _one(request, book, held, status=422, faults=refused.faults, typed=typed)
    field = request.GET.get("field", "")
    return HttpResponseRedirect(
        reverse("web:yearly-report", args=[book.plan.id, pk]) + (f"?field={field}" if field and what == "save" else "")
    )


def _act(request: HttpRequest, book: Book, held: YearlyReport, what: str, version: int, by: Principal) -> None:
    plan, pk = book.plan, held.pk
    match what:
        case "save":
            pass
        case "submit":
            submit_yearly(plan=plan, report=pk, version=version, by=by)
        case "take":
            take_over(plan=plan, report=pk, by=by)
        case "accept" | "return":
            review_yearly(
                plan=plan, report=pk, version=version, accept=what == "accept", by=by, reason=request.POST.get("reason", "")
            )  # fmt: skip
        case "attach":
            sent = request.FILES.get("document")
            if not isinstance(sent, UploadedFile):
                words = Text(zh="请选择要上传的材料。", en="Choose the document to attach.")
                raise Faulty([Fault(code="file-missing", message=words)])
            content = sent.read(MAX_BYTES + 1)
            attach(
                plan=plan,
                report=pk,
                clause=request.POST.get("clause", ""),
                name=sent.name or "",
                content=content,
                by=by,
            )
        case _ if what.startswith("detach-") and what[7:].isdigit():
            if not held.evidence.filter(pk=int(what[7:])).exists():
                raise Http404(what)
            detach(plan=plan, evidence=int(what[7:]), by=by)
        case _:
            raise BadRequest("what")


def _typed(request: HttpRequest) -> dict[int, dict[str, str]]:
    """What was typed, by part."""
    found: dict[int, dict[str, str]] = {}
    for name, value in request.POST.items():
        field, _dash, number = name.partition("-")
        if field in {"progress", "words", "ahead"} and number.isdigit():
            found.setdefault(int(number), {})[field] = str(value)
    return found


def _save(request: HttpRequest, book: Book, held: YearlyReport, typed: dict[int, dict[str, str]], by: Principal) -> Any:
    if not typed:
        return {}
    stored = {i.pk: i for i in held.items.filter(pk__in=typed)}
    changes = [
        ItemChange(
            pk, int(seen) if (seen := request.POST.get(f"seen-{pk}", "")).isdigit() else 0,
            **{"progress": item.progress, "words": item.words, "ahead": item.ahead, **typed[pk]},
        )
        for pk, item in stored.items()
    ]  # fmt: skip
    key = hashlib.sha256(f"{held.pk}/{request.POST.get('key') or secrets.token_hex(8)}/{changes}".encode()).hexdigest()
    return save_items(plan=book.plan, report=held.pk, changes=changes, by=by, key=key)["conflicts"]


def _held(book: Book, by: Principal, pk: int) -> YearlyReport:
    found = queries.yearly_reports(by, book.plan).filter(pk=pk).first()
    if found is None:
        raise Http404(pk)
    return found


def _one(
    request: HttpRequest, book: Book, held: YearlyReport, *, status: int = 200, faults: Any = (), stale: bool = False,
    typed: Any = None, conflicts: Any = None,
) -> HttpResponseBase:  # fmt: skip
    plan, by, today = book.plan, acting(request), timezone.localdate()
    items = list(held.items.all())
    every = chapters(plan, items)
    field = chosen(request, "field", [c.code for c in every] + ["all"])
    if not field:
        field = "all" if len(items) < LONG else "whole"
    shown = [i for i in items if field == "all" or chapter_of(plan, i) == field]
    readable = queries.readable_words(plan, held, by)
    writes = held.open and may_write(plan, held, by)
    steps = list(held.steps.order_by("-pk"))
    where = {str(i.pk): chapter_of(plan, i) for i in items}
    context = {
        "report": held, "round": held.round, "days": (today - held.due).days if held.open else None, "faults": [(f, where.get(f.cell, "")) for f in faults], "stale": stale,
        "parts": parts(plan, held, shown, by, typed or {}, conflicts or {}) if readable else [], "readable": readable,
        "chapters": every, "field": field, "writes": writes, "may_review": held.state == _S.SUBMITTED and may_review(plan, held, by),
        "names": queries.office_names(plan), "steps": steps, "people": called(s.actor for s in steps), "returned": held.steps.filter(after=_S.RETURNED).last() if held.state == _S.RETURNED else None,
        "progresses": YearlyItem.Progress.values, "reason": request.POST.get("reason", ""), "conflicts": conflicts,
        "key": secrets.token_hex(8), "suffixes": ",".join(EVIDENCE), "limit": MAX_BYTES, "clauses": [i.clause for i in shown if i.clause],
        "district": not held.unit, "missing": sum(c.missing for c in every), "total": len(items),
        "script": script_words(request, held) if writes else "",
    }  # fmt: skip
    response = page(request, "oversight/yearly-report", book, context)
    response.status_code = status
    return response


@door(Permission.OVERSIGHT_READ)
@of_plan
def evidence(request: HttpRequest, book: Book, pk: int, file: int) -> HttpResponseBase:
    """A document, to take away and never to be shown in the page."""
    by = acting(request)
    held = _held(book, by, pk)
    found = held.evidence.filter(pk=file, removed_at__isnull=True).first()
    if found is None or not queries.readable_words(book.plan, held, by) or not path_of(found.sha256).exists():
        raise Http404(file)
    return FileResponse(
        path_of(found.sha256).open("rb"),
        as_attachment=True,
        filename=found.name,
        content_type="application/octet-stream",
    )
