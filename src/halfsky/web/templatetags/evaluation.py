"""Words and numbers of evaluations for templates."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django import template

from halfsky.assess import Standing
from halfsky.evaluation import words
from halfsky.evaluation.marking import rounded
from halfsky.evaluation.models import Conclusion, Evaluation, Scheme, Sheet
from halfsky.plan import Text
from halfsky.web.book import page_language

register = template.Library()

_TABLES: dict[str, dict[str, Text]] = {
    "kind": words.KINDS,
    "state": words.STATES,
    "scheme": words.SCHEME_STATES,
    "sheet": words.SHEET_STATES,
    "method": words.METHODS,
    "stage": words.STAGES,
    "subject": words.SUBJECTS,
    "body": words.BODIES,
    "role": words.ROLES,
    "outcome": words.OUTCOMES,
    "finding": words.FINDINGS,
}
# Each by a shape and colour of the standings, so that nothing is told by colour alone.
_MARKS: dict[str, Standing] = {
    f"state.{Evaluation.State.PREPARING}": Standing.NO_DATA,
    f"state.{Evaluation.State.OPEN}": Standing.UNCERTAIN,
    f"state.{Evaluation.State.CLOSED}": Standing.ON_TRACK,
    f"state.{Evaluation.State.DONE}": Standing.MET,
    f"scheme.{Scheme.State.DRAFT}": Standing.NO_DATA,
    f"scheme.{Scheme.State.SUBMITTED}": Standing.UNCERTAIN,
    f"scheme.{Scheme.State.APPROVED}": Standing.MET,
    f"scheme.{Scheme.State.RETURNED}": Standing.AT_RISK,
    f"scheme.{Scheme.State.REPLACED}": Standing.NOT_APPLICABLE,
    f"sheet.{Sheet.State.OPEN}": Standing.NO_DATA,
    f"sheet.{Sheet.State.SUBMITTED}": Standing.MET,
    f"sheet.{Sheet.State.RETURNED}": Standing.AT_RISK,
    f"outcome.{Conclusion.Outcome.MET}": Standing.MET,
    f"outcome.{Conclusion.Outcome.ON_TRACK}": Standing.ON_TRACK,
    f"outcome.{Conclusion.Outcome.NOT_MET}": Standing.MISSED,
    f"outcome.{Conclusion.Outcome.HARD}": Standing.AT_RISK,
    f"outcome.{Conclusion.Outcome.OPEN}": Standing.TOO_LITTLE,
}


@register.filter
def worded(code: str, table: str) -> str:
    """The name of a code of an evaluation: ``"desk"|worded:"method"``."""
    return _TABLES[table][code].in_language(page_language())


@register.inclusion_tag("web/parts/state.html")
def marked_state(code: str, table: str) -> dict[str, Any]:
    """A state by shape and word."""
    word = worded(code, table)
    return {"mark": _MARKS[f"{table}.{code}"], "word": word, "full": word}


@register.filter
def evaluation_title(evaluation: Evaluation) -> str:
    return words.title(evaluation).in_language(page_language())


@register.filter
def plainly(number: Decimal | str | None) -> str:
    """A number without the noughts at its end; empty where there is none."""
    if not isinstance(number, Decimal):
        return ""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@register.filter
def two(number: Decimal | None) -> str:
    """Two decimals, rounded half up."""
    return "" if number is None else f"{rounded(number):.2f}"


@register.filter
def day(iso: str) -> date | None:
    """A day of a timetable."""
    return date.fromisoformat(iso) if iso else None


@register.filter
def methods_named(codes: Iterable[str]) -> str:
    return ("、" if page_language() == "zh" else ", ").join(worded(code, "method") for code in codes)
