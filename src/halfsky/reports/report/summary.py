"""The summary and the chapter of warnings: where the plan stands, and what needs attention first."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from halfsky.alerts.policy import Ground
from halfsky.alerts.queries import OpenWarning
from halfsky.assess import Standing
from halfsky.plan import Text
from halfsky.reports.charts import standings_chart
from halfsky.reports.charts.marks import READING_ORDER
from halfsky.reports.report.model import Block, Cell, Column, Figure, Paragraph, Section, Table
from halfsky.reports.report.phrases import NOTHING, chance, counted, percent, standing_cell
from halfsky.reports.words import FLAGS, STANDINGS, listed, with_unit, year_words

if TYPE_CHECKING:
    from halfsky.reports.report.compose import Matter

LEVELS: dict[str, Text] = {
    "red": Text(zh="红色", en="Red"),
    "orange": Text(zh="橙色", en="Orange"),
    "yellow": Text(zh="黄色", en="Yellow"),
}
_FIRST = 10
CHART_WIDTH = 620


def sections(matter: Matter) -> list[Section]:
    """The summary fits the leading group's ten minutes: counts, the first concerns, one chart, one table."""
    zh, plan = matter.zh, matter.plan
    own, all_ = matter.own, matter.verdicts
    done = sum(v.status in {Standing.MET, Standing.ON_TRACK} for v in own)
    below = [v for v in all_ if v.region != plan.region]
    blocks: list[Block] = []
    if zh:
        blocks.append(Paragraph(
            f"《{plan.title.zh}》设{len(plan.fields)}个领域、{len(plan.goals)}项主要目标、{len(plan.measures)}项策略措施，"
            f"其中可以监测的目标值{len(plan.targets)}项，监测指标{len(plan.indicators)}个。本报告根据截至{matter.as_of}年的数据逐项判定。"))  # fmt: skip
        blocks.append(Paragraph(
            f"{matter.place}层面应判定目标值{len(own)}项，其中{counted(own, 'zh')}。"
            f"已达标和预计达标合计{done}项，占{percent(done, len(own))}。"))  # fmt: skip
        if below:
            blocks.append(Paragraph(
                f"{len(matter.districts)}个区（市）县应判定目标值合计{len(below)}项（次），其中{counted(below, 'zh')}。"))  # fmt: skip
    else:
        blocks.append(Paragraph(
            f"The {plan.title.en} has {len(plan.fields)} fields, {len(plan.goals)} goals and {len(plan.measures)} measures, with "
            f"{len(plan.targets)} targets that can be monitored by {len(plan.indicators)} indicators. "
            f"This report judges each of them on figures up to {matter.as_of}."))  # fmt: skip
        blocks.append(Paragraph(
            f"In {matter.place} {len(own)} targets were judged: {counted(own, 'en')}. "
            f"{done} of them ({percent(done, len(own))}) are met or on track."))  # fmt: skip
        if below:
            blocks.append(
                Paragraph(
                    f"In the {len(matter.districts)} districts, {len(below)} judgements were made: {counted(below, 'en')}."
                )
            )
    blocks += _first_concerns(matter)
    caption = (
        f"{matter.place}各领域目标达标情况（{matter.as_of}年）"
        if zh
        else f"Targets by field and status, {matter.place}, {matter.as_of}"
    )
    chart = standings_chart(plan, matter.verdicts, language=matter.language, theme="print", width=CHART_WIDTH)
    blocks += [Figure(caption, chart), _by_field(matter, caption)]
    return [Section(1, "", "", tuple(blocks))]


def _first_concerns(matter: Matter) -> list[Block]:
    own = [w for w in matter.warnings if w.verdict.region == matter.plan.region]
    if not own:
        words = (
            f"{matter.place}层面没有预警。" if matter.zh else f"There are no warnings for {matter.place} as a whole."
        )
        return [Paragraph(words)]
    said = {w.verdict.sentence: w for w in reversed(own)}  # two clauses may promise the same: it is said once
    shown = [w for w in own if said[w.verdict.sentence] is w][:_FIRST]
    lead = (
        f"{matter.place}层面发出预警{len(own)}项，需要优先关注的是："
        if matter.zh
        else f"{len(own)} warnings concern {matter.place} as a whole. First in need of attention:"
    )
    items: list[Block] = [Paragraph(lead)]
    items += [Paragraph(f"{i}. {_said(matter, w)}", "item") for i, w in enumerate(shown, 1)]
    return items


def _said(matter: Matter, warning: OpenWarning) -> str:
    sentence = warning.verdict.sentence.in_language(matter.language)
    level = LEVELS[warning.level].in_language(matter.language)
    return f"〔{level}预警〕{sentence}" if matter.zh else f"[{level}] {sentence}"


def _by_field(matter: Matter, caption: str) -> Table:
    zh = matter.zh
    shown = [s for s in READING_ORDER if any(v.status is s for v in matter.own)]
    columns = [Column("领域" if zh else "Field", 3.2)]
    columns += [Column(STANDINGS[s].in_language(matter.language), 1.2, "right") for s in shown]
    columns.append(Column("合计（项）" if zh else "Total (targets)", 1.2, "right"))
    rows = []
    total: Counter[Standing] = Counter()
    for field in matter.plan.fields:
        counts = Counter(v.status for v in matter.of_field(field, matter.own))
        total += counts
        cells = [
            Cell(field.name.in_language(matter.language)),
            *(Cell(str(counts[s]) if counts[s] else NOTHING) for s in shown),
        ]
        rows.append((*cells, Cell(str(counts.total()))))
    rows.append((Cell("合计" if zh else "Total"), *(Cell(str(total[s])) for s in shown), Cell(str(total.total()))))
    return Table(caption, tuple(columns), tuple(rows))


def warnings(matter: Matter) -> list[Section]:
    """All warnings of the region as a whole; of the districts the red ones, and the count of the others."""
    zh, plan = matter.zh, matter.plan
    own = [w for w in matter.warnings if w.verdict.region == plan.region]
    below = [w for w in matter.warnings if w.verdict.region != plan.region]
    counts = Counter(w.level for w in matter.warnings)
    each = listed(
        [f"{LEVELS[k].zh}{counts[k]}项" if zh else f"{counts[k]} {LEVELS[k].en.lower()}" for k in LEVELS if counts[k]],
        matter.language,
    )
    rule = (
        "红色：阶段目标年份已到而未达标，或达标概率低于10%，或剩余两年以内且达标概率低于25%；橙色：其他预计达标困难的目标；"
        "黄色：波动较大或出现倒退的目标。力争目标不预警。"
        if zh
        else "Red: missed, or a probability of meeting it below 10%, or below 25% with two years or less to go. Orange: otherwise at "
        "risk. Yellow: volatile or slipping. Aspirations raise no warning."
    )
    head = (
        f"截至{matter.as_of}年，共有预警{len(matter.warnings)}项：{each}。" if matter.warnings and zh
        else f"There are {len(matter.warnings)} warnings as of {matter.as_of}: {each}." if matter.warnings
        else "没有预警。" if zh else "There are no warnings."
    )  # fmt: skip
    made = [Section(1, "", "", (Paragraph(head), Paragraph(rule)))]
    if own:
        made.append(Section(2, "", f"{matter.place}层面" if zh else matter.place, _own(matter, own)))
    if below:
        made.append(Section(2, "", "各区（市）县" if zh else "Districts", _below(matter, below)))
    return made


def _own(matter: Matter, own: list[OpenWarning]) -> tuple[Block, ...]:
    """Red and orange with their sentences; yellow, which are many and less pressing, in a line each."""
    zh = matter.zh
    blocks: list[Block] = []
    if grave := [w for w in own if w.level != "yellow"]:
        caption = f"{matter.place}层面红色、橙色预警" if zh else f"Red and orange warnings for {matter.place}"
        blocks.append(
            _table(
                matter, grave, f"{caption}（{matter.as_of}年）" if zh else f"{caption}, {matter.as_of}", places=False
            )
        )
    if mild := [w for w in own if w.level == "yellow"]:
        blocks.append(_mild(matter, mild))
    return tuple(blocks)


def _mild(matter: Matter, warnings: list[OpenWarning]) -> Table:
    zh, language = matter.zh, matter.language
    columns = (
        Column("条款" if zh else "Clause", 1), Column("指标" if zh else "Indicator", 4.6),
        Column("最新数据" if zh else "Newest figure", 3, "right"), Column("状态" if zh else "Status", 2),
        Column("依据" if zh else "Grounds", 2.2),
    )  # fmt: skip
    rows = []
    for warning in warnings:
        verdict = warning.verdict
        indicator = matter.plan.indicator[verdict.indicator]
        newest = NOTHING
        if verdict.value is not None and verdict.year is not None:
            amount, when = with_unit(verdict.value, indicator, language), year_words(verdict.year, language)
            newest = f"{amount}（{when}）" if zh else f"{amount} ({when})"
        rows.append((
            Cell(verdict.clause), Cell(indicator.name.in_language(language)), Cell(newest),
            standing_cell(verdict.status, language), Cell(_grounds(matter, warning)),
        ))  # fmt: skip
    caption = (
        f"{matter.place}层面黄色预警（{matter.as_of}年）"
        if zh
        else f"Yellow warnings for {matter.place}, {matter.as_of}"
    )
    return Table(caption, columns, tuple(rows))


def _below(matter: Matter, below: list[OpenWarning]) -> tuple[Block, ...]:
    zh = matter.zh
    columns = (Column("地区" if zh else "District", 3), *(Column(level.in_language(matter.language), 1, "right") for level in LEVELS.values()),
               Column("合计（项）" if zh else "Total", 1, "right"))  # fmt: skip
    rows = []
    for code in matter.districts:
        counts = Counter(w.level for w in below if w.verdict.region == code)
        rows.append(
            (
                Cell(matter.name(code)),
                *(Cell(str(counts[k]) if counts[k] else NOTHING) for k in LEVELS),
                Cell(str(counts.total())),
            )
        )
    caption = f"各区（市）县预警数（{matter.as_of}年）" if zh else f"Warnings by district, {matter.as_of}"
    blocks: list[Block] = [Table(caption, columns, tuple(rows))]
    if red := [w for w in below if w.level == "red"]:
        caption = (
            f"各区（市）县红色预警（{matter.as_of}年）" if zh else f"Red warnings of the districts, {matter.as_of}"
        )
        blocks.append(_table(matter, red, caption, places=True))
    return tuple(blocks)


def _table(matter: Matter, warnings: list[OpenWarning], caption: str, *, places: bool) -> Table:
    zh = matter.zh
    columns = [Column("级别" if zh else "Level", 1.1, "center"), Column("条款" if zh else "Clause", 1.1)]
    if places:
        columns.append(Column("地区" if zh else "District", 1.8))
    columns += [
        Column("判定" if zh else "Verdict", 7.6 if places else 9), Column("依据" if zh else "Grounds", 1.8),
        Column("达标概率" if zh else "Probability", 1.3, "right"),
    ]  # fmt: skip
    rows = []
    for warning in warnings:
        verdict = warning.verdict
        cells = [Cell(LEVELS[warning.level].in_language(matter.language)), Cell(verdict.clause)]
        if places:
            cells.append(Cell(matter.name(verdict.region)))
        grounds = _grounds(matter, warning)
        rows.append(
            (
                *cells,
                Cell(verdict.sentence.in_language(matter.language)),
                Cell(grounds),
                Cell(chance(verdict.probability)),
            )
        )
    return Table(caption, tuple(columns), tuple(rows))


def _grounds(matter: Matter, warning: OpenWarning) -> str:
    return listed([_ground(g).in_language(matter.language) for g in warning.grounds], matter.language)


def _ground(ground: Ground) -> Text:
    """Grounds are named as the statuses and flags that they are."""
    known = {**{s.value: t for s, t in STANDINGS.items()}, **{f.value: t for f, t in FLAGS.items()}}
    return known[ground.value]
