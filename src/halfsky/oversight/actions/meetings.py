"""Meetings: called, their agenda proposed and edited, minutes written, issued; decisions become tasks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from halfsky.audit.actions import one_writer, record
from halfsky.collect.actions.notices import tell
from halfsky.collect.actions.review import Stale
from halfsky.oversight.actions.common import named, office_of, people_of, to_page
from halfsky.oversight.actions.tasks import give_task
from halfsky.oversight.agenda import Proposal, proposals
from halfsky.oversight.models import AgendaItem, Attendance, Decision, Meeting, Origin, OriginKind
from halfsky.places.actions import refuse
from halfsky.places.policy import Principal
from halfsky.places.roles import Permission
from halfsky.plan import Plan

_S = Meeting.State
LONGEST = 4000
_Office = tuple[str, str]  # region, unit


@dataclass(frozen=True, slots=True)
class AgendaEntry:
    """One point as it shall stand, in this order; ``pk`` of one that is there, ``None`` for a new one."""

    title: str
    words: str = ""
    pk: int | None = None
    kind: str = "other"
    key: str = ""


@dataclass(frozen=True, slots=True)
class DecisionEntry:
    """One decision as it shall stand."""

    title: str
    region: str
    unit: str
    due: date
    words: str = ""
    clause: str = ""


@dataclass(frozen=True, slots=True)
class AttendanceEntry:
    region: str
    unit: str
    person: str = ""
    presence: str = "invited"


@dataclass(frozen=True, slots=True)
class Minutes:
    """Everything of a meeting that may be edited until its minutes are issued."""

    title: str
    starts: datetime
    venue: str = ""
    chair: str = ""
    recorder: str = ""
    agenda: Sequence[AgendaEntry] = ()
    decisions: Sequence[DecisionEntry] = ()
    attendances: Sequence[AttendanceEntry] = field(default=())


@transaction.atomic
def call_meeting(
    *, plan: Plan, region: str, kind: str, title: str, starts: datetime, venue: str, by: Principal,
    chair: str = "", invited: Sequence[_Office] = (), proposed: Sequence[Proposal] | None = None,
    demonstration: bool = False,
) -> Meeting:  # fmt: skip
    """Call a meeting: its agenda is proposed from open warnings and overdue tasks, the offices invited are told.

    ``proposed`` replaces what would be proposed. The same meeting called twice is there once. Raises ``Forbidden``;
    ``Faulty`` without a title, or for an office that is not set up.
    """
    one_writer()
    actor = by.need(Permission.MEETING_KEEP, region=region)
    there = Meeting.objects.filter(plan=plan.id, region=region, kind=kind, starts=starts).first()
    if there is not None:
        return there
    _sound_title(title)
    if kind not in Meeting.Kind.values:
        raise refuse("meeting-kind", "没有这一种会议。", "There is no such kind of meeting.")
    _known(plan, region, invited)
    meeting = Meeting.objects.create(
        plan=plan.id, region=region, kind=kind, title=title.strip(), starts=starts, venue=venue.strip(), chair=chair.strip(),
        demonstration=demonstration,
    )  # fmt: skip
    points = proposals(plan, region, timezone.localdate(starts)) if proposed is None else proposed
    AgendaItem.objects.bulk_create(
        AgendaItem(meeting=meeting, order=n, kind=p.kind, key=p.key, title=p.title[:200]) for n, p in enumerate(points)
    )
    Attendance.objects.bulk_create(Attendance(meeting=meeting, region=r, unit=u) for r, u in dict.fromkeys(invited))
    record(
        by=actor, action="meeting.call", subject=f"meeting:{meeting.pk}",
        after={"title": meeting.title, "kind": kind, "starts": starts.isoformat(), "invited": [f"{u}@{r}" for r, u in invited],
               "agenda": [p.title for p in points]},
    )  # fmt: skip
    _tell(plan, meeting, "meeting-called", by)
    return meeting


@transaction.atomic
def propose_agenda(*, plan: Plan, meeting: int, version: int, by: Principal) -> int:
    """Add to the agenda what has come up since: warnings and overdue tasks that are not on it; how many were added."""
    held, actor = _held(plan, meeting, by)
    _need(held, version)
    there = {(item.kind, item.key) for item in held.agenda.all()}
    new = [p for p in proposals(plan, held.region, timezone.localdate(held.starts)) if (p.kind, p.key) not in there]
    if new:
        start = held.agenda.count()
        AgendaItem.objects.bulk_create(
            AgendaItem(meeting=held, order=start + n, kind=p.kind, key=p.key, title=p.title[:200])
            for n, p in enumerate(new)
        )
        _saved(held)
        record(
            by=actor, action="meeting.propose", subject=f"meeting:{held.pk}", after={"agenda": [p.title for p in new]}
        )
    return len(new)


@transaction.atomic
def save_meeting(*, plan: Plan, meeting: int, version: int, minutes: Minutes, by: Principal) -> Meeting:
    """Save agenda, minutes, decisions and attendance as a whole.

    Raises ``Forbidden``; ``Stale`` when somebody else has saved meanwhile or the minutes are issued; ``Faulty``. The
    same content again changes nothing.
    """
    held, actor = _held(plan, meeting, by)
    if _told(held) == _wanted(minutes):
        return held
    _need(held, version)
    _sound_title(minutes.title)
    _check(plan, held, minutes)
    before = _told(held)
    held.title, held.starts = minutes.title.strip(), minutes.starts
    held.venue, held.chair, held.recorder = minutes.venue.strip(), minutes.chair.strip(), minutes.recorder.strip()
    _put_agenda(held, minutes.agenda)
    held.decisions.all().delete()
    Decision.objects.bulk_create(
        Decision(
            meeting=held, order=n, title=d.title.strip(), words=d.words.strip(), region=d.region, unit=d.unit, due=d.due,
            clause=d.clause,
        )
        for n, d in enumerate(minutes.decisions)
    )  # fmt: skip
    held.attendances.all().delete()
    Attendance.objects.bulk_create(
        Attendance(meeting=held, region=a.region, unit=a.unit, person=a.person.strip(), presence=a.presence)
        for a in minutes.attendances
    )
    _saved(held)
    record(
        by=actor, action="meeting.save", subject=f"meeting:{held.pk}", before=before, after=_told(held)
    )  # fmt: skip
    return held


@transaction.atomic
def issue_minutes(*, plan: Plan, meeting: int, version: int, by: Principal) -> Meeting:
    """Issue the minutes: numbered, final, and every decision a task of the office that it names.

    Raises ``Forbidden``; ``Stale``; ``Faulty`` while nobody is marked as present or a point of the agenda has no words.
    """
    held, actor = _held(plan, meeting, by)
    if held.state == _S.ISSUED and held.version == version + 1:
        return held
    _need(held, version)
    if not held.attendances.filter(presence=Attendance.Presence.PRESENT).exists():
        raise refuse("meeting-nobody", "请先登记出席单位。", "Mark first who was there.")
    blank = held.agenda.filter(words="").first()
    if blank is not None:
        raise refuse(
            "meeting-blank", f"议题“{blank.title}”尚无会议纪要。", f"There are no minutes yet on “{blank.title}”."
        )
    day = timezone.localdate(held.starts)
    same = Meeting.objects.filter(plan=plan.id, region=held.region, state=_S.ISSUED, starts__year=day.year)
    held.number = 1 + max((m.number or 0 for m in same), default=0)
    label = f"{held.title}纪要〔{day.year}〕{held.number}号"
    for decision in held.decisions.all():
        origin = Origin(OriginKind.MEETING, f"{held.pk}:{decision.pk}", label)
        decision.task = give_task(
            plan=plan, title=decision.title, words=decision.words, region=decision.region, unit=decision.unit,
            due=decision.due, origin=origin, by=by, clause=decision.clause, demonstration=held.demonstration,
        )  # fmt: skip
        decision.save(update_fields=["task"])
    held.state, held.issued_at = _S.ISSUED, datetime.now(UTC)
    _saved(held)
    record(
        by=actor, action="meeting.issue", subject=f"meeting:{held.pk}", before={"state": _S.PLANNED.value},
        after={"number": held.number, "tasks": [d.task_id for d in held.decisions.all()]},
    )  # fmt: skip
    _tell(plan, held, "meeting-issued", by)
    return held


@transaction.atomic
def call_off(*, plan: Plan, meeting: int, version: int, reason: str, by: Principal) -> Meeting:
    """Call a meeting off, with the reason; who was invited is told."""
    held, actor = _held(plan, meeting, by)
    if held.state == _S.CALLED_OFF and held.version == version + 1:
        return held
    _need(held, version)
    if not reason.strip():
        raise refuse("reason-missing", "请写明原因。", "Say why.")
    held.state = _S.CALLED_OFF
    _saved(held)
    record(
        by=actor, action="meeting.call-off", subject=f"meeting:{held.pk}", before={"state": _S.PLANNED.value},
        after={"state": held.state}, reason=reason.strip(),
    )  # fmt: skip
    _tell(plan, held, "meeting-off", by)
    return held


def _held(plan: Plan, meeting: int, by: Principal) -> tuple[Meeting, Any]:
    one_writer()
    held = Meeting.objects.get(pk=meeting, plan=plan.id)
    return held, by.need(Permission.MEETING_KEEP, region=held.region, level=_keeper(plan, held))


def _keeper(plan: Plan, held: Meeting) -> str:
    """A district's meetings are kept by the district."""
    return "city" if held.region == plan.region else "district"


def may_keep(plan: Plan, held: Meeting, by: Principal) -> bool:
    return held.state == _S.PLANNED and by.may(Permission.MEETING_KEEP, region=held.region, level=_keeper(plan, held))


def _need(held: Meeting, version: int) -> None:
    if held.version != version or held.state != _S.PLANNED:
        raise Stale(held.state)


def _saved(held: Meeting) -> None:
    held.version += 1
    held.save()


def _put_agenda(held: Meeting, entries: Sequence[AgendaEntry]) -> None:
    there = {item.pk: item for item in held.agenda.all()}
    kept = [e.pk for e in entries if e.pk is not None]
    held.agenda.exclude(pk__in=kept).delete()
    for order, entry in enumerate(entries):
        item = there.get(entry.pk) if entry.pk is not None else None
        item = item or AgendaItem(meeting=held, kind=entry.kind, key=entry.key)
        item.order, item.title, item.words = order, entry.title.strip(), entry.words.strip()
        item.save()


def _check(plan: Plan, held: Meeting, minutes: Minutes) -> None:
    own = set(held.agenda.values_list("pk", flat=True))
    for entry in minutes.agenda:
        if entry.pk is not None and entry.pk not in own:
            raise refuse("agenda-foreign", "议题不属于本次会议。", "The point is not of this meeting.")
        if not entry.title.strip() or len(entry.title) > 200 or len(entry.words) > LONGEST:
            raise refuse(
                "agenda-title", f"请写明议题（不超过200字），纪要不超过{LONGEST}字。",
                f"Name each point (at most 200 characters); its minutes have at most {LONGEST}.",
            )  # fmt: skip
    for decision in minutes.decisions:
        if not decision.title.strip() or len(decision.title) > 120:
            raise refuse(
                "decision-title", "请写明议定事项（不超过120字）。", "Name each decision (at most 120 characters)."
            )
        if decision.clause and decision.clause not in plan.clauses:
            raise refuse(
                "task-clause", f"规划中没有条款{decision.clause}。", f"The plan has no clause {decision.clause}."
            )
    _known(plan, held.region, [(d.region, d.unit) for d in minutes.decisions])
    _known(plan, held.region, [(a.region, a.unit) for a in minutes.attendances])
    if len({(a.region, a.unit) for a in minutes.attendances}) < len(minutes.attendances):
        raise refuse("attendance-twice", "同一单位只能登记一次。", "An office is listed once.")


def _known(plan: Plan, region: str, offices: Sequence[_Office]) -> None:
    """Every office is set up, and of the meeting's place or, for the city's, of any below it."""
    for place, unit in offices:
        reached = place in plan.place if region == plan.region else place == region
        if not reached or (unit and office_of(place, unit) is None):
            raise refuse("meeting-office", f"没有单位“{unit or place}”。", f"There is no office '{unit or place}'.")


def _sound_title(title: str) -> None:
    if not title.strip() or len(title) > 120:
        raise refuse("meeting-title", "请写明会议名称（不超过120字）。", "Name the meeting (at most 120 characters).")


def _told(held: Meeting) -> dict[str, Any]:
    """A meeting as the ledger writes it."""
    return {
        "title": held.title, "starts": held.starts.astimezone(UTC).isoformat(), "venue": held.venue, "chair": held.chair,
        "recorder": held.recorder, "agenda": [[i.title, i.words] for i in held.agenda.all()],
        "decisions": [[d.title, d.words, d.region, d.unit, str(d.due), d.clause] for d in held.decisions.all()],
        "attendances": [[a.region, a.unit, a.person, a.presence] for a in held.attendances.all()],
    }  # fmt: skip


def _wanted(minutes: Minutes) -> dict[str, Any]:
    return {
        "title": minutes.title.strip(), "starts": minutes.starts.astimezone(UTC).isoformat(), "venue": minutes.venue.strip(),
        "chair": minutes.chair.strip(), "recorder": minutes.recorder.strip(),
        "agenda": [[i.title.strip(), i.words.strip()] for i in minutes.agenda],
        "decisions": [[d.title.strip(), d.words.strip(), d.region, d.unit, str(d.due), d.clause] for d in minutes.decisions],
        "attendances": [[a.region, a.unit, a.person.strip(), a.presence] for a in minutes.attendances],
    }  # fmt: skip


def _tell(plan: Plan, meeting: Meeting, kind: str, by: Principal) -> None:
    day = timezone.localtime(meeting.starts).strftime("%Y-%m-%d %H:%M")
    for one in meeting.attendances.all():
        params = {
            **named(plan, one.region, one.unit), "title": meeting.title, "day": day, "venue": meeting.venue or "—",
            **to_page("meeting", pk=meeting.pk),
        }  # fmt: skip
        users = [u for u in people_of(one.region, one.unit, Permission.TASK_DO) if u.pk != by.user]
        tell(plan=plan, kind=kind, users=users, params=params, office=office_of(one.region, one.unit))
