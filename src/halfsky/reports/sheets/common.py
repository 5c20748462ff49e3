"""What the sheets share: the verdicts of a year beside those of the year before, tables of targets, warnings counted."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from halfsky.alerts.queries import OpenWarning, warnings_in
from halfsky.assess import Funnel, Standing, Verdict, named, promise
from halfsky.assess.company import company
from halfsky.assess.happenings import Course, Happening, Outcome, happened
from halfsky.assess.series import cut_key
from halfsky.assess.telling import tell
from halfsky.observations import Figures
from halfsky.observations.bounds import is_share
from halfsky.plan import Plan, Unit
from halfsky.plan.model import COUNTY_LEVELS
from halfsky.reports.charts.marks import READING_ORDER
from halfsky.reports.charts.places import districts_of
from halfsky.reports.report.compose import Matter, mark_of
from halfsky.reports.report.course import together
from halfsky.reports.report.model import Block, Cell, Column, Paragraph, Report, Section, Table
from halfsky.reports.report.phrases import NOTHING, chance, newest_cell, standing_cell, word_width
from halfsky.reports.report.warnings import LEVELS
from halfsky.reports.words import STANDINGS, Language, difference, listed, number, with_unit, year_words

_LIMIT = 1.96  # standard errors: 95%
_BETTER = (Standing.MET, Standing.ON_TRACK, Standing.UNCERTAIN, Standing.AT_RISK, Standing.MISSED)


@dataclass(frozen=True)
class Matters:
    """``verdicts`` are of every place, as everybody may read them; ``before`` those as of the year before, where it was assessed."""

    plan: Plan
    figures: Figures
    verdicts: tuple[Verdict, ...]
    before: tuple[Verdict, ...]
    year: int
    language: Language
    made: date

    @property
    def zh(self) -> bool:
        return self.language == "zh"

    @property
    def matter(self) -> Matter:
        """The same as the chapters of the annual report take it."""
        districts = tuple(districts_of(self.plan))
        return Matter(self.plan, self.figures, self.verdicts, (), self.year, self.language, districts)

    def place(self, region: str) -> str:
        return self.plan.place[region].name.in_language(self.language)

    def unit(self, unit: str) -> str:
        return self.plan.unit[unit].name.in_language(self.language)

    def leads(self, clause: str, region: str) -> tuple[str, ...]:
        """The units that answer for a clause at the level of a place."""
        below = self.plan.place[region].level in COUNTY_LEVELS and region != self.plan.region
        level = "district" if below else self.plan.level
        return tuple(u for a in self.plan.assignments if a.clause == clause and a.level == level for u in a.lead)

    def happened(self, verdict: Verdict) -> Happening:
        return happened(self.plan, verdict, self.figures)

    def turned(self, verdicts: Iterable[Verdict]) -> tuple[int, int]:
        """How many verdicts are better and worse than those of the year before."""
        old = {(v.target, v.region): v.status for v in self.before}
        better = worse = 0
        for v in verdicts:
            then = old.get((v.target, v.region))
            if then in _BETTER and v.status in _BETTER and then is not v.status:
                better += _BETTER.index(v.status) < _BETTER.index(then)
                worse += _BETTER.index(v.status) > _BETTER.index(then)
        return better, worse

    def since_then(self, verdicts: Iterable[Verdict]) -> str:
        """与2024年判定相比，转好3项、转差1项。 Empty where that year was not assessed."""
        if not self.before:
            return ""
        (better, worse), year = self.turned(verdicts), self.year - 1
        if not better and not worse:
            return f"各项判定与{year}年相同。" if self.zh else f" No verdict turned better or worse since {year}."
        if self.zh:
            parts = [f"转好{better}项" if better else "", f"转差{worse}项" if worse else ""]
            return f"与{year}年判定相比，{'、'.join(filter(None, parts))}。"
        return f" Against the assessment of {year}, {better} turned better and {worse} worse."

    def report(
        self, *, title: str, subtitle: str, number_: str, facts: Sequence[tuple[str, str]], sections: Sequence[Section]
    ) -> Report:
        demonstration = any(v.demonstration for v in self.verdicts)
        day = f"{self.made.year}年{self.made.month}月{self.made.day}日" if self.zh else self.made.isoformat()
        return Report(
            language=self.language, title=title, subtitle=subtitle,
            issuer=self.plan.source.publisher.in_language(self.language), number=number_,
            facts=(*facts, ("判定日期" if self.zh else "Assessed", day)), made=self.made,
            mark=mark_of(demonstration, self.language), sections=tuple(sections), look="sheet",
        )  # fmt: skip


def by_status(matters: Matters, verdicts: Sequence[Verdict], before: Sequence[Verdict], caption: str) -> Table:
    """How many stand where, this year and the year before."""
    zh, language = matters.zh, matters.language
    now, then = Counter(v.status for v in verdicts), Counter(v.status for v in before)
    shown = [s for s in READING_ORDER if now[s] or then[s]]
    heads = ["预计达标\n困难" if zh and s is Standing.AT_RISK else STANDINGS[s].in_language(language) for s in shown]
    heads.append("合计（项）" if zh else "Total (targets)")
    columns = [Column("年度" if zh else "Year", 1.4)]
    columns += [Column(words, 1.3 if zh else word_width(words), "right") for words in heads]
    rows = []
    for year, counts in ((matters.year, now), *([(matters.year - 1, then)] if before else [])):
        cells = (Cell(str(counts[s]) if counts[s] else NOTHING) for s in shown)
        rows.append((Cell(year_words(year, language)), *cells, Cell(str(counts.total()))))
    return Table(caption, tuple(columns), tuple(rows))


def progress(matters: Matters, own: Iterable[Verdict], most: int = 2) -> list[Block]:
    """What was reached this year, in a sentence each."""
    reached = [
        v for v in own if v.status is Standing.MET and matters.happened(v).outcome in {Outcome.EARLY, Outcome.REACHED}
    ]  # fmt: skip
    told = [tell(matters.plan, v, matters.figures).in_language(matters.language) for v, _ in together(reached)[:most]]
    if not told:
        return []
    lead = "本年新达标的有：" if matters.zh else "Reached this year: "
    return [Paragraph(lead + ("" if matters.zh else " ").join(told))]


def since(matters: Matters, verdict: Verdict) -> str:
    """By how much the figure moved since the one before, and since when where that is not the year before."""
    what, indicator = matters.happened(verdict), matters.plan.indicator[verdict.indicator]
    if what.before is None or what.change is None or indicator.unit is Unit.YES_NO:
        return NOTHING
    if what.course is Course.STILL:
        words = "持平" if matters.zh else "same"
    else:
        sign = "+" if what.change > 0 else "−"
        words = sign + difference(abs(what.change), indicator, matters.language)
    if verdict.year is not None and what.before_year != verdict.year - 1:
        words += f"\n（比{what.before_year}年）" if matters.zh else f"\n(on {what.before_year})"
    return words


def before_cell(matters: Matters, verdict: Verdict) -> Cell:
    """The comparable figure before, with its year where that is not the year before."""
    what, indicator = matters.happened(verdict), matters.plan.indicator[verdict.indicator]
    if what.before is None:
        return Cell(NOTHING)
    yes_no = indicator.unit is Unit.YES_NO
    text = with_unit(what.before, indicator, matters.language) if yes_no else number(what.before, indicator)
    if what.before_year != matters.year - 1:
        text += f"\n（{what.before_year}年）" if matters.zh else f"\n({what.before_year})"
    return Cell(text)


def asked(matters: Matters, verdict: Verdict) -> str:
    """What is promised at the milestone in force; the plan's last year goes without saying."""
    words = promise(matters.plan, matters.plan.target[verdict.target], verdict.milestone).in_language(matters.language)
    if verdict.milestone == matters.plan.end:
        return words
    return f"{words}（{verdict.milestone}年）" if matters.zh else f"{words} ({verdict.milestone})"


def rank(matters: Matters, verdict: Verdict) -> str:
    """The place among the others, the best first: not where events are few, nor where chance alone explains the difference."""
    beside = company(matters.plan, verdict, matters.verdicts, matters.figures)
    if beside.rank is None or beside.below or not beside.places or by_chance(matters, verdict):
        return NOTHING
    tied = ("\n（并列）" if matters.zh else "\n(shared)") if beside.tied else ""
    return f"{beside.rank}/{beside.places + 1}{tied}"


def by_chance(matters: Matters, verdict: Verdict) -> bool:
    """Whether a place lies within the 95% limits of the funnel about all places together, so that a rank would be chance.

    Of rare events the verdict tells; of shares the limits are those of a proportion (Spiegelhalter 2005, Statistics in
    Medicine 24). Where no counts are known nothing can be said.
    """
    if verdict.rare is not None:
        return verdict.rare.funnel is Funnel.INSIDE
    indicator = matters.plan.indicator[verdict.indicator]
    if verdict.year is None or not is_share(indicator):
        return False
    key = cut_key(matters.plan, matters.plan.target[verdict.target], indicator.id, verdict.region)
    counts = {
        code: (float(o.numerator), float(o.denominator))
        for code in districts_of(matters.plan)
        if (o := matters.figures.get(replace(key, region=code), verdict.year)) is not None
        and o.numerator is not None and o.denominator
    }  # fmt: skip
    if verdict.region not in counts:
        return False
    events = sum(n for n, _ in counts.values())
    people = sum(d for _, d in counts.values())
    own, of = counts[verdict.region]
    share = events / people
    return abs(own / of - share) <= _LIMIT * math.sqrt(share * (1 - share) / of)


def targets_table(
    matters: Matters, rows: Sequence[tuple[Verdict, tuple[str, ...]]], caption: str, *, ranked: bool
) -> Table:  # fmt: skip
    """A row for each promise: clause, indicator, promise, the figure before and now, the change, status, chance, rank."""
    zh, plan, language = matters.zh, matters.plan, matters.language
    columns = [
        Column("条款" if zh else "Clause", 1.15), Column("指标" if zh else "Indicator", 3.9),
        Column("目标" if zh else "Target", 3.0),
        Column("上次" if zh else "Before", 2.0, "right"), Column(year_words(matters.year, language), 2.1, "right"),
        Column("变化" if zh else "Change", 2.5, "right"), Column("状态" if zh else "Status", 2.75),
        Column("达标\n概率" if zh else "Chance", 1.2, "right"),
    ]  # fmt: skip
    if ranked:
        columns.append(Column("位次" if zh else "Rank", 1.6, "right"))
    made = []
    for verdict, clauses in rows:
        name = named(plan.indicator[verdict.indicator], plan.target[verdict.target].cut).in_language(language)
        cells = [
            Cell("\n".join(clauses[:2])), Cell(name), Cell(asked(matters, verdict)), before_cell(matters, verdict),
            Cell(newest_cell(plan, verdict, language)), Cell(since(matters, verdict)), standing_cell(verdict.status, language),
            Cell(chance(verdict.probability)),
        ]  # fmt: skip
        made.append((*cells, *([Cell(rank(matters, verdict))] if ranked else [])))
    return Table(caption, tuple(columns), tuple(made))


def warned(matters: Matters, warnings: Sequence[OpenWarning]) -> str:
    """红色1项、橙色2项."""
    counts = Counter(w.level for w in warnings)
    return listed(
        [f"{t.zh}{counts[k]}项" if matters.zh else f"{counts[k]} {t.en.lower()}" for k, t in LEVELS.items() if counts[k]],
        matters.language,
    )  # fmt: skip


def warnings_of(plan: Plan, verdicts: Iterable[Verdict]) -> list[OpenWarning]:
    return warnings_in(verdicts, plan.alerting)


def note(text: str) -> Block:
    return Paragraph(text, "note")
