"""The report of an evaluation 评估报告: annual, mid-term or final; from its conclusions, its marks and the verdicts beneath.

Pure: the same arguments give the same report. What offices wrote stands in their own words, in the language in which they
wrote it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from halfsky.observations import Nature
from halfsky.plan import Plan, Text
from halfsky.plan.model import Goal, PlanField
from halfsky.reports.charts import standings_chart
from halfsky.reports.report import annex
from halfsky.reports.report.compose import Matter, mark_of, numbered
from halfsky.reports.report.course import since_last_year
from halfsky.reports.report.fields import standing_of
from halfsky.reports.report.keys import captioned
from halfsky.reports.report.model import Block, Cell, Column, Figure, Paragraph, Report, Section, Table
from halfsky.reports.report.phrases import NOTHING, percent
from halfsky.reports.report.summary import WHOLE
from halfsky.reports.words import Language, listed, year_words

_GOOD = ("met", "on_track")


@dataclass(frozen=True, slots=True)
class Concluded:
    """The conclusion of one goal; ``outcome`` and ``proposed`` are codes of ``names``."""

    goal: Goal
    outcome: str
    proposed: str
    reason: str
    forecast: Text
    effect: str
    problems: str


@dataclass(frozen=True, slots=True)
class Said:
    """A finding: of a field by its number, or of the plan as a whole (0)."""

    field: int
    title: str
    words: str


@dataclass(frozen=True, slots=True)
class Advice:
    title: str
    words: str
    office: Text
    due: date
    clause: str


@dataclass(frozen=True, slots=True)
class Marked:
    """What a subject's marks came to; ``total`` is out of 100, ``None`` where a mark is missing."""

    name: Text
    district: bool
    total: Decimal | None
    grade: Text | None


@dataclass(frozen=True)
class Evaluated:
    """Everything that an evaluation's report tells besides verdicts and figures."""

    kind: Text
    purpose: str
    scheme: str
    version: int
    approved_by: str
    approved_on: date
    closed_on: date
    methods: tuple[tuple[Text, Decimal, int, int], ...]  # name, weight out of 100, sheets handed in, asked for
    visits: tuple[tuple[Text, date, str], ...]
    bodies: tuple[tuple[Text, tuple[str, ...]], ...]
    threshold: Decimal
    apart: int
    marks: int
    results: tuple[Marked, ...]
    concluded: tuple[Concluded, ...]
    names: dict[str, Text]
    work: tuple[Said, ...]
    experience: tuple[Said, ...]
    problems: tuple[Said, ...]
    advice: tuple[Advice, ...]
    demonstration: bool

    def of(self, field: PlanField) -> list[Concluded]:
        goals = {goal.id for goal in field.goals}
        return [c for c in self.concluded if c.goal.id in goals]


def compose(matter: Matter, evaluated: Evaluated, made: date) -> Report:
    """The whole report in its official order."""
    plan, zh = matter.plan, matter.zh
    demonstration = evaluated.demonstration or any(o.nature is Nature.DEMO for o in matter.figures)
    chapters: list[tuple[str, list[Section]]] = [
        ("评估工作概况" if zh else "How the evaluation was done", _work(matter, evaluated)),
        ("总体进展" if zh else "Progress as a whole", _progress(matter, evaluated)),
        ("分领域评估" if zh else "Field by field", _fields(matter, evaluated)),
        ("主要做法与成效" if zh else "What was done and its effect", _done(matter, evaluated)),
        ("存在问题" if zh else "Problems", _problems(matter, evaluated)),
        ("对策建议" if zh else "Recommendations", _advice(matter, evaluated)),
        ("附表1：主要目标评估结论" if zh else "Annex 1: conclusions by goal", _goals_annex(matter, evaluated)),
        ("附表2：评估对象评分结果" if zh else "Annex 2: marks by subject", _marks_annex(matter, evaluated)),
        ("附表3：资料来源" if zh else "Annex 3: sources", annex.sources(matter)),
    ]
    kind = evaluated.kind.in_language(matter.language)
    return Report(
        language=matter.language,
        title=plan.title.in_language(matter.language),
        subtitle=f"{kind}报告（{matter.as_of}年）" if zh else f"{kind} report ({matter.as_of})",
        issuer=matter.place,
        number="",
        facts=_facts(matter, evaluated, made),
        made=made,
        mark=mark_of(demonstration, matter.language),
        sections=captioned(numbered(chapters, matter.language), matter.language),
    )


def _day(day: date, language: Language) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if language == "zh" else day.isoformat()


def _facts(matter: Matter, e: Evaluated, made: date) -> tuple[tuple[str, str], ...]:
    plan, zh, language = matter.plan, matter.zh, matter.language
    return (
        ("评估类型" if zh else "Kind", e.kind.in_language(language)),
        ("评估截至" if zh else "As of", year_words(matter.as_of, language)),
        ("规划期" if zh else "Period", f"{plan.start}—{plan.end}年" if zh else f"{plan.start}–{plan.end}"),
        ("评估地区" if zh else "Region", matter.place),
        ("方案批准" if zh else "Scheme approved", f"{e.approved_by}，{_day(e.approved_on, language)}" if zh else f"{e.approved_by}, {e.approved_on}"),
        ("形成结论" if zh else "Concluded", _day(made, language)),
    )  # fmt: skip


def _work(matter: Matter, e: Evaluated) -> list[Section]:
    zh = matter.zh
    units, districts = sum(not r.district for r in e.results), sum(r.district for r in e.results)
    about: list[Block] = [Paragraph(_purpose(e), key="purpose")] if e.purpose else []
    about.append(Paragraph(
        f"评估方案《{e.scheme}》（第{e.version}版）于{_day(e.approved_on, 'zh')}由{e.approved_by}批准。" if zh else
        f"The scheme ({e.scheme}, version {e.version}) was approved by {e.approved_by} on {e.approved_on}.", key="scheme",
    ))  # fmt: skip
    people: list[Block] = []
    for name, members in e.bodies:
        if not members:
            continue
        people.append(Paragraph(
            f"{name.zh}共{len(members)}人：{'；'.join(members)}。" if zh else f"{name.en} ({len(members)}): {'; '.join(members)}.",
            "item", key=f"body:{name.en}",
        ))  # fmt: skip
    ways: list[Block] = [
        Paragraph(
            f"评估对象为{matter.place}{units}个责任单位和{districts}个区（市）县。" if zh
            else f"{units} units and {districts} districts of {matter.place} were evaluated.", key="subjects",
        ),
        _methods(matter, e),
    ]  # fmt: skip
    if e.visits:
        first, last = min(v[1] for v in e.visits), max(v[1] for v in e.visits)
        ways.append(Paragraph(
            f"{_day(first, 'zh')}至{_day(last, 'zh')}实地评估{len(e.visits)}次。" if zh
            else f"There were {len(e.visits)} inspections on site between {first} and {last}.", key="visits",
        ))  # fmt: skip
    threshold = f"{e.threshold.normalize():f}"
    ways.append(Paragraph(
        f"各方评分互不可见，{_day(e.closed_on, 'zh')}结束评分后统一汇总；不涉及的指标不计，缺分不按零分处理。"
        f"共评指标{e.marks}项（次），评分者之间相差超过满分{threshold}%的有{e.apart}项（次）。" if zh
        else f"Nobody saw others' marks before scoring was closed on {e.closed_on}. Criteria that do not concern a subject are left "
        f"out; a missing mark is no nought. Of {e.marks} criteria marked, scorers were more than {threshold}% of the maximum apart on {e.apart}.",
        key="blind",
    ))  # fmt: skip
    made = [Section(1, "", ""), Section(2, "", "评估依据和目的" if zh else "Grounds and purpose", tuple(about))]
    if people:
        made.append(Section(2, "", "评估组织" if zh else "Organisation", tuple(people)))
    made.append(Section(2, "", "对象、方式和过程" if zh else "Subjects, methods, course", tuple(ways)))
    return made


def _purpose(e: Evaluated) -> str:
    """The scheme's purpose, which ends with making the scheme where it says so: here it ends with the evaluation."""
    ending = "制定本方案。"
    return f"{e.purpose.removesuffix(ending)}开展本次评估。" if e.purpose.endswith(ending) else e.purpose


def _methods(matter: Matter, e: Evaluated) -> Table:
    zh = matter.zh
    columns = (
        Column("评估方式" if zh else "Method", 3), Column("权重（%）" if zh else "Weight (%)", 1.6, "right"),
        Column("应提交（份）" if zh else "Asked for (sheets)", 2, "right"), Column("已提交（份）" if zh else "Handed in (sheets)", 2, "right"),
    )  # fmt: skip
    rows = tuple(
        (Cell(name.in_language(matter.language)), Cell(f"{weight.normalize():f}"), Cell(str(asked)), Cell(str(done)))
        for name, weight, done, asked in e.methods
    )
    return Table("评估方式和评分表提交情况" if zh else "Methods, and sheets handed in", columns, rows, "methods")


def _counted(matter: Matter, e: Evaluated, rows: Iterable[Concluded]) -> str:
    counts = Counter(c.outcome for c in rows)
    told = [(name, counts[code]) for code, name in e.names.items() if counts[code]]
    if matter.zh:
        return listed([f"{name.zh}{n}项" for name, n in told], "zh")
    return listed([f"{n} {name.en.lower()}" for name, n in told], "en")


def _progress(matter: Matter, e: Evaluated) -> list[Section]:
    zh, plan = matter.zh, matter.plan
    good = sum(c.outcome in _GOOD for c in e.concluded)
    total = len(e.concluded)
    changed = sum(c.outcome != c.proposed for c in e.concluded)
    blocks: list[Block] = [Paragraph(
        f"截至{matter.as_of}年底，《{plan.title.zh}》{total}项主要目标中，{_counted(matter, e, e.concluded)}；"
        f"已实现和预期可实现的共{good}项，占{percent(good, total)}。" if zh
        else f"As of {matter.as_of}, of the {total} goals: {_counted(matter, e, e.concluded)}. {good} ({percent(good, total)}) are met or expected to be.",
        key="goals",
    )]  # fmt: skip
    if changed:
        blocks.append(Paragraph(
            f"其中{changed}项结论由评估组依据评议作出，与监测判定不同，依据列于附表1。" if zh
            else f"{changed} conclusions differ from the verdicts; their grounds stand in annex 1.", key="changed",
        ))  # fmt: skip
    words = standing_of(matter, matter.own) + since_last_year(matter, matter.own)
    blocks.append(Paragraph((f"从目标值看，{words}" if zh else words).strip(), key="targets"))
    caption = (
        f"{matter.place}各领域目标达标情况（{matter.as_of}年）"
        if zh
        else f"Targets by field and status, {matter.place}, {matter.as_of}"
    )
    chart = standings_chart(plan, matter.verdicts, language=matter.language, theme="print", width=WHOLE)
    blocks += [Figure(caption, chart), _by_field(matter, e)]
    return [Section(1, "", "", tuple(blocks))]


def _by_field(matter: Matter, e: Evaluated) -> Table:
    zh = matter.zh
    shown = [(code, name) for code, name in e.names.items() if any(c.outcome == code for c in e.concluded)]
    columns = [Column("领域" if zh else "Field", 3)]
    columns += [Column(name.in_language(matter.language), 1.4, "right") for _, name in shown]
    columns.append(Column("合计（项）" if zh else "Total (goals)", 1.4, "right"))
    rows = []
    for field in matter.plan.fields:
        counts = Counter(c.outcome for c in e.of(field))
        rows.append((
            Cell(field.name.in_language(matter.language)), *(Cell(str(counts[code] or NOTHING)) for code, _ in shown),
            Cell(str(counts.total())),
        ))  # fmt: skip
    every = Counter(c.outcome for c in e.concluded)
    rows.append(
        (Cell("合计" if zh else "Total"), *(Cell(str(every[code])) for code, _ in shown), Cell(str(every.total())))
    )
    caption = f"各领域主要目标评估结论（{matter.as_of}年）" if zh else f"Conclusions by field, {matter.as_of}"
    return Table(caption, tuple(columns), tuple(rows), "outcomes")


def _fields(matter: Matter, e: Evaluated) -> list[Section]:
    zh = matter.zh
    made = [Section(1, "", "")]
    for field in matter.plan.fields:
        rows = e.of(field)
        if not rows:
            continue
        head = (
            f"本领域{len(rows)}项主要目标中，{_counted(matter, e, rows)}。" if zh
            else f"Of the field's {len(rows)} goals: {_counted(matter, e, rows)}. "
        )  # fmt: skip
        own = matter.of_field(field, matter.own)
        blocks: list[Block] = [Paragraph((head + standing_of(matter, own)).strip(), key="standing")]
        blocks += [Paragraph(_goal(matter, e, c), "item", key=f"goal:{c.goal.id}") for c in rows]
        made.append(Section(2, "", field.name.in_language(matter.language), tuple(blocks)))
    return made


def _goal(matter: Matter, e: Evaluated, c: Concluded) -> str:
    name = e.names[c.outcome].in_language(matter.language)
    statement = c.goal.statement.in_language(matter.language).rstrip("。.")
    forecast = c.forecast.in_language(matter.language)
    if matter.zh:
        return f"{c.goal.id}　{statement}：{name}。{forecast}"
    return f"{c.goal.id}. {statement}: {name.lower()}. {forecast}"


def _found(items: Iterable[Said], plan: Plan, language: Language) -> list[Block]:
    names = {f.number: f.name.in_language(language) for f in plan.fields}
    blocks: list[Block] = []
    for i, said in enumerate(items, 1):
        where = names.get(said.field, "")
        where = f"（{where}）" if where and language == "zh" else f" ({where})" if where else ""
        blocks.append(
            Paragraph(
                f"{i}. {said.title}{where}。{said.words}"
                if language == "zh"
                else f"{i}. {said.title}{where}. {said.words}",
                "item",
                key=f"said:{i}",
            )
        )
    return blocks


def _done(matter: Matter, e: Evaluated) -> list[Section]:
    zh = matter.zh
    made = [Section(1, "", "")]
    effects: list[Block] = [
        Paragraph(f"{c.goal.id}　{c.effect}", "item", key=f"effect:{c.goal.id}") for c in e.concluded if c.effect
    ]
    for title, blocks in (
        ("主要做法" if zh else "What was done", _found(e.work, matter.plan, matter.language)),
        ("措施成效" if zh else "Effect of the measures", effects),
        ("主要经验" if zh else "Experience", _found(e.experience, matter.plan, matter.language)),
    ):
        if blocks:
            made.append(Section(2, "", title, tuple(blocks)))
    return made if len(made) > 1 else [_nothing(matter)]


def _nothing(matter: Matter) -> Section:
    return Section(1, "", "", (Paragraph("未记载。" if matter.zh else "Nothing was noted."),))


def _problems(matter: Matter, e: Evaluated) -> list[Section]:
    zh = matter.zh
    made = [Section(1, "", "")]
    behind = [c for c in e.concluded if c.outcome in {"not_met", "hard"}]
    if behind:
        ids = listed([c.goal.id for c in behind], matter.language)
        hard: list[Block] = [Paragraph(
            f"未实现和实现有难度的主要目标共{len(behind)}项：{ids}。" if zh
            else f"{len(behind)} goals are not met or hard to meet: {ids}.", key="behind",
        )]  # fmt: skip
        hard += [
            Paragraph(f"{c.goal.id}　{c.problems}", "item", key=f"problem:{c.goal.id}") for c in behind if c.problems
        ]
        made.append(Section(2, "", "目标实现上的难点" if zh else "Goals in trouble", tuple(hard)))
    if found := _found(e.problems, matter.plan, matter.language):
        made.append(Section(2, "", "工作中的问题" if zh else "Problems of the work", tuple(found)))
    others = [c for c in e.concluded if c.problems and c not in behind]
    if others:
        blocks = tuple(Paragraph(f"{c.goal.id}　{c.problems}", "item", key=f"problem:{c.goal.id}") for c in others)
        made.append(Section(2, "", "其他目标的问题" if zh else "Problems of other goals", blocks))
    return made if len(made) > 1 else [_nothing(matter)]


def _advice(matter: Matter, e: Evaluated) -> list[Section]:
    if not e.advice:
        return [_nothing(matter)]
    zh = matter.zh
    blocks = []
    for i, a in enumerate(e.advice, 1):
        serves = (f"（对应{a.clause}）" if zh else f" (for {a.clause})") if a.clause else ""
        blocks.append(Paragraph(
            f"{i}. {a.title}{serves}。{a.words.rstrip('。')}。由{a.office.zh}承办，{_day(a.due, 'zh')}前完成。" if zh
            else f"{i}. {a.title}{serves}. {a.words} Carried out by {a.office.en}, by {a.due}.", "item", key=f"advice:{i}",
        ))  # fmt: skip
    return [Section(1, "", "", tuple(blocks))]


def _goals_annex(matter: Matter, e: Evaluated) -> list[Section]:
    zh, language = matter.zh, matter.language
    columns = (
        Column("目标" if zh else "Goal", 1), Column("内容" if zh else "What it says", 5), Column("结论" if zh else "Conclusion", 1.8),
        Column("监测判定" if zh else "By verdicts", 1.8), Column("不一致的依据" if zh else "Grounds where they differ", 2.6),
    )  # fmt: skip
    rows = tuple(
        (
            Cell(c.goal.id), Cell(c.goal.statement.in_language(language)), Cell(e.names[c.outcome].in_language(language)),
            Cell(e.names[c.proposed].in_language(language)), Cell(c.reason or NOTHING),
        )
        for c in e.concluded
    )  # fmt: skip
    return [Section(1, "", "", (Table("", columns, rows, "conclusions"),))]


def _marks_annex(matter: Matter, e: Evaluated) -> list[Section]:
    zh, language = matter.zh, matter.language
    columns = (
        Column("评估对象" if zh else "Subject", 4), Column("类别" if zh else "Kind", 1.4),
        Column("总分（百分制）" if zh else "Total of 100", 1.8, "right"), Column("等次" if zh else "Grade", 1.4),
    )  # fmt: skip
    rows = tuple(
        (
            Cell(r.name.in_language(language)), Cell(("区（市）县" if r.district else "单位") if zh else ("district" if r.district else "unit")),
            Cell(f"{r.total:.2f}" if r.total is not None else ("缺分" if zh else "a mark is missing")),
            Cell(r.grade.in_language(language) if r.grade else NOTHING),
        )
        for r in e.results
    )  # fmt: skip
    grades = Counter(r.grade.in_language(language) for r in e.results if r.grade)
    told = listed([f"{g}{n}个" if zh else f"{n} {g.lower()}" for g, n in grades.items()], language)
    note = (
        (f"按等次：{told}。" if zh else f"By grade: {told}.")
        if told
        else ("缺分的不计总分。" if zh else "Where a mark is missing there is no total.")
    )
    return [Section(1, "", "", (Table("", columns, rows, "marks"), Paragraph(note, "note")))]
