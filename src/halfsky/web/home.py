"""The first screen: where do we stand, what is waiting for me."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from halfsky.collect import worklist
from halfsky.collect.clocks import Turn, late, turn
from halfsky.collect.models import Cycle, Filing, Return, State
from halfsky.places.policy import Principal
from halfsky.places.roles import Permission
from halfsky.plan import Plan, Region
from halfsky.web.told import return_address

SHOWN = 8


@dataclass(frozen=True, slots=True)
class Mine:
    """One return that waits for the reader."""

    sheet: Return
    turn: Turn
    days_late: int
    address: str


@dataclass(frozen=True, slots=True)
class Desk:
    """What waits for a reader in one plan's newest year, and how that year goes in what they may see."""

    plan: Plan
    cycle: Cycle | None
    waiting: tuple[Mine, ...]
    waiting_count: int
    returned: int
    total: int
    accepted: int
    late: int
    late_places: tuple[tuple[Region, int], ...]
    filings_due: tuple[tuple[Filing, Region], ...]
    filings_late: int
    filings_to_review: int
    fills: bool

    @property
    def anything(self) -> bool:
        return bool(self.total or self.filings_due or self.filings_to_review or self.filings_late)


def desk(plan: Plan, by: Principal, today: date) -> Desk:
    """The desk of one plan; empty for who may read no returns."""
    scope = by.scope(Permission.RETURN_READ)
    cycle = Cycle.objects.filter(plan=plan.id).first() if scope else None
    waiting: list[Mine] = []
    returned = total = accepted = 0
    places: dict[str, int] = {}
    if cycle is not None:
        rows = cycle.returns.filter(scope.q())
        total = rows.count()
        accepted = rows.filter(state__in=[State.ACCEPTED, State.LOCKED]).count()
        for region in rows.filter(late(plan, cycle, today)).values_list("region", flat=True):
            places[region] = places.get(region, 0) + 1
        for sheet in rows.filter(worklist.waiting_for(plan, by)).select_related("cycle", "office"):
            now = turn(plan, sheet)
            waiting.append(Mine(sheet, now, now.days_late(today), return_address(sheet, plan.id, by)))
        returned = sum(m.sheet.state == State.RETURNED for m in waiting)
        waiting.sort(key=lambda m: (-m.days_late, m.sheet.region, m.sheet.pk))
    filings = list(Filing.objects.filter(scope.q(), plan=plan.id)) if scope else []
    mine = [(f, plan.place[f.region]) for f in filings if f.open and worklist.own_filing(f, plan, by)]
    late_places = sorted(((plan.place[r], n) for r, n in places.items()), key=lambda pair: -pair[1])
    return Desk(
        plan, cycle, tuple(waiting[:SHOWN]), len(waiting), returned, total, accepted, sum(places.values()),
        tuple(late_places), tuple(mine[:SHOWN]), sum(f.open and f.due < today for f in filings),
        sum(f.state == Filing.State.FILED and _reviews(f, by) for f in filings),
        by.may(Permission.RETURN_FILL),
    )  # fmt: skip


def _reviews(filing: Filing, by: Principal) -> bool:
    level = "city" if filing.kind == Filing.Kind.PLAN else None
    return by.may(Permission.FILING_REVIEW, region=filing.region, unit=filing.unit, level=level)
