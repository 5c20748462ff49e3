"""Reading assessments and warnings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import Q

from halfsky.alerts.casequeries import cases_waiting
from halfsky.alerts.models import Assessment, StoredVerdict, Warning
from halfsky.alerts.policy import GRAVITY, Ground, judge
from halfsky.assess import Verdict
from halfsky.plan.alerting import Alerting

__all__ = [
    "OpenWarning", "cases_waiting", "latest", "verdicts", "verdicts_of", "warnings", "warnings_in", "years",
]  # fmt: skip


def latest(plan_id: str, as_of: int | None = None) -> Assessment | None:
    """The newest assessment of a year; of the newest year where none is named."""
    made = Assessment.objects.filter(plan=plan_id)
    if as_of is not None:
        made = made.filter(as_of=as_of)
    return made.order_by("-as_of", "-pk").first()


def years(plan_id: str) -> list[int]:
    """Years as of which the plan has been assessed, newest first."""
    return sorted(set(Assessment.objects.filter(plan=plan_id).values_list("as_of", flat=True)), reverse=True)


def verdicts(plan_id: str, as_of: int | None = None) -> tuple[Verdict, ...]:
    """Verdicts of the newest assessment, in the plan's order; empty when there is none."""
    made = latest(plan_id, as_of)
    return () if made is None else verdicts_of(made)


def verdicts_of(made: Assessment) -> tuple[Verdict, ...]:
    """Every verdict of an assessment: its own, and those of its root and of the updates between that still hold."""
    return _of(made.pk, made.event.seal)


@lru_cache(maxsize=16)
def _of(assessment: int, seal: str) -> tuple[Verdict, ...]:
    """An assessment never changes, so its verdicts are read once a process.

    ``seal`` is that of its event: it tells assessments of different databases apart.
    """
    made = Assessment.objects.get(pk=assessment)
    root = made.root_id or made.pk
    rows = StoredVerdict.objects.filter(Q(assessment=root) | Q(assessment__root=root), assessment_id__lte=made.pk)
    held: dict[
        tuple[str, str], Any
    ] = {}  # the root's order is the plan's; an update takes the place of what it changes
    for target, region, content in rows.order_by("assessment_id", "pk").values_list("target", "region", "content"):
        held[target, region] = content
    return tuple(Verdict.model_validate(content) for content in held.values())


@dataclass(frozen=True, slots=True)
class OpenWarning:
    """A warning with the verdict that it rests on."""

    level: str
    grounds: tuple[Ground, ...]
    since: int
    verdict: Verdict


def warnings_in(verdicts: Iterable[Verdict], rules: Alerting) -> list[OpenWarning]:
    """The warnings that verdicts of any year call for, in the order of :func:`warnings`."""
    judged = ((verdict, judge(verdict, rules)) for verdict in verdicts)
    found = [OpenWarning(j.level.value, j.grounds, verdict.as_of, verdict) for verdict, j in judged if j is not None]
    return sorted(found, key=_gravity)


def warnings(plan_id: str) -> list[OpenWarning]:
    """Open warnings, the gravest first, then those least likely to be met."""
    rows = Warning.objects.filter(plan=plan_id, cleared_by__isnull=True)
    columns = ("level", "grounds", "raised_by__as_of", "updated_by", "updated_by__event__seal", "target", "region")
    found = [
        OpenWarning(level, tuple(map(Ground, grounds)), since, _by_place(assessment, seal)[target, region])
        for level, grounds, since, assessment, seal, target, region in rows.values_list(*columns)
    ]
    return sorted(found, key=_gravity)


@lru_cache(maxsize=16)
def _by_place(assessment: int, seal: str) -> dict[tuple[str, str], Verdict]:
    return {(v.target, v.region): v for v in _of(assessment, seal)}


def _gravity(warning: OpenWarning) -> tuple[int, float, int, str, str]:
    verdict = warning.verdict
    sure = verdict.probability if verdict.probability is not None else 0.0
    return GRAVITY.index(warning.level), sure, verdict.milestone, verdict.target, verdict.region
