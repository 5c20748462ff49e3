"""What the actions of this room share."""

from __future__ import annotations

from typing import Any

from halfsky.audit.models import Actor
from halfsky.collect.actions.review import Stale
from halfsky.evaluation.models import Evaluation
from halfsky.places.actions import refuse
from halfsky.places.policy import Principal
from halfsky.places.roles import Permission
from halfsky.plan import Fault, Plan, Text

MAX_WORDS = 20_000  # characters of one text


def managed(plan: Plan, evaluation: int, by: Principal) -> tuple[Evaluation, Actor]:
    """An evaluation, and the actor who may manage it."""
    actor = by.need(Permission.EVALUATION_MANAGE, region=plan.region, unit="")
    return Evaluation.objects.get(pk=evaluation, plan=plan.id), actor


def subject_of(evaluation: Evaluation) -> str:
    """What the ledger calls an evaluation."""
    return f"evaluation:{evaluation.pk}"


def in_state(evaluation: Evaluation, *states: str) -> None:
    """Raises ``Stale`` when the evaluation stands elsewhere."""
    if evaluation.state not in states:
        raise Stale(evaluation.state)


def needs_reason(reason: str) -> str:
    said = reason.strip()
    if not said:
        raise refuse("reason-missing", "请写明原因。", "Say why.")
    return said[:MAX_WORDS]


def fault(code: str, cell: str, zh: str, en: str) -> Fault:
    return Fault(code=code, cell=cell, message=Text(zh=zh, en=en))


def told(**what: Any) -> dict[str, str]:
    """What the ledger keeps of an object: everything as text."""
    return {name: str(value) for name, value in what.items()}
