"""A document as a page shows it: blocks, what people put in their place, and what may be done with each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from halfsky.reports.report.edits import Change, Laid, Line
from halfsky.reports.report.model import Block, Entries, Figure, Pair, Paragraph, Section, Table


@dataclass(frozen=True, slots=True)
class Shown:
    """One block. ``kind`` chooses how it is drawn; ``charts`` are the numbers of its charts within the document."""

    kind: str
    block: Block
    key: str
    change: Change | None = None
    moved: bool = False
    hidden: bool = False
    added: tuple[Change, ...] = ()
    charts: tuple[tuple[int, Figure], ...] = ()
    number: int = 0  # on the page, from 1

    @property
    def words(self) -> str:
        """The words of a paragraph as they would be printed."""
        return self.change.text if self.change is not None and self.change.what == "words" else self.composed

    @property
    def composed(self) -> str:
        """What the data say now."""
        return self.block.text if isinstance(self.block, Paragraph) else ""


@dataclass(frozen=True, slots=True)
class Chapter:
    section: Section
    blocks: tuple[Shown, ...]


def chapters(laid: Laid) -> list[Chapter]:
    """Every section with its blocks, hidden ones too: an editor has to see what is left out."""
    charts, blocks = count(), count(1)
    return [
        Chapter(section, tuple(_shown(line, charts, next(blocks)) for line in lines))
        for section, lines in laid.sections
    ]


def charts(laid: Laid) -> list[Figure]:
    """The charts in the order in which :func:`chapters` numbers them."""
    return [figure for chapter in chapters(laid) for shown in chapter.blocks for _, figure in shown.charts]


def _shown(line: Line, charts: Iterator[int], number: int) -> Shown:
    block = line.block
    kind: str
    figures: tuple[Figure, ...] = ()
    match block:
        case Paragraph():
            kind = block.kind
        case Table():
            kind = "table"
        case Figure():
            kind, figures = "charts", (block,)
        case Pair():
            kind, figures = "charts", block.figures
        case Entries():
            kind = "entries"
    return Shown(
        kind, block, block.key, line.change, line.moved, line.shown is None, line.added,
        tuple((next(charts), figure) for figure in figures), number,
    )  # fmt: skip
