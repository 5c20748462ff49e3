"""The worklist of a year: hundreds of returns in one table, each with what a reviewer looks for first."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from threading import Lock

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery

from halfsky.collect.actions.review import MOVES
from halfsky.collect.checking import around, checked, observation
from halfsky.collect.clocks import Turn, late, turn
from halfsky.collect.held import State as Held
from halfsky.collect.held import state_of
from halfsky.collect.models import Cycle, Entry, Figure, Filing, Return, State, Submission
from halfsky.collect.queries import figures
from halfsky.observations import Figures, Observation
from halfsky.places.policy import Principal, Scope
from halfsky.places.roles import Permission
from halfsky.plan import Plan

FORWARD: dict[tuple[State, bool], State] = {
    (State.SUBMITTED, False): State.APPROVED,
    (State.SUBMITTED, True): State.APPROVED,
    (State.APPROVED, True): State.PASSED,
    (State.APPROVED, False): State.ACCEPTED,
    (State.PASSED, True): State.ACCEPTED,
}
"""Where a return goes that is found right, by its state and whether a district's."""


@dataclass(frozen=True, slots=True)
class Change:
    """The largest change on the year before, as a share of that year's figure."""

    indicator: str
    share: Decimal


@dataclass(frozen=True, slots=True)
class Digest:
    """What the cells of one return come to. ``asking`` counts questions still without an explanation."""

    filled: int
    cells: int
    blocking: int
    asking: int
    explained: int
    largest: Change | None

    @property
    def percent(self) -> int:
        """Whole percent filled; 100 only when nothing is left."""
        return 100 * self.filled // self.cells if self.cells else 100

    @property
    def open(self) -> int:
        return self.blocking + self.asking


@dataclass(frozen=True, slots=True)
class Row:
    """One return of the worklist. ``changed``: cells that differ from the time before it was handed in last."""

    sheet: Return
    turn: Turn
    days_late: int
    digest: Digest
    remarks: int
    submissions: int
    changed: int
    confidential: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """What the worklist is narrowed to; empty is everything."""

    state: str = ""
    region: str = ""
    unit: str = ""
    late: bool = False
    findings: bool = False
    changed: bool = False
    mine: bool = False


def returns(plan: Plan, cycle: Cycle, scope: Scope, by: Principal, today: date, wanted: Filter) -> list[Return]:
    """Returns of a cycle that the scope reaches and the filter fits, in the order of places and offices."""
    last = Submission.objects.filter(sheet=OuterRef("pk")).order_by("-number")
    rows: QuerySet[Return] = (
        cycle.returns.filter(scope.q())
        .select_related("office")  # the cycle they know already
        .annotate(times=Subquery(last.values("number")[:1]), altered=Subquery(last.values("changed")[:1]))
        .annotate(open_remarks=Count("remarks", filter=Q(remarks__resolved_at__isnull=True)))
        .order_by("region", "office_id")
    )
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    if wanted.region:
        rows = rows.filter(region=wanted.region)
    if wanted.unit:
        rows = rows.filter(unit=wanted.unit)
    if wanted.late:
        rows = rows.filter(late(plan, cycle, today))
    if wanted.changed:
        rows = rows.filter(**{"altered__gt": 0})
    if wanted.mine:
        rows = rows.filter(waiting_for(plan, by))
    found = list(rows)
    if wanted.findings:
        told = digests(plan, found)
        found = [sheet for sheet in found if told[sheet.pk].open]
    return found


def waiting_for(plan: Plan, by: Principal) -> Q:
    """Returns that wait for the actor: those that they may move forward from where they stand, as a filter."""
    condition = Q(pk__in=[])
    for (state, district), to in FORWARD.items():
        rule = MOVES[state, to]
        scope = by.scope(rule.permission, level=rule.level)
        if scope:
            where = ~Q(region=plan.region) if district else Q(region=plan.region)
            condition |= Q(state=state) & where & scope.q()
    fills = by.scope(Permission.RETURN_FILL)
    if fills and not by.trusted:
        condition |= Q(state__in=[State.DRAFT, State.RETURNED]) & fills.q()
    return condition


def own_filing(filing: Filing, plan: Plan, by: Principal) -> bool:
    """Whether it is the actor's own to file: of their unit, or of their place; not of whatever they may reach."""
    level = "district" if filing.region != plan.region else None
    grants = by.scope(Permission.FILING_SUBMIT, level=level).grants
    return any(filing.region in g.regions and (g.unit or "") == filing.unit for g in grants)


def table(plan: Plan, sheets: Sequence[Return], today: date) -> list[Row]:
    """The rows of some returns that :func:`returns` found."""
    told = digests(plan, sheets)
    secret = set(
        Entry.objects.filter(sheet__in=sheets)
        .exclude(confidentiality="F")
        .values_list("sheet_id", flat=True)
        .distinct()
    )
    made = []
    for sheet in sheets:
        now = turn(plan, sheet)
        made.append(
            Row(
                sheet=sheet,
                turn=now,
                days_late=now.days_late(today),
                digest=told[sheet.pk],
                remarks=getattr(sheet, "open_remarks", 0),
                submissions=getattr(sheet, "times", 0) or 0,
                changed=getattr(sheet, "altered", 0) or 0,
                confidential=sheet.pk in secret,
            )
        )
    return made


_KEPT = 4096
_known: OrderedDict[tuple[object, ...], Digest] = OrderedDict()
_lock = Lock()


def digests(plan: Plan, sheets: Collection[Return]) -> dict[int, Digest]:
    """The digest of each return. Those seen before and unchanged since are taken from this process's memory.

    A return's digest rests on its cells (``changed_at``), on the place's figures of earlier years and on those that the
    other places have of its indicators in the year (the newest of each); all are part of what it is remembered by.
    """
    if not sheets:
        return {}
    keys = _keys(plan, sheets)
    with _lock:
        found = {pk: _known[key] for pk, key in keys.items() if key in _known}
    missing = [sheet for sheet in sheets if sheet.pk not in found]
    if missing:
        made = _made(plan, missing)
        with _lock:
            for pk, digest in made.items():
                _known[keys[pk]] = digest
            while len(_known) > _KEPT:
                _known.popitem(last=False)
        found |= made
    return found


def _keys(plan: Plan, sheets: Collection[Return]) -> dict[int, tuple[object, ...]]:
    earlier: dict[tuple[str, int], int] = {}
    beside: dict[tuple[str, int], int] = {}
    for year in {sheet.cycle.year for sheet in sheets}:
        places, indicators = _newest(plan.id, state_of(plan.id), year)
        earlier |= {(region, year): pk for region, pk in places}
        beside |= {(indicator, year): pk for indicator, pk in indicators}
    asked: dict[int, set[str]] = defaultdict(set)
    for pk, indicator in Entry.objects.filter(sheet__in=sheets).order_by().values_list("sheet", "indicator").distinct():
        asked[pk].add(indicator)
    return {
        s.pk: (
            plan.id, s.pk, s.changed_at, earlier.get((s.region, s.cycle.year)),
            max((beside.get((i, s.cycle.year), 0) for i in asked[s.pk]), default=0),
        )
        for s in sheets
    }  # fmt: skip


Newest = tuple[tuple[str, int], ...]


@lru_cache(maxsize=8)
def _newest(plan_id: str, _state: Held, year: int) -> tuple[Newest, Newest]:
    """The newest figure of each place before a year, and of each indicator in it; asked once for a state of the figures."""
    rows = Figure.objects.filter(plan=plan_id).order_by()
    places = rows.filter(year__lt=year).values_list("region").annotate(Max("pk"))
    indicators = rows.filter(year=year).values_list("indicator").annotate(Max("pk"))
    return tuple(places), tuple(indicators)


def _made(plan: Plan, sheets: Sequence[Return]) -> dict[int, Digest]:
    cells: dict[int, list[Entry]] = defaultdict(list)
    for entry in Entry.objects.filter(sheet__in=sheets):
        cells[entry.sheet_id].append(entry)
    if len(sheets) == 1:
        (sheet,) = sheets
        return {
            sheet.pk: _digest(plan, sheet, cells[sheet.pk], around(plan, {e.indicator for e in cells[sheet.pk]}, sheet))
        }
    by_indicator: dict[str, list[Observation]] = defaultdict(list)
    for o in figures(plan, indicators={entry.indicator for entries in cells.values() for entry in entries}):
        by_indicator[o.series.indicator].append(o)
    made = {}
    for sheet in sheets:
        year = sheet.cycle.year
        held = [
            o
            for indicator in sorted({entry.indicator for entry in cells[sheet.pk]})
            for o in by_indicator[indicator]
            if (o.year < year if o.series.region == sheet.region else o.year == year)
        ]
        made[sheet.pk] = _digest(plan, sheet, cells[sheet.pk], held)
    return made


def _digest(plan: Plan, sheet: Return, entries: list[Entry], known: list[Observation]) -> Digest:
    past = Figures(known)
    found = [f for listed in checked(plan, sheet, entries, known=known).values() for f in listed]
    changes = [c for entry in entries if (c := change_on_year_before(sheet, entry, past)) is not None]
    return Digest(
        filled=sum(bool(entry.status) for entry in entries),
        cells=len(entries),
        blocking=sum(f.blocks for f in found),
        asking=sum(not f.blocks and f.open for f in found),
        explained=sum(not f.blocks and f.explained for f in found),
        largest=max(changes, key=lambda c: abs(c.share), default=None),
    )


def change_on_year_before(sheet: Return, entry: Entry, past: Figures) -> Change | None:
    """How far a cell is from the year before, as a share of it; ``None`` without both, or where that was zero."""
    now = observation(entry, sheet)
    if now is None or now.value is None:
        return None
    before = past.get(now.series, now.year - 1)
    if before is None or not before.value:
        return None
    return Change(entry.indicator, (now.value - before.value) / abs(before.value))


def counts(plan: Plan, cycle: Cycle, scope: Scope) -> dict[str, dict[str, int]]:
    """Level ("city" or "district") → state → how many returns."""
    found: dict[str, dict[str, int]] = {"city": {}, "district": {}}
    states = cycle.returns.filter(scope.q()).order_by().values_list("region", "state").annotate(Count("pk"))
    for region, state, number in states:
        level = found["city" if region == plan.region else "district"]
        level[state] = level.get(state, 0) + number
    return found
