"""Drafting a document: composed from the data, edited by people, refreshed without losing what they wrote."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from halfsky.alerts import queries as alerts
from halfsky.audit.actions import one_writer, record
from halfsky.audit.models import Actor, Event
from halfsky.collect.actions import Stale
from halfsky.places.actions import refuse
from halfsky.places.policy import Principal
from halfsky.places.roles import Permission
from halfsky.plan import Plan
from halfsky.reports.kinds import Ask, DocumentKind, NotReady, kind_of, kinds
from halfsky.reports.models import Composition, Document, Edit, Snapshot, Step
from halfsky.reports.report.edits import Change, Laid, lay, said
from halfsky.reports.report.keys import keyed
from halfsky.reports.report.model import Block, Paragraph, Report
from halfsky.reports.report.stored import digest, dumped, loaded

LONGEST = 5000  # characters of one paragraph
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\ufffe\uffff]")


def draft(
    *, plan: Plan, kind: str, year: int, region: str, language: str, by: Principal, unit: str = ""
) -> Document:  # fmt: skip
    """Compose a new document; where the last edition is issued, a corrected one is begun.

    Raises ``Forbidden``, and ``Faulty`` where there is nothing to compose from or an edition is still open.
    """
    actor = by.need(Permission.DOCUMENT_WRITE, region=region, unit=unit)
    made = _kind(plan, kind, year, region, unit)
    report, sources = _composed(made, Ask(plan, year, region, "en" if language == "en" else "zh", unit))
    with transaction.atomic():
        one_writer()
        last = (
            Document.objects.filter(plan=plan.id, kind=kind, year=year, region=region, unit=unit, language=language)
            .order_by("-edition")
            .first()
        )
        if last is not None and not last.frozen:
            raise refuse(
                "document-open", "该文件已在起草或审批中，请打开后继续。", "This document is already being written; open it instead."
            )  # fmt: skip
        held = Document.objects.create(
            plan=plan.id, kind=kind, year=year, region=region, unit=unit, language=language,
            edition=last.edition + 1 if last else 1, title=f"{report.title}　{report.subtitle}"[:300],
            drafted_at=datetime.now(UTC), drafted_by=actor.name, demonstration=bool(report.mark),
        )  # fmt: skip
        after = {
            "kind": kind,
            "year": year,
            "region": region,
            "unit": unit,
            "language": language,
            "edition": held.edition,
        }
        _compose_into(held, report, sources, actor, "document.draft", after)
        step(held, "draft", actor)
    return held


def refresh(*, plan: Plan, document: int, version: int, by: Principal) -> Document:
    """Compose anew from the data as they are now. What people edited stays, and is marked where the text below it moved."""
    held = _found(plan, document)
    by.need(Permission.DOCUMENT_WRITE, region=held.region, unit=held.unit)
    report, sources = _composed(kind_of(held.kind), ask_of(plan, held))
    with transaction.atomic():
        held, actor = writable(plan, document, version, by)
        held.title, held.demonstration = f"{report.title}　{report.subtitle}"[:300], bool(report.mark)
        _compose_into(held, report, sources, actor, "document.refresh", {})
        held.version += 1
        held.save()
    return held


@transaction.atomic
def edit_block(
    *, plan: Plan, document: int, version: int, key: str, what: str, by: Principal, text: str = ""
) -> Document:  # fmt: skip
    """Change a paragraph's words, add a paragraph after a block, or hide a block; an earlier edit of the same block ends."""
    held, actor = writable(plan, document, version, by)
    block = {b.key: b for s in composed(held).sections for b in s.blocks}.get(key)
    if block is None:
        raise refuse("block-gone", "此处内容已不存在，请刷新页面。", "This block is no longer there; reload the page.")
    words = _words(what, text, block)
    now = datetime.now(UTC)
    earlier = held.edits.filter(key=key, ended_at__isnull=True).exclude(what=Edit.What.ADD)
    before = [{"what": e.what, "text": e.text} for e in earlier] if what != Edit.What.ADD else None
    if what != Edit.What.ADD:
        earlier.update(ended_at=now, ended_by=actor.name)
    Edit.objects.create(
        document=held, key=key, what=what, text=words, below=said(block), by=actor.name, at=now
    )  # fmt: skip
    return _written(held, actor, "document.edit", before, {"key": key, "what": what, "text": words})


@transaction.atomic
def withdraw_edit(*, plan: Plan, document: int, version: int, edit: int, by: Principal) -> Document:
    """Take an edit back: the composed text stands again, an added paragraph falls away."""
    held, actor = writable(plan, document, version, by)
    found = _edit(held, edit)
    found.ended_at, found.ended_by = datetime.now(UTC), actor.name
    found.save(update_fields=["ended_at", "ended_by"])
    return _written(held, actor, "document.withdraw-edit", {"key": found.key, "text": found.text}, None)


@transaction.atomic
def confirm_edit(*, plan: Plan, document: int, version: int, edit: int, by: Principal) -> Document:
    """Keep an edit as it is, having seen what the text below it says now."""
    held, actor = writable(plan, document, version, by)
    found = _edit(held, edit)
    block = {b.key: b for s in composed(held).sections for b in s.blocks}.get(found.key)
    if block is None:
        raise refuse(
            "block-gone", "原文已不存在，此处修改请撤回，或另加一段。", "The text below is gone: withdraw this edit, or add it elsewhere."
        )  # fmt: skip
    before, found.below = found.below, said(block)
    found.save(update_fields=["below"])
    return _written(held, actor, "document.confirm-edit", {"below": before}, {"key": found.key, "below": found.below})


def composed(document: Document) -> Report:
    """The report of the last composition, as the data said it."""
    return snapshot_report(document.compositions.select_related("snapshot").order_by("-number")[0].snapshot)


def laid(document: Document) -> Laid:
    """The last composition with the edits in force laid over it."""
    return lay(composed(document), changes_of(document))


def changes_of(document: Document) -> list[Change]:
    return [
        Change(e.key, "words" if e.what == "words" else "add" if e.what == "add" else "hide", e.text, e.below, e.by, e.at, e.pk)
        for e in document.edits.filter(ended_at__isnull=True)
    ]  # fmt: skip


def snapshot_report(snapshot: Snapshot) -> Report:
    content = zlib.decompress(bytes(snapshot.content))
    if digest(content) != snapshot.digest:
        raise ValueError(f"snapshot {snapshot.digest} has been changed")
    return loaded(content)


def kept_snapshot(report: Report) -> Snapshot:
    """The snapshot of a report, written once."""
    content = dumped(report)
    made, _ = Snapshot.objects.get_or_create(
        digest=digest(content), defaults={"content": zlib.compress(content, 6), "made_at": datetime.now(UTC)}
    )
    return made


def ask_of(plan: Plan, document: Document) -> Ask:
    return Ask(plan, document.year, document.region, "en" if document.language == "en" else "zh", document.unit)


def writable(plan: Plan, document: int, version: int, by: Principal) -> tuple[Document, Actor]:
    """A draft, locked and as the editor saw it; raises ``Stale`` where somebody was faster."""
    one_writer()
    held = _found(plan, document)
    actor = by.need(Permission.DOCUMENT_WRITE, region=held.region, unit=held.unit)
    if held.version != version or not held.open:
        raise Stale(held.state)
    return held, actor


def step(document: Document, what: str, actor: Actor, words: str = "") -> None:
    Step.objects.create(document=document, what=what, words=words, by=actor.name, at=datetime.now(UTC))


def _found(plan: Plan, document: int) -> Document:
    return Document.objects.get(pk=document, plan=plan.id)


def _edit(document: Document, edit: int) -> Edit:
    found: Edit | None = document.edits.filter(pk=edit, ended_at__isnull=True).first()
    if found is None:
        raise Stale(document.state)
    return found


def _kind(plan: Plan, kind: str, year: int, region: str, unit: str) -> DocumentKind:
    made = kinds().get(kind)
    fits = made is not None and year in made.years(plan) and region in plan.place
    if fits and made is not None:
        fits = made.reach != "plan" or (region == plan.region and not unit)
        fits = fits and (not unit or (made.reach == "units" and unit in plan.unit))
    if made is None or not fits:
        raise refuse(
            "document-kind",
            "没有这种文件，或该年度、地区不适用。",
            "There is no such document for this year and place.",
        )
    return made


def _composed(kind: DocumentKind, ask: Ask) -> tuple[Report, dict[str, Any]]:
    """The report, keyed, and what it was made from. Before any transaction: nobody waits for it."""
    last = Event.objects.order_by("-number").first()
    made = alerts.latest(ask.plan.id, ask.year)
    compose: Callable[[Ask], Report] = kind.compose
    try:
        report = keyed(compose(ask))
    except NotReady as error:
        raise refuse("document-not-ready", error.words.zh, error.words.en) from error
    mark = "（草稿）" if ask.language == "zh" else "Draft"
    return replace(report, number=mark), {
        "event": last.number if last else 0, "seal": last.seal if last else "", "assessment": made.pk if made else None,
    }  # fmt: skip


def _compose_into(
    held: Document, report: Report, sources: dict[str, Any], actor: Actor, action: str, after: dict[str, Any]
) -> None:
    snapshot = kept_snapshot(report)
    last = held.compositions.select_related("snapshot").order_by("-number").first()
    record(
        by=actor, action=action, subject=f"document:{held.pk}",
        before={"snapshot": last.snapshot.digest} if last else None, after={**after, "snapshot": snapshot.digest, **sources},
    )  # fmt: skip
    Composition.objects.create(
        document=held, number=last.number + 1 if last else 1, snapshot=snapshot, sources=sources,
        at=datetime.now(UTC), by=actor.name,
    )  # fmt: skip


def _words(what: str, text: str, block: Block) -> str:
    words = _CONTROL.sub("", text.replace("\r\n", "\n")).strip()
    if what not in Edit.What.values:
        raise refuse("edit-kind", "没有这种修改。", "There is no such edit.")
    if what == Edit.What.WORDS and not isinstance(block, Paragraph):
        raise refuse(
            "edit-numbers", "表格和图随数据更新，不能直接改写；可以隐藏，或在其后加一段说明。",
            "Tables and charts follow the data and cannot be typed over; hide them, or add a paragraph after them.",
        )  # fmt: skip
    if what == Edit.What.HIDE:
        return ""
    if not words:
        raise refuse(
            "edit-empty", "请填写文字；不需要这一段时请选“隐藏”。", "Write some words; to leave the block out, hide it."
        )
    if len(words) > LONGEST:
        raise refuse("edit-long", f"一段不能超过{LONGEST}字。", f"A paragraph may have {LONGEST} characters at most.")
    return " ".join(words.split())


def _written(held: Document, actor: Actor, action: str, before: Any, after: Any) -> Document:
    record(by=actor, action=action, subject=f"document:{held.pk}", before=before, after=after)
    held.version += 1
    held.save(update_fields=["version"])
    return held
