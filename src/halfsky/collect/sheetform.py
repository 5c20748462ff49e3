"""The Excel form of one return: printable as a 统计报表, locked but for its cells, filled with what the draft holds."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.conf import settings
from xlsxwriter.utility import xl_rowcol_to_cell

from halfsky.collect.models import Entry, Return
from halfsky.collect.queries import figures
from halfsky.collect.sheetlayout import (
    CONFIDENTIALITIES,
    FIRST,
    HEAD,
    IDENTITY,
    KEY,
    LABEL,
    NOTES,
    SHEET,
    STATUSES,
    UNIT,
    Block,
    Cut,
    Layout,
    held,
    layout,
    seal,
)  # fmt: skip
from halfsky.observations import Figures, SeriesKey
from halfsky.observations.bounds import bounds, is_share
from halfsky.observations.columns import MAX_COMMENT, number_text
from halfsky.places.models import Office
from halfsky.plan import Plan, Residence, Sex, Text
from halfsky.plan.wording import Language, unit_name, year_words

ISSUER = "statistics"  # the unit whose forms these are
_MOST = 999_999_999_999_999  # what a count may be: fifteen digits
_ONE_LINE: dict[Language, int] = {"zh": 18, "en": 36}  # characters of a label that fit beside each other
_BLANK_RULE = Text(
    zh="空白不是零：确为零请填0。没有数据时，请在“数据状态”选择“不适用”“未统计”或“不公布”，数字留空。上传时，空白格不会清除网上草稿中已有的内容，除非在上传页另行勾选。",
    en="A blank is not zero: write 0 for a true zero. Where there is no figure, choose 'not applicable', 'not collected' or 'withheld' as its status and leave the numbers empty. On upload a blank does not erase what the draft holds, unless that is chosen on the upload page.",
)  # fmt: skip
_RULES: tuple[Text, ...] = (
    Text(zh="只填浅黄色单元格；比率由分子、分母自动计算，不必填写。", en="Fill in the pale yellow cells only; rates are computed from numerator and denominator."),
    _BLANK_RULE,
    Text(zh="分子、分母填实数，不折算；百分数填数字本身，如45.2，不加百分号。", en="Numerators and denominators are plain counts; a percentage is written as 45.2, without a sign."),
    Text(zh="数据状态留空表示正常，保密状态留空表示可公开。", en="A blank status means normal, a blank confidentiality free to publish."),
    Text(zh="灰色数字为往年已通过审核的数据，仅供对照。", en="Grey numbers are accepted figures of earlier years, to compare with."),
    Text(zh="请勿插入、删除、合并单元格，勿改动表头和指标名称。", en="Do not insert, delete or merge cells, nor change heads and names."),
)  # fmt: skip
_SIGNED = Text(
    zh="单位负责人：　　　　　　　统计负责人：　　　　　　　填表人：　　　　　　　联系电话：　　　　　　　报出日期：　　　　年　　月　　日",
    en="Head of the unit:                    Head of statistics:                    Filled in by:                    Telephone:                    Date:",
)


@dataclass(frozen=True, slots=True)
class Imprint:
    """What an official form says of itself; what is not known is left out, never invented."""

    number: str = ""  # 表号
    issued_by: str = ""  # 制定机关
    approval: str = ""  # 批准文号 or 备案文号, as the approving office words it
    valid_until: str = ""  # 有效期至

    def lines(self, language: Language) -> list[str]:
        names = (
            (Text(zh="表号", en="Form"), self.number), (Text(zh="制定机关", en="Issued by"), self.issued_by),
            (Text(zh="批准（备案）文号", en="Approval"), self.approval), (Text(zh="有效期至", en="Valid until"), self.valid_until),
        )  # fmt: skip
        sign = "：" if language == "zh" else ": "
        return [f"{name.in_language(language)}{sign}{text}" for name, text in names if text]


def imprint_of(plan: Plan, sheet: Return, language: Language) -> Imprint:
    """What is known of a return's form: the number that follows from what it is, the city's statistics office that issues
    it, and what the settings say of its approval."""
    issuer = Office.objects.filter(region=plan.region, unit=ISSUER).first()
    name = "" if issuer is None else (language == "en" and issuer.name_en) or issuer.name_zh
    return Imprint(
        number=f"{sheet.region}-{sheet.unit}-{sheet.cycle.year}", issued_by=name, approval=settings.FORM_APPROVAL,
        valid_until=settings.FORM_VALID,
    )  # fmt: skip


def write_form(
    plan: Plan,
    sheet: Return,
    *,
    entries: Iterable[Entry] | None = None,
    past: Figures | None = None,
    imprint: Imprint | None = None,
    language: Language = "zh",
) -> bytes:
    """The workbook of a return, filled with its draft; ``past`` are accepted figures, looked up where not at hand."""
    cells = list(sheet.entries.all() if entries is None else entries)
    form = layout(plan, sheet, cells)
    if past is None:
        past = figures(plan, indicators={e.indicator for e in cells}, regions=[sheet.region])
    return _Writer(form, past, imprint or Imprint(), language).made()


class _Writer:
    """Writes one form; formats are made once."""

    def __init__(self, form: Layout, past: Figures, imprint: Imprint, language: Language) -> None:
        self.form, self.past, self.imprint, self.language = form, past, imprint, language
        self.year = form.sheet.cycle.year
        self.years = [self.year - 1, self.year - 2] if len(form.cuts) <= 3 else [self.year - 1]
        self.out = io.BytesIO()
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self.book = xlsxwriter.Workbook(self.out, options)
        self.page = self.book.add_worksheet(SHEET)
        self.last = form.after + len(form.cuts) * len(self.years) - 1
        font = {"font_name": "宋体" if language == "zh" else "Calibri", "font_size": 10, "valign": "vcenter"}
        line = {**font, "border": 1, "border_color": "#7F7F7F"}
        number = {**line, "align": "right"}
        small = {"font_size": 9, "text_wrap": True, "align": "center"}
        entry = {"locked": False, "bg_color": "#FFFBE6"}
        styles: dict[str, dict[str, Any]] = {
            "title": {**font, "font_name": "黑体" if language == "zh" else "Calibri", "font_size": 16, "align": "center"},
            "plain": font, "right": {**font, "align": "right"},
            "head": {**line, "bold": True, "align": "center", "text_wrap": True, "bg_color": "#EDEDED"},
            "name": {**line, "bold": True, "text_wrap": True, "top": 2}, "unit": {**line, "align": "center", "text_wrap": True},
            "label": {**line, "text_wrap": True, "indent": 1}, "computed": {**number, "bold": True, "bg_color": "#F5F5F5", "top": 2},
            "input": {**number, **entry}, "choice": {**line, **small, **entry}, "text": {**line, **entry, "text_wrap": True, "font_size": 9, "valign": "top"},
            "none": {**line, "bg_color": "#EFEFEF"}, "past": {**number, "font_color": "#6E6E6E"},
            "wrap": {**font, "text_wrap": True, "valign": "top"},
        }  # fmt: skip
        self.formats = {name: self.book.add_format(style) for name, style in styles.items()}

    def made(self) -> bytes:
        self.book.set_properties({"title": self._title(), "subject": self.form.plan.id, "company": self._office()})
        self._top()
        for block in self.form.blocks:
            self._block(block)
        row = self.form.end + 1
        self.page.write_string(row, LABEL, _SIGNED.in_language(self.language), self.formats["plain"])
        self._set_up(row)
        self._notes()
        self.book.close()
        return self.out.getvalue()

    def _title(self) -> str:
        plan = self.form.plan.short_title.in_language(self.language)
        if self.language == "zh":
            return f"{plan}监测统计报表（{self.year}年）"
        return f"{plan}: monitoring return for {self.year}"

    def _office(self) -> str:
        office = self.form.sheet.office
        return (self.language == "en" and office.name_en) or office.name_zh

    def _top(self) -> None:
        page, f = self.page, self.formats
        base = json.dumps(self.form.identity(self.language), ensure_ascii=True)
        page.write_string(0, KEY, f"{IDENTITY} {base}")
        # In one cell in the middle, over its empty neighbours: "across" becomes a merge where LibreOffice saves it.
        page.write_string(0, (LABEL + self.last) // 2, self._title(), f["title"])
        page.set_row(0, 28)
        for i, text in enumerate(self.imprint.lines(self.language)[:4]):
            page.write_string(1 + i, self.last, text, f["right"])
        said = (
            f"填报单位：{self._office()}　　　　年份：{self.year}年　　　　计量单位：见“计量单位”栏"
            if self.language == "zh"
            else f"Unit: {self._office()}        Year: {self.year}        Unit of measure: as in its column"
        )
        page.write_string(self.form.head - 1, LABEL, said, f["plain"])
        heads = ("指标名称", "计量单位") if self.language == "zh" else ("Indicator", "Unit")
        page.write_string(self.form.head, KEY, HEAD)
        page.write_row(self.form.head, LABEL, [*heads, *self.form.heads(self.language)], f["head"])
        for i, year in enumerate(self.years):
            for j, name in enumerate(self.form.heads(self.language)):
                at = self.form.after + i * len(self.form.cuts) + j
                page.write_string(self.form.head, at, f"{year_words(year, self.language)}\n{name}", f["head"])
        page.set_row(self.form.head, 30)

    def _block(self, block: Block) -> None:
        page, f = self.page, self.formats
        for line in block.lines:
            row = block.row(line.item)
            page.write_string(row, KEY, line.key + (self._base(block) if line.item == "value" else ""))
            page.write_string(row, LABEL, line.label(self.language), f["name" if line.item == "value" else "label"])
            page.write_string(row, UNIT, line.unit(self.language), f["unit"])
            if len(line.label(self.language)) > _ONE_LINE[self.language]:
                page.set_row(row, 27)
            for i, cut in enumerate(self.form.cuts):
                entry = block.entries.get(cut)
                at = FIRST + i
                if entry is None:
                    page.write_blank(row, at, None, f["none"])
                elif line.computed:
                    self._computed(block, entry, row, at)
                else:
                    self._input(block, entry, line.item, row, at)
            for i, year in enumerate(self.years):
                for j, cut in enumerate(self.form.cuts):
                    self._past(block, cut, line.item, year, row, self.form.after + i * len(self.form.cuts) + j)
        page.set_row(block.row("comment"), 24)

    def _base(self, block: Block) -> str:
        """Version and seal of every cell as downloaded, so that what changed since can be told from what was typed."""
        return "|" + ",".join(
            f"{'/'.join(cut)}:{entry.version}:{seal(block, held(entry))}" for cut, entry in block.entries.items()
        )

    def _computed(self, block: Block, entry: Entry, row: int, column: int) -> None:
        top, bottom = (xl_rowcol_to_cell(block.row(item), column) for item in ("numerator", "denominator"))
        indicator = block.indicator
        formula = (
            f'=IF(OR({top}="",{bottom}="",{bottom}=0),"",ROUND({top}*{indicator.scale}/{bottom},{indicator.decimals}))'
        )
        shown = "" if entry.value is None else float(entry.value)
        self.page.write_formula(row, column, formula, self.formats["computed"], shown)

    def _input(self, block: Block, entry: Entry, item: str, row: int, column: int) -> None:
        content = held(entry)[item]
        style = self.formats[{"comment": "text", "status": "choice", "confidentiality": "choice"}.get(item, "input")]
        names = {"status": STATUSES, "confidentiality": CONFIDENTIALITIES}.get(item)
        if content is None or content == "":
            self.page.write_blank(row, column, None, style)
        elif isinstance(content, Decimal):
            self._number(row, column, content, style)
        else:
            text = names[content].in_language(self.language) if names else content
            self.page.write_string(row, column, text, style)
        self.page.data_validation(row, column, row, column, self._allowed(block, item))

    def _number(self, row: int, column: int, number: Decimal, style: Any) -> None:
        """As a number where that keeps it exactly, else as text; both are read back the same."""
        if Decimal(repr(float(number))) == number:
            self.page.write_number(row, column, float(number), style)
        else:
            self.page.write_string(row, column, number_text(number), style)

    def _allowed(self, block: Block, item: str) -> dict[str, Any]:
        zh = self.language == "zh"
        if item in {"status", "confidentiality"}:
            names = STATUSES if item == "status" else CONFIDENTIALITIES
            return {
                "validate": "list", "source": [text.in_language(self.language) for text in names.values()],
                "error_title": "请从列表中选择" if zh else "Choose from the list",
                "error_message": "请从列表中选择，或留空。" if zh else "Choose from the list, or leave it empty.",
            }  # fmt: skip
        if item == "comment":
            return {"validate": "length", "criteria": "<=", "value": MAX_COMMENT}
        low, high = (Decimal(0), None) if item != "value" else bounds(block.indicator)
        least, most = -_MOST if low is None else float(low), _MOST if high is None else float(high)
        note = ""
        if item == "numerator" and is_share(block.indicator):
            note = "不得大于分母。" if zh else "Not more than the denominator."
        return {
            "validate": "decimal", "criteria": "between", "minimum": least, "maximum": most,
            "input_title": block.indicator.name.in_language(self.language)[:32],
            "input_message": (note + ("填数字；确为零填0；没有数据请选数据状态。" if zh else "A number; 0 for a true zero; else choose a status."))[:255],
            "error_title": "数字不在可能范围内" if zh else "Not possible",
            "error_message": (f"应为{least:g}至{most:g}的数字。" if zh else f"A number from {least:g} to {most:g}.")[:255],
        }  # fmt: skip

    def _past(self, block: Block, cut: Cut, item: str, year: int, row: int, column: int) -> None:
        if cut not in block.entries:
            self.page.write_blank(row, column, None, self.formats["none"])
            return
        key = SeriesKey(block.indicator.id, self.form.sheet.region, Sex(cut[0]), block.age, Residence(cut[1]))
        known = self.past.get(key, year)
        content: Decimal | str | None = None
        if known is not None:
            if item in {"value", "numerator", "denominator"}:
                content = getattr(known, item)
            elif item == "status" and known.status.value != "A":
                content = STATUSES[known.status.value].in_language(self.language)
        if isinstance(content, Decimal):
            self._number(row, column, content, self.formats["past"])
        else:
            self.page.write_string(row, column, content or "", self.formats["past"])

    def _set_up(self, last_row: int) -> None:
        page = self.page
        page.set_column(KEY, KEY, 4, None, {"hidden": True})
        page.set_column(LABEL, LABEL, 34)
        page.set_column(UNIT, UNIT, 9)
        page.set_column(FIRST, self.form.after - 1, 12)
        page.set_column(self.form.after, self.last, 12)
        page.freeze_panes(self.form.head + 1, FIRST)
        page.protect("", {"format_columns": True, "format_rows": True})
        page.set_landscape()
        page.set_paper(9)
        page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        page.print_area(0, LABEL, last_row, self.last)
        page.repeat_rows(self.form.head - 1, self.form.head)
        page.fit_to_pages(1, 0)
        page.center_horizontally()
        page.set_footer(
            "&C第 &P 页　共 &N 页" if self.language == "zh" else "&CPage &P of &N"
        )  # fmt: skip
        page.set_first_sheet()
        page.activate()

    def _notes(self) -> None:
        page, f, lang = self.book.add_worksheet(NOTES), self.formats, self.language
        widths = (34, 11, 46, 28, 28, 40)
        for i, width in enumerate(widths):
            page.set_column(i, i, width)
        row = 0
        for rule in _RULES:
            page.write_string(row, 0, f"{row + 1}. {rule.in_language(lang)}", f["plain"])
            row += 1
        row += 1
        heads = (
            ("指标名称", "计量单位", "指标解释", "分子", "分母", "备注")
            if lang == "zh"
            else ("Indicator", "Unit", "Definition", "Numerator", "Denominator", "Note")
        )
        page.write_row(row, 0, heads, f["head"])
        page.repeat_rows(row)
        for block in self.form.blocks:
            row += 1
            of = block.indicator
            texts = (of.name, None, of.definition, of.numerator, of.denominator, of.note)
            for column, text in enumerate(texts):
                shown = unit_name(of, lang) if column == 1 else text.in_language(lang) if text else ""
                page.write_string(row, column, shown, f["wrap"])
        page.protect()
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.set_footer("&C第 &P 页　共 &N 页" if lang == "zh" else "&CPage &P of &N")
