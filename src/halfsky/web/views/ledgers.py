"""The ledgers of implementation 台账: the list of them, one ledger, one record, and what they offer a return."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from halfsky.audit.models import Event
from halfsky.collect.actions import Stale
from halfsky.implementation import queries
from halfsky.implementation.actions import Typed, add_record, adopt, change_record, move_record, take_over
from halfsky.implementation.models import Record
from halfsky.places.models import Office
from halfsky.places.policy import Principal
from halfsky.places.roles import Permission
from halfsky.plan import Fault, Faulty, Plan, Text
from halfsky.plan.ledgers import Ledger
from halfsky.web.book import Book, of_plan, page
from halfsky.web.choices import chosen, paged
from halfsky.web.doors import acting, door
from halfsky.web.ledgerfile import as_csv

Faults = tuple[Fault, ...]


@door(Permission.RETURN_READ)
@of_plan
def ledgers(request: HttpRequest, book: Book) -> HttpResponseBase:
    """Every ledger of the plan with what stands in it in a year."""
    rows, years = _years(request, book)
    year = rows["year"]
    found = list(queries.visible(acting(request), book.plan).filter(**({"year": year} if year else {})))
    lines = []
    for ledger in book.plan.ledger.values():
        own = [row for row in found if row.ledger == ledger.id]
        stages = [(stage, sum(row.stage == stage.id for row in own)) for stage in ledger.stages]
        lines.append((ledger, len(own), stages, queries.totals(ledger, own)))
    return page(request, "ledgers/all", book, {"lines": lines, "years": years, **rows})


@door(Permission.RETURN_READ)
@of_plan
def ledger(request: HttpRequest, book: Book, ledger_id: str) -> HttpResponseBase:
    """The records of one ledger, narrowed by year, place and stage; ``?format=csv`` gives them as a file."""
    kind, by = _ledger(book.plan, ledger_id), acting(request)
    chosen_year, years = _years(request, book)
    stage = chosen(request, "stage", list(kind.stage))
    region = chosen(request, "region", list(book.plan.place))
    clause = chosen(request, "clause", list(book.plan.clauses))
    every = queries.visible(by, book.plan).filter(ledger=kind.id)
    narrowed = {"year": chosen_year["year"], "stage": stage, "region": region}
    rows = every.filter(**{name: value for name, value in narrowed.items() if value})
    found = [row for row in rows.prefetch_related("adoptions") if not clause or clause in row.clauses]
    if request.GET.get("format") == "csv":
        response = HttpResponse(as_csv(book, kind, found, _offices(found)), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{book.plan.id}-{kind.id}.csv"'
        return response
    context = {
        "ledger": kind, "rows": paged(request, found), "found": len(found), "totals": queries.totals(kind, found),
        "stage": stage, "region": region, "clause": clause, "years": years, "offices": _offices(found),
        "regions": [r for r in book.plan.regions if r.code in set(every.values_list("region", flat=True))],
        "clauses": sorted({c for row in every for c in row.clauses}), "may_add": bool(by.scope(Permission.LEDGER_KEEP)),
        "filtered": bool(stage or region or clause or chosen_year["year"]), **chosen_year,
    }  # fmt: skip
    return page(request, "ledgers/ledger", book, context)


@door(Permission.LEDGER_KEEP)
@of_plan
def add(request: HttpRequest, book: Book, ledger_id: str) -> HttpResponseBase:
    """Enter a record; the offices offered are those that the writer keeps records for."""
    kind, by = _ledger(book.plan, ledger_id), acting(request)
    keepers = _keepers(book.plan, by)
    faults: Faults = ()
    if request.method == "POST":
        try:
            region, _slash, unit = _given(request, "keeper", [key for key, _name in keepers]).partition("/")
            made = add_record(
                plan=book.plan, ledger=kind.id, region=region, unit=unit, typed=_typed(request, kind),
                key=request.POST.get("key", "")[:64] or secrets.token_hex(16), by=by,
            )  # fmt: skip
            return _to(book, made)
        except Faulty as error:
            faults = error.faults
    return _form(request, book, kind, None, faults, {"keepers": keepers})


@door(Permission.RETURN_READ)
@of_plan
def record(request: HttpRequest, book: Book, pk: int) -> HttpResponseBase:
    """One record: read by all who may, changed by its keeper."""
    row, by = _record(book.plan, acting(request), pk), acting(request)
    kind = _ledger(book.plan, row.ledger)
    faults: Faults = ()
    stale = ""
    if request.method == "POST":
        by.need(Permission.LEDGER_KEEP, region=row.region, unit=row.unit)
        try:
            change_record(plan=book.plan, pk=pk, version=_version(request), typed=_typed(request, kind), by=by)
            return _to(book, row)
        except Faulty as error:
            faults = error.faults
        except Stale:
            stale = _changed()
    return _form(request, book, kind, row, faults, {"stale": stale})


@door(Permission.RETURN_READ)
@require_POST
@of_plan
def move(request: HttpRequest, book: Book, pk: int) -> HttpResponseBase:
    """Take a record on to another stage."""
    row, by = _record(book.plan, acting(request), pk), acting(request)
    kind = _ledger(book.plan, row.ledger)
    try:
        move_record(
            plan=book.plan, pk=pk, version=_version(request), to=request.POST.get("to", ""), by=by,
            reason=request.POST.get("reason", "")[:2000],
        )  # fmt: skip
    except Faulty as error:
        return _form(request, book, kind, row, error.faults, {"moving": request.POST.get("to", "")})
    except Stale:
        return _form(request, book, kind, _record(book.plan, by, pk), (), {"stale": _changed()})
    return _to(book, row)


@door(Permission.LEDGER_CHECK)
@require_POST
@of_plan
def adopted(request: HttpRequest, book: Book, pk: int) -> HttpResponseBase:
    """Say that one's own place has taken a good practice over."""
    row, by = _record(book.plan, acting(request), pk), acting(request)
    try:
        on = date.fromisoformat(request.POST.get("on", ""))
        adopt(
            plan=book.plan, pk=pk, region=request.POST.get("region", ""), on=on, words=request.POST.get("words", "")[:2000],
            by=by,
        )  # fmt: skip
    except ValueError:
        words = Text(zh="请填写应用日期。", en="Give the day on which it was adopted.")
        fault = Fault(code="date", cell="on", message=words)
        return _form(request, book, _ledger(book.plan, row.ledger), row, (fault,), {})
    except Faulty as error:
        return _form(request, book, _ledger(book.plan, row.ledger), row, error.faults, {})
    return _to(book, row)


@door(Permission.RETURN_FILL)
@require_POST
@of_plan
def into_return(request: HttpRequest, book: Book, sheet_id: int) -> HttpResponseBase:
    """Put the sums of the ledgers into the blank cells of a return that they feed."""
    take_over(plan=book.plan, sheet=sheet_id, by=acting(request))
    return HttpResponseRedirect(reverse("web:return", kwargs={"plan_id": book.plan.id, "sheet_id": sheet_id}))


def _form(
    request: HttpRequest, book: Book, kind: Ledger, row: Record | None, faults: Faults, more: dict[str, Any]
) -> HttpResponseBase:
    """A record as a form where one may write, as text where one may only read."""
    by = acting(request)
    ended = row is not None and all(row.stage not in stage.after for stage in kind.stages)
    writes = row is None or (not ended and by.may(Permission.LEDGER_KEEP, region=row.region, unit=row.unit))
    typed = request.method == "POST" and "title" in request.POST
    content = request.POST if typed else (row.content if row else {})
    wrong: dict[str, list[Text]] = {}
    for fault in faults:
        wrong.setdefault(fault.cell or "", []).append(fault.message)
    choices = {field.id: {c.id: c.name for c in field.choices} for field in kind.fields}
    fields = [
        (field, content.get(field.id, ""), choices[field.id].get(content.get(field.id, "")), wrong.get(field.id, []))
        for field in kind.fields
    ]  # fmt: skip
    mine = by.scope(Permission.LEDGER_CHECK)
    taken = {a.region for a in row.adoptions.all()} if row else set()
    context = {
        "ledger": kind, "record": row, "fields": fields, "faults": faults, "wrong": wrong, "writes": writes,
        "title": request.POST.get("title", "") if typed else (row.title if row else ""),
        "year": (request.POST.get("year", "") if typed else row.year if row else timezone.localdate().year),
        "clauses": " ".join(row.clauses) if row and not typed else request.POST.get("clauses", ""),
        "key": request.POST.get("key") or secrets.token_hex(16), "stage": kind.stage.get(row.stage) if row else None,
        "office": _offices([row]).get((row.unit, row.region)) if row else None,
        "steps": queries.steps(book.plan, row, by) if row else (),
        "adopters": [r for r in book.plan.regions if mine.holds(r.code) and r.code != row.region and r.code not in taken]
        if row and row.stage == kind.adopted else [],
        "adoptions": [(a, book.plan.place.get(a.region)) for a in row.adoptions.all()] if row else [],
        "trail": _trail(kind, row) if row else [], "today": timezone.localdate().isoformat(), **more,
    }  # fmt: skip
    response = page(request, "ledgers/record", book, context)
    response.status_code = 422 if faults else 409 if more.get("stale") else 200
    return response


def _trail(kind: Ledger, row: Record) -> list[tuple[Event, Any]]:
    """What happened to a record, newest first: each event with the stage that it led to, if it did."""
    events = Event.objects.filter(subject=f"record:{row.pk}").order_by("-number")
    return [(event, kind.stage.get((event.after or {}).get("stage", ""))) for event in events]


def _typed(request: HttpRequest, kind: Ledger) -> Typed:
    year = request.POST.get("year", "").strip()
    return Typed(
        title=request.POST.get("title", ""),
        year=int(year) if year.isascii() and year.isdigit() and len(year) < 6 else 0,
        clauses=tuple(request.POST.get("clauses", "").replace("，", " ").replace(",", " ").split()[:20]),
        fields={field.id: request.POST.get(field.id, "") for field in kind.fields},
    )


def _given(request: HttpRequest, name: str, allowed: list[str]) -> str:
    value = request.POST.get(name, "")
    if value not in allowed:
        raise Faulty([Fault(code=name, cell=name, message=Text(zh="请选择填报单位。", en="Choose the office."))])
    return value


def _version(request: HttpRequest) -> int:
    given = request.POST.get("version", "")
    if not (given.isascii() and given.isdigit()):
        raise BadRequest("version")
    return int(given)


def _years(request: HttpRequest, book: Book) -> tuple[dict[str, Any], list[int]]:
    kept = queries.visible(acting(request), book.plan).values_list("year", flat=True).distinct().order_by("-year")
    years = list(kept)
    year = chosen(request, "year", [str(y) for y in years])
    return {"year": int(year) if year else None}, years


def _ledger(plan: Plan, ledger_id: str) -> Ledger:
    if ledger_id not in plan.ledger:
        raise Http404(ledger_id)
    return plan.ledger[ledger_id]


def _record(plan: Plan, by: Principal, pk: int) -> Record:
    found = queries.visible(by, plan).filter(pk=pk).first()
    if found is None:
        raise Http404(pk)
    return found


def _offices(rows: list[Any]) -> dict[tuple[str, str], Office]:
    wanted = {row.region for row in rows}
    return {(o.unit, o.region): o for o in Office.objects.filter(region__in=wanted)}


def _keepers(plan: Plan, by: Principal) -> list[tuple[str, Text]]:
    """The offices for which one may enter records, as ``region/unit``, and the committee offices of whole places."""
    scope = by.scope(Permission.LEDGER_KEEP)
    places = [
        (f"{r.code}/", Text(zh=f"{r.name.zh}妇儿工委办", en=f"Committee office of {r.name.en}"))
        for r in plan.regions
        if scope.holds(r.code, "")
    ]
    offices = Office.objects.filter(region__in=plan.place)
    own = [
        (f"{o.region}/{o.unit}", Text(zh=o.name_zh, en=o.name_en or o.name_zh))
        for o in offices
        if scope.holds(o.region, o.unit)
    ]
    return [*places, *own]


def _to(book: Book, row: Record) -> HttpResponseBase:
    return HttpResponseRedirect(reverse("web:record", kwargs={"plan_id": book.plan.id, "pk": row.pk}))


def _changed() -> str:
    return _("Somebody else changed this record meanwhile; look at it again first.")
