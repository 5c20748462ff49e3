"""Reading the ledgers: what a reader may see, and what it adds up to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, QuerySet

from halfsky.implementation.content import amount
from halfsky.implementation.models import Record
from halfsky.places.policy import Principal
from halfsky.places.roles import Permission
from halfsky.plan import Plan
from halfsky.plan.ledgers import Ledger, LedgerField, Stage


def visible(by: Principal, plan: Plan) -> QuerySet[Record]:
    """The records that a reader may see: those of their scope, and whatever is being spread to every place."""
    spread = Q(pk__in=[])
    if by.may(Permission.RETURN_READ):
        for ledger in plan.ledger.values():
            if ledger.adopted:
                spread |= Q(ledger=ledger.id, stage=ledger.adopted)
    return Record.objects.filter(by.scope(Permission.RETURN_READ).q() | spread, plan=plan.id)


def steps(plan: Plan, row: Record, by: Principal) -> tuple[Stage, ...]:
    """The stages to which this reader may take a record."""
    ledger = plan.ledger.get(row.ledger)
    if ledger is None:
        return ()
    return tuple(
        stage
        for stage in ledger.stages
        if row.stage in stage.after
        and by.may(
            Permission.LEDGER_CHECK if stage.by == "office" else Permission.LEDGER_KEEP,
            region=row.region,
            unit=row.unit,
        )
    )


@dataclass(frozen=True, slots=True)
class Total:
    """An amount over some records: ``value`` is ``None`` where no record holds it. ``planned`` is what it was planned for."""

    field: LedgerField
    value: Decimal | None
    records: int
    planned: Decimal | None = None

    @property
    def share(self) -> int | None:
        """Done of what was planned, in whole percent; ``None`` where nothing was planned."""
        if self.value is None or not self.planned:
            return None
        return round(100 * self.value / self.planned)


def totals(ledger: Ledger, rows: Iterable[Record]) -> tuple[Total, ...]:
    """Every amount of a ledger summed; what was cancelled or declined does not count, nor does its plan."""
    ended = {stage.id for stage in ledger.stages if stage.reason}
    contents = [row.content for row in rows if row.stage not in ended]
    sums: dict[str, Decimal | None] = {}
    counts: dict[str, int] = {}
    for field in ledger.amounts:
        parts = [number for content in contents if (number := amount(content, field.id)) is not None]
        sums[field.id], counts[field.id] = (sum(parts, Decimal(0)) if parts else None), len(parts)
    planned = {field.plan_of: sums[field.id] for field in ledger.amounts if field.plan_of}
    return tuple(
        Total(field, sums[field.id], counts[field.id], planned.get(field.id)) for field in ledger.amounts
    )  # fmt: skip
