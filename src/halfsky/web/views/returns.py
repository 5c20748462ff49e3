"""Returns: which ones one owes, and one return with its grid."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from halfsky.collect.actions import Stale, move
from halfsky.collect.actions.filling import OPEN
from halfsky.collect.actions.review import MOVES, allowed
from halfsky.collect.models import Cycle, Return, State
from halfsky.collect.notices import STATES
from halfsky.collect.queries import sheets, with_progress
from halfsky.collect.sheetform import imprint_of
from halfsky.collect.sheets import Sheet, opened
from halfsky.implementation.feeding import offered
from halfsky.observations.columns import CONFIDENTIALITY_NAMES
from halfsky.places.policy import Principal
from halfsky.places.queries import called
from halfsky.places.roles import Permission
from halfsky.plan import Faulty
from halfsky.web.book import Book, of_plan, page
from halfsky.web.choices import chosen, paged
from halfsky.web.doors import acting, door
from halfsky.web.returnwords import script_words
from halfsky.web.yearwords import move_word


@door(Permission.RETURN_READ)
@of_plan
def my_returns(request: HttpRequest, book: Book) -> HttpResponseBase:
    """The returns of a year that one fills in, signs or may read: how far, until when, what was remarked."""
    years = [str(y) for y in Cycle.objects.filter(plan=book.plan.id).values_list("year", flat=True)]
    year = chosen(request, "year", years) or (years[0] if years else "")
    found = with_progress(sheets(acting(request), book.plan, int(year))) if year else Return.objects.none()
    today = timezone.localdate()
    rows = [
        {
            "sheet": row, "state": STATES[State(row.state)], "late": row.due < today and row.state in OPEN,
            "share": round(100 * row.filled / row.asked) if row.asked else 100,  # type: ignore[attr-defined]
        }
        for row in found
    ]  # fmt: skip
    return page(request, "returns/list", book, {"rows": paged(request, rows), "years": years, "year": year})


@door(Permission.RETURN_READ)
@of_plan
def sheet(request: HttpRequest, book: Book, sheet_id: int) -> HttpResponseBase:
    """One return."""
    return _shown(request, book, sheet_id)


@door(Permission.RETURN_READ)
@require_POST
@of_plan
def move_sheet(request: HttpRequest, book: Book, sheet_id: int) -> HttpResponseBase:
    """Move a return on; what refuses it is told on its page, each fault with a link to its cell."""
    row = _readable(acting(request), book, sheet_id)
    asked = chosen_move(request)
    said = {int(n[7:]): str(text) for n, text in request.POST.items() if n.startswith("remark-") and n[7:].isdecimal()}
    try:
        move(
            plan=book.plan, sheet=row.pk, to=asked, version=int(request.POST.get("version", "0") or 0),
            by=acting(request), reason=request.POST.get("reason", ""), remarks=said,
        )  # fmt: skip
    except Faulty as error:
        return _shown(request, book, sheet_id, faults=error.faults, asked=asked, typed=request.POST, status=422)
    except Stale:
        told = _("Somebody else has moved this return on meanwhile. It stands as shown here now.")
        return _shown(request, book, sheet_id, stale=told, asked=asked, typed=request.POST, status=409)
    return HttpResponseRedirect(reverse("web:return", kwargs={"plan_id": book.plan.id, "sheet_id": row.pk}))


def chosen_move(request: HttpRequest) -> State:
    """The state that a button asks for; raises ``Http404`` for none."""
    try:
        return State(request.POST.get("to", ""))
    except ValueError:
        raise Http404("to") from None


def _readable(who: Principal, book: Book, sheet_id: int) -> Return:
    row = sheets(who, book.plan).filter(pk=sheet_id).first()
    if row is None:
        raise Http404(sheet_id)
    return row


def _shown(
    request: HttpRequest, book: Book, sheet_id: int, *, status: int = 200, faults: Any = (), asked: State | None = None,
    typed: Any = None, stale: str = "",
) -> HttpResponseBase:  # fmt: skip
    who = acting(request)
    row = _readable(who, book, sheet_id)
    shown = opened(book.plan, row, who)
    fillable = row.state in OPEN and who.may(Permission.RETURN_FILL, region=row.region, unit=row.unit)
    moves = [
        {"to": to, "words": move_word(row.state, to), "reason": MOVES[State(row.state), to].reason}
        for to in allowed(book.plan, row, who)
    ]
    context = {
        "shown": shown,
        "sheet": row,
        "imprint": imprint_of(book.plan, row, book.language),
        "state": STATES[State(row.state)],
        "late": row.due < timezone.localdate() and row.state in OPEN,
        "place": book.plan.place[row.region],
        "fillable": fillable,
        "from_ledgers": sum(offer.blank for offer in offered(book.plan, row)) if fillable else 0,
        "moves": moves,
        "sends_back": any(m["to"] is State.RETURNED for m in moves),
        "faults": [(fault, _anchor(fault.cell)) for fault in faults],
        "asked": asked,
        "typed": typed or {},
        "stale": stale,
        "names": called([s.actor for s in shown.steps] + [r.author for r in row.remarks.all()]),
        "steps": [(step, STATES[State(step.after)]) for step in reversed(shown.steps)],
        "secrecies": CONFIDENTIALITY_NAMES,
        "script": json.dumps(_script(request, row, shown), ensure_ascii=False) if fillable else "",
    }
    response = page(request, "returns/sheet", book, context)
    response.status_code = status
    return response


def _anchor(cell: str) -> str:
    return f"cell-{cell}" if cell.isdecimal() else ""


def _script(request: HttpRequest, row: Return, shown: Sheet) -> dict[str, Any]:
    """What the script of the grid has to know besides the table itself."""
    return {
        "name": f"{request.user.pk}:{row.pk}",
        "person": str(request.user.pk),
        "url": reverse("api:save", kwargs={"sheet": row.pk}),
        "session": reverse("api:session"),
        "asked": shown.asked,
        "words": script_words(),
    }
