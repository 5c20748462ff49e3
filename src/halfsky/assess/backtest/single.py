"""What a single series can say of itself: the methods that the kernel must beat, tuned as well as they can be.

All of them look at one window only, but for the noise, which may be pooled: few would tell noise from five figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy import special, stats

from halfsky.assess import scales
from halfsky.assess.backtest.panel import Panel
from halfsky.assess.backtest.protocol import INTERVALS, Answer, Batch, Fitter, Method, Protocol, batches
from halfsky.assess.scales import Floats, Ints


@dataclass(frozen=True)
class Drift:
    """A smoothed level and a drift, the own mean change shrunk towards none and damped; noise shrunk to the pool's."""

    own: float = 4.0  # years that the series needs for its drift to weigh half; inf: a random walk
    damping: float = 0.9
    growth: float = 0.5  # the spread grows with the years ahead to this power
    width: float = 1.0
    pooled: float = 4.0  # changes that the pooled noise counts for; 0: own noise only
    freedom: float = 6.0
    back: float = 0.0  # how far the level lies from the last value towards the window's mean


def drift(chosen: Drift) -> Method:
    """Ask a damped drift. Student's t around it, on the scale of the indicator."""

    def ask(batch: Batch) -> Answer:
        centre, spread, offset = _moments(batch, chosen)
        rows = batch.row
        scale, top = batch.scale[rows], batch.top[rows]
        bounds = scales.forward(batch.targets, scale[:, None], top[:, None], offset[:, None])
        below = special.stdtr(chosen.freedom, (bounds - centre[:, None]) / spread[:, None])
        reach = special.stdtrit(chosen.freedom, np.array(INTERVALS))
        quantiles = scales.backward(
            centre[:, None] + spread[:, None] * reach, scale[:, None], top[:, None], offset[:, None]
        )
        return Answer(np.where(batch.upward[:, None], 1 - below, below), quantiles)

    return ask


def _moments(batch: Batch, chosen: Drift) -> tuple[Floats, Floats, Floats]:
    offset = scales.offsets(batch.values, batch.pool, batch.scale, batch.top)
    z = scales.forward(batch.values, batch.scale[:, None], batch.top[:, None], offset[:, None])
    change = np.diff(z, axis=1)
    known = ~np.isnan(change)
    square = np.where(known, change**2, 0.0).sum(axis=1)
    count = known.sum(axis=1)
    pooled = _pooled(square, count, batch.pool)
    variance = np.divide(square + chosen.pooled * pooled, count + chosen.pooled, out=pooled.copy(), where=count > 0)
    rows = batch.row
    steps = batch.values.shape[1] - 1
    own = (z[rows, -1] - z[rows, 0]) / steps * steps / (steps + chosen.own)
    ahead = batch.ahead.astype(float)
    d = chosen.damping
    damped = ahead if d == 1 else d * (1 - d**ahead) / (1 - d)
    spread = chosen.width * np.sqrt(variance[rows]) * ahead**chosen.growth
    level = z[rows, -1] + chosen.back * (z[rows].mean(axis=1) - z[rows, -1])
    return level + damped * own, np.maximum(spread, 1e-9), offset[rows]


def _pooled(square: Floats, count: Ints, pool: Ints) -> Floats:
    pools = int(pool.max()) + 1
    number = np.bincount(pool, count, pools)
    return np.asarray(np.divide(np.bincount(pool, square, pools), number, out=np.zeros(pools), where=number > 0)[pool])


def fit_drift(panel: Panel, protocol: Protocol) -> Method:
    """The drift whose constants have the least Brier score on a panel, by trying a grid one axis pair at a time."""
    asked = list(batches(panel, Protocol(**{**vars(protocol), "per_cell": min(protocol.per_cell, 40)})))

    def loss(candidate: Drift) -> float:
        method, total, count = drift(candidate), 0.0, 0
        for batch in asked:
            error = (method(batch).probability - batch.met) ** 2
            total, count = total + float(np.nansum(error)), count + int((~np.isnan(error)).sum())
        return total / count

    best = Drift()
    for _ in range(2):
        for own, damping in product((2.0, 4.0, 8.0, 16.0, 64.0), (0.7, 0.85, 0.95)):
            best = min(best, Drift(**{**vars(best), "own": own, "damping": damping}), key=loss)
        for back, damping in product((0.0, 0.15, 0.3, 0.45, 0.6), (0.7, 0.85, 0.95)):
            best = min(best, Drift(**{**vars(best), "back": back, "damping": damping}), key=loss)
        for growth, width in product((0.1, 0.2, 0.3, 0.4, 0.5), (0.7, 0.85, 1.0, 1.2)):
            best = min(best, Drift(**{**vars(best), "growth": growth, "width": width}), key=loss)
        for pooled, freedom in product((1.0, 3.0, 8.0), (3.0, 5.0, 10.0)):
            best = min(best, Drift(**{**vars(best), "pooled": pooled, "freedom": freedom}), key=loss)
    return drift(best)


def fit_walk(panel: Panel, protocol: Protocol) -> Method:
    """The random walk with normal steps, its noise pooled; nothing to fit."""
    return drift(Drift(own=np.inf, freedom=200.0))


def line(batch: Batch) -> Answer:
    """A straight line by least squares with Student's t prediction intervals (any textbook on regression)."""
    history = batch.history
    n = history.shape[1]
    time = np.arange(n) - (n - 1) / 2
    slope = history @ time / (time @ time)
    mean = history.mean(axis=1)
    residual = history - mean[:, None] - slope[:, None] * time
    noise = np.sqrt((residual**2).sum(axis=1) / (n - 2))
    at = time[-1] + batch.ahead
    centre = mean + slope * at
    spread = np.maximum(noise * np.sqrt(1 + 1 / n + at**2 / (time @ time)), 1e-9)
    below = stats.t.cdf((batch.targets - centre[:, None]) / spread[:, None], n - 2)
    quantiles = centre[:, None] + spread[:, None] * stats.t.ppf(np.array(INTERVALS), n - 2)
    return Answer(np.where(batch.upward[:, None], 1 - below, below), quantiles)


def fit_line(panel: Panel, protocol: Protocol) -> Method:
    """The straight line; nothing to fit."""
    return line


SINGLE: dict[str, Fitter] = {"own-drift": fit_drift, "random-walk": fit_walk, "straight-line": fit_line}
