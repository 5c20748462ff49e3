"""Whole numbers for demonstration data: place × sex × residence × year, from which every total is summed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from halfsky.observations.bounds import is_share
from halfsky.observations.demo_levels import Course, clip, is_lifetime, place_level
from halfsky.observations.demo_places import DemoPlace, generator
from halfsky.observations.numbers import places as decimals_of
from halfsky.plan import Indicator
from halfsky.plan.model import Unit

Counts = npt.NDArray[np.int64]
Array = npt.NDArray[np.float64]

# Words of a denominator → its size as a share of the people. The first that fits holds.
_SIZES: tuple[tuple[tuple[str, ...], float], ...] = (
    (("活产", "出生", "产妇", "孕妇", "孕产", "新生儿", "婚检", "结婚"), 0.0058),
    (("代表", "委员", "领导", "班子", "干部", "董事", "监事", "专家", "法官", "检察官"), 0.0011),
    (
        (
            "村",
            "居委",
            "社区",
            "学校",
            "医院",
            "机构",
            "单位",
            "企业",
            "乡镇",
            "街道",
            "部门",
            "公园",
            "厕位",
            "厕所",
            "场所",
        ),
        0.0006,
    ),
    (("在校", "学生", "学龄", "幼儿", "儿童", "少年", "女童", "入学"), 0.06),
    (("党员", "专业技术", "大学", "研究生", "高校"), 0.04),
    (("就业", "从业", "职工", "劳动"), 0.42),
    (("老年", "60岁", "65岁"), 0.26),
    (("受理", "案件", "申请", "求助", "服务对象", "死亡", "患者"), 0.0015),
    (("床位",), 0.007),
    (("妇女", "女性"), 0.45),
)
_ALL_PEOPLE = 0.94
_SMALLEST = 24
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
    years = len(course.level)
    sizes = np.array([_denominators(indicator, place, seed, years) for place in places])
    denominator = _split(indicator, places, seed, sizes)
    rates = _rates(indicator, course, places, seed, sizes, denominator.shape)
    expected = rates * denominator / float(indicator.scale)
    numerator = np.rint(expected).astype(np.int64)
    if is_share(indicator):
        return Cells(np.minimum(numerator, denominator), denominator)
    for p, place in enumerate(places):
        rng = generator(seed, "events", indicator.id, place.region.code)
        drawn = rng.poisson(np.minimum(expected[p], _RARE))
        numerator[p] = np.where(expected[p] < _RARE, drawn, numerator[p])
    return Cells(numerator, denominator)


def amount_cells(
    indicator: Indicator, course: Course, places: Sequence[DemoPlace], seed: int, *, each: bool, decimals: int
) -> Cells:
    """Cells of an amount. ``each``: the course is that of a single place, not of all together."""
    own = np.array([place_level(course, indicator, seed, p.region.code, len(course.level)) for p in places])
    own = np.maximum(clip(indicator, own), 0) * 10.0**decimals
    if each:
        return Cells(_split(indicator, places, seed, np.rint(own).astype(np.int64)), None)
    people = np.array([p.population for p in places], dtype=np.float64)[:, None]
    weights = np.rint(people * (1 + own / np.maximum(own.mean(), 1e-9))).astype(np.int64)
    totals = np.rint(np.maximum(course.level, 0) * 10.0**decimals).astype(np.int64)
    rows = np.stack([apportion(int(t), weights[:, y]) for y, t in enumerate(totals)], axis=1)
    return Cells(_split(indicator, places, seed, rows), None)


def shifts(indicator: Indicator, course: Course, places: Sequence[DemoPlace], seed: int) -> tuple[Array, Array]:
    """By how much women and men, and town and country, differ from the whole, as a share of the level."""
    rng = generator(seed, "differences", indicator.id)
    by_sex = float(rng.uniform(-0.04, 0.04))
    if indicator.unit is Unit.YUAN:
        by_sex = -0.07 + by_sex  # women earn less than men
    elif is_lifetime(indicator):
        by_sex = 0.03 + by_sex / 8  # and live longer
    by_residence = float(rng.uniform(0.01, 0.07)) * (course.better or 1)
    sexes = np.array([by_sex, -by_sex]) if "sex" in indicator.disaggregation else np.zeros(1)
    residences = np.array([by_residence, -by_residence]) if "residence" in indicator.disaggregation else np.zeros(1)
    return sexes, residences


def _denominators(indicator: Indicator, place: DemoPlace, seed: int, years: int) -> Counts:
    rng = generator(seed, "size", indicator.id, place.region.code)
    words = indicator.denominator.zh if indicator.denominator is not None else ""
    share = next((share for keys, share in _SIZES if any(key in words for key in keys)), _ALL_PEOPLE)
    size = max(place.population * share * float(np.exp(rng.normal(0, 0.06))), _SMALLEST)
    drift = (1 + float(rng.normal(-0.004, 0.004))) ** np.arange(years)
    return np.asarray(np.rint(size * drift), dtype=np.int64)


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


def _rates(
    indicator: Indicator, course: Course, places: Sequence[DemoPlace], seed: int, sizes: Counts, shape: tuple[int, ...]
) -> Array:
    """Rates by cell: places differ, and agree with the region's course on the whole; so do sexes and residences."""
    years = len(course.level)
    if len(places) == 1:
        levels = course.level[None, :]
    else:
        levels = np.array([place_level(course, indicator, seed, p.region.code, years) for p in places])
        weights = sizes / sizes.sum(axis=0)
        levels = levels - (weights * levels).sum(axis=0) + course.level
    sexes, residences = shifts(indicator, course, places, seed)
    factors = 1 + sexes[None, :, None, None] + residences[None, None, :, None]
    return np.asarray(clip(indicator, np.broadcast_to(np.maximum(levels, 0)[:, None, None, :] * factors, shape)))


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
