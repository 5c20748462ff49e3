"""What a verdict adds to its sentence: why, and what to mind. Both languages."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from halfsky.plan import Indicator, Text
from halfsky.plan.wording import with_unit


def broke(year: int) -> Text:
    return Text(
        zh=f"{year}年统计口径变动，此前数据不可比，未用于趋势和基期。",
        en=f"The series breaks in {year}; earlier figures are not comparable and serve neither trend nor base.",
    )


def not_to_be_judged_alone(events: int, years: int) -> Text:
    return Text(
        zh=f"事件数过少（{years}年合计{events}例），不宜单独判定，请结合上一级数据。",
        en=f"Too few events ({events} in {years} years) to be judged alone; see the level above.",
    )


def pooled(indicator: Indicator, rate: Decimal, years: int, events: int) -> Text:
    return Text(
        zh=f"事件数较少，按{years}年合并（{events}例）判定：{with_unit(rate, indicator, 'zh')}。",
        en=f"Few events: judged on {years} pooled years ({events} events), {with_unit(rate, indicator, 'en')}.",
    )


def earlier_base(wanted: int, year: int) -> Text:
    return Text(
        zh=f"缺{wanted}年基期数据，以{year}年代替。", en=f"The base year {wanted} has no figure; {year} stands in."
    )


def no_base(wanted: int, *, broken: bool) -> Text:
    if broken:
        return Text(
            zh=f"口径变动后没有可比的{wanted}年基期数据，无法判定变化。",
            en=f"No comparable base of {wanted} after the break in the series; the change cannot be judged.",
        )
    return Text(
        zh=f"缺{wanted}年基期数据，无法判定变化。", en=f"No base figure for {wanted}; the change cannot be judged."
    )


def slipped() -> Text:
    return Text(
        zh="虽好于基期，但最近一年出现明显倒退。",
        en="Better than the base year, but clearly slipping in the latest year.",
    )


def no_windows(window: int) -> Text:
    return Text(
        zh=f"比较两个{window}年的增速需要首尾年份的数据，现有数据不足。",
        en=f"Comparing growth in two windows of {window} years needs the figures at their ends; they are missing.",
    )


def growth(ends: Sequence[int], recent: float, earlier: float) -> Text:
    late, middle, early = ends
    return Text(
        zh=f"{middle}—{late}年年均增长{recent:.1%}，{early}—{middle}年年均增长{earlier:.1%}。",
        en=f"It grew by {recent:.1%} a year in {middle}–{late}, by {earlier:.1%} a year in {early}–{middle}.",
    )


def no_reference() -> Text:
    return Text(zh="没有与对照指标同年的数据。", en="No year has both the figure and its reference.")


def stale(year: int, as_of: int) -> Text:
    return Text(
        zh=f"最新数据为{year}年，{as_of}年数据尚缺。", en=f"The latest figure is of {year}; that of {as_of} is missing."
    )


def few_points(points: int) -> Text:
    return Text(
        zh=f"可比数据仅{points}年，不给出概率。", en=f"Only {points} comparable figures: no probability is given."
    )


def aspiration_open() -> Text:
    return Text(zh="力争目标，未实现不计为未达标。", en="An aspiration: not reaching it does not count as missed.")


def milestone_unmeasured(milestone: int, year: int) -> Text:
    return Text(
        zh=f"{milestone}年数据尚缺，依据{year}年数据，暂不作未达标判定。",
        en=f"The figure of {milestone} is missing; on that of {year} it is not called missed yet.",
    )


def no_peers() -> Text:
    return Text(
        zh="无同类地区可比，概率仅依据本地区历年数据。",
        en="No other place to compare with: the probability rests on this place's own figures.",
    )
