"""离群与断点: new points that the history without them did not lead to expect, told apart by what came after.

Each new point is held against the forecast of :mod:`halfsky.assess.kernel` from the years before it, all places of the
indicator together. (At ten figures or fewer a z-score cannot exceed (n − 1)/√n, so "z > 3" never fires.) A point that is
far out and went back by the next figure is a spike; one that stayed is a shift; the newest is a jump, not to be told yet. Where
half of the places leave their intervals in the same year on the same side, by more than all have moved together before, it
is a common shift, not one of any place.
A spike found is hidden from the forecasts of later years; nothing is ever taken out of the figures themselves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from halfsky.assess import kernel, scales
from halfsky.assess.scales import Floats, Ints, Scales
from halfsky.assess.wavering import LEAST_EXPECTED, medians

NONE, JUMP, SPIKE, SHIFT, COMMON = 0, 1, 2, 3, 4

POINTS = 5  # of history before the first point that is held against it
YEARS = 5  # the newest years that are looked at
FAR = 0.01  # two-sided probability of a point so far out: outside its 99% interval
COMMON_FAR = 0.05  # … and of each place's in a common shift
COMMON_SHARE = 0.5
COMMON_PLACES = 4
BACK = 0.5  # share of the departure that is left when it counts as gone back
CHANCE = 0.005  # two-sided probability of the count given the median forecast: rarer is no sampling noise
_TINY = 1e-15


@dataclass(frozen=True)
class Departures:
    """What departs where: all arrays (S, Y), ``kind`` :data:`NONE` and the others NaN where nothing does.

    ``expected``, ``low`` and ``high`` are the median and the 99% interval of the history without the point, in the
    unit. ``places`` says how many places were compared in that year, ``share`` for a common shift how large a part of them left
    their 95% intervals on the same side.
    """

    kind: NDArray[np.int8]
    expected: Floats
    low: Floats
    high: Floats
    share: Floats
    places: Ints


def depart(
    values: Floats, years: Ints, pool: Ints, scale: Scales, top: Floats, *, rounding: Floats | None = None,
    numerators: Floats | None = None, denominators: Floats | None = None,
) -> Departures:  # fmt: skip
    """Hold the figures of the last :data:`YEARS` years against the history before each.

    Arrays as in :func:`halfsky.assess.wavering.waver`. ``rounding`` (S,) is the last decimal place of the figures:
    what moves by no more than two of it departs from nothing.
    """
    size, width = values.shape
    kind = np.zeros((size, width), dtype=np.int8)
    expected, low, high, share = (np.full((size, width), np.nan) for _ in range(4))
    places = np.zeros((size, width), dtype=np.int64)
    clean = values.copy()
    pending = np.full(size, -1)  # column of a departure of which it is not known yet whether it stays
    fits: dict[int, kernel.Predictive] = {}
    together = _together(values, pool, scale, top)
    # The years looked at start at the last figure, not at a column that is empty everywhere.
    seen = np.flatnonzero(~np.isnan(values).all(axis=0)) if size else np.zeros(0, dtype=np.int64)
    for column in seen[seen > 0][-YEARS:].tolist():
        value = values[:, column]
        here = ~np.isnan(value)
        for origin in np.unique(pending[here & (pending >= 0)]).tolist():
            rows = np.flatnonzero(here & (pending == origin))
            line = fits[origin].quantile(0.5, int(years[column]))[rows]
            left = _over(value[rows] - line, values[rows, origin] - expected[rows, origin])
            back = rows[left < BACK]
            kind[rows, origin] = np.where(left < BACK, SPIKE, SHIFT)
            clean[back, origin] = np.nan
        settled = here & (pending >= 0)
        pending[settled] = -1
        fit = fits[column] = kernel.fit(clean[:, :column], years[:column], pool, scale, top)
        year = int(years[column])
        able = here & (fit.points >= POINTS) & ~settled
        below = np.where(able, fit.below(np.where(here, value, 0.0), year), 0.5)
        middle, bottom, up = (fit.quantile(q, year) for q in (0.5, 0.005, 0.995))
        moved = np.abs(value - middle) > (0.0 if rounding is None else 2 * rounding) + 1e-9 * np.abs(middle)
        side = np.where(below > 0.5, 1, -1)
        tail = 2 * np.minimum(below, 1 - below)
        common, part, compared = _common(able, moved & (tail < COMMON_FAR), side, pool, together[:, : column + 1])
        alone = able & moved & (tail < FAR) & ~common
        if numerators is not None and denominators is not None:
            alone &= ~_by_chance(value, middle, numerators[:, column], denominators[:, column])
        kind[alone, column] = JUMP
        kind[common, column] = COMMON
        pending[alone] = column
        found = alone | common
        for target, source in ((expected, middle), (low, bottom), (high, up)):
            target[found, column] = source[found]
        share[common, column] = part[common]
        places[found, column] = compared[found]
    return Departures(kind, expected, low, high, share, places)


def _over(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.zeros(len(part)), where=np.abs(whole) > _TINY)


def _common(
    able: NDArray[np.bool_], far: NDArray[np.bool_], side: Ints, pool: Ints, together: Floats
) -> tuple[NDArray[np.bool_], Floats, Ints]:
    """Which series take part in a shift common to their pool, its share of places, and how many were compared; (S,)."""
    pools = int(pool.max()) + 1 if len(pool) else 0
    compared = np.bincount(pool[able], minlength=pools)
    common, part = np.zeros(len(pool), dtype=bool), np.zeros(len(pool))
    unusual = _unusual(together)
    for way in (-1, 1):
        those = able & far & (side == way)
        gone = np.bincount(pool[those], minlength=pools)
        shares = np.divide(gone, compared, out=np.zeros(pools), where=compared > 0)
        shifted = (compared >= COMMON_PLACES) & (shares >= COMMON_SHARE) & unusual
        mine = those & shifted[pool]
        common |= mine
        part[mine] = shares[pool[mine]]
    return common, part, compared[pool]


def _together(values: Floats, pool: Ints, scale: Scales, top: Floats) -> Floats:
    """The median step of each pool's places from one column to the next, on their scale; (P, Y), NaN with few places."""
    pools = int(pool.max()) + 1 if len(pool) else 0
    found = np.full((pools, values.shape[1]), np.nan)
    moved = scales.forward(values, scale[:, None], top[:, None], scales.offsets(values, pool, scale, top)[:, None])
    for column in range(1, values.shape[1]):
        step = moved[:, column] - moved[:, column - 1]
        known = ~np.isnan(step)
        enough = np.bincount(pool[known], minlength=pools) >= COMMON_PLACES
        found[:, column] = np.where(enough, medians(step, pool, known, pools), np.nan)
    return found


def _unusual(together: Floats) -> NDArray[np.bool_]:
    """Whether the last common step lies outside the 99% prediction interval (Student's t) of those before; (P,)."""
    before = together[:, :-1]
    known = ~np.isnan(before)
    number = np.maximum(known.sum(axis=1), 2)
    mean = np.where(known, before, 0.0).sum(axis=1) / number
    square = np.where(known, (before - mean[:, None]) ** 2, 0.0).sum(axis=1) / (number - 1)
    reach = stats.t.ppf(0.995, number - 1) * np.sqrt(square * (1 + 1 / number))
    # With fewer than three steps before nothing is known of what is usual.
    return np.asarray((known.sum(axis=1) >= 3) & (np.abs(together[:, -1] - mean) > reach), dtype=bool)


def _by_chance(value: Floats, middle: Floats, numerators: Floats, denominators: Floats) -> NDArray[np.bool_]:
    """Whether a count as far from the one expected is no rarer than :data:`CHANCE` (binomial, else Poisson); (S,)."""
    with np.errstate(invalid="ignore", divide="ignore"):
        known = (numerators >= 0) & (denominators > 0) & (value > 0) & np.isfinite(middle)
        # The rate that was expected, on the scale of the counts; a figure of zero tells no scale.
        rate = np.where(known, numerators / denominators * np.maximum(middle, 0.0) / value, 0.0)
    n, d = np.where(known, np.rint(numerators), 0.0), np.where(known, np.maximum(np.rint(denominators), 1.0), 1.0)
    part = n <= d
    # Not surer than one event in twenty such years: one thing that was never there, and is now, proves nothing.
    mean = np.maximum(rate * d, LEAST_EXPECTED)
    p = np.clip(mean, LEAST_EXPECTED, d - LEAST_EXPECTED) / d
    under = np.where(part, stats.binom.cdf(n, d, p), stats.poisson.cdf(n, mean))
    over = np.where(part, stats.binom.sf(n - 1, d, p), stats.poisson.sf(n - 1, mean))
    return np.asarray(known & (2 * np.minimum(under, over) >= CHANCE), dtype=bool)
