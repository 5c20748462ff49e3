"""波动较大: which series swing more than their peers, more than chance, and more than what is at stake.

All arrays are batched: rows are series, columns years. The flag's meaning in one sentence: the figures turned twice or
more, and their spread exceeds what 95% of the places of this indicator show, what chance explains (dispersion test,
p < 0.01), and the step still required. Its error rates: docs/methods.md, from ``benchmarks/volatility.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from halfsky.assess import scales
from halfsky.assess.scales import Floats, Ints, Scales

Truths = NDArray[np.bool_]

LEFT_OUT = 2  # a single spike makes two large changes; what is left out is no swing
FEWEST_CHANGES = 5
FEWEST_PEERS = 3  # with fewer other places there is nothing to compare with …
ALONE = 2.0  # … and the spread must be twice what is at stake
TURNS = 2
CHANCE = 0.01  # level of the dispersion test
_EXCEEDED = 0.95  # share of places that swing less
_SPREAD_BETWEEN = 0.45  # how far places of one indicator differ in log spread: the median indicator of our panel
_PRIOR_PLACES = 3.0  # places that weigh as much as that
_SOFT = 0.1  # share of the pool's mean spread that keeps the logarithm of a still place finite
LEAST_EXPECTED = 0.05  # events expected in a year are taken as no fewer
_MAD_TO_SIGMA = 1.4826

# Of m changes of pure noise around a level: mean of the trimmed spread as a share of their standard deviation, and
# standard deviation of its logarithm. Simulated, 100,000 series for each m (benchmarks/volatility.py --constants).
_CHANGES = np.array([5, 6, 7, 8, 9, 10, 12, 15, 20, 30], dtype=float)
_SHARE = np.array([0.303, 0.426, 0.437, 0.499, 0.510, 0.546, 0.581, 0.612, 0.654, 0.694])
_UNSURE = np.array([0.742, 0.593, 0.485, 0.437, 0.388, 0.362, 0.315, 0.271, 0.227, 0.179])


@dataclass(frozen=True)
class Wavering:
    """How S series swing; all arrays (S,), NaN where nothing can be said.

    ``spread`` is the robust standard deviation of the yearly changes around their median, in the unit; ``ratio`` that
    on the scale where places are comparable, as a multiple of the pool's typical one; ``limit`` the ratio that 95% of
    places stay below; ``peers`` the number of other places compared with. ``dispersion`` is the spread of the counts
    behind the figures around a straight line as a multiple of what chance explains, ``chance`` its p-value.
    """

    spread: Floats
    ratio: Floats
    limit: Floats
    peers: Ints
    dispersion: Floats
    chance: Floats
    turns: Ints
    changes: Ints

    def take(self, rows: Ints | slice) -> Wavering:
        """That of some series, in the order of ``rows``."""
        return Wavering(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})

    def wide(self, stake: Floats, rounding: Floats | float = 0.0) -> Truths:
        """Beyond the other places and beyond ``stake`` (S,), the step or margin in the unit; chance not asked yet.

        ``rounding`` (S,) is the last decimal place that figures are printed with: what they do not show is no swing.
        """
        compared = self.peers >= FEWEST_PEERS
        with np.errstate(invalid="ignore"):
            far = self.spread > np.where(compared, stake, ALONE * stake)
            beyond = ~compared | (self.ratio > self.limit)
        swinging = (self.turns >= TURNS) & (self.changes >= FEWEST_CHANGES)
        return np.asarray(swinging & far & beyond & (self.spread > rounding), dtype=bool)

    def by_chance(self) -> Truths:
        """Where counts are known and chance alone explains their spread."""
        with np.errstate(invalid="ignore"):
            return np.asarray(self.chance >= CHANCE, dtype=bool)

    def volatile(self, stake: Floats, rounding: Floats | float = 0.0) -> Truths:
        """Which series are flagged 波动较大."""
        return self.wide(stake, rounding) & ~self.by_chance()


def waver(
    values: Floats, years: Ints, pool: Ints, scale: Scales, top: Floats,
    numerators: Floats | None = None, denominators: Floats | None = None,
) -> Wavering:  # fmt: skip
    """How S series observed in Y years swing.

    ``values`` (S, Y) in the unit, NaN where there is no figure; ``years`` (Y,) rising; ``pool`` (S,) numbers the
    indicator; ``scale`` and ``top`` as in :mod:`halfsky.assess.scales`; ``numerators`` and ``denominators`` (S, Y) are
    the counts behind the figures, NaN where unknown.
    """
    moved = scales.forward(
        values, scale[:, None], top[:, None], scales.offsets(values, pool, scale, top)[:, None]
    )  # fmt: skip
    steps = _steps(values, years)
    spread, changes = _spreads(values, steps)
    ratio, limit, peers = _among_peers(_spreads(moved, _steps(moved, years))[0], changes, pool)
    if numerators is None or denominators is None:
        dispersion = chance = np.full(len(values), np.nan)
    else:
        dispersion, chance = disperse(numerators, denominators, years)
    return Wavering(spread, ratio, limit, peers, dispersion, chance, _turns(steps[0]), changes)


def _before(values: Floats) -> Ints:
    """For each cell the column of the last figure before it in its row, -1 where there is none; (S, Y)."""
    columns = np.where(np.isnan(values), -1, np.arange(values.shape[1]))
    running = np.maximum.accumulate(columns, axis=1)
    return np.concatenate([np.full((len(values), 1), -1), running[:, :-1]], axis=1)


def _steps(values: Floats, years: Ints) -> tuple[Floats, Floats]:
    """Change since the figure before and the years between, (S, Y) each, NaN where there is none."""
    if not np.isnan(values).any():  # whole series, as most are where there are many
        first = np.full((len(values), 1), np.nan)
        between = np.broadcast_to(np.diff(years, prepend=years[:1]).astype(float), values.shape)
        return np.concatenate([first, np.diff(values, axis=1)], axis=1), between
    before = _before(values)
    change = values - np.take_along_axis(values, np.maximum(before, 0), axis=1)
    between = (years - years[np.maximum(before, 0)]).astype(float)
    none = (before < 0) | np.isnan(values)
    return np.where(none, np.nan, change), np.where(none, np.nan, between)


def _middle(ordered: Floats, count: Ints) -> Floats:
    """The median of each row of rising values of which ``count`` (S,) come before the NaNs."""
    low, high = np.maximum(count - 1, 0) // 2, count // 2
    high = np.minimum(high, ordered.shape[1] - 1)
    pair = np.take_along_axis(ordered, np.stack([low, high], axis=1), axis=1)
    return np.where(count > 0, pair.mean(axis=1), np.nan)


def _spreads(values: Floats, steps: tuple[Floats, Floats]) -> tuple[Floats, Ints]:
    """Robust standard deviation of the yearly changes around their median, and the number of changes; (S,) each.

    The mean distance of the changes from their median, the two largest left out, so that one spike counts for nothing;
    divided by what it is for noise of standard deviation one. About as sure of itself from 9 changes as 1.4826 · MAD
    from 13. A change over several years counts by the root of their number. NaN below :data:`FEWEST_CHANGES`.
    """
    if not values.size:
        return np.full(len(values), np.nan), np.zeros(len(values), dtype=np.int64)
    change, between = steps
    count = (~np.isnan(change)).sum(axis=1)
    pace = _middle(np.sort(change / between, axis=1), count)
    away = np.sort(np.abs(change - pace[:, None] * between) / np.sqrt(between), axis=1)
    kept = np.maximum(count - LEFT_OUT, 1)
    inner = np.where(np.arange(values.shape[1]) < kept[:, None], away, 0.0).sum(axis=1) / kept
    # Below the rounding of the figures themselves a change is none: 0.3 − 0.2 is not quite 0.2 − 0.1.
    size = np.nanmax(np.abs(np.where(np.isnan(values), 0.0, values)), axis=1)
    found = np.where(inner > 1e-9 * size, inner, 0.0) / np.interp(count, _CHANGES, _SHARE)
    return np.where(count >= FEWEST_CHANGES, found, np.nan), count


def _turns(change: Floats) -> Ints:
    """How often each series changed its direction, standing still left out; (S,). ``change`` (S, Y) as of ``_steps``."""
    if not change.size:
        return np.zeros(len(change), dtype=np.int64)
    way = np.sign(change)
    way[way == 0] = np.nan
    before = _before(way)
    last = np.take_along_axis(way, np.maximum(before, 0), axis=1)
    return np.asarray(((before >= 0) & ~np.isnan(way) & (last != way)).sum(axis=1), dtype=np.int64)


def _among_peers(spread: Floats, changes: Ints, pool: Ints) -> tuple[Floats, Floats, Ints]:
    """Ratio to the pool's typical spread, the ratio that 95% of places stay below, the number of peers; (S,) each.

    Logarithms of spreads vary among places by τ, and by what so few changes leave unsure. τ is the robust one of the
    pool, shrunk towards that of the median indicator where places are few.
    """
    known = ~np.isnan(spread)
    pools = int(pool.max()) + 1 if len(pool) else 0
    number = np.bincount(pool[known], minlength=pools)
    total = np.bincount(pool[known], spread[known], pools)
    mean = np.divide(total, number, out=np.zeros(pools), where=number > 0)
    alive = known & (mean[pool] > 0)
    logs = np.log(np.where(alive, spread + _SOFT * mean[pool], 1.0))
    unsure = np.interp(changes, _CHANGES, _UNSURE)
    middle = medians(logs, pool, alive, pools)
    between = (_MAD_TO_SIGMA * medians(np.abs(logs - middle[pool]), pool, alive, pools)) ** 2
    sampled = np.divide(
        np.bincount(pool[alive], unsure[alive] ** 2, pools), number, out=np.zeros(pools), where=number > 0
    )
    between = np.nan_to_num(np.maximum(between - sampled, 0.0))
    shrunk = (number * between + _PRIOR_PLACES * _SPREAD_BETWEEN**2) / (number + _PRIOR_PLACES)
    quantile = stats.t.ppf(_EXCEEDED, number + _PRIOR_PLACES - 1)
    width = np.sqrt((shrunk[pool] + unsure**2) * (1 + 1 / np.maximum(number[pool], 1)))
    peers = np.where(known, np.maximum(number[pool] - 1, 0), 0)
    ratio = np.where(alive, np.exp(logs - middle[pool]), np.nan)
    return ratio, np.where(alive, np.exp(quantile[pool] * width), np.nan), peers


def medians(values: Floats, pool: Ints, known: Truths, pools: int) -> Floats:
    """The median of each pool's known values, NaN where it has none; (P,)."""
    if not known.any():
        return np.full(pools, np.nan)
    value, where = values[known], pool[known]
    ordered = value[np.lexsort((value, where))]
    number = np.bincount(where, minlength=pools)
    start = np.concatenate([[0], np.cumsum(number)[:-1]])
    low = np.minimum(start + np.maximum(number - 1, 0) // 2, len(ordered) - 1)
    high = np.minimum(start + number // 2, len(ordered) - 1)
    return np.where(number > 0, (ordered[low] + ordered[high]) / 2, np.nan)


def disperse(numerators: Floats, denominators: Floats, years: Ints) -> tuple[Floats, Floats]:
    """Spread of counts around a straight line as a multiple of chance, and the p-value of chance alone; (S,) each.

    Pearson's X² against a rate that moves in a straight line (weights: the denominators), binomial where the counts are
    part of the denominators, else Poisson. Its null distribution is a gamma distribution with the mean and variance
    that X² has for counts so small (each term has variance 2 + 1/expected): the χ² distribution is too narrow there.
    NaN with fewer than six years of counts; without any event chance explains everything.
    """
    with np.errstate(invalid="ignore"):
        known = ~np.isnan(numerators) & (denominators > 0) & (numerators >= 0)
    n, d = np.where(known, numerators, 0.0), np.where(known, denominators, 0.0)
    exposure, count = d.sum(axis=1), known.sum(axis=1)
    whole = np.maximum(exposure, 1e-300)
    rate = n.sum(axis=1) / whole
    when = years - (d * years).sum(axis=1, keepdims=True) / whole[:, None]
    square = (d * when**2).sum(axis=1)
    slope = (when * (n - d * rate[:, None])).sum(axis=1) / np.maximum(square, 1e-300)
    expected = np.maximum(d * (rate[:, None] + np.where(square > 0, slope, 0.0)[:, None] * when), LEAST_EXPECTED)
    part = (n <= d).all(axis=1, keepdims=True)
    missing = np.maximum(d - expected, LEAST_EXPECTED)
    variance = np.where(part, expected * np.minimum(missing / np.maximum(d, LEAST_EXPECTED), 1.0), expected)
    free = np.maximum(count - 2, 1)
    found = np.where(known, (n - expected) ** 2 / variance, 0.0).sum(axis=1)
    more = np.where(known, 1 / variance, 0.0).sum(axis=1) * free / np.maximum(count, 1)
    width = 2.0 * free + more
    p = stats.gamma.sf(found, free**2 / width, scale=width / free)
    enough = count > FEWEST_CHANGES
    p = np.where(n.sum(axis=1) > 0, p, 1.0)
    return np.where(enough, np.sqrt(found / free), np.nan), np.where(enough, p, np.nan)
