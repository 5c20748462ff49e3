"""What a report says, without how it looks: sections of paragraphs, tables and figures.

Each block has a ``key`` that stays the same when the figures change: by it the words that people put in its place are
found again. Whoever composes gives one where the order of blocks follows the data; the others are given theirs by
:func:`halfsky.reports.report.keys.keyed`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from halfsky.assess import Standing
from halfsky.observations import SeriesKey
from halfsky.reports.words import Language

_SHORT = 12  # rows


@dataclass(frozen=True, slots=True)
class Paragraph:
    """``body`` is indented by two characters; ``lead`` stays with what it announces; ``item`` is one of a list; ``note`` is small."""

    text: str
    kind: Literal["body", "lead", "item", "note"] = "body"
    key: str = ""


@dataclass(frozen=True, slots=True)
class Trace:
    """Where a number comes from: a figure, or what is computed of two of them (the first to the second)."""

    of: tuple[tuple[SeriesKey, int], ...]
    how: Literal["figure", "share", "difference", "ratio"] = "figure"


@dataclass(frozen=True, slots=True)
class Cell:
    """Words of a table, of several lines where they hold a line feed; a ``standing`` is shown by its sign and colour beside its word.

    ``number`` is what ``text`` writes, exact, and ``trace`` where it comes from: of tables whose numbers can be followed.
    """

    text: str
    standing: Standing | None = None
    number: Decimal | None = None
    trace: Trace | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """``width`` is a share of the table's width, relative to the other columns; neighbours of one ``group`` stand under it."""

    head: str
    width: float
    align: Literal["left", "center", "right"] = "left"
    group: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    key: str = ""

    @property
    def kept_whole(self) -> bool:
        """A short table stands on one page."""
        return len(self.rows) <= _SHORT

    @property
    def grouped(self) -> bool:
        """Whether the head has two lines."""
        return any(c.group for c in self.columns)

    @property
    def groups(self) -> tuple[tuple[str, int], ...]:
        """The upper line of the head: words and how many columns they span; a column without a group stands alone."""
        made: list[tuple[str, int]] = []
        for column in self.columns:
            if made and column.group and made[-1][0] == column.group:
                made[-1] = (column.group, made[-1][1] + 1)
            else:
                made.append((column.group, 1))
        return tuple(made)


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart: its Vega-Lite specification, a caption, and words for those who cannot see it."""

    caption: str
    spec: dict[str, Any]
    key: str = ""

    @property
    def alt(self) -> str:
        return str(self.spec["description"])


@dataclass(frozen=True, slots=True)
class Pair:
    """One or two charts side by side, each half as wide as the text."""

    figures: tuple[Figure, ...]
    key: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A term, set off from what is said of it."""

    term: str
    words: str


@dataclass(frozen=True, slots=True)
class Entries:
    """A list of terms in small type, in two columns."""

    entries: tuple[Entry, ...]
    key: str = ""


Block = Paragraph | Table | Figure | Pair | Entries


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its number, and what stands below it before the next heading.

    ``page``: ``new`` begins one, ``wide`` stands on pages of its own, turned on their side.
    """

    level: Literal[1, 2, 3]
    number: str
    title: str
    blocks: tuple[Block, ...] = ()
    page: Literal["", "new", "wide"] = ""

    @property
    def heading(self) -> str:
        """一、摘要 in Chinese, 1 Summary in English."""
        space = " " if self.number[-1:].isdigit() else ""
        return f"{self.number}{space}{self.title}"

    @property
    def starts_page(self) -> bool:
        """The summary stands on pages of its own, and so does each annex."""
        return self.page == "new" or (self.level == 1 and self.number in {"", "一、", "1", "二、", "2"})


@dataclass(frozen=True, slots=True)
class Report:
    """``mark`` stands on every page when any figure is demonstration data; it is empty otherwise.

    ``look``: ``official`` after GB/T 9704, with a title page and contents; ``book`` the same in small type, its contents two
    levels deep; ``sheet`` one or two pages without either, its facts in a line below the title.
    """

    language: Language
    title: str
    subtitle: str
    issuer: str
    number: str
    facts: tuple[tuple[str, str], ...]
    made: date
    mark: str
    sections: tuple[Section, ...]
    look: Literal["official", "book", "sheet"] = "official"

    @property
    def figures(self) -> tuple[Figure, ...]:
        found: list[Figure] = []
        for section in self.sections:
            for block in section.blocks:
                match block:
                    case Figure():
                        found.append(block)
                    case Pair():
                        found += block.figures
        return tuple(found)
