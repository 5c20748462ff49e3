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
    folder = catalogue.folder(plan_id)
    files = tuple((str(f), f.stat().st_mtime_ns) for f in sorted(folder.rglob("*.yaml")))
    return _stamp(head()[1], files)


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
    cut = target.cut if target else None
    if kind in OVER_PLACES:
        figures = shown(plan, indicators=[indicator.id])
        return OVER_PLACES[kind](plan, indicator, figures, verdicts, cut=cut, **look)
    if kind not in OVER_YEARS:
        raise Http404(kind)
    region = book.region(query.get("region", plan.region)).code
    # A target may compare with another indicator of the same place, so all of the place's figures come along.
    return OVER_YEARS[kind](plan, indicator, region, shown(plan, regions=[region]), verdicts, **look)
