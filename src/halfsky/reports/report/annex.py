"""How it was judged, what every indicator is, and where the figures come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from halfsky.observations import Nature
from halfsky.plan import Indicator, Plan
from halfsky.reports.report.model import Block, Entries, Entry, Paragraph, Section
from halfsky.reports.words import DEMONSTRATION, FREQUENCIES, Language, unit_name

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
    "not below or matching a reference, in place), each with the places that it binds. The tolerance of the kinds near and match is stated "
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
    words = (
        f"监测指标共{len(matter.plan.indicators)}个，按规划条款顺序排列，依次为指标名称（单位）、定义、频率、来源单位；未注明频率的为每年。"
        if matter.zh
        else f"The {len(matter.plan.indicators)} indicators in the plan's order: name (unit), definition, how often where not annual, source unit."
    )
    entries = tuple(entry_of(matter.plan, indicator, matter.language) for indicator in matter.plan.indicators)
    return [Section(1, "", "", (Paragraph(words, "note"), Entries(entries)))]


def entry_of(plan: Plan, indicator: Indicator, language: Language) -> Entry:
    """Numerator and denominator are named where the definition does not name them in these words."""
    zh = language == "zh"
    name, unit = indicator.name.in_language(language), unit_name(indicator, language)
    definition = indicator.definition.in_language(language).rstrip("。.")
    parts = [t.in_language(language) for t in (indicator.numerator, indicator.denominator) if t is not None]
    if any(part.lower() not in definition.lower() for part in parts):
        definition += f"（{'／'.join(parts)}）" if zh else f" ({' / '.join(parts)})"
    elif indicator.derive is not None and not parts:
        of = [
            plan.indicator[o.indicator].name.in_language(language)
            for o in (indicator.derive.of, indicator.derive.against)
        ]
        definition += f"（由{'、'.join(of)}计算）" if zh else f" (from {' and '.join(of)})"
    notes = [definition]
    if indicator.frequency != "annual":
        notes.append(FREQUENCIES[indicator.frequency].in_language(language))
    if (source := plan.unit.get(indicator.source_unit or "")) is not None:
        notes.append(source.name.in_language(language))
    return Entry(
        f"{name}（{unit}）" if zh else f"{name} ({unit})", ("。".join(notes) + "。") if zh else ". ".join(notes) + "."
    )


def sources(matter: Matter) -> list[Section]:
    """What real figures cite, and the statement on demonstration data where there are any."""
    zh = matter.zh
    plan = matter.plan
    used = [o for o in matter.figures if matter.districts or o.series.region == plan.region]
    used = [o for o in used if o.series.indicator in plan.indicator]
    cited = sorted({o.source for o in used if o.source and o.nature is not Nature.DEMO})
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
    demo = sum(o.nature is Nature.DEMO for o in used)
    if demo:
        words = DEMONSTRATION.in_language(matter.language)
        blocks.append(Paragraph(
            f"本报告使用的{len(used):,}个数据中，有{demo:,}个为{words}，由系统生成，只用于演示，不得作为统计资料引用。"
            if zh else f"Of the {len(used):,} figures used, {demo:,} are demonstration data: generated, and not to be cited as statistics."
        ))  # fmt: skip
    return [Section(1, "", "", tuple(blocks))]
