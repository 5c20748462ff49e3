"""The register of who organises monitoring and evaluation: the leading group and its two groups."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from halfsky.audit.actions import one_writer, record
from halfsky.evaluation.actions.common import fault, told
from halfsky.evaluation.models import Member
from halfsky.places.actions import refuse
from halfsky.places.policy import Principal
from halfsky.places.roles import Permission
from halfsky.plan import Faulty, Plan


@transaction.atomic
def add_member(
    *, plan: Plan, body: str, role: str, name: str, position: str, since: date, by: Principal, basis: str = ""
) -> Member:
    """Enter a member of a body from a day on; the same person is a member of a body once at a time."""
    one_writer()
    actor = by.need(Permission.EVALUATION_MANAGE, region=plan.region, unit="")
    name, position, basis = name.strip(), position.strip(), basis.strip()
    if body not in Member.Body.values or role not in Member.Role.values:
        raise Faulty([fault("body", "body", "请选择组织和职责。", "Choose the body and the role.")])
    if not name or len(name) > 80 or not position or len(position) > 160 or len(basis) > 200:
        raise Faulty([fault("name", "name", "请填写姓名、单位及职务。", "Give the name, and office and position.")])
    if Member.objects.filter(plan=plan.id, body=body, name=name, until__isnull=True).exists():
        raise refuse("member-there", "此人已在该组织名单中。", "This person is a member already.")
    event = record(
        by=actor, action="evaluation.member.add", subject=f"plan:{plan.id}",
        after=told(body=body, role=role, name=name, position=position, basis=basis, since=since),
    )  # fmt: skip
    return Member.objects.create(
        plan=plan.id, body=body, role=role, name=name, position=position, basis=basis, since=since, event=event
    )


@transaction.atomic
def end_member(*, plan: Plan, member: int, until: date, by: Principal) -> Member:
    """A member leaves a body; the register keeps that they were one."""
    one_writer()
    actor = by.need(Permission.EVALUATION_MANAGE, region=plan.region, unit="")
    held = Member.objects.get(pk=member, plan=plan.id)
    if held.until is not None or until < held.since:
        raise Faulty(
            [
                fault(
                    "until",
                    "until",
                    "离任日期不能早于任职日期，且只能登记一次。",
                    "They leave once, and not before they came.",
                )
            ]
        )
    held.until = until
    held.save(update_fields=["until"])
    record(
        by=actor, action="evaluation.member.end", subject=f"plan:{plan.id}",
        before=told(body=held.body, name=held.name), after=told(until=until),
    )  # fmt: skip
    return held
