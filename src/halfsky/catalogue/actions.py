"""Attaching a plan's official text."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.db import transaction

from halfsky.audit.actions import one_writer, record
from halfsky.catalogue.models import OfficialText
from halfsky.places.policy import Principal
from halfsky.places.roles import Permission
from halfsky.plan import Fault, Faulty, Plan, Text
from halfsky.plan.reader import decoded, read_text
from halfsky.plan.reader.cleaning import clean


@dataclass(frozen=True, slots=True)
class Attached:
    clauses: int
    without_text: tuple[str, ...]  # clauses of the pack that the document does not hold


@transaction.atomic
def attach_text(*, plan: Plan, document: bytes, by: Principal, reason: str = "") -> Attached:
    """Split the official document and keep its words by clause, replacing what was attached before.

    Raises ``Faulty`` when the document is not UTF-8 or GB 18030 text, or is not the text of this plan.
    """
    one_writer()
    actor = by.need(Permission.CYCLE_MANAGE, region=plan.region)
    words = _clauses(document, plan)
    digest = hashlib.sha256(document).hexdigest()
    before = OfficialText.objects.filter(plan=plan.id)
    replaced = before.values_list("document", flat=True).first()
    event = record(
        by=actor,
        action="plan.attach",
        subject=f"plan:{plan.id}",
        before={"document": replaced} if replaced else None,
        after={"document": digest, "clauses": len(words)},
        reason=reason,
    )
    before.delete()
    OfficialText.objects.bulk_create(
        OfficialText(plan=plan.id, clause=clause, words=text, document=digest, event=event)
        for clause, text in words.items()
    )
    return Attached(len(words), tuple(clause for clause in plan.clauses if clause not in words))


def _clauses(document: bytes, plan: Plan) -> dict[str, str]:
    text = decoded(document)
    if text is None:
        raise Faulty([_fault("text-encoding", "文件不是 UTF-8 或 GB 18030 文本。", "Not UTF-8 or GB 18030 text.")])
    read = read_text(text)
    found = {clause.id: clause.text for clause in (*read.goals, *read.measures, *read.provisions)}
    words = {clause: found[clause] for clause in plan.clauses if clause in found}
    quoted, found_there = len(plan.targets), sum(_stands(t.words, words.get(t.clause, "")) for t in plan.targets)
    if not words or found_there * 2 < quoted:  # clause numbers are alike in every plan; its words are not
        raise Faulty(
            [
                _fault(
                    "text-foreign",
                    f"这不像“{plan.title.zh}”的全文：数据包引用的 {quoted} 处原文只找到 {found_there} 处，请核对文件。",
                    f"This does not seem to be the text of '{plan.title.en}': of {quoted} passages that its pack "
                    f"quotes, {found_there} were found. Check the file.",
                )
            ]
        )
    return words


def _stands(quote: str, text: str) -> bool:
    """Whether the words that a target quotes stand in its clause; … leaves words out."""
    there = clean(text)
    return all(clean(piece) in there for piece in quote.split("…"))


def _fault(code: str, zh: str, en: str) -> Fault:
    return Fault(code=code, message=Text(zh=zh, en=en))
