"""The forecast: many short yearly series at once, each with the distribution of its future values.

Each series is read on a scale where it moves freely (:mod:`halfsky.assess.scales`); its moves, level and noise are
set against those of the same indicator's other places (:mod:`halfsky.assess.features`); a small network fitted on
some thousand published series of women's development answers with the quantiles of the change to come
(:mod:`halfsky.assess.network`). A place without peers is answered from its own figures: the network has seen
such places too. Scores and limits: docs/methods-kernel.md.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from halfsky.assess import features, network, scales
from halfsky.assess.network import HORIZONS, LEVELS, MIDDLE, Weights
from halfsky.assess.scales import IDENTITY, LOG, LOGIT, Floats, Ints, Scales

__all__ = ["IDENTITY", "LOG", "LOGIT", "Ahead", "Predictive", "fit", "shipped"]

_FLOOR = 1e-9  # of the noise, relative to the level: a series that never moved may still move
_LOG_REACH = np.log(20.0)  # a few noisy years on the log scale allow absurd heights; none of the panel came near
_BLOCK = 1 << 14  # series answered at once: what fits in a processor's cache
_LAST_DAMPING = 0.8  # of what the median still moves, per year beyond the last horizon
_TAIL = np.log(LEVELS[1] / LEVELS[0])  # beyond the outermost quantiles the tails fall exponentially


@cache
def shipped() -> Weights:
    """The constants that come with the package."""
    with files("halfsky.assess").joinpath("constants.npz").open("rb") as stream, np.load(stream) as found:
        return Weights(**{name: found[name] for name in Weights._fields})


@dataclass(frozen=True)
class Predictive:
    """Future values of S series. All arrays have shape (S,) except ``knots`` (H, L, S).

    ``knots`` are the quantiles of the change from the last value in multiples of ``unit``; ``peers`` says how many
    other places of the indicator lent strength.
    """

    last: Floats
    last_year: Ints
    unit: Floats
    knots: NDArray[np.float32]
    points: Ints
    peers: Ints
    scale: Scales
    top: Floats
    offset: Floats

    def take(self, rows: Ints | slice) -> Predictive:
        """The forecasts of some series, in the order of ``rows``."""
        arrays = {f.name: getattr(self, f.name)[..., rows] for f in fields(self)}
        return Predictive(**arrays)

    def at(self, year: Ints | int) -> Ahead:
        """The distribution in one year, or in a year of its own for each series (S,).

        Between the horizons linear, from 0 at the last year. Beyond the last horizon the median moves on ever less, and
        distances grow with the square root of time.
        """
        ahead = np.maximum(np.asarray(year) - self.last_year, 0).astype(float)
        found = np.zeros(self.knots.shape[1:])
        grid = [0.0, *HORIZONS.astype(float), np.inf]
        for i in range(len(HORIZONS)):
            before, here, after = grid[i], grid[i + 1], grid[i + 2]
            rising = (ahead - before) / (here - before)
            falling = 1.0 if np.isinf(after) else (after - ahead) / (after - here)
            weight = np.clip(np.minimum(rising, falling), 0.0, 1.0)
            if weight.any():
                found += weight * self.knots[i]
        beyond = np.maximum(ahead - HORIZONS[-1], 0.0)
        if beyond.any():
            median = self.knots[-1, MIDDLE].astype(float)
            pace = (median - self.knots[-2, MIDDLE]) / (HORIZONS[-1] - HORIZONS[-2])
            moved = median + pace * _LAST_DAMPING * (1 - _LAST_DAMPING**beyond) / (1 - _LAST_DAMPING)
            wider = np.sqrt(1.0 + beyond / HORIZONS[-1])
            found = np.where(beyond > 0, moved + (found - median) * wider, found)
        return Ahead(self, found)

    def quantile(self, probability: float, year: Ints | int) -> Floats:
        """The value below which a future value lies with this probability, in the unit; shape (S,)."""
        return self.at(year).quantile(probability)

    def below(self, value: Floats, year: Ints | int) -> Floats:
        """Probability of lying at or below a value of the unit; shape (S,)."""
        return self.at(year).below(value)


@dataclass(frozen=True)
class Ahead:
    """Future values of S series in one year each: ``steps`` (L, S) are the quantiles in multiples of the unit."""

    of: Predictive
    steps: Floats

    def take(self, rows: Ints) -> Ahead:
        """The distributions of some series, in the order of ``rows``."""
        return Ahead(self.of.take(rows), self.steps[:, rows])

    def quantile(self, probability: float) -> Floats:
        """The value below which the value of the year lies with this probability, in the unit; shape (S,)."""
        lower = int(np.clip(np.searchsorted(LEVELS, probability, side="right") - 1, 0, len(LEVELS) - 2))
        share = (probability - LEVELS[lower]) / (LEVELS[lower + 1] - LEVELS[lower])
        if share <= 1e-9 or probability < LEVELS[0]:
            found = self.steps[lower]
        elif share >= 1 - 1e-9:
            found = self.steps[lower + 1]
        else:
            found = (1 - share) * self.steps[lower] + share * self.steps[lower + 1]
        tail = min(probability, 1 - probability)
        if tail < LEVELS[0]:
            edge, inner = (0, 1) if probability < 0.5 else (-1, -2)
            outward = self.steps[edge] - self.steps[inner]
            found = found + outward * np.log(LEVELS[0] / max(tail, 1e-300)) / _TAIL
        of = self.of
        moved = np.minimum(of.last + of.unit * found, self._reach())
        return scales.backward(moved, of.scale, of.top, of.offset)

    def _reach(self) -> Floats:
        """How far up a quantile of a log series is told: twenty times the last or the typical value; (S,)."""
        with np.errstate(divide="ignore"):
            typical = np.log(self.of.offset / scales.LOG_SHARE)
        return np.where(self.of.scale == LOG, np.maximum(self.of.last, typical) + _LOG_REACH, np.inf)

    def below(self, value: Floats) -> Floats:
        """Probability that the value of the year lies at or below a value of the unit; shape (S,)."""
        of = self.of
        moved = (scales.forward(value, of.scale, of.top, of.offset) - of.last) / of.unit
        out = np.zeros(len(of.last))
        earlier = self.steps[0]
        for level in range(len(LEVELS) - 1):
            later = self.steps[level + 1]
            width = np.maximum(later - earlier, 1e-9)
            out += np.clip((moved - earlier) / width, 0.0, 1.0) * (LEVELS[level + 1] - LEVELS[level])
            if level == 0:
                out += LEVELS[0] * np.exp(np.clip((moved - earlier) / width * _TAIL, -700.0, 0.0))
            if level == len(LEVELS) - 2:
                out += LEVELS[0] * -np.expm1(np.clip((later - moved) / width * _TAIL, -700.0, 0.0))
            earlier = later
        return out


def fit(
    values: Floats, years: Ints, pool: Ints, scale: Scales, top: Floats, weights: Weights | None = None
) -> Predictive:
    """Fit S series observed in Y years.

    ``values`` (S, Y) in the unit, NaN where there is no figure; ``years`` (Y,) rising; ``pool`` (S,) numbers the
    indicator whose places lend each other strength; ``scale`` and ``top`` (S,) as in :mod:`halfsky.assess.scales`.
    ``weights`` are the shipped ones unless a backtest brings its own. A series without figures gets NaN throughout.
    """
    weights = weights or shipped()
    size, pools = len(values), int(pool.max()) + 1 if len(pool) else 0
    offset = scales.offsets(values, pool, scale, top)
    z = np.empty((values.shape[1], size))
    for start in range(0, size, _BLOCK):
        part = slice(start, start + _BLOCK)
        z[:, part] = scales.forward(values[part].T, scale[part], top[part], offset[part])
    starts = range(0, max(size, 1), _BLOCK)
    summary = features.joined([features.summarise(z[:, start : start + _BLOCK], years) for start in starts])
    pooled = features.gather(summary, z, years, pool, pools)
    del z
    unit = np.empty(size)
    knots = np.empty((len(HORIZONS), len(LEVELS), size), dtype=np.float32)
    for start in range(0, size, _BLOCK):
        part = slice(start, start + _BLOCK)
        low, high = limits(scale[part], top[part], offset[part])
        found, unit[part] = features.features(features.part(summary, part), pooled, pool[part], low, high)
        knots[:, :, part] = network.answer(weights, found)
    peers = pooled.places[pool] - (summary.steps > 0) if size else np.zeros(0)
    level = np.abs(np.where(np.isnan(summary.last), 0.0, summary.last))
    return Predictive(
        last=summary.last,
        last_year=years[summary.last_column] if len(years) else np.zeros(size, dtype=np.int64),
        unit=np.maximum(unit, _FLOOR * np.where(level > 0, level, 1.0)),
        knots=knots,
        points=summary.points.astype(np.int64),
        peers=peers.astype(np.int64),
        scale=scale,
        top=top,
        offset=offset,
    )


def limits(scale: Scales, top: Floats, offset: Floats) -> tuple[Floats, Floats]:
    """The bounds of each series on its unbounded scale, infinite where it has none; shape (S,)."""
    low = np.where(scale == IDENTITY, -np.inf, scales.forward(np.zeros(len(top)), scale, top, offset))
    high = np.where(scale == LOGIT, scales.forward(top, scale, top, offset), np.inf)
    return low, high
