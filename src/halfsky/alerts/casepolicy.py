"""Who may take which step of a case at which stage."""

from __future__ import annotations

from halfsky.alerts.models import Case
from halfsky.alerts.routing import level_of
from halfsky.audit.models import Actor
from halfsky.places.policy import Principal
from halfsky.places.roles import Permission
from halfsky.plan import Plan

_Stage = Case.Stage
UNIT_STEPS = frozenset({"answer", "progress", "finish"})
# What may be done at each stage: the state machine of a case, apart from what assessments do.
STEPS: dict[str, frozenset[str]] = {
    "answer": frozenset({_Stage.RAISED, _Stage.RETURNED}),
    "accept": frozenset({_Stage.ANSWERED}),
    "return": frozenset({_Stage.ANSWERED}),
    "progress": frozenset({_Stage.PROGRESS}),
    "finish": frozenset({_Stage.PROGRESS}),
    "extend": frozenset({_Stage.PROGRESS}),
    "close": frozenset({_Stage.RAISED, _Stage.RETURNED, _Stage.ANSWERED, _Stage.PROGRESS}),
}


def may_answer(plan: Plan, case: Case, by: Principal) -> bool:
    """Whether the actor answers for a case: its lead unit, or the committee office where no unit leads."""
    if not case.unit:
        return may_review(plan, case, by)
    return by.may(Permission.WARNING_ANSWER, region=case.region, unit=case.unit)


def may_review(plan: Plan, case: Case, by: Principal) -> bool:
    """Whether the actor decides on a case: the committee office of its own level, not of the one above."""
    return by.may(Permission.WARNING_REVIEW, region=case.region, level=level_of(plan, case.region))


def allowed(plan: Plan, case: Case, by: Principal) -> frozenset[str]:
    """The steps that the actor may take now."""
    answers, reviews = may_answer(plan, case, by), may_review(plan, case, by)
    return frozenset(
        name for name, stages in STEPS.items() if case.stage in stages and (answers if name in UNIT_STEPS else reviews)
    )


def needed(plan: Plan, case: Case, by: Principal, name: str) -> Actor:
    """The actor as the role that allows a step; raises ``Forbidden``."""
    if name in UNIT_STEPS and case.unit:
        return by.need(Permission.WARNING_ANSWER, region=case.region, unit=case.unit)
    return by.need(Permission.WARNING_REVIEW, region=case.region, level=level_of(plan, case.region))
