"""The demonstration's documents: the annual report issued, commented on and released; the mid-term report before the leading group.

Through the same actions as people's, by the people of the demonstration where they are there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from halfsky.plan import Plan

if TYPE_CHECKING:
    from halfsky.places.policy import Principal
    from halfsky.reports.models import Document

_ADDED = "（演示）本年度监测工作由市统计局会同市妇儿工委办组织，各成员单位和区（市）县按统一口径报送数据。"
_COMMENT = "（演示）已阅研。涉及本单位的指标将在下一年度工作安排中落实，建议补充救治网络建设情况。"


def play(plan: Plan, year: int, by: Principal) -> list[Document]:
    """The documents on the year before; none where it was not judged. Run again, it does nothing."""
    from halfsky.alerts.queries import years
    from halfsky.reports.kinds import kinds
    from halfsky.reports.models import Document

    as_of = year - 1
    if as_of not in years(plan.id):
        return []
    made = []
    for kind in ("annual", "midterm"):
        held = Document.objects.filter(plan=plan.id, kind=kind, year=as_of, language="zh").first()
        if held is None and as_of in kinds()[kind].years(plan):
            held = _annual(plan, as_of, by) if kind == "annual" else _midterm(plan, as_of, by)
        if held is not None:
            made.append(held)
    return made


def _annual(plan: Plan, year: int, by: Principal) -> Document:
    """Drafted, added to, approved, issued, fed back, commented on, released."""
    from halfsky.reports import issuing

    writer, leader = _person("committee", by), _person("leader", by)
    held = _approved(plan, _draft(plan, "annual", year, writer), writer, leader)
    held = issuing.issue(plan=plan, document=held.pk, version=held.version, by=writer)
    clerk = _person("clerk", by)
    if any(issuing.answers_for(clerk, recipient) for recipient in held.recipients.all()):
        issuing.opened(document=held, by=clerk)
        issuing.comment(plan=plan, document=held.pk, text=_COMMENT, by=clerk)
    return issuing.release(plan=plan, document=held.pk, version=held.version, by=writer)


def _midterm(plan: Plan, year: int, by: Principal) -> Document:
    """Submitted, and waiting for the leading group."""
    from halfsky.reports import issuing

    writer = _person("statistics", by)
    held = _draft(plan, "midterm", year, writer)
    return issuing.submit(plan=plan, document=held.pk, version=held.version, by=writer)


def _draft(plan: Plan, kind: str, year: int, writer: Principal) -> Document:
    from halfsky.reports import drafting

    held = drafting.draft(plan=plan, kind=kind, year=year, region=plan.region, language="zh", by=writer)
    key = drafting.composed(held).sections[0].blocks or drafting.composed(held).sections[1].blocks
    return drafting.edit_block(
        plan=plan, document=held.pk, version=held.version, key=key[0].key, what="add", text=_ADDED, by=writer
    )


def _approved(plan: Plan, held: Document, writer: Principal, leader: Principal) -> Document:
    from halfsky.reports import issuing

    held = issuing.submit(plan=plan, document=held.pk, version=held.version, by=writer)
    return issuing.decide(plan=plan, document=held.pk, version=held.version, approve=True, by=leader)


def _person(username: str, by: Principal) -> Principal:
    """Somebody of the demonstration; the operator where nobody of that name is there."""
    from halfsky.places.models import User
    from halfsky.places.policy import principal

    user = User.objects.filter(username=username).first()
    return principal(user, door="demo") if user is not None else by
