"""What people changed in a composed report, laid over it: edited words stay when the figures below them are refreshed.

Words of paragraphs can be replaced, paragraphs added after any block, and any block hidden. Numbers in tables and charts follow
the database and cannot be typed over. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from halfsky.reports.report.keys import captioned
from halfsky.reports.report.model import Block, Entries, Figure, Pair, Paragraph, Report, Section, Table

What = Literal["words", "add", "hide"]


@dataclass(frozen=True, slots=True)
class Change:
    """One edit in force. ``key``: the block that is changed or hidden, or after which words are added.

    ``below`` is what the composed block said when the edit was made (or last confirmed): when that changes, the edit is marked.
    """

    key: str
    what: What
    text: str
    below: str
    by: str
    at: datetime
    number: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """A block as the editor sees it: the composed one, what stands in its place, and whether the text below moved on since."""

    block: Block
    change: Change | None = None  # words or hide
    added: tuple[Change, ...] = ()
    moved: bool = False

    @property
    def shown(self) -> Block | None:
        """What is printed; ``None`` where it is hidden."""
        if self.change is None:
            return self.block
        if self.change.what == "hide":
            return None
        return replace(self.block, text=self.change.text) if isinstance(self.block, Paragraph) else self.block


@dataclass(frozen=True, slots=True)
class Laid:
    """A composed report with the changes laid over it."""

    report: Report
    sections: tuple[tuple[Section, tuple[Line, ...]], ...]
    lost: tuple[Change, ...]  # whose block is no longer composed

    @property
    def open(self) -> tuple[Change, ...]:
        """Edits that somebody has to decide on: the text below them has changed or gone."""
        moved = (line.change for _, lines in self.sections for line in lines if line.moved and line.change is not None)
        return (*moved, *self.lost)

    @property
    def final(self) -> Report:
        """The report as it reads with the changes, tables and figures numbered anew; emptied sections fall away."""
        made = []
        for section, lines in self.sections:
            blocks: list[Block] = []
            for line in lines:
                if line.shown is not None:
                    blocks.append(line.shown)
                blocks += [Paragraph(c.text, key=f"{c.key}+{c.number}") for c in line.added]
            made.append(replace(section, blocks=tuple(blocks)))
        kept = [s for s, below in zip(made, _below(made), strict=True) if s.blocks or below]
        return replace(self.report, sections=captioned(kept, self.report.language))


def _below(sections: Sequence[Section]) -> list[bool]:
    """For each section whether one of a deeper level that holds something follows it: its heading is then needed."""
    found = []
    for i, section in enumerate(sections):
        needed = False
        for later in sections[i + 1 :]:
            if later.level <= section.level:
                break
            needed = needed or bool(later.blocks)
        found.append(needed)
    return found


def lay(report: Report, changes: Iterable[Change]) -> Laid:
    """Lay changes over a keyed report."""
    words: dict[str, Change] = {}
    added: dict[str, list[Change]] = {}
    change: Change | None
    for change in sorted(changes, key=lambda c: c.number):
        if change.what == "add":
            added.setdefault(change.key, []).append(change)
        else:
            words[change.key] = change
    sections = []
    seen: set[str] = set()
    for section in report.sections:
        lines = []
        for block in section.blocks:
            change = words.get(block.key)
            seen.add(block.key)
            moved = change is not None and change.below != said(block)
            lines.append(Line(block, change, tuple(added.get(block.key, ())), moved))
        sections.append((section, tuple(lines)))
    lost = [c for c in words.values() if c.key not in seen]
    lost += [c for key, more in added.items() if key not in seen for c in more]
    return Laid(report, tuple(sections), tuple(lost))


def said(block: Block) -> str:
    """All that a block says, as plain words: what an edit of it rests on."""
    match block:
        case Paragraph():
            return block.text
        case Table():
            rows = ["\t".join(cell.text.replace("\n", " ") for cell in row) for row in block.rows]
            return "\n".join([_bare(block.caption), "\t".join(c.head for c in block.columns), *rows])
        case Figure():
            return f"{_bare(block.caption)}\n{block.alt}"
        case Pair():
            return "\n".join(said(figure) for figure in block.figures)
        case Entries():
            return "\n".join(f"{entry.term}\t{entry.words}" for entry in block.entries)


def _bare(caption: str) -> str:
    """A caption without its number, which moves when another table is hidden."""
    head, _, words = caption.partition("　")
    if words and head[:1] in "表图":
        return words
    head, _, words = caption.partition(". ")
    return words if words and head.startswith(("Table ", "Figure ")) else caption


@dataclass(frozen=True, slots=True)
class Difference:
    """A block that differs between two compositions; empty where it is not there."""

    key: str
    before: str
    after: str


def differences(before: Report, after: Report) -> list[Difference]:
    """What a refresh changed, in the order of the new report, then what fell away."""
    old = {b.key: said(b) for s in before.sections for b in s.blocks}
    new = {b.key: said(b) for s in after.sections for b in s.blocks}
    changed = [Difference(key, old.get(key, ""), words) for key, words in new.items() if old.get(key) != words]
    return changed + [Difference(key, words, "") for key, words in old.items() if key not in new]
