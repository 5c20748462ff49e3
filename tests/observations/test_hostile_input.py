"""Workbooks made to harm: each is a plain fault, the process lives on, and memory stays within bounds."""

from __future__ import annotations

import io
import json
import random
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from halfsky.observations import Reading, read_csv, read_sheet, read_xlsx
from halfsky.observations.columns import HEADER
from halfsky.observations.csvfile import MAX_BYTES, MAX_LINES
from tests.observations.sample import CITY, figure, sample_plan

ROOT = Path(__file__).parents[2]
PLAN = sample_plan()
ROW = ["screening", CITY, 2022, "_T", "_T", "_T", 70.5, None, None, "percent", "A", "F", "reported", "年报", ""]
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def workbook(*rows: list[object], header: tuple[str, ...] = HEADER, sheet: str = "figures") -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = sheet
    for row in (list(header), *(rows or (ROW,))):
        page.append(row)
    return book


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def repacked(change: Callable[[str, bytes], bytes], data: bytes | None = None) -> bytes:
    """A good workbook with its parts changed."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data or saved(workbook()))) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return out.getvalue()


def with_sheet(xml: bytes) -> bytes:
    return repacked(lambda name, content: xml if name == "xl/worksheets/sheet1.xml" else content)


def sheet_of(rows: str) -> bytes:
    return f'<?xml version="1.0"?><worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'.encode()


def head_row() -> str:
    cells = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in HEADER)
    return f'<row r="1">{cells}</row>'


def read(data: bytes) -> Reading:
    return read_xlsx(data, plan=PLAN, file="f.xlsx")


def codes(data: bytes) -> list[str]:
    reading = read(data)
    assert reading.observations == ()
    assert all(f.file == "f.xlsx" and f.message.zh and f.message.en for f in reading.faults)
    return [f.code for f in reading.faults]


def peak_memory(data: bytes, tmp_path: Path) -> tuple[list[str], int, int]:
    """Codes, and the peak memory in MB of a fresh reading process and of its child."""
    file = tmp_path / "hostile.xlsx"
    file.write_bytes(data)
    program = (
        "import json, resource, sys; from pathlib import Path; from halfsky.observations import read_xlsx;"
        "from tests.observations.sample import sample_plan;"
        "r = read_xlsx(Path(sys.argv[1]), plan=sample_plan());"
        "own = Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0];"  # ru_maxrss is the forker's too
        "child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss;"
        "print(json.dumps([[f.code for f in r.faults], int(own) // 1024, child // 1024]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(file)], capture_output=True, text=True, timeout=120, check=True,
        cwd=ROOT, env={"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    found, parent, child = json.loads(done.stdout)
    return found, parent, child


def test_a_good_workbook_is_read() -> None:
    (made,) = read(saved(workbook())).observations
    assert made == figure("screening", value="70.5", source="年报")


def test_billion_laughs(tmp_path: Path) -> None:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY l0 "lol">{entities}]><worksheet xmlns="{MAIN}"><sheetData><row r="1"><c t="inlineStr"><is><t>&l9;</t></is></c></row></sheetData></worksheet>'
    found, parent, child = peak_memory(with_sheet(bomb.encode()), tmp_path)
    assert found == ["workbook-entities"]
    assert parent < 200
    assert child < 200


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml", "docProps/core.xml"])
def test_entities_in_any_part_are_refused(part: str) -> None:
    def change(name: str, content: bytes) -> bytes:
        if name != part:
            return content
        body = content.split(b"?>", 1)[-1] if content.startswith(b"<?xml") else content
        return b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + body

    assert codes(repacked(change)) == ["workbook-entities"]


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    packed = with_sheet(sheet_of(head_row()) + b" " * (100 * 1024 * 1024))
    assert len(packed) < 1024 * 1024
    found, parent, child = peak_memory(packed, tmp_path)
    assert found == ["archive-ratio"]
    assert parent < 200
    assert child < 200


def test_a_part_that_unpacks_to_gigabytes_is_refused(tmp_path: Path) -> None:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/media/x.bin", "w", force_zip64=True) as part,
    ):
        for _ in range(200):
            part.write(b"\0" * 1024 * 1024)
    assert codes(out.getvalue()) == ["archive-large"]


def test_thousands_of_parts_are_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for n in range(3000):
            archive.writestr(f"xl/{n}.xml", b"<x/>")
    assert codes(out.getvalue()) == ["archive-entries"]


def test_a_size_that_lies_does_not_unpack_further(tmp_path: Path) -> None:
    honest = with_sheet(sheet_of(head_row()) + b" " * (50 * 1024 * 1024))
    with zipfile.ZipFile(io.BytesIO(honest)) as archive:
        entry = archive.getinfo("xl/worksheets/sheet1.xml")
    lying = honest.replace(entry.file_size.to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    assert lying != honest
    found, _, child = peak_memory(lying, tmp_path)
    assert found == ["workbook-unreadable"]
    assert child < 200


def test_a_cell_in_the_furthest_corner_does_not_hang(tmp_path: Path) -> None:
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    found, parent, child = peak_memory(with_sheet(sheet_of(head_row() + far)), tmp_path)
    assert found == ["cell-far"]
    assert parent < 200
    assert child < 200


def test_an_empty_cell_in_the_furthest_corner_is_nothing() -> None:
    book = workbook()
    page = book["figures"]
    page["XFD1048576"].number_format = "0.00"
    reading = read(saved(book))
    assert reading.faults == ()
    assert len(reading.observations) == 1


def test_a_claimed_dimension_is_not_believed() -> None:
    claim = f'<?xml version="1.0"?><worksheet xmlns="{MAIN}"><dimension ref="A1:XFD1048576"/><sheetData>{head_row()}</sheetData></worksheet>'
    assert codes(with_sheet(claim.encode())) == ["file-empty"]


@pytest.mark.slow
def test_a_million_rows_are_refused_within_bounds(tmp_path: Path) -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": True})
    sheet = book.add_worksheet("figures")
    sheet.write_row(0, 0, HEADER)
    for row in range(1, 260_000):
        sheet.write_number(row, 0, row)
    book.close()
    found, parent, child = peak_memory(out.getvalue(), tmp_path)
    assert found[-1] == "faults-more"
    assert parent < 600
    assert child < 1024


def test_a_text_of_sixty_megabytes(tmp_path: Path) -> None:
    noise = random.Random(1)
    text = "".join(f"{'x' * 150}{noise.getrandbits(32):08x}" for _ in range(400_000))  # packs no better than a sheet
    cell = f'<c r="O2" t="inlineStr"><is><t>{text}</t></is></c>'
    found, parent, child = peak_memory(with_sheet(sheet_of(f'{head_row()}<row r="2">{cell}</row>')), tmp_path)
    assert "text-long" in found
    assert parent < 200
    assert child < 1024


def test_formulas_are_refused_by_cell() -> None:
    faults = read(saved(workbook([*ROW[:6], "=35*2+0.5", *ROW[7:]]))).faults
    assert [(f.code, f.sheet, f.cell, f.line) for f in faults] == [("formula", "figures", "G2", None)]
    assert faults[0].place() == "f.xlsx[figures!G2]"


def test_merged_cells_are_refused_by_range() -> None:
    book = workbook(ROW, [*ROW[:2], 2023, *ROW[3:]])
    book["figures"].merge_cells("N2:N3")
    faults = read(saved(book)).faults
    assert [(f.code, f.cell) for f in faults] == [("cells-merged", "N2:N3")]


@pytest.mark.parametrize(
    ("cell", "value", "format_", "code"),
    [
        ("G2", 0.705, "0.0%", "percent-format"),
        ("G2", True, "General", "boolean"),
        ("C2", 44926, "yyyy-mm-dd", "date"),
        ("G2", "#DIV/0!", "General", "cell-error"),
        ("G2", "N/A", "General", "missing-word"),
        ("G2", "—", "General", "missing-word"),
        ("G2", 1e308, "General", "number-digits"),
        ("G2", "NaN", "General", "number-not-finite"),
    ],
)
def test_cells_that_are_no_plain_number(cell: str, value: object, format_: str, code: str) -> None:
    book = workbook()
    book["figures"][cell] = value
    book["figures"][cell].number_format = format_
    assert [(f.code, f.cell) for f in read(saved(book)).faults] == [(code, cell)]


def test_full_width_digits_are_read_and_noted_as_in_csv() -> None:
    reading = read(saved(workbook([*ROW[:6], "７０．５", *ROW[7:]])))
    assert reading.observations[0] == figure("screening", value="70.5", source="年报")
    assert [(n.code, n.cell) for n in reading.readings] == [("read-as", "G2")]


def test_hidden_sheets_rows_and_columns_do_no_harm() -> None:
    book = workbook()
    book.create_sheet("秘密").sheet_state = "hidden"
    book["figures"].row_dimensions[2].hidden = True
    assert len(read(saved(book)).observations) == 1


def test_another_sheet_is_not_taken_for_the_figures() -> None:
    faults = read(saved(workbook(sheet="Sheet1"))).faults
    assert [f.code for f in faults] == ["sheet-missing"]
    assert "Sheet1" in faults[0].message.zh


def test_wrong_header_and_things_beside_the_table() -> None:
    assert codes(saved(workbook(header=("指标", *HEADER[1:])))) == ["header-wrong"]
    assert codes(saved(workbook([*ROW, "beside"]))) == ["row-width"]


def test_an_old_workbook_renamed() -> None:
    assert codes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 5000) == ["workbook-old"]


def test_an_encrypted_workbook() -> None:
    container = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 3000 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 300
    )
    assert codes(container) == ["workbook-encrypted"]
    flagged = bytearray(saved(workbook()))
    for signature, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = flagged.find(signature)
        while at != -1:
            flagged[at + offset] |= 1
            at = flagged.find(signature, at + 1)
    assert codes(bytes(flagged)) == ["workbook-encrypted"]


def test_macros() -> None:
    out = io.BytesIO(saved(workbook()))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"macro")
    assert codes(out.getvalue()) == ["workbook-macros"]


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"<html><table></table></html>", b"INDICATOR,REF_AREA\n"])
def test_what_is_no_workbook(data: bytes) -> None:
    assert codes(data) == ["workbook-not"]


def test_a_truncated_workbook() -> None:
    assert codes(saved(workbook())[:-200]) in (["workbook-not"], ["workbook-unreadable"])


def test_broken_xml_and_rows_out_of_order() -> None:
    assert codes(with_sheet(b"<worksheet><sheetData><row")) == ["workbook-unreadable"]
    again = head_row() + '<row r="2"><c r="A2"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>'
    assert "workbook-unreadable" in codes(with_sheet(sheet_of(again)))


def test_a_file_too_large_is_not_opened() -> None:
    assert codes(b"\0" * (33 * 1024 * 1024)) == ["file-large"]


def test_a_child_that_is_stopped_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("halfsky.observations.workbook.PATIENCE", 0.0)
    assert codes(saved(workbook())) == ["workbook-heavy"]


def test_the_child_imports_no_django() -> None:
    program = "import sys, halfsky.observations.workbook_child; print([m for m in sys.modules if m.split('.')[0] in ('django', 'numpy')])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_csv_of_one_endless_cell_or_nothing_but_quotes() -> None:
    head = ",".join(HEADER).encode()
    for body in (b'"' + b"x" * 5_000_000, b'"""' * 1000, b"\x00" * 1000, b"," * 1_000_000):
        reading = read_csv(head + b"\n" + body, plan=PLAN, file="f.csv")
        assert reading.observations == ()
        assert reading.faults


def test_csv_of_too_many_rows_or_bytes() -> None:
    empty = b"\n" + b"," * (len(HEADER) - 1)
    many = ",".join(HEADER).encode() + empty * MAX_LINES
    assert [f.code for f in read_csv(many, plan=PLAN, file="f.csv").faults] == ["rows-many"]
    assert [f.code for f in read_csv(b"\0" * (MAX_BYTES + 1), plan=PLAN, file="f.csv").faults] == ["file-large"]


def test_any_sheet_is_read_by_the_same_guarded_child() -> None:
    data = saved(workbook(["林一", 7, "=1+1"], header=("name", "count", "sum"), sheet="people"))
    rows, faults = read_sheet(data, sheet="people", file="p.xlsx")
    assert faults == []
    assert [row.number for row in rows] == [1, 2]
    assert rows[1].cells == {1: ("text", "林一"), 2: ("number", "7"), 3: ("formula", "=1+1")}
    assert [f.code for f in read_sheet(data, sheet="people", most=1)[1]] == ["sheet-long"]
    assert [f.code for f in read_sheet(data, sheet="offices")[1]] == ["sheet-missing"]
    assert [f.code for f in read_sheet(b"no workbook", sheet="people")[1]] == ["workbook-not"]
