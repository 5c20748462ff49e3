"""A row of a file of figures, where it stands, and what reading a whole file gives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from halfsky.observations.columns import HEADER
from halfsky.observations.model import Observation
from halfsky.plan import Fault, Text


class Place(NamedTuple):  # a tuple: a nation's file has a million
    """Where a row stands: a line of a text file, or a row of a sheet."""

    file: str
    row: int
    sheet: str = ""

    def fault(self, code: str, message: Text, column: str = "") -> Fault:
        if self.sheet:
            cell = f"{_letter(HEADER.index(column))}{self.row}" if column in HEADER else f"A{self.row}"
            return Fault(code=code, message=message, file=self.file, sheet=self.sheet, cell=cell)
        return Fault(code=code, message=message, file=self.file, line=self.row, cell=column)

    def name(self) -> Text:
        return Text(zh=f"第 {self.row} 行", en=f"row {self.row}")


class Row(NamedTuple):
    """One row of a file: its cells by column, as text. ``kinds`` names cells that are no plain text or number."""

    place: Place
    cells: Mapping[str, str]
    kinds: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file gave. ``observations`` is empty when there is any fault: a file is taken whole or not at all.

    ``readings`` are notes, in the form of faults, on everything that was read otherwise than written.
    """

    observations: tuple[Observation, ...] = ()
    faults: tuple[Fault, ...] = ()
    readings: tuple[Fault, ...] = ()


def _letter(index: int) -> str:
    return chr(ord("A") + index)


_SEPARATORS = {
    ";": Text(zh="分号", en="semicolons"),
    "\t": Text(zh="制表符", en="tabs"),
    "|": Text(zh="竖线", en="bars"),
    "，": Text(zh="全角逗号", en="full-width commas"),
}


def header_fault(names: Iterable[str], place: Place) -> Fault | None:
    """What is wrong with the first row, if anything."""
    given = [name.strip() for name in names]
    while given and not given[-1]:
        given.pop()
    if tuple(given) == HEADER:
        return None
    if len(given) == 1 and (found := next((mark for mark in _SEPARATORS if HEADER[0] + mark in given[0]), None)):
        name = _SEPARATORS[found]
        message = Text(
            zh=f"各列以{name.zh}分隔，应以逗号分隔；请用表格软件另存为“CSV UTF-8（逗号分隔）”。",
            en=f"The columns are parted by {name.en}; save the file as 'CSV UTF-8 (comma delimited)'.",
        )
        return place.fault("header-separator", message)
    missing = [name for name in HEADER if name not in given]
    unknown = [name[:40] for name in given if name not in HEADER]
    if not missing and not unknown:
        zh, en = "列重复或次序不对", "columns repeated or out of order"
    else:
        zh = "；".join(f"{w}：{'、'.join(n[:20])}" for w, n in (("缺少", missing), ("多出", unknown)) if n)
        en = "; ".join(f"{w}: {', '.join(n[:20])}" for w, n in (("missing", missing), ("unknown", unknown)) if n)
    return place.fault(
        "header-wrong",
        Text(
            zh=f"表头有误（{zh}）。第一行应依次为：{'，'.join(HEADER)}。",
            en=f"The header is wrong ({en}). The first row must be: {','.join(HEADER)}.",
        ),
    )
