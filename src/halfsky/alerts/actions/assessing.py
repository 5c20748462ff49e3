"""Making an assessment and raising what follows from it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime

from django.db import transaction

from halfsky.alerts.actions.following import follow
from halfsky.alerts.models import Assessment, StoredVerdict, Warning
from halfsky.alerts.policy import judge
from halfsky.alerts.queries import verdicts_of
from halfsky.assess import METHOD, Revised, Verdict, assess
from halfsky.audit.actions import one_writer, record
from halfsky.audit.models import Actor
from halfsky.collect.queries import figures as current_figures
from halfsky.collect.queries import revised as revised_figures
from halfsky.observations import Figures
from halfsky.observations.reading import years_taken
from halfsky.places.policy import Principal
from halfsky.places.roles import Permission
from halfsky.plan import Fault, Faulty, Plan, Target, Text


@transaction.atomic
def assess_plan(*, plan: Plan, as_of: int, by: Principal, reason: str = "", at: datetime | None = None) -> Assessment:
    """Judge every target in every place that it binds as of a year, store the verdicts, raise warnings.

    An assessment that would rest on the same figures, revisions, plan and method as the latest one of that year is
    not made again: that one is returned. Raises ``Faulty`` for a year outside :func:`years_judged`. ``at`` is when it is made,
    now where nothing is said: the demonstration plays years that are over.
    """
    first, last = years_judged(plan)
    if not first <= as_of <= last:
        message = Text(
            zh=f"{as_of}年不在本规划的监测年度（{first}—{last}）之内，请核对年份。",
            en=f"The year {as_of} is not one that this plan is judged in ({first} to {last}); check it.",
        )
        raise Faulty([Fault(code="year-outside", message=message)])
    one_writer()
    actor = by.need(Permission.ASSESS, region=plan.region)
    figures = current_figures(plan)
    revised = revised_figures(plan)
    digest = _digest(plan, figures, revised, as_of)
    latest = Assessment.objects.filter(plan=plan.id, as_of=as_of).order_by("-pk").first()
    if latest is not None and latest.figures == digest and latest.method == METHOD:
        return latest
    verdicts = assess(plan, figures, as_of=as_of, revised=revised)
    made = _store(plan, as_of, verdicts, digest, actor, before=latest, reason=reason, at=at)
    _warn(plan, made, verdicts)
    return made


def bring_up_to_date(*, plan: Plan, as_of: int, indicators: Collection[str], by: Actor) -> Assessment | None:
    """Judge again what rests on some indicators, on top of the newest assessment of the year; make one where there is none.

    Inside the caller's transaction. Nothing is stored where no verdict changes. The result reads as a whole
    assessment does; only the verdicts that changed are kept with it.
    """
    latest = Assessment.objects.filter(plan=plan.id, as_of=as_of).order_by("-pk").first()
    part = plan if latest is None or latest.method != METHOD else _resting_on(plan, frozenset(indicators))
    if not part.targets:
        return latest
    needed = None if part is plan else _needed(part)
    figures, revised = current_figures(plan, indicators=needed), revised_figures(plan, indicators=needed)
    digest = _digest(part, figures, revised, as_of)
    verdicts = assess(part, figures, as_of=as_of, revised=revised)
    if part is plan:
        made = _store(plan, as_of, verdicts, digest, by, before=latest)
        _warn(plan, made, verdicts)
        return made
    assert latest is not None
    known = {(v.target, v.region): v for v in verdicts_of(latest)}
    changed = [v for v in verdicts if known.get((v.target, v.region)) != v]
    if not changed:
        return latest
    chained = hashlib.sha256((latest.figures + digest).encode("ascii")).hexdigest()
    made = _store(plan, as_of, changed, chained, by, before=latest, root=latest.root or latest)
    _warn(plan, made, changed, whole=False)
    return made


def _resting_on(plan: Plan, indicators: frozenset[str]) -> Plan:
    """The plan with those targets only whose verdicts figures of some indicators can change."""
    targets = tuple(t for t in plan.targets if _grounds(plan, t) & indicators)
    return Plan(**{**{name: getattr(plan, name) for name in Plan.model_fields}, "targets": targets})


def _needed(plan: Plan) -> set[str]:
    return set().union(*(_grounds(plan, t) for t in plan.targets))


def _grounds(plan: Plan, target: Target) -> set[str]:
    """Every indicator that a target's verdicts rest on: its own, its reference, and what those are computed from."""
    named = {target.indicator, *([target.reference] if target.reference else [])}
    derived = [d for name in named if (d := plan.indicator[name].derive)]
    return named | {operand.indicator for d in derived for operand in (d.of, d.against)}


def _store(
    plan: Plan, as_of: int, verdicts: Sequence[Verdict], digest: str, by: Actor, *, before: Assessment | None,
    root: Assessment | None = None, reason: str = "", at: datetime | None = None,
) -> Assessment:  # fmt: skip
    event = record(
        by=by,
        action="plan.assess",
        subject=f"plan:{plan.id}",
        before={"assessment": before.pk} if before else None,
        after={"as_of": as_of, "verdicts": len(verdicts), "figures": digest, "method": METHOD},
        reason=reason,
    )
    made = Assessment.objects.create(
        plan=plan.id,
        as_of=as_of,
        made_at=at or datetime.now(UTC),
        method=METHOD,
        figures=digest,
        demonstration=any(v.demonstration for v in verdicts) or (root is not None and root.demonstration),
        root=root,
        event=event,
    )
    StoredVerdict.objects.bulk_create(
        (
            StoredVerdict(
                assessment=made,
                target=v.target,
                region=v.region,
                status=v.status.value,
                content=v.model_dump(mode="json"),
            )
            for v in verdicts
        ),
        batch_size=500,
    )
    return made


def years_judged(plan: Plan) -> tuple[int, int]:
    """First and last year as of which a plan is judged: before its first there is nothing to hold it to."""
    return plan.start, years_taken(plan)[1]


def _warn(plan: Plan, made: Assessment, verdicts: Iterable[Verdict], *, whole: bool = True) -> None:
    """One open warning per target and place: raised, updated or cleared by the newest year's assessment.

    Judging an earlier year again must not touch the warnings of today.
    """
    if Assessment.objects.filter(plan=plan.id, as_of__gt=made.as_of).exists():
        return
    open_ones = {(w.target, w.region): w for w in Warning.objects.filter(plan=plan.id, cleared_by__isnull=True)}
    new: list[Warning] = []
    for verdict in verdicts:
        judged = judge(verdict, plan.alerting)
        warning = open_ones.pop((verdict.target, verdict.region), None)
        if judged is None:
            if warning is not None:
                Warning.objects.filter(pk=warning.pk).update(cleared_by=made)
            continue
        if warning is None:
            warning = Warning(plan=plan.id, target=verdict.target, region=verdict.region, raised_by=made)
            new.append(warning)
        warning.level = judged.level
        warning.grounds = [ground.value for ground in judged.grounds]
        warning.as_of = made.as_of
        warning.updated_by = made
        if warning.pk is not None:
            warning.save()
    Warning.objects.bulk_create(new, batch_size=500)
    if whole:  # what is left concerns targets or places that the plan no longer has
        Warning.objects.filter(pk__in=[w.pk for w in open_ones.values()]).update(cleared_by=made)
    follow(plan, made)


def _digest(plan: Plan, figures: Figures, revised: Revised, as_of: int) -> str:
    """SHA-256 over the plan, every figure up to the year judged, and what stood before those that were revised."""
    seal = hashlib.sha256(plan.model_dump_json().encode("utf-8"))
    for line in sorted(
        f"{o.series}|{o.year}|{o.value}|{o.numerator}|{o.denominator}|{o.status.value}|{o.nature.value}"
        for o in figures
        if o.year <= as_of
    ):
        seal.update(line.encode("utf-8"))
    for line in sorted(f"was|{key}|{year}|{old}" for (key, year), old in revised.items() if year <= as_of):
        seal.update(line.encode("utf-8"))
    return seal.hexdigest()
