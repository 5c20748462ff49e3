"""Meetings 会议: calling one, its agenda and minutes, issuing them with their decisions as tasks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from halfsky.collect.actions import Stale
from halfsky.oversight import queries
from halfsky.oversight.actions import (
    AgendaEntry,
    AttendanceEntry,
    DecisionEntry,
    Minutes,
    call_meeting,
    call_off,
    issue_minutes,
    propose_agenda,
    save_meeting,
)
from halfsky.oversight.actions.meetings import may_keep
from halfsky.oversight.agenda import earlier, invited, proposals
from halfsky.oversight.models import Attendance, Meeting
from halfsky.places.policy import Principal
from halfsky.places.roles import Permission
from halfsky.plan import Fault, Faulty, Text
from halfsky.reports.minutes import minutes_document
from halfsky.web.book import Book, of_plan, page
from halfsky.web.choices import chosen, paged
from halfsky.web.doors import acting, door

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SPARE = 3  # empty lines for decisions, and for points of the agenda


@door(Permission.OVERSIGHT_READ)
@of_plan
def meetings(request: HttpRequest, book: Book) -> HttpResponseBase:
    """The meetings in one's reach; a committee office calls one here, and sees first what its agenda will be."""
    if request.method != "POST":
        return _meetings(request, book)
    plan, by = book.plan, acting(request)
    region, kind = request.POST.get("region", ""), request.POST.get("kind", "")
    if region not in plan.place:
        raise BadRequest("region")
    try:
        starts = _moment(request.POST.get("starts", ""))
    except ValueError:
        words = Text(zh="请填写会议时间。", en="Say when it is held.")
        return _meetings(request, book, [Fault(code="date", message=words)], 422)
    try:
        held = call_meeting(
            plan=plan, region=region, kind=kind, title=request.POST.get("title", ""), starts=starts,
            venue=request.POST.get("venue", ""), chair=request.POST.get("chair", ""), invited=invited(plan, region, kind) if kind else (), by=by,
        )  # fmt: skip
    except Faulty as refused:
        return _meetings(request, book, refused.faults, 422)
    return HttpResponseRedirect(reverse("web:meeting", args=[plan.id, held.pk]))


def _moment(typed: str) -> datetime:
    return timezone.make_aware(datetime.fromisoformat(typed))


def _meetings(request: HttpRequest, book: Book, faults: Any = (), status: int = 200) -> HttpResponseBase:
    plan, by = book.plan, acting(request)
    every = queries.meetings(by, plan)
    kind = chosen(request, "kind", list(Meeting.Kind.values)) if request.method == "GET" else ""
    rows = paged(request, every.filter(kind=kind) if kind else every)
    scope = by.scope(Permission.MEETING_KEEP)
    keeps = [r for r in plan.regions if scope.holds(r.code) and r.level != "zone"]
    # A city keeps its own meetings; those of a district are the district's.
    keeps = [r for r in keeps if r.code == plan.region] or keeps
    context = {
        "rows": rows, "kind": kind, "kinds": list(Meeting.Kind.values), "keeps": keeps, "faults": faults, "typed": request.POST,
        "proposed": proposals(plan, keeps[0].code, timezone.localdate()) if keeps else [], "year": timezone.localdate().year,
    }  # fmt: skip
    response = page(request, "oversight/meetings", book, context)
    response.status_code = status
    return response


@door(Permission.OVERSIGHT_READ)
@of_plan
def meeting(request: HttpRequest, book: Book, pk: int) -> HttpResponseBase:
    """One meeting: its agenda, who was there, its minutes and decisions."""
    by = acting(request)
    held = _held(book, by, pk)
    if request.method != "POST":
        return _one(request, book, held)
    what, version = request.POST.get("what", ""), request.POST.get("version", "")
    if not version.isdigit():
        raise BadRequest("version")
    common = {"plan": book.plan, "meeting": pk, "by": by}
    try:
        match what:
            case "save" | "issue" | "propose":
                saved = save_meeting(**common, version=int(version), minutes=_minutes(request))  # type: ignore[arg-type]
                if what == "propose":
                    propose_agenda(**common, version=saved.version)  # type: ignore[arg-type]
                if what == "issue":
                    issue_minutes(**common, version=saved.version)  # type: ignore[arg-type]
            case "off":
                call_off(**common, version=int(version), reason=request.POST.get("reason", ""))  # type: ignore[arg-type]
            case _:
                raise BadRequest("what")
    except Stale:
        return _one(request, book, _held(book, by, pk), status=409, stale=True)
    except Faulty as refused:
        return _one(request, book, _held(book, by, pk), status=422, faults=refused.faults, typed=True)
    return HttpResponseRedirect(reverse("web:meeting", args=[book.plan.id, pk]))


def _minutes(request: HttpRequest) -> Minutes:
    """The whole form; raises ``Faulty`` for a day or an hour that is none."""
    post = request.POST
    try:
        starts = _moment(post.get("starts", ""))
    except ValueError:
        raise Faulty([_fault("请填写会议时间。", "Say when it is held.")]) from None
    agenda = [
        (int(order) if order.isdigit() else 999, n, AgendaEntry(title, words, int(pk) if pk.isdigit() else None))
        for n, (order, title, words, pk) in enumerate(_lines(request, "agenda", "order", "title", "words", "pk"))
        if title.strip()
    ]
    decisions = []
    for title, words, office, due, clause in _lines(request, "decision", "title", "words", "office", "due", "clause"):
        if not title.strip():
            continue
        region, _slash, unit = office.partition("/")
        try:
            day = date.fromisoformat(due)
        except ValueError:
            raise Faulty(
                [_fault(f"议定事项“{title}”未写明完成期限。", f"Say by which day “{title}” is due.")]
            ) from None
        decisions.append(DecisionEntry(title, region, unit, day, words, clause.strip()))
    there = [
        AttendanceEntry(*_office(office), person, presence if presence in Attendance.Presence.values else "invited")
        for office, person, presence in _lines(request, "attend", "office", "person", "presence")
        if office and presence != "drop"
    ]
    return Minutes(
        post.get("title", ""), starts, post.get("venue", ""), post.get("chair", ""), post.get("recorder", ""),
        [entry for _order, _n, entry in sorted(agenda, key=lambda one: one[:2])], decisions, there,
    )  # fmt: skip


def _office(code: str) -> tuple[str, str]:
    region, _slash, unit = code.partition("/")
    return region, unit


def _lines(request: HttpRequest, name: str, *fields: str) -> Iterator[tuple[str, ...]]:
    """The lines of a part of the form, each a tuple of its fields; browsers end lines by two characters."""
    columns = [[v.replace("\r\n", "\n") for v in request.POST.getlist(f"{name}-{field}")] for field in fields]
    if len({len(c) for c in columns}) > 1:
        raise BadRequest(name)
    return zip(*columns, strict=True)


def _fault(zh: str, en: str) -> Fault:
    return Fault(code="form", message=Text(zh=zh, en=en))


def _held(book: Book, by: Principal, pk: int) -> Meeting:
    found = queries.meetings(by, book.plan).filter(pk=pk).first()
    if found is None:
        raise Http404(pk)
    return found


def _one(
    request: HttpRequest, book: Book, held: Meeting, *, status: int = 200, faults: Any = (), stale: bool = False, typed: bool = False
) -> HttpResponseBase:  # fmt: skip
    plan, by = book.plan, acting(request)
    names = queries.office_names(plan)
    scope = by.scope(Permission.TASK_GIVE)
    agenda = [
        {"order": i.order + 1, "title": i.title, "words": i.words, "pk": i.pk, "kind": i.kind}
        for i in held.agenda.all()
    ]
    decisions = [
        {"title": d.title, "words": d.words, "office": f"{d.region}/{d.unit}", "due": str(d.due), "clause": d.clause, "row": d}
        for d in held.decisions.select_related("task")
    ]  # fmt: skip
    attendances = [
        {
            "office": f"{a.region}/{a.unit}",
            "person": a.person,
            "presence": a.presence,
            "region": a.region,
            "unit": a.unit,
        }
        for a in held.attendances.all()
    ]
    post = request.POST
    head = {
        "title": held.title,
        "starts": timezone.localtime(held.starts).strftime("%Y-%m-%dT%H:%M"),
        "venue": held.venue,
        "chair": held.chair,
        "recorder": held.recorder,
    }
    if typed and "agenda-title" in post:  # what was typed stays where it was refused
        head = {name: post.get(name, "") for name in head}
        kinds = {str(i["pk"]): i["kind"] for i in agenda}
        agenda = [
            {"order": o, "title": t, "words": w, "pk": p, "kind": kinds.get(p, "other")}
            for o, t, w, p in _lines(request, "agenda", "order", "title", "words", "pk")
            if t or w
        ]
        decisions = [
            {"title": t, "words": w, "office": o, "due": d, "clause": c}
            for t, w, o, d, c in _lines(request, "decision", "title", "words", "office", "due", "clause")
            if t or w
        ]
        attendances = [
            {"office": o, "person": p, "presence": s, "region": _office(o)[0], "unit": _office(o)[1]}
            for o, p, s in _lines(request, "attend", "office", "person", "presence")
            if o
        ]
    asked = {a["office"] for a in attendances}
    before = earlier(plan, held.region, timezone.localdate(held.starts))
    if before is not None and not queries.meetings(by, plan).filter(pk=before.pk).exists():
        before = None
    context = {
        "meeting": held, "head": head, "agenda": agenda, "decisions": decisions, "attendances": attendances, "names": names,
        "keeps": may_keep(plan, held, by), "stale": stale, "faults": faults, "spare": range(_SPARE), "presences": list(Attendance.Presence.values),
        "offices": [(f"{r}/{u}", name) for (r, u), name in names.items() if scope.holds(r)],
        "others": [(f"{r}/{u}", name) for (r, u), name in names.items() if scope.holds(r) and f"{r}/{u}" not in asked],
        "present": sum(a["presence"] == "present" for a in attendances), "clauses": list(plan.clauses), "before": before,
        "followed": list(before.decisions.select_related("task")) if before else (), "next": len(agenda) + 1,
    }  # fmt: skip
    response = page(request, "oversight/meeting", book, context)
    response.status_code = status
    return response


@door(Permission.OVERSIGHT_READ)
@of_plan
def minutes(request: HttpRequest, book: Book, pk: int) -> HttpResponseBase:
    """The minutes as a Word document, marked as a draft until they are issued."""
    held = _held(book, acting(request), pk)
    if held.state == Meeting.State.CALLED_OFF:
        raise Http404(pk)
    content = minutes_document(book.plan, held)
    name = f"minutes-{timezone.localdate(held.starts)}-{held.pk}.docx"
    return HttpResponse(content, content_type=WORD, headers={"Content-Disposition": f'attachment; filename="{name}"'})
