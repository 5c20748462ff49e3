"""What the pages of tasks, yearly reports, meetings and the calendar need: states by shape and word, offices."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import template
from django.template import Context

from halfsky.oversight.calendar import Entry
from halfsky.oversight.models import Task
from halfsky.oversight.queries import Office
from halfsky.plan import Indicator, Text
from halfsky.web.book import page_language
from halfsky.web.oversightwords import (
    AGENDA_KINDS,
    CALENDAR_KINDS,
    MARKS,
    MEETING_KINDS,
    MEETING_STATES,
    ORIGINS,
    PRESENCES,
    PROGRESS,
    TASK_STATES,
    YEARLY_STATES,
)
from halfsky.web.templatetags.halfsky import figure_with_unit, here
from halfsky.web.words import Words
from halfsky.web.yearwords import clock

register = template.Library()
_WORDS: dict[str, Mapping[str, Words]] = {
    "task": TASK_STATES, "yearly": YEARLY_STATES, "progress": PROGRESS, "meeting": MEETING_STATES,
    "meeting-kind": MEETING_KINDS, "presence": PRESENCES, "agenda": AGENDA_KINDS, "origin": ORIGINS,
    "calendar": CALENDAR_KINDS,
}  # fmt: skip


@register.inclusion_tag("web/parts/state.html")
def mark(value: str, of: str) -> dict[str, Any]:
    """A state by shape and word; ``of`` names the family that it is of."""
    return {"mark": MARKS[value], "word": _WORDS[of][value]}


@register.filter
def called(value: str, of: str) -> str:
    """The word for a state or kind of a family."""
    return str(_WORDS[of][value])


@register.simple_tag
def office(names: Mapping[Office, Text], region: str, unit: str) -> str:
    """What an office is called; by its code where the plan knows it no more."""
    name = names.get((region, unit))
    return name.in_language(page_language()) if name else f"{region} {unit}".strip()


@register.filter
def task_clock(task: Task, today: date) -> str:
    """How many days are left, or how many it is late."""
    return clock((today - task.due).days)


@register.inclusion_tag("web/parts/standing.html")
def progress_mark(value: str) -> dict[str, Any]:
    """How far a clause is, by its shape alone; the word is there for those who do not see it."""
    return {"status": MARKS[value], "label": False, "word": PROGRESS[value]}


@register.filter
def minus(total: int, part: int) -> int:
    return total - part


@register.filter
def written(digits: str, indicator: Indicator) -> str:
    """A value kept as text, with its unit."""
    return figure_with_unit(Decimal(digits), indicator)


@register.simple_tag(takes_context=True)
def calendar_page(context: Context, entry: Entry) -> str:
    """The page on which an entry of the calendar is dealt with."""
    return here(context, entry.name, **entry.kwargs)
