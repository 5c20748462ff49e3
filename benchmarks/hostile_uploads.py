"""Two thousand clumsy or hostile Excel forms against the upload: what became of each, by class.

    python benchmarks/hostile_uploads.py [--count 2000] [--seed 20251125] [--workers 2]

Every file goes the whole way: reading process, dry run, confirmation, database. What should be stored is known from what
the generator wrote beside which label, never from the reader. *Wrong* is any cell that ends up holding neither what it held
before nor what was written for it; *unseen* is content that was neither stored nor refused. Each workbook is read in a process of
its own; to spare the start of 2,000 interpreters it is forked from one that has openpyxl loaded, but for every 25th file,
which takes the installation's own way.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).parents[1]
OUTCOMES = ("stored right", "refused with cell", "refused as a whole", "crash", "unseen", "wrong")
STATUS_WORDS = {"不适用": "M", "未统计": "L", "不公布": "Q"}
Content = tuple[Decimal | None, Decimal | None, Decimal | None, str]  # value, numerator, denominator, status


@dataclass
class Site:
    """One return and what its form looks like, as the generator lays it out by itself."""

    plan: Any
    sheet: Any
    blank: bytes  # form of an empty draft
    half: bytes  # form of a draft half filled
    others: dict[str, bytes]
    where: dict[int, tuple[str, dict[str, int], str]]  # cell → column letter, line → row, indicator
    rates: frozenset[str]
    draft: dict[int, dict[str, Any]]  # the half-filled draft


@dataclass
class Case:
    """One file: ``meant`` is what it shows for each cell; content that nobody can take is in ``junk``."""

    data: bytes
    meant: dict[int, Content] = field(default_factory=dict)
    junk: set[str] = field(default_factory=set)  # addresses of which one has to be named, or the file refused
    loose: bool = False  # the file is damaged: nothing has to be told of single cells


class Maker:
    """Makes files of each class from a random source of its own."""

    def __init__(self, site: Site, rng: random.Random) -> None:
        import openpyxl

        self.site, self.rng = site, rng
        self.base = rng.choice([site.blank, site.half])
        self.book = openpyxl.load_workbook(io.BytesIO(self.base))
        self.page = self.book["报送表"]
        self.case = Case(b"")

    def saved(self, change: Callable[[str, bytes], bytes] | None = None, more: dict[str, bytes] | None = None) -> Case:
        out = io.BytesIO()
        self.book.save(out)
        self.case.data = out.getvalue()
        if change or more:
            self.case.data = repacked(self.case.data, change or (lambda _, part: part), more or {})
        return self.case

    def number(self) -> Decimal:
        return Decimal(self.rng.randrange(1, 9_000_000))

    def write(self, entry: int, item: str, content: Any) -> str:
        column, lines, _ = self.site.where[entry]
        at = f"{column}{lines[item]}"
        self.page[at] = content
        return at

    def fill(self, entries: Sequence[int], shown: Callable[[Decimal], Any] = int) -> None:
        """Type sound numbers, each shown in some way."""
        for entry in entries:
            indicator = self.site.where[entry][2]
            if indicator in self.site.rates:
                bottom = self.number()
                top = Decimal(self.rng.randrange(0, int(bottom) + 1))
                if indicator == "maternal_mortality":
                    top = min(top, bottom // 1000)
                self.write(entry, "numerator", shown(top))
                self.write(entry, "denominator", shown(bottom))
                self.case.meant[entry] = (None, top, bottom, "A")
            else:
                value = self.number()
                self.write(entry, "value", shown(value))
                self.case.meant[entry] = (value, None, None, "A")
            self.case.meant[entry] = (*self.case.meant[entry][:3], self.status(entry))

    def status(self, entry: int) -> str:
        """Write 正常, or leave what the form came with: 估计 where the draft says so, else nothing, which is normal."""
        if self.rng.random() < 0.5:
            self.write(entry, "status", "正常")
            return "A"
        estimated = self.base is self.site.half and self.site.draft[entry]["status"] == "E"
        return "E" if estimated else "A"

    def some(self, least: int = 1, most: int = 6) -> list[int]:
        return self.rng.sample(sorted(self.site.where), self.rng.randint(least, most))

    def spoil(self, contents: Sequence[Any], formats: str = "") -> Case:
        """Sound numbers in some cells, and in one or two others what is no figure."""
        chosen = self.some(2, 7)
        bad = chosen[: self.rng.randint(1, 2)]
        self.fill(chosen[len(bad) :])
        for entry in bad:
            rate = self.site.where[entry][2] in self.site.rates
            at = self.write(
                entry, self.rng.choice(["numerator", "denominator"]) if rate else "value", self.rng.choice(contents)
            )
            if formats:
                self.page[at].number_format = formats
            self.case.junk.add(at)
        return self.saved()


def plainly(m: Maker) -> Case:
    m.fill(m.some())
    return m.saved()


def as_text(m: Maker) -> Case:
    wide = str.maketrans("0123456789,.", "０１２３４５６７８９，．")
    ways: list[Callable[[Decimal], str]] = [
        lambda x: f"{x:,}", lambda x: f" {x} ", lambda x: f"{x}".translate(wide), lambda x: f"{x:,}".translate(wide) + "\u3000",
        lambda x: f"+{x}", lambda x: f"{x}.0", lambda x: f"\u00a0{x}\t", lambda x: f"{x / 10:f}E1", lambda x: f"{x}e0",
    ]  # fmt: skip
    m.fill(m.some(), m.rng.choice(ways))
    return m.saved()


def statuses(m: Maker) -> Case:
    for entry in m.some():
        word = m.rng.choice(sorted(STATUS_WORDS))
        rate = m.site.where[entry][2] in m.site.rates
        for item in ("numerator", "denominator") if rate else ("value",):
            m.write(entry, item, None)
        if m.rng.random() < 0.5:
            m.write(entry, "status", word)
        else:
            m.write(entry, "status", None)
            m.write(entry, "numerator" if rate else "value", word)
        m.case.meant[entry] = (None, None, None, STATUS_WORDS[word])
    return m.saved()


def zeros(m: Maker) -> Case:
    for entry in m.some():
        if m.site.where[entry][2] in m.site.rates:
            m.write(entry, "numerator", m.rng.choice([0, "0", "０", 0.0]))
            m.write(entry, "denominator", 5000)
            m.case.meant[entry] = (None, Decimal(0), Decimal(5000), m.status(entry))
        else:
            m.write(entry, "value", m.rng.choice([0, "0", "０", "0.0"]))
            m.case.meant[entry] = (Decimal(0), None, None, m.status(entry))
    return m.saved()


def swapped(m: Maker) -> Case:
    """Numbers cut from one cell and pasted into another: what stands beside a label is that label's."""
    amounts = [e for e, (_, _, i) in m.site.where.items() if i not in m.site.rates]
    m.fill(m.rng.sample(amounts, 2))
    return m.saved()


def shifted(m: Maker) -> Case:
    m.fill(m.some(3, 8))
    top = m.rng.choice([lines["value"] for _, lines, _ in m.site.where.values()])
    m.page.move_range(f"B{top}:H{m.page.max_row}", rows=m.rng.choice([-6, -2, -1, 1, 2, 3, 4, 6]))
    m.case.loose = True  # any block may be refused; none may hold another's numbers
    return m.saved()


def sorted_rows(m: Maker) -> Case:
    m.fill(m.some(3, 8))
    first, last = 8, m.page.max_row - 2
    rows = [[m.page.cell(r, c).value for c in range(2, 9)] for r in range(first, last + 1)]
    rows.sort(key=str, reverse=m.rng.random() < 0.5)
    for r, row in enumerate(rows, first):
        for c, value in enumerate(row, 2):
            m.page.cell(r, c).value = value
    m.case.loose = True
    return m.saved()


def inserted_rows(m: Maker) -> Case:
    m.fill(m.some(3, 8))
    m.page.insert_rows(m.rng.randint(1, m.page.max_row), m.rng.randint(1, 3))
    m.case.loose = True
    return m.saved()


def deleted_rows(m: Maker) -> Case:
    m.fill(m.some(3, 8))
    m.page.delete_rows(m.rng.randint(1, m.page.max_row - 3), m.rng.randint(1, 4))
    m.case.loose = True
    return m.saved()


def columns_moved(m: Maker) -> Case:
    m.fill(m.some(3, 8))
    (m.page.insert_cols if m.rng.random() < 0.5 else m.page.delete_cols)(m.rng.randint(1, 8))
    m.case.loose = True
    return m.saved()


def rows_twice(m: Maker) -> Case:
    m.fill(m.some(3, 8))
    row = m.rng.randint(8, m.page.max_row - 3)
    for column in range(1, 9):
        m.page.cell(m.page.max_row if column > 1 else m.page.max_row + 2, column).value = m.page.cell(row, column).value
    m.case.loose = True
    return m.saved()


def sheets_named(m: Maker) -> Case:
    m.fill(m.some())
    kind = m.rng.choice(["renamed", "reordered", "missing", "added"])
    if kind == "renamed":
        m.page.title = m.rng.choice(["Sheet1", "报送表 (2)", "报送表1", "figures"])
    elif kind == "reordered":
        m.book.move_sheet("报送表", 1)
    elif kind == "missing":
        m.book.remove(m.page if m.rng.random() < 0.5 else m.book["指标解释"])
    else:
        m.book.create_sheet("草稿", 0)["A1"] = 7
    if "报送表" not in m.book.sheetnames:
        m.case.loose = True
    return m.saved()


def merged(m: Maker) -> Case:
    m.fill(m.some())
    row = m.rng.randint(8, 20)
    m.page.merge_cells(m.rng.choice([f"D{row}:E{row}", f"D{row}:D{row + 2}", f"B{row}:C{row}", f"A1:H{row}"]))
    m.case.loose = True
    return m.saved()


def hidden(m: Maker) -> Case:
    m.fill(m.some())
    for row in m.rng.sample(range(8, m.page.max_row), 5):
        m.page.row_dimensions[row].hidden = True
    m.page.column_dimensions["E"].hidden = True
    return m.saved()


def cached_formulas(m: Maker) -> Case:
    chosen = m.some(2, 5)
    m.fill(chosen[1:])
    entry = chosen[0]
    at = m.write(entry, "numerator" if m.site.where[entry][2] in m.site.rates else "value", "=40+2")
    m.case.junk.add(at)
    return m.saved(
        lambda name, part: (
            part.replace(b"<f>40+2</f><v></v>", b"<f>40+2</f><v>42</v>").replace(
                b"<f>40+2</f><v/>", b"<f>40+2</f><v>42</v>"
            )
            if name.startswith("xl/worksheets/")
            else part
        )
    )


def values_pasted(m: Maker) -> Case:
    m.fill(m.some())
    for entry, (_, top, bottom, _) in m.case.meant.items():
        if top is not None and bottom:
            scale = 100_000 if m.site.where[entry][2] == "maternal_mortality" else 100
            m.write(entry, "value", float(round(top * scale / bottom, 2)))
    return m.saved()


def computed_typed(m: Maker) -> Case:
    rates = [e for e, (_, _, i) in m.site.where.items() if i in m.site.rates]
    entry = m.rng.choice(rates)
    m.write(entry, "numerator", 30)
    m.write(entry, "denominator", 50_000)
    m.case.junk.add(m.write(entry, "value", m.rng.choice([93.5, "约60", True, 0.6, -1])))
    return m.saved()


def strays(m: Maker) -> Case:
    m.fill(m.some())
    at = m.rng.choice([f"{c}{m.page.max_row + k}" for c in "DEF" for k in (1, 4, 40)])
    m.page[at] = 12345
    m.case.junk.add(at)
    return m.saved()


def foreign(m: Maker) -> Case:
    kind = m.rng.choice(sorted(m.site.others))
    m.case.data, m.case.loose = m.site.others[kind], True
    return m.case


def tampered(m: Maker) -> Case:
    m.fill(m.some())
    how = m.rng.choice(["empty", "json", "key", "year", "head", "label", "bases"])
    if how == "key":
        m.page.cell(m.rng.randint(8, m.page.max_row - 3), 1).value = m.rng.choice(
            [None, "x|_T|value", 3, "teachers|_T|value|_T/_T:1:x"]
        )
    elif how == "head":
        m.page["E7"] = m.rng.choice(["男", None, "女性"])
    elif how == "label":
        m.page.cell(m.rng.randint(8, m.page.max_row - 3), 2).value = m.rng.choice(["专任教师数", None, 5])
    elif how == "bases":
        row = m.rng.choice([lines["value"] for _, lines, _ in m.site.where.values()])
        m.page.cell(row, 1).value = re.sub(r":\d+:", ":99999999999:", str(m.page.cell(row, 1).value))
    else:
        m.page["A1"] = {
            "empty": None,
            "json": 'halfsky-return {"plan": [',
            "year": str(m.page["A1"].value).replace("2024", "2023"),
        }[how]
    m.case.loose = True
    return m.saved()


def contradictions(m: Maker) -> Case:
    entry = m.some(1, 1)[0]
    m.fill([entry])
    m.write(entry, "status", m.rng.choice(["不适用", "未统计", "不公布"]))
    rate = m.site.where[entry][2] in m.site.rates
    lines = m.site.where[entry][1]
    m.case.meant.clear()
    m.case.junk = {f"{m.site.where[entry][0]}{lines[i]}" for i in (("numerator",) if rate else ("value",))}
    return m.saved()


def repacked(data: bytes, change: Callable[[str, bytes], bytes], more: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, part in more.items():
            new.writestr(name, part)
    return out.getvalue()


def macros(m: Maker) -> Case:
    m.fill(m.some())
    m.case.loose = True
    return m.saved(more={"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0" + bytes(200)})


def ole(m: Maker) -> Case:
    secret = "EncryptedPackage".encode("utf-16-le") if m.rng.random() < 0.5 else b""
    return Case(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + m.rng.randbytes(600) + secret + bytes(500), loose=True)


def truncated(m: Maker) -> Case:
    m.fill(m.some())
    data = m.saved().data
    m.case.data, m.case.loose = data[: m.rng.randint(10, len(data) - 1)], True
    return m.case


def flipped(m: Maker) -> Case:
    m.fill(m.some())
    data = bytearray(m.saved().data)
    for _ in range(m.rng.randint(1, 30)):
        data[m.rng.randrange(len(data))] = m.rng.randrange(256)
    m.case.data, m.case.loose = bytes(data), True
    return m.case


def bombs(m: Maker) -> Case:
    kind = m.rng.choice(["space", "parts", "entities", "external entity", "rows", "far"])
    m.case.loose = True
    prefix = b'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;">]>'
    if kind == "external entity":
        prefix = b'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY c SYSTEM "file:///etc/hostname">]>'

    def change(name: str, part: bytes) -> bytes:
        if name != "xl/worksheets/sheet1.xml":
            return part
        if kind == "space":
            return part + b" " * (30 << 20)
        if kind in {"entities", "external entity"}:
            return prefix + part.split(b"?>", 1)[-1].replace(
                b"<sheetData>", b'<sheetData><row r="1"><c t="inlineStr"><is><t>&c;</t></is></c></row>'
            )
        if kind == "rows":
            return part.replace(
                b"</sheetData>", b"".join(b'<row r="%d"/>' % r for r in range(1000, 400_000)) + b"</sheetData>"
            )
        if kind == "far":
            return part.replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')
        return part

    more = {f"xl/media/{n}.bin": b"x" for n in range(900)} if kind == "parts" else {}
    m.fill(m.some())
    if kind == "rows":
        m.case.loose = False  # empty rows are nothing: it is read, or refused as a whole
    return m.saved(change, more)


def external(m: Maker) -> Case:
    m.fill(m.some(2, 4))
    free = next(e for e in sorted(m.site.where) if e not in m.case.meant)
    item = "numerator" if m.site.where[free][2] in m.site.rates else "value"
    m.case.junk.add(m.write(free, item, "=[1]Sheet1!$A$1"))
    link = b'<?xml version="1.0"?><externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
    return m.saved(more={"xl/externalLinks/externalLink1.xml": link})


def styles(m: Maker) -> Case:
    from openpyxl.styles import Font

    m.fill(m.some())
    scratch = m.book.create_sheet("样式")
    for n in range(5_000):
        scratch.cell(n // 50 + 1, n % 50 + 1).font = Font(size=5 + n / 20)
    return m.saved()


def not_workbooks(m: Maker) -> Case:
    texts = (
        "指标,数值\n识字率,97.5\n",
        "<html><table><tr><td>1</td></tr></table></html>",
        "",
        "PK",
        "%PDF-1.7\n",
        '{"a": 1}',
    )
    return Case(m.rng.choice(texts).encode(m.rng.choice(["utf-8", "gb18030", "utf-16"])), loose=True)


TEXTS = (
    "约三百",
    "300人",
    "三百",
    "12/34",
    "70,5",
    "1.2.3",
    "N/A",
    "—",
    "无",
    "1 234",
    "12；",
    "O",
    "l2",
    "１２个",
    "٤٥",
    "²",
    "Ⅳ",
    "½",
    "①",
)
UNSEEN = ("12\u200b3", "\u202e321", "\ufeff12", "1\u200d2", "\u206612\u2069", "12\u00ad3", "1\u20632")
HUGE = (
    "1e300",
    1e300,
    1e20,
    "99999999999999999999",
    -5,
    "-3",
    "nan",
    "NaN",
    "inf",
    "-Infinity",
    "∞",
    1e-12,
    "0.123456789012",
    "1e-30",
    "１e９９",
)
CLASSES: dict[str, tuple[int, Callable[[Maker], Case]]] = {
    "plain edits": (150, plainly), "numbers as text": (180, as_text), "statuses": (120, statuses), "zeros": (60, zeros),
    "text in numbers": (150, lambda m: m.spoil(TEXTS)), "invisible characters": (80, lambda m: m.spoil(UNSEEN)),
    "huge, negative, not finite": (110, lambda m: m.spoil(HUGE)), "percent text": (40, lambda m: m.spoil(("45%", "45.2％", "3‰", "0.5 %"))),
    "percent formats": (50, lambda m: m.spoil((0.45, 0.5, 0.333), "0.00%")), "dates": (50, lambda m: m.spoil((date(2024, 5, 1), date(1900, 1, 2)))),
    "booleans": (40, lambda m: m.spoil((True, False))), "errors": (50, lambda m: m.spoil(("#DIV/0!", "#REF!", "#VALUE!", "#N/A"))),
    "formulas": (60, lambda m: m.spoil(("=1+1", "=SUM(D8:D9)", "=HYPERLINK(\"http://x\",\"5\")", "=D8"))), "formulas with cached values": (40, cached_formulas),
    "cut and pasted": (40, swapped), "labels shifted": (80, shifted), "sorted without the hidden column": (40, sorted_rows),
    "rows inserted": (80, inserted_rows), "rows deleted": (70, deleted_rows), "columns inserted or deleted": (60, columns_moved),
    "rows doubled": (30, rows_twice), "sheets renamed, moved, missing": (60, sheets_named), "merged cells": (50, merged), "hidden rows": (40, hidden),
    "computed cells as values": (40, values_pasted), "computed cells typed over": (40, computed_typed), "strays": (40, strays),
    "status against number": (40, contradictions), "another unit, year, structure": (50, foreign), "identity tampered": (60, tampered),
    "macros": (20, macros), "encrypted and .xls": (30, ole), "truncated": (50, truncated), "bytes flipped": (70, flipped), "bombs": (60, bombs),
    "external links": (20, external), "5,000 styles": (6, styles), "not a workbook": (40, not_workbooks),
}  # fmt: skip


def cases(count: int) -> list[str]:
    """The class of every file, in the proportions of :data:`CLASSES`, each at least once."""
    total = sum(weight for weight, _ in CLASSES.values())
    sizes = {name: max(1, round(weight * count / total)) for name, (weight, _) in CLASSES.items()}
    return [name for name, size in sizes.items() for _ in range(size)]


def site() -> Site:
    """A city's health commission with its form, and forms that are not its own. The database is the caller's."""
    from tests.support import CLERK, SHORE, plan_by_sex, words

    from halfsky.collect.actions import CellChange, open_cycle, save_cells
    from halfsky.collect.sheetform import write_form
    from halfsky.places.actions import establish
    from halfsky.plan import Plan

    plan = plan_by_sex()
    establish(plan=plan, by=CLERK)
    days = {"unit_due": date(2025, 3, 31), "district_due": date(2025, 4, 15), "city_due": date(2025, 4, 30)}
    years = {year: open_cycle(plan=plan, year=year, by=CLERK, **days) for year in (2024, 2025)}

    def returned(year: int, **which: str) -> Any:
        return years[year].returns.select_related("cycle", "office").get(**which)

    sheet = returned(2024, unit="health")
    older = plan.model_dump(mode="json", exclude_defaults=True)
    older["indicators"][0]["numerator"] = words("孕产妇死亡数（旧）", "Deaths, old scope")
    others = {
        "unit": write_form(plan, returned(2024, region=SHORE)), "year": write_form(plan, returned(2025, unit="health")),
        "structure": write_form(Plan(**older), sheet),
    }  # fmt: skip
    blank = write_form(plan, sheet)
    entries = list(sheet.entries.all())
    changes = [
        CellChange(e.pk, e.version, numerator=Decimal(7), denominator=Decimal(9000), comment="已核对")
        if plan.indicator[e.indicator].scale is not None
        else CellChange(e.pk, e.version, value=Decimal(321), status="E")
        for e in entries[::2]
    ]
    empty = kept(sheet)
    save_cells(plan=plan, sheet=sheet.pk, changes=changes, by=CLERK, key="half")
    half, draft = write_form(plan, sheet), kept(sheet)
    assert empty != draft
    return Site(
        plan,
        sheet,
        blank,
        half,
        others,
        _where(blank, entries),
        frozenset(i.id for i in plan.indicators if i.scale),
        draft,
    )


def _where(form: bytes, entries: Sequence[Any]) -> dict[int, tuple[str, dict[str, int], str]]:
    """Where each cell stands, from what is printed on the form: names, then lines below them, heads above."""
    import openpyxl

    page = openpyxl.load_workbook(io.BytesIO(form))["报送表"]
    names = {
        "maternal_mortality": "孕产妇死亡率",
        "screening": "宫颈癌筛查率",
        "teachers": "专任教师数",
        "literacy": "识字率",
    }
    heads = {("_T", "_T"): "合计", ("F", "_T"): "女", ("M", "_T"): "男", ("_T", "U"): "城镇", ("_T", "R"): "农村"}
    letters = {page.cell(7, c).value: page.cell(7, c).column_letter for c in range(4, 9)}
    rows = {page.cell(r, 2).value: r for r in range(8, page.max_row) if page.cell(r, 2).value in names.values()}
    found = {}
    for entry in entries:
        top = rows[names[entry.indicator]]
        lines, row = {"value": top}, top + 1
        for item, word in (
            ("numerator", "分子"),
            ("denominator", "分母"),
            ("status", "数据状态"),
            ("confidentiality", "保密状态"),
            ("comment", "说明"),
        ):
            if str(page.cell(row, 2).value).startswith(word):
                lines[item] = row
                row += 1
        found[entry.pk] = (letters[heads[entry.sex, entry.residence]], lines, entry.indicator)
    return found


def kept(sheet: Any) -> dict[int, dict[str, Any]]:
    fields = ("value", "numerator", "denominator", "status", "confidentiality", "comment", "version", "changed_by")
    return {row.pop("pk"): row for row in sheet.entries.values("pk", *fields)}


def reset(place: Site, state: dict[int, dict[str, Any]]) -> None:
    from django.db import transaction

    with transaction.atomic():
        for pk, row in state.items():
            place.sheet.entries.filter(pk=pk).update(**row)


def judge(place: Site, case: Case, before: dict[int, dict[str, Any]]) -> str:
    """Take one file the whole way, and say what became of it."""
    from tests.support import CLERK

    from halfsky.collect.actions.uploading import confirm_form, dry_run_of, hold_form

    try:
        upload = hold_form(plan=place.plan, sheet=place.sheet, content=case.data, name="f.xlsx", by=CLERK)
        found = dry_run_of(place.plan, upload)
        if found.changes:
            confirm_form(plan=place.plan, upload=upload.pk, seen=found.seen, by=CLERK)
    except Exception as error:  # whatever it is, it is a crash
        print(f"crash: {error!r}"[:300], file=sys.stderr)
        return "crash"
    named = {told.address for told in found.refused}
    missed = False
    for pk, row in kept(place.sheet).items():
        now = (row["value"], row["numerator"], row["denominator"], row["status"])
        was = tuple(before[pk][name] for name in ("value", "numerator", "denominator", "status"))
        meant = case.meant.get(pk)
        if meant is not None and now[1:] == meant[1:] and (place.where[pk][2] in place.rates or now[0] == meant[0]):
            if meant[1] is not None and meant[2]:
                scale = place.plan.indicator[place.where[pk][2]].scale
                if abs(now[0] - meant[1] * scale / meant[2]) > Decimal("0.0051"):
                    return "wrong"
            continue
        if now != was:
            return "wrong"
        column, lines, _ = place.where[pk]
        if meant is not None and not named & {f"{column}{row}" for row in lines.values()}:
            missed = True
    if found.faults:
        return "refused as a whole"
    if not case.loose and (missed or not case.junk <= named):
        return "unseen"
    if case.loose and missed and not named:
        return "unseen"
    return "refused with cell" if named else "stored right"


def forked(path: Path, folder: Path, cells: IO[bytes], sheet: str) -> None:
    """The reading process, forked instead of started: the same program under the same limits."""
    from halfsky.observations import workbook, workbook_child

    pid = os.fork()
    if pid == 0:
        try:
            sys.stdout = os.fdopen(cells.fileno(), "w", closefd=False)
            sys.stderr = open(os.devnull, "w")  # noqa: PTH123, SIM115
            workbook_child.main(str(path), sheet)
            sys.stdout.flush()
        finally:
            os._exit(0)
    assert workbook.PATIENCE
    os.waitpid(pid, 0)


def run(place: Site, names: Sequence[tuple[int, str]], seed: int, *, apart: bool = False) -> dict[str, Counter[str]]:
    """Outcomes by class; ``names`` are numbered, and a file depends on its number and the seed alone."""
    from halfsky.observations import workbook

    states = {place.half: place.draft}
    reset(place, place.draft)
    empty = {
        pk: {**row, "value": None, "numerator": None, "denominator": None, "status": "", "comment": "", "version": 1}
        for pk, row in place.draft.items()
    }
    states[place.blank] = empty
    own, found = workbook._open, {name: Counter[str]() for name in CLASSES}
    try:
        for number, name in names:
            maker = Maker(place, random.Random(f"{seed} {number} {name}"))
            case = CLASSES[name][1](maker)
            reset(place, states[maker.base])
            workbook._open = own if apart or number % 25 == 0 else forked
            outcome = judge(place, case, states[maker.base])
            found[name][outcome] += 1
            if outcome in {"crash", "wrong", "unseen"}:
                print(f"{outcome}: {name} #{number}", file=sys.stderr)
    finally:
        workbook._open = own
    return found


def shown(found: dict[str, Counter[str]]) -> str:
    width = max(map(len, found)) + 2
    lines = ["class".ljust(width) + "  ".join(OUTCOMES)]
    for name, counts in [*found.items(), ("all", sum(found.values(), Counter[str]()))]:
        lines.append(name.ljust(width) + "  ".join(str(counts[o] or "").rjust(len(o)) for o in OUTCOMES))
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=20251125)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--part", type=int, default=-1, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    numbered = list(enumerate(cases(arguments.count)))
    if arguments.part >= 0:
        with tempfile.TemporaryDirectory() as home:
            os.environ |= {
                "HALFSKY_HOME": home,
                "HALFSKY_PLANS": str(ROOT / "plans"),
                "OPENPYXL_LXML": "False",
                "OPENPYXL_DEFUSEDXML": "True",
            }
            sys.path.insert(0, str(ROOT))
            from halfsky.cli.setup import prepare

            prepare()
            found = run(site(), numbered[arguments.part :: arguments.workers], arguments.seed)
        print(json.dumps(found))
        return 0
    command = [sys.executable, __file__, *sys.argv[1:], "--workers", str(arguments.workers), "--part"]
    parts = [subprocess.Popen([*command, str(n)], stdout=subprocess.PIPE, text=True) for n in range(arguments.workers)]
    total = {name: Counter[str]() for name in CLASSES}
    for part in parts:
        for name, counts in json.loads(part.communicate()[0]).items():
            total[name].update(counts)
    print(shown(total))
    made = sum(total.values(), Counter[str]())
    return 1 if made["crash"] or made["wrong"] or made["unseen"] or sum(made.values()) < arguments.count else 0


if __name__ == "__main__":
    sys.exit(main())
