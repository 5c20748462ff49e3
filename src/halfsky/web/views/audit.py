"""The ledger as a page: events by who, what, about what, when and of which plan; and whether the chain holds."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.core.exceptions import BadRequest
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from halfsky.audit.actions import check
from halfsky.audit.models import Event
from halfsky.audit.queries import last_check
from halfsky.catalogue.queries import folders, plans
from halfsky.observations.csvfile import guarded
from halfsky.places.policy import Principal
from halfsky.places.queries import called
from halfsky.places.roles import Permission
from halfsky.web import ledger, ledgerreach
from halfsky.web.choices import chosen
from halfsky.web.doors import acting, door
from halfsky.web.ledgerwords import EVENTS, GROUPS, event_words

AT_ONCE = 100
_BATCH = 500
COLUMNS = (
    "number", "at", "actor", "role", "door", "address", "action", "action_words", "subject", "subject_words", "before",
    "after", "withheld", "reason", "algorithm", "previous", "seal",
)  # fmt: skip


@door(Permission.LEDGER_READ)
@require_GET
def events(request: HttpRequest) -> HttpResponseBase:
    """Events, the newest first; ``before`` is the number from which older ones follow."""
    by = acting(request)
    wanted = _wanted(request)
    found = _found(by, wanted)
    before = request.GET.get("before", "")
    if before:
        if not (before.isascii() and before.isdigit()):
            raise BadRequest(f"before={before[:40]!r}")
        found = found.filter(number__lt=int(before))
    rows = list(found[: AT_ONCE + 1])
    more = len(rows) > AT_ONCE
    last = last_check()
    context = {
        "checked_by": called([last.actor])[last.actor] if last else "",
        "told": ledger.told(rows[:AT_ONCE], by), "more": rows[AT_ONCE - 1].number if more else None, "before": before,
        "wanted": wanted, "filtered": any(wanted.values()), "plans": plans(), "check": last,
        "kinds": _kinds(), "may_verify": by.may(Permission.AUDIT_READ),
    }  # fmt: skip
    return render(request, "web/audit/events.html", context)


@door(Permission.LEDGER_READ)
@require_GET
@never_cache
def events_file(request: HttpRequest) -> HttpResponseBase:
    """The events of the same filters as CSV, the oldest first."""
    by = acting(request)
    rows = _found(by, _wanted(request)).order_by("number")
    return StreamingHttpResponse(
        _lines(rows, by), content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="audit.csv"'},
    )  # fmt: skip


@door(Permission.AUDIT_READ)
@require_POST
def verify(request: HttpRequest) -> HttpResponseBase:
    """Walk the chain now, and note what was found in it."""
    check(by=acting(request).need(Permission.AUDIT_READ))
    return redirect("web:audit")


def _wanted(request: HttpRequest) -> dict[str, Any]:
    """The filters of an address. Raises ``BadRequest`` for what cannot be asked."""
    return {
        "who": request.GET.get("who", "").strip()[:150],
        "verb": chosen(request, "verb", {*EVENTS, *(f"{group}." for group in GROUPS)}),
        "subject": request.GET.get("subject", "").strip()[:200],
        "plan": chosen(request, "plan", list(folders())),
        "since": _day(request, "since"),
        "until": _day(request, "until"),
    }


def _day(request: HttpRequest, name: str) -> date | None:
    word = request.GET.get(name, "")
    try:
        return date.fromisoformat(word) if word else None
    except ValueError:
        raise BadRequest(f"{name}={word[:40]!r}") from None


def _found(by: Principal, wanted: dict[str, Any]) -> QuerySet[Event]:
    found = ledgerreach.visible(by).order_by("-number")
    if wanted["who"]:
        found = found.filter(ledgerreach.by_whom(wanted["who"]))
    if wanted["verb"].endswith("."):
        found = found.filter(action__startswith=wanted["verb"])
    elif wanted["verb"]:
        found = found.filter(action=wanted["verb"])
    if wanted["subject"]:
        found = found.filter(Q(subject=wanted["subject"]) | Q(subject__endswith=f":{wanted['subject']}"))
    if wanted["plan"]:
        found = found.filter(ledgerreach.of_plan(wanted["plan"]))
    if wanted["since"]:
        found = found.filter(at__gte=_midnight(wanted["since"]))
    if wanted["until"]:
        found = found.filter(at__lt=_midnight(wanted["until"] + timedelta(days=1)))
    return found


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _kinds() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """The kinds of events in their groups, as a list to choose from offers them."""
    return [
        (f"{group}.", str(words), [(a, event_words(a)) for a in EVENTS if a.startswith(f"{group}.")])
        for group, words in GROUPS.items()
    ]


def _lines(rows: QuerySet[Event], by: Principal) -> Iterator[bytes]:
    yield b"\xef\xbb\xbf" + _line(COLUMNS)
    last = 0
    while batch := list(rows.filter(number__gt=last)[:_BATCH]):
        for told in ledger.told(batch, by):
            e, hidden = told.event, told.changes is None
            yield _line((
                e.number, e.at.astimezone(UTC).isoformat(timespec="microseconds"), e.actor, e.role, e.door, e.address,
                e.action, event_words(e.action), e.subject, told.subject, "" if hidden else _json(e.before),
                "" if hidden else _json(e.after), "yes" if hidden else "no", told.reason, e.algorithm, e.previous, e.seal,
            ))  # fmt: skip
        last = batch[-1].number


def _json(content: Any) -> str:
    return "" if content is None else json.dumps(content, ensure_ascii=False, sort_keys=True)


def _line(cells: tuple[object, ...]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerow([guarded(c) if isinstance(c, str) else c for c in cells])
    return out.getvalue().encode()
