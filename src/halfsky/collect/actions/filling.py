"""Filling in a return, cell by cell: the one way that the grid, the workbook and the API share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from halfsky.audit.actions import one_writer, record
from halfsky.collect.models import Ack, Entry, Return, State
from halfsky.collect.queries import plain
from halfsky.collect.snapshots import told
from halfsky.observations import WITHOUT_VALUE, Status
from halfsky.observations.numbers import exact
from halfsky.observations.quotient import quotient
from halfsky.places.actions import refuse
from halfsky.places.policy import Principal
from halfsky.places.roles import Permission
from halfsky.plan import Indicator, Plan

LONGEST_KEY = 64
OPEN = frozenset({State.DRAFT, State.RETURNED})
FIELDS = ("value", "numerator", "denominator", "status", "confidentiality", "comment")


@dataclass(frozen=True, slots=True)
class CellChange:
    """What one cell shall hold. ``version`` is the one that the writer saw; another since then is a conflict.

    Rates come as numerator and denominator, their ``value`` is computed; amounts come as ``value``. ``status`` is
    empty for a plain figure or a blank; ``M``, ``L``, ``Q`` say that there is none.
    """

    entry: int
    version: int
    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    status: str = ""
    confidentiality: str = "F"
    comment: str = ""


_FEW = 3  # cells that are cheaper to write one by one: what the grid saves while somebody types


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a request: new versions by cell, and cells that somebody else had changed since.

    ``conflicts`` maps a cell to what it holds now; nothing of it was written.
    """

    versions: dict[int, int]
    values: dict[int, str]
    conflicts: dict[int, dict[str, Any]]

    def as_json(self) -> dict[str, Any]:
        return {"versions": self.versions, "values": self.values, "conflicts": self.conflicts}


@transaction.atomic
def save_cells(
    *, plan: Plan, sheet: int, changes: Sequence[CellChange], by: Principal, key: str, reason: str = ""
) -> dict[str, Any]:
    """Save cells of a return that is still being filled in; the answer is :meth:`Saved.as_json`.

    ``key`` names the request: sent again, it is answered as the first time and nothing is written twice. Raises
    ``Forbidden``; ``Faulty`` when the return is under review, a cell is not of it, or a number cannot be kept exactly.
    """
    if not 0 < len(key) <= LONGEST_KEY:
        raise refuse(
            "request-key",
            f"请求编号须为 1 至 {LONGEST_KEY} 个字符。",
            f"A request's key has 1 to {LONGEST_KEY} characters.",
        )
    one_writer()
    held = Return.objects.select_related("cycle").get(pk=sheet)
    actor = by.need(Permission.RETURN_FILL, region=held.region, unit=held.unit)
    known = Ack.objects.filter(key=key, user=actor.name).first()
    if known is not None:
        answer: dict[str, Any] = known.answer
        return answer
    if held.state not in OPEN:
        raise refuse(
            "return-closed",
            "报送表正在审核或已通过，不能修改；如需更正，请联系审核单位退回。您填写的内容仍保留在本页。",
            "The return is under review or accepted and cannot be changed; ask the reviewing office to send it back. What you typed stays on this page.",
        )
    entries = {entry.pk: entry for entry in Entry.objects.filter(sheet=held, pk__in=[c.entry for c in changes])}
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    saved = Saved({}, {}, {})
    touched: list[Entry] = []
    now = datetime.now(UTC)
    for change in changes:
        entry = entries.get(change.entry)
        if entry is None:
            raise refuse(
                "cell-foreign", f"单元格 {change.entry} 不属于本表。", f"Cell {change.entry} is not of this return."
            )
        wanted = settled(plan.indicator[entry.indicator], change)
        if {f: getattr(entry, f) for f in FIELDS} == wanted:
            saved.versions[entry.pk], saved.values[entry.pk] = entry.version, _text(entry.value)
            continue
        if entry.version != change.version:
            saved.conflicts[entry.pk] = {**told(entry), "version": entry.version, "by": entry.changed_by}
            continue
        before[str(entry.pk)] = told(entry)
        for field, content in wanted.items():
            setattr(entry, field, content)
        entry.version, entry.changed_at, entry.changed_by = entry.version + 1, now, actor.name
        after[str(entry.pk)] = {"cell": str(entry), **told(entry)}
        saved.versions[entry.pk], saved.values[entry.pk] = entry.version, _text(entry.value)
        touched.append(entry)
    if touched:
        record(by=actor, action="return.save", subject=f"return:{held.pk}", before=before, after=after, reason=reason)
        columns = [*FIELDS, "version", "changed_at", "changed_by"]
        if len(touched) <= _FEW:
            for entry in touched:
                entry.save(update_fields=columns)
        else:
            Entry.objects.bulk_update(touched, columns, batch_size=500)
        Return.objects.filter(pk=held.pk).update(changed_at=now)
    answer = {name: {str(k): v for k, v in part.items()} for name, part in saved.as_json().items()}
    Ack.objects.create(key=key, user=actor.name, answer=answer, at=now)
    return answer


def settled(indicator: Indicator, change: CellChange) -> dict[str, Any]:
    """The columns of a cell after a change: rates computed, a status that says "none" without numbers."""
    for number in (change.value, change.numerator, change.denominator):
        if number is not None and not exact(number):
            raise refuse(
                "figure-digits",
                f"{indicator.name.zh}：数字 {number} 位数过多，无法准确保存（最多15位有效数字、8位小数）。",
                f"{indicator.name.en}: {number} has more digits than can be kept exactly (15 significant, 8 decimals).",
            )
    kept = {"confidentiality": change.confidentiality, "comment": change.comment.strip()}
    if change.status in {s.value for s in WITHOUT_VALUE}:
        return {"value": None, "numerator": None, "denominator": None, "status": change.status, **kept}
    value = change.value
    if indicator.scale is not None:
        value = quotient(indicator, change.numerator, change.denominator)
        if value is not None and not exact(value):
            raise refuse(
                "figure-digits",
                f"{indicator.name.zh}：由分子分母算得的数值过大，请核对分子和分母。",
                f"{indicator.name.en}: the value that numerator and denominator give is too large; check both.",
            )
    status = change.status or Status.NORMAL.value if value is not None else ""
    return {"value": value, "numerator": change.numerator, "denominator": change.denominator, "status": status, **kept}


def _text(number: Decimal | None) -> str:
    number = plain(number)
    return "" if number is None else f"{number:f}"
