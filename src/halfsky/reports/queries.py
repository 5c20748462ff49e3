"""Which documents somebody may read, and which wait for them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from halfsky.places.policy import Principal
from halfsky.places.roles import Permission
from halfsky.plan import Plan, Text
from halfsky.reports.issuing import answers_for
from halfsky.reports.models import Document, Recipient

_State = Document.State
UNDER_WAY = (_State.DRAFT, _State.REVIEW, _State.APPROVED)
ISSUED = (_State.ISSUED, _State.RELEASED)
TASKS: dict[str, Text] = {
    "approve": Text(zh="审批", en="approve"),
    "issue": Text(zh="印发", en="issue"),
    "correct": Text(zh="退回修改", en="correct"),
    "read": Text(zh="阅知", en="read"),
}


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


@dataclass(frozen=True, slots=True)
class DocumentWaiting:
    """A document that waits for somebody; ``task`` is a key of :data:`TASKS`."""

    document: Document
    task: str


def documents_waiting(by: Principal, plan: Plan) -> list[DocumentWaiting]:
    """The documents that wait for a person, the oldest first. Nobody approves what they submitted themselves."""
    found: list[DocumentWaiting] = []
    open_ones = Document.objects.filter(plan=plan.id, state__in=UNDER_WAY)
    for document in open_ones.order_by("pk").prefetch_related("steps"):
        task = _task(document, by)
        if task:
            found.append(DocumentWaiting(document, task))
    unread = Recipient.objects.filter(document__plan=plan.id, opened_at__isnull=True).select_related("document")
    fed_back: dict[int, Document] = {r.document_id: r.document for r in unread if answers_for(by, r)}
    return [*found, *(DocumentWaiting(document, "read") for document in fed_back.values())]


def _task(document: Document, by: Principal) -> str:
    def may(permission: Permission) -> bool:
        return by.may(permission, region=document.region, unit=document.unit)

    match document.state:
        case _State.REVIEW if may(Permission.DOCUMENT_APPROVE) and document.submitted_by != by.actor.name:
            return "approve"
        case _State.APPROVED if may(Permission.DOCUMENT_WRITE):
            return "issue"
        case _State.DRAFT if may(Permission.DOCUMENT_WRITE):
            steps = list(document.steps.all())
            return "correct" if steps and steps[-1].what == "return" else ""
        case _:
            return ""
