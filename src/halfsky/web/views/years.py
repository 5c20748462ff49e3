"""The year: opening it, the board of places and units, who is late, locking it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from halfsky.collect import worklist
from halfsky.collect.actions import lock_cycle, open_cycle
from halfsky.collect.clocks import Turn, turn
from halfsky.collect.models import Cycle, Return, State
from halfsky.places.roles import Permission
from halfsky.plan import Fault, Faulty, Region, Text
from halfsky.plan.model import UnitOfGovernment
from halfsky.web.book import Book, of_plan, page
from halfsky.web.doors import acting, door

_MONTH_DAYS = ((3, 31), (4, 15), (4, 30))  # of the year after: units, districts, city
_FROM_TODAY = (30, 45, 60)  # days, where those have passed


@dataclass(frozen=True, slots=True)
class Place:
    """One return on the board."""

    sheet: Return
    turn: Turn
    days_late: int


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One unit, with its return in each of the board's places; ``None`` where it owes none."""

    unit: UnitOfGovernment
    cells: tuple[Place | None, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """Units by places: of the city one column, of the districts one for each."""

    places: tuple[Region, ...]
    rows: tuple[BoardRow, ...]


def proposed(year: int, today: date) -> tuple[date, date, date]:
    """Days by which units, districts and the city are due: in the spring after the year, or counted from today."""
    days = tuple(date(year + 1, month, day) for month, day in _MONTH_DAYS)
    if days[0] > today:
        return days  # type: ignore[return-value]
    return tuple(today + timedelta(days=n) for n in _FROM_TODAY)  # type: ignore[return-value]


@door(Permission.RETURN_READ)
@of_plan
def years(request: HttpRequest, book: Book) -> HttpResponseBase:
    """Every year that was opened; who manages the year opens the next."""
    return _years(request, book)


def _years(request: HttpRequest, book: Book, faults: tuple[Fault, ...] = (), status: int = 200) -> HttpResponseBase:
    plan, by, today = book.plan, acting(request), timezone.localdate()
    cycles = list(Cycle.objects.filter(plan=plan.id))
    scope = by.scope(Permission.RETURN_READ)
    there = {c.year for c in cycles}
    free = [year for year in range(plan.start, plan.end + 1) if year not in there]
    year = next((y for y in reversed(free) if y < today.year), free[0] if free else None)
    unit, district, city = proposed(year or plan.end, today)
    typed = {"year": year, "unit_due": str(unit), "district_due": str(district), "city_due": str(city)}
    context = {
        "rows": [{"cycle": c, "counts": worklist.counts(plan, c, scope)} for c in cycles],
        "free": free,
        "may_open": by.may(Permission.CYCLE_MANAGE, region=plan.region),
        "typed": {**typed, **{k: v for k, v in request.POST.items() if k in typed}},
        "faults": faults,
        "states": list(State),
    }
    response = page(request, "years", book, context)
    response.status_code = status
    return response


@door(Permission.CYCLE_MANAGE)
@require_POST
@of_plan
def open_year(request: HttpRequest, book: Book) -> HttpResponseBase:
    """Open a year; sent twice, the second finds it open and goes there."""
    by = acting(request)
    try:
        year = int(request.POST.get("year", ""))
        unit, district, city = (
            date.fromisoformat(request.POST.get(name, "")) for name in ("unit_due", "district_due", "city_due")
        )
    except ValueError:
        words = Text(zh="请填写年度和三个期限。", en="Give the year and the three days.")
        return _years(request, book, (Fault(code="date", message=words),), 422)
    there = reverse("web:year", args=[book.plan.id, year]) if 0 < year < 9999 else ""
    try:
        open_cycle(plan=book.plan, year=year, unit_due=unit, district_due=district, city_due=city, by=by)
    except Faulty as refused:
        same = Cycle.objects.filter(plan=book.plan.id, year=year, unit_due=unit, district_due=district, city_due=city)
        if same.exists():
            return HttpResponseRedirect(there)
        return _years(request, book, tuple(refused.faults), 422)
    return HttpResponseRedirect(there)


@door(Permission.RETURN_READ)
@of_plan
def year(request: HttpRequest, book: Book, year: int) -> HttpResponseBase:
    """The board: where every return stands, by shape and word."""
    return _board(request, book, _cycle(book, year))


def _cycle(book: Book, year: int) -> Cycle:
    cycle = Cycle.objects.filter(plan=book.plan.id, year=year).first()
    if cycle is None:
        raise Http404(year)
    return cycle


def _board(
    request: HttpRequest, book: Book, cycle: Cycle, faults: tuple[Fault, ...] = (), status: int = 200
) -> HttpResponseBase:
    plan, by, today = book.plan, acting(request), timezone.localdate()
    scope = by.scope(Permission.RETURN_READ)
    sheets = list(cycle.returns.filter(scope.q()).select_related("cycle", "office").order_by("region", "office_id"))
    placed = []
    for sheet in sheets:
        now = turn(plan, sheet)
        placed.append(Place(sheet, now, now.days_late(today)))
    late = sorted((p for p in placed if p.days_late > 0), key=lambda p: -p.days_late)
    counted = worklist.counts(plan, cycle, scope)
    context = {
        "cycle": cycle,
        "boards": [b for b in (_table(book, placed, False), _table(book, placed, True)) if b.rows],
        "late": late,
        "late_places": _late_places(book, late),
        "extended": [p for p in placed if p.sheet.extended_to],
        "counts": [(level, of, sum(of.values())) for level, of in counted.items() if of],
        "states": list(State),
        "total": len(placed),
        "accepted": sum(p.sheet.state in {State.ACCEPTED, State.LOCKED} for p in placed),
        "may_manage": by.may(Permission.CYCLE_MANAGE, region=plan.region),
        "faults": faults,
        "reason": request.POST.get("reason", ""),
        "lockable": cycle.returns.filter(state=State.ACCEPTED).count(),
    }
    response = page(request, "year", book, context)
    response.status_code = status
    return response


def _table(book: Book, placed: list[Place], districts: bool) -> Board:
    mine = {(p.sheet.unit, p.sheet.region): p for p in placed if (p.sheet.region != book.plan.region) == districts}
    regions = {region for _, region in mine}
    places = tuple(r for r in book.plan.regions if r.code in regions)
    rows = tuple(
        BoardRow(unit, tuple(mine.get((unit.id, place.code)) for place in places))
        for unit in book.plan.units
        if any((unit.id, place.code) in mine for place in places)
    )
    return Board(places, rows)


def _late_places(book: Book, late: list[Place]) -> list[tuple[Region, int]]:
    counted: dict[str, int] = {}
    for p in late:
        counted[p.sheet.region] = counted.get(p.sheet.region, 0) + 1
    return sorted(((book.plan.place[r], n) for r, n in counted.items()), key=lambda pair: -pair[1])


@door(Permission.CYCLE_MANAGE)
@require_POST
@of_plan
def lock_year(request: HttpRequest, book: Book, year: int) -> HttpResponseBase:
    """Close the year: accepted returns are locked."""
    cycle = _cycle(book, year)
    reason = request.POST.get("reason", "").strip()
    if not reason:
        words = Text(zh="请写明锁定说明。", en="Say why the year is closed now.")
        return _board(request, book, cycle, (Fault(code="reason-missing", message=words),), 422)
    lock_cycle(cycle=cycle, by=acting(request), region=book.plan.region, reason=reason)
    return HttpResponseRedirect(reverse("web:year", args=[book.plan.id, year]))
