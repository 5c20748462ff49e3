"""The words of reports and charts in both languages, and figures written with their unit.

Terms are those of GLOSSARY.md; figures are written by ``halfsky.plan.wording``, as in the sentences of verdicts.
"""

from __future__ import annotations

from decimal import Decimal

from halfsky.assess.model import Oddity
from halfsky.assess.words import FLAGS, STANDINGS
from halfsky.plan import Binds, Indicator, Kind, Text, Unit
from halfsky.plan.wording import (
    UNITS,
    Language,
    bound_words,
    difference,
    number,
    unit_name,
    with_unit,
    year_words,
    years_words,
)

__all__ = [
    "FLAGS",
    "STANDINGS",
    "UNITS",
    "Language",
    "bound_words",
    "difference",
    "number",
    "unit_name",
    "with_unit",
    "year_words",
    "years_words",
]


def _t(zh: str, en: str) -> Text:
    return Text(zh=zh, en=en)


DEMONSTRATION = _t("演示数据", "Demonstration data")

ODDITIES: dict[Oddity, Text] = {
    Oddity.JUMP: _t("最新数据突变", "jump in the newest figure"),
    Oddity.SPIKE: _t("单年异常", "single odd year"),
    Oddity.SHIFT: _t("水平突变", "level shift"),
    Oddity.COMMON_SHIFT: _t("各地共同变动", "shift of all places"),
    Oddity.REVISED: _t("数据修订", "revised figure"),
    Oddity.BREAK: _t("口径变动", "declared break"),
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


def short(value: Decimal | float, indicator: Indicator, language: Language) -> str:
    """For a label on a chart whose subtitle states the unit: long English units are left to it."""
    if language == "en" and indicator.unit not in {Unit.PERCENT, Unit.PER_1000, Unit.YES_NO}:
        return number(value, indicator)
    return with_unit(value, indicator, language)


def plural(count: int, word: str) -> str:
    """1 warning, 2 warnings."""
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"


def listed(items: list[str], language: Language) -> str:
    return ("、" if language == "zh" else ", ").join(items)
