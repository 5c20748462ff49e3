"""Returns: what one owes, one return with its cells, saving cells, moving it on."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from ninja import Header, Router, Status

from halfsky.api.doors import operation
from halfsky.api.errors import told
from halfsky.api.shapes import CellIn, CellsIn, Faults, Moved, MoveIn, ReturnOut, Saved, SheetOut, Stands
from halfsky.catalogue import queries as catalogue
from halfsky.collect.actions import CellChange, move, save_cells
from halfsky.collect.actions.filling import OPEN
from halfsky.collect.actions.review import allowed
from halfsky.collect.checking import around, checked
from halfsky.collect.models import Return, State
from halfsky.collect.queries import sheets, with_progress
from halfsky.collect.sheets import Cell, opened
from halfsky.collect.sheets import told as findings_told
from halfsky.observations.columns import number_text
from halfsky.observations.numbers import read_number
from halfsky.places.policy import Principal
from halfsky.places.roles import Permission
from halfsky.plan import Fault, Faulty, Plan
from halfsky.web.doors import acting

router = Router(tags=["returns"])
REFUSED = {401: Faults, 403: Faults, 404: Faults, 422: Faults}


@operation(router, "GET", "/returns", Permission.RETURN_READ, response={200: list[ReturnOut], **REFUSED})
def list_returns(request: HttpRequest, plan: str, year: int | None = None) -> Any:
    """The returns that one may read, with how far they are filled."""
    book = the_plan(plan)
    return [summary(row) for row in with_progress(sheets(acting(request), book, year))]


@operation(router, "GET", "/returns/{int:sheet}", Permission.RETURN_READ, response={200: SheetOut, **REFUSED})
def get_return(request: HttpRequest, sheet: int) -> Any:
    """One return: its cells, what rules and reviewers say of them, and the years before."""
    who = acting(request)
    plan, row = readable(who, sheet)
    shown = opened(plan, row, who)
    return {
        **summary(row),
        "moves": [state.value for state in allowed(plan, row, who)],
        "fillable": fillable(row, who),
        "remarks": [remark.text for remark in shown.remarks],
        "cells": [_cell(cell, shown.years) for cell in shown.cells],
    }


@operation(
    router, "POST", "/returns/{int:sheet}/cells", Permission.RETURN_FILL,
    response={200: Saved, 409: Saved, **REFUSED},
)  # fmt: skip
def save(
    request: HttpRequest,
    sheet: int,
    body: CellsIn,
    idempotency_key: Annotated[str, Header(min_length=8, max_length=100)],
) -> Any:
    """Save cells. The same ``Idempotency-Key`` again is answered as before and carried out once; 409 tells conflicts."""
    who = acting(request)
    plan, row = readable(who, sheet, counted=False)
    key = hashlib.sha256(f"{who.actor.name}/{sheet}/{idempotency_key}".encode()).hexdigest()
    answer = save_cells(
        plan=plan, sheet=sheet, changes=_changes(body.cells), by=who, key=key, reason=body.reason.strip()
    )
    entries = list(row.entries.all())
    known = around(plan, {entry.indicator for entry in entries}, row)
    found = checked(plan, row, entries, known=known)
    content = {
        **answer,
        "findings": {str(e.pk): findings_told(found[e.pk]) for e in entries if e.pk in found},
        "filled": sum(bool(e.status) for e in entries),
        "asked": len(entries),
    }
    if not answer["conflicts"]:
        return content
    clash = told(*(
        ("cell-conflict", entry, "此单元格已由他人修改，请选择保留哪一个。", "Somebody else has changed this cell; choose which to keep.")
        for entry in answer["conflicts"]
    ))  # fmt: skip
    return Status(409, {**content, **clash})


@operation(
    router, "POST", "/returns/{int:sheet}/moves", Permission.RETURN_READ,
    response={200: Moved, 409: Stands, **REFUSED},
)  # fmt: skip
def move_return(request: HttpRequest, sheet: int, body: MoveIn) -> Any:
    """Move a return on: submit, approve, pass, accept, send back. Each way asks for a permission of its own."""
    who = acting(request)
    plan, _ = readable(who, sheet)
    row = move(
        plan=plan, sheet=sheet, to=State(body.to), version=body.version, by=who, reason=body.reason,
        remarks=body.remarks,
    )  # fmt: skip
    return {
        "id": row.pk, "state": row.state, "version": row.version,
        "moves": [state.value for state in allowed(plan, row, who)],
    }  # fmt: skip


def the_plan(plan_id: str) -> Plan:
    try:
        return catalogue.plan(plan_id)
    except catalogue.UnknownPlan:
        raise Http404(plan_id) from None


def readable(who: Principal, sheet: int, *, counted: bool = True) -> tuple[Plan, Return]:
    """A return that one may read, with its plan, and with its cells counted where that is asked for; raises ``Http404`` for any other."""
    found = Return.objects.select_related("cycle").filter(pk=sheet).first()
    if found is None:
        raise Http404(sheet)
    plan = the_plan(found.cycle.plan)
    mine = sheets(who, plan).filter(pk=sheet)
    row = (with_progress(mine) if counted else mine).first()
    if row is None:
        raise Http404(sheet)
    return plan, row


def fillable(row: Return, who: Principal) -> bool:
    return row.state in OPEN and who.may(Permission.RETURN_FILL, region=row.region, unit=row.unit)


def summary(row: Return) -> dict[str, Any]:
    """A return in short; ``row`` comes from ``with_progress``."""
    return {
        "id": row.pk, "plan": row.cycle.plan, "year": row.cycle.year, "region": row.region, "unit": row.unit,
        "office": row.office.name_zh, "state": row.state, "version": row.version, "due": row.due.isoformat(),
        "asked": row.asked, "filled": row.filled, "open_remarks": row.open_remarks,  # type: ignore[attr-defined]
    }  # fmt: skip


def _cell(cell: Cell, years: tuple[int, ...]) -> dict[str, Any]:
    entry = cell.entry
    blank = {"numerator": "", "denominator": "", "value": ""}
    return {
        "entry": entry.pk, "indicator": entry.indicator, "sex": entry.sex, "age": entry.age,
        "residence": entry.residence, "unit": cell.indicator.unit.value, **blank, **cell.numbers,
        "status": entry.status, "confidentiality": entry.confidentiality,
        "comment": "" if cell.hidden else entry.comment, "version": entry.version, "hidden": cell.hidden,
        "findings": findings_told(cell.findings), "remarks": [remark.text for remark in cell.remarks],
        "past": {str(year): number_text(o.value) if o and o.value is not None else None for year, o in zip(years, cell.past, strict=True)},
    }  # fmt: skip


def _changes(cells: list[CellIn]) -> list[CellChange]:
    """The cells with their numbers read as a person types them; raises ``Faulty`` naming each that is none."""
    faults: list[Fault] = []
    changes: list[CellChange] = []
    for cell in cells:
        numbers: dict[str, Decimal | None] = {}
        for name in ("numerator", "denominator", "value"):
            typed = read_number(text) if (text := getattr(cell, name).strip()) else None
            numbers[name] = typed.number if typed else None
            if typed and typed.fault:
                faults.append(Fault(code=typed.code, cell=str(cell.entry), message=typed.fault))
        changes.append(
            CellChange(
                cell.entry, cell.version, numbers["value"], numbers["numerator"], numbers["denominator"],
                cell.status, cell.confidentiality, cell.comment,
            )
        )  # fmt: skip
    if faults:
        raise Faulty(faults)
    return changes
