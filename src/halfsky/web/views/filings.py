"""Filings 报备 with their clocks, and who answers for what 目标责任."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import BadRequest
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from halfsky.collect.actions import Stale, open_filings, review_filing, set_promulgated, submit_filing
from halfsky.collect.actions.filings import document
from halfsky.collect.documents import KINDS, MAX_BYTES
from halfsky.collect.models import Filing
from halfsky.places.models import Office
from halfsky.places.policy import Principal
from halfsky.places.roles import Permission
from halfsky.plan import Fault, Faulty, Plan, Target, Text
from halfsky.plan.model import Assignment, UnitOfGovernment
from halfsky.web.book import Book, of_plan, page
from halfsky.web.choices import chosen, paged
from halfsky.web.doors import acting, door
from halfsky.web.wording import promised


@dataclass(frozen=True, slots=True)
class FilingRow:
    """One filing; ``days`` past the day due (before it: negative), ``None`` once it is filed or on file."""

    filing: Filing
    who: Text
    days: int | None


def _rows(plan: Plan, filings: list[Filing], today: date) -> list[FilingRow]:
    offices = {(o.unit, o.region): o for o in Office.objects.filter(region__in=plan.place)}
    rows = []
    for f in filings:
        office = offices.get((f.unit, f.region))
        place = plan.place[f.region].name
        who = Text(zh=office.name_zh, en=office.name_en or office.name_zh) if office else place
        rows.append(FilingRow(f, who, (today - f.due).days if f.open else None))
    return rows


@door(Permission.RETURN_READ)
@of_plan
def filings(request: HttpRequest, book: Book) -> HttpResponseBase:
    """Every filing that the reader may see, the most overdue first."""
    return _filings(request, book)


def _filings(request: HttpRequest, book: Book, faults: Any = (), status: int = 200) -> HttpResponseBase:
    plan, by, today = book.plan, acting(request), timezone.localdate()
    every = list(Filing.objects.filter(by.scope(Permission.RETURN_READ).q(), plan=plan.id))
    kind, state = chosen(request, "kind", Filing.Kind.values), chosen(request, "state", [*Filing.State.values, "late"])
    region = chosen(request, "region", list(plan.place))
    found = [
        f
        for f in every
        if (not kind or f.kind == kind)
        and (not region or f.region == region)
        and (not state or f.state == state or (state == "late" and f.open and f.due < today))
    ]
    order = {Filing.State.FILED: 0, Filing.State.RETURNED: 1, Filing.State.DUE: 1, Filing.State.ACCEPTED: 2}
    found.sort(key=lambda f: (order[Filing.State(f.state)], f.due, f.kind, f.region, f.pk))
    rows = paged(request, found)
    counts = Counter(f.state for f in every)
    late = sum(f.open and f.due < today for f in every)
    context = {
        "rows": rows, "shown": _rows(plan, list(rows.object_list), today), "found": len(found), "total": len(every),
        "counts": [(s.value, counts[s.value]) for s in Filing.State], "late": late, "kinds": list(Filing.Kind),
        "kind": kind, "state": state, "region": region, "filtered": bool(kind or state or region), "faults": faults,
        "regions": [r for r in plan.regions if r.code in {f.region for f in every}],
        "may_open": by.may(Permission.FILING_REVIEW, region=plan.region),
        "typed": request.POST, "issued": plan.source.issued,
    }  # fmt: skip
    response = page(request, "filings", book, context)
    response.status_code = status
    return response


@door(Permission.FILING_REVIEW)
@require_POST
@of_plan
def open_clocks(request: HttpRequest, book: Book) -> HttpResponseBase:
    """Set the day of promulgation and the day for implementation plans."""
    try:
        days = {n: date.fromisoformat(request.POST.get(n, "")) for n in ("promulgated", "schemes_due")}
    except ValueError:
        words = Text(
            zh="请填写颁布日期和实施方案期限。", en="Give the day of promulgation and the day for implementation plans."
        )
        return _filings(request, book, [Fault(code="date", message=words)], 422)
    open_filings(plan=book.plan, by=acting(request), **days)
    return HttpResponseRedirect(reverse("web:filings", args=[book.plan.id]))


def _filing(book: Book, by: Principal, pk: int) -> Filing:
    found = Filing.objects.filter(by.scope(Permission.RETURN_READ).q(), plan=book.plan.id, pk=pk).first()
    if found is None:
        raise Http404(pk)
    return found


@door(Permission.RETURN_READ)
@of_plan
def filing(request: HttpRequest, book: Book, pk: int) -> HttpResponseBase:
    """One filing: sending it in, or reviewing it."""
    by = acting(request)
    held = _filing(book, by, pk)
    if request.method != "POST":
        return _one(request, book, held)
    what, version = request.POST.get("what", ""), request.POST.get("version", "")
    if what not in {"file", "accept", "return", "promulgated"} or not version.isdigit():
        raise BadRequest("what")
    try:
        if what == "file":
            sent = request.FILES.get("document")
            if not isinstance(sent, UploadedFile):
                words = Text(zh="请选择要报备的文件。", en="Choose the document to file.")
                raise Faulty([Fault(code="file-missing", message=words)])
            content = sent.read(MAX_BYTES + 1)
            submit_filing(
                plan=book.plan, filing=pk, version=int(version), name=sent.name or "", content=content, by=by
            )  # fmt: skip
        elif what == "promulgated":
            day = date.fromisoformat(request.POST.get("day", ""))
            set_promulgated(plan=book.plan, filing=pk, promulgated=day, by=by)
        else:
            review_filing(
                plan=book.plan, filing=pk, version=int(version), accept=what == "accept", by=by,
                reason=request.POST.get("reason", ""),
            )  # fmt: skip
    except Stale:
        return _one(request, book, _filing(book, by, pk), status=409, stale=True)
    except Faulty as refused:
        return _one(request, book, held, status=422, faults=refused.faults)
    except ValueError:
        words = Text(zh="请填写颁布日期。", en="Give the day of promulgation.")
        return _one(request, book, held, status=422, faults=[Fault(code="date", message=words)])
    return HttpResponseRedirect(reverse("web:filing", args=[book.plan.id, pk]))


def _one(
    request: HttpRequest, book: Book, held: Filing, *, status: int = 200, faults: Any = (), stale: bool = False
) -> HttpResponseBase:
    by = acting(request)
    level = "city" if held.kind == Filing.Kind.PLAN else None
    may_review = by.may(Permission.FILING_REVIEW, region=held.region, unit=held.unit, level=level)
    context = {
        "row": _rows(book.plan, [held], timezone.localdate())[0], "filing": held, "faults": faults, "stale": stale,
        "may_file": held.open and by.may(Permission.FILING_SUBMIT, region=held.region, unit=held.unit),
        "may_review": held.state == Filing.State.FILED and may_review,
        "may_date": held.open and held.kind == Filing.Kind.PLAN and by.may(Permission.FILING_REVIEW, region=held.region),
        "reason": request.POST.get("reason", ""), "suffixes": ",".join(KINDS), "limit": MAX_BYTES,
    }  # fmt: skip
    response = page(request, "filing", book, context)
    response.status_code = status
    return response


@door(Permission.RETURN_READ)
@of_plan
def filed_document(request: HttpRequest, book: Book, pk: int) -> HttpResponseBase:
    """The document, to take away and never to be shown in the page."""
    held = _filing(book, acting(request), pk)
    if not held.sha256 or not document(held).exists():
        raise Http404(pk)
    return FileResponse(
        document(held).open("rb"), as_attachment=True, filename=held.name, content_type="application/octet-stream"
    )


@dataclass(frozen=True, slots=True)
class Duty:
    """One clause at one level: who leads, who supports, and what is owed by when."""

    clause: str
    statement: Text
    assignment: Assignment
    lead: tuple[UnitOfGovernment, ...]
    support: tuple[UnitOfGovernment, ...]
    targets: tuple[tuple[Target, Text], ...]


@door(Permission.PLAN_READ)
@of_plan
def duties(request: HttpRequest, book: Book) -> HttpResponseBase:
    """Who answers for what at both levels, by unit or by clause."""
    plan = book.plan
    unit = chosen(request, "unit", list(plan.unit))
    level = chosen(request, "level", sorted({a.level for a in plan.assignments}))
    field = chosen(request, "field", [str(f.number) for f in plan.fields])
    part = chosen(request, "part", ["lead", "support"])
    every = [_duty(plan, a) for a in plan.assignments]
    found = [
        d
        for d in every
        if (not level or d.assignment.level == level)
        and (not field or str(getattr(plan.field_of(d.clause), "number", "")) == field)
        and (not unit or unit in (d.assignment.lead if part != "support" else ()) or unit in (d.assignment.support if part != "lead" else ()))
    ]  # fmt: skip
    order = {clause: i for i, clause in enumerate(plan.clauses)}
    found.sort(key=lambda d: (order.get(d.clause, len(order)), d.assignment.level))
    rows = paged(request, found)
    named = {u for a in plan.assignments for u in (*a.lead, *a.support)}
    context = {
        "rows": rows, "found": len(found), "total": len(every), "units": [u for u in plan.units if u.id in named],
        "levels": sorted({a.level for a in plan.assignments}), "unit": unit, "level": level, "field": field, "part": part,
        "filtered": bool(unit or level or field or part), "chosen_unit": plan.unit.get(unit),
    }  # fmt: skip
    return page(request, "duties", book, context)


def _duty(plan: Plan, assignment: Assignment) -> Duty:
    targets = plan.targets_of(assignment.clause)
    return Duty(
        assignment.clause, plan.clauses[assignment.clause].statement, assignment,
        tuple(plan.unit[u] for u in assignment.lead), tuple(plan.unit[u] for u in assignment.support),
        tuple((t, promised(plan, t)) for t in targets),
    )  # fmt: skip
