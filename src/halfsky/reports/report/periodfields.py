"""One chapter for each field of a mid-term or final report: how its figures moved since the base year, and where that leads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from halfsky.assess import Standing, Verdict, named, promise
from halfsky.observations import SeriesKey, Status
from halfsky.plan import Indicator, Kind, Target, Unit
from halfsky.plan.model import PlanField
from halfsky.reports.report.course import gravity
from halfsky.reports.report.fields import charts_of, districts_behind, size_of, standing_of
from halfsky.reports.report.model import Block, Cell, Column, Pair, Paragraph, Section, Table
from halfsky.reports.report.outlook import Outlook, forecast_cell, gap_words, yearly
from halfsky.reports.report.phrases import NOTHING, chance, standing_cell, value_cell
from halfsky.reports.words import Language, number, unit_name, with_unit, year_words, years_words

if TYPE_CHECKING:
    from halfsky.reports.report.compose import Matter

_SAID = 3
_FAR = frozenset({Standing.MET, Standing.ON_TRACK})


@dataclass(frozen=True, slots=True)
class Course:
    """The first and the last figure of a target's series since the base year."""

    first: int
    then: Decimal
    last: int
    now: Decimal
    broken: bool  # a declared break lies between: the two are not compared


def course_of(matter: Matter, target: Target) -> Course | None:
    """From the base year, or the first year after it that has a figure; ``None`` with fewer than two."""
    key = SeriesKey.of(target.indicator, matter.plan.region, target.cut)
    series = [o for o in matter.figures.series(key).values() if o.value is not None and o.year >= matter.plan.base_year]
    series.sort(key=lambda o: o.year)
    if len(series) < 2:
        return None
    first, last = series[0], series[-1]
    assert first.value is not None
    assert last.value is not None
    broken = any(o.status is Status.BREAK for o in series[1:])
    return Course(first.year, first.value, last.year, last.value, broken)


def field_sections(matter: Matter, field: PlanField, ahead: Outlook) -> list[Section]:
    zh = matter.zh
    own = matter.of_field(field, matter.own)
    blocks: list[Block] = [
        Paragraph((size_of(matter, field) + standing_of(matter, own) + _moved(matter, own)).rstrip(), key="standing")
    ]
    best, grave = (
        _advances(matter, own),
        _distinct(matter, sorted((v for v in own if v.needs_attention), key=gravity)),
    )
    blocks += _told(
        matter, best, ahead, "advance", ("主要进展：", "Main advances:"), ("主要进展是：", "The main advance: ")
    )
    blocks += _told(
        matter,
        grave[:_SAID],
        ahead,
        "concern",
        ("主要差距：", "Where it falls short:"),
        ("主要差距是：", "Where it falls short: "),
    )
    if words := districts_behind(matter, field):
        blocks.append(Paragraph(words, key="districts"))
    if charts := charts_of(matter, field, own):
        blocks.append(Pair(tuple(charts)))
    table = _table(matter, field, ahead)
    if table is None:
        return [Section(1, "", "", tuple(blocks))]
    return [
        Section(1, "", ""),
        Section(2, "", "进展情况" if zh else "Progress", tuple(blocks)),
        Section(2, "", "目标值进展表" if zh else "Targets", (table,)),
    ]


def _distinct(matter: Matter, verdicts: Iterable[Verdict]) -> list[Verdict]:
    """One verdict of each series: what a goal and a measure ask of the same figure is told once."""
    found: dict[tuple[str, str], Verdict] = {}
    for verdict in verdicts:
        found.setdefault((verdict.indicator, repr(matter.plan.target[verdict.target].cut)), verdict)
    return list(found.values())


def _moved(matter: Matter, own: tuple[Verdict, ...]) -> str:
    """How many figures moved which way since the base year."""
    ways = [_way(matter, v) for v in _distinct(matter, own)]
    better, worse, same = (ways.count(w) for w in (1, -1, 0))
    whole = better + worse + same
    if not whole:
        return ""
    since, zh = year_words(matter.plan.base_year, matter.language), matter.zh
    parts = [(better, "向好", "came nearer"), (worse, "变差", "fell back"), (same, "持平", "did not move")]
    if zh:
        return f"与{since}可比的{whole}个指标中，{'、'.join(f'{w}{n}个' for n, w, _ in parts if n)}。"
    return f"Of {whole} figures that can be compared with {since}, {', '.join(f'{n} {w}' for n, _, w in parts if n)}. "


def _way(matter: Matter, verdict: Verdict) -> int | None:
    target, indicator = matter.plan.target[verdict.target], matter.plan.indicator[verdict.indicator]
    course = course_of(matter, target)
    if course is None or course.broken or indicator.unit is Unit.YES_NO or course.first > matter.plan.base_year + 1:
        return None
    if number(course.now, indicator) == number(course.then, indicator):
        return 0
    rising = course.now > course.then
    if verdict.kind is Kind.NEAR and verdict.bound is not None:
        return 1 if abs(course.now - verdict.bound) < abs(course.then - verdict.bound) else -1
    wanted = {"higher": True, "lower": False}.get(indicator.direction)
    return None if wanted is None else 1 if rising is wanted else -1


def _advances(matter: Matter, own: tuple[Verdict, ...]) -> list[Verdict]:
    """Those met or on track that went furthest since the base year, in proportion to where they stood."""
    found = []
    for verdict in _distinct(matter, (v for v in own if v.status in _FAR)):
        course = course_of(matter, matter.plan.target[verdict.target])
        if course is not None and _way(matter, verdict) == 1:
            found.append((abs(float(course.now - course.then)) / max(abs(float(course.then)), 1e-9), verdict))
    return [v for _, v in sorted(found, key=lambda f: (-f[0], f[1].target))[:_SAID]]


def _told(
    matter: Matter, verdicts: list[Verdict], ahead: Outlook, key: str, many: tuple[str, str], one: tuple[str, str]
) -> list[Block]:  # fmt: skip
    if not verdicts:
        return []
    index = 0 if matter.zh else 1
    said = [(v, told(matter, v, ahead.verdicts.get(v.target, v))) for v in verdicts]
    if len(said) == 1:
        return [Paragraph(one[index] + said[0][1], key=f"{key}:{said[0][0].target}")]
    return [
        Paragraph(many[index], "lead", f"{key}s"),
        *(Paragraph(f"{i}. {words}", "item", f"{key}:{v.target}") for i, (v, words) in enumerate(said, 1)),
    ]


def told(matter: Matter, verdict: Verdict, later: Verdict) -> str:
    """A target's course in one sentence: from when to when, what was asked by now, and where it leads."""
    plan, zh = matter.plan, matter.zh
    target, indicator = plan.target[verdict.target], plan.indicator[verdict.indicator]
    name, language = named(indicator, target.cut).in_language(matter.language), matter.language
    course = course_of(matter, target)
    if course is None:
        opening = (
            f"{name}{year_words(verdict.year, 'zh')}为{with_unit(verdict.value, indicator, 'zh')}" if zh
            else f"{name}: {with_unit(verdict.value, indicator, 'en')} in {verdict.year}"
        ) if verdict.value is not None and verdict.year is not None else (f"{name}没有数据" if zh else f"{name}: no figures")  # fmt: skip
    else:
        opening = _opening(course, name, indicator, zh)
    parts = [opening, *_held(matter, verdict, target, indicator)]
    if later.milestone > matter.as_of and later.status is not Standing.MET and later.forecast is not None:
        middle, sure = with_unit(later.forecast.median, indicator, language), chance(later.probability)
        if zh:
            goal = "达标概率" if later.milestone == verdict.milestone else "达到当年目标的概率"
            parts.append(f"预计{later.milestone}年为{middle}，{goal}{sure.replace('<', '不到')}")
        else:
            parts.append(f"{middle} is expected in {later.milestone} (chance of meeting the target: {sure})")
    return ("，".join(parts[:2]) + ("；" + parts[2] if len(parts) > 2 else "") + "。") if zh else "; ".join(parts) + "."


def _opening(course: Course, name: str, indicator: Indicator, zh: bool) -> str:
    language: Language = "zh" if zh else "en"
    then, now = with_unit(course.then, indicator, language), with_unit(course.now, indicator, language)
    if course.broken:
        return (
            f"{name}{course.last}年为{now}（期间口径有变动，与{course.first}年不可比）"
            if zh
            else f"{name}: {now} in {course.last} (not comparable with {course.first})"
        )
    if then == now:
        return (
            f"{name}{course.last}年为{now}，与{course.first}年持平"
            if zh
            else f"{name}: {now} in {course.last}, as in {course.first}"
        )
    way = "升至" if course.now > course.then else "降至"
    if zh:
        return f"{name}由{course.first}年的{then}{way}{course.last}年的{now}"
    return f"{name} {'rose' if course.now > course.then else 'fell'} from {then} in {course.first} to {now} in {course.last}"


def _held(matter: Matter, verdict: Verdict, target: Target, indicator: Indicator) -> list[str]:
    """What it is held against by now."""
    zh = matter.zh
    asked = promise(matter.plan, target, verdict.milestone).in_language(matter.language)
    gap = gap_words(verdict, indicator, matter.language)
    due = verdict.milestone <= matter.as_of
    year = verdict.milestone
    match verdict.status:
        case Standing.MET:
            if zh:
                return [f"{'实现' if due else '提前实现'}{year}年{asked}的目标"]
            return [f"the target for {year} ({asked}) is met{'' if due else ' ahead of time'}"]
        case Standing.MISSED:
            short = (f"，差{gap}" if zh else f" by {gap}") if gap else ""
            return [
                f"没有实现{year}年{asked}的目标{short}" if zh else f"the target for {year} ({asked}) was missed{short}"
            ]
        case _ if gap and not due:
            return [f"距{year}年{asked}的目标差{gap}" if zh else f"{gap} short of the target for {year} ({asked})"]
    return []


def _table(matter: Matter, field: PlanField, ahead: Outlook) -> Table | None:
    """A row for each promise to the plan's own place: from the base year to now, what was due, where it leads."""
    plan, zh, language = matter.plan, matter.zh, matter.language
    own = {v.target: v for v in matter.of_field(field, matter.own)}
    alike: dict[str, list[Target]] = {}
    for target in plan.targets:
        if target.id in own:
            alike.setdefault(target.model_dump_json(exclude={"id", "clause", "words", "reading"}), []).append(target)
    if not alike:
        return None
    foreseen = any(ahead.verdicts[t].forecast is not None for t in own if t in ahead.verdicts) and not ahead.final
    rows = [_row(matter, targets, own[targets[0].id], ahead, foreseen) for targets in alike.values()]
    end = f"到{plan.end}年" if zh else f"By {plan.end}"
    columns = [
        Column("条款" if zh else "Clause", 1.2), Column("指标（单位）" if zh else "Indicator (unit)", 4.0),
        Column(year_words(plan.base_year, language), 1.55, "right"), Column(year_words(matter.as_of, language), 2.15, "right"),
        Column("年均\n变化" if zh else "A year", 1.3, "right"),
        Column("目标" if zh else "Target", 2.65, group=end), Column("判定" if zh else "Verdict", 2.9, group=end),
    ]  # fmt: skip
    if foreseen:
        columns += [
            Column("预测\n（80%区间）" if zh else "Forecast\n(80%)", 2.5, "right", group=end), Column("达标\n概率" if zh else "Chance", 1.25, "right", group=end),
        ]  # fmt: skip
    name = field.name.in_language(language)
    span = years_words(plan.base_year, matter.as_of, language)
    caption = f"“{name}”领域目标值进展（{matter.place}，{span}）" if zh else f"{name}: targets, {matter.place}, {span}"
    return Table(caption, tuple(columns), tuple(rows), "targets")


def _row(matter: Matter, targets: list[Target], verdict: Verdict, ahead: Outlook, foreseen: bool) -> tuple[Cell, ...]:
    plan, language = matter.plan, matter.language
    target = targets[0]
    indicator, later = plan.indicator[target.indicator], ahead.verdicts.get(target.id, verdict)
    key = SeriesKey.of(indicator.id, plan.region, target.cut)
    name, unit = named(indicator, target.cut).in_language(language), unit_name(indicator, language)
    cells = [
        Cell("\n".join(dict.fromkeys(t.clause for t in targets))), Cell(f"{name}（{unit}）" if matter.zh else f"{name} ({unit})"),
        Cell(value_cell(matter.figures, key, plan.base_year, indicator, language)), Cell(_newest(matter, key, indicator)),
        Cell(_pace(matter, target, indicator)),
    ]  # fmt: skip
    asked = promise(plan, target, target.final.year).in_language(language)
    if target.aspiration:
        asked += "（力争）" if matter.zh else " (aim)"
    cells += [Cell(asked), standing_cell(later.status, language)]
    if foreseen:
        cells += [Cell(forecast_cell(later, indicator, language)), Cell(chance(later.probability))]
    return tuple(cells)


def _newest(matter: Matter, key: SeriesKey, indicator: Indicator) -> str:
    """The figure of the year reported, else the newest with its year."""
    now = value_cell(matter.figures, key, matter.as_of, indicator, matter.language)
    if now != NOTHING:
        return now
    years = [o.year for o in matter.figures.series(key).values() if o.value is not None and o.year >= matter.plan.start]
    if not years:
        return NOTHING
    held = value_cell(matter.figures, key, max(years), indicator, matter.language)
    return f"{held}\n（{max(years)}年）" if matter.zh else f"{held}\n({max(years)})"


def _pace(matter: Matter, target: Target, indicator: Indicator) -> str:
    course = course_of(matter, target)
    if course is None or course.broken or indicator.unit is Unit.YES_NO:
        return NOTHING
    return yearly(float(course.now - course.then) / (course.last - course.first), indicator)
