"""Giving a task, telling how it goes, confirming it or sending it back."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django.db import transaction

from halfsky.audit.actions import one_writer, record
from halfsky.audit.models import Actor
from halfsky.collect.actions.notices import people_of_place, tell
from halfsky.collect.actions.review import Stale
from halfsky.oversight.actions.common import level_of, named, office_of, people_of, to_page
from halfsky.oversight.models import Origin, Task, TaskStep
from halfsky.oversight.models.tasks import OPEN
from halfsky.oversight.policy import need_doer
from halfsky.places.actions import refuse
from halfsky.places.policy import Principal
from halfsky.places.roles import Permission
from halfsky.plan import Plan

_S = Task.State


@transaction.atomic
def give_task(
    *,
    plan: Plan,
    title: str,
    words: str,
    region: str,
    unit: str,
    due: date,
    origin: Origin,
    by: Principal,
    clause: str = "",
    demonstration: bool = False,
) -> Task:
    """Give one office something to do by a day; ``unit`` is empty for the place's own committee office.

    The same task from the same origin is given once: asked again, the one that is there is answered. Raises
    ``Forbidden``; ``Faulty`` without a title, or for a place, unit or clause that is not of the plan.
    """
    one_writer()
    actor = by.need(Permission.TASK_GIVE, region=region)
    title, words = title.strip(), words.strip()
    if not title or len(title) > 120:
        raise refuse("task-title", "请写明任务名称（不超过120字）。", "Name the task (at most 120 characters).")
    if region not in plan.place or (unit and office_of(region, unit) is None):
        raise refuse("task-office", "请选择承办单位。", "Choose the office that is to do it.")
    if clause and clause not in plan.clauses:
        raise refuse("task-clause", f"规划中没有条款{clause}。", f"The plan has no clause {clause}.")
    wanted = {
        "plan": plan.id, "origin_kind": origin.kind, "origin_key": origin.key, "region": region, "unit": unit, "title": title,
    }  # fmt: skip
    there = Task.objects.filter(**wanted).first()
    if there is not None:
        return there
    now = datetime.now(UTC)
    task = Task.objects.create(
        **wanted, words=words, due=due, clause=clause, origin_label=origin.label[:300], level=level_of(actor.role),
        given_by=actor.name, given_at=now, demonstration=demonstration,
    )  # fmt: skip
    event = record(
        by=actor, action="task.give", subject=f"task:{task.pk}",
        after={"title": title, "region": region, "unit": unit, "due": str(due), "origin": f"{origin.kind}:{origin.key}"},
        reason=words,
    )  # fmt: skip
    TaskStep.objects.create(
        task=task, after=_S.GIVEN, at=now, actor=actor.name, role=actor.role, words=words, event=event
    )
    _tell(plan, task, "task-given", by)
    return task


@transaction.atomic
def report_on_task(*, plan: Plan, task: int, version: int, words: str, done: bool, by: Principal) -> Task:
    """Tell how it goes; ``done`` says that it is finished and asks for confirmation.

    Raises ``Forbidden``; ``Stale`` when it has moved on meanwhile; ``Faulty`` without words.
    """
    held = _held(plan, task)
    actor = need_doer(held, by, plan.region)
    to = _S.REPORTED if done else _S.DOING
    if (again := _again(held, version, to, actor, words)) is not None:
        return again
    if held.state not in OPEN:
        raise Stale(held.state)
    if not words.strip():
        raise refuse("task-words", "请写明办理情况。", "Say how it went.")
    _step(held, to, actor, words)
    if done:
        _tell(plan, held, "task-reported", by)
    return held


@transaction.atomic
def confirm_task(*, plan: Plan, task: int, version: int, by: Principal, words: str = "") -> Task:
    """Confirm as done what was reported as done; by the level that gave it, or by the city."""
    return _settle(plan, task, version, _S.CONFIRMED, words, by, frozenset({_S.REPORTED}))


@transaction.atomic
def return_task(*, plan: Plan, task: int, version: int, reason: str, by: Principal) -> Task:
    """Send back what was reported as done and is not, with the reason."""
    return _settle(plan, task, version, _S.RETURNED, reason, by, frozenset({_S.REPORTED}))


@transaction.atomic
def withdraw_task(*, plan: Plan, task: int, version: int, reason: str, by: Principal) -> Task:
    """Withdraw what is no longer asked, with the reason; it stays to be read."""
    return _settle(plan, task, version, _S.WITHDRAWN, reason, by, OPEN | {_S.REPORTED})


def _settle(
    plan: Plan, task: int, version: int, to: Task.State, words: str, by: Principal, before: frozenset[Task.State]
) -> Task:
    held = _held(plan, task)
    permission = Permission.TASK_GIVE if to is _S.WITHDRAWN else Permission.TASK_CONFIRM
    actor = by.need(permission, region=held.region, level=_level(held))
    if (again := _again(held, version, to, actor, words)) is not None:
        return again
    if held.state not in before:
        raise Stale(held.state)
    if to is not _S.CONFIRMED and not words.strip():
        raise refuse("reason-missing", "请写明原因。", "Say why.")
    _step(held, to, actor, words)
    _tell(plan, held, f"task-{to.value}", by, reason=words.strip())
    return held


def _level(task: Task) -> str | None:
    """What the city asked for is not confirmed by the district that did it."""
    return "city" if task.level == "city" else None


def may_settle(task: Task, by: Principal) -> bool:
    """Whether the actor confirms a task or sends it back."""
    return by.may(Permission.TASK_CONFIRM, region=task.region, level=_level(task))


def _held(plan: Plan, task: int) -> Task:
    one_writer()
    return Task.objects.get(pk=task, plan=plan.id)


def _again(held: Task, version: int, to: Task.State, actor: Actor, words: str) -> Task | None:
    """The task, where this very step was made already; ``None`` where it is to be made; else raises ``Stale``."""
    if held.version == version:
        return None
    last = held.steps.last()
    if held.version == version + 1 and last is not None and (last.after, last.actor, last.words) == (
        to, actor.name, words.strip(),
    ):  # fmt: skip
        return held
    raise Stale(held.state)


def _step(held: Task, to: Task.State, actor: Actor, words: str) -> None:
    now, words = datetime.now(UTC), words.strip()
    event = record(
        by=actor, action=f"task.{to.value}", subject=f"task:{held.pk}", before={"state": held.state},
        after={"state": to.value}, reason=words,
    )  # fmt: skip
    TaskStep.objects.create(
        task=held, before=held.state, after=to, at=now, actor=actor.name, role=actor.role, words=words, event=event
    )
    held.state, held.version = to, held.version + 1
    if to in {_S.CONFIRMED, _S.WITHDRAWN}:
        held.settled_at = now
    held.save()


def about_task(plan: Plan, task: Task, **more: Any) -> dict[str, Any]:
    """What every sentence on a task needs, and the way to its page."""
    page = to_page("task", pk=task.pk)
    return {**named(plan, task.region, task.unit), "title": task.title, "due": str(task.due), **page, **more}


def _tell(plan: Plan, task: Task, kind: str, by: Principal, **more: Any) -> None:
    """The office that gave it hears what is reported, the one that does it everything else."""
    if kind == "task-reported":
        users = people_of_place(plan.region if task.level == "city" else task.region, Permission.TASK_CONFIRM)
        office = None
    else:
        users, office = people_of(task.region, task.unit, Permission.TASK_DO), office_of(task.region, task.unit)
    others = [user for user in users if user.pk != by.user]
    if users and not others:
        return  # told to nobody but whoever has just done it
    tell(plan=plan, kind=kind, users=others, params=about_task(plan, task, **more), office=office)
