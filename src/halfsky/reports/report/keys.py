"""Keys of blocks, and the numbers of tables and figures: both are given to a whole report at the end."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from itertools import count

from halfsky.reports.report.model import Block, Entries, Figure, Pair, Paragraph, Report, Section, Table
from halfsky.reports.words import Language

_NUMBERED = re.compile(r"^(?:[表图]\d+　|(?:Table|Figure) \d+\. )")


def keyed(report: Report) -> Report:
    """The report with a key on every block: chapter/section/kind and number, or what its composer called it.

    Titles of chapters and sections are the plan's own or fixed words, so keys do not move when figures do; what is numbered
    is counted among blocks of its kind within its section.
    """
    taken: Counter[str] = Counter()
    chapter = ""
    made = []
    for section in report.sections:
        if section.level == 1:
            chapter = section.title
        place = section.title if section.level == 1 else f"{chapter}/{section.title}"
        taken[place] += 1
        if taken[place] > 1:
            place = f"{place}~{taken[place]}"
        kinds: Counter[str] = Counter()
        blocks = []
        for block in section.blocks:
            name = _short(block.key, place)
            if not name:
                kind = type(block).__name__.lower()
                kinds[kind] += 1
                name = f"{kind}{kinds[kind]}"
            key = f"{place}/{name}"
            taken[key] += 1
            blocks.append(replace(block, key=key if taken[key] == 1 else f"{key}~{taken[key]}"))
        made.append(replace(section, blocks=tuple(blocks)))
    return replace(report, sections=tuple(made))


def _short(key: str, place: str) -> str:
    """A key without its place, so that keying again changes nothing."""
    return key.removeprefix(f"{place}/").split("~")[0]


def captioned(sections: Iterable[Section], language: Language) -> tuple[Section, ...]:
    """Tables and figures numbered through the report: 表1, 图1. Numbers that stand already are given anew."""
    tables, figures = count(1), count(1)

    def numbered(figure: Figure) -> Figure:
        number, words = next(figures), _NUMBERED.sub("", figure.caption)
        caption = f"图{number}　{words}" if language == "zh" else f"Figure {number}. {words}"
        return replace(figure, caption=caption)

    def captioned_block(block: Block) -> Block:
        match block:
            case Table() if not block.caption:  # its section's heading is its caption
                return block
            case Table():
                number, words = next(tables), _NUMBERED.sub("", block.caption)
                return replace(
                    block, caption=f"表{number}　{words}" if language == "zh" else f"Table {number}. {words}"
                )
            case Figure():
                return numbered(block)
            case Pair():
                return replace(block, figures=tuple(map(numbered, block.figures)))
            case Paragraph() | Entries():
                return block

    return tuple(replace(s, blocks=tuple(map(captioned_block, s.blocks))) for s in sections)
