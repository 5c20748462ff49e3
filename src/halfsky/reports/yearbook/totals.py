"""Whether the numbers of a table add up, and the note below it where they do not."""

from __future__ import annotations

from dataclasses import dataclass

from halfsky.observations import Figures, SeriesKey
from halfsky.observations.columns import COUNTED
from halfsky.observations.quality import Finding, findings
from halfsky.plan import Indicator
from halfsky.plan.model import ALL_AGES
from halfsky.plan.rules import Check, Rule
from halfsky.reports.report.model import Paragraph, Table
from halfsky.reports.words import listed
from halfsky.reports.yearbook.book import Book

_SUMS = frozenset({Check.SEXES, Check.RESIDENCES, Check.PLACES})


@dataclass(frozen=True)
class Totals:
    """What the plan's own rules on sums find in the figures that are printed, by indicator, place and year."""

    found: dict[tuple[str, str, int], list[Finding]]

    @classmethod
    def of(cls, book: Book) -> Totals:
        printed = Figures(o for o in book.figures if o.year in book.years and o.series.age == ALL_AGES)
        made: dict[tuple[str, str, int], list[Finding]] = {}
        for rule in book.plan.rules:
            if rule.check not in _SUMS:
                continue
            split = _split(book, rule)
            if not split:
                continue
            places = {book.plan.region} if rule.check is Check.PLACES else None
            for finding in findings(book.plan, printed, [rule.model_copy(update={"indicators": split})], of=places):
                made.setdefault((finding.series.indicator, finding.series.region, finding.year), []).append(finding)
        return cls(made)

    def notes(self, book: Book, table: Table) -> list[Paragraph]:
        """Which totals of a table are not the sums of their parts, and why."""
        shown = dict.fromkeys(key for row in table.rows for cell in row if cell.trace for key in cell.trace.of)
        said: dict[str, None] = {}
        for series, year in shown:
            for finding in self.found.get((series.indicator, series.region, year), []):
                name = book.plan.indicator[series.indicator].name.in_language(book.language)
                place, words = book.name(series.region), finding.message.in_language(book.language)
                said[f"{name}（{place}）：{words}" if book.zh else f"{name} ({place}): {words}"] = None
        notes = list(said)
        if len({key[0].region for key in shown}) > 1:
            notes += _of_places(book, {key[0].indicator for key in shown})
        if not notes:
            return []
        head = "注：" if book.zh else "Notes: "
        return [Paragraph(head + (" ".join(notes) if not book.zh else "".join(notes)), "note")]


def _split(book: Book, rule: Rule) -> tuple[str, ...]:
    """The indicators that a rule on sums has anything to say of."""
    asked = {Check.SEXES: book.by_sex, Check.RESIDENCES: book.by_residence}.get(rule.check, lambda i: i.additive)
    return tuple(i.id for i in book.plan.indicators if asked(i) and (not rule.indicators or i.id in rule.indicators))


def _of_places(book: Book, indicators: set[str]) -> list[str]:
    """Amounts that the districts together do not give: bodies of each level's own, and places without a figure."""
    own = [i for i in book.plan.indicators if i.id in indicators and not i.additive]
    lacking = [i for i in book.plan.indicators if i.id in indicators and i not in own and _lacks(book, i)]
    notes = []
    if own:
        notes.append(
            "带*的指标反映各级自身的机构，各区（市）县之和不等于全市。" if book.zh
            else "Indicators with * are of bodies that each level has of its own: the districts do not sum to the whole."
        )  # fmt: skip
    if lacking:
        names = listed([i.name.in_language(book.language) for i in lacking], book.language)
        notes.append(
            f"部分区（市）县数据缺项或不公布，各地之和不等于全市：{names}。" if book.zh
            else f"Some districts have no figure or withhold it, so that they do not sum to the whole: {names}."
        )  # fmt: skip
    return notes


def _lacks(book: Book, indicator: Indicator) -> bool:
    """Whether an amount of the whole stands beside districts of which one is not told."""
    if (
        indicator.unit not in COUNTED
        or book.figures.value(SeriesKey(indicator.id, book.plan.region), book.year) is None
    ):
        return False
    return any(book.figures.value(SeriesKey(indicator.id, code), book.year) is None for code in book.districts)
