"""Charts as pictures: which there are, where they are fetched from, and for how long they hold."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404
from django.urls import reverse
from django.utils.http import urlencode

from halfsky import __version__
from halfsky.audit.queries import head
from halfsky.catalogue import queries as catalogue
from halfsky.plan import Residence, Sex, Slice
from halfsky.reports import charts
from halfsky.reports.charts.frame import Spec
from halfsky.web.book import Book
from halfsky.web.figures import shown

THEMES = ("light", "dark", "print")
SIZES = {"narrow": 356, "half": 590, "wide": 780}
OVER_YEARS: dict[str, Callable[..., Spec]] = {
    "series": charts.series_chart,
    "sexes": charts.sexes_chart,
    "residence": charts.residence_chart,
}
OVER_PLACES: dict[str, Callable[..., Spec]] = {
    "districts": charts.districts_chart,
    "funnel": charts.funnel_chart,
    "map": charts.map_chart,
}


@dataclass(frozen=True, slots=True)
class Chart:
    """Addresses of one chart: theme → size → address."""

    addresses: dict[str, dict[str, str]]


def chart_of(book: Book, kind: str, query: Mapping[str, str]) -> Chart:
    """Where to fetch a chart for each theme and size; ``size`` in the query names the wide one."""
    wide = query.get("size", "wide")
    shared = {k: v for k, v in query.items() if k != "size"} | (
        {} if book.as_of is None else {"as_of": str(book.as_of)}
    )
    state = stamp(book.plan.id)
    addresses = {
        theme: {
            slot: _address(book, kind, theme, {**shared, "size": size, "v": state})
            for slot, size in (("narrow", "narrow"), ("wide", wide))
        }
        for theme in THEMES
    }
    return Chart(addresses)


def _address(book: Book, kind: str, theme: str, query: Mapping[str, str]) -> str:
    path = {"plan_id": book.plan.id, "kind": kind, "theme": theme, "language": book.language}
    return f"{reverse('web:chart', kwargs=path)}?{urlencode(query)}"


def stamp(plan_id: str) -> str:
    """A short hash of all that a chart can depend on: the ledger's head, the pack's files, the version.

    An address that carries it never changes its picture, so browsers may keep it for good.
    """
    return _stamp(head()[1], catalogue.state(plan_id))


@lru_cache(maxsize=64)
def _stamp(seal: str, files: tuple[tuple[str, int], ...]) -> str:
    return hashlib.sha256(repr((__version__, seal, files)).encode()).hexdigest()[:16]


def draw(book: Book, kind: str, theme: str, query: Mapping[str, str]) -> bytes:
    """The picture as SVG. Raises ``Http404`` for a chart, indicator, target or place that does not exist."""
    size = query.get("size", "wide")
    if size not in SIZES:
        raise BadRequest("size")
    look: dict[str, Any] = {"language": book.language, "theme": theme, "width": SIZES[size]}
    return charts.render_svg(_spec(book, kind, query, look))


def _spec(book: Book, kind: str, query: Mapping[str, str], look: dict[str, Any]) -> Spec:
    plan, verdicts = book.plan, book.verdicts
    target = book.target(query["target"]) if "target" in query else None
    indicator = book.indicator(target.indicator if target else query.get("indicator", ""))
    cut = target.cut if target else _cut(query)
    until = query.get("until", "")
    if until and not (until.isascii() and until.isdigit()):
        raise BadRequest("until")
    if until and (book.as_of is None or int(until) != book.as_of):
        verdicts = ()  # those at hand judge another year
    if kind in OVER_PLACES:
        figures = shown(plan, indicators=[indicator.id])
        figures = figures.until(int(until)) if until else figures
        return OVER_PLACES[kind](plan, indicator, figures, verdicts, cut=cut, **look)
    if kind not in OVER_YEARS:
        raise Http404(kind)
    region = book.region(query.get("region", plan.region)).code
    # A target may compare with another indicator of the same place, so all of the place's figures come along.
    figures = shown(plan, regions=[region])
    figures = figures.until(int(until)) if until else figures
    more = {"cut": cut} if kind == "series" and cut is not None else {}
    return OVER_YEARS[kind](plan, indicator, region, figures, verdicts, **more, **look)


def _cut(query: Mapping[str, str]) -> Slice | None:
    """The slice that the address names; ``None`` where it names none, for the one that promises are about."""
    if not {"sex", "age", "residence"} & set(query):
        return None
    try:
        return Slice(
            sex=Sex(query.get("sex", "_T")),
            age=query.get("age", "_T"),
            residence=Residence(query.get("residence", "_T")),
        )
    except ValueError:
        raise BadRequest("slice") from None
