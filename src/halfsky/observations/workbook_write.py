"""Writing figures to Excel workbooks, and the empty workbook 模板 that a unit fills in."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import xlsxwriter

from halfsky.observations import columns
from halfsky.observations.columns import COLUMNS, HEADER, SHEET, cells
from halfsky.observations.gaps import gaps
from halfsky.observations.model import Figures, Observation
from halfsky.plan import Plan, Text
from halfsky.plan.wording import UNITS

_WIDTHS = {"INDICATOR": 34, "REF_AREA": 12, "UNIT_MEASURE": 15, "SOURCE": 30, "COMMENT": 40}
_NUMBERS = frozenset({"TIME_PERIOD", "OBS_VALUE", "NUMERATOR", "DENOMINATOR"})
_SPARE_ROWS = 2_000  # rows of a template with drop-downs beyond those already there
_INDICATORS, _PLACES, _CODES, _NOTES = "指标 indicators", "地区 places", "代码 codes", "说明 notes"


def write_xlsx(observations: Iterable[Observation], *, plan: Plan) -> bytes:
    """Figures as a workbook: the sheet ``figures``, and notes with columns, indicators, places and codes.

    Numbers are written as numbers where that keeps them exactly, else as text; both are read back the same.
    """
    return _workbook(plan, [cells(plan, o) for o in observations], choices=False)


def template(plan: Plan, *, year: int, region: str | None = None, indicators: Iterable[str] | None = None) -> bytes:
    """A workbook to fill in: a row for each figure expected of a place in a year, with drop-downs for codes.

    ``region`` is the plan's own by default; ``indicators`` narrows the rows. Raises ``ValueError`` for a
    region or an indicator that the plan does not have.
    """
    place = region or plan.region
    wanted = None if indicators is None else set(indicators)
    unknown = [*({place} - set(plan.place)), *((wanted or set()) - set(plan.indicator))]
    if unknown:
        raise ValueError(f"not in plan {plan.id}: {', '.join(sorted(unknown))}")
    expected = [
        gap.series
        for gap in gaps(plan, Figures(), [year], disaggregated=True)
        if gap.series.region == place and (wanted is None or gap.series.indicator in wanted)
    ]
    rows = [
        (k.indicator, k.region, str(year), k.sex.value, k.age, k.residence.value, "", "", "",
         plan.indicator[k.indicator].unit.value, "", "", "", "", "")
        for k in expected
    ]  # fmt: skip
    return _workbook(plan, rows, choices=True)


def _workbook(plan: Plan, rows: Sequence[tuple[str, ...]], *, choices: bool) -> bytes:
    out = io.BytesIO()
    options = {
        "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    }  # fmt: skip
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"title": plan.title.zh, "subject": plan.id})
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet(SHEET)
    sheet.write_row(0, 0, HEADER, head)
    sheet.freeze_panes(1, 2)
    for i, name in enumerate(HEADER):
        sheet.set_column(i, i, _WIDTHS.get(name, 14))
    for r, row in enumerate(rows, start=1):
        for c, (name, text) in enumerate(zip(HEADER, row, strict=True)):
            if text:
                _write(sheet, r, c, name, text)
    lists = _notes(book, plan, head)
    if choices:
        _drop_downs(sheet, lists, len(rows) + _SPARE_ROWS)
    book.close()
    return out.getvalue()


def _write(sheet: Any, row: int, column: int, name: str, text: str) -> None:
    number = float(text) if name in _NUMBERS else None
    if number is not None and Decimal(repr(number)) == Decimal(text):
        sheet.write_number(row, column, number)
    else:
        sheet.write_string(row, column, text)


def _notes(book: Any, plan: Plan, head: Any) -> dict[str, str]:
    """The bilingual sheets beside the figures; for each column of codes, the range that lists them."""
    wrap = book.add_format({"text_wrap": True, "valign": "top"})

    def table(name: str, widths: Sequence[int], heading: Sequence[str], lines: Sequence[Sequence[str]]) -> None:
        sheet = book.add_worksheet(name)
        for i, width in enumerate(widths):
            sheet.set_column(i, i, width)
        sheet.write_row(0, 0, heading, head)
        sheet.freeze_panes(1, 0)
        for r, line in enumerate(lines, start=1):
            for c, text in enumerate(line):
                sheet.write_string(r, c, text, wrap)

    table(
        _NOTES, (16, 14, 16, 48, 60, 40, 44),
        ("列 column", "名称", "Name", "内容", "Content", "空白表示", "Blank means"),
        [(c.name, c.label.zh, c.label.en, c.holds.zh, c.holds.en, c.blank.zh, c.blank.en) for c in COLUMNS],
    )  # fmt: skip
    collected = [i for i in plan.indicators if i.derive is None]
    table(
        _INDICATORS, (34, 30, 40, 22, 44, 60, 30, 40, 30, 40),
        ("代码 code", "名称", "Name", "单位 unit", "定义", "Definition", "分子", "Numerator", "分母", "Denominator"),
        [
            (i.id, i.name.zh, i.name.en, f"{i.unit.value} ({UNITS[i.unit].zh})", i.definition.zh, i.definition.en,
             *_pair(i.numerator), *_pair(i.denominator))
            for i in collected
        ],
    )  # fmt: skip
    table(_PLACES, (16, 24, 36), ("代码 code", "名称", "Name"), [(r.code, r.name.zh, r.name.en) for r in plan.regions])
    coded: list[tuple[str, dict[Any, Text]]] = [
        ("SEX", columns.SEX_NAMES),
        ("URBANISATION", columns.RESIDENCE_NAMES),
        ("UNIT_MEASURE", UNITS),
        ("OBS_STATUS", columns.STATUS_NAMES),
        ("CONF_STATUS", columns.CONFIDENTIALITY_NAMES),
        ("NATURE", columns.NATURE_NAMES),
    ]
    lines: list[tuple[str, str, str, str]] = []
    ranges: dict[str, str] = {}
    for name, names in coded:
        first = len(lines) + 2
        lines += [(name, code.value, text.zh, text.en) for code, text in names.items()]
        ranges[name] = f"='{_CODES}'!$B${first}:$B${len(lines) + 1}"
    table(_CODES, (18, 24, 20, 26), ("列 column", "代码 code", "名称", "Name"), lines)
    ranges["INDICATOR"] = f"='{_INDICATORS}'!$A$2:$A${len(collected) + 1}"
    ranges["REF_AREA"] = f"='{_PLACES}'!$A$2:$A${len(plan.regions) + 1}"
    return ranges


def _pair(text: Text | None) -> tuple[str, str]:
    return (text.zh, text.en) if text is not None else ("", "")


def _drop_downs(sheet: Any, lists: dict[str, str], last: int) -> None:
    for name, source in lists.items():
        column = HEADER.index(name)
        sheet.data_validation(
            1, column, last, column,
            {
                "validate": "list", "source": source, "error_title": name,
                "error_message": "请从列表中选择。 Choose from the list.",
            },
        )  # fmt: skip
