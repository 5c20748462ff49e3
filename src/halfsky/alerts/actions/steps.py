"""What people do to a case: draft and send the answer, review it, report progress, move the deadline, close it."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import Any

from django.db import transaction

from halfsky.alerts.actions.common import Kind, Moment, answering, reviewing, say, step
from halfsky.alerts.casepolicy import STEPS, needed
from halfsky.alerts.models import Case, CaseStep
from halfsky.audit.actions import one_writer, record
from halfsky.audit.models import Actor
from halfsky.collect.actions.review import Stale
from halfsky.places.actions import refuse
from halfsky.places.policy import Forbidden, Principal
from halfsky.places.roles import Permission
from halfsky.plan import Plan

MOST = 4000  # characters of a text
_Stage, _Ending = Case.Stage, Case.Ending
# What a unit says stays in its case: the ledger vouches for it by its hash, and auditors do not read it.
_SAID = ("cause", "remedy")
_NOTES = frozenset({Kind.PROGRESS, Kind.FINISHED})


def held_case(plan: Plan, case: int, by: Principal, name: str) -> tuple[Case, Actor]:
    """The case under the writer's lock and the actor; raises ``Forbidden`` also where there is no such case."""
    one_writer()
    held = Case.objects.filter(pk=case, plan=plan.id).first()
    if held is None:
        raise Forbidden(Permission.WARNING_READ, str(case))
    return held, needed(plan, held, by, name)


def repeated(held: Case, version: int, kind: Kind, by: Principal, **said: Any) -> bool:
    """Whether this request was carried out before: the actor's own step led from this version, saying the same.

    Raises :class:`Stale` where somebody else has moved the case on since the version that the actor saw.
    """
    if held.version == version:
        return False
    last = held.steps.filter(version=version + 1, kind=kind, actor=by.actor.name).last()
    if last is not None and all(last.facts.get(k, last.text if k == "text" else None) == v for k, v in said.items()):
        return True
    raise Stale(held.stage)


@transaction.atomic
def save_draft(
    *, plan: Plan, case: int, version: int, cause: str, remedy: str, deadline: date | None, by: Principal
) -> Case:
    """Keep an answer that is not sent yet; nothing of it needs to be complete."""
    held, actor = held_case(plan, case, by, "answer")
    draft = _words(cause, remedy, deadline)
    if held.draft == draft and version in {held.version, held.version - 1}:
        return held
    if held.version != version:
        raise Stale(held.stage)
    _open_to("answer", held)
    record(by=actor, action="case.draft", subject=f"case:{held.pk}", after={"said": _seal(*draft.values())})
    held.draft, held.version = draft, version + 1
    held.save()
    return held


@transaction.atomic
def answer(
    *, plan: Plan, case: int, version: int, cause: str, remedy: str, deadline: date | None, by: Principal,
    at: datetime | None = None,
) -> Case:  # fmt: skip
    """Send the unit's answer: why it came so, what is done about it, and until when.

    Raises ``Forbidden``, :class:`Stale`, and ``Faulty`` where a part is missing or the deadline is not within reach.
    """
    held, actor = held_case(plan, case, by, "answer")
    said, now = _words(cause, remedy, deadline), Moment.of(at)
    if repeated(held, version, Kind.ANSWERED, by, **said):
        return held
    _open_to("answer", held)
    if not said["cause"] or not said["remedy"] or deadline is None:
        raise refuse(
            "answer-part",
            "请写明原因、整改措施和完成时限。",
            "Give the cause, the remedy and the day by which it is carried out.",
        )
    _within(plan, now, deadline)
    held.cause, held.remedy, held.deadline, held.draft = said["cause"], said["remedy"], deadline, {}
    _move(plan, held, Kind.ANSWERED, _Stage.ANSWERED, actor, now, due=now.after(plan.alerting.review_days), **said)
    say(plan, held, "case-answered", reviewing(held), by=actor.name, unit=False)
    return held


@transaction.atomic
def review(
    *, plan: Plan, case: int, version: int, accept: bool, by: Principal, reason: str = "", at: datetime | None = None
) -> Case:
    """Accept the answer, so that the remedy is carried out, or send it back with the reason."""
    held, actor = held_case(plan, case, by, "accept" if accept else "return")
    now, why = Moment.of(at), _text(reason)
    kind = Kind.ACCEPTED if accept else Kind.RETURNED
    if repeated(held, version, kind, by, text=why):
        return held
    _open_to("accept", held)
    if accept:
        assert held.deadline is not None
        due = min(held.deadline, now.after(plan.alerting.progress_days))
        _move(plan, held, kind, _Stage.PROGRESS, actor, now, text=why, due=due, deadline=str(held.deadline))
        say(plan, held, "case-accepted", answering(held), by=actor.name, unit=True)
        return held
    _reasoned(why)
    held.returned += 1
    if held.returned % 2 == 0:
        held.repeats += 1
    held.draft = _words(held.cause, held.remedy, held.deadline)
    due = now.after(plan.alerting.days_to_answer(held.level))
    _move(plan, held, kind, _Stage.RETURNED, actor, now, text=why, due=due)
    say(plan, held, "case-returned", answering(held), by=actor.name, unit=True, reason=why)
    return held


@transaction.atomic
def report_progress(
    *,
    plan: Plan,
    case: int,
    version: int,
    note: str,
    on: date,
    finished: bool,
    by: Principal,
    at: datetime | None = None,
) -> Case:
    """What has been done by a day; ``finished`` says that the remedy is carried out, which the committee office looks into."""
    held, actor = held_case(plan, case, by, "progress")
    now, told = Moment.of(at), _text(note)
    kind = Kind.FINISHED if finished else Kind.PROGRESS
    if repeated(held, version, kind, by, text=told, on=str(on)):
        return held
    _open_to("progress", held)
    if not told:
        raise refuse("note-missing", "请写明进展情况。", "Say what has been done.")
    if on > now.day:
        raise refuse("date-future", "进展日期不能晚于今天。", "Progress cannot be dated later than today.")
    rules = plan.alerting
    assert held.deadline is not None
    if finished:
        held.finished_at, due = now.at, now.after(rules.review_days)
    else:  # past its deadline a remedy is late, whatever is reported
        held.finished_at, due = None, min(held.deadline, now.after(rules.progress_days))
    _move(plan, held, kind, _Stage.PROGRESS, actor, now, text=told, due=due, on=str(on))
    if finished:
        say(plan, held, "case-finished", reviewing(held), by=actor.name, unit=False)
    return held


@transaction.atomic
def extend_case(
    *, plan: Plan, case: int, version: int, deadline: date, reason: str, by: Principal, at: datetime | None = None
) -> Case:
    """Another deadline for the remedy, with the reason; also where what was reported as carried out is not enough."""
    held, actor = held_case(plan, case, by, "extend")
    now, why = Moment.of(at), _text(reason)
    if repeated(held, version, Kind.EXTENDED, by, text=why, deadline=str(deadline)):
        return held
    _open_to("extend", held)
    _reasoned(why)
    _within(plan, now, deadline)
    before = held.deadline
    held.deadline, held.finished_at = deadline, None
    due = min(deadline, now.after(plan.alerting.progress_days))
    _move(
        plan,
        held,
        Kind.EXTENDED,
        _Stage.PROGRESS,
        actor,
        now,
        text=why,
        due=due,
        deadline=str(deadline),
        was=str(before),
    )
    say(plan, held, "case-extended", answering(held), by=actor.name, unit=True, reason=why)
    return held


@transaction.atomic
def close_case(*, plan: Plan, case: int, version: int, reason: str, by: Principal, at: datetime | None = None) -> Case:
    """Close a case on the committee office's own judgement, with the reason; the warning itself stands until a figure clears it."""
    held, actor = held_case(plan, case, by, "close")
    now, why = Moment.of(at), _text(reason)
    if repeated(held, version, Kind.CLOSED, by, text=why):
        return held
    _open_to("close", held)
    _reasoned(why)
    held.ending, held.closed_at = _Ending.REVIEWER, now.at
    _move(plan, held, Kind.CLOSED, _Stage.CLOSED, actor, now, text=why, due=None, ending=_Ending.REVIEWER.value)
    say(plan, held, "case-closed", answering(held), by=actor.name, unit=True, reason=why, reason_en=why)
    return held


def _move(
    plan: Plan, held: Case, kind: Kind, to: Case.Stage, actor: Actor, now: Moment, *, due: date | None, text: str = "",
    **facts: Any,
) -> CaseStep:  # fmt: skip
    """One step: the event, the case in its new version, and the line of history."""
    before = held.stage
    told = {k: v for k, v in facts.items() if k not in _SAID}
    if len(told) < len(facts) or kind in _NOTES:
        told["said"] = _seal(text, *(str(facts.get(k, "")) for k in _SAID))
    event = record(
        by=actor, action=f"case.{kind.value}", subject=f"case:{held.pk}", before={"stage": before, "due": str(held.due)},
        after={"stage": to.value, "due": str(due), **told}, reason="" if kind in _NOTES else text,
    )  # fmt: skip
    held.stage, held.due, held.version = to, due, held.version + 1
    held.owed = ""  # a letter that is still owed after this step is asked for again by the next reminders
    held.save()
    line = step(held, kind, before, now=now, by=actor, event=event, text=text, **facts)
    line.save()
    return line


def _open_to(name: str, held: Case) -> None:
    if held.stage not in STEPS[name]:
        raise refuse(
            "step-none",
            "该事项当前环节不能办理此步骤。",
            "This step cannot be taken at the stage where the case stands.",
        )


def _reasoned(why: str) -> None:
    if not why:
        raise refuse("reason-missing", "请写明理由。", "Give the reason.")


def _within(plan: Plan, now: Moment, deadline: date) -> None:
    last = now.after(plan.alerting.remedy_days)
    if not now.day <= deadline <= last:
        raise refuse(
            "deadline-outside",
            f"完成时限应在{now.day}至{last}之间。",
            f"The deadline is to lie between {now.day} and {last}.",
        )


def _text(words: str) -> str:
    text = words.replace("\r\n", "\n").strip()
    if len(text) > MOST:
        raise refuse("text-long", f"文字超过{MOST}字，请精简。", f"More than {MOST} characters; make it shorter.")
    return text


def _words(cause: str, remedy: str, deadline: date | None) -> dict[str, str]:
    return {"cause": _text(cause), "remedy": _text(remedy), "deadline": str(deadline or "")}


def _seal(*words: str) -> str:
    return hashlib.sha256("\n".join(words).encode("utf-8")).hexdigest()
