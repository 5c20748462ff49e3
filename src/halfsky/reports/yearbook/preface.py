"""The compiler's notes 编者说明 and the sources of a yearbook."""

from __future__ import annotations

from halfsky.observations import Nature
from halfsky.reports.words import DEMONSTRATION, listed, years_words
from halfsky.reports.yearbook.book import NOT_APPLICABLE, NOT_COLLECTED, Book


def notes(book: Book) -> list[str]:
    """What a reader must know to use the tables, numbered."""
    made = _zh(book) if book.zh else _en(book)
    return [f"{i}. {text}" for i, text in enumerate(made, 1)]


def _zh(book: Book) -> list[str]:
    plan, span = book.plan, years_words(book.years[0], book.year, "zh")
    zones = [r.name.zh for r in plan.regions if r.level == "zone"]
    texts = [
        f"本资料系统收录{book.place}{span}妇女发展的主要统计数据，按《{plan.title.zh}》的领域分章编排，共{len(book.chapters)}章，收录指标{len(plan.indicators)}个。"
        "每章依次为主要指标历年情况、男女对照、城乡对照、各区（市）县情况和主要统计指标解释；没有相应数据的表不列。",
        f"基期{plan.base_year}年的数据与近年数据并列，便于比较。凡分性别统计的指标，女性与男性并列，女性在前；数量指标列女性占男女合计的比重，"
        "比率指标列女性减男性之差，金额、时间、年限等指标列女性与男性之比（男=1）。",
        f"本资料使用的符号：“{NOT_COLLECTED}”表示未统计或截至编印时尚无数据；“{NOT_APPLICABLE}”表示不适用，或统计制度不要求该项分组；"
        "“不公布”表示有数据但按规定不公布；“0”“0.00”表示数值为零或不足表中最小单位。缺数据一律不按零处理。",
        f"数字后的字母：{MARKS_ZH}。",
        f"{book.place}数据由分子、分母或数量汇总得到，不取各地平均数。由于四舍五入，个别分项之和与合计可能略有出入；超出允许误差的，在表下注明。",
        "本资料只收录可以公开的数据。为防止由合计推算出不公布的数据，同一合计中另有个别数据一并不公布。",
    ]
    if zones:
        texts.append(f"{listed(zones, 'zh')}的数据已包含在所在区（市）县内，不单独列出，也不重复计算。")
    return texts


def _en(book: Book) -> list[str]:
    plan, span = book.plan, years_words(book.years[0], book.year, "en")
    zones = [r.name.en for r in plan.regions if r.level == "zone"]
    texts = [
        f"These are the main statistics on the development of women in {book.place}, {span}, in {len(book.chapters)} chapters by the "
        f"fields of the {plan.title.en}, with {len(plan.indicators)} indicators. Each chapter has tables of several years, of women and "
        "men, of urban and rural, of the districts, and the definitions; a table without figures is left out.",
        f"The base year {plan.base_year} stands beside recent years. Wherever figures are collected by sex, women stand beside men: of "
        "amounts their share is given, of rates the difference women minus men, of money, time and years the ratio of women to men (men = 1).",
        f"Signs: {NOT_COLLECTED} not collected, or no figure yet; {NOT_APPLICABLE} not applicable, or not asked for in this split; "
        "withheld: there is a figure that may not be published; 0 and 0.00: nothing, or less than half the smallest unit shown. What is "
        "missing is never a zero.",
        "Letters after a number: b break in the series, e estimated, p provisional, u of low reliability.",
        "The whole is summed from numerators and denominators or from amounts, never averaged. Parts may differ from their total by "
        "rounding; what differs by more than is allowed is noted below the table.",
        "Only figures that are free to publish are printed. Where a withheld figure would follow from a total, another part is withheld too.",
    ]
    if zones:
        texts.append(f"{listed(zones, 'en')}: included in the district in which each lies, and not counted twice.")
    return texts


MARKS_ZH = "b表示统计口径有变动，与以前年份不可比；e表示估计数；p表示初步数；u表示可靠性低"


def sources(book: Book) -> list[str]:
    """Who the figures come from, what they cite, and the statement on demonstration data."""
    zh, plan = book.zh, book.plan
    printed = [o for o in book.figures if o.year in book.years and o.value is not None]
    units = dict.fromkeys(i.source_unit for i in plan.indicators if i.source_unit in plan.unit)
    texts = []
    if units:
        names = listed([plan.unit[u].name.in_language(book.language) for u in units if u is not None], book.language)
        texts.append(
            f"各指标的来源单位见主要统计指标解释，计有：{names}。" if zh
            else f"The source unit of each indicator stands with its definition: {names}."
        )  # fmt: skip
    cited = sorted({o.source for o in printed if o.source and o.nature is not Nature.DEMO})
    if cited:
        texts.append("引用的资料：" if zh else "Cited:")
        texts += [f"（{i}）{source}。" if zh else f"({i}) {source}." for i, source in enumerate(cited, 1)]
    if demo := sum(o.nature is Nature.DEMO for o in printed):
        words = DEMONSTRATION.in_language(book.language)
        texts.append(
            f"本资料涉及年份的{len(printed):,}个数据中，有{demo:,}个为{words}，由系统生成，只用于演示，不得作为统计资料引用。" if zh
            else f"Of the {len(printed):,} figures of these years, {demo:,} are demonstration data: generated, and not to be cited as statistics."
        )  # fmt: skip
    return texts
