"""The ledger for people: what each event is about, what stood before and after.

What cells of a return hold is told only to those who may read the return: to the others an event says that, when and by
whom cells were changed, and not to what. So with tasks, meetings, yearly reports and records of the ledgers of
implementation, whose names and reasons are words of those who wrote them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import F, Model, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from halfsky.alerts.models import Case
from halfsky.audit.models import Event
from halfsky.catalogue import queries as catalogue
from halfsky.collect.models import Entry, Filing, Return, Survey
from halfsky.collect.notices import FILINGS, STATES
from halfsky.evaluation.models import Evaluation
from halfsky.implementation.models import Record
from halfsky.observations.columns import CONFIDENTIALITY_NAMES, RESIDENCE_NAMES, SEX_NAMES, STATUS_NAMES
from halfsky.oversight.models import Meeting, Task, YearlyReport
from halfsky.places.models import Office, Region, User
from halfsky.places.policy import Principal
from halfsky.places.queries import called
from halfsky.places.roles import ROLES, Permission
from halfsky.plan import Faulty, Plan, Residence, Sex, Text
from halfsky.reports.models import Document
from halfsky.web.book import page_language
from halfsky.web.ledgerreach import KINDS
from halfsky.web.ledgerwords import code_words, field_words

HIDDEN = frozenset({"return.save", "return.returned"})  # hold cells, or remarks on them
DRAFTS = frozenset({  # hold words that are still being written: they are read where they stand
    "document.comment", "document.confirm-edit", "document.edit", "document.withdraw-edit", "meeting.save", "yearly.save",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One field of what an event changed, in words."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Told:
    """One event in words. ``changes`` is ``None`` where what was changed is not the reader's to see."""

    event: Event
    who: str
    subject: str
    address: str
    reason: str
    changes: tuple[Change, ...] | None


def told(events: Sequence[Event], by: Principal) -> list[Told]:
    """Events in words, with everything that they are about looked up at once."""
    things = _Things(events)
    return [_told(event, things, by) for event in events]


def _closed(held: Model | None, by: Principal) -> bool:
    """Whether it is a task, a meeting, a yearly report or a record of a ledger that one may not read where it stands."""
    match held:
        case Record():
            return not by.may(Permission.RETURN_READ, region=held.region, unit=held.unit)
        case Meeting():
            return not by.may(Permission.OVERSIGHT_READ, region=held.region)
        case Task() | YearlyReport():
            return not by.may(Permission.OVERSIGHT_READ, region=held.region, unit=held.unit)
    return False


def sealed_contents(event: Event, by: Principal, things: _Things | None = None) -> bool:
    """Whether what an event holds is not the reader's to see."""
    if event.action in DRAFTS:
        return not by.trusted
    held = (things or _Things([event])).rows.get(event.subject)
    if _closed(held, by):
        return True
    if event.action not in HIDDEN and not event.action.startswith("survey."):
        return False
    if not isinstance(held, Return | Survey):
        return not by.trusted
    if isinstance(held, Survey):
        return held.confidentiality != "F" and not by.may(Permission.CONFIDENTIAL_READ, region=held.region)
    where = {"region": held.region, "unit": held.unit}
    if not by.may(Permission.RETURN_READ, **where):
        return True
    cells = [*(event.before or {}).values(), *(event.after or {}).values()]
    secret = any(isinstance(c, dict) and c.get("confidentiality", "F") != "F" for c in cells)
    return secret and not by.may(Permission.CONFIDENTIAL_READ, **where)


class _Things:
    """What a page of events is about, and the names that they use."""

    def __init__(self, events: Sequence[Event]) -> None:
        subjects = {event.subject for event in events}
        self.rows: dict[str, Model] = {}
        for kind in KINDS:
            numbers = {int(n) for p, _c, n in (s.partition(":") for s in subjects) if p == kind.name and n.isdecimal()}
            found: QuerySet[Any] = kind.model._default_manager.filter(pk__in=numbers)
            if kind.model is Return:
                found = found.select_related("cycle", "office")
            self.rows |= {f"{kind.name}:{row.pk}": row for row in found}
        people = User.objects.filter(username__in=[s.removeprefix("user:") for s in subjects if s.startswith("user:")])
        self.rows |= {f"user:{user.username}": user for user in people}
        self.people = called(event.actor for event in events)
        self.offices = {(o.unit, o.region): o for o in Office.objects.all()}
        self.regions = {r.code: r for r in Region.objects.order_by(F("since").asc(nulls_first=True))}
        wanted = {int(pk) for e in events if e.action == "return.save" for pk in (e.after or {}) if pk.isdecimal()}
        self.cells = {str(e.pk): e for e in Entry.objects.filter(pk__in=wanted)}

    def region(self, code: str) -> str:
        held = self.regions.get(code)
        return _words(held.name_zh, held.name_en) if held else code

    def office(self, unit: str, region: str) -> str:
        held = self.offices.get((unit, region))
        return _words(held.name_zh, held.name_en) if held else f"{unit}@{region}"

    def holder(self, held: Filing | Record | Task | YearlyReport) -> str:
        """Whose it is: a unit's, or the place's itself."""
        return self.office(held.unit, held.region) if held.unit else self.region(held.region)


def _words(zh: str, en: str) -> str:
    return en if en and page_language() == "en" else zh


@lru_cache(maxsize=32)
def _plan_at(plan_id: str, _state: object) -> Plan | None:
    try:
        return catalogue.plan(plan_id)
    except Faulty:
        return None


def _plan(plan_id: str) -> Plan | None:
    try:
        return _plan_at(plan_id, catalogue.state(plan_id))
    except catalogue.UnknownPlan:
        return None


def _title(plan_id: str) -> str:
    plan = _plan(plan_id)
    return plan.short_title.in_language(page_language()) if plan else plan_id


def _indicator(plan_id: str, name: str) -> str:
    plan = _plan(plan_id)
    known = plan.indicator.get(name) if plan else None
    return known.name.in_language(page_language()) if known else name


def _told(event: Event, things: _Things, by: Principal) -> Told:
    closed = _closed(things.rows.get(event.subject), by)
    subject, address = _subject(event.subject, things, closed=closed)
    reason = "" if closed else event.reason
    who = things.people[event.actor]
    if sealed_contents(event, by, things):
        return Told(event, who, subject, address, reason, None)
    before, after = event.before or {}, event.after or {}
    held = things.rows.get(event.subject)
    if isinstance(held, Record):
        before, after = _recorded(held, before), _recorded(held, after)
    if event.action == "return.save":
        changes = _cells(held, before, after, things)
    else:
        changes = [
            Change(
                field_words(name),
                _value(name, before.get(name), things, event.action),
                _value(name, after.get(name), things, event.action),
            )
            for name in dict.fromkeys([*before, *after])
            if before.get(name) != after.get(name) or name not in after
        ]
    return Told(event, who, subject, address, reason, tuple(changes))


def _subject(subject: str, things: _Things, *, closed: bool = False) -> tuple[str, str]:
    """What an event is about, in words, and the page of it. ``closed``: without the name that people gave it."""
    kind, _colon, name = subject.partition(":")
    held = things.rows.get(subject)
    match held:
        case Return():
            words = _("%(office)s: return of %(year)s") % {
                "office": things.office(held.unit, held.region), "year": held.cycle.year,
            }  # fmt: skip
            return words, reverse("web:return", args=[held.cycle.plan, held.pk])
        case Filing():
            who = things.holder(held)
            words = f"{who} · {FILINGS[held.kind].in_language(page_language())}"
            return words, reverse("web:filing", args=[held.plan, held.pk])
        case Survey():
            return f"{things.region(held.region)} {held.year} {_indicator(held.plan, held.indicator)}", reverse(
                "web:survey", args=[held.plan, held.pk]
            )
        case Task():
            who = things.holder(held)
            return f"{who} · {_('Task') if closed else held.title}", ""
        case Record():
            who = things.holder(held)
            plan = _plan(held.plan)
            known = plan.ledger.get(held.ledger) if plan else None
            ledger = known.name.in_language(page_language()) if known else held.ledger
            address = reverse("web:record", args=[held.plan, held.pk])
            return (f"{who} · {ledger}", "") if closed else (f"{ledger} · {held.title}", address)
        case Meeting() if closed:
            return f"{things.region(held.region)} · {_('Meeting')}", ""
        case Meeting() | Document():
            return held.title, ""
        case YearlyReport():
            who = things.holder(held)
            return _("%(office)s: report of the year %(year)s") % {"office": who, "year": held.round.year}, ""
        case Case():
            return f"{things.region(held.region)} {_indicator(held.plan, held.indicator)}", reverse(
                "web:case", args=[held.plan, held.pk]
            )
        case Evaluation():
            return _("Evaluation of “%(plan)s”") % {"plan": _title(held.plan)}, ""
        case User():
            return f"{held.full_name} ({held.username})", reverse("web:person", args=[held.pk])
    match kind:
        case "plan":
            return _title(name), reverse("web:overview", args=[name]) if _plan(name) else ""
        case "cycle":
            plan_id, _slash, year = name.partition("/")
            address = reverse("web:year", args=[plan_id, int(year)]) if year.isdecimal() and _plan(plan_id) else ""
            return f"{_title(plan_id)} {year}", address
        case "office":
            unit, _at, region = name.partition("@")
            return things.office(unit, region), ""
        case "region":
            return things.region(name), ""
        case "ledger":
            return _("the whole ledger"), ""
    return subject, ""


def _recorded(held: Record, content: Mapping[str, Any]) -> dict[str, Any]:
    """What an event tells of a record, with the plan's words for its ledger, its stages, its fields and their choices."""
    plan = _plan(held.plan)
    ledger = plan.ledger.get(held.ledger) if plan else None
    fields = content.get("content") or {}
    told = {name: value for name, value in content.items() if name != "content"}
    if ledger is None:
        return told | fields
    language = page_language()
    if "ledger" in told:
        told["ledger"] = ledger.name.in_language(language)
    if stage := ledger.stage.get(told.get("stage", "")):
        told["stage"] = stage.name.in_language(language)
    for field in ledger.fields:
        if field.id in fields:
            names = {choice.id: choice.name.in_language(language) for choice in field.choices}
            told[field.name.in_language(language)] = names.get(fields[field.id], fields[field.id])
    return told


def _cells(
    held: Model | None, before: Mapping[str, Any], after: Mapping[str, Any], things: _Things
) -> Iterable[Change]:
    """Each field of each cell that is another now."""
    plan = _plan(held.cycle.plan) if isinstance(held, Return) else None
    for pk, now in after.items():
        was = before.get(pk, {})
        entry = things.cells.get(pk)
        name = str(now.get("cell", pk))
        if entry is not None and plan is not None and entry.indicator in plan.indicator:
            parts = [plan.indicator[entry.indicator].name.in_language(page_language())]
            parts += [part.in_language(page_language()) for part in _parts(entry)]
            name = " · ".join(parts)
        for field, content in now.items():
            if field != "cell" and was.get(field, "") != content:
                yield Change(
                    f"{name}: {field_words(field)}" if page_language() == "en" else f"{name}：{field_words(field)}",
                    _value(field, was.get(field), things), _value(field, content, things),
                )  # fmt: skip


def _parts(entry: Entry) -> Iterable[Text]:
    key = entry.series("")
    if key.sex is not Sex.ALL:
        yield SEX_NAMES[key.sex]
    if key.residence is not Residence.ALL:
        yield RESIDENCE_NAMES[key.residence]


def _value(name: str, content: Any, things: _Things, action: str = "") -> str:
    """One value of an event as its readers call it."""
    language = page_language()
    match content:
        case None | "" | [] | {}:
            return ""
        case bool():
            return _("yes") if content else _("no")
        case list():
            return ("、" if language == "zh" else ", ").join(_value(name, item, things, action) for item in content)
        case dict() if name == "remarks":
            return " / ".join(str(text) for text in content.values())
        case dict():
            parts = [
                f"{field_words(k)} {_value(k, v, things, action)}" for k, v in content.items() if v not in (None, "")
            ]
            return ("；" if language == "zh" else "; ").join(parts)
    word = str(content)
    if (said := code_words(action, name, word, language)) is not None:
        return said
    match name:
        case "state" if word in {s.value for s in STATES}:
            return next(words for s, words in STATES.items() if s.value == word).in_language(language)
        case "status" if word in {s.value for s in STATUS_NAMES}:
            return next(words for s, words in STATUS_NAMES.items() if s.value == word).in_language(language)
        case "confidentiality" if word in {c.value for c in CONFIDENTIALITY_NAMES}:
            return next(words for c, words in CONFIDENTIALITY_NAMES.items() if c.value == word).in_language(language)
        case "role" if word in ROLES:
            return ROLES[word].name.in_language(language)
        case "region" | "regions" | "codes":
            return things.region(word)
        case "offices" | "invited" if "@" in word:
            unit, _at, region = word.partition("@")
            return things.office(unit, region)
    return word
