"""Where the plan stands: the picker of plans, the overview, the wall screen, the methods."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from halfsky.alerts import queries as alerts
from halfsky.assess import DEFAULT_POLICY, Flag, Oddity, departures
from halfsky.catalogue import queries as catalogue
from halfsky.places.roles import Permission
from halfsky.plan import Faulty, Plan
from halfsky.reports.charts.marks import READING_ORDER
from halfsky.web.agenda import agenda, briefing
from halfsky.web.book import Book, of_plan, open_book, page
from halfsky.web.changes import changes
from halfsky.web.doors import acting, door
from halfsky.web.figures import citations
from halfsky.web.home import desk
from halfsky.web.present import Tally, by_field, by_place, promises, warning_rows
from halfsky.web.told import unread_count

URGENT = 10  # rows of the overview's first table: what one reads in a minute
URGENT_ON_THE_WALL = 6
MATTERS = 15  # rows of the first screen's list
CHANGES = 5  # of each direction


@door()
def home(request: HttpRequest) -> HttpResponseBase:
    """Where do we stand, what is waiting for me: the reader's desk in every plan, then where the city's plan stands."""
    installed, unsound = _installed()
    by, today = acting(request), timezone.localdate()
    rows = [(desk(plan, by, today), agenda(plan, by, today)) for plan in installed]
    desks = [(d, matters[:MATTERS], len(matters)) for d, matters in rows if d.anything or d.cycle or matters]
    first = next((plan for plan in installed if plan.level == "city"), None) or next(iter(installed), None)
    book = open_book(request, first.id) if first and by.may(Permission.PLAN_READ) else None
    judged = book is not None and book.assessment is not None
    context = {
        "desks": desks,
        "stand": book,
        "briefing": briefing(book.plan, by, today) if book else None,
        "changes": changes(book.plan, book.assessment, timezone.now()) if book and book.assessment else None,
        "shown_changes": CHANGES,
        "headline": Tally.of(row.standing for row in promises(book)) if book and judged else None,
        "notices": unread_count(request.user.pk or 0),
        "plans": installed,
        "unsound": len(unsound),
    }
    return render(request, "web/home.html", context)


@door()
def plans(request: HttpRequest) -> HttpResponseBase:
    """Every installed plan, and the packs that cannot be opened with what is wrong with them."""
    sound, unsound = _installed()
    rows = [{"plan": plan, "assessment": alerts.latest(plan.id)} for plan in sound]
    return render(request, "web/plans.html", {"rows": rows, "unsound": unsound})


def _installed() -> tuple[list[Plan], list[tuple[str, Faulty]]]:
    sound: list[Plan] = []
    unsound: list[tuple[str, Faulty]] = []
    for plan_id in catalogue.folders():
        try:
            sound.append(catalogue.plan(plan_id))
        except Faulty as error:
            unsound.append((plan_id, error))
    return sound, unsound


@door(Permission.PLAN_READ)
@of_plan
def overview(request: HttpRequest, book: Book) -> HttpResponseBase:
    rows = promises(book)
    warnings = warning_rows(book)
    return page(
        request,
        "overview",
        book,
        {
            "headline": Tally.of(row.standing for row in rows),
            "fields": by_field(rows, book.plan),
            "places": by_place(book),
            "urgent": warnings[:URGENT],
            "warning_count": len(warnings),
            "standings": READING_ORDER,
        },
    )


@door(Permission.PLAN_READ)
@of_plan
def wall(request: HttpRequest, book: Book) -> HttpResponseBase:
    """For a screen on a wall: few things, large; it fetches itself anew every ten minutes."""
    rows = promises(book)
    context = {
        "headline": Tally.of(row.standing for row in rows),
        "fields": by_field(rows, book.plan),
        "urgent": warning_rows(book)[:URGENT_ON_THE_WALL],
        "standings": READING_ORDER,
    }
    response = page(request, "wall", book, context)
    response.headers["Refresh"] = "600"
    return response


@door(Permission.PLAN_READ)
@of_plan
def methods(request: HttpRequest, book: Book) -> HttpResponseBase:
    """How standings are judged, when warnings are raised, where the figures come from."""
    return page(
        request,
        "methods",
        book,
        {
            "standings": READING_ORDER,
            "flags": list(Flag),
            "oddities": list(Oddity),
            "departures": departures,
            "policy": DEFAULT_POLICY,
            "sources": citations(book.plan),
            "readings": [target for target in book.plan.targets if target.reading or target.tolerance],
        },
    )
