"""Moving a return on: submitted, approved, passed, accepted, sent back. Figures enter the database here and only here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import transaction

from halfsky.audit.actions import one_writer, record
from halfsky.audit.models import Actor, Event
from halfsky.collect.actions.figures import take_figures
from halfsky.collect.actions.notices import tell_moved
from halfsky.collect.checking import checked, observation
from halfsky.collect.models import Entry, Remark, Return, State, Step, Submission
from halfsky.collect.snapshots import differences, snapshot
from halfsky.observations import Nature
from halfsky.places.actions import refuse
from halfsky.places.policy import Forbidden, Principal
from halfsky.places.roles import Permission
from halfsky.plan import Fault, Faulty, Plan, Text


class Stale(Exception):
    """Somebody else moved the return on meanwhile; ``state`` is where it stands now."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


@dataclass(frozen=True, slots=True)
class Move:
    """A change of state: which permission it needs, at which level, and whether it must say why."""

    permission: Permission
    level: str | None = None  # of the role: "district" or "city"; None where the office itself acts
    reason: bool = False
    district: bool | None = None  # only for returns of districts, or only of the city


_S = State
_SUBMIT = Move(Permission.RETURN_FILL)
MOVES: dict[tuple[State, State], Move] = {
    (_S.DRAFT, _S.SUBMITTED): _SUBMIT,
    (_S.RETURNED, _S.SUBMITTED): _SUBMIT,
    (_S.SUBMITTED, _S.DRAFT): _SUBMIT,  # taken back before anybody has approved it
    (_S.SUBMITTED, _S.APPROVED): Move(Permission.RETURN_APPROVE),
    (_S.SUBMITTED, _S.RETURNED): Move(Permission.RETURN_APPROVE, reason=True),
    (_S.APPROVED, _S.PASSED): Move(Permission.RETURN_REVIEW, "district", district=True),
    (_S.APPROVED, _S.ACCEPTED): Move(Permission.RETURN_REVIEW, "city", district=False),
    (_S.APPROVED, _S.RETURNED): Move(Permission.RETURN_REVIEW, reason=True),
    (_S.PASSED, _S.ACCEPTED): Move(Permission.RETURN_REVIEW, "city", district=True),
    (_S.PASSED, _S.RETURNED): Move(Permission.RETURN_REVIEW, "city", reason=True),
    (_S.ACCEPTED, _S.RETURNED): Move(Permission.RETURN_REOPEN, "city", reason=True),
    (_S.LOCKED, _S.RETURNED): Move(Permission.RETURN_REOPEN, "city", reason=True),
}


def allowed(plan: Plan, sheet: Return, by: Principal) -> list[State]:
    """Where the actor may move a return from where it stands."""
    district = sheet.region != plan.region
    return [
        after
        for (before, after), move_ in MOVES.items()
        if before == sheet.state
        and (move_.district is None or move_.district == district)
        and by.may(move_.permission, region=sheet.region, unit=sheet.unit, level=move_.level)
    ]


@transaction.atomic
def move(
    *,
    plan: Plan,
    sheet: int,
    to: State,
    version: int,
    by: Principal,
    reason: str = "",
    remarks: Mapping[int, str] | None = None,
) -> Return:
    """Move a return from where it stands to another state; ``remarks`` are reasons on cells, by entry.

    Raises ``Forbidden``; :class:`Stale` when it is no longer in the version that the actor saw; ``Faulty`` when there
    is no such way, a reason is missing, or cells are blank, impossible or unexplained. A request sent twice finds the
    return moved already, in the very state asked for, and changes nothing.
    """
    one_writer()
    held = Return.objects.select_related("cycle", "office").get(pk=sheet)
    rule = MOVES.get((State(held.state), to))
    _need_some(to, held, by)
    if held.version != version:
        last = held.steps.last()
        if held.version == version + 1 and held.state == to and last is not None and last.actor == by.actor.name:
            return held
        raise Stale(held.state)
    if rule is None or rule.district not in {None, held.region != plan.region}:
        raise refuse(
            "move-none", f"报送表不能从“{held.state}”转为“{to}”。", f"A return cannot go from '{held.state}' to '{to}'."
        )
    actor = by.need(rule.permission, region=held.region, unit=held.unit, level=rule.level)
    said = {entry: text.strip() for entry, text in (remarks or {}).items() if text.strip()}
    if rule.reason and not reason.strip() and not said:
        raise refuse(
            "reason-missing",
            "请写明退回原因：可逐格填写，也可写总的意见。",
            "Say why it goes back: on cells, or for the whole return.",
        )
    if to is State.SUBMITTED:
        _complete(plan, held)
    event = record(
        by=actor, action=f"return.{to.value}", subject=f"return:{held.pk}", before={"state": held.state},
        after={"state": to.value, "remarks": {str(k): v for k, v in said.items()}}, reason=reason,
    )  # fmt: skip
    _step(held, to, actor, reason, said, event)
    if to is State.ACCEPTED:
        _take(plan, held, actor, reason)
    tell_moved(plan, held, by, _why(reason, said))
    return held


def _need_some(to: State, held: Return, by: Principal) -> None:
    """Where a return stands is told only to those who could move it there from some state; raises ``Forbidden``."""
    rules = [rule for (_, after), rule in MOVES.items() if after is to]
    if not any(by.may(r.permission, region=held.region, unit=held.unit, level=r.level) for r in rules):
        raise Forbidden(rules[0].permission if rules else Permission.RETURN_REVIEW, f"{held.region} {held.unit}")


def _why(reason: str, said: Mapping[int, str]) -> str:
    """The reason in a notice: of the whole, then of the cells."""
    return " ".join([*([reason.strip()] if reason.strip() else []), *said.values()])


def _step(held: Return, to: State, actor: Actor, reason: str, said: Mapping[int, str], event: Event) -> None:
    now = datetime.now(UTC)
    Step.objects.create(
        sheet=held, before=held.state, after=to, at=now, actor=actor.name, role=actor.role, reason=reason, event=event
    )
    if to is State.RETURNED:
        own = set(Entry.objects.filter(sheet=held, pk__in=said).values_list("pk", flat=True))
        notes: list[tuple[int | None, str]] = [(pk, text) for pk, text in said.items() if pk in own]
        if reason.strip():
            notes.append((None, reason.strip()))
        Remark.objects.bulk_create(
            Remark(sheet=held, entry_id=pk, text=text, author=actor.name, role=actor.role, at=now) for pk, text in notes
        )
    if to is State.SUBMITTED:
        held.remarks.filter(resolved_at__isnull=True).update(resolved_at=now)
        held.submitted_at = now
        _keep(held, actor, now)
    if to is State.ACCEPTED:
        held.accepted_at = now
    held.state, held.version, held.changed_at = to, held.version + 1, now
    held.save()


def _keep(held: Return, actor: Actor, now: datetime) -> None:
    """Keep the cells as they are handed in, so that a reviewer sees what has changed since the time before."""
    cells = snapshot(held)
    before = held.submissions.last()
    Submission.objects.create(
        sheet=held, number=before.number + 1 if before else 1, at=now, actor=actor.name, cells=cells,
        changed=len(differences(before.cells, cells)) if before else 0,
    )  # fmt: skip


def _complete(plan: Plan, held: Return) -> None:
    """Raise with every cell that still keeps the return from being submitted."""
    faults: list[Fault] = []
    found = checked(plan, held)
    for entry in held.entries.all():
        name = plan.indicator[entry.indicator].name
        cell = f"{entry.pk}"
        if not entry.status:
            message = Text(
                zh=f"{name.zh}：尚未填写；没有数据请选“不适用”或“未统计”。",
                en=f"{name.en}: still blank; where there is no figure, choose 'not applicable' or 'not collected'.",
            )
            faults.append(Fault(code="cell-blank", cell=cell, message=message))
        faults += [
            Fault(
                code=f"rule-{finding.rule}", cell=cell,
                message=Text(zh=f"{name.zh}：{finding.message.zh}", en=f"{name.en}: {finding.message.en}"),
            )
            for finding in found.get(entry.pk, ())
            if finding.open
        ]  # fmt: skip
    if faults:
        raise Faulty(faults)


def _take(plan: Plan, held: Return, actor: Actor, reason: str) -> None:
    """Put the return's figures into the database: new ones, and revisions with the reason for which it was reopened."""
    nature = Nature.DEMO if held.cycle.demonstration else Nature.REPORTED
    made = [observation(e, held, nature=nature, source=held.office.name_zh) for e in held.entries.all()]
    reopened = held.steps.filter(before__in=[State.ACCEPTED, State.LOCKED], after=State.RETURNED).last()
    why = reason.strip() or (reopened.reason if reopened else "") or f"{held.cycle.year}年度报送表审核通过"
    take_figures(
        plan=plan, observations=[o for o in made if o is not None], by=actor, reason=why, file=f"return:{held.pk}"
    )
