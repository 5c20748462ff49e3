"""What templates need to show the ledgers of implementation."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import template
from django.template import Context

from halfsky.implementation.models import Record
from halfsky.places.models import Office
from halfsky.plan.ledgers import Ledger, LedgerField
from halfsky.web.book import page_language
from halfsky.web.ledgerwords import EVENTS

register = template.Library()


@register.filter
def amount(value: Decimal | str | None) -> str:
    """A number with thousands apart; a dash for a blank, which is not nought."""
    return "—" if value in (None, "") else f"{Decimal(str(value)):,f}"


@register.filter
def head(field: LedgerField) -> str:
    """The name of a field with the unit of its amounts."""
    language = page_language()
    name = field.name.in_language(language)
    if field.unit is None:
        return name
    return f"{name}（{field.unit.zh}）" if language == "zh" else f"{name} ({field.unit.en})"


@register.filter
def field(content: Mapping[str, str], name: str) -> str:
    return content.get(name, "")


@register.simple_tag
def stage_of(ledger: Ledger, stage: str) -> str:
    known = ledger.stage.get(stage)
    return known.name.in_language(page_language()) if known else stage


@register.simple_tag(takes_context=True)
def place_name(context: Context, code: str) -> str:
    place = context["book"].plan.place.get(code)
    return place.name.in_language(page_language()) if place else code


@register.simple_tag(takes_context=True)
def keeper(context: Context, row: Record, offices: Mapping[tuple[str, str], Office]) -> str:
    """Whose record it is: the office, or the place whose committee office keeps it."""
    office = offices.get((row.unit, row.region))
    if office is None:
        return place_name(context, row.region)
    return office.name_en if page_language() == "en" and office.name_en else office.name_zh


@register.filter
def ledger_verb(action: str) -> Any:
    return EVENTS.get(action, action)
