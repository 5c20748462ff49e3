"""Warnings put right 整改: the board of cases, one case with its history and the next step, its letters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import BadRequest
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from halfsky.alerts import casequeries
from halfsky.alerts.actions import answer, close_case, extend_case, report_progress, review, save_draft
from halfsky.alerts.casepolicy import allowed, may_review
from halfsky.alerts.casequeries import STAGES_TIMED, TimeRow, Wanted
from halfsky.alerts.models import Case, CaseStep, Letter
from halfsky.alerts.policy import GRAVITY
from halfsky.alerts.routing import committee_name, held_by_unit, named_in, unit_name
from halfsky.assess import Verdict
from halfsky.collect.actions import Stale
from halfsky.places.models import Office
from halfsky.places.policy import Principal
from halfsky.places.roles import Permission
from halfsky.plan import Fault, Faulty, Plan, Target, Text
from halfsky.reports.files import path_of
from halfsky.reports.letters import Talk, issue_letter
from halfsky.web.book import Book, of_plan, page
from halfsky.web.choices import chosen, paged
from halfsky.web.doors import acting, door
from halfsky.web.wording import promised

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case with what a reader needs beside it; ``days`` past the day due (before it: negative), ``None`` once closed."""

    case: Case
    name: Text
    place: Text
    holder: Text
    below: int
    days: int | None


def _rows(plan: Plan, cases: list[Case], today: date) -> list[CaseRow]:
    offices = {(o.unit, o.region): o for o in Office.objects.filter(region__in={c.region for c in cases})}
    return [
        CaseRow(
            case=case,
            name=named_in(plan, case),
            place=plan.place[case.region].name,
            holder=unit_name(plan, case, offices.get((case.unit, case.region))),
            below=getattr(case, "below_open", 0),
            days=(today - case.due).days if case.open and case.due else None,
        )
        for case in cases
    ]


@door(Permission.WARNING_READ)
@of_plan
def cases(request: HttpRequest, book: Book) -> HttpResponseBase:
    """Every case that the reader may see, the gravest and the latest first, and how long stages take."""
    plan, by, today = book.plan, acting(request), timezone.localdate()
    under = request.GET.get("under", "")
    if under and not (under.isascii() and under.isdigit()):
        raise BadRequest("under")
    wanted = Wanted(
        level=chosen(request, "level", GRAVITY),
        stage=chosen(request, "stage", [*Case.Stage.values, "late"]),
        unit=chosen(request, "unit", list(plan.unit)),
        region=chosen(request, "region", list(plan.place)),
        under=int(under) if under else None,
    )
    above = None
    if wanted.under is not None:
        above = casequeries.readable_cases(plan, by).filter(pk=wanted.under).first()
        if above is None:
            raise Http404(wanted.under)
    found = casequeries.board(plan, by, today, wanted)
    rows = paged(request, found)
    every = set(casequeries.readable_cases(plan, by).order_by().values_list("region", "unit"))
    context = {
        "rows": rows, "shown": _rows(plan, list(rows.object_list), today), "found": len(found),
        "counts": casequeries.counts(plan, by, today), "wanted": wanted, "filtered": wanted != Wanted(),
        "above": above, "above_name": named_in(plan, above) if above else None, "levels": GRAVITY,
        "stages": Case.Stage.values, "regions": [r for r in plan.regions if r.code in {region for region, _ in every}],
        "units": [u for u in plan.units if u.id in {unit for _, unit in every}],
        "times": _times(plan, casequeries.stage_times(plan, by.scope(Permission.WARNING_READ))), "timed": STAGES_TIMED,
        "assigned": bool(plan.assignments),
    }  # fmt: skip
    return page(request, "cases/board", book, context)


def _times(plan: Plan, rows: list[TimeRow]) -> list[tuple[TimeRow, Text | None]]:
    """Each row with the unit's name; ``None`` for all units of a level."""
    return [(row, plan.unit[row.unit].name if row.unit in plan.unit else None) for row in rows]


def _case(book: Book, by: Principal, pk: int) -> Case:
    """A case that the actor may read; any other is not there."""
    found = casequeries.readable_cases(book.plan, by).filter(pk=pk).first()
    if found is None:
        raise Http404(pk)
    return found


@door(Permission.WARNING_READ)
@of_plan
def case(request: HttpRequest, book: Book, pk: int) -> HttpResponseBase:
    """One case; what is sent to it takes the next step."""
    by = acting(request)
    held = _case(book, by, pk)
    if request.method != "POST":
        return _show(request, book, held)
    what, version = request.POST.get("what", ""), request.POST.get("version", "")
    if what not in _STEPS or not version.isdigit():
        raise BadRequest("what")
    try:
        _STEPS[what](request, book.plan, pk, int(version), by)
    except Stale:
        return _show(request, book, _case(book, by, pk), status=409, stale=True)
    except Faulty as refused:
        return _show(request, book, _case(book, by, pk), status=422, faults=refused.faults)
    anchor = "draft" if what == "draft" else "history"
    return HttpResponseRedirect(reverse("web:case", args=[book.plan.id, pk]) + f"#{anchor}")


def _day(request: HttpRequest, name: str) -> date | None:
    """A day that was typed; ``None`` for none. Raises ``Faulty`` for what is no day."""
    typed = request.POST.get(name, "").strip()
    if not typed:
        return None
    try:
        found = parse_date(typed)
    except ValueError:
        found = None
    if found is None:
        raise _refused(name, "请按“年-月-日”填写日期。", "Give a day as year-month-day.")
    return found


def _needed_day(request: HttpRequest, name: str) -> date:
    found = _day(request, name)
    if found is None:
        raise _refused(name, "请填写日期。", "Give a day.")
    return found


def _refused(cell: str, zh: str, en: str) -> Faulty:
    return Faulty([Fault(code="date", cell=cell, message=Text(zh=zh, en=en))])


def _draft(request: HttpRequest, plan: Plan, pk: int, version: int, by: Principal) -> None:
    save_draft(plan=plan, case=pk, version=version, by=by, **_answered(request))


def _answer(request: HttpRequest, plan: Plan, pk: int, version: int, by: Principal) -> None:
    answer(plan=plan, case=pk, version=version, by=by, **_answered(request))


def _answered(request: HttpRequest) -> dict[str, Any]:
    said = {name: request.POST.get(name, "") for name in ("cause", "remedy")}
    return {**said, "deadline": _day(request, "deadline")}


def _accept(request: HttpRequest, plan: Plan, pk: int, version: int, by: Principal) -> None:
    review(plan=plan, case=pk, version=version, accept=True, by=by, reason=request.POST.get("reason", ""))


def _return(request: HttpRequest, plan: Plan, pk: int, version: int, by: Principal) -> None:
    review(plan=plan, case=pk, version=version, accept=False, by=by, reason=request.POST.get("reason", ""))


def _progress(request: HttpRequest, plan: Plan, pk: int, version: int, by: Principal) -> None:
    report_progress(
        plan=plan, case=pk, version=version, note=request.POST.get("note", ""), on=_needed_day(request, "on"),
        finished=request.POST.get("what") == "finish", by=by,
    )  # fmt: skip


def _extend(request: HttpRequest, plan: Plan, pk: int, version: int, by: Principal) -> None:
    deadline = _needed_day(request, "deadline")
    extend_case(plan=plan, case=pk, version=version, deadline=deadline, reason=request.POST.get("reason", ""), by=by)


def _close(request: HttpRequest, plan: Plan, pk: int, version: int, by: Principal) -> None:
    close_case(plan=plan, case=pk, version=version, reason=request.POST.get("reason", ""), by=by)


def _letter(request: HttpRequest, plan: Plan, pk: int, version: int, by: Principal) -> None:
    typed, where = request.POST.get("talk_at", "").strip(), request.POST.get("talk_place", "")[:200]
    when: datetime | None = None
    if typed:
        try:
            when = parse_datetime(typed)
        except ValueError:
            when = None
        if when is None:
            raise _refused("talk_at", "请填写约谈的日期和时间。", "Give the day and time of the talk.")
        when = timezone.make_aware(when) if timezone.is_naive(when) else when
    issue_letter(plan=plan, case=pk, version=version, by=by, talk=Talk(when, where) if when else None)


_STEPS = {
    "draft": _draft, "answer": _answer, "accept": _accept, "return": _return, "progress": _progress,
    "finish": _progress, "extend": _extend, "close": _close, "letter": _letter,
}  # fmt: skip


# Which form a step stands in, and which field a refusal is about: the summary of refusals links to it.
_FORMS = {
    "draft": "answer", "answer": "answer", "accept": "review", "return": "review", "progress": "progress",
    "finish": "progress",
}  # fmt: skip
_FIELDS = {
    "answer-part": "cause", "deadline-outside": "deadline", "note-missing": "note", "date-future": "on",
    "reason-missing": "reason", "talk-missing": "talk_at",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a step was not taken, and the field to look at (empty: none)."""

    message: Text
    field: str


def _refusals(request: HttpRequest, faults: Any) -> list[Refusal]:
    what = request.POST.get("what", "")
    form = _FORMS.get(what, what)
    named = [(fault.message, fault.cell or _FIELDS.get(fault.code, "")) for fault in faults]
    return [Refusal(message, f"{form}-{name}" if name else "") for message, name in named]


@dataclass(frozen=True, slots=True)
class Ground:
    """One promise that a case is about, and how it stands now."""

    target: Target
    words: Text
    verdict: Verdict | None


def _show(
    request: HttpRequest, book: Book, held: Case, *, status: int = 200, faults: Any = (), stale: bool = False
) -> HttpResponseBase:
    plan, by, today = book.plan, acting(request), timezone.localdate()
    row = _rows(plan, [held], today)[0]
    grounds = [
        Ground(plan.target[t], promised(plan, plan.target[t]), book.verdict.get((t, held.region)))
        for t in held.targets
        if t in plan.target
    ]
    below = casequeries.readable_cases(plan, by).filter(parent=held).exclude(stage=Case.Stage.CLOSED)
    steps = allowed(plan, held, by)
    parent = (
        held.parent
        if held.parent and by.scope(Permission.WARNING_READ).holds(held.parent.region, held.parent.unit)
        else None
    )
    context = {
        "case": held, "row": row, "grounds": grounds, "indicator": plan.indicator[held.indicator], "steps": steps,
        "region": plan.place[held.region], "trail": list(held.steps.order_by("-pk")), "letters": list(held.letters.all()),
        "office": committee_name(plan, held.region), "unit_turn": held_by_unit(held), "faults": _refusals(request, faults), "stale": stale,
        "typed": _typed(request, held), "below": _rows(plan, list(below), today), "parent": parent, "today": today,
        "latest": _latest(plan, today), "owes": bool(held.owed) and may_review(plan, held, by),
        "owed": held.steps.filter(kind=CaseStep.Kind.OWED).last() if held.owed else None,
        "late": row.days is not None and row.days > 0, "form": _FORMS.get(request.POST.get("what", ""), request.POST.get("what", "")),
    }  # fmt: skip
    response = page(request, "cases/case", book, context)
    response.status_code = status
    return response


def _latest(plan: Plan, today: date) -> date:
    """The furthest day that a unit may promise."""
    return today + timedelta(days=plan.alerting.remedy_days)


def _typed(request: HttpRequest, held: Case) -> dict[str, str]:
    """What stands in the forms: what was typed just now, else the draft, else what was answered before."""
    names = ("cause", "remedy", "deadline", "reason", "note", "on", "talk_at", "talk_place")
    if request.method == "POST":
        return {name: request.POST.get(name, "") for name in names}
    kept = held.draft or {"cause": held.cause, "remedy": held.remedy, "deadline": str(held.deadline or "")}
    return {**dict.fromkeys(names, ""), **kept}


@door(Permission.WARNING_READ)
@of_plan
def case_letter(request: HttpRequest, book: Book, pk: int, number: int) -> HttpResponseBase:
    """A letter as it was issued, to take away."""
    held = _case(book, acting(request), pk)
    letter = Letter.objects.filter(case=held, pk=number).first()
    if letter is None or not path_of(letter.sha256).exists():
        raise Http404(number)
    return FileResponse(path_of(letter.sha256).open("rb"), as_attachment=True, filename=letter.name, content_type=WORD)
