"""What a yearbook is made of: its years, its chapters, and the cell of every figure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from halfsky.observations import Figures, Nature, SeriesKey, Status
from halfsky.observations.columns import COUNTED
from halfsky.plan import Indicator, Plan, Residence, Sex, Unit
from halfsky.plan.wording import rounded
from halfsky.reports.charts.places import districts_of
from halfsky.reports.report.model import Cell, Trace
from halfsky.reports.words import Language, difference, number, with_unit

NOT_COLLECTED, NOT_APPLICABLE = "…", "—"
_SHOWN_YEARS = 5  # besides the base year
_BY_DIFFERENCE = frozenset({Unit.PERCENT, Unit.PERCENTAGE_POINTS, Unit.PER_1000, Unit.PER_10K, Unit.PER_100K})
MARKS = {Status.BREAK: "b", Status.ESTIMATED: "e", Status.PROVISIONAL: "p", Status.LOW_RELIABILITY: "u"}


@dataclass(frozen=True, slots=True)
class Chapter:
    number: int
    title: str
    indicators: tuple[Indicator, ...]


@dataclass(frozen=True)
class Book:
    """``figures`` are those that may be printed, derived indicators computed; what is withheld says so."""

    plan: Plan
    figures: Figures
    year: int
    language: Language

    @property
    def zh(self) -> bool:
        return self.language == "zh"

    @cached_property
    def districts(self) -> tuple[str, ...]:
        return tuple(districts_of(self.plan))

    @cached_property
    def years(self) -> tuple[int, ...]:
        """The plan's base year and the five newest."""
        newest = range(self.year - _SHOWN_YEARS + 1, self.year + 1)
        return tuple(dict.fromkeys((min(self.plan.base_year, newest[0]), *newest)))

    @cached_property
    def demonstration(self) -> bool:
        return any(o.nature is Nature.DEMO for o in self.figures if o.year in self.years)

    @cached_property
    def chapters(self) -> tuple[Chapter, ...]:
        """A chapter for each field, with the indicators whose clauses, else whose targets, stand in it first; the rest last."""
        held: dict[int, list[Indicator]] = {field.number: [] for field in self.plan.fields}
        rest: list[Indicator] = []
        for indicator in self.plan.indicators:
            clauses = indicator.clauses or tuple(t.clause for t in self.plan.targets if t.indicator == indicator.id)
            fields = [f.number for f in map(self.plan.field_of, clauses) if f is not None]
            (held[fields[0]] if fields else rest).append(indicator)
        titled = [(f.name.in_language(self.language), held[f.number]) for f in self.plan.fields]
        titled.append(("综合" if self.zh else "General", rest))
        return tuple(Chapter(i, title, tuple(own)) for i, (title, own) in enumerate((t for t in titled if t[1]), 1))

    def name(self, region: str) -> str:
        return self.plan.place[region].name.in_language(self.language)

    @property
    def place(self) -> str:
        return self.name(self.plan.region)

    # Which splits there are

    @cached_property
    def _kept(self) -> frozenset[tuple[str, Sex, Residence]]:
        """Indicator and split of every series that has figures, ages together."""
        return frozenset((k.indicator, k.sex, k.residence) for k in self.figures.keys if k.age == "_T")

    def by_sex(self, indicator: Indicator) -> bool:
        """Whether women and men are told apart; an indicator of women alone has nobody to set them beside."""
        return self._split(indicator, sex=Sex.FEMALE) and self._split(indicator, sex=Sex.MALE)

    def by_residence(self, indicator: Indicator) -> bool:
        return self._split(indicator, residence=Residence.URBAN) and self._split(indicator, residence=Residence.RURAL)

    def _split(self, indicator: Indicator, sex: Sex = Sex.ALL, residence: Residence = Residence.ALL) -> bool:
        asked = "sex" if sex is not Sex.ALL else "residence"
        return asked in indicator.disaggregation or (indicator.id, sex, residence) in self._kept

    def here(self, indicator: Indicator, region: str) -> bool:
        """Whether figures are collected at the level of a place."""
        return (self.plan.level if region == self.plan.region else "district") in indicator.levels

    # Cells

    def cell(self, key: SeriesKey, year: int) -> Cell:
        """A figure with its number and trace, or the sign for why there is none."""
        indicator = self.plan.indicator[key.indicator]
        if indicator.population == "women" and key.sex is not Sex.ALL and key.indicator not in self._sexed:
            if key.sex is Sex.MALE:
                return Cell(NOT_APPLICABLE)
            key = replace(key, sex=Sex.ALL)  # the total of an indicator of women is women's
        held = self.figures.get(key, year)
        if held is None:
            return Cell(NOT_COLLECTED if self._asked(indicator, key) else NOT_APPLICABLE)
        if held.value is None:
            return Cell(self._sign(held.status))
        trace = Trace(((key, year),))
        if indicator.unit is Unit.YES_NO:
            return Cell(with_unit(held.value, indicator, self.language), number=held.value, trace=trace)
        text = number(held.value, indicator) + MARKS.get(held.status, "")
        return Cell(text, number=held.value, trace=trace)

    @cached_property
    def _sexed(self) -> frozenset[str]:
        return frozenset(name for name, sex, _ in self._kept if sex is not Sex.ALL)

    def _asked(self, indicator: Indicator, key: SeriesKey) -> bool:
        sex = key.sex is Sex.ALL or self._split(indicator, sex=key.sex)
        residence = key.residence is Residence.ALL or self._split(indicator, residence=key.residence)
        return sex and residence and self.here(indicator, key.region)

    def _sign(self, status: Status) -> str:
        if status is Status.SUPPRESSED:
            return "不公布" if self.zh else "withheld"
        return NOT_APPLICABLE if status is Status.NOT_APPLICABLE else NOT_COLLECTED

    def beside(self, indicator: Indicator, region: str, year: int) -> Cell:
        """Women beside men: their share of amounts, the difference of rates, the ratio of the rest."""
        women, men = (SeriesKey(indicator.id, region, sex) for sex in (Sex.FEMALE, Sex.MALE))
        return self.compared(indicator, women, men, year)

    def compared(self, indicator: Indicator, first: SeriesKey, second: SeriesKey, year: int) -> Cell:
        """The first beside the second, as far as both are told."""
        one, other = self.figures.value(first, year), self.figures.value(second, year)
        if one is None or other is None or indicator.unit is Unit.YES_NO:
            return Cell(NOT_APPLICABLE)
        of = ((first, year), (second, year))
        if indicator.unit in COUNTED:
            if not one + other:
                return Cell(NOT_APPLICABLE)
            share = rounded(100 * one / (one + other), 1)
            return Cell(f"{share}%", number=share, trace=Trace(of, "share"))
        if indicator.unit in _BY_DIFFERENCE:
            gap = rounded(one - other, indicator.decimals)
            sign = "+" if gap > 0 else "−" if gap < 0 else ""
            words = sign + difference(abs(gap), indicator, self.language)
            return Cell(words, number=gap, trace=Trace(of, "difference"))
        if not other:
            return Cell(NOT_APPLICABLE)
        ratio = rounded(one / other, 2)
        return Cell(f"{ratio}", number=ratio, trace=Trace(of, "ratio"))


def book_of(plan: Plan, figures: Figures, *, year: int, language: Language) -> Book:
    """The yearbook of a year. ``figures`` are as everybody may see them; those of later years are left out."""
    return Book(plan, figures.until(year), year, language)
