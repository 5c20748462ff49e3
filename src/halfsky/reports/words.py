"""The words of reports and charts in both languages, and figures written with their unit.

Terms are those of GLOSSARY.md. Numbers are rounded half away from zero, as statistical tables do, and
only here: what is stored and judged is exact.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from halfsky.assess import Flag, Standing
from halfsky.plan import Binds, Indicator, Kind, Text, Unit

Language = Literal["zh", "en"]


def _t(zh: str, en: str) -> Text:
    return Text(zh=zh, en=en)


DEMONSTRATION = _t("演示数据", "Demonstration data")

STANDINGS: dict[Standing, Text] = {
    Standing.MET: _t("已达标", "Met"),
    Standing.ON_TRACK: _t("预计达标", "On track"),
    Standing.UNCERTAIN: _t("尚不确定", "Uncertain"),
    Standing.AT_RISK: _t("预计达标困难", "At risk"),
    Standing.MISSED: _t("未达标", "Missed"),
    Standing.NO_DATA: _t("缺数据", "No data"),
    Standing.TOO_LITTLE: _t("数据不足", "Too little data"),
    Standing.NOT_APPLICABLE: _t("不适用", "Not applicable"),
}

FLAGS: dict[Flag, Text] = {
    Flag.VOLATILE: _t("波动较大", "volatile"),
    Flag.SLIPPING: _t("出现倒退", "slipping"),
    Flag.SMALL_NUMBERS: _t("小样本", "small numbers"),
    Flag.BREAK: _t("口径变动", "break in series"),
    Flag.STALE: _t("数据滞后", "stale"),
    Flag.NEARLY: _t("接近目标", "nearly met"),
}

KINDS: dict[Kind, Text] = {
    Kind.AT_LEAST: _t("不低于", "at least"),
    Kind.AT_MOST: _t("不高于", "at most"),
    Kind.NEAR: _t("保持在左右", "near"),
    Kind.RISE: _t("提高", "rise"),
    Kind.FALL: _t("降低", "fall"),
    Kind.SLOW: _t("增速减缓", "slower growth"),
    Kind.TIMES_BASE: _t("比基期增长", "times the base"),
    Kind.NOT_BELOW: _t("不低于对照指标", "not below the reference"),
    Kind.MATCH: _t("与对照指标相适应", "matches the reference"),
    Kind.EXISTS: _t("设置齐全", "in place"),
}

BINDS: dict[Binds, Text] = {
    Binds.REGION: _t("本地区", "the region"),
    Binds.EVERY_DISTRICT: _t("每个区（市）县", "every district"),
    Binds.REGION_AND_EVERY_DISTRICT: _t("本地区和每个区（市）县", "the region and every district"),
    Binds.EVERY_COUNTY: _t("以县为单位统计", "every county-level place"),
    Binds.EVERY_BODY: _t("每个机构", "every body"),
}

FREQUENCIES: dict[str, Text] = {
    "annual": _t("每年", "annual"),
    "biennial": _t("每两年", "every two years"),
    "triennial": _t("每三年", "every three years"),
    "quinquennial": _t("每五年", "every five years"),
    "census": _t("普查", "census"),
    "term": _t("换届年", "each term of office"),
    "irregular": _t("不定期", "irregular"),
}

UNITS: dict[Unit, Text] = {
    Unit.PERCENT: _t("%", "%"),
    Unit.PERCENTAGE_POINTS: _t("个百分点", "percentage points"),
    Unit.PER_1000: _t("‰", "per 1,000"),
    Unit.PER_10K: _t("1/万", "per 10,000"),
    Unit.PER_100K: _t("1/10万", "per 100,000"),
    Unit.YEARS: _t("年", "years"),
    Unit.HOURS: _t("小时", "hours"),
    Unit.MINUTES: _t("分钟", "minutes"),
    Unit.COUNT: _t("个", "number"),
    Unit.PERSONS: _t("人", "persons"),
    Unit.TEN_THOUSAND_PERSONS: _t("万人", "10,000 persons"),
    Unit.YUAN: _t("元", "yuan"),
    Unit.RATIO: _t("比值", "ratio"),
    Unit.INDEX: _t("指数", "index"),
    Unit.YES_NO: _t("是/否", "yes/no"),
}

# What follows a number in a sentence or a label, where it differs from the name of the unit.
_SUFFIXES: dict[Unit, Text | None] = {
    Unit.PERCENT: _t("%", "%"),
    Unit.PERCENTAGE_POINTS: _t("个百分点", " percentage points"),
    Unit.PER_1000: _t("‰", "‰"),
    Unit.PER_10K: _t("/万", " per 10,000"),
    Unit.PER_100K: _t("/10万", " per 100,000"),
    Unit.COUNT: None,
    Unit.RATIO: None,
    Unit.INDEX: None,
    Unit.YES_NO: None,
}


def unit_name(indicator: Indicator, language: Language) -> str:
    """The unit as a table head or a chart's subtitle states it."""
    return UNITS[indicator.unit].in_language(language)


def number(value: Decimal | float, indicator: Indicator) -> str:
    """The value alone, rounded to the indicator's decimals, thousands marked."""
    places = indicator.decimals
    exact = value if isinstance(value, Decimal) else Decimal(repr(float(value)))
    rounded = exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return f"{rounded:,f}".replace("-", "−") if rounded else f"{abs(rounded):f}"


def with_unit(value: Decimal | float, indicator: Indicator, language: Language) -> str:
    """The value with its unit, as a sentence or a label needs it: ``7.92/10万``, ``7.92 per 100,000``."""
    if indicator.unit is Unit.YES_NO:
        yes = value >= 1
        return ("是" if yes else "否") if language == "zh" else ("yes" if yes else "no")
    suffix = _SUFFIXES[indicator.unit] if indicator.unit in _SUFFIXES else UNITS[indicator.unit]
    if suffix is None:
        return number(value, indicator)
    words = suffix.in_language(language)
    space = " " if language == "en" and words[0].isalpha() else ""
    return f"{number(value, indicator)}{space}{words}"


def bound_words(value: Decimal | float, indicator: Indicator, language: Language) -> str:
    """A target's value with its unit, with no more decimals than the promise has: ``8/10万``, not 8.00."""
    exact = value if isinstance(value, Decimal) else Decimal(repr(float(value)))
    whole = exact == exact.to_integral_value()
    plain = indicator.model_copy(update={"decimals": 0}) if whole else indicator
    return with_unit(value, plain, language)


def short(value: Decimal | float, indicator: Indicator, language: Language) -> str:
    """For a label on a chart whose subtitle states the unit: long English units are left to it."""
    if language == "en" and indicator.unit not in {Unit.PERCENT, Unit.PER_1000, Unit.YES_NO}:
        return number(value, indicator)
    return with_unit(value, indicator, language)


def year_words(year: int, language: Language) -> str:
    return f"{year}年" if language == "zh" else str(year)


def years_words(first: int, last: int, language: Language) -> str:
    """A span of years, with the dash of each language."""
    if first == last:
        return year_words(first, language)
    return f"{first}—{last}年" if language == "zh" else f"{first}–{last}"


def listed(items: list[str], language: Language) -> str:
    return ("、" if language == "zh" else ", ").join(items)
