"""The brief of the leading group 一页纸: where the plan stands, five matters to decide, what is asked of whom. One page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from halfsky.assess import Standing, Verdict, named
from halfsky.plan import Kind
from halfsky.reports.report.course import gravity, since_last_year, together
from halfsky.reports.report.model import Cell, Column, Paragraph, Report, Section, Table
from halfsky.reports.report.phrases import NOTHING, chance, counted, newest, percent, short_of
from halfsky.reports.sheets.common import Matters, asked, by_status, progress, warned, warnings_of
from halfsky.reports.words import listed, plural

MATTERS = 5
_UNITS = {"zh": 5, "en": 3}  # English takes more room
_SOON, _LATER = timedelta(days=90), timedelta(days=180)


def brief(matters: Matters, *, number: str = "") -> Report:
    """The whole sheet."""
    zh, plan = matters.zh, matters.plan
    own = [v for v in matters.verdicts if v.region == plan.region and v.status is not Standing.NOT_APPLICABLE]
    chosen = _chosen(matters, own)
    heads = (
        ("一、总体情况", "二、请研究决定的事项", "三、请各方落实") if zh
        else ("1 Where the plan stands", "2 Matters to decide", "3 What is asked of whom")
    )  # fmt: skip
    before = [v for v in matters.before if v.region == plan.region and v.status is not Standing.NOT_APPLICABLE]
    caption = (
        f"{matters.place(plan.region)}层面目标值判定情况"
        if zh
        else f"Targets of {matters.place(plan.region)} by status"
    )
    sections = [
        Section(
            1,
            "",
            heads[0],
            (
                *map(Paragraph, _standing(matters, own)),
                by_status(matters, own, before, caption),
                *progress(matters, own, 2 if zh else 1),
            ),
        ),
        Section(1, "", heads[1], (_decisions(matters, chosen),)),
        Section(1, "", heads[2], tuple(Paragraph(text, "item") for text in _asked_of(matters, own))),
    ]
    return matters.report(
        title=plan.title.in_language(matters.language),
        subtitle=f"{matters.year}年度实施情况一页纸" if zh else f"{matters.year} on one page",
        number_=number or (f"呈{matters.place(plan.region)}妇女儿童工作委员会" if zh else f"For the leading group of {matters.place(plan.region)}"),
        facts=(), sections=sections,
    )  # fmt: skip


def _standing(matters: Matters, own: Sequence[Verdict]) -> list[str]:
    zh, plan = matters.zh, matters.plan
    place = matters.place(plan.region)
    done = sum(v.status in {Standing.MET, Standing.ON_TRACK} for v in own)
    others = [v for v in own if v.status not in {Standing.MET, Standing.ON_TRACK}]
    below = [v for v in matters.verdicts if v.region != plan.region and v.status is not Standing.NOT_APPLICABLE]
    fine = sum(v.status in {Standing.MET, Standing.ON_TRACK} for v in below)
    warnings = warnings_of(matters.plan, own)
    if zh:
        first = f"{matters.year}年{place}判定目标值{len(own)}项，已达标和预计达标{done}项，占{percent(done, len(own))}"
        first += f"；{counted(others, 'zh')}。" if others else "。"
        first += matters.since_then(own)
        first += since_last_year(matters.matter, own)
        second = f"发出预警{len(warnings)}项（{warned(matters, warnings)}）。" if warnings else "没有预警。"
        if below:
            second = (
                f"各区（市）县判定{len(below)}项（次），已达标和预计达标{fine}项（次），占{percent(fine, len(below))}。{place}层面"
                + second
            )
        return [first + second]
    first = f"Of {plural(len(own), 'target')} judged for {place} in {matters.year}, {done} ({percent(done, len(own))}) {'is' if done == 1 else 'are'} met or on track"
    first += f"; {counted(others, 'en')}." if others else "."
    first += matters.since_then(own)
    moved = since_last_year(matters.matter, own)
    first += f" {moved}" if moved else ""
    if below:
        first += f" In the districts {fine} of {plural(len(below), 'judgement')} ({percent(fine, len(below))}) {'is' if fine == 1 else 'are'} met or on track."
    first += (
        f" There {'is' if len(warnings) == 1 else 'are'} {plural(len(warnings), 'warning')} ({warned(matters, warnings)})."
        if warnings
        else " There are no warnings."
    )
    return [first]


def _chosen(matters: Matters, own: Sequence[Verdict]) -> list[tuple[Verdict, tuple[str, ...]]]:
    """The gravest, no two of one indicator; then what cannot be judged at all; then the worst of the districts."""
    grave = together(sorted((v for v in own if v.needs_attention), key=gravity))
    blind = together(v for v in own if v.status is Standing.NO_DATA)
    below = together(
        sorted((v for v in matters.verdicts if v.region != matters.plan.region and v.needs_attention), key=gravity)
    )
    made: dict[str, tuple[Verdict, tuple[str, ...]]] = {}
    for verdict, clauses in (*grave, *blind, *below):
        made.setdefault(verdict.indicator, (verdict, clauses))
    return list(made.values())[:MATTERS]


def _decisions(matters: Matters, chosen: Sequence[tuple[Verdict, tuple[str, ...]]]) -> Table:
    zh, plan = matters.zh, matters.plan
    columns = (
        Column("序号" if zh else "No.", 1.0, "center"), Column("事项" if zh else "Matter", 3.4),
        Column("现状与差距" if zh else "Where it stands", 4.2), Column("提请研究" if zh else "To decide", 4.2),
        Column("责任单位" if zh else "Who", 2.8 if zh else 3.6), Column("时限" if zh else "By", 2.7 if zh else 2.2),
    )  # fmt: skip
    rows = []
    for i, (verdict, clauses) in enumerate(chosen, 1):
        name = named(plan.indicator[verdict.indicator], plan.target[verdict.target].cut).in_language(matters.language)
        place = "" if verdict.region == plan.region else matters.place(verdict.region)
        clause = listed(list(clauses[:2]), matters.language)
        matter = f"{place}{name}（{clause}）" if zh else f"{name}{f' in {place}' if place else ''} ({clause})"
        leads = listed(
            [matters.unit(u) for u in matters.leads(verdict.clause, verdict.region)[: 2 if zh else 1]], matters.language
        )
        rows.append((
            Cell(str(i)), Cell(matter), Cell(_stands(matters, verdict)), Cell(_proposal(matters, verdict)),
            Cell(leads or NOTHING), Cell(_by(matters, verdict)),
        ))  # fmt: skip
    return Table("", columns, tuple(rows))


def _stands(matters: Matters, verdict: Verdict) -> str:
    zh, plan, language = matters.zh, matters.plan, matters.language
    if verdict.value is None:
        words = asked(matters, verdict)
        return f"截至{matters.year}年无数据，目标{words}" if zh else f"no figure up to {matters.year}; target: {words}"
    figure, gap = newest(plan, verdict, language), short_of(plan, verdict, language)
    year = "" if verdict.year != verdict.as_of else f"{verdict.year}年" if zh else f"{verdict.year}: "
    parts = [f"{year}{figure}", f"目标{asked(matters, verdict)}" if zh else f"target {asked(matters, verdict)}"]
    if gap != NOTHING:
        parts.append(f"差{gap}" if zh else f"{gap} short")
    if verdict.probability is not None:
        parts.append(f"{verdict.milestone}年达标概率{_about(verdict.probability)}" if zh else f"chance for {verdict.milestone} {chance(verdict.probability)}")  # fmt: skip
    return ("，" if zh else ", ").join(parts)


def _about(probability: float) -> str:
    return chance(probability).replace("<", "不足").replace(">", "超过")


def _proposal(matters: Matters, verdict: Verdict) -> str:
    """What the leading group is asked to decide, by how it stands."""
    zh, left = matters.zh, verdict.milestone - matters.year
    away = verdict.change is not None and verdict.required is not None and verdict.change * verdict.required < 0
    match verdict.status:
        case Standing.NO_DATA:
            return "明确统计责任，安排专项调查，补齐数据" if zh else "settle who counts it; commission a survey"
        case Standing.MISSED:
            return "审定补救方案，确定补达标年份" if zh else "approve a remedy and the year by which it is made good"
        case _ if left <= 2:
            return (
                (f"距到期{left}年，" if left > 0 else "") + "列入督办，审定攻坚措施和经费"
                if zh
                else (f"{plural(left, 'year')} left: " if left > 0 else "") + "supervise it; approve measures and money"
            )
        case _ if verdict.kind is Kind.EXISTS:
            return "明确建设任务、资金和完成时限" if zh else "settle what is built, with which money, by when"
        case _ if verdict.kind in {Kind.NOT_BELOW, Kind.MATCH}:
            return (
                "研究提高女性比例的选配办法，纳入换届和考核"
                if zh
                else "decide how more women are chosen, and count it in appraisals"
            )
        case _ if away:
            return (
                "近年走向与目标相反，听取专题汇报，调整措施"
                if zh
                else "it moves the wrong way: hear a report, change the measures"
            )
        case _ if verdict.probability is not None and verdict.probability < 0.1:
            return "进度明显不够，研究加大投入和部门协同" if zh else "far too slow: consider more money and joint work"
        case _:
            return (
                "责成牵头单位提出整改措施，按季报告进展"
                if zh
                else "have the lead unit propose a remedy, reported every quarter"
            )


def _by(matters: Matters, verdict: Verdict) -> str:
    grave = verdict.status is Standing.MISSED or (verdict.probability is not None and verdict.probability < 0.1)
    return _month(matters.made + (_SOON if grave else _LATER), matters.zh)


def _month(day: date, zh: bool) -> str:
    return f"{day.year}年{day.month}月底前" if zh else f"end of {day.year}-{day.month:02}"


def _asked_of(matters: Matters, own: Sequence[Verdict]) -> list[str]:
    """A line for each of the units with most in trouble, and one for all the others."""
    zh, plan = matters.zh, matters.plan
    mine: dict[str, dict[str, None]] = {}
    for verdict in sorted((v for v in own if v.needs_attention), key=gravity):
        name = named(plan.indicator[verdict.indicator], plan.target[verdict.target].cut).in_language(matters.language)
        for unit in matters.leads(verdict.clause, plan.region):
            mine.setdefault(unit, {})[name] = None
    counts = Counter({unit: len(names) for unit, names in mine.items()})
    ranked = [unit for unit, _ in counts.most_common()]
    due = _month(matters.made + timedelta(days=30), zh)
    lines = []
    for unit in ranked[: _UNITS[matters.language]]:
        names = list(mine[unit])
        more = len(names) - 2
        told = listed(names[:2], matters.language)
        if zh:
            tail = f"等{len(names)}项指标" if more > 0 else ""
            lines.append(f"{matters.unit(unit)}：对{told}{tail}，{due}报送原因分析和整改措施。")
        else:
            tail = f" and {more} more" if more > 0 else ""
            lines.append(f"{matters.unit(unit)}: causes and remedy for {told}{tail}, by the {due}.")
    if rest := ranked[_UNITS[matters.language] :]:
        total = sum(counts[unit] for unit in rest)
        lines.append(
            f"另有{len(rest)}个牵头单位，共{total}项指标，按预警通知要求落实。" if zh
            else f"{plural(len(rest), 'more lead unit')}, {plural(total, 'indicator')}: as their warnings ask."
        )  # fmt: skip
    blind = {v.indicator for v in own if v.status in {Standing.NO_DATA, Standing.TOO_LITTLE}}
    if blind:
        lines.append(
            f"统计部门和各来源单位：补齐{len(blind)}个缺数据或数据不足的指标，{due}提出补报计划。" if zh
            else f"Statistics office and source units: a plan, by the {due}, for the {plural(len(blind), 'indicator')} without enough data."
        )  # fmt: skip
    if not lines:
        lines.append(
            "各牵头单位继续落实既定措施，按年度报告进展。" if zh else "Lead units go on as planned and report yearly."
        )
    return [f"{i}. {line}" for i, line in enumerate(lines, 1)]
