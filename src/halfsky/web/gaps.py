"""Gaps and composites turned into the rows that pages show; computed once for each state of the figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from halfsky.assess.composite import Composites, homes
from halfsky.assess.compositemodel import Change, ChangePart, Composite, Missing, Part
from halfsky.assess.gapmodel import AssessedGap, GapKind
from halfsky.assess.gaps import as_gap, assess_gaps, size_of
from halfsky.assess.gapwords import SIDES, how_far
from halfsky.catalogue import queries as catalogue
from halfsky.plan import Indicator, Plan, Region
from halfsky.plan.model import PlanField
from halfsky.reports.words import number, with_unit
from halfsky.web.book import Book
from halfsky.web.chartfiles import stamp
from halfsky.web.figures import shown
from halfsky.web.sparkline import Sparkline, course_of


def gaps_of(book: Book) -> tuple[AssessedGap, ...]:
    """Every gap of the plan as of the year judged, from figures that are free to publish."""
    return _gaps(book.plan.id, book.as_of, stamp(book.plan.id)) if book.as_of is not None else ()


@lru_cache(maxsize=8)
def _gaps(plan_id: str, as_of: int, _state: str) -> tuple[AssessedGap, ...]:
    plan = catalogue.plan(plan_id)
    return assess_gaps(plan, shown(plan), as_of=as_of)


def composites_of(book: Book) -> Composites | None:
    return _composites(book.plan.id, book.as_of, stamp(book.plan.id)) if book.as_of is not None else None


@lru_cache(maxsize=8)
def _composites(plan_id: str, as_of: int, _state: str) -> Composites:
    plan = catalogue.plan(plan_id)
    return Composites(plan, shown(plan, indicators=homes(plan)), as_of)


@dataclass(frozen=True, slots=True)
class GapRow:
    """A gap as the table shows it; every figure with its unit, in the reader's language."""

    gap: AssessedGap
    indicator: Indicator
    region: Region
    field: PlanField | None
    first: str  # who stands first, and with what figure
    first_figure: str
    second: str
    second_figure: str
    now: str
    before: str
    expected: str
    low: str
    high: str
    spark: Sparkline | None


def gap_rows(book: Book, found: Iterable[AssessedGap], fields: dict[str, PlanField]) -> list[GapRow]:
    return [_gap_row(book, gap, fields.get(gap.indicator)) for gap in found]


def _gap_row(book: Book, gap: AssessedGap, field: PlanField | None) -> GapRow:
    plan, language = book.plan, book.language
    indicator = plan.indicator[gap.indicator]
    measure = as_gap(indicator, spread=gap.kind is GapKind.DISTRICT)

    def far(value: Decimal | float) -> str:
        return how_far(Decimal(str(value)), gap.kind, indicator, measure, language)

    if gap.kind is GapKind.DISTRICT:
        first, second = (
            plan.place[code].name.in_language(language) if code else "" for code in (gap.first_place, gap.second_place)
        )
    else:
        first, second = (side.in_language(language) for side in SIDES[gap.kind])
    low = high = ""
    if gap.forecast is not None:
        ends = (gap.forecast.low80, gap.forecast.high80)
        if gap.forecast.median < 0:  # told as a lead of the second side, so are its ends
            ends = (-ends[1], -ends[0])
        low, high = (number(end, measure) for end in ends)
    sizes = [(year, float(size_of(value, gap.kind, gap.unit))) for year, value in gap.years]
    return GapRow(
        gap=gap,
        indicator=indicator,
        region=plan.place[gap.region],
        field=field,
        first=first,
        first_figure=with_unit(gap.first, indicator, language),
        second=second,
        second_figure=with_unit(gap.second, indicator, language),
        now=far(gap.value),
        before="" if gap.base_value is None else far(gap.base_value),
        expected="" if gap.forecast is None else far(round(gap.forecast.median, 6)),
        low=low,
        high=high,
        spark=course_of(sizes),
    )


def fields_of(plan: Plan) -> dict[str, PlanField]:
    """Indicator → the field that it counts under: that of its first target, else of its first clause."""
    found: dict[str, PlanField] = {}
    named = [(t.indicator, t.clause) for t in plan.targets] + [(i.id, c) for i in plan.indicators for c in i.clauses]
    for indicator, clause in named:
        field = plan.field_of(clause)
        if field is not None:
            found.setdefault(indicator, field)
    for name, clause in homes(plan).items():
        if (field := plan.field_of(clause)) is not None:
            found[name] = field
    return found


@dataclass(frozen=True, slots=True)
class CompositeRow:
    """A field or a place with its composite, the change since the base year and the course."""

    field: PlanField
    region: Region
    composite: Composite
    change: Change | None
    spark: Sparkline | None


def composite_row(made: Composites, field: PlanField, region: Region) -> CompositeRow:
    plan = made.plan
    trend = made.trend(field.number, region.code)
    return CompositeRow(
        field=field,
        region=region,
        composite=made.of(field.number, region.code),
        change=made.change(field.number, region.code, plan.base_year),
        spark=course_of([(year, score) for year, score, _ in trend]),
    )


@dataclass(frozen=True, slots=True)
class PartRow:
    """One indicator of a composite: its figures, its score and the points that it costs and moved."""

    part: Part
    indicator: Indicator
    gap_percent: float
    length: float  # of the bar of lost points, of 100
    gap_length: float  # of that, the bar of the gap-only index
    change: ChangePart | None


def part_rows(plan: Plan, made: Composite, change: Change | None) -> list[PartRow]:
    """The parts, those that cost most points first."""
    moved = {part.indicator: part for part in change.parts} if change else {}
    most = max((max(p.points, p.gap_points) for p in made.parts), default=0.0) or 1.0
    rows = [
        PartRow(
            part=part,
            indicator=plan.indicator[part.indicator],
            gap_percent=100 * part.gap,
            length=round(100 * part.points / most, 1),
            gap_length=round(100 * part.gap_points / most, 1),
            change=moved.get(part.indicator),
        )
        for part in made.parts
    ]
    return sorted(rows, key=lambda row: -row.part.points)


def missing_rows(plan: Plan, missing: Sequence[Missing]) -> list[tuple[Indicator, Missing]]:
    return [(plan.indicator[m.indicator], m) for m in missing]
