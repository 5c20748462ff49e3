"""Making an assessment and raising what follows from it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime

from django.db import transaction

from halfsky.alerts.models import Assessment, StoredVerdict, Warning
from halfsky.alerts.policy import judge
from halfsky.assess import METHOD, Revised, Verdict, assess
from halfsky.audit.actions import one_writer, record
from halfsky.audit.models import Actor
from halfsky.collect.queries import figures as current_figures
from halfsky.collect.queries import revised as revised_figures
from halfsky.observations import Figures
from halfsky.observations.reading import years_taken
from halfsky.plan import Fault, Faulty, Plan, Text


@transaction.atomic
def assess_plan(*, plan: Plan, as_of: int, by: Actor, reason: str = "") -> Assessment:
    """Judge every target in every place that it binds as of a year, store the verdicts, raise warnings.

    An assessment that would rest on the same figures, revisions, plan and method as the latest one of that year is
    not made again: that one is returned. Raises ``Faulty`` for a year outside :func:`years_judged`.
    """
    first, last = years_judged(plan)
    if not first <= as_of <= last:
        message = Text(
            zh=f"{as_of}年不在本规划的监测年度（{first}—{last}）之内，请核对年份。",
            en=f"The year {as_of} is not one that this plan is judged in ({first} to {last}); check it.",
        )
        raise Faulty([Fault(code="year-outside", message=message)])
    one_writer()
    figures = current_figures(plan)
    revised = revised_figures(plan)
    digest = _digest(plan, figures, revised, as_of)
    latest = Assessment.objects.filter(plan=plan.id, as_of=as_of).order_by("-pk").first()
    if latest is not None and latest.figures == digest and latest.method == METHOD:
        return latest
    verdicts = assess(plan, figures, as_of=as_of, revised=revised)
    event = record(
        by=by,
        action="plan.assess",
        subject=f"plan:{plan.id}",
        before={"assessment": latest.pk} if latest else None,
        after={"as_of": as_of, "verdicts": len(verdicts), "figures": digest, "method": METHOD},
        reason=reason,
    )
    made = Assessment.objects.create(
        plan=plan.id,
        as_of=as_of,
        made_at=datetime.now(UTC),
        method=METHOD,
        figures=digest,
        demonstration=any(v.demonstration for v in verdicts),
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
    _warn(plan, made, verdicts)
    return made


def years_judged(plan: Plan) -> tuple[int, int]:
    """First and last year as of which a plan is judged: before its first there is nothing to hold it to."""
    return plan.start, years_taken(plan)[1]


def _warn(plan: Plan, made: Assessment, verdicts: Iterable[Verdict]) -> None:
    """One open warning per target and place: raised, updated or cleared by the newest year's assessment.

    Judging an earlier year again must not touch the warnings of today.
    """
    if Assessment.objects.filter(plan=plan.id, as_of__gt=made.as_of).exists():
        return
    open_ones = {(w.target, w.region): w for w in Warning.objects.filter(plan=plan.id, cleared_by__isnull=True)}
    new: list[Warning] = []
    for verdict in verdicts:
        judged = judge(verdict)
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
    # What is left concerns targets or places that the plan no longer has.
    Warning.objects.filter(pk__in=[w.pk for w in open_ones.values()]).update(cleared_by=made)


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
