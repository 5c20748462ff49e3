"""Demonstration data 演示数据: believable, never real, and the same bytes every time.

For every indicator that is collected, figures for the plan's own region and its county-level places, by
sex and residence where the pack asks for it. Nothing here knows a particular city: levels come from the
pack (printed baselines, target values, bounds, units) and sizes from the level of each place.

Exact by construction: the figures of the region are those of its places summed (numerators and
denominators, or amounts; where each level has bodies of its own, the region has its own), women and men sum to all, urban and rural to all, each rate is its quotient,
and a printed baseline is met in its year. Each series draws from a generator seeded by the hash of its
own name, so that a new indicator changes no other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

import numpy as np
import numpy.typing as npt

from halfsky.observations.bounds import Cuts, is_share
from halfsky.observations.columns import COUNTED
from halfsky.observations.demo_cells import Cells, amount_cells, fit_amount, fit_quotient, grow, quotient_cells, shifts
from halfsky.observations.demo_levels import Course, clip, course_of, departure, main_target, observed_years
from halfsky.observations.demo_places import DemoPlace, demo_place, demo_places, generator
from halfsky.observations.model import Figures, Nature, Observation, SeriesKey, Status
from halfsky.observations.quotient import quotient
from halfsky.plan import Binds, Indicator, Plan, Residence, Sex, Slice
from halfsky.plan.model import ALL_AGES, Baseline, Unit

SEED = 2023  # with which the Dalian plan shows every status and every flag of a verdict at least once
SOURCE = "演示数据 demonstration data (generated)"

_ALL = slice(None)
_AXIS = {Sex.FEMALE: slice(0, 1), Sex.MALE: slice(1, 2), Residence.URBAN: slice(0, 1), Residence.RURAL: slice(1, 2)}
_AGE_SHARE = (0.18, 0.42)
_ABSENT, _NOT_COLLECTED, _LATE, _SILENT = 0.03, 0.02, 0.012, 0.01  # chances, for an indicator in a place
_NEVER, _NEW = 0.012, 0.04  # chances that a yearly indicator is not collected yet, or only from last year on


def demonstration_figures(plan: Plan, *, seed: int = SEED, first_year: int = 2015, last_year: int = 2025) -> Figures:
    """Demonstration figures of a plan for the years from ``first_year`` to ``last_year``."""
    years = tuple(range(first_year, last_year + 1))
    places = demo_places(plan, seed)
    cuts = Cuts(plan)
    return Figures(
        figure
        for indicator in plan.indicators
        if indicator.derive is None
        for figure in _Maker(plan, _widened(indicator, cuts), seed, years, places).figures()
    )


def _widened(indicator: Indicator, cuts: Cuts) -> Indicator:
    """The indicator disaggregated by everything that a promise of the plan cuts it by."""
    by = cuts.of(indicator.id)
    return indicator.model_copy(update={"disaggregation": tuple(d for d in ("sex", "age", "residence") if d in by)})


Entry = tuple[Decimal, Decimal | None, Decimal | None]  # value, numerator, denominator


@dataclass(frozen=True)
class _Maker:
    """Makes the figures of one indicator."""

    plan: Plan
    indicator: Indicator
    seed: int
    years: tuple[int, ...]
    places: tuple[DemoPlace, ...]

    def figures(self) -> Iterator[Observation]:
        observed = observed_years(self.plan, self.indicator, self.years)
        for index, region in self._regions():
            missing = self._missing(region, own=region == self.plan.region)
            for cut in self._slices():
                key = SeriesKey.of(self.indicator.id, region, cut)
                entries = self._entries(index, region, cut)
                for year, shown in observed.items():
                    if missing.get(year) is Status.NORMAL:
                        continue
                    entry = entries[self.years.index(shown)]
                    blank = missing.get(year) or (Status.NOT_APPLICABLE if entry is None else None)
                    given = Status.BREAK if year == self._course.broke else Status.NORMAL
                    figure = Observation(key, year, None, status=blank or given, nature=Nature.DEMO, source=SOURCE)
                    if blank is None and entry is not None:
                        value, numerator, denominator = entry
                        figure = replace(figure, value=value, numerator=numerator, denominator=denominator)
                    yield figure

    @cached_property
    def _parts(self) -> tuple[DemoPlace, ...]:
        """What the figures are made of: the county-level places, the region as a whole, or it and them side by side."""
        collected = bool(self.places) and "district" in self.indicator.levels
        if collected and self.indicator.additive:
            return self.places
        own = demo_place(self.plan.place[self.plan.region], self.seed)
        if self.places:
            people = sum(p.population for p in self.places)
            rural = sum(p.population * p.rural for p in self.places) / people
            own = replace(own, population=people, rural=rural, parts=len(self.places))
        return (own, *self.places) if collected else (own,)

    def _regions(self) -> Iterator[tuple[int | None, str]]:
        """The regions with figures, and which part each is; ``None`` for all parts together."""
        side_by_side = len(self._parts) > len(self.places) > 0 and self._parts[1:] == self.places
        if self.plan.level in self.indicator.levels:
            yield (0 if side_by_side else None), self.plan.region
        yield from ((i, part.region.code) for i, part in enumerate(self._parts) if part in self.places)

    def _slices(self) -> Iterator[Slice]:
        """The whole, each sex, each residence, and every further cut that the plan's promises use."""
        by = self.indicator.disaggregation
        slices = [Slice()]
        if "sex" in by:
            slices += [Slice(sex=Sex.FEMALE), Slice(sex=Sex.MALE)]
        if "residence" in by:
            slices += [Slice(residence=Residence.URBAN), Slice(residence=Residence.RURAL)]
        operands = [o for i in self.plan.indicators if i.derive for o in (i.derive.of, i.derive.against)]
        name = self.indicator.id
        slices += [t.cut for t in self.plan.targets if name in (t.indicator, t.reference)]
        slices += [b.cut for b in self.plan.baselines if b.indicator == name]
        slices += [Slice(sex=o.sex, age=o.age, residence=o.residence) for o in operands if o.indicator == name]
        yield from dict.fromkeys(slices)

    def _missing(self, region: str, *, own: bool) -> dict[int, Status]:
        """Years without a figure: not collected, or (``NORMAL``) no row at all. Printed years are never missing."""
        if not own and generator(self.seed, "silent", self.indicator.id, region).random() < _SILENT:
            return dict.fromkeys(self.years, Status.NOT_COLLECTED)
        missing = self._not_yet()
        rng = generator(self.seed, "missing", self.indicator.id, region)
        absent, not_collected, late = rng.random(3)
        year, other = (int(y) for y in rng.choice(self.years[:-1], 2)) if len(self.years) > 2 else (0, 0)
        if absent < _ABSENT:
            missing[year] = Status.NORMAL
        if not_collected < _NOT_COLLECTED and not own:
            missing[other] = Status.NOT_COLLECTED
        if late < _LATE and not own:
            missing[self.years[-1]] = Status.NORMAL
        for baseline in self._baselines:
            missing.pop(baseline.year, None)
        return missing

    def _not_yet(self) -> dict[int, Status]:
        """Years before an indicator was collected anywhere: all of them for a few, all but the last two for others."""
        chance = generator(self.seed, "collected", self.indicator.id).random()
        if self._baselines or self.indicator.frequency != "annual" or chance >= _NEW:
            return {}
        if chance < _NEVER:
            return dict.fromkeys(self.years, Status.NOT_COLLECTED)
        return dict.fromkeys(self.years[:-2], Status.NORMAL)

    @cached_property
    def _baselines(self) -> list[Baseline]:
        """Printed values that these figures must meet, the finest cuts first."""
        own = [b for b in self.plan.baselines if b.indicator == self.indicator.id and b.year in self.years]
        return sorted(own, key=lambda b: (b.cut.sex is Sex.ALL) + (b.cut.residence is Residence.ALL))

    def _printed(self, region: str, cut: Slice) -> dict[int, Decimal]:
        return {b.year: b.value for b in self._baselines if b.region == region and b.cut == cut}

    @cached_property
    def _course(self) -> Course:
        return course_of(self.plan, self.indicator, self.seed, self.years)

    @cached_property
    def _decimals(self) -> int:
        return self.indicator.decimals if self.indicator.unit is Unit.TEN_THOUSAND_PERSONS else 0

    @cached_property
    def _twin(self) -> Indicator | None:
        """The share whose numerator this amount is: the women of a leadership are those whom their share counts."""
        if self.indicator.additive or self.indicator.scale is not None:
            return None
        name, levels = _plain(self.indicator.name.zh), self.indicator.levels
        shares = [i for i in self.plan.indicators if i.scale is not None and not i.additive and i.levels == levels]
        return next((i for i in shares if i.numerator is not None and _plain(i.numerator.zh) == name), None)

    @cached_property
    def _cells(self) -> Cells:
        if self._twin is not None:
            return Cells(replace(self, indicator=self._twin)._cells.numerator, None)
        if self.indicator.scale is not None:
            cells = quotient_cells(self.indicator, self._course, self._parts, self.seed)
        else:
            target = main_target(self.plan, self.indicator)
            each = not self.indicator.additive
            each |= target is not None and target.binds not in {Binds.REGION, Binds.EVERY_BODY}
            cells = amount_cells(
                self.indicator, self._course, self._parts, self.seed, each=each, decimals=self._decimals
            )
        fixed = np.zeros(cells.numerator.shape, dtype=np.bool_)
        for baseline in self._baselines:
            index = self._index(baseline.region)
            if index != -1 and baseline.cut.age == ALL_AGES:
                self._fit(cells, _block(index, baseline.cut, cells), fixed, baseline)
        return cells

    def _fit(
        self, cells: Cells, block: tuple[slice, slice, slice], fixed: npt.NDArray[np.bool_], printed: Baseline
    ) -> None:
        """Make a block of cells give what is printed of it in a year."""
        where = (*block, self.years.index(printed.year))
        if cells.denominator is None:
            fit_amount(cells.numerator[where], fixed[where], int(printed.value.scaleb(self._decimals)))
        else:
            growth = fit_quotient(
                cells.numerator[where], cells.denominator[where], fixed[where], self.indicator, printed.value
            )
            grow(cells.numerator[block], cells.denominator[block], fixed[block], growth)
            if is_share(self.indicator):
                np.minimum(cells.numerator, cells.denominator, out=cells.numerator)

    def _index(self, region: str) -> int | None:
        """Which part a region is, ``None`` for the whole, -1 for neither."""
        return next((index for index, code in self._regions() if code == region), -1)

    def _entries(self, index: int | None, region: str, cut: Slice) -> list[Entry | None]:
        if self.indicator.scale is None and self.indicator.unit not in COUNTED:
            return self._levels(index, region, cut)
        cells = self._cells if cut.age == ALL_AGES else self._aged(cut)
        numerators, denominators = cells.summed(_block(index, cut if cut.age == ALL_AGES else Slice(), cells))
        printed = self._printed(region, cut)
        if denominators is None:
            urban = index is not None and not self._parts[index].rural and cut.residence is Residence.RURAL
            return [None if urban else (Decimal(n).scaleb(-self._decimals), None, None) for n in numerators.tolist()]
        entries: list[Entry | None] = []
        for year, n, d in zip(self.years, numerators.tolist(), denominators.tolist(), strict=True):
            numerator, denominator = Decimal(n), Decimal(d)
            value = printed.get(year) or quotient(self.indicator, numerator, denominator)
            entries.append(None if value is None else (value, numerator, denominator))
        return entries

    def _aged(self, cut: Slice) -> Cells:
        """Cells of one age group (place, 1, 1, year): a part of the people of its sex and residence."""
        rng = generator(self.seed, "age", self.indicator.id, cut.age)
        share, shift = float(rng.uniform(*_AGE_SHARE)), float(rng.uniform(-0.08, 0.08))
        cells = self._cells
        where = _block(None, cut, cells)
        n = cells.numerator[where].sum(axis=(1, 2), keepdims=True)
        if cells.denominator is None:
            numerator, denominator = np.rint(n * share).astype(np.int64), None
        else:
            d = cells.denominator[where].sum(axis=(1, 2), keepdims=True)
            denominator = np.rint(d * share).astype(np.int64)
            numerator = np.rint(n * share * (1 + shift)).astype(np.int64)
            if is_share(self.indicator):  # neither those who have it nor those who do not may exceed the whole's
                numerator = np.clip(numerator, np.maximum(n - (d - denominator), 0), np.minimum(n, denominator))
        aged = Cells(numerator, denominator)
        fixed = np.zeros(numerator.shape, dtype=np.bool_)
        for baseline in (b for b in self._baselines if b.cut == cut and self._index(b.region) != -1):
            self._fit(aged, _block(self._index(baseline.region), Slice(), aged), fixed, baseline)
        return aged

    def _levels(self, index: int | None, region: str, cut: Slice) -> list[Entry | None]:
        """Values that are no quotient: a course for each region, a little apart by sex, residence and age."""
        if index is not None and not self._parts[index].rural:
            if cut.residence is Residence.RURAL:
                return [None] * len(self.years)
            cut = cut.model_copy(update={"residence": Residence.ALL})
        if self.indicator.unit is Unit.YES_NO:
            return self._adopted(region, cut)
        level = self._course.level
        if index is not None and region != self.plan.region:
            level = level + departure(self._course, self.seed, region)
        series = level * self._factor(cut)
        own = [b for b in self._baselines if b.region == region]
        anchor = next((b for b in own if b.cut == cut), own[-1] if own else None)
        if anchor is not None:
            at = self.years.index(anchor.year)
            series = series + (float(anchor.value) - (level * self._factor(anchor.cut))[at])
        printed = self._printed(region, cut)
        decimals = self.indicator.decimals
        values = clip(self.indicator, series).tolist()
        return [
            (printed.get(y, Decimal(f"{v:.{decimals}f}")), None, None) for y, v in zip(self.years, values, strict=True)
        ]

    def _factor(self, cut: Slice) -> npt.NDArray[np.float64]:
        """What a slice's level is of the whole's, year by year."""
        sexes, residences = shifts(self.indicator, self._course, self.seed)
        factor = np.ones(len(self.years))
        if cut.sex is not Sex.ALL:
            factor += sexes[_AXIS[cut.sex]][0]
        if cut.residence is not Residence.ALL:
            factor += residences[_AXIS[cut.residence]][0]
        if cut.age != ALL_AGES:
            factor += float(generator(self.seed, "age", self.indicator.id, cut.age).uniform(-0.05, 0.05))
        return factor

    def _adopted(self, region: str, cut: Slice) -> list[Entry | None]:
        """No until a year, yes from then on; a few places never get there."""
        rng = generator(self.seed, "adopted", self.indicator.id, region)
        since = int(rng.integers(self.years[0] - 1, self.years[-1] + 3))
        printed = self._printed(region, cut)
        return [(printed.get(y, Decimal(int(y >= since))), None, None) for y in self.years]


def _plain(name: str) -> str:
    """A name without the particles that one writer puts and another leaves out."""
    return name.replace("的", "").replace("中", "")


def _block(index: int | None, cut: Slice, cells: Cells) -> tuple[slice, slice, slice]:
    """Where the cells of a part and slice stand; an axis of length one is all there is."""
    _, sexes, residences, _ = cells.numerator.shape
    return (
        _ALL if index is None else slice(index, index + 1),
        _AXIS[cut.sex] if cut.sex is not Sex.ALL and sexes == 2 else _ALL,
        _AXIS[cut.residence] if cut.residence is not Residence.ALL and residences == 2 else _ALL,
    )
