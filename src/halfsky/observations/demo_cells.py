"""Whole numbers for demonstration data: place × sex × residence × year, from which every total is summed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from halfsky.observations.bounds import is_share
from halfsky.observations.demo_levels import Course, clip, departure, within
from halfsky.observations.demo_places import DemoPlace, generator
from halfsky.observations.demo_usual import denominators, is_housework, is_lifetime
from halfsky.observations.numbers import places as decimals_of
from halfsky.plan import Indicator
from halfsky.plan.model import Unit

Counts = npt.NDArray[np.int64]
Array = npt.NDArray[np.float64]

_WIDENING = 0.12  # chance that a difference between groups widens
_RARE = 30  # below so many expected events chance shows, and counts are drawn instead of rounded


@dataclass(frozen=True, slots=True)
class Cells:
    """Numerators and denominators by place, sex (women, men), residence (urban, rural) and year.

    An axis that the indicator is not disaggregated by has length one. Amounts have no denominator; their
    numerators are in units of the last decimal.
    """

    numerator: Counts
    denominator: Counts | None

    def summed(self, where: tuple[slice, slice, slice]) -> tuple[Counts, Counts | None]:
        """Totals by year over a block of places, sexes and residences."""
        n = self.numerator[where].sum(axis=(0, 1, 2))
        return n, None if self.denominator is None else self.denominator[where].sum(axis=(0, 1, 2))


def quotient_cells(indicator: Indicator, course: Course, places: Sequence[DemoPlace], seed: int) -> Cells:
    """Cells of a rate or mean: a numerator over a denominator in each."""
    assert indicator.scale is not None
    sizes = np.array([denominators(indicator, place, seed, len(course.level)) for place in places])
    denominator = _split(indicator, places, seed, sizes)
    rates = _rates(indicator, course, places, seed, sizes)
    expected = rates * denominator / float(indicator.scale)
    if is_share(indicator):
        # Thresholds spread evenly over the places: of ten that have one body each, a rate of 40% gives four, not none.
        order = generator(seed, "thresholds", indicator.id).permutation(len(places))
        thresholds = ((order + 0.5) / len(places))[:, None, None, None]
        numerator = np.floor(expected + thresholds + 1e-9).astype(np.int64)
        return Cells(np.minimum(numerator, denominator), denominator)
    numerator = np.rint(expected).astype(np.int64)
    for p, place in enumerate(places):
        rng = generator(seed, "events", indicator.id, place.region.code)
        drawn = rng.poisson(np.minimum(expected[p], _RARE))
        numerator[p] = np.where(expected[p] < _RARE, drawn, numerator[p])
    return Cells(numerator, denominator)


def amount_cells(
    indicator: Indicator, course: Course, places: Sequence[DemoPlace], seed: int, *, each: bool, decimals: int
) -> Cells:
    """Cells of an amount. ``each``: the course is that of a single place, not of all together."""
    own = course.level + _departures(indicator, course, places, seed)
    own = np.maximum(clip(indicator, own), 0) * 10.0**decimals
    if each:
        return Cells(_split(indicator, places, seed, np.rint(own).astype(np.int64)), None)
    people = np.array([p.population for p in places], dtype=np.float64)[:, None]
    weights = np.rint(people * (1 + own / np.maximum(own.mean(), 1e-9))).astype(np.int64)
    totals = np.rint(np.maximum(course.level, 0) * 10.0**decimals).astype(np.int64)
    rows = np.stack([apportion(int(t), weights[:, y]) for y, t in enumerate(totals)], axis=1)
    return Cells(_split(indicator, places, seed, rows), None)


def shifts(indicator: Indicator, course: Course, seed: int) -> tuple[Array, Array]:
    """By how much women and men, and town and country, differ from the whole, as shares of the level: (group, year).

    Differences narrow over the years, but for a few that widen.
    """
    rng = generator(seed, "differences", indicator.id)
    by_sex = float(rng.uniform(0.006, 0.02)) * (1 if rng.random() < 0.5 else -1)
    if indicator.unit is Unit.YUAN:
        by_sex = -0.08 + by_sex  # women earn less than men
    elif is_lifetime(indicator):
        by_sex = 0.03 + by_sex / 8  # and live longer
    elif is_housework(indicator):
        by_sex = 0.4 + by_sex
    by_residence = float(rng.uniform(0.01, 0.05)) * (course.better or 1)
    narrowing = np.linspace(1.2, 0.8, len(course.level))
    sex_course, residence_course = (narrowing[::-1] if rng.random() < _WIDENING else narrowing for _ in range(2))
    none = np.zeros((1, len(course.level)))
    sexes = np.outer([by_sex, -by_sex], sex_course) if "sex" in indicator.disaggregation else none
    residences = (
        np.outer([by_residence, -by_residence], residence_course) if "residence" in indicator.disaggregation else none
    )
    return sexes, residences


def _split(indicator: Indicator, places: Sequence[DemoPlace], seed: int, totals: Counts) -> Counts:
    """Totals (place, year) parted by sex and residence where the indicator is: whole numbers that sum to them."""
    women = float(np.clip(generator(seed, "women", indicator.id).normal(0.497, 0.015), 0.42, 0.58))
    by_sex = [totals]
    if "sex" in indicator.disaggregation:
        first = np.rint(totals * women).astype(np.int64)
        by_sex = [first, totals - first]
    cells = []
    rural = np.array([place.rural for place in places])[:, None]
    for part in by_sex:
        if "residence" in indicator.disaggregation:
            country = np.rint(part * rural).astype(np.int64)
            cells.append(np.stack([part - country, country], axis=1))
        else:
            cells.append(part[:, None, :])
    return np.stack(cells, axis=1)


def _departures(indicator: Indicator, course: Course, places: Sequence[DemoPlace], seed: int) -> Array:
    """How far each place departs from the course, (place, year): a region as a whole does not."""
    rows = [departure(course, seed, p.region.code) if p.is_part else np.zeros(len(course.level)) for p in places]
    return np.array(rows) if len(places) > 1 else np.zeros((1, len(course.level)))


def _rates(indicator: Indicator, course: Course, places: Sequence[DemoPlace], seed: int, sizes: Counts) -> Array:
    """Rates (place, sex, residence, year): they differ, and agree with the region's course on the whole."""
    away = _departures(indicator, course, places, seed)
    if indicator.additive:
        away = away - (sizes / np.maximum(sizes.sum(axis=0), 1) * away).sum(axis=0)
    levels = np.maximum(course.level + within(indicator, course.level, away), 0)[:, None, None, :]
    sexes, residences = shifts(indicator, course, seed)
    by_residence = residences[None, None, :, :]
    if len(residences) > 1:  # weighted so that town and country together depart by nothing
        rural = np.array([place.rural for place in places])
        by_residence = by_residence * (2 * np.stack([rural, 1 - rural], axis=1))[:, None, :, None]
    differences = levels * (sexes[None, :, None, :] + by_residence)
    return clip(indicator, levels + within(indicator, levels, differences))


def fit_quotient(
    numerator: Counts, denominator: Counts, fixed: npt.NDArray[np.bool_], indicator: Indicator, printed: Decimal
) -> float:
    """Change a block of cells of one year, as little as can be, so that its quotient is the printed value.

    Returns by how much the denominators that could be changed have grown, so that other years can follow.

    ``fixed`` marks cells that an earlier printed value has settled; they keep their numbers, and every
    cell of the block is settled afterwards.
    """
    assert indicator.scale is not None
    free = ~fixed
    held_n, held_d, whole = int(numerator[fixed].sum()), int(denominator[fixed].sum()), int(denominator.sum())
    common = float(printed) * whole / float(indicator.scale) >= 1000  # then a fitting size is never far
    reach = min(whole // 2, 50_000) if common else whole // 2
    sizes = np.arange(max(held_d + 1, whole - reach), whole + 4 * reach + 2000, dtype=np.float64)
    tops = np.rint(float(printed) * sizes / float(indicator.scale))
    off = np.abs(tops / sizes * float(indicator.scale) - float(printed))
    fits = (off < 0.499 * 10.0 ** -decimals_of(printed)) & (tops >= held_n)
    if is_share(indicator):
        fits &= tops - held_n <= sizes - held_d
    if not free.any() or not fits.any():
        raise ValueError(f"no whole numbers give {printed} for {indicator.id}")
    best = int(np.argmin(np.where(fits, np.abs(sizes - whole), np.inf)))
    growth = (float(sizes[best]) - held_d) / max(whole - held_d, 1)
    denominator[free] = apportion(int(sizes[best]) - held_d, denominator[free])
    weights = numerator[free] if numerator[free].any() else denominator[free]
    caps = denominator[free] if is_share(indicator) else None
    numerator[free] = apportion(int(tops[best]) - held_n, weights, caps)
    fixed[...] = True
    return growth


def grow(numerator: Counts, denominator: Counts, fixed: npt.NDArray[np.bool_], growth: float) -> None:
    """Let the years that nothing printed settles grow with the one that was: no leap in the number of people.

    Rare events stay as drawn.
    """
    free = ~fixed
    denominator[free] = np.rint(denominator[free] * growth).astype(np.int64)
    larger = free & (numerator >= _RARE)
    numerator[larger] = np.rint(numerator[larger] * growth).astype(np.int64)


def fit_amount(numerator: Counts, fixed: npt.NDArray[np.bool_], total: int) -> None:
    """Change a block of amounts of one year so that it sums to the printed total."""
    free = ~fixed
    numerator[free] = apportion(total - int(numerator[fixed].sum()), numerator[free])
    fixed[...] = True


def apportion(total: int, weights: Counts, caps: Counts | None = None) -> Counts:
    """Whole numbers in proportion to ``weights`` that sum to ``total``, none above its cap (largest remainders)."""
    wanted = [int(w) for w in weights]
    limits = [total] * len(wanted) if caps is None else [int(c) for c in caps]
    if not any(wanted):
        wanted = limits if caps is not None and any(limits) else [1] * len(wanted)
    whole = sum(wanted)
    parts = [min(total * w // whole, limit) for w, limit in zip(wanted, limits, strict=True)]
    order = sorted(range(len(parts)), key=lambda i: -(total * wanted[i] % whole))
    while (left := total - sum(parts)) > 0:
        open_ = [i for i in order if parts[i] < limits[i]]
        if not open_:
            raise ValueError("the caps leave no room for the total")
        step = max(1, left // len(open_))
        for i in open_[: max(1, left // step)]:
            parts[i] += min(step, limits[i] - parts[i])
    return np.array(parts, dtype=np.int64)
