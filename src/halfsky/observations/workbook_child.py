"""Opens one workbook in a process of its own, within limits, and writes its cells to standard output.

    python -m halfsky.observations.workbook_child FILE SHEET

A workbook is a compressed program of other people's making; this process is what may break on it. It
first counts what the archive claims to hold, then reads the one sheet as a stream with openpyxl and
defusedxml. One JSON value a line: ``{"fault": code, …}`` for what is refused, ``[row, [[column, kind,
text], …]]`` for each row that holds anything, and at last ``{"end": true}``. Kinds are ``text``,
``number``, and those that a reader must not take as either: ``formula``, ``date``, ``boolean``,
``error``, ``percent``. No Django here, and openpyxl only once the
limits are set.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from halfsky.observations.columns import MAX_ROWS

MEGABYTE = 1024 * 1024
MAX_MEMORY = 1024 * MEGABYTE
MAX_CPU_SECONDS = 60
MAX_OUTPUT = 256 * MEGABYTE

MAX_ENTRIES = 400
MAX_ENTRY = 160 * MEGABYTE
MAX_TOTAL = 240 * MEGABYTE
MAX_RATIO = 200  # a sheet of figures packs 10 to 40 times; a bomb 1,000 times
_SMALL = MEGABYTE  # small entries may pack as well as they like

MAX_COLUMNS = 64
MAX_MERGED = 20  # merged ranges named one by one
_LONGEST_TEXT = 4_000  # more than any column may hold

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


class Refused(Exception):
    """The workbook is not read; ``code`` and ``details`` say why."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


def main(file: str, sheet: str) -> None:
    _limit()
    try:
        check_archive(Path(file))
        for item in _rows(file, sheet):
            _say(item)
    except Refused as refusal:
        _say({"fault": refusal.code, **refusal.details})
    except (MemoryError, RecursionError, OSError) as error:
        _say({"fault": "workbook-unreadable" if isinstance(error, FileNotFoundError) else "workbook-heavy"})
    except Exception as error:  # whatever a broken workbook makes a parser raise, it is a broken workbook
        _say({"fault": "workbook-entities" if _is_bomb(error) else "workbook-unreadable"})
    _say({"end": True})


def _is_bomb(error: BaseException | None) -> bool:
    """Whether defusedxml stopped it; openpyxl wraps what it is told in an error of its own."""
    return error is not None and (type(error).__module__.startswith("defusedxml") or _is_bomb(error.__cause__))


def _limit() -> None:
    """Set before the file is opened, so that nothing in it can take more."""
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_CPU_SECONDS, MAX_CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_OUTPUT, MAX_OUTPUT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _say(item: object) -> None:
    sys.stdout.write(json.dumps(item, ensure_ascii=True) + "\n")


def check_archive(path: Path) -> None:
    """Raise :class:`Refused` unless the file is a workbook whose parts are of reasonable size."""
    with path.open("rb") as file:
        start = file.read(MEGABYTE)
    if start.startswith(_OLE):
        raise Refused("workbook-encrypted" if _ENCRYPTED in start + path.read_bytes()[-MEGABYTE:] else "workbook-old")
    if not zipfile.is_zipfile(path):
        raise Refused("workbook-not")
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise Refused("archive-entries", count=len(entries), most=MAX_ENTRIES)
    if any(e.flag_bits & 1 for e in entries):
        raise Refused("workbook-encrypted")
    for entry in entries:
        if entry.file_size > MAX_ENTRY:
            raise Refused("archive-large", entry=entry.filename[:80], most=MAX_ENTRY // MEGABYTE)
        if entry.file_size > _SMALL and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
            raise Refused("archive-ratio", entry=entry.filename[:80], most=MAX_RATIO)
    if sum(e.file_size for e in entries) > MAX_TOTAL:
        raise Refused("archive-large", entry="*", most=MAX_TOTAL // MEGABYTE)
    names = {e.filename.lower() for e in entries}
    if len(names) != len(entries):
        raise Refused("workbook-unreadable")
    if "[content_types].xml" not in names:
        raise Refused("workbook-not")
    if any(name.endswith("vbaproject.bin") for name in names):
        raise Refused("workbook-macros")


def _rows(file: str, sheet: str) -> Iterator[object]:
    """The rows of the sheet that hold anything, then a fault for each merged range."""
    # openpyxl would prefer lxml, which defusedxml does not guard; both are settled before its import.
    os.environ.update(OPENPYXL_LXML="False", OPENPYXL_DEFUSEDXML="True")
    import openpyxl
    from openpyxl.worksheet._reader import WorkSheetParser
    from openpyxl.xml import DEFUSEDXML

    if not DEFUSEDXML:
        raise Refused("workbook-unguarded")
    book: Any = openpyxl.load_workbook(file, read_only=True, keep_links=False)
    if sheet not in book.sheetnames or not hasattr(book[sheet], "_get_source"):
        raise Refused("sheet-missing", sheet=sheet, sheets=[name[:40] for name in book.sheetnames[:20]])
    source = book[sheet]
    percents = _percent_styles(book)
    with source._get_source() as stream:
        # The parser itself, not the worksheet's rows: those would fill a million empty rows before a far cell.
        parser: Any = WorkSheetParser(
            stream, source._shared_strings, epoch=book.epoch,
            date_formats=book._date_formats, timedelta_formats=book._timedelta_formats,
        )  # fmt: skip
        last = 0
        for number, cells in parser.parse():
            parser.row_dimensions.clear()
            if number <= last:
                raise Refused("workbook-unreadable")
            last = number
            held = [_cell(cell, percents) for cell in cells if cell["value"] is not None]
            if held:
                furthest = max(column for column, _, _ in held)
                if number > MAX_ROWS or furthest > MAX_COLUMNS:
                    raise Refused("cell-far", row=number, column=furthest, rows=MAX_ROWS, columns=MAX_COLUMNS)
                yield [number, held]
        merged = parser.merged_cells.mergeCell if parser.merged_cells is not None else []
        for area in merged[:MAX_MERGED]:
            yield {"fault": "cells-merged", "cells": str(area.ref)[:40]}


def _percent_styles(book: Any) -> set[int]:
    """Styles under which 0.45 shows as 45%."""
    from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE

    custom = {BUILTIN_FORMATS_MAX_SIZE + i: text for i, text in enumerate(book._number_formats)}
    formats = {**BUILTIN_FORMATS, **custom}
    return {i for i, style in enumerate(book._cell_styles) if "%" in formats.get(style.numFmtId, "")}


def _cell(cell: dict[str, Any], percents: set[int]) -> tuple[int, str, str]:
    kind = {"f": "formula", "d": "date", "b": "boolean", "e": "error", "n": "number"}.get(cell["data_type"], "text")
    if kind == "number" and cell["style_id"] in percents:
        kind = "percent"
    value = cell["value"]
    text = repr(value) if isinstance(value, int | float) else str(value)
    return cell["column"], kind, text[:_LONGEST_TEXT]


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
