"""Figures written with their unit, in both languages.

Numbers are rounded half away from zero, as statistical tables do, and only here: what is stored and
judged is exact.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Literal

from halfsky.plan.model import Indicator, Unit
from halfsky.plan.text import Text

Language = Literal["zh", "en"]


def _t(zh: str, en: str) -> Text:
    return Text(zh=zh, en=en)


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
    Unit.TEN_THOUSAND_PERSONS: _t("万人", "ten thousand persons"),
    Unit.COUNT: None,
    Unit.RATIO: None,
    Unit.INDEX: None,
    Unit.YES_NO: None,
}


def unit_name(indicator: Indicator, language: Language) -> str:
    """The unit as a table head or a chart's subtitle states it."""
    if language == "zh" and _counts_ages(indicator):
        return "岁"
    return UNITS[indicator.unit].in_language(language)


def _counts_ages(indicator: Indicator) -> bool:
    """Chinese counts the years of a life in 岁, other years in 年."""
    return indicator.unit is Unit.YEARS and any(word in indicator.name.zh for word in ("寿命", "年龄"))


# Wide enough for any quotient of two figures that can be stored; the usual 28 digits are not.
_WIDE = Context(prec=80)


def rounded(value: Decimal, places: int) -> Decimal:
    """Half away from zero, to so many places, however large the value."""
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, _WIDE)


def number(value: Decimal | float, indicator: Indicator) -> str:
    """The value alone, rounded to the indicator's decimals, thousands marked."""
    places = indicator.decimals
    exact = value if isinstance(value, Decimal) else Decimal(repr(float(value)))
    shown = rounded(exact, places)
    return f"{shown:,f}".replace("-", "−") if shown else f"{abs(shown):f}"


def with_unit(value: Decimal | float, indicator: Indicator, language: Language) -> str:
    """The value with its unit, as a sentence or a label needs it: ``7.92/10万``, ``7.92 per 100,000``."""
    if indicator.unit is Unit.YES_NO:
        yes = value >= 1
        return ("是" if yes else "否") if language == "zh" else ("yes" if yes else "no")
    if language == "zh" and (_counts_ages(indicator) or indicator.unit is Unit.COUNT):
        return f"{number(value, indicator)}{unit_name(indicator, language)}"
    suffix = _SUFFIXES[indicator.unit] if indicator.unit in _SUFFIXES else UNITS[indicator.unit]
    if suffix is None:
        return number(value, indicator)
    words = suffix.in_language(language)
    space = " " if language == "en" and words[0].isalpha() else ""
    shown = number(value, indicator)
    if language == "en" and shown == "1" and words.endswith("s"):
        words = words[:-1]  # 1 person, 1 year
    return f"{shown}{space}{words}"


def difference(size: Decimal | float, indicator: Indicator, language: Language) -> str:
    """How far two figures are apart: percentages differ by percentage points."""
    if indicator.unit is Unit.PERCENT:
        indicator = indicator.model_copy(update={"unit": Unit.PERCENTAGE_POINTS})
    return with_unit(size, indicator, language)


def bound_words(value: Decimal | float, indicator: Indicator, language: Language) -> str:
    """A target's value with its unit, with no more decimals than the promise has: ``8/10万``, not 8.00."""
    exact = value if isinstance(value, Decimal) else Decimal(repr(float(value)))
    whole = exact == exact.to_integral_value()
    plain = indicator.model_copy(update={"decimals": 0}) if whole else indicator
    return with_unit(value, plain, language)


def year_words(year: int, language: Language) -> str:
    return f"{year}年" if language == "zh" else str(year)


def years_words(first: int, last: int, language: Language) -> str:
    """A span of years, with the dash of each language."""
    if first == last:
        return year_words(first, language)
    return f"{first}—{last}年" if language == "zh" else f"{first}–{last}"
