"""Who does what is asked of an office: the office itself, and no office above it in its name."""

from __future__ import annotations

from dataclasses import replace

from halfsky.audit.models import Actor
from halfsky.oversight.models import Task
from halfsky.places.policy import Forbidden, Grant, Principal
from halfsky.places.roles import ROLES, Permission


def doer(by: Principal, permission: Permission, region: str, unit: str, city: str) -> Actor | None:
    """The actor as the office itself, or ``None``. A place's committee office is that of its own level only.

    Posts over a whole place cover its units when they read; they do not write in a unit's name.
    """
    if by.trusted:
        return by.actor
    level = "city" if region == city else "district"
    for grant in by.grants:
        if grant.permission is permission and region in grant.regions and _own(grant, unit, level):
            return replace(by.actor, role=grant.role)
    return None


def _own(grant: Grant, unit: str, level: str) -> bool:
    return grant.unit == unit if unit else grant.unit is None and ROLES[grant.role].level == level


def may_do(task: Task, by: Principal, city: str) -> bool:
    return doer(by, Permission.TASK_DO, task.region, task.unit, city) is not None


def need_doer(task: Task, by: Principal, city: str) -> Actor:
    """Raises ``Forbidden`` for everybody but the office that is to do it."""
    actor = doer(by, Permission.TASK_DO, task.region, task.unit, city)
    if actor is None:
        raise Forbidden(Permission.TASK_DO, f"{task.region} {task.unit}".strip())
    return actor
