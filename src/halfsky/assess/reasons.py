"""What a verdict adds to its sentence: why, and what to mind. Both languages."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from halfsky.assess.model import Cluster, RareEvents
from halfsky.plan import Indicator, Text
from halfsky.plan.wording import Language, bound_words, difference, number, with_unit, years_words

LANGUAGES: tuple[Language, ...] = ("zh", "en")


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


def few_events(indicator: Indicator, rare: RareEvents, *, higher: bool) -> Text:
    """Events and exposure of the pooled years, exact interval, shrunk rate, and the chance that the true rate meets."""
    assert indicator.denominator is not None
    text = {}
    for language in LANGUAGES:
        rate, shrunk = (with_unit(value, indicator, language) for value in (rare.rate, rare.shrunk))
        bound = bound_words(rare.reference, indicator, language)
        years, of = years_words(rare.first, rare.last, language), indicator.denominator.in_language(language)
        if language == "zh":
            exact, likely = (
                f"{number(low, indicator)}至{with_unit(high, indicator, 'zh')}"
                for low, high in ((rare.low, rare.high), (rare.low80, rare.high80))
            )
            peers = f"参照其余{rare.peers}个地区" if rare.peers else "无同类地区可参照"
            text["zh"] = (
                f"{years}合计{rare.events}例（{of}{rare.exposure:,f}），合并为{rate}，95%精确区间{exact}；"
                f"{peers}，估计真实水平约{shrunk}（80%区间{likely}），"
                f"{'不低于' if higher else '不高于'}{bound}的概率{_chance(rare.within, '约', '不足')}。"
            )
        else:
            exact, likely = (
                f"{number(low, indicator)} to {number(high, indicator)}"
                for low, high in ((rare.low, rare.high), (rare.low80, rare.high80))
            )
            others = "the other place" if rare.peers == 1 else f"the {rare.peers} other places"
            peers = f"with {others} in view" if rare.peers else "without peers to set it against"
            text["en"] = (
                f"{years}: {_events(rare.events)} ({of.lower()}: {rare.exposure:,f}), together {rate} (exact 95% "
                f"interval {exact}); {peers} the true level is about {shrunk} (80% interval {likely}), and at "
                f"{'least' if higher else 'most'} {bound} with a probability of {_chance(rare.within, 'about ', 'under ')}."
            )
    return Text(**text)


def level_above(name: Text, indicator: Indicator, rare: RareEvents, met: bool | None) -> Text:
    """The whole region's own pooled figure, and whether it meets the same bound where that was judged."""
    zh = f"上一级：{name.zh}{years_words(rare.first, rare.last, 'zh')}合计{rare.events}例，为{with_unit(rare.rate, indicator, 'zh')}"
    en = f"The level above, {name.en}: {_events(rare.events)} in {years_words(rare.first, rare.last, 'en')}, {with_unit(rare.rate, indicator, 'en')}"
    if met is not None:
        zh, en = zh + ("，达到目标" if met else "，未达到目标"), en + (", which meets the bound" if met else ", which does not meet the bound")  # fmt: skip
    return Text(zh=zh + "。", en=en + ".")


def cluster(place: Text | None, found: Cluster) -> Text:
    """More events than chance explains, and how improbable that is; ``place`` where it is not the place judged."""
    zh, en = (f"{place.zh}：", f"{place.en}: ") if place is not None else ("", "")
    span = "in the last year" if found.years == 1 else f"in the last {found.years} years"
    return Text(
        zh=f"{zh}最近{found.years}年{found.events}例，按目标与其他地区水平中较高者预期{found.expected:.1f}例，纯属偶然的概率"
        f"{_chance(found.p, '约', '不足')}（已计入多个时段和地区的比较）：聚集异常，请逐例核查。",
        en=f"{en}{_events(found.events)} {span} where {found.expected:.1f} would be expected at the bound or the other "
        f"places' level, whichever is higher; chance alone does that with a probability of {_chance(found.p, 'about ', 'under ')} "
        "(several windows and places allowed for): a cluster, look into each case.",
    )


def withheld_cluster(place: Text) -> Text:
    """A cluster in another place whose figures are not free to be told here."""
    return Text(
        zh=f"{place.zh}：聚集异常，请逐例核查（该地区数据不公布）。",
        en=f"{place.en}: a cluster, look into each case (the figures of this place are withheld).",
    )


def _events(number: int) -> str:
    return "1 event" if number == 1 else f"{number} events"


def _chance(probability: float | None, about: str, under: str) -> str:
    """A probability in percent, with one decimal where it is small."""
    percent = 100 * (probability or 0.0)
    if percent < 0.1:
        return f"{under}0.1%"
    return f"{about}{percent:.1f}%" if percent < 9.95 else f"{about}{percent:.0f}%"


def swings(
    indicator: Indicator, spread: float, stake: float, *, met: bool, turns: int, years: int,
    ratio: float | None, limit: float, peers: int, dispersion: float | None,
) -> Text:  # fmt: skip
    """Why 波动较大: how large, compared with what is at stake, with peers and with chance."""
    stake_zh, stake_en = ("达标余量", "the margin") if met else ("尚需的年均变动", "the step still required a year")
    if ratio is None:
        peers_zh = f"可比地区不足（{peers}个），按{stake_zh}的两倍衡量"
        peers_en = f"too few other places to compare with ({peers}), so held against twice {stake_en}"
    else:
        peers_zh = f"约为本指标各地区典型波动的{ratio:.1f}倍（95%的地区低于{limit:.1f}倍）"
        peers_en = f"about {ratio:.1f} times what is typical of the indicator's places (95% stay below {limit:.1f})"
    if dispersion is None:
        chance_zh, chance_en = "分子分母未知，未扣除偶然波动", "counts unknown, so chance is not allowed for"
    else:
        chance_zh = f"是人数偶然波动的{dispersion:.1f}倍（离散度检验p＜0.01）"
        chance_en = f"{dispersion:.1f} times what chance in the counts explains (dispersion test p < 0.01)"
    swing = {language: difference(spread, indicator, language) for language in LANGUAGES}
    staked = {language: difference(stake, indicator, language) for language in LANGUAGES}
    return Text(
        zh=f"{years}个年度的数据方向反复{turns}次，每年波动约{swing['zh']}，大于{stake_zh}{staked['zh']}；{peers_zh}；{chance_zh}。"
        "单年数据不宜下结论，请查明波动原因，结合多年平均判断。",
        en=f"Over {years} figures the direction turned {turns} times; they swing by about {swing['en']} a year, more than "
        f"{stake_en} ({staked['en']}); {peers_en}; {chance_en}. Do not conclude from a single year: find out why, and look "
        "at several years together.",
    )


def swings_by_chance(indicator: Indicator, spread: float, dispersion: float) -> Text:
    return Text(
        zh=f"每年波动约{difference(spread, indicator, 'zh')}，但事件数或人数少，偶然波动即可解释（约为其{dispersion:.1f}倍），不作波动较大处理。",
        en=f"It swings by about {difference(spread, indicator, 'en')} a year, but on so few cases chance explains that "
        f"({dispersion:.1f} times what chance alone gives): small numbers, not volatility.",
    )


def far_out(
    indicator: Indicator, year: int, value: Decimal, expected: float, low: float, high: float, after: Text
) -> Text:
    """A figure outside the interval that the years before it led to expect; ``after`` says what came next."""
    zh, en = (
        [with_unit(v, indicator, language) for v in (value, expected, low, high)] for language in LANGUAGES
    )  # fmt: skip
    return Text(
        zh=f"{year}年为{zh[0]}，按此前数据预期为{zh[1]}左右，99%区间为{zh[2]}至{zh[3]}；{after.zh}。",
        en=f"{en[0]} in {year}, where the years before led to expect about {en[1]} (99% interval {en[2]} to {en[3]}); {after.en}.",
    )


WENT_BACK = Text(
    zh="其后一次数据回到原有走势，疑为当年误报", en="the next figure went back, so that one is likely misreported"
)
STAYED = Text(
    zh="其后仍在新的水平上，疑为口径变动或实际突变", en="it has stayed there: a change of definition or a real jump"
)
NOT_TOLD_YET = Text(
    zh="是一时异常还是水平变动，待下一次数据方能判明", en="whether it stays only the next figure can tell"
)


def stayed_here(places: int) -> Text:
    return Text(
        zh=f"{STAYED.zh}，同年可比的{places}个地区没有普遍如此",
        en=f"{STAYED.en}, and most of the {places} places compared did not do so that year",
    )


def check_raw(year: int) -> Text:
    return Text(
        zh=f"请核实{year}年原始数据：有误的修订并说明理由，无误的说明当年的特殊原因。",
        en=f"Check the raw data of {year}: revise the figure with its reason if it is wrong; explain that year if it is right.",
    )


def check_definition(year: int) -> Text:
    return Text(
        zh=f"请核实{year}年统计口径、统计范围和行政区划：有变动的将该年标注为口径变动（OBS_STATUS=B）并注明原因，没有变动的说明实际变化的原因。"
        "在此之前数据照常使用。",
        en=f"Check definition, coverage and boundaries in {year}: if they changed, mark the year as a break (OBS_STATUS = B) with "
        "the reason; if not, explain the real change. Until then the figures are used as they are.",
    )


def check_newest(year: int) -> Text:
    return Text(
        zh=f"请核实{year}年原始数据和统计口径：误报的修订，口径变动的标注 OBS_STATUS=B 并注明原因，属实的说明原因。",
        en=f"Check the raw data and the definition of {year}: revise a misreport, mark a changed definition as a break "
        "(OBS_STATUS = B) with the reason, explain a real change.",
    )


def shifted_together(indicator: Indicator, year: int, value: Decimal, expected: float, moved: int, places: int) -> Text:
    return Text(
        zh=f"{year}年可比的{places}个地区中有{moved}个同向超出预期区间，本地区为{with_unit(value, indicator, 'zh')}，预期为{with_unit(expected, indicator, 'zh')}左右。",
        en=f"In {year} {moved} of {places} places left their expected intervals on the same side; this one is at "
        f"{with_unit(value, indicator, 'en')}, where about {with_unit(expected, indicator, 'en')} was expected.",
    )


def check_everywhere(year: int) -> Text:
    return Text(
        zh=f"请统计部门核实该指标{year}年口径是否统一调整：有调整的各地区该年一并标注 OBS_STATUS=B；属共同因素的，在监测报告中统一说明。",
        en=f"The statistics office should check whether the indicator's definition changed in {year}: if so, mark a break "
        "(OBS_STATUS = B) for all places; if a common cause moved them, explain it once in the monitoring report.",
    )


def revised(indicator: Indicator, year: int, old: Decimal, value: Decimal, *, far: bool) -> Text:
    zh, en = ([with_unit(v, indicator, language) for v in (old, value)] for language in LANGUAGES)
    return Text(
        zh=f"{year}年数据已修订：原值{zh[0]}，现值{zh[1]}" + ("，修订后仍偏离此前数据的预期。" if far else "。"),
        en=f"The figure of {year} was revised from {en[0]} to {en[1]}"
        + (", and is still far from what the years before led to expect." if far else "."),
    )


def check_revised(*, far: bool) -> Text:
    if far:
        return Text(
            zh="请核对修订理由，并核实修订后的数据和口径。",
            en="Check the reason for the revision, and the revised figure and its definition.",
        )
    return Text(
        zh="无须再核实；已引用原值的报告和报表请同步更正。",
        en="Nothing to check again; correct reports and tables that quote the old value.",
    )


def known_break() -> Text:
    return Text(
        zh="已声明的口径变动，无须处理；如有按新口径回算的历史数据，请补报。",
        en="A declared break: nothing to do. If earlier years are recalculated on the new definition, report them.",
    )
