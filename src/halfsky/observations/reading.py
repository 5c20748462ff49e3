"""Rows of text become observations, or every fault of the file at once and nothing usable.

Both doors (CSV and workbook) hand their rows to :func:`read_rows`; what is refused and what is read is
the same for both and stands in docs/figures.md.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum
from typing import TypeVar

from halfsky.observations import columns
from halfsky.observations.bounds import Cuts, range_faults
from halfsky.observations.columns import MAX_COMMENT, MAX_SOURCE
from halfsky.observations.model import WITHOUT_VALUE, Confidentiality, Nature, Observation, SeriesKey, Status
from halfsky.observations.numbers import as_programs_write, exact, read_number
from halfsky.observations.quotient import quotient
from halfsky.observations.rows import Place, Reading, Row
from halfsky.plan import Fault, Indicator, Plan, Residence, Sex, Text
from halfsky.plan.model import ALL_AGES
from halfsky.plan.wording import UNITS

MAX_FAULTS = 2_000
_AGE = re.compile(r"_T|Y[0-9]{1,3}|Y([0-9]{1,3})T([0-9]{1,3})|Y_GE[0-9]{1,3}|Y_LT[0-9]{1,3}")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_DATE = re.compile(r"[0-9]{4}\s*(?:[-/.年]\s*[0-9]{0,2}.*|[0-9]{2,4})")
_YEARS_BEFORE_PLAN = 60  # long series are kept for their trend
_YEARS_AFTER_PLAN = 5  # the final evaluation of a plan falls after its end

Code = TypeVar("Code", bound=StrEnum)


def read_rows(rows: Iterable[Row], plan: Plan, faults: list[Fault], readings: list[Fault], top: Place) -> Reading:
    """Read every row; ``faults`` and ``readings`` may already hold what the door found. ``top`` is the file's first row."""
    reader = _RowReader(plan, faults, readings)
    observations: list[Observation] = []
    first: dict[tuple[SeriesKey, int], Place] = {}
    for row in rows:
        if not any(text.strip() for text in row.cells.values()) and not row.kinds:
            continue
        if len(faults) > MAX_FAULTS:
            break
        observation = reader.read(row)
        if observation is None:
            continue
        earlier = first.setdefault(observation.key, row.place)
        if earlier is not row.place:
            faults.append(_duplicate(row.place, earlier))
        observations.append(observation)
    if not observations and not faults:
        faults.append(top.fault("file-empty", Text(zh="文件中没有数据行。", en="The file holds no figures.")))
    if len(faults) > MAX_FAULTS:
        del faults[MAX_FAULTS:]
        last = faults[-1]
        message = Text(
            zh=f"错误已达 {MAX_FAULTS} 处，其余未再检查。请先改正以上各处。",
            en=f"{MAX_FAULTS} faults were found and the rest was not checked. Correct these first.",
        )
        faults.append(Fault(code="faults-more", message=message, file=last.file, sheet=last.sheet))
    return Reading(() if faults else tuple(observations), tuple(faults), tuple(readings))


def years_taken(plan: Plan) -> tuple[int, int]:
    """First and last year that figures of a plan may be of."""
    return max(1949, plan.start - _YEARS_BEFORE_PLAN), min(2100, plan.end + _YEARS_AFTER_PLAN)


def _duplicate(place: Place, earlier: Place) -> Fault:
    return place.fault(
        "figure-repeated",
        Text(
            zh=f"与{earlier.name().zh}是同一数据（指标、地区、年份、性别、年龄、城乡都相同），请只保留一行。",
            en=f"The same figure as {earlier.name().en} (indicator, place, year, sex, age, residence); keep one.",
        ),
        "INDICATOR",
    )


_LABELS = (
    "INDICATOR", "TIME_PERIOD", "SEX", "AGE", "URBANISATION", "UNIT_MEASURE", "OBS_STATUS", "CONF_STATUS", "NATURE"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Labels:
    """What the labels of a row mean: everything but its place, its numbers and its words."""

    indicator: Indicator
    year: int
    sex: Sex
    age: str
    residence: Residence
    status: Status
    confidentiality: Confidentiality
    nature: Nature


class _RowReader:
    """Reads row after row against one plan, gathering faults and notes."""

    def __init__(self, plan: Plan, faults: list[Fault], readings: list[Fault]) -> None:
        self.plan = plan
        self.faults = faults
        self.readings = readings
        self.cuts = Cuts(plan)
        self._names = {name: i.id for i in plan.indicators for name in (i.name.zh, i.name.en)}
        self._places = {name: r.code for r in plan.regions for name in (r.name.zh, r.name.en)}
        self._keys: dict[tuple[str, ...], SeriesKey] = {}
        self._understood: dict[tuple[str, ...], _Labels] = {}  # labels that were read before, without fault or note

    def read(self, row: Row) -> Observation | None:
        """The observation of a row, or ``None`` when the row has a fault."""
        before = len(self.faults)
        if row.kinds:
            self._kinds(row)
        labels = self._labels(row)
        region = self._region(row)
        value = self._number(row, "OBS_VALUE")
        numerator, denominator = self._number(row, "NUMERATOR"), self._number(row, "DENOMINATOR")
        source, comment = self._text(row, "SOURCE", MAX_SOURCE), self._text(row, "COMMENT", MAX_COMMENT)
        if labels is None or region is None or len(self.faults) > before:
            return None
        indicator, status = labels.indicator, labels.status
        cut = (indicator.id, region, labels.sex, labels.age, labels.residence)
        key = self._keys.get(cut)
        if key is None:
            key = self._keys[cut] = SeriesKey(*cut)
        if value is None and status not in WITHOUT_VALUE and indicator.scale is not None:
            value = quotient(indicator, numerator, denominator)
            if value is not None and not exact(value):
                self._refuse(
                    row, "OBS_VALUE", "number-digits",
                    "由分子分母算得的数值过大，无法准确保存，请核对分子和分母。",
                    "The value that numerator and denominator give is too large to be kept exactly; check both.",
                )  # fmt: skip
                return None
        observation = Observation(
            key,
            labels.year,
            value,
            numerator,
            denominator,
            status,
            labels.confidentiality,
            labels.nature,
            source,
            comment,
        )
        for column, code, message in range_faults(indicator, observation, self.cuts):
            self._refuse(row, column, code, message.zh, message.en)
        return observation if len(self.faults) == before else None

    def _labels(self, row: Row) -> _Labels | None:
        """What a row's labels mean. Labels that were understood before, without a note, mean the same again."""
        if not row.kinds:
            written = tuple([row.cells.get(name, "") for name in _LABELS])
            found = self._understood.get(written)
            if found is not None:
                return found
        said = len(self.faults), len(self.readings)
        indicator = self._indicator(row)
        year = self._year(row)
        sex = self._code(row, "SEX", Sex, columns.SEX_NAMES, Sex.ALL, {"1": "M", "2": "F", "T": "_T", "0": "_T"})
        age = self._age(row)
        residence = self._code(row, "URBANISATION", Residence, columns.RESIDENCE_NAMES, Residence.ALL, {"T": "_T"})
        status = self._code(row, "OBS_STATUS", Status, columns.STATUS_NAMES, Status.NORMAL)
        confidentiality = self._code(
            row, "CONF_STATUS", Confidentiality, columns.CONFIDENTIALITY_NAMES, Confidentiality.FREE
        )
        nature = self._code(row, "NATURE", Nature, columns.NATURE_NAMES, Nature.REPORTED)
        if indicator is not None:
            self._unit(row, indicator)
        if indicator is None or year is None or sex is None or age is None or residence is None:
            return None
        if status is None or confidentiality is None or nature is None:
            return None
        labels = _Labels(indicator, year, sex, age, residence, status, confidentiality, nature)
        if not row.kinds and said == (len(self.faults), len(self.readings)):
            self._understood[written] = labels
        return labels

    def _refuse(self, row: Row, column: str, code: str, zh: str, en: str) -> None:
        self.faults.append(row.place.fault(code, Text(zh=zh, en=en), column))

    def _kinds(self, row: Row) -> None:
        """Cells of a workbook that are neither text nor number."""
        for column, kind in row.kinds.items():
            code, zh, en = _KINDS[kind]
            if kind == "date" and column == "TIME_PERIOD":
                zh, en = (
                    "年份写成了日期，请把单元格设为常规并填四位年份。",
                    "The year is a date; format the cell as General and write four digits.",
                )
            self._refuse(row, column, code, zh, en)

    def _cell(self, row: Row, column: str) -> str:
        return "" if column in row.kinds else row.cells.get(column, "").strip()

    def _indicator(self, row: Row) -> Indicator | None:
        text = self._cell(row, "INDICATOR")
        indicator = self.plan.indicator.get(text)
        if indicator is None:
            if "INDICATOR" not in row.kinds:
                self._unknown(
                    row, "INDICATOR", text, "indicator-unknown", "指标", "indicator", self.plan.indicator, self._names
                )
            return None
        if indicator.derive is not None:
            of, against = indicator.derive.of.indicator, indicator.derive.against.indicator
            self._refuse(
                row, "INDICATOR", "indicator-derived",
                f"“{text}”由 {of} 与 {against} 推算，不能填报，请填报原指标。",
                f"'{text}' is computed from {of} and {against} and cannot be sent in; send those.",
            )  # fmt: skip
        return indicator

    def _region(self, row: Row) -> str | None:
        text = self._cell(row, "REF_AREA")
        if text in self.plan.place:
            return self.plan.place[text].code  # the plan's own text: a nation's file would hold a million copies
        if "REF_AREA" not in row.kinds:
            self._unknown(row, "REF_AREA", text, "region-unknown", "地区", "place", self.plan.place, self._places)
        return None

    def _unknown(
        self, row: Row, column: str, text: str, code: str, zh: str, en: str,
        known: Mapping[str, object], names: Mapping[str, str],
    ) -> None:  # fmt: skip
        if not text:
            self._refuse(
                row,
                column,
                f"{code.split('-')[0]}-missing",
                f"{column} 为空，请填{zh}代码。",
                f"{column} is empty; give the {en}'s code.",
            )
            return
        plain = unicodedata.normalize("NFKC", text)  # an input method leaves full-width letters and digits
        hint = (
            names.get(text)
            or (plain if plain in known else None)
            or next(iter(get_close_matches(text[:80], list(known), n=1, cutoff=0.6)), None)
        )
        if hint is None:
            name = next(iter(get_close_matches(text[:80], list(names), n=1, cutoff=0.6)), None)
            hint = names[name] if name else None
        shown = _short(text)
        ask_zh, ask_en = (
            (f"是否应为“{hint}”？", f" Did you mean '{hint}'?")
            if hint
            else ("请查对代码表。", " See the list of codes.")
        )
        self._refuse(row, column, code, f"没有{zh}“{shown}”，{ask_zh}", f"There is no {en} '{shown}'.{ask_en}")

    def _year(self, row: Row) -> int | None:
        if "TIME_PERIOD" in row.kinds:
            return None
        text = self._cell(row, "TIME_PERIOD")
        half = read_number(text).number if text else None
        if half is None or half != half.to_integral_value() or not 1949 <= half <= 2100:
            if _DATE.fullmatch(text):
                self._refuse(
                    row,
                    "TIME_PERIOD",
                    "year-date",
                    f"“{_short(text)}”是日期，年份请填四位数字，如 2024。",
                    f"'{_short(text)}' is a date; write the year in four digits, such as 2024.",
                )
            else:
                self._refuse(
                    row,
                    "TIME_PERIOD",
                    "year-wrong",
                    f"年份“{_short(text)}”有误，应为 1949—2100 的四位数字。",
                    f"'{_short(text)}' is not a year from 1949 to 2100 in four digits.",
                )
            return None
        year = int(half)
        low, high = years_taken(self.plan)
        if not low <= year <= high:
            self._refuse(
                row,
                "TIME_PERIOD",
                "year-outside",
                f"{year} 年与本规划（{self.plan.start}—{self.plan.end}）相距太远，应在 {low}—{high} 之间，请核对。",
                f"{year} is too far from this plan ({self.plan.start}–{self.plan.end}); expected {low} to {high}. Check it.",
            )
            return None
        if text != str(year):
            note = Text(zh=f"年份“{text}”读作 {year}。", en=f"The year '{text}' is read as {year}.")
            self.readings.append(row.place.fault("read-as", note, "TIME_PERIOD"))
        return year

    def _code(
        self, row: Row, column: str, kind: type[Code], names: Mapping[Code, Text], blank: Code,
        also: Mapping[str, str] | None = None,
    ) -> Code | None:  # fmt: skip
        text = self._cell(row, column)
        if not text:
            return blank
        found = kind._value2member_map_.get(text)
        if found is not None:
            return found  # type: ignore[return-value]
        hint = (also or {}).get(text) or next(
            (c.value for c in kind if text.lower() in {c.value.lower(), names[c].zh, names[c].en, c.name.lower()}), None
        )
        ask_zh, ask_en = (f"是否应为“{hint}”？", f" Did you mean '{hint}'?") if hint else ("", "")
        codes_zh = "、".join(f"{c.value} {names[c].zh}" for c in kind)
        codes_en = ", ".join(f"{c.value} {names[c].en}" for c in kind)
        self._refuse(
            row,
            column,
            "code-unknown",
            f"{column} 没有代码“{_short(text)}”。{ask_zh}可用：{codes_zh}。",
            f"{column} has no code '{_short(text)}'.{ask_en} Use: {codes_en}.",
        )
        return None

    def _age(self, row: Row) -> str | None:
        text = self._cell(row, "AGE")
        match = _AGE.fullmatch(text)
        if not text or text == ALL_AGES:
            return ALL_AGES
        if match and not (match[1] and int(match[1]) > int(match[2])):
            return text
        self._refuse(
            row,
            "AGE",
            "code-unknown",
            f"年龄代码“{_short(text)}”有误。写法：_T 合计、Y35T45、Y_GE60、Y_LT5。",
            f"'{_short(text)}' is not an age code. Write _T for all, Y35T45, Y_GE60 or Y_LT5.",
        )
        return None

    def _number(self, row: Row, column: str) -> Decimal | None:
        text = self._cell(row, column)
        if not text:
            return None
        if (number := as_programs_write(text)) is not None:
            return number
        typed = read_number(text)
        if typed.fault is not None:
            self._refuse(row, column, typed.code, typed.fault.zh, typed.fault.en)
        elif typed.note is not None:
            self.readings.append(row.place.fault("read-as", typed.note, column))
        return typed.number

    def _text(self, row: Row, column: str, longest: int) -> str:
        text = "" if column in row.kinds else row.cells.get(column, "")
        if not text:
            return ""
        if len(text) > longest:
            self._refuse(
                row,
                column,
                "text-long",
                f"{column} 超过 {longest} 字，请缩短。",
                f"{column} has more than {longest} characters; shorten it.",
            )
        elif _CONTROL.search(text):
            self._refuse(
                row,
                column,
                "text-control",
                f"{column} 含有不可见的控制字符，请重新输入。",
                f"{column} holds invisible control characters; type it again.",
            )
        return text

    def _unit(self, row: Row, indicator: Indicator) -> None:
        if "UNIT_MEASURE" in row.kinds:
            return
        text = self._cell(row, "UNIT_MEASURE")
        name = UNITS[indicator.unit]
        if text != indicator.unit.value:
            given_zh, given_en = (
                (f"单位是“{_short(text)}”", f"The unit is '{_short(text)}'")
                if text
                else ("没有单位", "No unit stands here")
            )
            self._refuse(
                row, "UNIT_MEASURE", "unit-wrong",
                f"{given_zh}，该指标应为“{indicator.unit.value}”（{name.zh}）；请核对数值的单位后改写。",
                f"{given_en}; this indicator's is '{indicator.unit.value}' ({name.en}). Check the value's unit, then correct.",
            )  # fmt: skip


_KINDS = {
    "formula": ("formula", "单元格是公式，请复制后“选择性粘贴—数值”。", "The cell is a formula; copy it and paste as values."),
    "date": ("date", "单元格是日期，请设为常规并填数字。", "The cell is a date; format it as General and write a number."),
    "boolean": ("boolean", "单元格是逻辑值，请填数字 1 或 0。", "The cell is TRUE or FALSE; write 1 or 0."),
    "error": ("cell-error", "单元格是错误值，请改正。", "The cell holds a spreadsheet error; correct it."),
    "percent": (
        "percent-format",
        "单元格为百分比格式，存储的数是显示值的百分之一；请设为常规并填百分数本身，如 45.2。",
        "The cell is formatted as a percentage and stores a hundredth of what it shows; format it as General and write, say, 45.2.",
    ),
}  # fmt: skip


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
