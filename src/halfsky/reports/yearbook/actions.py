"""Writing the yearbook to files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Literal

from django.db import transaction
from django.utils import timezone

from halfsky.audit.actions import record
from halfsky.collect import queries as collect
from halfsky.places.policy import Principal
from halfsky.places.roles import Permission
from halfsky.plan import Plan
from halfsky.reports.files import put
from halfsky.reports.report.pdf import pdf
from halfsky.reports.report.word import word
from halfsky.reports.words import Language
from halfsky.reports.yearbook.book import Book, book_of
from halfsky.reports.yearbook.compose import compose
from halfsky.reports.yearbook.excel import workbook

Format = Literal["docx", "pdf", "xlsx"]
_WRITERS: dict[Format, Callable[[Book, date], bytes]] = {
    "docx": lambda book, made: word(compose(book, made=made)),
    "pdf": lambda book, made: pdf(compose(book, made=made)),
    "xlsx": lambda book, made: workbook(book, made=made),
}


class NoFigures(LookupError):
    """There is not one figure of the year to print."""


def write_yearbook(
    *, plan: Plan, year: int, language: Language, folder: Path, by: Principal, formats: Sequence[Format] = ("docx", "pdf", "xlsx"),
    made: date | None = None,
) -> list[Path]:  # fmt: skip
    """Write the yearbook of a year; returns the files, in the order of ``formats``.

    It holds what everybody may see. The same figures and the same day ``made`` (today by default) give the same bytes;
    files that hold them already are left alone, without an event. Raises :class:`NoFigures`.
    """
    actor = by.need(Permission.PLAN_READ)
    figures = collect.visible(None, plan)
    if all(o.year != year for o in figures):
        raise NoFigures(f"{plan.id} {year}")
    book = book_of(plan, figures, year=year, language=language)
    day = made or timezone.localdate()
    contents = {folder / f"{plan.id}-yearbook-{year}-{language}.{kind}": _WRITERS[kind](book, day) for kind in formats}
    folder.mkdir(parents=True, exist_ok=True)
    with transaction.atomic():
        if not all(path.exists() and path.read_bytes() == content for path, content in contents.items()):
            files = {path.name: hashlib.sha256(content).hexdigest() for path, content in contents.items()}
            record(by=actor, action="yearbook.write", subject=f"plan:{plan.id}", after={"year": year, "files": files})
            for path, content in contents.items():
                put(path, content)
    return list(contents)
