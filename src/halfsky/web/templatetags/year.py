"""What templates need to show a year: states, clocks, people, cells."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import template
from django.urls import NoReverseMatch, reverse

from halfsky.collect.models import Filing, Notice, State
from halfsky.collect.notices import STATES, sentence
from halfsky.places.models import Office
from halfsky.web.book import page_language
from halfsky.web.templatetags.people import role_name
from halfsky.web.yearwords import FILING_KINDS, FILING_MARKS, FILING_STATES, HOLDERS, MARKS, SHORT, clock

register = template.Library()
register.filter("role_name", role_name)


@register.inclusion_tag("web/parts/state.html")
def state(value: str, short: bool = False) -> dict[str, Any]:
    """The state of a return by shape and word; ``short`` for a board of many."""
    word = STATES[State(value)].in_language(page_language())
    return {"mark": MARKS[State(value)], "word": SHORT[State(value)] if short else word, "full": word}


@register.inclusion_tag("web/parts/state.html")
def filing_state(value: str) -> dict[str, Any]:
    return {"mark": FILING_MARKS[Filing.State(value)], "word": FILING_STATES[Filing.State(value)]}


@register.filter
def state_word(value: str) -> str:
    return STATES[State(value)].in_language(page_language())


@register.filter
def filing_state_word(value: str) -> str:
    return str(FILING_STATES[Filing.State(value)])


@register.filter
def filing_kind(value: str) -> str:
    return str(FILING_KINDS[Filing.Kind(value)])


@register.filter
def holder_word(value: str) -> str:
    return str(HOLDERS[value])  # type: ignore[index]


@register.filter
def days_clock(days: int) -> str:
    return clock(days)


@register.filter
def office_name(office: Office) -> str:
    return office.name_en if page_language() == "en" and office.name_en else office.name_zh


@register.filter
def notice_words(notice: Notice) -> str:
    return sentence(notice).in_language(page_language())


@register.filter
def notice_address(notice: Notice) -> str:
    """The page that a notice is about; empty for one that there is no more."""
    link = notice.params.get("link")
    if not link:
        return ""
    try:
        return reverse(f"web:{link['name']}", kwargs={"plan_id": notice.plan, **link["kwargs"]})
    except NoReverseMatch:
        return ""


@register.filter
def share(value: Decimal) -> str:
    """A change as a share of the figure before, in whole percent with its sign."""
    percent = round(100 * value)
    return f"{'+' if percent > 0 else '−' if percent < 0 else ''}{abs(percent)}%"


@register.filter
def get(table: dict[Any, Any], key: Any) -> Any:
    """An item of a table by a key that the template holds."""
    return table.get(key)
