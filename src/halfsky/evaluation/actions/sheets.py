"""Scoring: sheets handed out, filled in, handed in, sent back. No mark is ever written to the ledger.

The ledger keeps a seal of a sheet instead: a keyed digest of what it holds. It proves later that nothing was changed, and tells
nobody what was scored.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.crypto import salted_hmac

from halfsky.audit.actions import one_writer, record
from halfsky.audit.models import Actor
from halfsky.collect.actions.notices import people_of_office, people_of_place, tell
from halfsky.collect.actions.review import Stale
from halfsky.collect.documents import keep, short_name, sound
from halfsky.evaluation.actions.common import MAX_WORDS, fault, needs_reason, subject_of
from halfsky.evaluation.models import Criterion, Evaluation, Evidence, Method, Scheme, Score, Sheet
from halfsky.evaluation.policy import Eyes
from halfsky.evaluation.template import CriterionData, concerns, subjects
from halfsky.evaluation.words import METHODS, PARTS, about, subject_name
from halfsky.places.models import Office, User
from halfsky.places.policy import Forbidden, Principal
from halfsky.places.roles import Permission
from halfsky.plan import Fault, Faulty, Plan

MAX_EVIDENCE = 40  # documents of one sheet


@dataclass(frozen=True, slots=True)
class MarkData:
    """One mark as it is written: points out of the criterion's maximum, or none yet, and what it rests on."""

    points: Decimal | None
    basis: str = ""


def asked_digest(criterion: Criterion | CriterionData) -> str:
    """What was asked: a mark counts only while the criterion still asks the same for the same maximum."""
    words = json.dumps([criterion.code, criterion.asks, f"{criterion.maximum:.2f}"], ensure_ascii=False)
    return hashlib.sha256(words.encode("utf-8")).hexdigest()


def in_force(evaluation: Evaluation) -> Scheme | None:
    """The approved scheme."""
    return evaluation.schemes.filter(state=Scheme.State.APPROVED).first()


def criterion_data(c: Criterion) -> CriterionData:
    return CriterionData(c.code, c.name, c.asks, c.weight, c.maximum, tuple(c.methods), c.subject, tuple(c.clauses))


def asked_of(plan: Plan, scheme: Scheme, sheet: Sheet) -> list[Criterion]:
    """The criteria that a sheet is to score."""
    return [
        c
        for c in scheme.criteria.all()
        if sheet.method in c.methods and concerns(plan, criterion_data(c), sheet.region, sheet.unit)
    ]


def hand_out(plan: Plan, evaluation: Evaluation, scheme: Scheme) -> None:
    """A sheet for each subject and each assignment of an approved scheme; those no longer asked for rest.

    Part of an action, inside its transaction.
    """
    wanted: dict[tuple[str, str, str, int | None], User | None] = {
        (Method.SELF.value, region, unit, None): None for region, unit in subjects(plan)
    }
    for a in scheme.assignments.select_related("user"):
        wanted[a.method, a.region, a.unit, a.user_id] = a.user
    held = {(s.method, s.region, s.unit, s.user_id): s for s in evaluation.sheets.all()}
    now = datetime.now(UTC)
    new = [key for key in wanted if key not in held]
    Sheet.objects.bulk_create(
        Sheet(evaluation=evaluation, method=method, region=region, unit=unit, user_id=user, changed_at=now)
        for method, region, unit, user in new
    )
    for key, sheet in held.items():
        if sheet.active != (key in wanted):
            sheet.active = key in wanted
            sheet.save(update_fields=["active"])
    due = scheme.timetable
    for method, region, unit, _ in new:
        if method == Method.SELF:
            params = about(evaluation, due=due[method], **_named(plan, region, unit))
            tell(
                plan=plan, kind="evaluation-self", users=answering(region, unit), params=params,
                office=Office.objects.filter(region=region, unit=unit).first() if unit else None,
            )  # fmt: skip
    for user in sorted({key[3] for key in new if key[3] is not None}):
        mine = [key for key in new if key[3] == user]
        method = mine[0][0]
        params = about(
            evaluation, due=due[method], count=len(mine), method=METHODS[method].zh, method_en=METHODS[method].en
        )
        tell(plan=plan, kind="evaluation-assigned", users=[u for u in [wanted[mine[0]]] if u], params=params)


@transaction.atomic
def save_sheet(
    *, plan: Plan, sheet: int, version: int, marks: Mapping[str, MarkData], texts: Mapping[str, str], by: Principal,
    visited: date | None = None, place: str = "",
) -> Sheet:  # fmt: skip
    """Keep what a scorer has written so far: ``marks`` by the criterion's code, ``texts`` by part; others stay as they are.

    Raises ``Forbidden``; ``Stale`` when it was handed in, scoring is closed or somebody else saved since ``version``;
    ``Faulty`` with every mark outside 0 and its maximum.
    """
    one_writer()
    held, actor, scheme = _own(plan, sheet, version, by)
    asked = {c.code: c for c in asked_of(plan, scheme, held)}
    if faults := list(_mark_faults(asked, marks)):
        raise Faulty(faults)
    now = datetime.now(UTC)
    Score.objects.bulk_create(
        (
            Score(
                sheet=held, code=code, asked=asked_digest(asked[code]), points=mark.points,
                basis=mark.basis.strip()[:MAX_WORDS], changed_at=now,
            )
            for code, mark in marks.items()
        ),
        update_conflicts=True, unique_fields=["sheet", "code"], update_fields=["asked", "points", "basis", "changed_at"],
    )  # fmt: skip
    held.texts = {**held.texts, **{p: texts[p].strip()[:MAX_WORDS] for p in PARTS[held.method] if p in texts}}
    if held.method == Method.SITE:
        held.visited, held.place = visited, place.strip()[:200]
    held.version, held.changed_at = held.version + 1, now
    held.save()
    record(
        by=actor, action="evaluation.sheet.save", subject=subject_of(held.evaluation),
        after={**_which(held), "seal": seal(held)},
    )  # fmt: skip
    return held


@transaction.atomic
def submit_sheet(*, plan: Plan, sheet: int, version: int, by: Principal) -> Sheet:
    """Hand a sheet in. Raises ``Faulty`` naming every mark, basis and text that is missing."""
    one_writer()
    held, actor, scheme = _own(plan, sheet, version, by)
    if faults := list(_unfinished(held, asked_of(plan, scheme, held))):
        raise Faulty(faults)
    held.state, held.remark = Sheet.State.SUBMITTED, ""
    held.version += 1
    held.submitted_at = held.changed_at = datetime.now(UTC)
    held.submitted_by = actor.name
    held.save()
    record(
        by=actor, action="evaluation.sheet.submit", subject=subject_of(held.evaluation),
        after={**_which(held), "seal": seal(held)},
    )  # fmt: skip
    if held.method == Method.SELF:
        tell(
            plan=plan, kind="evaluation-self-submitted", users=people_of_place(plan.region, Permission.EVALUATION_MANAGE),
            params=about(held.evaluation, **_named(plan, held.region, held.unit)),
        )  # fmt: skip
    return held


@transaction.atomic
def return_sheet(*, plan: Plan, sheet: int, version: int, by: Principal, reason: str) -> Sheet:
    """Send a sheet back with the reason, while scoring is open. The committee office does; it need not see the marks."""
    one_writer()
    actor = by.need(Permission.EVALUATION_MANAGE, region=plan.region, unit="")
    held = Sheet.objects.select_related("evaluation").get(pk=sheet, evaluation__plan=plan.id)
    if held.version != version or held.state != Sheet.State.SUBMITTED or not held.active or not held.evaluation.blind:
        raise Stale(held.state)
    held.remark, held.state = needs_reason(reason), Sheet.State.RETURNED
    held.version, held.changed_at = held.version + 1, datetime.now(UTC)
    held.save()
    record(
        by=actor, action="evaluation.sheet.return", subject=subject_of(held.evaluation), after=_which(held),
        reason=held.remark,
    )  # fmt: skip
    users = answering(held.region, held.unit) if held.user is None else [held.user]
    params = about(held.evaluation, reason=held.remark, **_named(plan, held.region, held.unit))
    tell(plan=plan, kind="evaluation-sheet-returned", users=users, params=params)
    return held


def attach(*, plan: Plan, sheet: int, code: str, name: str, content: bytes, by: Principal) -> Evidence:
    """Attach a document to a sheet, for one criterion or for the whole. Sent twice, it is attached once.

    Raises ``Forbidden``, ``Stale`` when the sheet was handed in, ``Faulty`` for what is no document or too large.
    """
    by.need(Permission.EVALUATION_SELF if by.may(Permission.EVALUATION_SELF) else Permission.EVALUATION_SCORE)
    name = short_name(name)
    sound(name, content)
    with transaction.atomic():
        one_writer()
        held, actor, scheme = _own(plan, sheet, None, by)
        if code and code not in {c.code for c in asked_of(plan, scheme, held)}:
            raise Faulty([fault("criterion", "code", "没有这项指标。", "There is no such criterion.")])
        digest = hashlib.sha256(content).hexdigest()
        there = held.evidence.filter(removed_at__isnull=True)
        if found := there.filter(sha256=digest, code=code).first():
            return found
        if there.count() >= MAX_EVIDENCE:
            raise Faulty(
                [fault("evidence", "document", f"最多{MAX_EVIDENCE}个文件。", f"At most {MAX_EVIDENCE} documents.")]
            )
        keep(content)
        made = Evidence.objects.create(
            sheet=held, code=code, name=name, size=len(content), sha256=digest, at=datetime.now(UTC), by=actor.name
        )
        record(
            by=actor, action="evaluation.evidence.attach", subject=subject_of(held.evaluation),
            after={**_which(held), "name": name, "sha256": digest},
        )  # fmt: skip
    return made


@transaction.atomic
def detach(*, plan: Plan, sheet: int, evidence: int, by: Principal) -> None:
    """Take a document off a sheet that is not handed in; the file stays where it is kept."""
    one_writer()
    held, actor, _ = _own(plan, sheet, None, by)
    found = held.evidence.get(pk=evidence, removed_at__isnull=True)
    found.removed_at = datetime.now(UTC)
    found.save(update_fields=["removed_at"])
    record(
        by=actor, action="evaluation.evidence.detach", subject=subject_of(held.evaluation),
        before={**_which(held), "name": found.name, "sha256": found.sha256},
    )  # fmt: skip


def seal(sheet: Sheet) -> str:
    """The keyed digest of everything that a sheet says."""
    content = {
        "marks": sorted((s.code, None if s.points is None else f"{s.points:.2f}", s.basis) for s in sheet.scores.all()),
        "texts": sheet.texts,
        "visited": str(sheet.visited or ""),
        "place": sheet.place,
    }
    words = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return salted_hmac("halfsky.evaluation.sheet", words, algorithm="sha256").hexdigest()


def _own(plan: Plan, sheet: int, version: int | None, by: Principal) -> tuple[Sheet, Actor, Scheme]:
    """A sheet that is the actor's to write, while scoring is open; a sheet of others is none that they know of."""
    held = Sheet.objects.select_related("evaluation").get(pk=sheet, evaluation__plan=plan.id)
    permission = Permission.EVALUATION_SELF if held.method == Method.SELF else Permission.EVALUATION_SCORE
    actor = by.need(permission, region=held.region, unit=held.unit)
    if not Eyes.of(by, plan, held.evaluation).own(held):
        raise Forbidden(permission, f"{held.region} {held.unit}".strip())
    scheme = in_force(held.evaluation)
    if held.evaluation.state != Evaluation.State.OPEN or held.state == Sheet.State.SUBMITTED or scheme is None:
        raise Stale(held.state)
    if version is not None and held.version != version:
        raise Stale(held.state)
    return held, actor, scheme


def _mark_faults(asked: Mapping[str, Criterion], marks: Mapping[str, MarkData]) -> Iterator[Fault]:
    for code, mark in marks.items():
        criterion = asked.get(code)
        if criterion is None:
            yield fault("criterion", f"points-{code}", "没有这项指标。", "There is no such criterion.")
        elif mark.points is not None and not (
            mark.points.is_finite() and 0 <= mark.points <= criterion.maximum and mark.points == round(mark.points, 2)
        ):
            yield fault(
                "points", f"points-{code}", f"“{criterion.name}”应在0至{_plain(criterion.maximum)}分之间，最多两位小数。",
                f"“{criterion.name}”: 0 to {_plain(criterion.maximum)} points, two decimals at most.",
            )  # fmt: skip


def _unfinished(sheet: Sheet, asked: list[Criterion]) -> Iterator[Fault]:
    known = {s.code: s for s in sheet.scores.all()}
    for criterion in asked:
        score = known.get(criterion.code)
        if score is None or score.points is None or score.asked != asked_digest(criterion):
            yield fault(
                "points-missing", f"points-{criterion.code}", f"“{criterion.name}”还没有评分。",
                f"“{criterion.name}” has no mark yet.",
            )  # fmt: skip
        elif not score.basis:
            yield fault(
                "basis-missing", f"basis-{criterion.code}", f"请写明“{criterion.name}”的评分依据。",
                f"Say what the mark of “{criterion.name}” rests on.",
            )  # fmt: skip
    first = next(iter(PARTS[sheet.method]))
    heading = PARTS[sheet.method][first]
    if not sheet.texts.get(first):
        yield fault(
            "text-missing", f"text-{first}", f"请填写“{heading.zh}”。", f"“{heading.en}” is still empty."
        )  # fmt: skip
    if sheet.method == Method.SITE and (sheet.visited is None or not sheet.place):
        yield fault(
            "visit-missing", "visited", "请填写实地评估的日期和地点。", "Give the day and the place of the inspection."
        )


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _which(sheet: Sheet) -> dict[str, Any]:
    """Which sheet, for the ledger: never what stands in it."""
    return {"sheet": sheet.pk, "method": sheet.method, "region": sheet.region, "unit": sheet.unit, "state": sheet.state}


def _named(plan: Plan, region: str, unit: str) -> dict[str, str]:
    name = subject_name(plan, region, unit)
    return {"office": name.zh, "office_en": name.en}


def answering(region: str, unit: str) -> list[User]:
    """Who answers for a subject's self-evaluation."""
    if not unit:
        return people_of_place(region, Permission.EVALUATION_SELF)
    office = Office.objects.filter(region=region, unit=unit).first()
    return people_of_office(office, Permission.EVALUATION_SELF) if office else []
