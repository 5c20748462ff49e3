"""What every sub-command prints: rows as a table, CSV or JSON; faults with their places; refusals."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import NoReturn

import typer
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from halfsky.plan import Fault


class Format(StrEnum):
    """How rows are printed. Tables are for people; CSV and JSON are stable and for programs."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


class Language(StrEnum):
    """The language of what is printed."""

    ZH = "zh"
    EN = "en"


Row = Mapping[str, object]


def emit(
    rows: Sequence[Row],
    format_: Format,
    *,
    columns: Sequence[str] | None = None,
    shown: Sequence[str] | None = None,
    title: str = "",
) -> None:
    """Print rows on standard output. Columns are those of the first row unless named.

    ``shown``: the columns that a table for people has room for; CSV and JSON always have all of them.
    CSV has one header and empty cells for what is missing; JSON keeps ``null`` and writes decimals as numbers.
    """
    names = list(columns) if columns is not None else list(rows[0]) if rows else []
    match format_:
        case Format.CSV:
            writer = csv.writer(sys.stdout, lineterminator="\n")
            writer.writerow(names)
            writer.writerows([_cell(row.get(name)) for name in names] for row in rows)
        case Format.JSON:
            picked = [{name: row.get(name) for name in names} for row in rows]
            print(json.dumps(picked, ensure_ascii=False, indent=2, default=_plain))
        case Format.TABLE:
            _table(rows, list(shown) if shown is not None else names, title)


def _table(rows: Sequence[Row], names: Sequence[str], title: str) -> None:
    table = Table(title=title or None, title_justify="left", box=box.SIMPLE_HEAD)
    for name in names:
        numeric = all(isinstance(row.get(name), int | Decimal | float | None) for row in rows)
        table.add_column(name, justify="right" if numeric and rows else "left", overflow="fold")
    for row in rows:
        table.add_row(*(escape(_cell(row.get(name))) for name in names))
    console = Console(highlight=False)
    if not console.is_terminal:  # a file or a pipe has room for every column
        console.width = max(console.width, 240)
    console.print(table)


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case Decimal():
            return format(value, "f")
        case list() | tuple():
            return " ".join(_cell(item) for item in value)
        case _:
            return str(value)


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return str(value)


def show_faults(faults: Sequence[Fault], language: Language) -> None:
    """Print every fault on standard error, one to a line: place, code, what is wrong and what to do."""
    for fault in faults:
        place = fault.place()
        print(
            f"{place}: " * bool(place) + f"[{fault.code}] {fault.message.in_language(language.value)}", file=sys.stderr
        )


def save(path: Path, data: bytes) -> None:
    """Write a file that was asked for; a folder that is not there or not ours is told, not thrown."""
    try:
        path.write_bytes(data)
    except OSError as error:
        fail(f"无法写入“{path}”：{error.strerror}。 Cannot write to '{path}': {error.strerror}")


def fail(message: str, *, code: int = 1) -> NoReturn:
    """Say on standard error why the command stops, and leave: 1 for what was found, 2 for a wrong argument."""
    print(message, file=sys.stderr)
    raise typer.Exit(code)
