"""What templates need to show cases of warnings put right."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context

from halfsky.alerts.casequeries import cases_of
from halfsky.alerts.models import Case
from halfsky.alerts.notices import LETTERS, WHYS
from halfsky.web.book import Book, page_language
from halfsky.web.casewords import ENDING_WORDS, STAGE_MARKS, STAGES, STEP_WORDS

register = template.Library()


@register.inclusion_tag("web/parts/state.html")
def case_stage(value: str) -> dict[str, Any]:
    """The stage of a case by shape and word."""
    return {"mark": STAGE_MARKS[value], "word": STAGES[value]}


@register.filter
def case_stage_word(value: str) -> str:
    return str(STAGES[value])


@register.filter
def case_step_word(value: str) -> str:
    return str(STEP_WORDS[value])


@register.filter
def case_ending(value: str) -> str:
    return str(ENDING_WORDS.get(value, ""))


@register.filter
def letter_name(value: str) -> str:
    """提醒函, 督办单 or 约谈通知书."""
    return LETTERS[value].in_language(page_language())


@register.filter
def owed_why(facts: dict[str, Any]) -> str:
    """Why the rule asks for a letter."""
    return WHYS[facts["why"]].in_language(page_language()).format(days=facts["days"])


@register.simple_tag(takes_context=True)
def case_of(context: Context, indicator: str, region: str) -> Case | None:
    """The case of a cause, where the reader of the page may read it; looked up once a page."""
    request, book = context["request"], context["book"]
    assert isinstance(book, Book)
    found: dict[tuple[str, str], Case] | None = getattr(request, "_cases", None)
    if found is None:
        found = cases_of(book.plan, getattr(request, "principal", None))
        request._cases = found
    return found.get((indicator, region))
