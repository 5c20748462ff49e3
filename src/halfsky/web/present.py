"""Verdicts turned into the rows that pages show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from halfsky.alerts.queries import OpenWarning
from halfsky.assess import Standing, Verdict, named
from halfsky.observations import Figures, SeriesKey
from halfsky.plan import Indicator, Plan, Region, Target, Text
from halfsky.plan.model import PlanField
from halfsky.reports.charts.data import points
from halfsky.reports.charts.marks import READING_ORDER
from halfsky.web.book import Book
from halfsky.web.sparkline import Sparkline, sparkline
from halfsky.web.wording import promised
from halfsky.web.words import GRAVITY


@dataclass(frozen=True, slots=True)
class Segment:
    """One standing's part of a bar whose whole length is 100."""

    standing: Standing
    count: int
    start: float
    length: float


@dataclass(frozen=True, slots=True)
class Tally:
    """How many promises stand where."""

    counts: dict[Standing, int]

    @classmethod
    def of(cls, standings: Iterable[Standing]) -> Tally:
        return cls(dict(Counter(standings)))

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def well(self) -> int:
        """Met or on track."""
        return self.counts.get(Standing.MET, 0) + self.counts.get(Standing.ON_TRACK, 0)

    @property
    def columns(self) -> list[tuple[Standing, int]]:
        """Every standing with its count, nought included, in reading order."""
        return [(standing, self.counts.get(standing, 0)) for standing in READING_ORDER]

    @property
    def bar(self) -> list[Segment]:
        segments, start = [], 0.0
        for standing, count in self.columns:
            if count:
                length = 100 * count / self.total
                segments.append(Segment(standing, count, round(start, 2), round(length, 2)))
                start += length
        return segments


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """A target once, with the verdict that stands for it.

    That is the verdict of the plan's own region, or of the place asked for; where the promise binds
    districts only, the gravest verdict among them, because it is kept only when each of them keeps it.
    """

    target: Target
    indicator: Indicator
    field: PlanField | None
    name: Text
    words: Text
    verdict: Verdict | None
    region: Region | None
    places: Tally
    spark: Sparkline | None = None

    @property
    def standing(self) -> Standing:
        return self.verdict.status if self.verdict else Standing.NO_DATA


def promises(book: Book, figures: Figures | None = None, region: str | None = None) -> list[PromiseRow]:
    """Every target of the plan, in its order; in one place only those that bind it.

    With ``figures`` each row carries its sparkline.
    """
    by_target: dict[str, list[Verdict]] = {}
    for made in book.verdicts:
        by_target.setdefault(made.target, []).append(made)
    rows = []
    for target in book.plan.targets:
        found = by_target.get(target.id, [])
        if region is not None and region not in {r.code for r in book.plan.places_bound(target)}:
            continue
        verdict = _speaking(found, region or book.plan.region, only=region is not None)
        place = book.plan.place.get(verdict.region) if verdict else None
        indicator = book.plan.indicator[target.indicator]
        rows.append(
            PromiseRow(
                target=target,
                indicator=indicator,
                field=book.plan.field_of(target.clause),
                name=named(indicator, target.cut),
                words=promised(book.plan, target),
                verdict=verdict,
                region=place,
                places=Tally.of(v.status for v in found),
                spark=_spark(figures, indicator, target, verdict) if figures is not None and verdict else None,
            )
        )
    return rows


def _speaking(verdicts: list[Verdict], region: str, *, only: bool) -> Verdict | None:
    own = next((v for v in verdicts if v.region == region), None)
    if own is not None or only or not verdicts:
        return own
    return min(verdicts, key=lambda v: (GRAVITY.index(v.status), v.probability if v.probability is not None else 1.0))


def _spark(figures: Figures, indicator: Indicator, target: Target, verdict: Verdict) -> Sparkline | None:
    line = points(figures, SeriesKey.of(indicator.id, verdict.region, target.cut), indicator)
    return sparkline([p for p in line if p.year <= verdict.as_of], verdict.bound)


@dataclass(frozen=True, slots=True)
class TallyRow:
    """A field or a place and how its promises stand."""

    field: PlanField | None
    region: Region | None
    tally: Tally
    warned: int = 0


def by_field(rows: Iterable[PromiseRow], plan: Plan) -> list[TallyRow]:
    """The plan's fields in order, then its provisions where one of them has a target."""
    standings: dict[int | None, list[Standing]] = {}
    for row in rows:
        standings.setdefault(row.field.number if row.field else None, []).append(row.standing)
    fields = [TallyRow(field, None, Tally.of(standings.get(field.number, ()))) for field in plan.fields]
    return [*fields, TallyRow(None, None, Tally.of(standings[None]))] if None in standings else fields


def by_place(book: Book) -> list[TallyRow]:
    """Every place that a promise binds, the plan's own region first, with its verdicts and warnings."""
    standings: dict[str, list[Standing]] = {}
    for verdict in book.verdicts:
        standings.setdefault(verdict.region, []).append(verdict.status)
    warned = Counter(w.verdict.region for w in book.attention)
    return [
        TallyRow(None, region, Tally.of(standings[region.code]), warned[region.code])
        for region in book.plan.regions
        if region.code in standings
    ]


@dataclass(frozen=True, slots=True)
class WarningRow:
    """A warning with what a reader needs beside it."""

    warning: OpenWarning
    verdict: Verdict
    target: Target
    indicator: Indicator
    field: PlanField | None
    region: Region
    name: Text
    words: Text

    @property
    def years_left(self) -> int:
        return max(0, self.verdict.milestone - self.verdict.as_of)


def warning_rows(book: Book) -> list[WarningRow]:
    """Warnings, the gravest first; those of targets or places that the pack no longer has are left out."""
    plan = book.plan
    return [
        WarningRow(
            warning=warning,
            verdict=book.verdict.get((warning.verdict.target, warning.verdict.region), warning.verdict),
            target=(target := plan.target[warning.verdict.target]),
            indicator=(indicator := plan.indicator[target.indicator]),
            name=named(indicator, target.cut),
            field=plan.field_of(target.clause),
            region=plan.place[warning.verdict.region],
            words=promised(plan, target),
        )
        for warning in book.attention
        if warning.verdict.target in plan.target and warning.verdict.region in plan.place
    ]


@dataclass(frozen=True, slots=True)
class UnitsOfClause:
    """Who leads and supports a clause at one level, and whether the plan or practice says so."""

    level: str
    lead: tuple[Text, ...]
    support: tuple[Text, ...]
    basis: str
    words: str


def units_of(plan: Plan, clause: str) -> list[UnitsOfClause]:
    return [
        UnitsOfClause(
            level=a.level,
            lead=tuple(plan.unit[u].name for u in a.lead),
            support=tuple(plan.unit[u].name for u in a.support),
            basis=a.basis,
            words=a.words,
        )
        for a in plan.assignments
        if a.clause == clause
    ]


def clauses_led_by(plan: Plan, unit: str) -> set[str]:
    """Clauses that a unit leads or supports."""
    return {a.clause for a in plan.assignments if unit in (*a.lead, *a.support)}
