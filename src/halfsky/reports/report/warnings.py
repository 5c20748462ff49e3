"""The chapter of warnings: each in a line, with the figure, the promise, the gap and the grounds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from halfsky.alerts.policy import Ground
from halfsky.alerts.queries import OpenWarning
from halfsky.assess import named
from halfsky.assess.explain import explain
from halfsky.plan import Text
from halfsky.plan.alerting import Alerting
from halfsky.reports.report.course import together
from halfsky.reports.report.model import Block, Cell, Column, Paragraph, Section, Table
from halfsky.reports.report.phrases import chance, held_against, newest, newest_cell, short_of, target_head
from halfsky.reports.words import FLAGS, STANDINGS, listed

if TYPE_CHECKING:
    from halfsky.reports.report.compose import Matter

LEVELS: dict[str, Text] = {
    "red": Text(zh="红色", en="Red"),
    "orange": Text(zh="橙色", en="Orange"),
    "yellow": Text(zh="黄色", en="Yellow"),
}


def _rule(rules: Alerting) -> Text:
    """When a warning of each level is raised, with the thresholds of the plan."""
    p, late, years = f"{rules.red_probability:.0%}", f"{rules.red_probability_when_late:.0%}", rules.red_years_left
    return Text(
        zh=f"红色：阶段目标年份已到而未达标，或达标概率低于{p}，或剩余{years}年以内且达标概率低于{late}；橙色：其他预计达标困难的目标；"
        "黄色：波动较大或出现倒退的目标。力争目标不预警。",
        en=f"Red: missed, or a probability of meeting it below {p}, or below {late} with {years} years or less to go. Orange: otherwise at "
        "risk. Yellow: volatile or slipping. Aspirations raise no warning.",
    )


def own_warnings(matter: Matter) -> list[OpenWarning]:
    """Those of the plan's own region, the gravest first."""
    return [w for w in matter.warnings if w.verdict.region == matter.plan.region]


def levels_counted(matter: Matter, warnings: Sequence[OpenWarning]) -> str:
    """红色9项、橙色10项."""
    counts = Counter(w.level for w in warnings)
    return listed(
        [
            f"{t.zh}{counts[k]}项" if matter.zh else f"{counts[k]} {t.en.lower()}"
            for k, t in LEVELS.items()
            if counts[k]
        ],
        matter.language,
    )


def sections(matter: Matter) -> list[Section]:
    zh, plan = matter.zh, matter.plan
    own = own_warnings(matter)
    below = [w for w in matter.warnings if w.verdict.region != plan.region]
    if not matter.warnings:
        head = "没有预警。" if zh else "There are no warnings."
    elif zh:
        head = f"截至{matter.as_of}年，共有预警{len(matter.warnings)}项：{levels_counted(matter, matter.warnings)}。"
        head += "同一指标由目标和措施分别提出相同要求的，合并列示。"
    else:
        head = f"There are {len(matter.warnings)} warnings as of {matter.as_of}: {levels_counted(matter, matter.warnings)}. "
        head += "Where a goal and a measure ask for the same, they stand in one line."
    made = [Section(1, "", "", (Paragraph(head), Paragraph(_rule(plan.alerting).in_language(matter.language))))]
    if own:
        caption = (
            f"{matter.place}层面预警（{matter.as_of}年）" if zh else f"Warnings for {matter.place}, {matter.as_of}"
        )
        table = warnings_table(matter, own, caption)
        made.append(Section(2, "", f"{matter.place}层面" if zh else matter.place, (table, *_explained(matter, own))))
    if below:
        made.append(Section(2, "", "各区（市）县" if zh else "Districts", (_below(matter, below),)))
    return made


def _explained(matter: Matter, warnings: Sequence[OpenWarning]) -> list[Block]:
    """Each warning in a paragraph: how far, how fast, how sure, compared with whom."""
    blocks: list[Block] = [
        Paragraph("各项预警的判定依据如下。" if matter.zh else "How each of them came about:", "lead")
    ]
    for verdict, clauses in together(w.verdict for w in warnings):
        told = explain(matter.plan, verdict, matter.verdicts, matter.figures).paragraph.in_language(matter.language)
        head = f"{listed(list(clauses), matter.language)}　" if matter.zh else f"{listed(list(clauses), 'en')}. "
        blocks.append(Paragraph(head + told, "item", f"why:{verdict.target}:{verdict.region}"))
    return blocks


def warnings_table(matter: Matter, warnings: Sequence[OpenWarning], caption: str, *, first: int | None = None) -> Table:
    """Warnings of one place, those that say the same in one row; ``first``: no more rows than that."""
    zh, plan, language = matter.zh, matter.plan, matter.language
    columns = (
        Column("级别" if zh else "Level", 1.1 if zh else 1.35), Column("条款" if zh else "Clause", 1.2), Column("指标" if zh else "Indicator", 3.2 if zh else 3.8),
        Column("监测值" if zh else "Figure", 1.95, "right"), Column(target_head(plan, language), 3.5 if zh else 3.2),
        Column("差距" if zh else "Gap", 2.45 if zh else 3, "right"), Column("达标\n概率" if zh else "Chance", 1.2 if zh else 1.5, "right"),
        Column("依据" if zh else "Grounds", 2.35 if zh else 1.7),
    )  # fmt: skip
    by_verdict = {id(w.verdict): w for w in warnings}
    rows = []
    for verdict, clauses in together(w.verdict for w in warnings):
        warning = by_verdict[id(verdict)]
        indicator = plan.indicator[verdict.indicator]
        rows.append((
            Cell(LEVELS[warning.level].in_language(language)), Cell("\n".join(clauses)),
            Cell(named(indicator, plan.target[verdict.target].cut).in_language(language)),
            Cell(newest_cell(plan, verdict, language)), Cell(held_against(plan, verdict, language)),
            Cell(short_of(plan, verdict, language)), Cell(chance(verdict.probability)), Cell(_grounds(matter, warning)),
        ))  # fmt: skip
    return Table(caption, columns, tuple(rows[:first]), "warnings")


def _below(matter: Matter, below: Sequence[OpenWarning]) -> Block:
    """A row for each promise and level, with the districts that it is raised in and their figures."""
    zh, plan, language = matter.zh, matter.plan, matter.language
    columns = (
        Column("级别" if zh else "Level", 1.15), Column("条款" if zh else "Clause", 1.25),
        Column("指标" if zh else "Indicator", 3.6), Column(target_head(plan, language), 3),
        Column("区（市）县（监测值）" if zh else "Districts (figures)", 7),
    )  # fmt: skip
    by_verdict = {id(w.verdict): w for w in below}
    groups: dict[tuple[str, str, str], list[tuple[OpenWarning, tuple[str, ...]]]] = {}
    for verdict, clauses in together(w.verdict for w in below):
        warning = by_verdict[id(verdict)]
        groups.setdefault((warning.level, verdict.indicator, verdict.target), []).append((warning, clauses))
    rows = []
    for (level, _, target), members in sorted(groups.items(), key=lambda g: list(LEVELS).index(g[0][0])):
        verdict = members[0][0].verdict
        indicator = plan.indicator[verdict.indicator]
        where = [
            f"{matter.name(w.verdict.region)}{newest(plan, w.verdict, language)}" if zh
            else f"{matter.name(w.verdict.region)} {newest(plan, w.verdict, language)}"
            for w, _ in members
        ]  # fmt: skip
        rows.append((
            Cell(LEVELS[level].in_language(language)), Cell("\n".join(members[0][1])),
            Cell(named(indicator, plan.target[target].cut).in_language(language)),
            Cell(_asked(matter, members)), Cell(listed(where, language)),
        ))  # fmt: skip
    caption = f"各区（市）县预警（{matter.as_of}年）" if zh else f"Warnings for the districts, {matter.as_of}"
    return Table(caption, columns, tuple(rows))


def _asked(matter: Matter, members: Sequence[tuple[OpenWarning, tuple[str, ...]]]) -> str:
    """The promise, without the figure of its base or reference where that differs from place to place."""
    asked = {held_against(matter.plan, w.verdict, matter.language) for w, _ in members}
    if len(asked) == 1:
        return asked.pop()
    plain = {held_against(matter.plan, w.verdict, matter.language, compared=False) for w, _ in members}
    return listed(sorted(plain), matter.language)


def _grounds(matter: Matter, warning: OpenWarning) -> str:
    return "\n".join(_ground(g).in_language(matter.language) for g in warning.grounds)


def _ground(ground: Ground) -> Text:
    """Grounds are named as the statuses and flags that they are."""
    known = {**{s.value: t for s, t in STANDINGS.items()}, **{f.value: t for f, t in FLAGS.items()}}
    return known[ground.value]
