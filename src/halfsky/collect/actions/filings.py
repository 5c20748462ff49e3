"""Filing 报备: what is owed, sent in, put on file or sent back."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from halfsky.audit.actions import one_writer, record
from halfsky.collect.actions.notices import people_of_office, people_of_place, tell
from halfsky.collect.actions.review import Stale
from halfsky.collect.documents import keep, path_of, short_name, sound
from halfsky.collect.models import Filing
from halfsky.collect.notices import FILINGS
from halfsky.places.actions import refuse
from halfsky.places.models import Office, User
from halfsky.places.policy import Principal
from halfsky.places.roles import Permission
from halfsky.plan import Plan
from halfsky.plan.model import COUNTY_LEVELS

_State, _Kind = Filing.State, Filing.Kind


def month_after(day: date) -> date:
    """One month on: the same day of the next month, or its last where it has none."""
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def owed_filings(plan: Plan) -> list[tuple[Filing.Kind, str, str]]:
    """Who owes what: every district its own plan, and every unit with an assignment its plan of work.

    A unit of district level owes one in every district.
    """
    districts = [r.code for r in plan.regions if r.level in COUNTY_LEVELS and r.code != plan.region]
    named = {u for a in plan.assignments for u in (*a.lead, *a.support)}
    owed = [(_Kind.PLAN, region, "") for region in districts]
    for unit in plan.units:
        if unit.id in named:
            seats = districts if unit.level == "district" else [plan.region]
            owed += [(_Kind.SCHEME, region, unit.id) for region in seats]
    return owed


@transaction.atomic
def open_filings(*, plan: Plan, promulgated: date, schemes_due: date, by: Principal) -> int:
    """Set the clocks: districts file within one month of promulgation, units by a day of the city's choice; how many new.

    May be done again, for districts promulgate on days of their own: what is still due gets the new day, what was filed
    keeps its own.
    """
    one_writer()
    actor = by.need(Permission.FILING_REVIEW, region=plan.region)
    days = {_Kind.PLAN: month_after(promulgated), _Kind.SCHEME: schemes_due}
    held = {(f.kind, f.region, f.unit): f for f in Filing.objects.filter(plan=plan.id)}
    new = [
        Filing(plan=plan.id, kind=kind, region=region, unit=unit, due=days[kind])
        for kind, region, unit in owed_filings(plan)
        if (kind, region, unit) not in held
    ]
    moved = [f for f in held.values() if f.state == _State.DUE and f.due != days[_Kind(f.kind)]]
    if not new and not moved:
        return 0
    record(
        by=actor, action="filing.open", subject=f"plan:{plan.id}",
        before={str(f.pk): str(f.due) for f in moved} or None,
        after={"plans_due": str(days[_Kind.PLAN]), "schemes_due": str(schemes_due), "new": len(new), "moved": len(moved)},
    )  # fmt: skip
    Filing.objects.bulk_create(new)
    for filing in moved:
        filing.due = days[_Kind(filing.kind)]
    Filing.objects.bulk_update(moved, ["due"], batch_size=500)
    return len(new)


@transaction.atomic
def set_promulgated(*, plan: Plan, filing: int, promulgated: date, by: Principal) -> Filing:
    """The day on which one district promulgated its plan: its month counts from there."""
    one_writer()
    held = Filing.objects.get(pk=filing, plan=plan.id)
    actor = by.need(Permission.FILING_REVIEW, region=held.region)
    if held.kind != _Kind.PLAN or not held.open:
        raise refuse("filing-closed", "该项已报备，不再计期。", "This is filed already; its clock has stopped.")
    due = month_after(promulgated)
    record(
        by=actor, action="filing.promulgated", subject=f"filing:{held.pk}", before={"due": str(held.due)},
        after={"promulgated": str(promulgated), "due": str(due)},
    )  # fmt: skip
    held.due = due
    held.save(update_fields=["due"])
    return held


def submit_filing(*, plan: Plan, filing: int, version: int, name: str, content: bytes, by: Principal) -> Filing:
    """File a document: kept under its hash, never changed; a later one stands beside it. Sent twice, it is filed once.

    Raises ``Forbidden``; ``Stale`` when it was filed or put on file meanwhile; ``Faulty`` for what is no document, or
    too large.
    """
    by.need(Permission.FILING_SUBMIT)  # before anything is written to the disk
    name = short_name(name)
    sound(name, content)
    digest = keep(content)
    with transaction.atomic():
        one_writer()
        held = Filing.objects.get(pk=filing, plan=plan.id)
        actor = by.need(Permission.FILING_SUBMIT, region=held.region, unit=held.unit)
        if held.version != version or not held.open:
            if held.version == version + 1 and held.state == _State.FILED and held.sha256 == digest:
                return held
            raise Stale(held.state)
        record(
            by=actor, action="filing.submit", subject=f"filing:{held.pk}", before=_told(held),
            after={"state": _State.FILED.value, "name": name, "size": len(content), "sha256": digest},
        )  # fmt: skip
        held.name, held.size, held.sha256 = name, len(content), digest
        held.state, held.version = _State.FILED, version + 1
        held.filed_at, held.filed_by = datetime.now(UTC), actor.name
        held.save()
        tell(
            plan=plan, kind="filing-filed", users=reviewers(plan, held), params=about_filing(plan, held), filing=held
        )  # fmt: skip
    return held


@transaction.atomic
def review_filing(*, plan: Plan, filing: int, version: int, accept: bool, by: Principal, reason: str = "") -> Filing:
    """Put on file, or send back with the reason. A district's plan is the city's to review, not the district's own."""
    one_writer()
    held = Filing.objects.get(pk=filing, plan=plan.id)
    to = _State.ACCEPTED if accept else _State.RETURNED
    level = "city" if held.kind == _Kind.PLAN else None
    actor = by.need(Permission.FILING_REVIEW, region=held.region, unit=held.unit, level=level)
    if held.version != version or held.state != _State.FILED:
        if held.version == version + 1 and held.state == to:
            return held
        raise Stale(held.state)
    if not accept and not reason.strip():
        raise refuse("reason-missing", "请写明退回原因。", "Say why it goes back.")
    record(
        by=actor, action=f"filing.{to.value}", subject=f"filing:{held.pk}", before=_told(held), after={"state": to.value},
        reason=reason,
    )  # fmt: skip
    held.state, held.version, held.reason = to, version + 1, "" if accept else reason.strip()
    held.save()
    office = Office.objects.filter(unit=held.unit, region=held.region).first()
    tell(
        plan=plan, kind=f"filing-{to.value}", users=owers(held), filing=held, office=office,
        params=about_filing(plan, held, reason=reason.strip()),
    )  # fmt: skip
    return held


def owers(filing: Filing) -> list[User]:
    """Who has to send it."""
    if not filing.unit:
        return people_of_place(filing.region, Permission.FILING_SUBMIT)
    office = Office.objects.filter(unit=filing.unit, region=filing.region).first()
    return people_of_office(office, Permission.FILING_SUBMIT) if office else []


def reviewers(plan: Plan, filing: Filing) -> list[User]:
    """Who reviews it: for a district's plan the city's committee office, else the one of its place."""
    return people_of_place(plan.region if filing.kind == _Kind.PLAN else filing.region, Permission.FILING_REVIEW)


def about_filing(plan: Plan, filing: Filing, **more: Any) -> dict[str, Any]:
    """What every sentence on a filing needs."""
    office = Office.objects.filter(unit=filing.unit, region=filing.region).first() if filing.unit else None
    place = plan.place[filing.region].name
    what = FILINGS[filing.kind]
    return {
        "office": office.name_zh if office else place.zh,
        "office_en": (office.name_en or office.name_zh) if office else place.en,
        "what": what.zh, "what_en": what.en, "due": str(filing.due), **more,
    }  # fmt: skip


def document(filing: Filing) -> Path:
    """Where the document of a filing is kept."""
    return path_of(filing.sha256)


def _told(filing: Filing) -> dict[str, str]:
    return {"state": filing.state, "name": filing.name, "sha256": filing.sha256, "reason": filing.reason}
