"""The records of a ledger as a file: one field a column, units in the head."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from halfsky.implementation.models import Record
from halfsky.observations.csvfile import guarded
from halfsky.places.models import Office
from halfsky.plan import Text
from halfsky.plan.ledgers import Ledger, LedgerField
from halfsky.web.book import Book
from halfsky.web.templatetags.ledgers import head


def as_csv(book: Book, ledger: Ledger, rows: Sequence[Record], offices: Mapping[tuple[str, str], Office]) -> bytes:
    """UTF-8 with the byte order mark by which spreadsheets know it; what looks like a formula is kept as text."""

    def words(text: Text) -> str:
        return text.in_language(book.language)

    def value(row: Record, field: LedgerField) -> str:
        kept = row.content.get(field.id, "")
        return next((words(choice.name) for choice in field.choices if choice.id == kept), kept)

    def office(row: Record) -> str:
        held = offices.get((row.unit, row.region))
        return words(Text(zh=held.name_zh, en=held.name_en or held.name_zh)) if held else ""

    def place(code: str) -> str:
        return words(book.plan.place[code].name) if code in book.plan.place else code

    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([
        _("Year"), _("Place"), _("Office"), _("Title"), _("Clauses"), _("Where it stands"),
        *(head(field) for field in ledger.fields), _("Adopted in"),
    ])  # fmt: skip
    for row in rows:
        stage = ledger.stage.get(row.stage)
        cells = [
            str(row.year), place(row.region), office(row), row.title, " ".join(row.clauses),
            words(stage.name) if stage else row.stage, *(value(row, field) for field in ledger.fields),
            "; ".join(place(adoption.region) for adoption in row.adoptions.all()),
        ]  # fmt: skip
        writer.writerow([guarded(cell) for cell in cells])
    return out.getvalue().encode("utf-8-sig")
