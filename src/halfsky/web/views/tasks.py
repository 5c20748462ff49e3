"""Tasks 任务: the list with giving a new one, and one task with its steps."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from halfsky.collect.actions import Stale
from halfsky.oversight import queries
from halfsky.oversight.actions import confirm_task, give_task, report_on_task, return_task, withdraw_task
from halfsky.oversight.actions.tasks import may_settle
from halfsky.oversight.models import Origin, OriginKind, Task
from halfsky.oversight.models.tasks import OPEN
from halfsky.oversight.policy import may_do
from halfsky.places.policy import Principal
from halfsky.places.queries import called
from halfsky.places.roles import Permission
from halfsky.plan import Fault, Faulty, Text
from halfsky.web.book import Book, of_plan, page
from halfsky.web.choices import chosen, paged
from halfsky.web.doors import acting, door

_STATES = ["open", "late", *Task.State.values]


@door(Permission.OVERSIGHT_READ)
@of_plan
def tasks(request: HttpRequest, book: Book) -> HttpResponseBase:
    """The tasks in one's reach; who gives tasks gives one here."""
    if request.method != "POST":
        return _tasks(request, book)
    region, _at, unit = request.POST.get("office", "").partition("/")
    try:
        due = date.fromisoformat(request.POST.get("due", ""))
    except ValueError:
        words = Text(zh="请填写完成期限。", en="Say by which day.")
        return _tasks(request, book, [Fault(code="date", message=words)], 422)
    key = request.POST.get("key", "")[:64] or secrets.token_hex(8)
    try:
        given = give_task(
            plan=book.plan, title=request.POST.get("title", ""), words=request.POST.get("words", ""), region=region,
            unit=unit, due=due, origin=Origin(OriginKind.OTHER, key, ""), by=acting(request), clause=request.POST.get("clause", ""),
        )  # fmt: skip
    except Faulty as refused:
        return _tasks(request, book, refused.faults, 422)
    return HttpResponseRedirect(reverse("web:task", args=[book.plan.id, given.pk]))


def _tasks(request: HttpRequest, book: Book, faults: Any = (), status: int = 200) -> HttpResponseBase:
    plan, by, today = book.plan, acting(request), timezone.localdate()
    every = list(queries.tasks(by, plan))
    names = queries.office_names(plan)
    state = chosen(request, "state", _STATES)
    region = chosen(request, "region", list(plan.place))
    origin = chosen(request, "origin", list(OriginKind.values))
    found = [
        t
        for t in every
        if (not region or t.region == region) and (not origin or t.origin_kind == origin) and _in(t, state, today)
    ]
    found.sort(key=lambda t: (t.state in {Task.State.CONFIRMED, Task.State.WITHDRAWN}, t.due, t.pk))
    scope = by.scope(Permission.TASK_GIVE)
    context = {
        "rows": paged(request, found), "found": len(found), "total": len(every), "names": names, "today": today,
        "state": state, "region": region, "origin": origin, "filtered": bool(state or region or origin),
        "counts": [(s, sum(_in(t, s, today) for t in every)) for s in ("open", "late", Task.State.REPORTED.value)],
        "states": list(Task.State.values), "origins": list(OriginKind.values),
        "regions": [r for r in plan.regions if r.code in {t.region for t in every}],
        "offices": [(f"{r}/{u}", name) for (r, u), name in names.items() if scope.holds(r)],
        "clauses": list(plan.clauses), "faults": faults, "typed": request.POST, "key": request.POST.get("key") or secrets.token_hex(8),
    }  # fmt: skip
    response = page(request, "oversight/tasks", book, context)
    response.status_code = status
    return response


def _in(task: Task, state: str, today: date) -> bool:
    match state:
        case "":
            return True
        case "open":
            return task.open
        case "late":
            return task.days_late(today) > 0
        case _:
            return task.state == state


@door(Permission.OVERSIGHT_READ)
@of_plan
def task(request: HttpRequest, book: Book, pk: int) -> HttpResponseBase:
    """One task: told how it goes, confirmed, sent back or withdrawn."""
    by = acting(request)
    held = _held(book, by, pk)
    if request.method != "POST":
        return _one(request, book, held)
    what, version = request.POST.get("what", ""), request.POST.get("version", "")
    if not version.isdigit():
        raise BadRequest("version")
    words, common = request.POST.get("words", ""), {"plan": book.plan, "task": pk, "version": int(version), "by": by}
    try:
        match what:
            case "progress" | "done":
                report_on_task(**common, words=words, done=what == "done")  # type: ignore[arg-type]
            case "confirm":
                confirm_task(**common, words=words)  # type: ignore[arg-type]
            case "return":
                return_task(**common, reason=words)  # type: ignore[arg-type]
            case "withdraw":
                withdraw_task(**common, reason=words)  # type: ignore[arg-type]
            case _:
                raise BadRequest("what")
    except Stale:
        return _one(request, book, _held(book, by, pk), status=409, stale=True)
    except Faulty as refused:
        return _one(request, book, held, status=422, faults=refused.faults)
    return HttpResponseRedirect(reverse("web:task", args=[book.plan.id, pk]))


def _held(book: Book, by: Principal, pk: int) -> Task:
    found = queries.tasks(by, book.plan).filter(pk=pk).first()
    if found is None:
        raise Http404(pk)
    return found


def _one(
    request: HttpRequest, book: Book, held: Task, *, status: int = 200, faults: Any = (), stale: bool = False
) -> HttpResponseBase:
    by, today = acting(request), timezone.localdate()
    settles = may_settle(held, by)
    steps = list(held.steps.order_by("-pk"))
    context = {
        "people": called(s.actor for s in steps), "task": held, "names": queries.office_names(book.plan), "days": (today - held.due).days if held.open else None,
        "steps": steps, "faults": faults, "stale": stale, "typed": request.POST.get("words", ""),
        "may_do": held.state in OPEN and may_do(held, by, book.plan.region),
        "may_settle": held.state == Task.State.REPORTED and settles,
        "may_withdraw": held.state in OPEN and settles, "meeting": _meeting(book, by, held),
    }  # fmt: skip
    response = page(request, "oversight/task", book, context)
    response.status_code = status
    return response


def _meeting(book: Book, by: Principal, held: Task) -> int | None:
    """The meeting that decided it, where its reader may see that."""
    if held.origin_kind != OriginKind.MEETING:
        return None
    pk = held.origin_key.partition(":")[0]
    return int(pk) if pk.isdigit() and queries.meetings(by, book.plan).filter(pk=int(pk)).exists() else None
