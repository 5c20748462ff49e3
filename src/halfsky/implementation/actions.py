"""Keeping the ledgers: a record is made, changed, moved on, adopted elsewhere, and its sums taken over into a return."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from django.db import transaction

from halfsky.audit.actions import one_writer, record
from halfsky.collect.actions import CellChange, Stale, save_cells
from halfsky.collect.models import Return
from halfsky.implementation.content import settle, wanting
from halfsky.implementation.feeding import offered
from halfsky.implementation.models import Adoption, Record
from halfsky.places.actions import refuse
from halfsky.places.models import Office
from halfsky.places.policy import Principal
from halfsky.places.roles import Permission
from halfsky.plan import Fault, Faulty, Plan, Text
from halfsky.plan.ledgers import Ledger, Stage


@dataclass(frozen=True, slots=True)
class Typed:
    """What is written of a record: fields by id, as typed."""

    title: str
    year: int
    clauses: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)


@transaction.atomic
def add_record(
    *, plan: Plan, ledger: str, region: str, unit: str, typed: Typed, key: str, by: Principal
) -> Record:  # fmt: skip
    """Enter a record at the ledger's first stage; the same ``key`` again gives the record made before.

    Raises ``Forbidden``; ``Faulty`` with every fault, each naming its field as ``cell``.
    """
    one_writer()
    actor = by.need(Permission.LEDGER_KEEP, region=region, unit=unit)
    made = Record.objects.filter(key=key).first()
    if made is not None:
        if (made.plan, made.ledger, made.region, made.unit) != (plan.id, ledger, region, unit):
            raise refuse("ledger-key", "请求编号已用于另一条记录。", "The request's key belongs to another record.")
        return made
    kind = _known(plan, ledger)
    if region not in plan.place or (unit and not Office.objects.filter(unit=unit, region=region).exists()):
        raise refuse("ledger-office", "没有这个地区或单位。", "There is no such place or office.")
    content = _sound(plan, kind, typed)
    held = Record.objects.create(
        plan=plan.id, ledger=ledger, region=region, unit=unit, year=typed.year, title=typed.title.strip(),
        clauses=list(typed.clauses), stage=kind.first.id, content=content, key=key, changed_at=datetime.now(UTC),
        changed_by=actor.name,
    )  # fmt: skip
    record(by=actor, action="ledger.add", subject=f"record:{held.pk}", after=_told(held))
    return held


@transaction.atomic
def change_record(*, plan: Plan, pk: int, version: int, typed: Typed, by: Principal) -> Record:
    """Write a record anew where it stands. Raises ``Forbidden``, ``Stale`` (changed since ``version``), ``Faulty``."""
    one_writer()
    held = Record.objects.get(pk=pk, plan=plan.id)
    actor = by.need(Permission.LEDGER_KEEP, region=held.region, unit=held.unit)
    kind = _known(plan, held.ledger)
    content = _sound(plan, kind, typed, at=kind.stage.get(held.stage))
    before = _told(held)
    wanted = {"title": typed.title.strip(), "year": typed.year, "clauses": list(typed.clauses), "content": content}
    if all(getattr(held, name) == value for name, value in wanted.items()):
        return held
    if held.version != version:
        raise Stale(held.stage)
    for name, value in wanted.items():
        setattr(held, name, value)
    _save(held, actor.name)
    record(by=actor, action="ledger.change", subject=f"record:{held.pk}", before=before, after=_told(held))
    return held


@transaction.atomic
def move_record(*, plan: Plan, pk: int, version: int, to: str, by: Principal, reason: str = "") -> Record:
    """Take a record to a stage that may follow its own. Moved there already by the same request, nothing happens.

    Raises ``Forbidden``; ``Stale``; ``Faulty`` where fields that the stage needs are blank, or a reason is.
    """
    one_writer()
    held = Record.objects.get(pk=pk, plan=plan.id)
    kind = _known(plan, held.ledger)
    stage = kind.stage.get(to)
    if stage is None:
        raise refuse("ledger-stage", f"台账没有“{to}”这一环节。", f"The ledger has no stage '{to}'.")
    actor = by.need(_needed(stage), region=held.region, unit=held.unit)
    if held.version != version or held.stage not in stage.after:
        if held.version == version + 1 and held.stage == to:
            return held
        raise Stale(held.stage)
    faults = list(wanting(kind, stage, held.content))
    if stage.reason and not reason.strip():
        faults.append(Fault(code="reason-missing", cell="reason", message=Text(zh="请写明原因。", en="Say why.")))
    if faults:
        raise Faulty(faults)
    before = held.stage
    held.stage, held.reason = to, reason.strip()
    _save(held, actor.name)
    record(
        by=actor, action="ledger.move", subject=f"record:{held.pk}", before={"stage": before}, after={"stage": to},
        reason=reason.strip(),
    )  # fmt: skip
    return held


@transaction.atomic
def adopt(*, plan: Plan, pk: int, region: str, on: date, words: str, by: Principal) -> Adoption:
    """Say that a place has taken a record over; said twice, it stands once. The place's committee office says so."""
    one_writer()
    actor = by.need(Permission.LEDGER_CHECK, region=region)
    held = Record.objects.get(pk=pk, plan=plan.id)
    if held.stage != _known(plan, held.ledger).adopted:
        raise refuse("ledger-adopt", "该记录不在推广中。", "This record is not being spread.")
    if region == held.region or region not in plan.place:
        raise refuse("ledger-adopt-place", "请选择另一个地区。", "Choose another place.")
    made, new = Adoption.objects.get_or_create(
        record=held, region=region, defaults={"on": on, "words": words.strip(), "by": actor.name}
    )
    if new:
        after = {"region": region, "on": str(on), "words": words.strip()}
        record(by=actor, action="ledger.adopt", subject=f"record:{held.pk}", after=after)
    return made


def take_over(*, plan: Plan, sheet: int, by: Principal) -> int:
    """Put the sums of the ledgers into the blank cells of a return that they feed; how many cells were filled.

    What stands in a cell already is never replaced. Goes through ``save_cells`` and is reviewed like what is typed.
    """
    held = Return.objects.select_related("cycle").get(pk=sheet, cycle__plan=plan.id)
    by.need(Permission.RETURN_FILL, region=held.region, unit=held.unit)
    given = [offer for offer in offered(plan, held) if offer.blank]
    if not given:
        return 0
    changes = [
        CellChange(offer.entry, offer.version, value=offer.value, comment=offer.words.zh) for offer in given
    ]  # fmt: skip
    cells = ",".join(f"{offer.entry}.{offer.version}" for offer in given)
    key = hashlib.sha256(f"ledgers {sheet} {cells}".encode()).hexdigest()
    answer = save_cells(plan=plan, sheet=sheet, changes=changes, by=by, key=key)
    return len(given) - len(answer["conflicts"])


def _needed(stage: Stage) -> Permission:
    return Permission.LEDGER_CHECK if stage.by == "office" else Permission.LEDGER_KEEP


def _known(plan: Plan, ledger: str) -> Ledger:
    if ledger not in plan.ledger:
        raise refuse("ledger-missing", f"没有台账“{ledger}”。", f"There is no ledger '{ledger}'.")
    return plan.ledger[ledger]


def _sound(plan: Plan, kind: Ledger, typed: Typed, at: Stage | None = None) -> dict[str, str]:
    content, faults = settle(kind, typed.fields)
    if at is not None:
        faults += wanting(kind, at, content)
    if not 0 < len(typed.title.strip()) <= 200:
        faults.append(
            Fault(
                code="ledger-title", cell="title", message=Text(zh="名称：1至200字。", en="Title: 1 to 200 characters.")
            )
        )
    if not plan.start - 1 <= typed.year <= plan.end + 1:
        zh, en = f"年份应在{plan.start - 1}至{plan.end + 1}之间。", f"A year from {plan.start - 1} to {plan.end + 1}."
        faults.append(Fault(code="ledger-year", cell="year", message=Text(zh=zh, en=en)))
    if unknown := [clause for clause in typed.clauses if clause not in plan.clauses]:
        zh, en = f"规划没有条款“{unknown[0]}”。", f"The plan has no clause '{unknown[0]}'."
        faults.append(Fault(code="ledger-clause", cell="clauses", message=Text(zh=zh, en=en)))
    if faults:
        raise Faulty(faults)
    return content


def _save(held: Record, name: str) -> None:
    held.version, held.changed_at, held.changed_by = held.version + 1, datetime.now(UTC), name
    held.save()


def _told(held: Record) -> dict[str, Any]:
    return {
        "ledger": held.ledger, "title": held.title, "year": held.year, "region": held.region, "unit": held.unit,
        "clauses": held.clauses, "stage": held.stage, "content": held.content,
    }  # fmt: skip
