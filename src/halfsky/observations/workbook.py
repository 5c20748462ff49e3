"""Reading an Excel workbook that anyone may have made: any sheet of it, or its figures.

The workbook is opened in a process of its own (:mod:`halfsky.observations.workbook_child`), limited in
memory, processor time, output and patience. What that process cannot do is a fault of the file; this one lives on.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from halfsky.observations.columns import HEADER, SHEET
from halfsky.observations.reading import read_rows
from halfsky.observations.rows import Place, Reading, Row, header_fault
from halfsky.plan import Fault, Plan, Text

MAX_BYTES = 32 * 1024 * 1024
PATIENCE = 90.0  # seconds on the clock; the child's processor time is limited besides
_PLAIN = frozenset({"text", "number"})

# Code of the child → (Chinese, English), filled with the details it sends.
_MESSAGES: dict[str, tuple[str, str]] = {
    "workbook-not": ("不是 Excel 工作簿（.xlsx）。请用表格软件另存为“Excel 工作簿（.xlsx）”。", "Not an Excel workbook (.xlsx). Save it from a spreadsheet as .xlsx."),
    "workbook-old": ("是旧版 Excel（.xls）文件，请另存为 .xlsx。", "An old Excel file (.xls); save it as .xlsx."),
    "workbook-encrypted": ("工作簿有密码，请去掉密码后再导入。", "The workbook is protected by a password; remove it."),
    "workbook-macros": ("工作簿含有宏，请另存为不含宏的 .xlsx。", "The workbook holds macros; save it as .xlsx without them."),
    "workbook-entities": ("工作簿内的 XML 定义了实体，不是表格软件所写，已拒绝。", "The workbook's XML declares entities, which no spreadsheet writes; refused."),
    "workbook-unreadable": ("工作簿已损坏，无法读取。请用表格软件打开后另存为 .xlsx。", "The workbook is damaged. Open it in a spreadsheet and save it as .xlsx."),
    "workbook-heavy": ("读取工作簿所需的内存或时间超出限度。请只保留数据表后另存，或拆分文件。", "The workbook takes too much memory or time. Keep only the sheet of figures, or split it."),
    "workbook-unguarded": ("缺少 defusedxml，不能安全读取工作簿，请联系管理员。", "defusedxml is missing, so workbooks cannot be read safely; tell the administrator."),
    "archive-entries": ("工作簿内有 {count} 个部件，超过 {most} 个，已拒绝。", "The workbook has {count} parts, more than {most}; refused."),
    "archive-large": ("工作簿解压后过大（{entry} 超过 {most} MB），已拒绝。", "The workbook is too large when unpacked ({entry} exceeds {most} MB); refused."),
    "archive-ratio": ("工作簿的部件 {entry} 压缩比超过 {most}，疑为压缩炸弹，已拒绝。", "Part {entry} of the workbook unpacks more than {most} times: refused as a likely zip bomb."),
    "sheet-missing": ("没有工作表“{sheet}”，现有：{sheets}。请使用模板。", "There is no sheet '{sheet}', only {sheets}. Use the template."),
    "cell-far": (
        "第 {row} 行第 {column} 列有内容，超出 {rows} 行 {columns} 列的限度，请删除表外的内容。",
        "Something stands in row {row}, column {column}, beyond {rows} rows and {columns} columns; remove what lies outside the table.",
    ),
    "cells-merged": ("{cells} 是合并单元格，请取消合并，每格各填各的。", "{cells} are merged; unmerge them and fill each cell."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row of any sheet that holds anything: its number from 1, and by column from 1 the kind and text of each cell.

    Kinds are those of :mod:`halfsky.observations.workbook_child`; only ``text`` and ``number`` are what was typed.
    """

    number: int
    cells: dict[int, tuple[str, str]]


def read_sheet(
    source: Path | bytes, *, sheet: str, file: str = "", most: int = 20_000
) -> tuple[list[SheetRow], list[Fault]]:
    """Every row of one sheet that holds anything, and every reason why the workbook cannot be taken.

    ``most`` rows are kept in memory; a longer sheet is a fault.
    """
    rows: list[SheetRow] = []
    with _lines(source, sheet, file) as (lines, faults):
        for number, cells in lines:
            if len(rows) == most:
                message = Text(
                    zh=f"工作表超过 {most} 行，请拆分。", en=f"The sheet has more than {most} rows; split it."
                )
                faults.append(Fault(code="sheet-long", file=file, sheet=sheet, cell=f"A{number}", message=message))
                break
            rows.append(SheetRow(number, {column: (kind, text) for column, kind, text in cells}))
        return rows, faults


def read_xlsx(source: Path | bytes, *, plan: Plan, file: str = "") -> Reading:
    """Read the sheet ``figures`` of a workbook. Every fault is returned at once, and then no observation.

    ``file`` is the name to show in faults. Memory is bounded here too: rows are taken one at a time.
    """
    name = file or (source.name if isinstance(source, Path) else "")
    with _lines(source, SHEET, name) as (lines, faults):
        if faults:
            return Reading(faults=tuple(faults))
        return read_rows(_rows(lines, name, faults), plan, faults, [], Place(name, 1, SHEET))


_Line = tuple[int, list[tuple[int, str, str]]]


@contextmanager
def _lines(source: Path | bytes, sheet: str, file: str) -> Iterator[tuple[Iterator[_Line], list[Fault]]]:
    """The rows that the child reads, one at a time, and the list that fills with what it refuses."""
    faults: list[Fault] = []
    size = source.stat().st_size if isinstance(source, Path) else len(source)
    if size > MAX_BYTES:
        message = Text(
            zh=f"文件超过 {MAX_BYTES >> 20} MB，请拆分后再导入。",
            en=f"The file exceeds {MAX_BYTES >> 20} MB; split it.",
        )
        yield iter(()), [Fault(code="file-large", file=file, message=message)]
        return
    with tempfile.TemporaryDirectory(prefix="halfsky-") as folder, (Path(folder) / "cells").open("w+b") as cells:
        path = source.resolve() if isinstance(source, Path) else Path(folder) / "workbook.xlsx"
        if isinstance(source, bytes):
            path.write_bytes(source)
        _open(path, Path(folder), cells, sheet)
        cells.seek(0)
        yield _said(cells, sheet, file, faults), faults


def _said(cells: Iterable[bytes], sheet: str, file: str, faults: list[Fault]) -> Iterator[_Line]:
    ended = False
    for line in cells:
        try:
            item: Any = json.loads(line)
        except ValueError:  # the line in which the child was stopped
            break
        if isinstance(item, dict):
            ended = ended or "end" in item
            if "fault" in item:
                faults.append(_fault(item, sheet, file))
            continue
        yield item
    if not ended:
        faults.append(_fault({"fault": "workbook-heavy"}, sheet, file))


def _open(path: Path, folder: Path, cells: IO[bytes], sheet: str) -> None:
    """Let the child write the workbook's cells to ``cells``. If it dies, its last line is missing."""
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [sys.executable, "-P", "-m", "halfsky.observations.workbook_child", str(path), sheet]
    child = subprocess.Popen(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=cells, stderr=subprocess.DEVNULL
    )
    try:
        child.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        pass
    finally:
        child.kill()
        child.wait()


def _rows(lines: Iterable[_Line], file: str, faults: list[Fault]) -> Iterator[Row]:
    """The rows below the header of figures."""
    headed = False
    for number, row in lines:
        place = Place(file, number, SHEET)
        if not headed:
            headed = True
            if fault := _header(row, place):
                faults.append(fault)
                return
            continue
        if any(column > len(HEADER) for column, _, _ in row):
            message = Text(
                zh=f"表头以外（第 {len(HEADER)} 列之后）有内容，请删除。",
                en=f"Something stands right of the table (after column {len(HEADER)}); remove it.",
            )
            faults.append(place.fault("row-width", message))
            continue
        yield Row(
            place,
            {HEADER[column - 1]: text for column, _, text in row},
            {HEADER[column - 1]: kind for column, kind, _ in row if kind not in _PLAIN},
        )


def _header(row: list[tuple[int, str, str]], place: Place) -> Fault | None:
    names = {column: text for column, _, text in row}
    return header_fault([names.get(column, "") for column in range(1, max(names) + 1)], place)


def _fault(item: dict[str, Any], sheet: str, file: str) -> Fault:
    code = item["fault"]
    zh, en = _MESSAGES[code]
    details = {**item, "sheets": "、".join(item.get("sheets", ()))}
    cell = str(item.get("cells", ""))
    message = Text(zh=zh.format(**details), en=en.format(**details))
    return Fault(code=code, file=file, sheet=sheet if cell else "", cell=cell, message=message)
