"""Counts of rare events: exact intervals, funnel limits, shrunk rates and clusters, over arrays of places.

Nothing here knows of plans or figures. Rates are events per unit of exposure (deaths per live birth); P is the
number of places. A place without exposure tells nothing and changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

PRIOR_SPREAD = 0.5  # between places: half-normal prior of the coefficient of variation of true rates, its scale
_SPREADS, _MEANS = 10, 25  # nodes of the integral over the two hyper-parameters
_NEGLIGIBLE = 1e-4  # nodes lighter than this share of the heaviest one are left out
_TABLE = 32  # rates at which a distribution function is tabulated
_BLOCK = 1 << 12  # places whose likelihoods are held at once
_CLUSTER_OF_INTEREST, _BEYOND_DOUBT, _COUNTABLE = 0.05, 1e-12, 200.0  # where the exact scan is worth computing


def poisson_interval(events: Floats, level: float = 0.95) -> tuple[Floats, Floats]:
    """Exact central interval of Poisson means on which ``events`` were counted (Garwood 1936); shapes as ``events``."""
    events = np.asarray(events, dtype=float)
    low = np.where(events > 0, special.gammaincinv(np.maximum(events, 1e-12), (1 - level) / 2), 0.0)
    return low, special.gammaincinv(events + 1, (1 + level) / 2)


def wilson_interval(events: Floats, total: Floats, level: float = 0.95) -> tuple[Floats, Floats]:
    """Score interval of a proportion (Wilson 1927): for counts that are no small share of their denominator.

    NaN where ``total`` is nought.
    """
    events, total = np.asarray(events, dtype=float), np.asarray(total, dtype=float)
    z2 = float(special.ndtri((1 + level) / 2)) ** 2
    n = np.where(total > 0, total, np.nan)
    share = events / n
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = np.sqrt(z2 * (share * (1 - share) / n + z2 / (4 * n * n))) / (1 + z2 / n)
    return np.maximum(middle - half, 0.0), np.minimum(middle + half, 1.0)


def funnel_limits(expected: Floats, level: float = 0.95) -> tuple[Floats, Floats]:
    """Lowest and highest count that are nothing unusual where ``expected`` events are (Spiegelhalter 2005).

    Prediction limits of a Poisson count: a count below the first or above the second lies outside.
    """
    expected = np.asarray(expected, dtype=float)
    return stats.poisson.ppf((1 - level) / 2, expected).clip(0), stats.poisson.ppf((1 + level) / 2, expected).clip(0)


def funnel_curves(rate: float, level: float, reach: float, points: int = 160) -> tuple[Floats, Floats]:
    """The funnel as two lines, each (points, 2) of exposure and rate, out to an exposure of ``reach``.

    They go through the counts of :func:`funnel_limits` read as real numbers: a place lies outside exactly when its
    point is above the upper line or below the lower one. The lower line starts where no event at all is unusual.
    """
    tail = (1 - level) / 2
    most = reach * rate + 6 * np.sqrt(reach * rate) + 6
    counts = most * np.linspace(0.02, 1.0, points) ** 2
    upper = np.column_stack([special.gammaincinv(counts, tail) / rate, counts])
    counts = most * np.linspace(0.0, 1.0, points) ** 2
    lower = np.column_stack([special.gammainccinv(counts + 1, tail) / rate, counts])
    lines = []
    for line in (upper, lower):
        line = line[(line[:, 0] >= reach / 500) & (line[:, 0] <= reach)]
        line[:, 1] /= line[:, 0]
        lines.append(line)
    return lines[0], lines[1]


@dataclass(frozen=True)
class Posterior:
    """What is known of the true rate of each place: a mixture of gamma distributions.

    ``shape`` and ``rate`` have shape (P, K), ``weight`` (K,) sums to one; the K components are values of the
    hyper-parameters, so their uncertainty is carried along.
    """

    shape: Floats
    rate: Floats
    weight: Floats

    def mean(self) -> Floats:
        """The shrunk rate; shape (P,)."""
        return np.asarray((self.shape / self.rate) @ self.weight)

    def below(self, bound: float | Floats) -> Floats:
        """Probability that the true rate is at or below a bound; shape (P,)."""
        bound = np.broadcast_to(np.asarray(bound, dtype=float), self.shape.shape[:1])
        return np.asarray(special.gammainc(self.shape, self.rate * bound[:, None]) @ self.weight).clip(0.0, 1.0)

    def quantiles(self, *probabilities: float) -> list[Floats]:
        """Rates below which the true one lies with these probabilities; one array (P,) each.

        Read off a table of the distribution function between which it is interpolated on the normal scale: true
        to some thousandths of the rate for probabilities between 0.001 and 0.999.
        """
        mean = self.mean()
        each = self.shape / self.rate
        variance = (each * each * (1 + 1 / self.shape)) @ self.weight - mean**2
        usual = mean**2 / np.maximum(variance, 1e-300)
        ends = [special.gammaincinv(usual, p) * mean / usual for p in (1e-5, 1 - 1e-6)]
        low, high = (np.log(np.maximum(end, 1e-300)) for end in ends)
        rates = np.linspace(low - 0.1, high + 0.7, _TABLE, axis=1)
        table = np.stack([self.below(rate) for rate in np.exp(rates).T], axis=1)
        normal = special.ndtri(table.clip(1e-12, 1 - 1e-12))
        rows = np.arange(len(mean))
        found = []
        for z in special.ndtri(np.asarray(probabilities)):
            right = (normal < z).sum(axis=1).clip(1, _TABLE - 1)
            before, after = normal[rows, right - 1], normal[rows, right]
            share = ((z - before) / np.maximum(after - before, 1e-12)).clip(0.0, 1.0)
            found.append(np.exp(rates[rows, right - 1] * (1 - share) + rates[rows, right] * share))
        return found

    def ahead(self, years: float | Floats, drift: float) -> Posterior:
        """The true rates some years later, if they wander by ``drift`` (relative standard deviation) a year.

        The mean stays, the squared coefficient of variation grows by ``drift``² a year: the discounting of counts
        of Harvey and Fernandes (1989), stated as a spread. ``years`` is a number or has shape (P,).
        """
        wander = np.asarray(years, dtype=float).clip(0)[..., None] * drift**2
        shape = 1 / (1 / self.shape + wander)
        return Posterior(shape, self.rate * shape / self.shape, self.weight)

    def predicted_at_most(self, events: Floats, exposure: Floats) -> Floats:
        """Probability of at most so many events in a future exposure (one year, or pooled years); shape (P,)."""
        counts = np.floor(np.asarray(events, dtype=float) + 1e-9)[:, None]
        chance = self.rate / (self.rate + np.asarray(exposure, dtype=float)[:, None])
        at_most = special.betainc(self.shape, np.maximum(counts, 0) + 1, chance)
        return np.where(counts[:, 0] < 0, 0.0, at_most @ self.weight).clip(0.0, 1.0)


def fit(events: Floats, exposure: Floats) -> Posterior:
    """True rates of places that lend each other strength; ``events`` and ``exposure`` have shape (P,).

    Counts are Poisson about exposure times true rate; true rates are gamma distributed with mean m and coefficient of
    variation c (Clayton and Kaldor 1987; the moment estimator of Marshall 1991 is its linear cousin). Both are
    integrated out on a grid: m with Jeffreys' prior for a Poisson rate, c half-normal with scale 0.5, so places that
    do not differ shrink to one rate, and no events anywhere still give a finite upper bound. One place alone is left
    with Jeffreys' gamma posterior, which is what this prior gives for it whatever c. Without any exposure: NaN.
    """
    events, exposure = np.asarray(events, dtype=float), np.asarray(exposure, dtype=float)
    speaking = exposure > 0
    total, whole, places = events[speaking].sum(), exposure[speaking].sum(), int(speaking.sum())
    if places == 0:
        nothing = np.full((len(events), 1), np.nan)
        return Posterior(nothing, nothing, np.ones(1))
    if places == 1:
        shape = np.full((len(events), 1), total + 0.5)
        return Posterior(shape, np.full_like(shape, whole), np.ones(1))
    wider = 2 / np.sqrt(places)
    low = np.log(special.gammaincinv(total + 0.5, 1e-3) / whole) - wider
    high = np.log(special.gammaincinv(total + 0.5, 1 - 1e-4) / whole) + wider
    log_mean, step = np.linspace(low, high, _MEANS, retstep=True)
    spread = PRIOR_SPREAD * special.ndtri((1 + (np.arange(_SPREADS) + 0.5) / _SPREADS) / 2)  # equally likely values
    a, m = (grid.ravel() for grid in np.meshgrid(spread**-2, np.exp(log_mean), indexing="ij"))
    log_weight = 0.5 * np.log(m)
    y, n = events[speaking], exposure[speaking]
    for start in range(0, places, _BLOCK):
        log_weight = log_weight + _log_marginal(y[start : start + _BLOCK], n[start : start + _BLOCK], a, m)
    weight = np.exp(log_weight - log_weight.max())
    kept = weight > _NEGLIGIBLE
    a, m, weight = a[kept], m[kept], weight[kept] / weight[kept].sum()
    shape = np.where(speaking, events, 0.0)[:, None] + a
    rate = np.where(speaking, exposure, 0.0)[:, None] + a / m
    # Between two nodes of the grid the mean varies too: that spread, as far as it reaches a place, is put back.
    between = (a / m / rate * step) ** 2 / 12
    wide = 1 / (1 / shape + between)
    return Posterior(wide, rate * wide / shape, weight)


def _log_marginal(y: Floats, n: Floats, a: Floats, m: Floats) -> Floats:
    """Log negative-binomial likelihood of all places together at each node (K,), without constants of the data."""
    y, n = y[:, None], n[:, None]
    each = special.gammaln(y + a) - special.gammaln(a) + special.xlogy(y, n * m / a) - (y + a) * np.log1p(n * m / a)
    return np.asarray(each.sum(axis=0))


def beyond_chance(events: Floats, expected: Floats, family: Ints, fewer: Bools, level: float) -> Bools:
    """Counts further from what is expected than chance takes any place of their family; all (S,).

    Upwards, downwards where ``fewer``. ``family`` numbers families from nought. Within a family of places that truly
    are as expected, one or more is called so with a probability of at most ``level``. The chance that any place has a
    tail as small as this one's is the product over places of what each can reach (Tarone 1990; the minimum-p method of
    Westfall and Young 1993 for independent counts): a place too small ever to be striking takes nothing from the
    others, as it would by the rules of Bonferroni and Šidák.
    """
    with np.errstate(invalid="ignore"):
        up = np.where(events > 0, special.gammainc(np.maximum(events, 1e-12), expected), 1.0)
        tail = np.where(fewer, special.gammaincc(events + 1, expected), up)
    size = np.bincount(family)
    found = tail * size[family] <= level * (1 + 1e-9)  # Bonferroni's bound suffices
    order = np.flatnonzero((tail <= level * (1 + 1e-9)) & ~found)
    if not len(order):
        return np.asarray(found)
    order = order[np.lexsort((tail[order], family[order]))]  # the doubtful ones, each family's most striking first
    high = np.bincount(family[order], minlength=len(size))
    first, low = np.cumsum(high) - high, np.zeros_like(high)
    last = high.copy()
    while (open_ := low < last).any():
        middle = (low + last) // 2
        bar = np.where(open_, tail[order[np.where(open_, first + middle, 0)]], 0.0)
        rows = np.flatnonzero(open_[family])
        none = np.log1p(-_reachable(bar[family[rows]], expected[rows], fewer[rows]).clip(0, 1 - 1e-15))
        holds = -np.expm1(np.bincount(family[rows], none, len(size))) <= level * (1 + 1e-9)
        low, last = np.where(open_ & holds, middle + 1, low), np.where(open_ & ~holds, middle, last)
    found[order] = np.arange(len(order)) < (first + low)[family[order]]
    return np.asarray(found)


def _reachable(tail: Floats, expected: Floats, fewer: Bools) -> Floats:
    """Probability of a Poisson count whose own tail is at most ``tail``; (S,)."""
    most = stats.poisson.isf(tail * (1 + 1e-9), expected) + 1  # smallest count with such a tail
    least = stats.poisson.ppf(tail * (1 + 1e-9), expected)
    least = np.where(special.gammaincc(least.clip(0) + 1, expected) > tail * (1 + 1e-9), least - 1, least)
    below = np.where(least < 0, 0.0, special.gammaincc(least.clip(0) + 1, expected))
    return np.asarray(np.where(fewer, below, special.gammainc(most, expected)))


@dataclass(frozen=True)
class Scan:
    """The most striking excess of each place; all (P,), NaN where there is no exposure.

    ``years`` is its window. ``alone`` is the probability, at the expected rates, of anything as striking in any window
    of that place; ``anywhere`` that of anything as striking in any window of any place.
    """

    years: Ints
    alone: Floats
    anywhere: Floats


def scan(events: Floats, exposure: Floats, rate: Floats) -> Scan:
    """Whether more events than a rate explains fell in the last one, two … W years of each place.

    ``events`` and ``exposure`` (P, W) hold the newest year first, nought where nothing is known; ``rate`` (P,) is
    what would be expected. Striking is a small Poisson tail probability of a window's count. Windows overlap, so the
    chance of such a tail in any of them is computed exactly, by following the cumulated count window by window and
    dropping the paths that cross; over places, taken as independent, the chances that nothing crosses multiply.
    That is exact where Bonferroni's bound is not: most tails cannot be reached by the few events of a small place.
    Places with nothing striking, something beyond doubt, or very many events get Bonferroni's bound instead, and so
    does ``anywhere`` where more than 0.05 is certain.
    """
    counts = np.cumsum(np.asarray(events, dtype=float), axis=1)
    expected = np.cumsum(np.asarray(exposure, dtype=float), axis=1) * np.asarray(rate, dtype=float)[:, None]
    known = expected[:, -1] > 0
    # P(N ≥ c) for each window; nothing is expected where there is no exposure
    tail = np.where(counts > 0, special.gammainc(np.maximum(counts, 1e-12), expected), 1.0)
    smallest, years = tail.min(axis=1), tail.argmin(axis=1) + 1
    alone = np.minimum(smallest * counts.shape[1], 1.0)
    countable = known & (expected[:, -1] < _COUNTABLE)
    striking = countable & (smallest < _CLUSTER_OF_INTEREST) & (smallest > _BEYOND_DOUBT)
    anywhere = np.minimum(alone * known.sum(), 1.0)
    alone[striking] = _crossing(expected[striking], smallest[striking])
    anywhere[striking] = np.maximum(anywhere[striking], alone[striking])
    whole = expected[known, -1]  # a window of its own: what it alone can reach bounds the chance from below
    order = np.flatnonzero(striking & (alone <= _CLUSTER_OF_INTEREST))
    order = order[np.argsort(smallest[order])]
    low, high = 0, len(order)
    while low < high:
        middle = (low + high) // 2
        least = _reachable(np.full(len(whole), smallest[order[middle]]), whole, np.zeros(len(whole), dtype=bool))
        certain = -np.expm1(np.log1p(-least.clip(0, 1 - 1e-15)).sum()) > _CLUSTER_OF_INTEREST
        low, high = (low, middle) if certain else (middle + 1, high)
    for i in order[:low]:
        chances = np.zeros(len(counts))
        chances[countable] = _crossing(expected[countable], np.full(int(countable.sum()), smallest[i]))
        chances[known & ~countable] = min(smallest[i] * counts.shape[1], 1.0)
        anywhere[i] = -np.expm1(np.log1p(-chances.clip(0, 1 - 1e-15)).sum())
    unknown = np.where(known, 0.0, np.nan)
    return Scan(years.astype(np.int64), alone + unknown, anywhere + unknown)


def _crossing(expected: Floats, tail: Floats) -> Floats:
    """Probability that a cumulated Poisson count has in any window a tail probability of at most ``tail``; (P,)."""
    critical = stats.poisson.isf(tail[:, None] * (1 + 1e-9), expected) + 1  # smallest count with such a tail
    found = np.zeros(len(expected))
    band = np.ceil(np.log2(critical.max(axis=1, initial=1)))  # places of like size are followed together
    for size in np.unique(band):
        rows = np.flatnonzero(band == size)
        found[rows] = _crossing_of_like(expected[rows], critical[rows])
    return found


def _crossing_of_like(expected: Floats, critical: Floats) -> Floats:
    steps = np.diff(expected, axis=1, prepend=0.0)
    counts = np.arange(int(critical.max()))
    logs = special.gammaln(counts + 1)
    paths = np.zeros((len(expected), len(counts)))
    paths[:, 0] = 1.0
    for window in range(expected.shape[1]):
        step = steps[:, window : window + 1]
        more = np.exp(special.xlogy(counts, step) - step - logs)
        after = np.zeros_like(paths)
        for k in counts:
            after[:, k:] += paths[:, : len(counts) - k] * more[:, k : k + 1]
        paths = np.where(counts < critical[:, window : window + 1], after, 0.0)
    return np.asarray((1.0 - paths.sum(axis=1)).clip(0.0, 1.0))
