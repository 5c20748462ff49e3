"""The one shape in which figures travel: fifteen columns under SDMX concept names, a row per figure.

docs/figures.md documents the same for people. The order of :data:`HEADER` is the order in every file.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from halfsky.observations.model import Confidentiality, Nature, Observation, Status
from halfsky.plan import Plan, Residence, Sex, Text
from halfsky.plan.model import Unit

HEADER: tuple[str, ...] = (
    "INDICATOR", "REF_AREA", "TIME_PERIOD", "SEX", "AGE", "URBANISATION", "OBS_VALUE", "NUMERATOR", "DENOMINATOR",
    "UNIT_MEASURE", "OBS_STATUS", "CONF_STATUS", "NATURE", "SOURCE", "COMMENT",
)  # fmt: skip
SHEET = "figures"

MAX_ROWS = 200_000
MAX_SOURCE = 500
MAX_COMMENT = 2_000
MAX_DIGITS = 15  # significant digits that every store and every spreadsheet keeps exactly
MAX_PLACES = 8


@dataclass(frozen=True, slots=True)
class Column:
    """What a column holds and what an empty cell of it means."""

    name: str
    label: Text
    holds: Text
    blank: Text


def _column(name: str, zh: str, en: str, holds_zh: str, holds_en: str, blank_zh: str, blank_en: str) -> Column:
    return Column(name, Text(zh=zh, en=en), Text(zh=holds_zh, en=holds_en), Text(zh=blank_zh, en=blank_en))


_REFUSED = ("不得空白", "refused")
_TOTAL = ("合计 _T", "the total, _T")

COLUMNS: tuple[Column, ...] = (
    _column("INDICATOR", "指标", "Indicator", "规划数据包中的指标代码", "Indicator id of the plan's pack", *_REFUSED),
    _column("REF_AREA", "地区", "Place", "行政区划代码（GB/T 2260）或数据包自定代码", "Division code (GB/T 2260) or the pack's own", *_REFUSED),
    _column("TIME_PERIOD", "年份", "Year", "四位年份", "Year in four digits", *_REFUSED),
    _column("SEX", "性别", "Sex", "_T 合计、F 女、M 男", "_T all, F women, M men", *_TOTAL),
    _column("AGE", "年龄", "Age", "_T 合计、Y35T45 35至45岁、Y_GE60 60岁及以上、Y_LT5 不满5岁", "_T all, Y35T45 from 35 to 45, Y_GE60 60 and over, Y_LT5 under 5", *_TOTAL),
    _column("URBANISATION", "城乡", "Residence", "_T 合计、U 城镇、R 农村", "_T all, U urban, R rural", *_TOTAL),
    _column(
        "OBS_VALUE", "数值", "Value", "以指标单位计的数值", "The value in the indicator's unit",
        "有分子分母时由其计算；否则须以 OBS_STATUS 说明为何没有数值", "computed where numerator and denominator stand; otherwise OBS_STATUS must say why there is none",
    ),
    _column("NUMERATOR", "分子", "Numerator", "分子的实数（不折算）", "The numerator itself, unscaled", "没有分子", "none"),
    _column("DENOMINATOR", "分母", "Denominator", "分母的实数（不折算）", "The denominator itself, unscaled", "没有分母", "none"),
    _column("UNIT_MEASURE", "单位", "Unit", "单位代码，须与指标一致", "Unit code, that of the indicator", *_REFUSED),
    _column(
        "OBS_STATUS", "数据状态", "Status",
        "A 正常、B 口径变动、E 估计、P 初步、U 可靠性低；没有数值时 M 不适用、L 未统计、Q 不公布",
        "A normal, B break, E estimated, P provisional, U low reliability; without a value M not applicable, L not collected, Q withheld",
        "正常 A（须有数值）", "A, normal (a value must stand)",
    ),
    _column("CONF_STATUS", "保密状态", "Confidentiality", "F 可公开、N 仅限内部使用、C 保密", "F free, N not for publication, C confidential", "可公开 F", "F, free"),
    _column(
        "NATURE", "数据性质", "Nature", "reported 填报、printed 公布、derived 推算、survey 调查、demo 演示",
        "reported by a unit, printed in a publication, derived, survey, demo", "填报 reported", "reported",
    ),
    _column("SOURCE", "来源", "Source", f"出处，最多{MAX_SOURCE}字", f"Citation, at most {MAX_SOURCE} characters", "未注明", "not stated"),
    _column("COMMENT", "说明", "Comment", f"说明，最多{MAX_COMMENT}字", f"Explanation, at most {MAX_COMMENT} characters", "没有说明", "none"),
)  # fmt: skip

SEX_NAMES = {
    Sex.ALL: Text(zh="合计", en="all"),
    Sex.FEMALE: Text(zh="女", en="women"),
    Sex.MALE: Text(zh="男", en="men"),
}
RESIDENCE_NAMES = {
    Residence.ALL: Text(zh="合计", en="all"),
    Residence.URBAN: Text(zh="城镇", en="urban"),
    Residence.RURAL: Text(zh="农村", en="rural"),
}
STATUS_NAMES = {
    Status.NORMAL: Text(zh="正常", en="normal"),
    Status.BREAK: Text(zh="口径变动", en="break in series"),
    Status.ESTIMATED: Text(zh="估计", en="estimated"),
    Status.PROVISIONAL: Text(zh="初步", en="provisional"),
    Status.LOW_RELIABILITY: Text(zh="可靠性低", en="low reliability"),
    Status.NOT_APPLICABLE: Text(zh="不适用", en="not applicable"),
    Status.NOT_COLLECTED: Text(zh="未统计", en="not collected"),
    Status.SUPPRESSED: Text(zh="不公布", en="withheld"),
}
CONFIDENTIALITY_NAMES = {
    Confidentiality.FREE: Text(zh="可公开", en="free"),
    Confidentiality.CONFIDENTIAL: Text(zh="保密", en="confidential"),
    Confidentiality.NOT_FOR_PUBLICATION: Text(zh="仅限内部使用", en="not for publication"),
}
NATURE_NAMES = {
    Nature.PRINTED: Text(zh="公布", en="printed"),
    Nature.REPORTED: Text(zh="填报", en="reported"),
    Nature.DERIVED: Text(zh="推算", en="derived"),
    Nature.SURVEY: Text(zh="调查", en="survey"),
    Nature.DEMO: Text(zh="演示", en="demonstration"),
}
COUNTED = frozenset({Unit.COUNT, Unit.PERSONS, Unit.TEN_THOUSAND_PERSONS})
"""Units of amounts: the whole is the sum of its parts."""


def cells(plan: Plan, observation: Observation) -> tuple[str, ...]:
    """One figure as the texts of a row, in the order of :data:`HEADER`."""
    key = observation.series
    return (
        key.indicator, key.region, str(observation.year), key.sex.value, key.age, key.residence.value,
        number_text(observation.value), number_text(observation.numerator), number_text(observation.denominator),
        plan.indicator[key.indicator].unit.value, observation.status.value, observation.confidentiality.value,
        observation.nature.value, observation.source, observation.comment,
    )  # fmt: skip


def number_text(number: Decimal | None) -> str:
    """Plain digits, never an exponent; nothing for nothing."""
    return "" if number is None else format(number, "f")
