"""Opening a year, extending deadlines, closing it."""

from __future__ import annotations

from datetime import UTC, date, datetime

from django.db import transaction

from halfsky.audit.actions import one_writer, record
from halfsky.collect.actions.notices import about, holders, tell, tell_opened
from halfsky.collect.clocks import Holder
from halfsky.collect.forms import owed
from halfsky.collect.models import Cycle, Entry, Return, State, Step
from halfsky.places.actions import refuse
from halfsky.places.models import Office
from halfsky.places.policy import Principal
from halfsky.places.roles import Permission
from halfsky.plan import Plan

_BATCH = 2000


@transaction.atomic
def open_cycle(
    *,
    plan: Plan,
    year: int,
    unit_due: date,
    district_due: date,
    city_due: date,
    by: Principal,
    demonstration: bool = False,
) -> Cycle:
    """Open a year: every office gets the return that the plan's indicators make it owe.

    Raises ``Faulty`` when the year is open already, lies outside the plan, or the days are out of order.
    """
    one_writer()
    actor = by.need(Permission.CYCLE_MANAGE, region=plan.region)
    if not plan.start <= year <= plan.end:
        raise refuse(
            "cycle-year",
            f"{year}年不在规划期（{plan.start}—{plan.end}年）内。",
            f"{year} is outside the plan ({plan.start} to {plan.end}).",
        )
    if not unit_due <= district_due <= city_due:
        raise refuse(
            "cycle-days",
            "期限须按单位、区县、全市先后排列。",
            "The days must follow each other: units, districts, city.",
        )
    if Cycle.objects.filter(plan=plan.id, year=year).exists():
        raise refuse("cycle-open", f"{year}年度已经开启。", f"The year {year} is open already.")
    offices = Office.objects.filter(region__in=plan.place).order_by("pk")
    forms = [(office, asked) for office in offices if (asked := owed(plan, office, year))]
    if not forms:
        raise refuse(
            "cycle-empty",
            "没有单位需要报送：请先导入地区和单位。",
            "No unit owes anything: bring in places and units first.",
        )
    now = datetime.now(UTC)
    event = record(
        by=actor, action="cycle.open", subject=f"cycle:{plan.id}/{year}",
        after={"unit_due": str(unit_due), "district_due": str(district_due), "city_due": str(city_due), "returns": len(forms)},
    )  # fmt: skip
    cycle = Cycle.objects.create(
        plan=plan.id, year=year, unit_due=unit_due, district_due=district_due, city_due=city_due, opened_at=now,
        demonstration=demonstration, event=event,
    )  # fmt: skip
    Return.objects.bulk_create(
        Return(cycle=cycle, office=office, region=office.region, unit=office.unit, changed_at=now)
        for office, _ in forms
    )
    sheets = {sheet.office_id: sheet for sheet in cycle.returns.all()}
    Entry.objects.bulk_create(
        (
            Entry(
                sheet=sheets[office.pk], indicator=a.indicator.id, sex=a.cut.sex.value, age=a.cut.age,
                residence=a.cut.residence.value, order=order,
            )
            for office, asked in forms
            for order, a in enumerate(asked)
        ),
        batch_size=_BATCH,
    )  # fmt: skip
    tell_opened(plan, cycle)
    return cycle


@transaction.atomic
def extend(*, plan: Plan, sheet: Return, to: date, by: Principal, reason: str) -> None:
    """Give one unit more time; the reason is kept. Refused without a reason, and to a day not after the one in force."""
    one_writer()
    actor = by.need(Permission.CYCLE_MANAGE, region=sheet.region)
    held = Return.objects.select_related("cycle", "office").get(pk=sheet.pk)
    if not reason.strip():
        raise refuse("reason-missing", "请写明延期原因。", "Say why more time is given.")
    if to <= held.due:
        raise refuse("extension-earlier", f"延期须晚于现期限 {held.due}。", f"An extension must lie after {held.due}.")
    record(
        by=actor, action="return.extend", subject=f"return:{held.pk}", before={"due": str(held.due)}, after={"due": str(to)},
        reason=reason,
    )  # fmt: skip
    Return.objects.filter(pk=held.pk).update(extended_to=to)
    tell(
        plan=plan, kind="extended", users=holders(plan, held, Holder.CLERK),
        params=about(held, due=str(to), reason=reason.strip()), sheet=held, office=held.office,
    )  # fmt: skip


@transaction.atomic
def lock_cycle(*, cycle: Cycle, by: Principal, region: str, reason: str = "") -> int:
    """Close a year: accepted returns are locked; how many. Those not accepted stay as they are, and stay late."""
    one_writer()
    actor = by.need(Permission.CYCLE_MANAGE, region=region)
    now = datetime.now(UTC)
    accepted = list(cycle.returns.filter(state=State.ACCEPTED))
    event = record(
        by=actor,
        action="cycle.lock",
        subject=f"cycle:{cycle.plan}/{cycle.year}",
        after={"locked": len(accepted)},
        reason=reason,
    )
    Step.objects.bulk_create(
        Step(
            sheet=s,
            before=s.state,
            after=State.LOCKED,
            at=now,
            actor=actor.name,
            role=actor.role,
            reason=reason,
            event=event,
        )
        for s in accepted
    )
    for sheet in accepted:
        sheet.state, sheet.version, sheet.changed_at = State.LOCKED, sheet.version + 1, now
    Return.objects.bulk_update(accepted, ["state", "version", "changed_at"], batch_size=_BATCH)
    Cycle.objects.filter(pk=cycle.pk).update(locked_at=now)
    return len(accepted)
