"""One chapter for each field: where it stands, its charts, its table of targets."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from halfsky.assess import Standing, Verdict, named
from halfsky.observations import SeriesKey
from halfsky.plan import Target, Unit
from halfsky.plan.model import PlanField
from halfsky.reports.charts import districts_chart, series_chart
from halfsky.reports.charts.data import points
from halfsky.reports.report.course import concern, gravity, since_last_year, together
from halfsky.reports.report.model import Block, Cell, Column, Figure, Pair, Paragraph, Section, Table
from halfsky.reports.report.phrases import (
    NOTHING,
    chance,
    counted,
    percent,
    promised,
    standing_cell,
    target_head,
    value_cell,
)
from halfsky.reports.words import STANDINGS, listed, unit_name, year_words

if TYPE_CHECKING:
    from halfsky.reports.report.compose import Matter

HALF = 340  # pixels of a chart that shares the width of the text with another
_SAID = 3


def sections(matter: Matter, field: PlanField) -> list[Section]:
    zh = matter.zh
    own = matter.of_field(field, matter.own)
    situation = _situation(matter, field, own)
    if charts := charts_of(matter, field, own):
        situation.append(Pair(tuple(charts)))
    made = [Section(1, "", ""), Section(2, "", "总体情况" if zh else "Where it stands", tuple(situation))]
    if rows := _rows(matter, field):
        made.append(Section(2, "", "目标值监测表" if zh else "Targets", tuple(_table(matter, field, rows))))
    return made


def _situation(matter: Matter, field: PlanField, own: tuple[Verdict, ...]) -> list[Block]:
    """What a mayor reads of a field: its size, where it stands, what is in trouble, and in which districts."""
    blocks: list[Block] = [
        Paragraph(
            (size_of(matter, field) + standing_of(matter, own) + since_last_year(matter, own)).rstrip(), key="standing"
        )
    ]
    blocks += _concerns(matter, own)
    if words := districts_behind(matter, field):
        blocks.append(Paragraph(words, key="districts"))
    return blocks


def size_of(matter: Matter, field: PlanField) -> str:
    """How many goals, measures and targets the field has."""
    zh = matter.zh
    targets = [t for t in matter.plan.targets if matter.plan.field_of(t.clause) is field]
    if zh:
        parts = [f"主要目标{len(field.goals)}项"] + ([f"策略措施{len(field.measures)}项"] if field.measures else [])
        words = f"本领域设{'、'.join(parts)}，" + (
            f"监测目标值{len(targets)}项。" if targets else "尚无可以判定的目标值。"
        )
    else:
        parts = [f"{len(field.goals)} goals"] + ([f"{len(field.measures)} measures"] if field.measures else [])
        number = f"{len(targets) or 'no'} target{'' if len(targets) == 1 else 's'}"
        words = f"This field has {' and '.join(parts)}, with {number} that can be judged. "
    return words


def standing_of(matter: Matter, own: tuple[Verdict, ...]) -> str:
    """Where those stand that were judged for the plan's own place."""
    if not own:
        return ""
    zh, n = matter.zh, len(own)
    others = [v for v in own if v.status not in {Standing.MET, Standing.ON_TRACK}]
    done = n - len(others)
    if n == 1:
        status = STANDINGS[own[0].status].in_language(matter.language)
        return (
            f"{matter.place}层面判定1项，{status}。" if zh
            else f"The one that was judged for {matter.place}: {status.lower()}. "
        )  # fmt: skip
    if not others:
        return (
            f"{matter.place}层面判定的{n}项全部已达标或预计达标（{counted(own, 'zh')}）。" if zh
            else f"All {n} that were judged for {matter.place} are met or on track ({counted(own, 'en')}). "
        )  # fmt: skip
    if zh:
        return f"{matter.place}层面判定{n}项，已达标和预计达标{done}项，占{percent(done, n)}；{counted(others, 'zh')}。"
    return f"Of the {n} judged for {matter.place}, {done} ({percent(done, n)}) are met or on track; {counted(others, 'en')}. "


def _concerns(matter: Matter, own: tuple[Verdict, ...]) -> list[Block]:
    """The gravest in a sentence each; the others are in the chapter of warnings."""
    zh = matter.zh
    grave = together(sorted((v for v in own if v.needs_attention), key=gravity))
    if not grave:
        return []
    said = [concern(matter, v) for v, _ in grave[:_SAID]]
    more = len(grave) - len(said)
    if len(said) == 1:
        words = f"需要关注的是：{said[0]}" if zh else f"In need of attention: {said[0]}"
        return [Paragraph(words, key=f"concern:{grave[0][0].target}")]
    lead = "需要重点关注：" if zh else "In need of attention:"
    blocks: list[Block] = [
        Paragraph(lead, "lead", key="concerns"),
        *(
            Paragraph(f"{i}. {words}", "item", key=f"concern:{verdict.target}")
            for i, (words, (verdict, _)) in enumerate(zip(said, grave, strict=False), 1)
        ),
    ]
    if more:
        blocks.append(Paragraph(
            f"此外还有{more}项指标预计达标困难，见“预警”一章。" if zh
            else f"{more} more indicators are at risk: see the chapter on warnings.", key="more",
        ))  # fmt: skip
    return blocks


def districts_behind(matter: Matter, field: PlanField) -> str:
    """What is in trouble in the districts, and where; empty where there is nothing to say."""
    below = [
        v for v in matter.of_field(field, matter.verdicts)
        if v.region in matter.districts and v.status is not Standing.NOT_APPLICABLE
    ]  # fmt: skip
    trouble = [v for v in below if v.needs_attention]
    if not trouble:
        return ""
    zh, language = matter.zh, matter.language
    (target, most), *_ = Counter(v.target for v in trouble).most_common(1)
    promise = matter.plan.target[target]
    name = named(matter.plan.indicator[promise.indicator], promise.cut).in_language(language)
    where = [matter.name(v.region) for v in trouble if v.target == target]
    if zh:
        head = f"各区（市）县判定{len(below)}项（次），未达标和预计达标困难{len(trouble)}项（次）"
        if most == 1:
            return f"{head}，涉及{listed(list(dict.fromkeys(matter.name(v.region) for v in trouble)), 'zh')}。"
        return f"{head}，{'均为' if most == len(trouble) else '较集中的是'}{name}，涉及{listed(where, 'zh')}。"
    head = f"Of {len(below)} judgements in the districts, {len(trouble)} are missed or at risk"
    if most == 1:
        return f"{head}: {listed(list(dict.fromkeys(matter.name(v.region) for v in trouble)), 'en')}."
    return (
        f"{head}, {'all' if most == len(trouble) else most} of them on one indicator ({name}): {listed(where, 'en')}."
    )


def _rows(matter: Matter, field: PlanField) -> list[tuple[Cell, ...]]:
    """A row for each promise; one that a goal and a measure make alike has one row with both clauses."""
    verdict_of = {(v.target, v.region): v for v in matter.verdicts}
    alike: dict[str, list[Target]] = {}
    for target in matter.plan.targets:
        if matter.plan.field_of(target.clause) is field:
            alike.setdefault(target.model_dump_json(exclude={"id", "clause", "words", "reading"}), []).append(target)
    made = []
    for targets in alike.values():
        first = targets[0]
        own = verdict_of.get((first.id, matter.plan.region))
        below = [verdict_of[first.id, code] for code in matter.districts if (first.id, code) in verdict_of]
        made.append(_row(matter, first, list(dict.fromkeys(t.clause for t in targets)), own, below))
    return made


def _row(
    matter: Matter, target: Target, clauses: list[str], own: Verdict | None, below: list[Verdict]
) -> tuple[Cell, ...]:
    indicator, language = matter.plan.indicator[target.indicator], matter.language
    key = SeriesKey.of(indicator.id, matter.plan.region, target.cut)
    before, now = (value_cell(matter.figures, key, y, indicator, language) for y in (matter.as_of - 1, matter.as_of))
    if now == NOTHING and own is not None and own.year is not None and own.year < matter.as_of:
        when = year_words(own.year, language)
        held = value_cell(matter.figures, key, own.year, indicator, language)
        now = f"{held}\n（{when}）" if matter.zh else f"{held}\n({when})"
    name, unit = named(indicator, target.cut).in_language(language), unit_name(indicator, language)
    return (
        Cell("\n".join(clauses)), Cell(f"{name}（{unit}）" if matter.zh else f"{name} ({unit})"),
        Cell(promised(matter.plan, target, language)), Cell(before), Cell(now),
        standing_cell(own.status, language) if own is not None else Cell(_spread(below, matter)),
        Cell(chance(own.probability) if own is not None else NOTHING),
    )  # fmt: skip


def _spread(below: list[Verdict], matter: Matter) -> str:
    """For a promise that binds districts only: how many of those that it applies to have met it."""
    met = sum(v.status is Standing.MET for v in below)
    all_ = sum(v.status is not Standing.NOT_APPLICABLE for v in below)
    return f"{met}/{all_}个达标" if matter.zh else f"met in {met}/{all_}"


def _table(matter: Matter, field: PlanField, rows: list[tuple[Cell, ...]]) -> list[Block]:
    zh = matter.zh
    name = field.name.in_language(matter.language)
    columns = (
        Column("条款" if zh else "Clause", 1.25), Column("指标（单位）" if zh else "Indicator (unit)", 4.6),
        Column(target_head(matter.plan, matter.language), 3.0),
        Column(year_words(matter.as_of - 1, matter.language), 1.75, "right"),
        Column(year_words(matter.as_of, matter.language), 1.95, "right"), Column("状态" if zh else "Status", 2.5),
        Column("达标\n概率" if zh else "Chance", 1.25, "right"),
    )  # fmt: skip
    caption = (
        f"“{name}”领域目标值监测表（{matter.place}，{matter.as_of}年）"
        if zh
        else f"{name}: targets, {matter.place}, {matter.as_of}"
    )
    blocks: list[Block] = [Table(caption, columns, tuple(rows))]
    if any(row[5].standing is None for row in rows):
        blocks.append(Paragraph(
            "注：只约束区（市）县的目标，“状态”栏为已达标的区（市）县数／应达标的区（市）县数。" if zh
            else "Note: for targets that bind districts only, the status tells in how many of them it is met.", "note", "note"
        ))  # fmt: skip
    return blocks


def charts_of(matter: Matter, field: PlanField, own: tuple[Verdict, ...]) -> list[Figure]:
    """The gravest with a history worth drawing, beside the districts of the promise most in trouble, or the next."""
    zh, plan, language = matter.zh, matter.plan, matter.language
    trouble = Counter(
        v.target for v in matter.of_field(field, matter.verdicts) if v.region in matter.districts and v.needs_attention
    )
    made: list[Figure] = []
    drawn: set[tuple[str, str]] = set()
    for verdict in sorted(own, key=gravity):
        target, indicator = plan.target[verdict.target], plan.indicator[verdict.indicator]
        seen = (indicator.id, repr(target.cut))
        key = SeriesKey.of(indicator.id, plan.region, target.cut)
        if seen in drawn or indicator.unit is Unit.YES_NO or len(points(matter.figures, key, indicator)) < 3:
            continue
        drawn.add(seen)
        spec = series_chart(
            plan, indicator, plan.region, matter.figures, matter.verdicts,
            language=language, theme="print", width=HALF, cut=target.cut,
        )  # fmt: skip
        made.append(Figure(named(indicator, target.cut).in_language(language), spec))
        if len(made) == (1 if trouble else 2):
            break
    if trouble:
        worst = plan.target[min(trouble, key=lambda t: (-trouble[t], t))]
        indicator = plan.indicator[worst.indicator]
        spec = districts_chart(
            plan,
            indicator,
            matter.figures,
            matter.verdicts,
            language=language,
            theme="print",
            width=HALF,
            cut=worst.cut,
        )
        name = named(indicator, worst.cut).in_language(language)
        made.append(Figure(f"各区（市）县{name}" if zh else f"{name} by district", spec))
    return made
