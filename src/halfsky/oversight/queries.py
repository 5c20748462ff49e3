"""Reads of oversight, each narrowed to what its reader may see."""

from __future__ import annotations

from django.db.models import QuerySet

from halfsky.oversight.models import Task
from halfsky.places.policy import Principal
from halfsky.places.roles import Permission
from halfsky.plan import Plan


def tasks(by: Principal, plan: Plan) -> QuerySet[Task]:
    """The tasks in one's reach, the first due first."""
    return Task.objects.filter(by.scope(Permission.OVERSIGHT_READ).q(), plan=plan.id)
