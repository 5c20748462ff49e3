"""Figures as CSV, in and out. The layout is :mod:`halfsky.observations.columns`; docs/figures.md tells it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from halfsky.observations.columns import HEADER, cells
from halfsky.observations.model import Observation
from halfsky.observations.reading import read_rows
from halfsky.observations.rows import Place, Reading, Row, header_fault
from halfsky.plan import Fault, Plan, Text

MAX_BYTES = 128 * 1024 * 1024
MAX_LINES = 1_100_000  # a year of a nation's 2,850 counties: 120 indicators, women, men and all
_FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")  # East Asian spreadsheets read the full-width ones alike
_WORDS = ("SOURCE", "COMMENT")
_COMMON = 0.9  # share of characters that plain Chinese text has within GB 2312


def read_csv(data: bytes, *, plan: Plan, file: str) -> Reading:
    """Read a tidy CSV. Every fault of the file is returned at once, and then no observation.

    UTF-8, with or without a byte order mark, or GB 18030 (GBK), which is noted in ``readings``.
    """
    faults: list[Fault] = []
    readings: list[Fault] = []
    top = Place(file, 1)
    if len(data) > MAX_BYTES:
        message = Text(
            zh=f"文件超过 {MAX_BYTES >> 20} MB，请拆分后再导入。",
            en=f"The file exceeds {MAX_BYTES >> 20} MB; split it.",
        )
        return Reading(faults=(top.fault("file-large", message),))
    encoding = _encoding(data, top, faults, readings)
    if encoding is None:
        return Reading(faults=tuple(faults))
    return read_rows(_rows(data, encoding, file, faults), plan, faults, readings, top)


def write_csv(observations: Iterable[Observation], *, plan: Plan) -> bytes:
    """Figures as tidy CSV in the order given, as UTF-8 with the byte order mark by which spreadsheets know it.

    A citation or comment that a spreadsheet would take for a formula gets a leading apostrophe, which
    :func:`read_csv` takes off again: the round trip is exact.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    for observation in observations:
        *codes, source, comment = cells(plan, observation)
        writer.writerow((*codes, guarded(source), guarded(comment)))
    return out.getvalue().encode("utf-8-sig")


def guarded(text: str) -> str:
    """Text as a cell of a CSV that no spreadsheet takes for a formula."""
    return f"'{text}" if text.lstrip("'").startswith(_FORMULA_STARTS) else text


def _unguard(text: str) -> str:
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(_FORMULA_STARTS) else text


def _rows(data: bytes, encoding: str, file: str, faults: list[Fault]) -> Iterator[Row]:
    # Decoded line by line: as one text, the file of a nation's year takes four times its size again.
    reader = csv.reader(io.TextIOWrapper(io.BytesIO(data), encoding=encoding, newline=""), strict=True)
    line = 0  # the last line read; a row begins on the next one
    try:
        for record in reader:
            place, line = Place(file, line + 1), reader.line_num
            if place.row == 1:
                if fault := header_fault(record, place):
                    faults.append(fault)
                    return
            elif place.row > MAX_LINES:
                message = Text(
                    zh=f"超过 {MAX_LINES} 行，请拆分后再导入。", en=f"More than {MAX_LINES} rows; split the file."
                )
                faults.append(place.fault("rows-many", message))
                return
            elif record:
                yield from _row(record, place, faults)
    except csv.Error as error:
        message = Text(
            zh="引号不配对或单元格过长，此行以后无法读取；请用表格软件另存为 CSV。",
            en=f"The row cannot be read ({error}): unmatched quotes or an endless cell. Save as CSV from a spreadsheet.",
        )
        faults.append(Place(file, line + 1).fault("csv-malformed", message))


def _row(record: list[str], place: Place, faults: list[Fault]) -> Iterator[Row]:
    while len(record) > len(HEADER) and not record[-1].strip():
        record.pop()
    if len(record) != len(HEADER) and any(cell.strip() for cell in record):
        message = Text(
            zh=f"本行有 {len(record)} 列，应为 {len(HEADER)} 列；含逗号的文字须加引号。",
            en=f"The row has {len(record)} columns instead of {len(HEADER)}; quote text that holds a comma.",
        )
        faults.append(place.fault("row-width", message))
        return
    found = dict(zip(HEADER, record, strict=False))
    kinds = {name: "formula" for name, cell in found.items() if cell[:1] == "="}
    for name in _WORDS:
        if found.get(name):
            found[name] = _unguard(found[name]).replace("\r\n", "\n")
    yield Row(place, found, kinds)


def _encoding(data: bytes, top: Place, faults: list[Fault], readings: list[Fault]) -> str | None:
    """The encoding in which all of the bytes are text, or a fault when it is not certain which text they are."""
    if data.startswith(b"PK\x03\x04"):
        message = Text(
            zh="这是 Excel 工作簿，不是 CSV，请用 .xlsx 扩展名。",
            en="This is an Excel workbook, not CSV; name it .xlsx.",
        )
        faults.append(top.fault("not-csv", message))
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = ""
    else:
        if "\x00" not in text and not _could_be_gbk(data, text):
            return "utf-8-sig"
    if not text and _gbk(data) is not None:
        message = Text(zh="文件按 GB 18030（GBK）编码读取。", en="The file is read as GB 18030 (GBK).")
        readings.append(top.fault("encoding-gbk", message))
        return "gb18030"
    message = Text(
        zh="无法确定文件的文字编码，请另存为“CSV UTF-8（逗号分隔）”。",
        en="The text encoding of the file is uncertain; save it as 'CSV UTF-8 (comma delimited)'.",
    )
    faults.append(top.fault("encoding-uncertain", message))
    return None


def _gbk(data: bytes) -> str | None:
    """The text as GB 18030 when it reads as ordinary Chinese; other legacy encodings do not."""
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        return None
    return text if "\x00" not in text and _commonness(text) >= _COMMON else None


def _could_be_gbk(data: bytes, text: str) -> bool:
    """A few GBK words (模 alone is one) are valid UTF-8 by chance, and hold no Chinese when read so."""
    if text.isascii() or data.startswith(b"\xef\xbb\xbf") or any(c >= "\u2e80" for c in text):
        return False
    gbk = _gbk(data)
    return gbk is not None and _commonness(gbk) == 1


def _commonness(text: str) -> float:
    """The share of the non-ASCII characters that GB 2312 knows."""
    foreign = [c for c in text if not c.isascii()]
    known = sum(1 for c in foreign if _in_gb2312(c))
    return known / len(foreign) if foreign else 0.0


def _in_gb2312(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
