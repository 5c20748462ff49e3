"""What the figures say of the plan's last year, and what follows from it: the chapter before the annexes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from halfsky.assess import Standing, Verdict, named, promise
from halfsky.plan import Indicator
from halfsky.reports.report.course import gravity, together
from halfsky.reports.report.model import Block, Cell, Column, Paragraph, Section, Table
from halfsky.reports.report.phrases import NOTHING, chance, counted, newest_cell, percent, short_of
from halfsky.reports.words import STANDINGS, difference, listed, number, years_words

if TYPE_CHECKING:
    from halfsky.reports.report.compose import Matter

_UNKNOWN = frozenset({Standing.TOO_LITTLE, Standing.NO_DATA})


@dataclass(frozen=True, slots=True)
class Outlook:
    """Target → its verdict against the last milestone, in the plan's own place; ``final`` when that year has come."""

    verdicts: Mapping[str, Verdict]
    final: bool

    @classmethod
    def of(cls, matter: Matter, verdicts: Mapping[str, Verdict]) -> Outlook:
        return cls(verdicts, matter.as_of >= matter.plan.end)

    def hard(self) -> list[Verdict]:
        """Missed, or not to be expected: the gravest first, what says the same once."""
        found = [v for v in self.verdicts.values() if v.needs_attention]
        return [verdict for verdict, _ in together(sorted(found, key=gravity))]


def forecast_cell(verdict: Verdict, indicator: Indicator, language: str) -> str:
    """8.1 and below it the central 80%: 7.5—8.9."""
    ahead = verdict.forecast
    if ahead is None:
        return NOTHING
    low, high = sorted((ahead.low80, ahead.high80))
    dash = "—" if language == "zh" else "–"
    return f"{number(ahead.median, indicator)}\n{number(low, indicator)}{dash}{number(high, indicator)}"


def outlook_sections(matter: Matter, ahead: Outlook) -> list[Section]:
    """How many will be met, those that will not, who leads them, and what cannot be judged for want of figures."""
    zh, plan = matter.zh, matter.plan
    hard = ahead.hard()
    first: list[Block] = [Paragraph(_whole(matter, ahead), key="whole")]
    if hard:
        first.append(_table(matter, hard, ahead))
    if not ahead.final:
        first.append(Paragraph(
            "注：预测按历史数据外推，反映现有进度延续的结果，不包含今后新增措施的作用。" if zh
            else "Note: forecasts extrapolate the figures up to now. They say where the present course leads, without the effect of new measures.",
            "note", "note",
        ))  # fmt: skip
    second, third = ([], []) if ahead.final else (_next(matter, hard), _unknown(matter, ahead))
    if not second and not third:
        return [Section(1, "", "", tuple(first))]
    made = [
        Section(1, "", ""),
        Section(2, "", f"{plan.end}年达标预测" if zh else f"Outlook to {plan.end}", tuple(first)),
    ]
    if second:
        made.append(
            Section(
                2,
                "",
                "须加快推进的目标和责任单位" if zh else "What has to move faster, and who leads it",
                tuple(second),
            )
        )
    if third:
        made.append(Section(2, "", "须补充的数据" if zh else "Figures that are missing", tuple(third)))
    return made


def _whole(matter: Matter, ahead: Outlook) -> str:
    plan, zh = matter.plan, matter.zh
    every = list(ahead.verdicts.values())
    good = [v for v in every if v.status in {Standing.MET, Standing.ON_TRACK}]
    others = [v for v in every if v.status not in {Standing.MET, Standing.ON_TRACK}]
    share = percent(len(good), len(every))
    if ahead.final:
        met = sum(v.status is Standing.MET for v in every)
        if zh:
            words = f"规划期满，{matter.place}层面判定目标值{len(every)}项，达到{met}项，占{percent(met, len(every))}"
            rest = [v for v in every if v.status is not Standing.MET]
            return words + (f"；{counted(rest, 'zh')}。" if rest else "。")
        return f"At the end of the plan, {met} of {len(every)} targets judged for {matter.place} ({percent(met, len(every))}) are met."
    already = sum(v.status is Standing.MET for v in every)
    if zh:
        words = f"按现有进度外推，到{plan.end}年，{matter.place}层面{len(every)}项目标值中，预计能够达标{len(good)}项，占{share}"
        words += f"（其中已提前达到{already}项）" if already else ""
        return words + (f"；{counted(others, 'zh')}。" if others else "。")
    words = f"If the present course goes on, {len(good)} of {len(every)} targets for {matter.place} ({share}) will be met in {plan.end}"
    words += f", {already} of them already are" if already else ""
    return words + (f"; {counted(others, 'en')}." if others else ".")


def _table(matter: Matter, hard: Iterable[Verdict], ahead: Outlook) -> Table:
    zh, plan, language = matter.zh, matter.plan, matter.language
    columns = [
        Column("条款" if zh else "Clause", 1.2), Column("指标" if zh else "Indicator", 3.6),
        Column(f"{plan.end}年目标" if zh else f"Target {plan.end}", 2.7), Column("最新值" if zh else "Newest", 2.0, "right"),
    ]  # fmt: skip
    if ahead.final:
        columns.append(Column("差距" if zh else "Gap", 2.2, "right"))
    else:
        columns += [
            Column("预测值\n（80%区间）" if zh else "Forecast\n(80%)", 2.3, "right"), Column("达标\n概率" if zh else "Chance", 1.3, "right"),
            Column("近年年均\n变化" if zh else "Change\na year", 1.9, "right"), Column("达标需\n年均变化" if zh else "Needed\na year", 1.9, "right"),
        ]  # fmt: skip
    rows = []
    for verdict in hard:
        target, indicator = plan.target[verdict.target], plan.indicator[verdict.indicator]
        cells = [
            verdict.clause, named(indicator, target.cut).in_language(language),
            promise(plan, target, target.final.year).in_language(language), newest_cell(plan, verdict, language),
        ]  # fmt: skip
        if ahead.final:
            cells.append(short_of(plan, verdict, language))
        else:
            cells += [
                forecast_cell(verdict, indicator, language), chance(verdict.probability),
                yearly(verdict.change, indicator), yearly(verdict.required, indicator),
            ]  # fmt: skip
        rows.append(tuple(map(Cell, cells)))
    if ahead.final:
        caption = (
            f"{matter.place}未达到的目标（{plan.end}年）"
            if zh
            else f"Targets that were not met, {matter.place}, {plan.end}"
        )
    else:
        caption = (
            f"到{plan.end}年达标有困难的目标（{matter.place}）"
            if zh
            else f"Targets in trouble by {plan.end}, {matter.place}"
        )
    return Table(caption, tuple(columns), tuple(rows), "hard")


def yearly(change: float | None, indicator: Indicator) -> str:
    """A change a year, with its sign: +0.3, −0.12."""
    if change is None:
        return NOTHING
    shown = number(abs(change), indicator)
    if shown == number(0, indicator):
        return "0"
    return f"{'+' if change > 0 else '−'}{shown}"


def _next(matter: Matter, hard: Iterable[Verdict]) -> list[Block]:
    """Those in trouble by the unit that leads them, where the plan names one."""
    plan, zh, language = matter.plan, matter.zh, matter.language
    by_unit: dict[str, list[str]] = {}
    for verdict in hard:
        target = plan.target[verdict.target]
        words = named(plan.indicator[verdict.indicator], target.cut).in_language(language)
        leads = [
            unit for a in plan.assignments if a.clause == verdict.clause and a.level == plan.level for unit in a.lead
        ]
        for unit in leads or [""]:
            held = by_unit.setdefault(unit, [])
            if words not in held:
                held.append(words)
    if not by_unit:
        return []
    span = years_words(matter.as_of + 1, plan.end, language)
    lead = (
        f"根据判定和预测结果，下列目标须在{span}加快推进。" if zh
        else f"From what was judged and forecast, the following have to move faster in {span}."
    )  # fmt: skip
    if list(by_unit) == [""]:  # the plan names nobody
        every = listed(by_unit[""], language)
        return [Paragraph(f"{every}须在{span}加快推进。" if zh else f"To move faster in {span}: {every}.", key="lead")]
    blocks: list[Block] = [Paragraph(lead, "lead", "lead")]
    for i, (unit, names) in enumerate(sorted(by_unit.items(), key=lambda u: (not u[0], -len(u[1]), u[0])), 1):
        if unit:
            who = plan.unit[unit].name.in_language(language)
            words = f"{i}. {who}牵头：{listed(names, 'zh')}。" if zh else f"{i}. Led by {who}: {listed(names, 'en')}."
        else:
            words = (
                f"{i}. 责任单位待明确：{listed(names, 'zh')}。"
                if zh
                else f"{i}. No lead unit named: {listed(names, 'en')}."
            )
        blocks.append(Paragraph(words, "item", f"unit:{unit}"))
    return blocks


def _unknown(matter: Matter, ahead: Outlook) -> list[Block]:
    """Targets that could not be judged, by the unit that the figures come from."""
    plan, zh, language = matter.plan, matter.zh, matter.language
    missing = [v for v in ahead.verdicts.values() if v.status in _UNKNOWN]
    if not missing:
        return []
    counts = Counter(v.status for v in missing)
    kinds = listed(
        [
            f"{STANDINGS[s].in_language(language)}{n}项" if zh else f"{n} {STANDINGS[s].en.lower()}"
            for s, n in counts.items()
        ],
        language,
    )
    lead = (
        f"有{len(missing)}项目标值因数据不足不能判定（{kinds}），须由指标来源单位补充。" if zh
        else f"{len(missing)} targets could not be judged ({kinds}). Their sources are to supply the figures."
    )  # fmt: skip
    by_unit: dict[str, list[str]] = {}
    for verdict in missing:
        indicator = plan.indicator[verdict.indicator]
        held = by_unit.setdefault(indicator.source_unit or "", [])
        name = named(indicator, plan.target[verdict.target].cut).in_language(language)
        if name not in held:
            held.append(name)
    blocks: list[Block] = [Paragraph(lead, "lead", "lead")]
    for i, (unit, names) in enumerate(sorted(by_unit.items(), key=lambda u: (not u[0], -len(u[1]), u[0])), 1):
        who = (
            plan.unit[unit].name.in_language(language)
            if unit in plan.unit
            else ("来源单位未定" if zh else "Source not named")
        )
        words = f"{i}. {who}：{listed(names, 'zh')}。" if zh else f"{i}. {who}: {listed(names, 'en')}."
        blocks.append(Paragraph(words, "item", f"source:{unit}"))
    return blocks


def gap_words(verdict: Verdict, indicator: Indicator, language: str) -> str:
    """How far short: 0.4/10万; empty where it is not short."""
    if verdict.gap is None or verdict.gap <= 0:
        return ""
    return difference(verdict.gap, indicator, "zh" if language == "zh" else "en")
