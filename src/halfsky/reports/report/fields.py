"""One chapter for each field: where it stands, its table of targets, its charts."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from halfsky.assess import Standing, Verdict
from halfsky.observations import SeriesKey
from halfsky.plan import Target, Unit
from halfsky.plan.model import PlanField
from halfsky.reports.charts import districts_chart, series_chart
from halfsky.reports.charts.data import points
from halfsky.reports.report.model import Block, Cell, Column, Figure, Paragraph, Section, Table
from halfsky.reports.report.phrases import NOTHING, chance, counted, percent, promised, standing_cell, value_cell
from halfsky.reports.report.summary import CHART_WIDTH
from halfsky.reports.words import STANDINGS, listed, unit_name, year_words

if TYPE_CHECKING:
    from halfsky.reports.report.compose import Matter

CHARTS_A_FIELD = 3
_GRAVITY = (Standing.MISSED, Standing.AT_RISK, Standing.UNCERTAIN, Standing.ON_TRACK, Standing.MET)
_SAID = 6


def sections(matter: Matter, field: PlanField) -> list[Section]:
    zh = matter.zh
    own = matter.of_field(field, matter.own)
    lead = Section(1, "", "", tuple(_situation(matter, field, own)))
    made = [lead]
    rows = _rows(matter, field)
    if rows:
        name = field.name.in_language(matter.language)
        caption = (
            f"“{name}”领域目标值监测表（{matter.place}，{matter.as_of}年）"
            if zh
            else f"{name}: targets, {matter.place}, {matter.as_of}"
        )
        made.append(Section(2, "", "目标值监测表" if zh else "Targets", (_table(matter, caption, rows),)))
    if charts := _charts(matter, field, own):
        made.append(Section(2, "", "重点指标" if zh else "Selected indicators", tuple(charts)))
    return made


def _situation(matter: Matter, field: PlanField, own: tuple[Verdict, ...]) -> list[Block]:
    """What a mayor reads of a field: its size, where it stands, and the sentences on what is in trouble."""
    zh = matter.zh
    targets = [t for t in matter.plan.targets if matter.plan.field_of(t.clause) is field]
    done = sum(v.status in {Standing.MET, Standing.ON_TRACK} for v in own)
    below = [v for v in matter.of_field(field, matter.verdicts) if v.region != matter.plan.region]
    if zh:
        words = (
            f"本领域有主要目标{len(field.goals)}项、策略措施{len(field.measures)}项，可以监测的目标值{len(targets)}项。"
        )
        if own:
            words += f"{matter.as_of}年，{matter.place}层面判定的{len(own)}项中，{counted(own, 'zh')}；已达标和预计达标合计占{percent(done, len(own))}。"
    else:
        words = f"This field has {len(field.goals)} goals, {len(field.measures)} measures and {len(targets)} targets that can be monitored."
        if own:
            words += f" Of the {len(own)} judged for {matter.place} in {matter.as_of}, {counted(own, 'en')}; {percent(done, len(own))} are met or on track."
    blocks: list[Block] = [Paragraph(words)]
    if said := sorted((v for v in own if v.needs_attention), key=_gravity)[:_SAID]:
        blocks.append(Paragraph("需要重点关注：" if zh else "In need of attention:"))
        blocks += [Paragraph(f"{i}. {v.sentence.in_language(matter.language)}", "item") for i, v in enumerate(said, 1)]
    if words := _behind(matter, below):
        blocks.append(Paragraph(words))
    return blocks


def _gravity(verdict: Verdict) -> tuple[int, float, str]:
    order = _GRAVITY.index(verdict.status) if verdict.status in _GRAVITY else len(_GRAVITY)
    return order, verdict.probability if verdict.probability is not None else 0.5, verdict.target


def _behind(matter: Matter, below: list[Verdict]) -> str:
    """Which districts have most targets in trouble; empty where there is nothing to say."""
    trouble = Counter(v.region for v in below if v.needs_attention)
    if not trouble:
        return ""
    most = max(trouble.values())
    names = [matter.name(code) for code in matter.districts if trouble[code] == most]
    if matter.zh:
        words = f"各区（市）县判定的{len(below)}项（次）中，未达标或预计达标困难的有{trouble.total()}项（次），"
        return words + (
            f"各区（市）县相同，均为{most}项。"
            if len(names) == len(matter.districts)
            else f"最多的是{listed(names, 'zh')}，{most}项。"
        )
    return f"Of {len(below)} judgements in the districts, {trouble.total()} are missed or at risk, most of them ({most} each) in {listed(names, 'en')}."


def _rows(matter: Matter, field: PlanField) -> list[tuple[Cell, ...]]:
    verdict_of = {(v.target, v.region): v for v in matter.verdicts}
    made = []
    for target in matter.plan.targets:
        if matter.plan.field_of(target.clause) is not field:
            continue
        own = verdict_of.get((target.id, matter.plan.region))
        below = [verdict_of[target.id, code] for code in matter.districts if (target.id, code) in verdict_of]
        made.append(_row(matter, target, own, below))
    return made


def _row(matter: Matter, target: Target, own: Verdict | None, below: list[Verdict]) -> tuple[Cell, ...]:
    indicator = matter.plan.indicator[target.indicator]
    key = SeriesKey.of(indicator.id, matter.plan.region, target.cut)
    before, now = (
        value_cell(matter.figures, key, y, indicator, matter.language) for y in (matter.as_of - 1, matter.as_of)
    )
    if (
        now == NOTHING
        and own is not None
        and own.year is not None
        and own.year < matter.as_of
        and own.value is not None
    ):
        when = year_words(own.year, matter.language)
        held = value_cell(matter.figures, key, own.year, indicator, matter.language)
        now = f"{held}\n（{when}）" if matter.zh else f"{held}\n({when})"
    return (
        Cell(target.clause), Cell(indicator.name.in_language(matter.language)), Cell(unit_name(indicator, matter.language)),
        Cell(promised(matter.plan, target, matter.language)), Cell(before), Cell(now),
        standing_cell(own.status, matter.language) if own is not None else Cell(_spread(below, matter)),
        Cell(chance(own.probability) if own is not None else NOTHING),
    )  # fmt: skip


def _spread(below: list[Verdict], matter: Matter) -> str:
    """For a promise that binds districts only: how many of them have met it."""
    met = sum(v.status is Standing.MET for v in below)
    if matter.zh:
        return f"区（市）县{met}/{len(below)}{STANDINGS[Standing.MET].zh}"
    return f"met in {met} of {len(below)} districts"


def _table(matter: Matter, caption: str, rows: list[tuple[Cell, ...]]) -> Table:
    zh = matter.zh
    columns = (
        Column("条款" if zh else "Clause", 1.25), Column("指标" if zh else "Indicator", 3.9), Column("单位" if zh else "Unit", 1.45),
        Column("目标" if zh else "Target", 2.9), Column(year_words(matter.as_of - 1, matter.language), 1.75, "right"),
        Column(year_words(matter.as_of, matter.language), 1.75, "right"), Column("状态" if zh else "Status", 2.0),
        Column("达标概率" if zh else "Proba-bility", 1.55, "right"),
    )  # fmt: skip
    return Table(caption, columns, tuple(rows))


def _charts(matter: Matter, field: PlanField, own: tuple[Verdict, ...]) -> list[Figure]:
    """The gravest of those with a history worth drawing, then the districts of the promise most in trouble."""
    zh, plan = matter.zh, matter.plan
    made: list[Figure] = []
    drawn: set[tuple[str, str]] = set()
    for verdict in sorted(own, key=_gravity):
        target, indicator = plan.target[verdict.target], plan.indicator[verdict.indicator]
        key = SeriesKey.of(indicator.id, plan.region, target.cut)
        if (
            (indicator.id, repr(target.cut)) in drawn
            or indicator.unit is Unit.YES_NO
            or len(points(matter.figures, key, indicator)) < 3
        ):
            continue
        drawn.add((indicator.id, repr(target.cut)))
        spec = series_chart(
            plan, indicator, plan.region, matter.figures, matter.verdicts,
            language=matter.language, theme="print", width=CHART_WIDTH, cut=target.cut,
        )  # fmt: skip
        name = indicator.name.in_language(matter.language)
        made.append(Figure(f"{matter.place}{name}" if zh else f"{name}, {matter.place}", spec))
        if len(made) == CHARTS_A_FIELD:
            break
    trouble = Counter(
        v.target for v in matter.of_field(field, matter.verdicts) if v.region in matter.districts and v.needs_attention
    )
    if trouble:
        worst = plan.target[min(trouble, key=lambda t: (-trouble[t], t))]
        indicator = plan.indicator[worst.indicator]
        spec = districts_chart(
            plan,
            indicator,
            matter.figures,
            matter.verdicts,
            language=matter.language,
            theme="print",
            width=CHART_WIDTH,
            cut=worst.cut,
        )
        name = indicator.name.in_language(matter.language)
        made.append(
            Figure(f"各区（市）县{name}（{matter.as_of}年）" if zh else f"{name} by district, {matter.as_of}", spec)
        )
    return made
