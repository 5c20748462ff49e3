"""Which events of the ledger one may read, and which are about a plan or by somebody.

The auditor of the whole reads every event, one of a district those about its people, units, returns, filings and what else
stands in its places; an administrator those about people, units and places alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Model, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from halfsky.alerts.models import Case
from halfsky.audit.models import Event
from halfsky.collect.models import Filing, Return, Survey
from halfsky.evaluation.models import Evaluation
from halfsky.implementation.models import Record
from halfsky.oversight.models import Meeting, Task, YearlyReport
from halfsky.places.models import Office, Post, Region, User
from halfsky.places.policy import Principal
from halfsky.places.roles import Permission
from halfsky.reports.models import Document


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing that events are about, by the number after its name: ``return:12``; where its columns stand.

    Without a place it is the whole plan's.
    """

    name: str
    model: type[Model]
    plan: str = "plan"
    region: str | None = "region"


KINDS = (
    Kind("return", Return, "cycle__plan"),
    Kind("filing", Filing),
    Kind("survey", Survey),
    Kind("task", Task),
    Kind("case", Case),
    Kind("meeting", Meeting),
    Kind("document", Document),
    Kind("record", Record),
    Kind("yearly-report", YearlyReport, "round__plan"),
    Kind("evaluation", Evaluation, region=None),
)


def visible(by: Principal) -> QuerySet[Event]:
    """The events that one may read."""
    every = Event.objects.all()
    auditor, keeper = by.scope(Permission.AUDIT_READ), by.scope(Permission.LEDGER_READ)
    reach = auditor.regions()
    if reach is None or (auditor and _roots() <= reach):
        return every
    seen = Q(pk__in=[])
    if reach:
        seen |= _of_places(reach) | _of_people(reach)
        for kind in KINDS:
            if kind.region is not None:
                seen |= Q(subject__in=_numbered(kind, **{f"{kind.region}__in": sorted(reach)}))
    if kept := keeper.regions():
        seen |= _of_places(kept) | _of_people(kept)
    return every.filter(seen)


def _roots() -> frozenset[str]:
    rows = list(Region.objects.values_list("code", "parent"))
    codes = {code for code, _parent in rows}
    return frozenset(code for code, parent in rows if parent not in codes)


def _of_places(regions: Iterable[str]) -> Q:
    codes = sorted(regions)
    offices = Office.objects.filter(region__in=codes)
    named = offices.annotate(s=Concat(Value("office:"), "unit", Value("@"), "region", output_field=CharField()))
    return Q(subject__in=[f"region:{code}" for code in codes]) | Q(subject__in=named.values("s"))


def _of_people(regions: Iterable[str]) -> Q:
    posts = Post.objects.filter(region__in=sorted(regions))
    return Q(subject__in=posts.annotate(s=Concat(Value("user:"), "user__username")).order_by().values("s"))


def _numbered(kind: Kind, **where: Any) -> QuerySet[Any]:
    rows: QuerySet[Any] = kind.model._default_manager.filter(**where).order_by()
    named: QuerySet[Any] = rows.annotate(s=Concat(Value(f"{kind.name}:"), Cast("pk", CharField())))
    return named.values("s")


def of_plan(plan_id: str) -> Q:
    """The events about a plan, its years, returns, filings and surveys."""
    found = Q(subject=f"plan:{plan_id}") | Q(subject__startswith=f"cycle:{plan_id}/")
    for kind in KINDS:
        found |= Q(subject__in=_numbered(kind, **{kind.plan: plan_id}))
    return found


def by_whom(words: str) -> Q:
    """The events of people whose sign-in name or name holds these words."""
    people = User.objects.filter(full_name__icontains=words)
    return Q(actor__icontains=words) | Q(actor__in=people.values("username"))
