"""The mid-term and the final monitoring report 中期、终期监测报告: the course since the base year, field by field.

Pure, like the annual report, whose summary, districts and annexes it shares: the same arguments give the same report.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from halfsky.alerts.queries import OpenWarning
from halfsky.assess import Standing, Verdict, assess, named, promise
from halfsky.assess.series import with_baselines
from halfsky.observations import Figures, SeriesKey
from halfsky.plan import Plan, Unit
from halfsky.reports.charts.places import districts_of
from halfsky.reports.report import annex, places, summary
from halfsky.reports.report.compose import Matter, demonstrated, facts_of, mark_of, numbered
from halfsky.reports.report.course import gravity, together
from halfsky.reports.report.keys import captioned
from halfsky.reports.report.model import Cell, Column, Paragraph, Report, Section, Table
from halfsky.reports.report.outlook import Outlook, outlook_sections
from halfsky.reports.report.periodfields import field_sections
from halfsky.reports.report.phrases import NOTHING, newest_cell, short_of, standing_cell, value_cell
from halfsky.reports.report.spread import spread_section
from halfsky.reports.words import Language, unit_name, year_words, years_words


def compose_period(
    *, plan: Plan, figures: Figures, verdicts: Sequence[Verdict], warnings: Sequence[OpenWarning], as_of: int,
    language: Language, made: date, number: str = "", withheld: int = 0,
) -> Report:  # fmt: skip
    """The report of the years from the base year to ``as_of``: final when that is the plan's last year, else mid-term."""
    known = with_baselines(plan, figures.until(as_of), as_of)
    matter = Matter(plan, known, tuple(verdicts), tuple(warnings), as_of, language, tuple(districts_of(plan)), withheld)
    ahead = Outlook.of(matter, to_the_end(plan, known, verdicts, as_of))
    zh, final = matter.zh, as_of >= plan.end
    chapters: list[tuple[str, list[Section]]] = [
        ("总体进展" if zh else "Overall progress", _progress(matter)),
        *((f.name.in_language(language), field_sections(matter, f, ahead)) for f in plan.fields),
    ]
    if matter.districts:
        lead, *_ = places.sections(matter)
        standing = Section(2, "", "目标达标情况" if zh else "Targets by district", lead.blocks)
        compared = [Section(1, "", ""), standing, *spread_section(matter)]
        chapters.append(("各区（市）县比较" if zh else "Districts compared", compared))
    title = (
        ("总体结论" if zh else "Conclusions")
        if final
        else ("预测与下一步工作重点" if zh else "Outlook and what comes next")
    )
    chapters += [
        (title, outlook_sections(matter, ahead)),
        ("监测与判定方法" if zh else "Methods", annex.methods(matter)),
        ("附件1：历年监测数据" if zh else "Annex 1: figures by year", _years(matter)),
        ("附件2：指标解释" if zh else "Annex 2: indicators", annex.indicators(matter)),
        ("附件3：资料来源" if zh else "Annex 3: sources", annex.sources(matter)),
    ]
    return Report(
        language=language, title=plan.title.in_language(language), subtitle=subtitle(plan, as_of, language),
        issuer=matter.place, number=number, facts=_facts(matter, made), made=made, mark=mark_of(demonstrated(matter), language),
        sections=captioned(numbered(chapters, language), language),
    )  # fmt: skip


def _facts(matter: Matter, made: date) -> tuple[tuple[str, str], ...]:
    """As of the annual report, with the span of years in place of the year."""
    span = years_words(matter.plan.start, matter.as_of, matter.language)
    return (("监测时段" if matter.zh else "Years", span), *facts_of(matter, made)[1:])


def subtitle(plan: Plan, as_of: int, language: Language) -> str:
    final = as_of >= plan.end
    span = years_words(plan.start, as_of, language)
    if language == "zh":
        return f"{'终期' if final else '中期'}监测报告（{span}）"
    return f"{'Final' if final else 'Mid-term'} monitoring report ({span})"


def _progress(matter: Matter) -> list[Section]:
    """The summary, and the milestones whose year has come."""
    zh, plan, language = matter.zh, matter.plan, matter.language
    (lead,) = summary.sections(matter)
    due = [v for v in matter.own if v.milestone <= matter.as_of and plan.target[v.target].final.year > matter.as_of]
    rows = []
    for verdict, clauses in together(sorted(due, key=gravity)):
        target, indicator = plan.target[verdict.target], plan.indicator[verdict.indicator]
        rows.append((
            Cell("\n".join(clauses)), Cell(named_with_unit(matter, indicator.id, target.cut)),
            Cell(promise(plan, target, verdict.milestone).in_language(language)), Cell(newest_cell(plan, verdict, language)),
            standing_cell(verdict.status, language), Cell(short_of(plan, verdict, language)),
        ))  # fmt: skip
    if not rows:
        return [lead]
    met = sum(v.status is Standing.MET for v in due)
    words = (
        f"规划提出{matter.as_of}年阶段目标的有{len(due)}项，" + ("全部达到。" if met == len(due) else f"达到{met}项，未达到{len(due) - met}项。")
        if zh else f"The plan sets {len(due)} milestones for {matter.as_of}; {met} of them {'is' if met == 1 else 'are'} met."
    )  # fmt: skip
    columns = (
        Column("条款" if zh else "Clause", 1.2), Column("指标（单位）" if zh else "Indicator (unit)", 4.4),
        Column("阶段目标" if zh else "Milestone", 2.8), Column("监测值" if zh else "Figure", 2.2, "right"),
        Column("判定" if zh else "Verdict", 2.0), Column("差距" if zh else "Gap", 2.2, "right"),
    )  # fmt: skip
    caption = (
        f"{matter.as_of}年阶段目标完成情况（{matter.place}）" if zh else f"Milestones of {matter.as_of}, {matter.place}"
    )
    title = f"{matter.as_of}年阶段目标完成情况" if zh else f"Milestones of {matter.as_of}"
    return [
        Section(1, "", ""), Section(2, "", "总体情况" if zh else "Where the plan stands", lead.blocks),
        Section(2, "", title, (Paragraph(words, key="milestones"), Table(caption, columns, tuple(rows), "milestones"))),
    ]  # fmt: skip


def to_the_end(plan: Plan, known: Figures, shown: Sequence[Verdict], as_of: int) -> dict[str, Verdict]:
    """What each target of the plan's own place looks like held against its last milestone; by target.

    Verdicts of the year already are those of targets without an earlier milestone in force; the others are judged
    anew against the last one alone. Targets that are not shown are not looked at.
    """
    own = {v.target: v for v in shown if v.region == plan.region}
    stepped: list[Any] = [
        t.model_copy(update={"milestones": (t.final,)})
        for t in plan.targets
        if t.id in own and own[t.id].milestone != t.final.year
    ]
    if not stepped or as_of >= plan.end:
        return own
    only = plan.model_copy(update={"targets": tuple(stepped)})
    for cached in ("target",):
        only.__dict__.pop(cached, None)
    return own | {v.target: v for v in assess(only, known, as_of=as_of) if v.region == plan.region}


def _years(matter: Matter) -> list[Section]:
    """Every figure of the targets, year by year, on pages turned on their side."""
    zh, plan, language = matter.zh, matter.plan, matter.language
    years = [plan.base_year, *range(plan.start, matter.as_of + 1)]
    words = (
        f"各项目标所用指标{years_words(years[0], years[-1], 'zh')}的数据（{matter.place}）。“—”为没有数据。"
        if zh
        else f"Figures of the indicators that targets rest on, {years_words(years[0], years[-1], 'en')}, {matter.place}. A dash: no data."
    )
    blocks: list[Any] = [Paragraph(words, "note", "note")]
    for field in plan.fields:
        rows: dict[SeriesKey, tuple[Cell, ...]] = {}
        for target in plan.targets:
            if plan.field_of(target.clause) is not field:
                continue
            indicator = plan.indicator[target.indicator]
            key = SeriesKey.of(indicator.id, plan.region, target.cut)
            held = [value_cell(matter.figures, key, year, indicator, language) for year in years]
            if key in rows or indicator.unit is Unit.YES_NO or all(cell == NOTHING for cell in held):
                continue
            name = named_with_unit(matter, target.indicator, target.cut)
            rows[key] = (Cell(name), *(Cell(cell) for cell in held))
        if rows:
            columns = (
                Column("指标（单位）" if zh else "Indicator (unit)", 5.2),
                *(Column(year_words(year, language), 1.5 if len(years) <= 8 else 1.25, "right") for year in years),
            )
            caption = f"“{field.name.zh}”领域历年数据" if zh else f"{field.name.en}: figures by year"
            blocks.append(Table(caption, columns, tuple(rows.values()), f"years{field.number}"))
    return [Section(1, "", "", tuple(blocks), "wide")]


def named_with_unit(matter: Matter, indicator_id: str, cut: Any) -> str:
    indicator = matter.plan.indicator[indicator_id]
    name, unit = named(indicator, cut).in_language(matter.language), unit_name(indicator, matter.language)
    return f"{name}（{unit}）" if matter.zh else f"{name} ({unit})"
