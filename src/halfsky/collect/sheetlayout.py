"""What stands where on the Excel form of a return: blocks of lines by indicator, a column for each cut.

Writing (:mod:`halfsky.collect.sheetform`) and reading (:mod:`halfsky.collect.sheetread`) share it, so that the two
cannot drift apart. A block is one indicator; its lines are the value, numerator and denominator where it is a rate, then
status, confidentiality and explanation; its columns are the total, women beside men, urban beside rural.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from halfsky.collect.models import Entry, Return
from halfsky.collect.queries import plain
from halfsky.observations import Status
from halfsky.observations.columns import CONFIDENTIALITY_NAMES, RESIDENCE_NAMES, SEX_NAMES, STATUS_NAMES
from halfsky.plan import Indicator, Plan, Residence, Sex, Text
from halfsky.plan.model import ALL_AGES
from halfsky.plan.wording import Language, unit_name

SHEET = "报送表"
NOTES = "指标解释"
VERSION = 1  # of the layout: an older one is recognised by its fingerprint
IDENTITY = "halfsky-return"  # begins the hidden cell A1
HEAD = "halfsky-head"  # in the hidden cell beside the heads
KEY, LABEL, UNIT, FIRST = 0, 1, 2, 3  # columns from 0: hidden key, label, unit, first cut

Cut = tuple[str, str]
COLUMNS: tuple[tuple[Cut, Text], ...] = (
    ((Sex.ALL.value, Residence.ALL.value), SEX_NAMES[Sex.ALL]),
    ((Sex.FEMALE.value, Residence.ALL.value), SEX_NAMES[Sex.FEMALE]),
    ((Sex.MALE.value, Residence.ALL.value), SEX_NAMES[Sex.MALE]),
    ((Sex.ALL.value, Residence.URBAN.value), RESIDENCE_NAMES[Residence.URBAN]),
    ((Sex.ALL.value, Residence.RURAL.value), RESIDENCE_NAMES[Residence.RURAL]),
)
LINES: dict[str, Text] = {
    "numerator": Text(zh="分子", en="Numerator"),
    "denominator": Text(zh="分母", en="Denominator"),
    "status": Text(zh="数据状态", en="Status"),
    "confidentiality": Text(zh="保密状态", en="Confidentiality"),
    "comment": Text(zh="说明", en="Explanation"),
}
COUNTED_AS = Text(zh="实数", en="count")
STATUSES: dict[str, Text] = {code.value: text for code, text in STATUS_NAMES.items()}
CONFIDENTIALITIES: dict[str, Text] = {code.value: text for code, text in CONFIDENTIALITY_NAMES.items()}
# Blank on the form: a plain figure that may be published. A draft that says so is written as blank.
PLAIN = {"status": Status.NORMAL.value, "confidentiality": "F"}


class Unformed(Exception):
    """A return with cells for which the form has no column."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the form. ``key`` names it in the hidden column; ``item`` is the field of the cells on it."""

    block: Block
    item: str

    @property
    def key(self) -> str:
        return f"{self.block.indicator.id}|{self.block.age}|{self.item}"

    @property
    def computed(self) -> bool:
        """Whether the form computes what stands here, so that nobody types it."""
        return self.item == "value" and self.block.indicator.scale is not None

    def label(self, language: Language) -> str:
        indicator = self.block.indicator
        if self.item == "value":
            return indicator.name.in_language(language) + ("" if self.block.age == ALL_AGES else f" {self.block.age}")
        of = {"numerator": indicator.numerator, "denominator": indicator.denominator}.get(self.item)
        name = LINES[self.item].in_language(language)
        return name if of is None else f"{name}{'：' if language == 'zh' else ': '}{of.in_language(language)}"

    def unit(self, language: Language) -> str:
        if self.item == "value":
            return unit_name(self.block.indicator, language)
        return COUNTED_AS.in_language(language) if self.item in {"numerator", "denominator"} else ""


@dataclass(frozen=True)
class Block:
    """The cells of one indicator, by cut, and its lines from row ``top`` (from 0) down."""

    indicator: Indicator
    age: str
    entries: dict[Cut, Entry]
    top: int

    @property
    def numbers(self) -> tuple[str, ...]:
        """The lines whose numbers are typed."""
        return ("value",) if self.indicator.scale is None else ("numerator", "denominator")

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        items = ("value", *(() if self.indicator.scale is None else self.numbers))
        return tuple(Line(self, item) for item in (*items, "status", "confidentiality", "comment"))

    def row(self, item: str) -> int:
        """Where a line stands, from 0."""
        return self.top + next(i for i, line in enumerate(self.lines) if line.item == item)


@dataclass(frozen=True)
class Layout:
    """The form of one return. ``head`` is the row of the column heads (from 0); blocks follow it."""

    plan: Plan
    sheet: Return
    cuts: tuple[Cut, ...]
    blocks: tuple[Block, ...]
    head: int

    @property
    def after(self) -> int:
        """The first column right of the cells."""
        return FIRST + len(self.cuts)

    @property
    def end(self) -> int:
        """The first row below the blocks."""
        last = self.blocks[-1]
        return last.top + len(last.lines)

    def heads(self, language: Language) -> tuple[str, ...]:
        names = dict(COLUMNS)
        return tuple(names[cut].in_language(language) for cut in self.cuts)

    def lines(self) -> Iterator[Line]:
        for block in self.blocks:
            yield from block.lines

    @cached_property
    def structure(self) -> str:
        """A fingerprint of everything that decides which cell means what."""
        told = [
            [line.key, line.label("zh"), line.unit("zh"), sorted("|".join(cut) for cut in line.block.entries)]
            for line in self.lines()
        ]
        return _digest([VERSION, ["|".join(cut) for cut in self.cuts], told])

    def identity(self, language: Language) -> dict[str, object]:
        sheet = self.sheet
        return {
            "plan": self.plan.id, "year": sheet.cycle.year, "region": sheet.region, "unit": sheet.unit,
            "return": sheet.pk, "language": language, "structure": self.structure,
        }  # fmt: skip


HEAD_ROW = 6


def layout(plan: Plan, sheet: Return, entries: Iterable[Entry]) -> Layout:
    """Lay the cells of a return out, in the order in which its form asks. Raises :class:`Unformed`."""
    known = [cut for cut, _ in COLUMNS]
    grouped: dict[tuple[str, str], dict[Cut, Entry]] = {}
    for entry in sorted(entries, key=lambda e: e.order):
        if (entry.sex, entry.residence) not in known:
            raise Unformed(str(entry))
        grouped.setdefault((entry.indicator, entry.age), {})[entry.sex, entry.residence] = entry
    if not grouped:
        raise Unformed("no cells")
    used = {cut for cells in grouped.values() for cut in cells}
    blocks: list[Block] = []
    top = HEAD_ROW + 1
    for (indicator, age), cells in grouped.items():
        blocks.append(Block(plan.indicator[indicator], age, cells, top))
        top += len(blocks[-1].lines)
    return Layout(plan, sheet, tuple(cut for cut in known if cut in used), tuple(blocks), HEAD_ROW)


def address(row: int, column: int) -> str:
    """The name of a cell, from 0-based row and column."""
    assert 0 <= column < 702
    letters = (chr(64 + column // 26) if column >= 26 else "") + chr(65 + column % 26)
    return f"{letters}{row + 1}"


Held = dict[str, Decimal | str | None]
"""What one cell holds, by item: numbers or ``None``, texts or an empty one."""


def held(entry: Entry) -> Held:
    """What a cell of the draft holds, as the form shows it."""
    return {
        "value": plain(entry.value), "numerator": plain(entry.numerator), "denominator": plain(entry.denominator),
        "status": "" if entry.status == PLAIN["status"] else entry.status,
        "confidentiality": "" if entry.confidentiality == PLAIN["confidentiality"] else entry.confidentiality,
        "comment": one_line_end(entry.comment),
    }  # fmt: skip


def one_line_end(text: str) -> str:
    """A text as a workbook keeps it: line ends of one kind, nothing around it."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def seal(block: Block, content: Held) -> str:
    """A short fingerprint of what the form held: a cell nobody touched since the download is told by it."""
    items = (*block.numbers, "status", "confidentiality", "comment")
    return _digest([None if (x := content[i]) is None else f"{x:f}" if isinstance(x, Decimal) else x for i in items])[
        :12
    ]


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content, ensure_ascii=True).encode("ascii")).hexdigest()[:32]
