"""Warnings being put right, for programs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from halfsky.alerts.casequeries import readable_cases
from halfsky.api.doors import operation
from halfsky.api.returns import REFUSED, the_plan
from halfsky.places.roles import Permission
from halfsky.web.doors import acting

router = Router(tags=["cases"])


class CaseOut(Schema):
    id: int
    indicator: str
    region: str
    unit: str
    level: str
    stage: str
    targets: list[str]
    as_of: int
    due: str
    deadline: str
    raised_times: int
    letters: int
    ending: str
    above: int | None
    cause: str
    remedy: str
    version: int


@operation(router, "GET", "/cases", Permission.WARNING_READ, response={200: list[CaseOut], **REFUSED})
def list_cases(request: HttpRequest, plan: str, open: bool = True) -> Any:
    """The cases of warnings put right that one may read; closed ones too where ``open`` is false."""
    who = acting(request)
    book = the_plan(plan)
    rows = readable_cases(book, who)
    scope = who.scope(Permission.WARNING_READ)
    return [
        {
            "id": c.pk, "indicator": c.indicator, "region": c.region, "unit": c.unit, "level": c.level, "stage": c.stage,
            "targets": c.targets, "as_of": c.as_of, "due": c.due.isoformat() if c.due else "",
            "deadline": c.deadline.isoformat() if c.deadline else "", "raised_times": c.round, "letters": c.letters_sent,
            "ending": c.ending, "cause": c.cause, "remedy": c.remedy, "version": c.version,
            "above": c.parent_id if c.parent is not None and scope.holds(c.parent.region, c.parent.unit) else None,
        }
        for c in (rows.exclude(stage="closed") if open else rows)
    ]  # fmt: skip
