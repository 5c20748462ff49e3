"""The kinds of documents: what each is called, from what it is composed, for whom it is made.

A kind is registered by the module that composes it; :class:`halfsky.reports.apps.ReportsConfig` imports those modules.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from halfsky.plan import Plan, Text
from halfsky.reports.report.model import Report
from halfsky.reports.words import Language


class NotReady(LookupError):
    """There is nothing yet to compose from; ``words`` say what is missing and what to do."""

    def __init__(self, words: Text) -> None:
        super().__init__(words.en)
        self.words = words


@dataclass(frozen=True, slots=True)
class Ask:
    """What is to be composed. ``unit`` is empty for a document of a place."""

    plan: Plan
    year: int
    region: str
    language: Language
    unit: str = ""


@dataclass(frozen=True)
class DocumentKind:
    """``compose`` is called with an :class:`Ask`; it reads the database, writes nothing, and raises :class:`NotReady`.

    ``numbered`` is how an issued one is cited: 监测报告〔{year}〕{number}号. ``reach``: whether the plan's own place has one, every
    place, or every unit of the places that it binds. ``years`` lists the years for which a plan may have one.
    """

    code: str
    name: Text
    numbered: Text
    compose: Callable[[Ask], Report] = field(repr=False)
    years: Callable[[Plan], Sequence[int]] = field(repr=False)
    reach: Literal["plan", "places", "units"] = "plan"
    template: str = "report"

    def cite(self, year: int, number: int, language: Language) -> str:
        return self.numbered.in_language(language).format(year=year, number=number)


_KINDS: dict[str, DocumentKind] = {}


def register(kind: DocumentKind) -> DocumentKind:
    """Make a kind known: it can then be drafted, edited, issued and released like the others."""
    _KINDS[kind.code] = kind
    return kind


def kinds() -> dict[str, DocumentKind]:
    """Every kind by code, in the order of registration."""
    return dict(_KINDS)


def kind_of(code: str) -> DocumentKind:
    return _KINDS[code]
