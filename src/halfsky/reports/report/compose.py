"""From plan, figures and verdicts to the content of the annual monitoring report.

Pure: the same arguments give the same report. Which figures may be shown is decided before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from halfsky.alerts.queries import OpenWarning
from halfsky.assess import Verdict
from halfsky.observations import Figures, Nature
from halfsky.plan import Plan
from halfsky.plan.model import PlanField
from halfsky.reports.charts.places import districts_of
from halfsky.reports.report import annex, fields, places, summary
from halfsky.reports.report import warnings as alarm
from halfsky.reports.report.keys import captioned
from halfsky.reports.report.local import local_plan
from halfsky.reports.report.model import Report, Section
from halfsky.reports.report.phrases import chinese_number
from halfsky.reports.words import DEMONSTRATION, Language, year_words


@dataclass(frozen=True, slots=True)
class Matter:
    """What a report is made of."""

    plan: Plan
    figures: Figures
    verdicts: tuple[Verdict, ...]
    warnings: tuple[OpenWarning, ...]
    as_of: int
    language: Language
    districts: tuple[str, ...]
    withheld: int = 0

    @property
    def zh(self) -> bool:
        return self.language == "zh"

    @property
    def own(self) -> tuple[Verdict, ...]:
        """Verdicts on the plan's own region."""
        return tuple(v for v in self.verdicts if v.region == self.plan.region)

    @property
    def place(self) -> str:
        return self.plan.place[self.plan.region].name.in_language(self.language)

    def name(self, region: str) -> str:
        return self.plan.place[region].name.in_language(self.language)

    def of_field(self, which: PlanField, verdicts: Iterable[Verdict]) -> tuple[Verdict, ...]:
        return tuple(v for v in verdicts if self.plan.field_of(v.clause) is which)


def compose(
    *, plan: Plan, figures: Figures, verdicts: Sequence[Verdict], warnings: Sequence[OpenWarning], as_of: int,
    language: Language, made: date, number: str = "", withheld: int = 0, region: str | None = None,
) -> Report:  # fmt: skip
    """The whole report, of the plan's own region or of a place below. ``figures`` hold derived indicators already computed; ``made`` is the day of the assessment;
    ``withheld`` how many verdicts were left out because they rest on figures that are not free to publish.
    """
    known = figures.until(as_of)
    whole, districts = plan.region, tuple(districts_of(plan))
    if region is not None and region != whole:
        plan, districts = local_plan(plan, region), ()
        verdicts = [v for v in verdicts if v.target in plan.target]
        warnings = [w for w in warnings if w.verdict.region == region]
    matter = Matter(plan, known, tuple(verdicts), tuple(warnings), as_of, language, districts, withheld)
    zh = matter.zh
    chapters: list[tuple[str, list[Section]]] = [
        ("摘要" if zh else "Summary", summary.sections(matter)),
        *((f.name.in_language(language), fields.sections(matter, f)) for f in plan.fields),
        ("预警" if zh else "Warnings", alarm.sections(matter)),
        *([("各区（市）县情况" if zh else "Districts", places.sections(matter))] if matter.districts else []),
        ("监测与判定方法" if zh else "Methods", annex.methods(matter)),
        ("附件1：指标解释" if zh else "Annex 1: indicators", annex.indicators(matter)),
        ("附件2：资料来源" if zh else "Annex 2: sources", annex.sources(matter)),
    ]
    return Report(
        language=language,
        title=plan.title.in_language(language),
        subtitle=_subtitle(matter, local=plan.region != whole),
        issuer=matter.place,
        number=number,
        facts=facts_of(matter, made),
        made=made,
        mark=mark_of(demonstrated(matter), language),
        sections=captioned(numbered(chapters, language), language),
    )


def demonstrated(matter: Matter) -> bool:
    """Whether anything told is demonstration data."""
    return any(v.demonstration for v in matter.verdicts) or any(o.nature is Nature.DEMO for o in matter.figures)


def _subtitle(matter: Matter, *, local: bool) -> str:
    place = matter.place if local else ""
    if matter.zh:
        return f"{place}{matter.as_of}年度监测报告"
    return f"Annual monitoring report {matter.as_of}" + (f", {place}" if place else "")


def mark_of(demonstration: bool, language: Language) -> str:
    """What stands on every page where any figure is demonstration data; else nothing."""
    if not demonstration:
        return ""
    words = DEMONSTRATION.in_language(language)
    return f"{words}，仅供演示，不是真实统计数据" if language == "zh" else f"{words}: generated, not real statistics"


def facts_of(matter: Matter, made: date) -> tuple[tuple[str, str], ...]:
    """The block below the title: whose plan, which year, when judged."""
    plan, zh = matter.plan, matter.zh
    day = f"{made.year}年{made.month}月{made.day}日" if zh else made.isoformat()
    span = f"{plan.start}—{plan.end}年" if zh else f"{plan.start}–{plan.end}"
    return (
        ("监测年度" if zh else "Year", year_words(matter.as_of, matter.language)),
        ("规划期" if zh else "Period", span),
        ("监测地区" if zh else "Region", matter.place),
        ("规划发布" if zh else "Plan issued by", plan.source.publisher.in_language(matter.language)),
        ("判定日期" if zh else "Assessed", day),
    )


def numbered(chapters: list[tuple[str, list[Section]]], language: Language) -> list[Section]:
    """一、（一）1. in Chinese, 1 and 1.1 in English; annexes carry their own number."""
    made: list[Section] = []
    chapter = 0
    for title, sections in chapters:
        own = title.startswith(("附件", "附表", "Annex"))
        chapter += not own
        number = "" if own else f"{chinese_number(chapter)}、" if language == "zh" else str(chapter)
        lead, *rest = sections
        made.append(replace(lead, level=1, number=number, title=title))
        for i, section in enumerate(rest, 1):
            inner = f"（{chinese_number(i)}）" if language == "zh" else f"{chapter}.{i}"
            made.append(replace(section, level=2, number=inner))
    return made
