"""Reading cases: the board, what waits for somebody, how long each stage takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from halfsky.alerts.casepolicy import may_answer, may_review
from halfsky.alerts.models import Case, CaseStep
from halfsky.alerts.notices import LETTERS, TASKS, VERIFY
from halfsky.alerts.policy import GRAVITY
from halfsky.alerts.routing import held_by_unit, level_of, named_in
from halfsky.places.policy import Principal, Scope
from halfsky.places.roles import Permission
from halfsky.plan import Plan, Text

_Stage = Case.Stage


def readable_cases(plan: Plan, by: Principal) -> QuerySet[Case]:
    """The cases that the actor may read, of indicators and places that the plan still has."""
    rows = Case.objects.filter(by.scope(Permission.WARNING_READ).q(), plan=plan.id)
    return rows.filter(indicator__in=list(plan.indicator), region__in=list(plan.place)).select_related("parent")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the board is narrowed to. Empty is what is open, the districts' under the city's case of the same indicator."""

    level: str = ""
    stage: str = ""  # a stage, or "late"
    unit: str = ""
    region: str = ""
    under: int | None = None  # the city's case whose districts are shown


def late(today: date) -> Q:
    return ~Q(stage=_Stage.CLOSED) & Q(due__lt=today)


def board(plan: Plan, by: Principal, today: date, wanted: Wanted) -> list[Case]:
    """Cases in scope, the gravest and the latest first; each knows how many open ones of districts hang ``below_open``."""
    rows = readable_cases(plan, by)
    if wanted.level:
        rows = rows.filter(level=wanted.level)
    if wanted.stage == "late":
        rows = rows.filter(late(today))
    elif wanted.stage:
        rows = rows.filter(stage=wanted.stage)
    else:
        rows = rows.exclude(stage=_Stage.CLOSED)
    if wanted.unit:
        rows = rows.filter(unit=wanted.unit)
    if wanted.region:
        rows = rows.filter(region=wanted.region)
    if wanted.under is not None:
        rows = rows.filter(parent=wanted.under)
    elif wanted == Wanted():
        shown = readable_cases(plan, by).exclude(stage=_Stage.CLOSED)
        rows = rows.exclude(parent__in=shown)
    open_below = Count("below", filter=~Q(below__stage=_Stage.CLOSED))
    found = list(rows.annotate(below_open=open_below))
    return sorted(
        found, key=lambda c: (not c.open, GRAVITY.index(c.level), c.due or date.max, c.region != plan.region, c.pk)
    )


@dataclass(frozen=True, slots=True)
class Counts:
    """How the open cases in scope stand."""

    levels: dict[str, int]
    stages: dict[str, int]
    late: int

    @property
    def total(self) -> int:
        return sum(self.levels.values())


def counts(plan: Plan, by: Principal, today: date) -> Counts:
    rows = list(readable_cases(plan, by).order_by().values_list("stage", "level", "due"))
    levels, stages = dict.fromkeys(GRAVITY, 0), dict.fromkeys(_Stage.values, 0)
    for stage, level, _ in rows:
        stages[stage] += 1
        levels[level] += stage != _Stage.CLOSED
    return Counts(levels, stages, sum(s != _Stage.CLOSED and d is not None and d < today for s, _, d in rows))


@dataclass(frozen=True, slots=True)
class Waiting:
    """One case that waits for somebody: what they have to do by when, and the page where they do it."""

    case: Case
    name: Text
    place: Text
    task: Text
    due: date | None
    link: tuple[str, dict[str, object]]  # name of the address, its arguments

    def days_late(self, today: date) -> int:
        return (today - self.due).days if self.due else 0


def cases_waiting(principal: Principal, plan: Plan) -> list[Waiting]:
    """The cases that wait for the actor, what is due first: to be answered, reviewed, reported on, written to."""
    found: list[Waiting] = []
    for case in readable_cases(plan, principal).exclude(stage=_Stage.CLOSED):
        task = _task(plan, case, principal)
        if task is not None:
            link = ("case", {"plan_id": plan.id, "pk": case.pk})
            place = plan.place[case.region].name
            found.append(Waiting(case, named_in(plan, case), place, task, case.due, link))
    return sorted(found, key=lambda w: (w.due or date.max, GRAVITY.index(w.case.level), w.case.pk))


def _task(plan: Plan, case: Case, by: Principal) -> Text | None:
    if by.trusted:
        return None
    if held_by_unit(case):
        if may_answer(plan, case, by):
            return TASKS[case.stage]
    elif may_review(plan, case, by):
        return VERIFY if case.finished_at else TASKS[case.stage]
    if case.owed and may_review(plan, case, by):
        letter = LETTERS[case.owed]
        return Text(zh=f"签发{letter.zh}", en=f"sent the {letter.en}")
    return None


def cases_of(plan: Plan, by: Principal | None) -> dict[tuple[str, str], Case]:
    """Indicator and place → the case, of those that the actor may read."""
    if by is None or not by.may(Permission.WARNING_READ):
        return {}
    return {(c.indicator, c.region): c for c in readable_cases(plan, by)}


STAGES_TIMED: tuple[Case.Stage, ...] = (_Stage.RAISED, _Stage.RETURNED, _Stage.ANSWERED, _Stage.PROGRESS)


@dataclass(frozen=True, slots=True)
class Took:
    """Median days that a stage took, over ``times`` times that it was left; ``None`` where it never was."""

    days: float | None
    times: int


@dataclass(frozen=True, slots=True)
class TimeRow:
    """How long stages take at a level, or with a unit of that level; ``whole`` from raised to closed."""

    level: str
    unit: str  # empty: every unit of the level
    stages: tuple[Took, ...]  # in the order of STAGES_TIMED
    whole: Took


def stage_times(plan: Plan, scope: Scope) -> list[TimeRow]:
    """How long each stage takes, by level and unit, from the history: a stage is counted when it is left.

    A whole lasts from raised (or opened again) to closed by a figure or the committee office; what a revision removed is
    not counted.
    """
    steps = CaseStep.objects.filter(case__plan=plan.id).filter(scope.q("case__region", "case__unit"))
    by_case: dict[int, list[CaseStep]] = defaultdict(list)
    for line in steps.select_related("case").order_by("case_id", "pk"):
        by_case[line.case_id].append(line)
    spent: dict[tuple[str, str], dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for lines in by_case.values():
        case = lines[0].case
        level = level_of(plan, case.region)
        for stage, days in _spans(lines):
            spent[level, ""][stage].append(days)
            if case.unit:
                spent[level, case.unit][stage].append(days)
    order = {unit.id: i for i, unit in enumerate(plan.units)}
    keys = sorted(spent, key=lambda k: (k[0], bool(k[1]), order.get(k[1], len(order))))
    return [
        TimeRow(*key, tuple(_took(spent[key][s]) for s in STAGES_TIMED), _took(spent[key]["whole"])) for key in keys
    ]


def _spans(lines: Sequence[CaseStep]) -> Iterable[tuple[str, float]]:
    """Each stage that a case has left with the days it stood there, and each whole way."""
    since: datetime | None = None
    begun: datetime | None = None
    kinds = CaseStep.Kind
    for line in lines:
        if line.before == line.after:
            continue
        if line.kind in {kinds.RAISED, kinds.REOPENED}:
            begun = since = line.at
            continue
        if line.kind == kinds.RESUMED:
            begun, since = begun or line.at, line.at
            continue
        if since is not None and line.kind != kinds.QUIET:
            yield line.before, _days(since, line.at)
        if line.after == _Stage.CLOSED and begun is not None and line.kind != kinds.QUIET:
            yield "whole", _days(begun, line.at)
        since = line.at


def _days(start: datetime, end: datetime) -> float:
    return float((timezone.localdate(end) - timezone.localdate(start)).days)


def _took(days: Sequence[float]) -> Took:
    return Took(median(days) if days else None, len(days))
