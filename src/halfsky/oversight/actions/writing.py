"""Writing a yearly report, part by part, and the documents that bear it out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from halfsky.audit.actions import one_writer, record
from halfsky.collect.actions.review import Stale
from halfsky.collect.documents import EVIDENCE, keep, short_name, sound
from halfsky.collect.models import Ack
from halfsky.oversight.actions.common import office_name
from halfsky.oversight.actions.yearly import need_writer
from halfsky.oversight.models import Evidence, YearlyItem, YearlyReport
from halfsky.oversight.targets import table, values
from halfsky.places.actions import refuse
from halfsky.places.policy import Principal
from halfsky.places.roles import Permission
from halfsky.plan import Plan

LONGEST = 4000  # characters of one part
MOST_FILES = 40  # of one report
_TOLD = ("progress", "words", "ahead")


@dataclass(frozen=True, slots=True)
class ItemChange:
    """What one part shall say. ``version`` is the one that the writer saw; another since then is a conflict."""

    item: int
    version: int
    progress: str = ""
    words: str = ""
    ahead: str = ""


@transaction.atomic
def save_items(*, plan: Plan, report: int, changes: Sequence[ItemChange], by: Principal, key: str) -> dict[str, Any]:
    """Save parts of a report that is still being written: ``{versions, conflicts}`` by part.

    A part that somebody else has changed since is not written: it comes back with what it says now. The same ``key``
    again is answered as the first time. Raises ``Forbidden``; ``Faulty`` when the report is handed in, a part is not
    of it, or a text is too long.
    """
    one_writer()
    held = YearlyReport.objects.select_related("round").get(pk=report, round__plan=plan.id)
    actor = need_writer(plan, held, by)
    known = Ack.objects.filter(key=key, user=actor.name).first()
    if known is not None:
        answer: dict[str, Any] = known.answer
        return answer
    _need_open(held)
    there = {item.pk: item for item in YearlyItem.objects.filter(report=held, pk__in=[c.item for c in changes])}
    told = values(table(plan, held.region, {i.clause for i in there.values() if i.clause}, held.round.year, by))
    answer = {"versions": {}, "conflicts": {}}
    before, after, touched, now = {}, {}, [], datetime.now(UTC)
    for change in changes:
        item = there.get(change.item)
        if item is None:
            raise refuse(
                "item-foreign", f"条目{change.item}不属于本报告。", f"Part {change.item} is not of this report."
            )
        wanted = _settled(item, change)
        if wanted == {f: getattr(item, f) for f in _TOLD}:
            answer["versions"][str(item.pk)] = item.version
            continue
        if item.version != change.version:
            answer["conflicts"][str(item.pk)] = {
                **{f: getattr(item, f) for f in _TOLD}, "version": item.version, "by": item.changed_by,
            }  # fmt: skip
            continue
        before[str(item.pk)] = {f: getattr(item, f) for f in _TOLD}
        for field, content in wanted.items():
            setattr(item, field, content)
        item.version, item.changed_at, item.changed_by = item.version + 1, now, actor.name
        item.seen = told.get(item.clause, {})
        after[str(item.pk)] = {"part": item.clause or item.topic, **wanted}
        answer["versions"][str(item.pk)] = item.version
        touched.append(item)
    if touched:
        record(by=actor, action="yearly.save", subject=f"yearly-report:{held.pk}", before=before, after=after)
        YearlyItem.objects.bulk_update(touched, [*_TOLD, "seen", "version", "changed_at", "changed_by"], batch_size=500)
    Ack.objects.create(key=key, user=actor.name, answer=answer, at=now)
    return answer


def _settled(item: YearlyItem, change: ItemChange) -> dict[str, str]:
    if max(len(change.words), len(change.ahead)) > LONGEST:
        raise refuse("item-long", f"每项不超过{LONGEST}字。", f"A part has at most {LONGEST} characters.")
    clause = item.topic == YearlyItem.Topic.CLAUSE
    if change.progress and (not clause or change.progress not in YearlyItem.Progress.values):
        raise refuse("item-progress", "没有这一种进展。", "There is no such progress.")
    # Browsers send lines ended by two characters; what is the same text is kept as the same.
    words, ahead = (text.replace("\r\n", "\n").strip() for text in (change.words, change.ahead))
    return {"progress": change.progress, "words": words, "ahead": ahead}


def _need_open(held: YearlyReport) -> None:
    if not held.open:
        raise refuse(
            "report-closed",
            "报告正在审核或已通过，不能修改；如需修改，请联系审核单位退回。您填写的内容仍保留在本页。",
            "The report is under review or accepted and cannot be changed; ask the reviewing office to send it back. What you typed stays on this page.",
        )


@transaction.atomic
def take_over(*, plan: Plan, report: int, by: Principal) -> int:
    """Fill the blank parts of a district's report from what its leading units have handed in; how many were filled.

    Where several units lead, each is named before its words; the progress is the least advanced of theirs.
    """
    one_writer()
    held = YearlyReport.objects.select_related("round").get(pk=report, round__plan=plan.id)
    actor = need_writer(plan, held, by)
    _need_open(held)
    told: dict[str, list[YearlyItem]] = {}
    handed_in = [YearlyReport.State.SUBMITTED, YearlyReport.State.ACCEPTED]
    of_units = YearlyItem.objects.filter(
        report__round=held.round, report__region=held.region, report__state__in=handed_in, lead=True, topic="clause"
    ).exclude(report__unit="")
    for item in of_units.select_related("report").order_by("report_id"):
        told.setdefault(item.clause, []).append(item)
    seen = values(table(plan, held.region, told, held.round.year, by))
    filled, now = [], datetime.now(UTC)
    for item in held.items.filter(topic="clause", progress="", words="", clause__in=told):
        sources = told[item.clause]
        item.progress = min((s.progress for s in sources), key=lambda progress: _LEAST.index(_P(progress)))
        item.words = _joined(plan, held.region, [(s.report.unit, s.words) for s in sources])[:LONGEST]
        item.ahead = _joined(plan, held.region, [(s.report.unit, s.ahead) for s in sources if s.ahead])[:LONGEST]
        item.seen, item.version = seen.get(item.clause, {}), item.version + 1
        item.changed_at, item.changed_by = now, actor.name
        filled.append(item)
    if filled:
        record(
            by=actor, action="yearly.take-over", subject=f"yearly-report:{held.pk}",
            after={str(i.pk): {"part": i.clause, "progress": i.progress, "words": i.words, "ahead": i.ahead} for i in filled},
        )  # fmt: skip
        YearlyItem.objects.bulk_update(filled, [*_TOLD, "seen", "version", "changed_at", "changed_by"], batch_size=500)
    return len(filled)


_P = YearlyItem.Progress
_LEAST = [_P.OVERDUE, _P.NOT_BEGUN, _P.DOING, _P.DONE]


def _joined(plan: Plan, region: str, said: list[tuple[str, str]]) -> str:
    if len(said) == 1:
        return said[0][1]
    return "\n".join(f"{office_name(plan, region, unit).zh}：{words}" for unit, words in said)


def attach(
    *, plan: Plan, report: int, clause: str, name: str, content: bytes, by: Principal
) -> Evidence:  # fmt: skip
    """Attach a document to a clause of a report, or to the whole; sent twice, it is there once.

    Raises ``Forbidden``; ``Faulty`` for what is too large, no document, or when the report is handed in.
    """
    by.need(Permission.YEARLY_WRITE)  # before anything is written to the disk
    name = short_name(name)
    sound(name, content, EVIDENCE)
    digest = keep(content)
    with transaction.atomic():
        one_writer()
        held = YearlyReport.objects.select_related("round").get(pk=report, round__plan=plan.id)
        actor = need_writer(plan, held, by)
        _need_open(held)
        files = held.evidence.filter(removed_at__isnull=True)
        there = files.filter(clause=clause, sha256=digest).first()
        if there is not None:
            return there
        if clause and not held.items.filter(clause=clause).exists():
            raise refuse("item-foreign", f"条款{clause}不属于本报告。", f"Clause {clause} is not of this report.")
        if files.count() >= MOST_FILES:
            raise refuse("files-many", f"佐证材料最多{MOST_FILES}份。", f"A report has at most {MOST_FILES} documents.")
        record(
            by=actor, action="yearly.attach", subject=f"yearly-report:{held.pk}",
            after={"clause": clause, "name": name, "size": len(content), "sha256": digest},
        )  # fmt: skip
        return Evidence.objects.create(
            report=held,
            clause=clause,
            name=name,
            size=len(content),
            sha256=digest,
            at=datetime.now(UTC),
            actor=actor.name,
        )


@transaction.atomic
def detach(*, plan: Plan, evidence: int, by: Principal) -> None:
    """Take a document off a report that is still being written; the file itself stays in the archive."""
    one_writer()
    held = Evidence.objects.select_related("report__round").get(pk=evidence, report__round__plan=plan.id)
    actor = need_writer(plan, held.report, by)
    if held.removed_at is not None:
        return
    if not held.report.open:
        raise Stale(held.report.state)
    record(
        by=actor, action="yearly.detach", subject=f"yearly-report:{held.report_id}",
        before={"clause": held.clause, "name": held.name, "sha256": held.sha256},
    )  # fmt: skip
    held.removed_at = datetime.now(UTC)
    held.save(update_fields=["removed_at"])
