"""What a report says, without how it looks: sections of paragraphs, tables and figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from halfsky.assess import Standing
from halfsky.reports.words import Language

_SHORT = 12  # rows


@dataclass(frozen=True, slots=True)
class Paragraph:
    """``body`` is indented by two characters; ``lead`` stays with what it announces; ``item`` is one of a list; ``note`` is small."""

    text: str
    kind: Literal["body", "lead", "item", "note"] = "body"


@dataclass(frozen=True, slots=True)
class Cell:
    """Words of a table, of several lines where they hold a line feed; a ``standing`` is shown by its sign and colour beside its word."""

    text: str
    standing: Standing | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """``width`` is a share of the table's width, relative to the other columns."""

    head: str
    width: float
    align: Literal["left", "center", "right"] = "left"


@dataclass(frozen=True, slots=True)
class Table:
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def kept_whole(self) -> bool:
        """A short table stands on one page."""
        return len(self.rows) <= _SHORT


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart: its Vega-Lite specification, a caption, and words for those who cannot see it."""

    caption: str
    spec: dict[str, Any]

    @property
    def alt(self) -> str:
        return str(self.spec["description"])


@dataclass(frozen=True, slots=True)
class Pair:
    """One or two charts side by side, each half as wide as the text."""

    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A term, set off from what is said of it."""

    term: str
    words: str


@dataclass(frozen=True, slots=True)
class Entries:
    """A list of terms in small type, in two columns."""

    entries: tuple[Entry, ...]


Block = Paragraph | Table | Figure | Pair | Entries


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its number, and what stands below it before the next heading."""

    level: Literal[1, 2, 3]
    number: str
    title: str
    blocks: tuple[Block, ...] = ()

    @property
    def heading(self) -> str:
        """一、摘要 in Chinese, 1 Summary in English."""
        space = " " if self.number[-1:].isdigit() else ""
        return f"{self.number}{space}{self.title}"

    @property
    def starts_page(self) -> bool:
        """The summary stands on pages of its own, and so does each annex."""
        return self.level == 1 and self.number in {"", "一、", "1", "二、", "2"}


@dataclass(frozen=True, slots=True)
class Report:
    """``mark`` stands on every page when any figure is demonstration data; it is empty otherwise."""

    language: Language
    title: str
    subtitle: str
    issuer: str
    number: str
    facts: tuple[tuple[str, str], ...]
    made: date
    mark: str
    sections: tuple[Section, ...]

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
