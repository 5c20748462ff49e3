"""The reviewer's pages: the worklist of a year, and one return with everything that speaks for and against it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from halfsky.collect import worklist
from halfsky.collect.actions import Stale, extend, move
from halfsky.collect.actions.review import allowed
from halfsky.collect.clocks import turn
from halfsky.collect.models import Cycle, Return, State
from halfsky.collect.sheets import YEARS_BESIDE
from halfsky.collect.worklist import FORWARD, Filter
from halfsky.places.policy import Forbidden, Principal
from halfsky.places.roles import Permission
from halfsky.plan import Fault, Faulty, Text
from halfsky.web.book import Book, of_plan, page
from halfsky.web.choices import chosen, paged
from halfsky.web.doors import acting, door
from halfsky.web.returns import groups, last_step, moves_in_words, trail

AT_ONCE = 200  # returns moved by one request


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one return of many."""

    sheet: Return
    done: bool
    faults: tuple[Fault, ...] = ()
    state: str = ""


@door(Permission.RETURN_READ)
@of_plan
def work(request: HttpRequest, book: Book) -> HttpResponseBase:
    """The worklist; what is sent to it moves many returns at once."""
    cycles = list(Cycle.objects.filter(plan=book.plan.id))
    if not cycles:
        return page(request, "worklist", book, {"cycles": cycles})
    year = chosen(request, "year", [str(c.year) for c in cycles])
    cycle = next((c for c in cycles if str(c.year) == year), cycles[0])
    by, today = acting(request), timezone.localdate()
    outcomes = _move_many(request, book, by) if request.method == "POST" else None
    scope = by.scope(Permission.RETURN_READ)
    reached = list(cycle.returns.filter(scope.q()).order_by("region", "office_id").values_list("region", "unit"))
    wanted = Filter(
        state=chosen(request, "state", list(State.values)),
        region=chosen(request, "region", list(book.plan.place)),
        unit=chosen(request, "unit", list(book.plan.unit)),
        **{name: chosen(request, name, ["1"]) == "1" for name in ("late", "findings", "changed", "mine")},
    )
    found = worklist.returns(book.plan, cycle, scope, by, today, wanted)
    rows = paged(request, found)
    shown = worklist.table(book.plan, list(rows.object_list), today)
    movable = {row.sheet.pk for row in shown if _movable(book, row.sheet, by)}
    context = {
        "cycles": cycles, "cycle": cycle, "rows": rows, "shown": shown, "found": len(found), "total": len(reached),
        "wanted": wanted, "filtered": wanted != Filter(), "outcomes": outcomes, "states": list(State),
        "regions": [r for r in book.plan.regions if r.code in {region for region, _ in reached}],
        "units": [u for u in book.plan.units if u.id in {unit for _, unit in reached}],
        "movable": movable,
        "secrets": {row.sheet.pk for row in shown if row.confidential and not _sees_secrets(by, row.sheet)},
        "done": sum(o.done for o in outcomes or ()),
    }  # fmt: skip
    return page(request, "worklist", book, context)


def _movable(book: Book, sheet: Return, by: Principal) -> bool:
    """Whether one of many: forward or back, never a clerk's own steps, never the reopening of what was accepted."""
    forward = FORWARD.get((State(sheet.state), sheet.region != book.plan.region))
    return forward is not None and bool({forward, State.RETURNED} & set(allowed(book.plan, sheet, by)))


def _sees_secrets(by: Principal, sheet: Return) -> bool:
    return by.scope(Permission.CONFIDENTIAL_READ).holds(sheet.region, sheet.unit)


def _move_many(request: HttpRequest, book: Book, by: Principal) -> list[Outcome]:
    """Each in its own transaction: what can be moved is, and each of the others says why it was not.

    A return is named with the version and the state that the reviewer saw, so that a request sent twice asks for the
    same step and not for the next one.
    """
    what = request.POST.get("what", "")
    chosen_ = request.POST.getlist("sheet")
    if what not in {"forward", "back"} or len(chosen_) > AT_ONCE:
        raise BadRequest("what")
    outcomes = []
    for named in chosen_:
        try:
            pk, version, state = named.split(":")
            seen = (int(pk), int(version), State(state))
        except ValueError:
            raise BadRequest(f"sheet={named[:40]!r}") from None
        outcomes.append(_move_one(request, book, by, what, *seen))
    return outcomes


def _move_one(
    request: HttpRequest, book: Book, by: Principal, what: str, pk: int, version: int, seen: State
) -> Outcome:
    sheet = _sheet(book, by, pk)
    if what == "back" and seen in {State.ACCEPTED, State.LOCKED}:
        return Outcome(sheet, False, (_told(_("What was accepted is reopened on its own page.")),))
    to = State.RETURNED if what == "back" else FORWARD.get((seen, sheet.region != book.plan.region))
    if to is None:
        return Outcome(sheet, False, (_told(_("There is no further step for it.")),))
    reason = request.POST.get("reason", "")
    try:
        moved = move(plan=book.plan, sheet=pk, to=to, version=version, by=by, reason=reason)
    except Stale as stale:
        return Outcome(_sheet(book, by, pk), False, state=stale.state)
    except Faulty as refused:
        return Outcome(sheet, False, tuple(refused.faults))
    except Forbidden:
        return Outcome(sheet, False, (_told(_("It is not yours to move from where it stands.")),))
    return Outcome(moved, True)


def _told(words: str) -> Fault:
    return Fault(code="move", message=Text(zh=words, en=words))


def _sheet(book: Book, by: Principal, pk: int) -> Return:
    """A return that the actor may read; any other is not there."""
    rows = Return.objects.filter(by.scope(Permission.RETURN_READ).q(), cycle__plan=book.plan.id)
    found = rows.select_related("cycle", "office").filter(pk=pk).first()
    if found is None:
        raise Http404(pk)
    return found


@door(Permission.RETURN_READ)
@of_plan
def one(request: HttpRequest, book: Book, pk: int) -> HttpResponseBase:
    """One return; what is sent to it moves it on, with remarks on cells."""
    by = acting(request)
    sheet = _sheet(book, by, pk)
    if request.method != "POST":
        return _show(request, book, sheet)
    to, version = request.POST.get("to", ""), request.POST.get("version", "")
    if to not in State.values or not version.isdigit():
        raise BadRequest("to")
    remarks = _remarks(request)
    try:
        move(
            plan=book.plan, sheet=pk, to=State(to), version=int(version), by=by,
            reason=request.POST.get("reason", ""), remarks=remarks,
        )  # fmt: skip
    except Stale:
        return _show(request, book, _sheet(book, by, pk), status=409, stale=True)
    except Faulty as refused:
        return _show(request, book, sheet, status=422, faults=refused.faults)
    return HttpResponseRedirect(reverse("web:review-one", args=[book.plan.id, pk]) + "#trail")


def _remarks(request: HttpRequest) -> dict[int, str]:
    named = {k.removeprefix("remark-"): v for k, v in request.POST.items() if k.startswith("remark-")}
    return {int(k): str(v) for k, v in named.items() if k.isdigit()}


@door(Permission.CYCLE_MANAGE)
@require_POST
@of_plan
def extend_one(request: HttpRequest, book: Book, pk: int) -> HttpResponseBase:
    """More time for one unit."""
    by = acting(request)
    sheet = _sheet(book, by, pk)
    reason = request.POST.get("reason", "")
    try:
        to = date.fromisoformat(request.POST.get("to", ""))
    except ValueError:
        words = Text(zh="请填写延期到哪一天。", en="Say until which day.")
        return _show(request, book, sheet, status=422, faults=[Fault(code="date", message=words)])
    try:
        extend(plan=book.plan, sheet=sheet, to=to, by=by, reason=reason)
    except Faulty as refused:
        return _show(request, book, sheet, status=422, faults=refused.faults)
    return HttpResponseRedirect(reverse("web:review-one", args=[book.plan.id, pk]) + "#trail")


def _show(
    request: HttpRequest, book: Book, sheet: Return, *, status: int = 200, faults: Any = (), stale: bool = False
) -> HttpResponseBase:
    by, today = acting(request), timezone.localdate()
    now = turn(book.plan, sheet)
    shown = groups(book.plan, sheet, by, _remarks(request))
    cells = [row for group in shown for row in group.rows]
    moves = moves_in_words(sheet.state, allowed(book.plan, sheet, by))
    context = {
        "sheet": sheet, "turn": now, "days_late": now.days_late(today), "groups": shown,
        "years": range(sheet.cycle.year - YEARS_BESIDE, sheet.cycle.year),
        "moves": moves, "may_return": any(state is State.RETURNED for state, _ in moves),
        "trail": trail(sheet, by), "faults": faults, "stale": stale, "last": last_step(sheet),
        "reason": request.POST.get("reason", ""), "filled": sum(bool(row.cell.entry.status) for row in cells),
        "cells": len(cells), "found": sum(len(row.cell.findings) for row in cells),
        "open": sum(f.open for row in cells for f in row.cell.findings), "altered": sum(row.before is not None for row in cells),
        "remarks": sheet.remarks.filter(resolved_at__isnull=True, entry__isnull=True), "back": sheet.steps.filter(after=State.RETURNED).exists(),
        "may_extend": by.may(Permission.CYCLE_MANAGE, region=sheet.region) and now.due is not None,
        "accepted": sheet.state in {State.ACCEPTED, State.LOCKED},
    }  # fmt: skip
    response = page(request, "review", book, context)
    response.status_code = status
    return response
