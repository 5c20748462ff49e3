"""The forecast: many short yearly series at once, each with the distribution of its future values.

A first, honest method; its probabilities are not calibrated. Everything above it needs only
:class:`Predictive`, so that a better kernel replaces :func:`fit` and nothing else.

Each series is a random walk with a damped drift on a scale where its values are unbounded: the logit for
percentages, the logarithm for other positive quantities, else as it is. The drift is the mean yearly
change, shrunk towards the mean drift of the same indicator's other places and that towards zero; its
noise is pooled with theirs; the drift is damped by 0.9 a year (damped drift beat straight lines on short
yearly series: Gardner and McKenzie 1985; our own figures in docs/methods.md).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]

DAMPING = 0.9
OWN_WEIGHT = 4.0  # changes of its own that a series needs to weigh as much as its peers
POOL_WEIGHT = 2.0  # changes that the pooled noise counts for
POOL_SHRINK = 6.0  # peers' changes that their mean drift needs to weigh as much as no drift at all
FLOOR = 1e-6

IDENTITY, LOG, LOGIT = 0, 1, 2


def forward(values: Floats, scale: NDArray[np.int8], top: Floats) -> Floats:
    """To the unbounded scale; ``top`` is the upper bound of logit series (100 for percent). Shapes broadcast."""
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.clip(values / top, 0.0005, 0.9995)
        logit = np.log(share / (1 - share))
        log = np.log(np.maximum(values, FLOOR))
    return np.where(scale == LOGIT, logit, np.where(scale == LOG, log, values))


def backward(values: Floats, scale: NDArray[np.int8], top: Floats) -> Floats:
    """Back to the indicator's unit; exponents are capped so that a wide interval stays finite."""
    capped = np.clip(values, -30.0, 30.0)
    logit = top / (1 + np.exp(-capped))
    return np.where(scale == LOGIT, logit, np.where(scale == LOG, np.exp(capped), values))


@dataclass(frozen=True)
class Predictive:
    """Future values of S series: Student's t on the unbounded scale. All arrays have shape (S,)."""

    last: Floats
    last_year: NDArray[np.int64]
    drift: Floats
    sigma: Floats
    freedom: Floats
    points: NDArray[np.int64]
    scale: NDArray[np.int8]
    top: Floats

    def _at(self, year: NDArray[np.int64] | int) -> tuple[Floats, Floats]:
        ahead = np.maximum(np.asarray(year) - self.last_year, 0).astype(float)
        damped = DAMPING * (1 - DAMPING**ahead) / (1 - DAMPING)
        changes = np.maximum(self.points - 1, 1)
        # A walk's variance grows with the years ahead; not knowing the drift adds its own, damped likewise.
        spread = self.sigma * np.sqrt(ahead + damped**2 / (changes + OWN_WEIGHT))
        return self.last + damped * self.drift, np.maximum(spread, FLOOR)

    def quantile(self, probability: float, year: NDArray[np.int64] | int) -> Floats:
        """The value below which a future value lies with this probability, in the unit; shape (S,)."""
        centre, spread = self._at(year)
        return backward(centre + spread * special.stdtrit(self.freedom, probability), self.scale, self.top)

    def below(self, value: Floats, year: NDArray[np.int64] | int) -> Floats:
        """Probability of lying at or below a value of the unit; shape (S,)."""
        centre, spread = self._at(year)
        bound = forward(value, self.scale, self.top)
        return np.asarray(special.stdtr(self.freedom, (bound - centre) / spread), dtype=float)


def fit(
    values: Floats, years: NDArray[np.int64], pool: NDArray[np.int64], scale: NDArray[np.int8], top: Floats
) -> Predictive:
    """Fit S series observed in Y years.

    ``values`` (S, Y) in the unit, NaN where there is no figure; ``years`` (Y,) rising; ``pool`` (S,) numbers the
    indicator whose places lend each other strength; ``scale`` and ``top`` (S,) as in :func:`forward`.
    A series without figures gets NaN throughout.
    """
    z = forward(values, scale[:, None], top[:, None])
    seen = ~np.isnan(values)
    z = np.where(seen, z, np.nan)
    points = seen.sum(axis=1)
    column = np.where(seen, np.arange(len(years)), -1)
    latest = np.maximum.accumulate(column, axis=1)
    before = np.concatenate([np.full((len(values), 1), -1), latest[:, :-1]], axis=1)
    has_change = seen & (before >= 0)
    rows = np.arange(len(values))[:, None]
    gap = np.where(has_change, years[None, :] - years[np.maximum(before, 0)], 1).astype(float)
    change = np.where(has_change, z - z[rows, np.maximum(before, 0)], 0.0)

    spans = np.where(has_change, gap, 0.0).sum(axis=1)
    count = has_change.sum(axis=1).astype(float)
    total = change.sum(axis=1)
    own = np.divide(total, spans, out=np.zeros_like(total), where=spans > 0)

    pools = int(pool.max()) + 1 if len(pool) else 0
    pool_total, pool_spans = np.bincount(pool, total, pools), np.bincount(pool, spans, pools)
    # Peers only: a series must not lend strength to itself.
    peer_spans = pool_spans[pool] - spans
    peer = np.divide(pool_total[pool] - total, peer_spans + POOL_SHRINK)
    weight = spans / (spans + OWN_WEIGHT)
    drift = weight * own + (1 - weight) * peer

    residual = np.where(has_change, (change - gap * own[:, None]) ** 2 / gap, 0.0).sum(axis=1)
    free = np.maximum(count - 1, 0)
    pool_residual, pool_free = np.bincount(pool, residual, pools), np.bincount(pool, free, pools)
    pooled = np.divide(pool_residual, pool_free, out=np.zeros(pools), where=pool_free > 0)[pool]
    variance = np.divide(
        residual + POOL_WEIGHT * pooled,
        free + POOL_WEIGHT * (pooled > 0),
        out=np.zeros_like(residual),
        where=free + POOL_WEIGHT * (pooled > 0) > 0,
    )

    last_column = np.maximum(latest[:, -1], 0) if len(years) else np.zeros(len(values), dtype=int)
    return Predictive(
        last=z[rows[:, 0], last_column],
        last_year=years[last_column],
        drift=drift,
        sigma=np.sqrt(variance),
        freedom=np.maximum(free + POOL_WEIGHT, 3.0),
        points=points,
        scale=scale,
        top=top,
    )
