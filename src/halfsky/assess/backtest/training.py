"""Fitting the network's weights: windows of a panel in, :class:`~halfsky.assess.network.Weights` out.

Mini-batch Adam (Kingma and Ba 2015) with decoupled weight decay, gradients written out by hand; every case is
also shown reflected (see :mod:`halfsky.assess.features`). The members differ in their seed only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from halfsky.assess import features as feature
from halfsky.assess import network, scales
from halfsky.assess.backtest import cases
from halfsky.assess.backtest.panel import Panel
from halfsky.assess.network import HORIZONS, LEVELS, Singles, Weights
from halfsky.assess.scales import Floats, Ints

LENGTHS = (4, 5, 6, 7, 8, 10, 12)  # more than are scored: a plan's series have any length


@dataclass(frozen=True)
class Recipe:
    """How the weights are fitted."""

    hidden: int = 24
    members: int = 3
    epochs: int = 16
    batch: int = 1024
    rate: float = 3e-3
    decay: float = 3e-2
    dropout: float = 0.1  # of features: none of them may be indispensable
    per_cell: int = 300
    seed: int = 20


@dataclass(frozen=True)
class Examples:
    """Standardised features (N, F), changes (N, H) with NaN where unknown, and weights (N,)."""

    features: Singles
    changes: Singles
    weights: Singles
    indicator: Ints


def examples(panel: Panel, per_cell: int, rng: np.random.Generator) -> Examples:
    """Examples of every length, some of them without peers, so that a lonely series is no stranger."""
    found = [_of_length(panel, length, per_cell, rng, alone=False) for length in LENGTHS]
    found += [_of_length(panel, length, max(per_cell // 8, 1), rng, alone=True) for length in LENGTHS]
    return Examples(
        np.concatenate([e.features for e in found]),
        np.concatenate([e.changes for e in found]),
        np.concatenate([e.weights for e in found]),
        np.concatenate([e.indicator for e in found]),
    )


def _of_length(panel: Panel, length: int, per_cell: int, rng: np.random.Generator, *, alone: bool) -> Examples:
    w = cases.windows(panel, length)
    chosen = cases.sample(panel, w, per_cell, rng).any(axis=1)
    pool = w.pool
    if alone:
        rows = np.flatnonzero(chosen)
        w = cases.Windows(length, w.values[rows], w.future[rows], w.series[rows], np.arange(len(rows)),
                          w.origin[rows], w.full[rows])  # fmt: skip
        pool, chosen = w.pool, np.ones(len(rows), dtype=bool)
    scale, top = panel.scale[w.series], panel.top[w.series]
    offset = scales.offsets(w.values, pool, scale, top)
    z = scales.forward(w.values.T, scale, top, offset)
    low = scales.forward(np.zeros(len(pool)), scale, top, offset)
    high = scales.forward(top, scale, top, offset)
    low, high = np.where(scale == 0, -np.inf, low), np.where(scale == scales.LOGIT, high, np.inf)
    s = feature.summarise(z, np.arange(length))
    made, unit = feature.features(s, feature.gather(s, pool, int(pool.max()) + 1), pool, low, high)
    future = scales.forward(w.future.T, scale, top, offset).T
    rows = np.flatnonzero(chosen & (unit > 1e-9))
    changes = (future[rows] - s.last[rows, None]) / unit[rows, None]
    indicator = panel.indicator[w.series[rows]]
    return Examples(
        made[rows].astype(np.float32),
        np.clip(changes, -60, 60).astype(np.float32),
        np.ones(len(rows), dtype=np.float32) / np.float32(1 if not alone else 1),
        indicator,
    )


def fit(found: Examples, recipe: Recipe = Recipe()) -> Weights:
    """Fit the members and stack them."""
    mean = found.features.mean(axis=0)
    mean[feature.ODD] = 0.0
    spread = np.sqrt(((found.features - mean) ** 2).mean(axis=0)) + np.float32(1e-3)
    x = (found.features - mean) / spread
    members = [_member(x, found, recipe, np.random.default_rng([recipe.seed, m])) for m in range(recipe.members)]
    stacked = [np.stack([m[i] for m in members]) for i in range(6)]
    return Weights(mean, spread, *stacked)


def _member(x: Singles, found: Examples, recipe: Recipe, rng: np.random.Generator) -> list[Singles]:
    sizes = (x.shape[1], recipe.hidden, recipe.hidden, len(HORIZONS) * len(LEVELS))
    parameters: list[Singles] = []
    for fan_in, fan_out in zip(sizes, sizes[1:], strict=False):
        parameters += [
            (rng.standard_normal((fan_in, fan_out)) / np.sqrt(fan_in)).astype(np.float32),
            np.zeros(fan_out, dtype=np.float32),
        ]
    parameters[4] *= np.float32(0.3)
    first = [np.zeros_like(p) for p in parameters]
    second = [np.zeros_like(p) for p in parameters]
    sign = np.where(feature.ODD, -1, 1).astype(np.float32)
    total = recipe.epochs * (len(x) // recipe.batch)
    step = 0
    for _ in range(recipe.epochs):
        order = rng.permutation(len(x))
        for start in range(0, len(x) - recipe.batch + 1, recipe.batch):
            rows = order[start : start + recipe.batch]
            flip = np.where(rng.random(len(rows)) < 0.5, np.float32(-1), np.float32(1))
            batch = np.where((flip < 0)[:, None], x[rows] * sign, x[rows])
            batch = batch * (rng.random(batch.shape) >= recipe.dropout).astype(np.float32)
            gradients = _gradients(parameters, batch, found.changes[rows] * flip[:, None], found.weights[rows])
            step += 1
            rate = recipe.rate * 0.5 * (1 + np.cos(np.pi * step / total)) * min(1.0, step / 50)
            for i, gradient in enumerate(gradients):
                first[i] += 0.1 * (gradient - first[i])
                second[i] += 0.01 * (gradient * gradient - second[i])
                move = first[i] / (1 - 0.9**step) / (np.sqrt(second[i] / (1 - 0.99**step)) + 1e-8)
                parameters[i] -= np.float32(rate) * (move + recipe.decay * parameters[i] * (i % 2 == 0))
    # Dropout shrinks what the first layer sees; without it the same sums must come out.
    parameters[0] *= np.float32(1 - recipe.dropout)
    return parameters


def _gradients(parameters: list[Singles], x: Singles, y: Singles, weights: Singles) -> list[Singles]:
    """Gradient of the mean pinball loss in each parameter."""
    w1, b1, w2, b2, w3, b3 = parameters
    h1 = np.tanh(x @ w1 + b1)
    h2 = np.tanh(h1 @ w2 + b2)
    raw = (h2 @ w3 + b3).reshape(len(x), len(HORIZONS), len(LEVELS))
    median, distance = network.parts(raw.reshape(len(x), -1))
    q = network.knots(median, distance)
    known = ~np.isnan(y)
    # Of max(τ(y − q), (τ − 1)(y − q)): the slope in q is (y < q) − τ. Large units must not drown small ones.
    slope = ((np.where(known, y, 0.0)[:, :, None] < q) - LEVELS).astype(np.float32)
    root = np.sqrt(HORIZONS).astype(np.float32)
    slope *= (known * weights[:, None] / root / max(float(known.sum()), 1.0))[:, :, None]
    out = np.empty_like(raw)
    out[:, :, 0] = slope.sum(axis=-1)
    m = network.MIDDLE
    above = np.cumsum(slope[:, :, :m:-1], axis=-1)[:, :, ::-1]
    below = -np.cumsum(slope[:, :, :m], axis=-1)
    widths = np.concatenate([below, above], axis=-1)
    widths = np.cumsum(widths[:, ::-1], axis=1)[:, ::-1]  # later horizons carry earlier ones' distances
    out[:, :, 1:] = widths / (1 + np.exp(-raw[:, :, 1:]))
    flat = out.reshape(len(x), -1)
    d2 = (flat @ w3.T) * (1 - h2 * h2)
    d1 = (d2 @ w2.T) * (1 - h1 * h1)
    return [x.T @ d1, d1.sum(axis=0), h1.T @ d2, d2.sum(axis=0), h2.T @ flat, flat.sum(axis=0)]
