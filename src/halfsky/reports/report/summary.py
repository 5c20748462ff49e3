"""The summary: where the plan stands, what changed, and what needs attention first, on two pages."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from halfsky.assess import Standing, Verdict
from halfsky.reports.charts import standings_chart
from halfsky.reports.charts.marks import READING_ORDER
from halfsky.reports.report.course import since_last_year
from halfsky.reports.report.model import Block, Cell, Column, Figure, Paragraph, Section, Table
from halfsky.reports.report.phrases import NOTHING, counted, percent, word_width
from halfsky.reports.report.warnings import levels_counted, own_warnings, warnings_table
from halfsky.reports.words import STANDINGS

if TYPE_CHECKING:
    from halfsky.reports.report.compose import Matter

_FIRST = 7
WHOLE = 620  # pixels of a chart as wide as the text


def sections(matter: Matter) -> list[Section]:
    """What a leading group reads in ten minutes: four paragraphs, the first concerns, one chart, one table."""
    zh, plan = matter.zh, matter.plan
    blocks: list[Block] = [Paragraph(_size(matter), key="size"), Paragraph(_standing(matter), key="standing")]
    if words := _below(matter):
        blocks.append(Paragraph(words, key="districts"))
    blocks += _first_concerns(matter)
    caption = (
        f"{matter.place}各领域目标达标情况（{matter.as_of}年）"
        if zh
        else f"Targets by field and status, {matter.place}, {matter.as_of}"
    )
    chart = standings_chart(plan, matter.verdicts, language=matter.language, theme="print", width=WHOLE)
    blocks += [Figure(caption, chart), _by_field(matter, caption)]
    return [Section(1, "", "", tuple(blocks))]


def _size(matter: Matter) -> str:
    plan = matter.plan
    local = plan.place[plan.region].parent in plan.place
    if matter.zh:
        return (
            f"《{plan.title.zh}》设{len(plan.fields)}个领域、{len(plan.goals)}项主要目标、{len(plan.measures)}项策略措施，"
            f"{f'约束到{matter.place}的' if local else '可以监测的'}目标值{len(plan.targets)}项，监测指标{len(plan.indicators)}个。"
        )
    return (
        f"The {plan.title.en} has {len(plan.fields)} fields, {len(plan.goals)} goals and {len(plan.measures)} measures, with "
        f"{len(plan.targets)} targets that {f'bind {matter.place}, monitored' if local else 'can be monitored'} by {len(plan.indicators)} indicators."
    )


def _standing(matter: Matter) -> str:
    own = matter.own
    others = [v for v in own if v.status not in {Standing.MET, Standing.ON_TRACK}]
    done = len(own) - len(others)
    if matter.zh:
        words = f"{matter.place}层面判定目标值{len(own)}项，已达标和预计达标{done}项，占{percent(done, len(own))}" + (
            f"；{counted(others, 'zh')}。" if others else "。"
        )
    else:
        words = (
            f"In {matter.place} {len(own)} targets were judged; {done} of them ({percent(done, len(own))}) are met or on track"
            + (f"; {counted(others, 'en')}. " if others else ". ")
        )
    return words + _due(matter, own) + since_last_year(matter, own)


def _due(matter: Matter, own: tuple[Verdict, ...]) -> str:
    """The targets whose year has come, where there are any and others besides."""
    due = [v for v in own if v.milestone == matter.as_of and v.bound is not None]
    if not due or len(due) == len(own):
        return ""
    met = sum(v.status is Standing.MET for v in due)
    if matter.zh:
        return f"{matter.as_of}年到期的阶段目标{len(due)}项，" + (
            "全部达到。" if met == len(due) else f"达到{met}项，未达到{len(due) - met}项。"
        )
    return f"Of the {len(due)} milestones of {matter.as_of}, {met} {'is' if met == 1 else 'are'} met. "


def _below(matter: Matter) -> str:
    below = [v for v in matter.verdicts if v.region in matter.districts and v.status is not Standing.NOT_APPLICABLE]
    if not below:
        return ""
    done = sum(v.status in {Standing.MET, Standing.ON_TRACK} for v in below)
    if matter.zh:
        return f"{len(matter.districts)}个区（市）县共判定{len(below)}项（次），已达标和预计达标{done}项（次），占{percent(done, len(below))}。"
    return f"In the {len(matter.districts)} districts, {len(below)} judgements were made; {done} ({percent(done, len(below))}) are met or on track."


def _first_concerns(matter: Matter) -> list[Block]:
    own = own_warnings(matter)
    if not own:
        return [Paragraph(
            f"{matter.place}层面没有预警。" if matter.zh else f"There are no warnings for {matter.place} as a whole.",
            key="concerns",
        )]  # fmt: skip
    lead = (
        f"{matter.place}层面发出预警{len(own)}项（{levels_counted(matter, own)}），优先关注下列目标。"
        if matter.zh
        else f"{len(own)} warnings concern {matter.place} as a whole ({levels_counted(matter, own)}). Those that need attention first:"
    )
    caption = (
        f"{matter.place}需要优先关注的目标（{matter.as_of}年）"
        if matter.zh
        else f"First in need of attention, {matter.place}, {matter.as_of}"
    )
    return [Paragraph(lead, "lead", "concerns"), warnings_table(matter, own, caption, first=_FIRST)]


def _by_field(matter: Matter, caption: str) -> Table:
    zh = matter.zh
    shown = [s for s in READING_ORDER if any(v.status is s for v in matter.own)]
    columns = [Column("领域" if zh else "Field", 3.0)]
    heads = [*(STANDINGS[s].in_language(matter.language) for s in shown), "合计（项）" if zh else "Total (targets)"]
    columns += [Column(words, 1.3 if zh else word_width(words), "right") for words in heads]
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
    return Table(caption, tuple(columns), tuple(rows), "fields")
