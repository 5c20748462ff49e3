"""What every step of a case does: note it in the history, tell of it, say when somebody was faster."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils import timezone

from halfsky.alerts.models import Case, CaseStep
from halfsky.alerts.routing import named_in, office_of, unit_name
from halfsky.audit.models import Actor, Event
from halfsky.collect.actions.notices import people_of_office, people_of_place, tell
from halfsky.places.models import User
from halfsky.places.roles import Permission
from halfsky.plan import Plan

Kind = CaseStep.Kind


@dataclass(frozen=True, slots=True)
class Moment:
    """When something is done: the time and the day in the office's time zone."""

    at: datetime
    day: date

    @classmethod
    def of(cls, at: datetime | None) -> Moment:
        """``None`` is now; the demonstration plays what happened before."""
        at = at or datetime.now(UTC)
        return cls(at, timezone.localdate(at))

    def after(self, days: int) -> date:
        return self.day + timedelta(days=days)


def step(
    case: Case, kind: Kind, before: str, *, now: Moment, by: Actor, event: Event, text: str = "", **facts: Any
) -> CaseStep:  # fmt: skip
    """A line of history of a case as it now stands; not saved yet."""
    return CaseStep(
        case=case, kind=kind, before=before, after=case.stage, version=case.version, round=case.round, at=now.at,
        actor=by.name, role=by.role, text=text, facts=facts, event=event,
    )  # fmt: skip


def about(plan: Plan, case: Case, **more: Any) -> dict[str, Any]:
    """What every sentence on a case needs, with the page that it leads to."""
    what, place = named_in(plan, case), plan.place[case.region].name
    office = unit_name(plan, case, office_of(case))
    return {
        "what": what.zh, "what_en": what.en, "place": place.zh, "place_en": place.en,
        "office": office.zh, "office_en": office.en, "due": str(case.due or ""), "deadline": str(case.deadline or ""),
        "link": {"name": "case", "kwargs": {"pk": case.pk}}, **more,
    }  # fmt: skip


def answering(case: Case) -> list[User]:
    """Who answers: the people of the lead unit's office, or the committee office where nobody leads."""
    office = office_of(case)
    return people_of_office(office, Permission.WARNING_ANSWER) if office else reviewing(case)


def reviewing(case: Case) -> list[User]:
    """The committee office of the case's place."""
    return people_of_place(case.region, Permission.WARNING_REVIEW)


def say(plan: Plan, case: Case, kind: str, users: Iterable[User], *, by: str, unit: bool, **more: Any) -> None:
    """Tell people of a case, but not whoever has just done it (``by``, a username)."""
    told = [user for user in users if user.username != by]
    tell(plan=plan, kind=kind, users=told, params=about(plan, case, **more), office=office_of(case) if unit else None)
