"""Sentences and cells of the report, in natural official Chinese and in English."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal

from halfsky.assess import Standing, Verdict, promise
from halfsky.observations import Figures, SeriesKey, Status
from halfsky.plan import Indicator, Plan, Target, Unit
from halfsky.reports.charts.marks import READING_ORDER
from halfsky.reports.report.model import Cell
from halfsky.reports.words import STANDINGS, Language, listed, number, with_unit, year_words

_DIGITS = "零一二三四五六七八九"
NOTHING = "—"


def chinese_number(value: int) -> str:
    """1 → 一, 10 → 十, 12 → 十二, 20 → 二十; up to 99."""
    tens, ones = divmod(value, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return head + (_DIGITS[ones] if ones or not tens else "")


def counted(verdicts: Iterable[Verdict], language: Language) -> str:
    """How many stand where: 已达标5项、预计达标6项."""
    counts = Counter(v.status for v in verdicts)
    if language == "zh":
        return listed([f"{STANDINGS[s].zh}{counts[s]}项" for s in READING_ORDER if counts[s]], "zh")
    return listed([f"{counts[s]} {STANDINGS[s].en.lower()}" for s in READING_ORDER if counts[s]], "en")


def percent(part: int, whole: int) -> str:
    return f"{Decimal(100 * part) / Decimal(whole):.1f}%" if whole else NOTHING


def chance(probability: float | None) -> str:
    """A probability in whole percent; never 0 or 100, which nobody can know."""
    if probability is None:
        return NOTHING
    whole = round(probability * 100)
    return "<1%" if whole < 1 else ">99%" if whole > 99 else f"{whole}%"


def standing_cell(status: Standing, language: Language) -> Cell:
    return Cell(STANDINGS[status].in_language(language), status)


def promised(plan: Plan, target: Target, language: Language) -> str:
    """All that a target asks for, milestone by milestone: 不高于9/10万（2025年）；不高于8/10万（2030年）."""
    parts = []
    for milestone in target.milestones:
        words = promise(plan, target, milestone.year).in_language(language)
        when = year_words(milestone.year, language)
        aim = ("，力争" if language == "zh" else ", aim") if target.aspiration else ""
        parts.append(f"{words}（{when}{aim}）" if language == "zh" else f"{words} ({when}{aim})")
    return ("；" if language == "zh" else "; ").join(parts)


def value_cell(figures: Figures, key: SeriesKey, year: int, indicator: Indicator, language: Language) -> str:
    """The figure of a year without its unit; each reason for its absence in its own words."""
    observation = figures.get(key, year)
    if observation is None:
        return NOTHING
    if observation.value is None:
        words = {
            Status.NOT_APPLICABLE: ("不适用", "n/a"),
            Status.NOT_COLLECTED: ("未统计", "not collected"),
            Status.SUPPRESSED: ("不予公布", "withheld"),
        }
        zh, en = words[observation.status]
        return zh if language == "zh" else en
    return (
        with_unit(observation.value, indicator, language)
        if indicator.unit is Unit.YES_NO
        else number(observation.value, indicator)
    )
