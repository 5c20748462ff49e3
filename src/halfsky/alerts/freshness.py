"""Verdicts follow figures at once: what an accepted return changes is judged before the next reader looks.

Figures leave a mark in their own transaction (:class:`Pending`), so that neither a crash nor a restart loses it. Whoever
reads verdicts next has the marked targets judged again, and only those: a few out of hundreds.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.db import transaction
from django.dispatch import receiver

from halfsky.alerts.actions import bring_up_to_date, years_judged
from halfsky.alerts.models import Assessment, Pending
from halfsky.audit.actions import one_writer
from halfsky.audit.models import Actor
from halfsky.collect.models import Cycle
from halfsky.collect.signals import figures_changed
from halfsky.plan import Plan

HOUSE = Actor(name="halfsky", role="system", door="internal")


@receiver(figures_changed)
def mark(sender: Any, plan: Plan, indicators: Collection[str], years: Collection[int], **_: Any) -> None:
    """Note what has to be judged again; nothing where the plan has never been judged and no year is open."""
    judged = Assessment.objects.filter(plan=plan.id).exists()
    if not judged and not Cycle.objects.filter(plan=plan.id).exists():
        return
    Pending.objects.create(plan=plan.id, indicators=sorted(indicators), first_year=min(years), last_year=max(years))


def keep_up(plan: Plan) -> bool:
    """Judge what has come in since; whether there was anything. Cheap where there is nothing: one query."""
    if not Pending.objects.filter(plan=plan.id).exists():
        return False
    with transaction.atomic():
        one_writer()
        waiting = list(Pending.objects.filter(plan=plan.id))
        if not waiting:
            return False  # another reader was faster
        touched = {name for mark_ in waiting for name in mark_.indicators}
        for year in _years(plan, waiting):
            bring_up_to_date(plan=plan, as_of=year, indicators=touched, by=HOUSE)
        Pending.objects.filter(pk__in=[mark_.pk for mark_ in waiting]).delete()
    return True


def _years(plan: Plan, marks: Sequence[Pending]) -> list[int]:
    """Every year already judged that the figures reach, and the years being collected that they belong to."""
    first, last = min(m.first_year for m in marks), max(m.last_year for m in marks)
    judged = set(Assessment.objects.filter(plan=plan.id, as_of__gte=first).values_list("as_of", flat=True))
    collected = set(Cycle.objects.filter(plan=plan.id, year__gte=first, year__lte=last).values_list("year", flat=True))
    low, high = years_judged(plan)
    return sorted(year for year in judged | collected if low <= year <= high)
