"""The yearbook as a workbook: contents with links, a sheet for each chapter, definitions, and where every number comes from.

A chapter is one wide table with frozen heads: an indicator's total, women, men, urban and rural in rows; years of the
whole and the districts of the newest year in columns. The same book gives the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from halfsky.observations import SeriesKey, Status
from halfsky.observations.columns import RESIDENCE_NAMES, SEX_NAMES
from halfsky.plan import Indicator, Residence, Sex, Unit
from halfsky.reports.report.annex import entry_of
from halfsky.reports.report.compose import mark_of
from halfsky.reports.report.model import Cell
from halfsky.reports.words import unit_name, year_words
from halfsky.reports.yearbook.book import MARKS, Book, Chapter
from halfsky.reports.yearbook.preface import notes, sources

_HEAD_ROWS = 4  # title, mark, and the two lines of heads
_FIRST_COLUMNS = 3  # indicator, unit, group
TRACE_SHEET = ("数据对照", "Trace")
TRACE_HEADER = (
    "SHEET", "CELL", "HOW", "INDICATOR", "REF_AREA", "TIME_PERIOD", "SEX", "AGE", "URBANISATION", "OBS_VALUE",
)  # fmt: skip


def workbook(book: Book, *, made: date) -> bytes:
    """The whole file."""
    out = io.BytesIO()
    file = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    file.set_properties({
        "title": f"{book.place}妇女统计资料 {book.year}" if book.zh else f"Women and men in {book.place} {book.year}",
        "subject": book.plan.id, "comments": mark_of(book.demonstration, book.language),
        "created": datetime.combine(made, time()),
    })  # fmt: skip
    _Writer(book, file).write(made)
    file.close()
    return out.getvalue()


@dataclass(frozen=True, slots=True)
class _Place:
    """A column: what stands at a region and year, or women beside men."""

    region: str
    year: int
    beside: bool = False


class _Writer:
    def __init__(self, book: Book, file: Any) -> None:
        self.book, self.file = book, file
        song = {"font_name": "宋体" if book.zh else "Times New Roman", "font_size": 10, "valign": "vcenter"}
        self.title = file.add_format({**song, "font_size": 14, "bold": True})
        self.mark = file.add_format({**song, "font_size": 9, "font_color": "#8A2C0D"})
        self.head = file.add_format({
            **song, "bold": True, "text_wrap": True, "align": "center", "top": 1, "bottom": 1, "bg_color": "#F2F2F2",
        })  # fmt: skip
        self.words = file.add_format({**song, "text_wrap": True})
        self.link = file.add_format({**song, "font_color": "#0B4F8A", "underline": 1})
        self.sign = file.add_format({**song, "align": "right"})
        self._song = song
        self._numbers: dict[tuple[int, str], Any] = {}
        self._traces: list[tuple[object, ...]] = []
        self.places = [_Place(book.plan.region, year) for year in book.years]
        self.places.append(_Place(book.plan.region, book.year, beside=True))
        self.places += [_Place(code, book.year) for code in book.districts]

    def write(self, made: date) -> None:
        book, zh = self.book, self.book.zh
        contents = self.file.add_worksheet("目录" if zh else "Contents")
        front = self._texts("编者说明" if zh else "Notes", notes(book))
        names = [(front.get_name(), "编者说明" if zh else "Compiler's notes")]
        for chapter in book.chapters:
            name = f"{chapter.number}" + (f" {_sheet_name(chapter.title)}" if zh else "")
            self._chapter(self.file.add_worksheet(name), chapter)
            names.append((name, f"{chapter.number} {chapter.title}"))
        names.append((self._definitions().get_name(), "指标解释" if zh else "Definitions"))
        back = self._texts("资料来源" if zh else "Sources", sources(book))
        names += [(back.get_name(), "资料来源" if zh else "Sources"), (self._trace(), "数据对照" if zh else "Trace")]
        self._contents(contents, names, made)

    def _contents(self, sheet: Any, names: Sequence[tuple[str, str]], made: date) -> None:
        book, zh = self.book, self.book.zh
        sheet.set_column(0, 0, 70)
        sheet.write_string(
            0, 0, f"{book.place}妇女统计资料（{book.year}年）" if zh else f"Women and men in {book.place}, {book.year}", self.title
        )  # fmt: skip
        sheet.write_string(1, 0, mark_of(book.demonstration, book.language), self.mark)
        for row, (name, words) in enumerate(names, 3):
            sheet.write_url(row, 0, f"internal:'{name}'!A1", self.link, words)
        day = f"编印日期：{made.year}年{made.month}月{made.day}日" if zh else f"Compiled {made.isoformat()}"
        sheet.write_string(len(names) + 4, 0, day, self.words)
        _printed(sheet, wide=False)

    def _texts(self, name: str, texts: Sequence[str]) -> Any:
        sheet = self.file.add_worksheet(name)
        sheet.set_column(0, 0, 100)
        sheet.write_string(0, 0, name, self.title)
        for row, text in enumerate(texts, 2):
            sheet.write_string(row, 0, text, self.words)
            width = sum(2 if ord(c) > 255 else 1 for c in text)
            sheet.set_row(row, 15 * (1 + width // 98))
        _printed(sheet, wide=False)
        return sheet

    def _chapter(self, sheet: Any, chapter: Chapter) -> None:
        book, zh = self.book, self.book.zh
        sheet.write_string(0, 0, f"{chapter.number} {chapter.title}", self.title)
        sheet.write_string(1, 0, mark_of(book.demonstration, book.language), self.mark)
        sheet.write_url(
            1,
            _FIRST_COLUMNS,
            f"internal:'{'目录' if zh else 'Contents'}'!A1",
            self.link,
            "返回目录" if zh else "Contents",
        )
        firsts = ("指标", "单位", "分组") if zh else ("Indicator", "Unit", "Group")
        for column, words in enumerate(firsts):
            sheet.merge_range(2, column, 3, column, words, self.head)
        self._heads(sheet)
        sheet.set_column(0, 0, 40)
        sheet.set_column(1, 2, 9)
        sheet.set_column(_FIRST_COLUMNS, _FIRST_COLUMNS + len(self.places) - 1, 11)
        row = _HEAD_ROWS
        for indicator in chapter.indicators:
            for group, key in self._lines(indicator):
                sheet.write_string(row, 0, indicator.name.in_language(book.language), self.words)
                sheet.write_string(row, 1, unit_name(indicator, book.language), self.words)
                sheet.write_string(row, 2, group, self.words)
                for column, place in enumerate(self.places, _FIRST_COLUMNS):
                    if place.beside:
                        whole = key.sex is Sex.ALL and key.residence is Residence.ALL
                        cell = book.beside(indicator, place.region, place.year) if whole else Cell("")
                    else:
                        cell = book.cell(
                            SeriesKey(key.indicator, place.region, key.sex, key.age, key.residence), place.year
                        )
                    self._cell(sheet, row, column, cell, indicator)
                row += 1
        sheet.freeze_panes(_HEAD_ROWS, _FIRST_COLUMNS)
        _printed(sheet, wide=True)
        sheet.repeat_rows(2, 3)
        sheet.repeat_columns(0, _FIRST_COLUMNS - 1)

    def _heads(self, sheet: Any) -> None:
        """Two lines: the place over the years of the whole, the year over the districts."""
        book, zh = self.book, self.book.zh
        column = _FIRST_COLUMNS
        whole = [p for p in self.places if p.region == book.plan.region]
        sheet.merge_range(2, column, 2, column + len(whole) - 1, book.place, self.head)
        for place in whole:
            year = year_words(place.year, book.language)
            beside = f"{year}\n女性占比或男女对比" if zh else f"{year}: share of women, or women to men"
            sheet.write_string(3, column, beside if place.beside else year, self.head)
            column += 1
        below = [p for p in self.places if p.region != book.plan.region]
        if len(below) > 1:
            sheet.merge_range(2, column, 2, column + len(below) - 1, year_words(book.year, book.language), self.head)
        elif below:
            sheet.write_string(2, column, year_words(book.year, book.language), self.head)
        for place in below:
            sheet.write_string(3, column, book.name(place.region), self.head)
            column += 1
        sheet.set_row(3, 44)

    def _lines(self, indicator: Indicator) -> Iterator[tuple[str, SeriesKey]]:
        """The total, then women and men, urban and rural, as far as they are told apart."""
        book = self.book
        yield SEX_NAMES[Sex.ALL].in_language(book.language), SeriesKey(indicator.id, book.plan.region)
        if book.by_sex(indicator):
            for sex in (Sex.FEMALE, Sex.MALE):
                yield SEX_NAMES[sex].in_language(book.language), SeriesKey(indicator.id, book.plan.region, sex)
        if book.by_residence(indicator):
            for residence in (Residence.URBAN, Residence.RURAL):
                name = RESIDENCE_NAMES[residence].in_language(book.language)
                yield name, SeriesKey(indicator.id, book.plan.region, residence=residence)

    def _cell(self, sheet: Any, row: int, column: int, cell: Cell, indicator: Indicator) -> None:
        if cell.number is None or cell.trace is None:
            if cell.text:
                sheet.write_string(row, column, cell.text, self.sign)
            return
        if indicator.unit is Unit.YES_NO:
            form = self._format(0, "yes_no")
        elif cell.trace.how == "figure":
            held = self.book.figures.get(*cell.trace.of[0])
            form = self._format(indicator.decimals, MARKS.get(held.status if held else Status.NORMAL, ""))
        else:
            form = self._format(-min(0, int(cell.number.as_tuple().exponent)), "%" if cell.trace.how == "share" else "")
        sheet.write_number(row, column, float(cell.number), form)
        where = (sheet.get_name(), xl_rowcol_to_cell(row, column), cell.trace.how)
        for series, year in cell.trace.of:
            value = self.book.figures.value(series, year)
            self._traces.append((
                *where, series.indicator, series.region, year, series.sex.value, series.age, series.residence.value,
                value if value is not None else Decimal(0),
            ))  # fmt: skip

    def _format(self, decimals: int, mark: str) -> Any:
        """Thousands marked, so many decimals, with the letter of the figure's status after it."""
        if (decimals, mark) not in self._numbers:
            plain = "#,##0" + ("." + "0" * decimals if decimals else "")
            if mark == "yes_no":
                code = '[=1]"是";[=0]"否";0' if self.book.zh else '[=1]"yes";[=0]"no";0'
            else:
                code = plain + (f'"{mark}"' if mark else "")
            self._numbers[decimals, mark] = self.file.add_format({**self._song, "num_format": code, "align": "right"})
        return self._numbers[decimals, mark]

    def _definitions(self) -> Any:
        book, zh = self.book, self.book.zh
        sheet = self.file.add_worksheet("指标解释" if zh else "Definitions")
        heads = (
            ("指标（单位）", 34), ("定义、频率和来源单位", 70), ("分子", 30), ("分母", 30), ("指标代码", 30)
        ) if zh else (
            ("Indicator (unit)", 34), ("Definition, frequency, source unit", 70), ("Numerator", 30), ("Denominator", 30), ("Code", 30)
        )  # fmt: skip
        for column, (words, width) in enumerate(heads):
            sheet.write_string(0, column, words, self.head)
            sheet.set_column(column, column, width)
        row = 1
        for chapter in book.chapters:
            for indicator in chapter.indicators:
                entry = entry_of(book.plan, indicator, book.language)
                pair = [
                    t.in_language(book.language) if t is not None else ""
                    for t in (indicator.numerator, indicator.denominator)
                ]
                for column, words in enumerate((entry.term, entry.words, *pair, indicator.id)):
                    sheet.write_string(row, column, words, self.words)
                row += 1
        sheet.freeze_panes(1, 1)
        _printed(sheet, wide=True)
        sheet.repeat_rows(0)
        return sheet

    def _trace(self) -> str:
        """A row for each figure behind each number: its sheet and cell, and its key in the database."""
        name = TRACE_SHEET[0 if self.book.zh else 1]
        sheet = self.file.add_worksheet(name)
        for column, words in enumerate(TRACE_HEADER):
            sheet.write_string(0, column, words, self.head)
        sheet.set_column(0, len(TRACE_HEADER) - 1, 14)
        sheet.set_column(3, 3, 34)
        for row, line in enumerate(self._traces, 1):
            for column, value in enumerate(line):
                if isinstance(value, int | Decimal):
                    sheet.write_number(row, column, float(value))
                else:
                    sheet.write_string(row, column, str(value))
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(self._traces), len(TRACE_HEADER) - 1)
        _printed(sheet, wide=True)
        sheet.repeat_rows(0)
        return name


def _sheet_name(title: str) -> str:
    """As much of a title as a sheet's name may hold."""
    return "".join(c for c in title if c not in "[]:*?/\\'")[:24]


def _printed(sheet: Any, *, wide: bool) -> None:
    """A4, one page wide, page numbers below."""
    sheet.set_paper(9)
    if wide:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
    sheet.set_footer("&C— &P —")
