"""How it was judged, what every indicator is, and where the figures come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from halfsky.observations import Nature
from halfsky.plan import Indicator
from halfsky.reports.report.model import Block, Cell, Column, Paragraph, Section, Table
from halfsky.reports.report.phrases import NOTHING
from halfsky.reports.words import DEMONSTRATION, FREQUENCIES, unit_name

if TYPE_CHECKING:
    from halfsky.reports.report.compose import Matter

_METHODS_ZH = (
    "数据：每个监测值由指标、地区、年份、性别、年龄和城乡确定，注明来源和状态；缺数据、未统计与不适用分别注明，均不按零处理。"
    "比率由分子、分母分别汇总后计算，不取平均数。",
    "目标：规划文字中的目标按有限的几类登记，包括不低于、不高于、保持在左右、提高、降低、增速减缓、比基期增长、不低于或与对照指标相适应、设置齐全，"
    "并注明约束到哪一级。“左右”“相适应”的容许范围由规划数据写明理由。",
    "判定：按监测年度应适用的阶段目标判定。达到目标值的为已达标；阶段目标年份已到而未达到的为未达标；其余根据历史数据外推，"
    "按目标年的达标概率分为预计达标、尚不确定和预计达标困难；数据点过少的为数据不足，没有数据的为缺数据。",
    "预测：预测值以中位数和80%、95%区间表示；达标概率是按同一预测分布计算的、到阶段目标年份达到目标的概率。有口径变动的，只使用变动以后的数据。",
)
_METHODS_EN = (
    "Figures: each is given by indicator, place, year, sex, age and residence, with its source and status. No data, not collected and not "
    "applicable are told apart, and none of them is a zero. Rates are computed from summed numerators and denominators, never averaged.",
    "Targets: the promises of the plan are of a closed set of kinds (at least, at most, near, rise, fall, slower growth, times the base, "
    "not below or matching a reference, in place), each with the places that it binds. The tolerance of “near” and “match” is stated "
    "in the plan's data with its reason.",
    "Verdicts: a target is judged by the milestone in force in the year. Met: the bound is reached. Missed: the milestone's year has come "
    "and it is not. Otherwise the history is extrapolated, and the probability of meeting the milestone decides between on track, "
    "uncertain and at risk. Too few points are too little data; none is no data.",
    "Forecasts: the median with central 80% and 95% intervals. The probability is that of meeting the target in the milestone's year under "
    "the same distribution. After a break in a series only the figures since are used.",
)


def methods(matter: Matter) -> list[Section]:
    words = _METHODS_ZH if matter.zh else _METHODS_EN
    blocks: list[Block] = [Paragraph(text) for text in words]
    if matter.plan.partial is not None:
        blocks.append(Paragraph(matter.plan.partial.in_language(matter.language)))
    return [Section(1, "", "", tuple(blocks))]


def indicators(matter: Matter) -> list[Section]:
    """Every indicator of the plan, in its order."""
    zh = matter.zh
    columns = (
        Column("指标（单位）" if zh else "Indicator (unit)", 2.6), Column("定义" if zh else "Definition", 4.2),
        Column("分子／分母" if zh else "Numerator / denominator", 3.4), Column("频率" if zh else "Frequency", 1.3),
        Column("来源单位" if zh else "Source unit", 1.8),
    )  # fmt: skip
    rows = tuple(_row(matter, indicator) for indicator in matter.plan.indicators)
    caption = f"监测指标解释（共{len(rows)}个）" if zh else f"Indicators ({len(rows)})"
    return [Section(1, "", "", (Table(caption, columns, rows),))]


def _row(matter: Matter, indicator: Indicator) -> tuple[Cell, ...]:
    language = matter.language
    unit = unit_name(indicator, language)
    name = indicator.name.in_language(language)
    parts = [t.in_language(language) for t in (indicator.numerator, indicator.denominator) if t is not None]
    if indicator.derive is not None and not parts:
        parts = [
            matter.plan.indicator[o.indicator].name.in_language(language)
            for o in (indicator.derive.of, indicator.derive.against)
        ]
    source = matter.plan.unit.get(indicator.source_unit or "")
    return (
        Cell(f"{name}（{unit}）" if matter.zh else f"{name} ({unit})"),
        Cell(indicator.definition.in_language(language)),
        Cell(("／" if matter.zh else " / ").join(parts) or NOTHING),
        Cell(FREQUENCIES[indicator.frequency].in_language(language)),
        Cell(source.name.in_language(language) if source else NOTHING),
    )


def sources(matter: Matter) -> list[Section]:
    """What real figures cite, and the statement on demonstration data where there are any."""
    zh = matter.zh
    plan = matter.plan
    cited = sorted({o.source for o in matter.figures if o.source and o.nature is not Nature.DEMO})
    publisher = plan.source.publisher.in_language(matter.language)
    title = plan.title.in_language(matter.language)
    items = [f"《{title}》，{publisher}。" if zh else f"{title}, {publisher}."]
    items += [f"{source}。" if zh else f"{source}." for source in cited]
    blocks: list[Block] = [Paragraph(f"{i}. {text}", "item") for i, text in enumerate(items, 1)]
    if matter.withheld:
        blocks.append(Paragraph(
            f"另有{matter.withheld}项判定涉及不公开的数据，未列入本报告。" if zh
            else f"{matter.withheld} verdicts rest on figures that are not free to publish and are not in this report."
        ))  # fmt: skip
    demo = sum(o.nature is Nature.DEMO for o in matter.figures)
    if demo:
        words = DEMONSTRATION.in_language(matter.language)
        blocks.append(Paragraph(
            f"本报告使用的{len(matter.figures)}个数据中，有{demo}个为{words}，由系统生成，只用于演示，不得作为统计资料引用。"
            if zh else f"Of the {len(matter.figures)} figures used, {demo} are demonstration data: generated, and not to be cited as statistics."
        ))  # fmt: skip
    return [Section(1, "", "", tuple(blocks))]
