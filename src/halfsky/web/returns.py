"""One return as a reviewer reads it: every cell beside the years before, what is found, what has changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from halfsky.audit.models import Event
from halfsky.collect import sheets
from halfsky.collect.checking import observation
from halfsky.collect.models import Entry, Remark, Return, State
from halfsky.collect.queries import plain
from halfsky.collect.snapshots import Cell, changed_since_return
from halfsky.observations import Observation, Status
from halfsky.places.policy import Principal
from halfsky.places.queries import called
from halfsky.places.roles import Permission
from halfsky.plan import Indicator, Plan, Residence, Sex
from halfsky.plan.model import ALL_AGES
from halfsky.web.words import Words


@dataclass(frozen=True, slots=True)
class CellRow:
    """One cell as :func:`collect.sheets.opened` has it, with what a reviewer compares it with."""

    cell: sheets.Cell
    whole: bool  # not a part of another cell
    now: Observation | None = None
    past: tuple[Observation | None, ...] = ()  # the last year last
    change: Decimal | None = None
    share: Decimal | None = None
    before: Cell | None = None  # what was handed in before it was last sent back, where that differs
    remarks: tuple[Remark, ...] = ()
    typed: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """The cells of one indicator."""

    indicator: Indicator
    rows: tuple[CellRow, ...]


def groups(plan: Plan, sheet: Return, by: Principal, typed: Mapping[int, str]) -> list[Group]:
    """The cells of a return by indicator, in the order of the form. ``typed`` are remarks not sent yet, by entry."""
    altered = changed_since_return(sheet)

    def row(cell: sheets.Cell) -> CellRow:
        entry = cell.entry
        whole = cell.sex is Sex.ALL and cell.residence is Residence.ALL and entry.age == ALL_AGES
        if cell.hidden:
            return CellRow(cell, whole)
        now = observation(entry, sheet)
        change, share = _change(now, cell.past[0])
        return CellRow(
            cell, whole, now=now, past=cell.past[::-1], change=change, share=share,
            before=altered[entry.pk][0] if entry.pk in altered else None,
            remarks=(*cell.answered, *cell.remarks), typed=typed.get(entry.pk, ""),
        )  # fmt: skip

    opened = sheets.opened(plan, sheet, by)
    return [Group(indicator, tuple(row(cell) for cell in cells)) for indicator, cells in opened.groups]


def _change(now: Observation | None, before: Observation | None) -> tuple[Decimal | None, Decimal | None]:
    if now is None or now.value is None or before is None or before.value is None or now.status is Status.BREAK:
        return None, None
    change = now.value - before.value
    return plain(change), change / abs(before.value) if before.value else None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a return's trail, newest first."""

    at: datetime
    who: str
    role: str
    step: tuple[str, str] | None = None
    reason: str = ""
    saves: int = 0
    extended: str = ""
    remarks: list[tuple[Entry, str]] = field(default_factory=list)


def trail(sheet: Return, by: Principal) -> list[Line]:
    """Steps with their reasons and remarks, saves in between drawn together by person, extensions.

    Remarks on cells that are not free to publish are left out for whoever may not see those.
    """
    events = Event.objects.filter(subject=f"return:{sheet.pk}", action__in=["return.save", "return.extend"])
    lines: list[Line] = []
    said: dict[datetime, list[tuple[Entry, str]]] = {}
    secrets = by.scope(Permission.CONFIDENTIAL_READ).holds(sheet.region, sheet.unit)
    for remark in sheet.remarks.filter(entry__isnull=False).select_related("entry"):
        assert remark.entry is not None
        if remark.entry.confidentiality != "F" and not secrets:
            continue
        said.setdefault(remark.at, []).append((remark.entry, remark.text))
    steps = list(sheet.steps.all())
    lines += [
        Line(s.at, s.actor, s.role, (s.before, s.after), s.reason, remarks=said.get(s.at, [])) for s in steps
    ]  # fmt: skip
    marks = sorted(step.at for step in steps)
    saves: dict[tuple[int, str, str], list[datetime]] = {}
    for event in events:
        if event.action == "return.extend":
            lines.append(
                Line(event.at, event.actor, event.role, reason=event.reason, extended=(event.after or {})["due"])
            )
        else:
            era = sum(mark < event.at for mark in marks)
            saves.setdefault((era, event.actor, event.role), []).append(event.at)
    lines += [Line(max(times), who, role, saves=len(times)) for (_, who, role), times in saves.items()]
    names = called(line.who for line in lines)
    named = [Line(x.at, names[x.who], x.role, x.step, x.reason, x.saves, x.extended, x.remarks) for x in lines]
    return sorted(named, key=lambda line: line.at, reverse=True)


def last_step(sheet: Return) -> tuple[str, str] | None:
    """Who moved a return last, and as what."""
    step = sheet.steps.last()
    return (called([step.actor])[step.actor], step.role) if step else None


def moves_in_words(before: str, allowed: list[State]) -> list[tuple[State, Words]]:
    """The buttons: what is right first, sending back last."""
    from halfsky.web.yearwords import move_word

    ordered = sorted(allowed, key=lambda s: s is State.RETURNED)
    return [(state, move_word(before, state)) for state in ordered]
