"""Sentences and cells of the report, in natural official Chinese and in English."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal

from halfsky.assess import Standing, Verdict, promise
from halfsky.observations import Figures, SeriesKey, Status
from halfsky.plan import Indicator, Kind, Plan, Target, Unit
from halfsky.reports.charts.marks import READING_ORDER
from halfsky.reports.report.model import Cell
from halfsky.reports.words import STANDINGS, Language, difference, listed, number, with_unit, year_words

_DIGITS = "零一二三四五六七八九"
NOTHING = "—"
# Kinds whose promise names no figure: what it amounts to this year is written beside it.
COMPARED = frozenset({Kind.RISE, Kind.FALL, Kind.TIMES_BASE, Kind.NOT_BELOW, Kind.MATCH})


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


def word_width(words: str) -> float:
    """Share of a table's width in which the longest word of a narrow English head is not broken."""
    return max(0.9, 0.25 + 0.17 * max(map(len, words.split())))


def target_head(plan: Plan, language: Language) -> str:
    """The head of a column of targets: the plan's last year is not repeated in each row."""
    return f"目标（未注年份的为{plan.end}年）" if language == "zh" else f"Target (for {plan.end} unless noted)"


def promised(plan: Plan, target: Target, language: Language) -> str:
    """All that a target asks for: 不高于9/10万（2025年）；不高于8/10万. The plan's last year goes without saying."""
    zh = language == "zh"
    parts = []
    for milestone in target.milestones:
        words = promise(plan, target, milestone.year).in_language(language)
        when = [] if milestone.year == plan.end else [year_words(milestone.year, language)]
        if target.aspiration:
            when.append("力争" if zh else "aim")
        notes = ("，" if zh else ", ").join(when)
        parts.append(words + ((f"（{notes}）" if zh else f" ({notes})") if notes else ""))
    return ("；" if zh else "; ").join(parts)


def held_against(plan: Plan, verdict: Verdict, language: Language, *, compared: bool = True) -> str:
    """What a verdict holds the newest figure against, with the figure of the base or of the reference: 比2020年降低（1.18%）.

    ``compared``: with that figure, which is each place's own.
    """
    target, indicator = plan.target[verdict.target], plan.indicator[verdict.indicator]
    words = promise(plan, target, verdict.milestone).in_language(language)
    notes = [] if verdict.milestone == plan.end else [year_words(verdict.milestone, language)]
    if compared and verdict.kind in COMPARED and verdict.bound is not None:
        notes.append(with_unit(verdict.bound, indicator, language))
    if not notes:
        return words
    return f"{words}（{'，'.join(notes)}）" if language == "zh" else f"{words} ({', '.join(notes)})"


def newest(plan: Plan, verdict: Verdict, language: Language) -> str:
    """The figure that was judged, with its unit, and its year where that is not the year judged."""
    if verdict.value is None or verdict.year is None:
        return NOTHING
    amount = with_unit(verdict.value, plan.indicator[verdict.indicator], language)
    if verdict.year == verdict.as_of:
        return amount
    when = year_words(verdict.year, language)
    return f"{amount}（{when}）" if language == "zh" else f"{amount} ({when})"


def newest_cell(plan: Plan, verdict: Verdict, language: Language) -> str:
    """The same in a narrow column: the year, where it is another, in a line of its own."""
    words = newest(plan, verdict, language)
    return words.replace("（", "\n（") if language == "zh" else words.replace(" (", "\n(")


def short_of(plan: Plan, verdict: Verdict, language: Language) -> str:
    """How far the newest figure is from what is promised."""
    indicator = plan.indicator[verdict.indicator]
    if verdict.gap is None or verdict.gap <= 0 or indicator.unit is Unit.YES_NO:
        return NOTHING
    return difference(verdict.gap, indicator, language)


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
