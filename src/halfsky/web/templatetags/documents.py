"""What templates need to show documents."""

from __future__ import annotations

from typing import Any

from django import template

from halfsky.oversight.actions.common import office_name
from halfsky.plan import Plan
from halfsky.reports.kinds import kinds
from halfsky.reports.models import Document
from halfsky.reports.report.model import Table
from halfsky.web.book import page_language
from halfsky.web.documentwords import EDITS, LANGUAGES, MARKS, STATES, STEPS

register = template.Library()


@register.inclusion_tag("web/parts/state.html")
def document_state(value: str) -> dict[str, Any]:
    """The state of a document by shape and word."""
    return {"mark": MARKS[value], "word": STATES[value]}


@register.filter
def document_state_word(value: str) -> str:
    return str(STATES[value])


@register.filter
def document_kind(code: str) -> str:
    known = kinds().get(code)
    return known.name.in_language(page_language()) if known else code


@register.filter
def document_step(what: str) -> str:
    return str(STEPS.get(what, what))


@register.filter
def document_edit(what: str) -> str:
    return str(EDITS[what])


@register.filter
def document_language(code: str) -> str:
    return str(LANGUAGES[code])


@register.simple_tag
def about_whom(plan: Plan, document: Document) -> str:
    """The place, or the unit, that a document is about."""
    if document.unit:
        return office_name(plan, document.region, document.unit).in_language(page_language())
    return plan.place[document.region].name.in_language(page_language())


@register.simple_tag
def column_align(table: Table, index: int) -> str:
    return table.columns[index].align


@register.simple_tag
def whose(plan: Plan, region: str, unit: str) -> str:
    return office_name(plan, region, unit).in_language(page_language())
