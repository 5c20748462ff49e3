"""Which documents somebody may read."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from halfsky.places.policy import Principal
from halfsky.places.roles import Permission
from halfsky.plan import Plan
from halfsky.reports.models import Document

_State = Document.State
UNDER_WAY = (_State.DRAFT, _State.REVIEW, _State.APPROVED)
ISSUED = (_State.ISSUED, _State.RELEASED)


def readable(by: Principal, plan: Plan) -> QuerySet[Document]:
    """What is under way: whoever writes or approves it. What is issued: besides, whom it is about, and for a document of
    the plan's own place every reader of the plan. What is released: everybody. Documents tell only what is free to publish.
    """
    working = by.scope(Permission.DOCUMENT_WRITE).q() | by.scope(Permission.DOCUMENT_APPROVE).q()
    about = by.scope(Permission.PLAN_READ).q() | Q(region=plan.region, unit="")
    return Document.objects.filter(
        Q(working) | Q(state__in=ISSUED) & about | Q(state=_State.RELEASED, unit=""), plan=plan.id
    )


def released(plan: Plan) -> QuerySet[Document]:
    """What is in the public area, the newest first."""
    return Document.objects.filter(plan=plan.id, state=_State.RELEASED, unit="").order_by("-released_on", "-pk")
