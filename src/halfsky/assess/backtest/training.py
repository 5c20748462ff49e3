"""Fitting the network's weights: windows of a panel in, :class:`~halfsky.assess.network.Weights` out.

Mini-batch Adam (Kingma and Ba 2015) with decoupled weight decay, gradients written out by hand; every case is
also shown reflected (see :mod:`halfsky.assess.features`). Each member is fitted on part of the indicator families
only: their mean carries over better to indicators never seen, and the families that a member has not seen
tell how much wider the quantiles must be to be honest about a new indicator. A family weighs by the root of its
examples: what is asked for are families never met, and a large one says less of them than many small ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from halfsky.assess import features as feature
from halfsky.assess import kernel, network, scales
from halfsky.assess.backtest import cases
from halfsky.assess.backtest.panel import Panel
from halfsky.assess.network import HORIZONS, LEVELS, Singles, Weights
from halfsky.assess.scales import Ints

LENGTHS = (4, 5, 6, 7, 8, 10, 12)  # more than are scored: a plan's series have any length


@dataclass(frozen=True)
class Recipe:
    """How the weights are fitted."""

    hidden: int = 24
    members: int = 6
    share: float = 0.7  # of the families that each member is fitted on
    epochs: int = 12
    batch: int = 1024
    rate: float = 3e-3
    decay: float = 3e-2
    dropout: float = 0.1  # of features: none of them may be indispensable
    per_cell: int = 300
    seed: int = 20


@dataclass(frozen=True)
class Examples:
    """Features (N, F), standardised changes (N, H) with NaN where unknown, and the family (N,) as a number."""

    features: Singles
    changes: Singles
    family: Ints

    @property
    def weight(self) -> Singles:
        """What each example weighs, (N,), 1 on average: of twice as large a family √2 times as much is heard."""
        _, index, count = np.unique(self.family, return_inverse=True, return_counts=True)
        weight = 1.0 / np.sqrt(count[index])
        return np.asarray(weight / weight.mean(), dtype=np.float32)


def examples(panel: Panel, per_cell: int, rng: np.random.Generator) -> Examples:
    """Examples of every length, some of them without peers, so that a lonely series is no stranger."""
    found = [_of_length(panel, length, per_cell, rng, alone=False) for length in LENGTHS]
    found += [_of_length(panel, length, max(per_cell // 2, 1), rng, alone=True) for length in LENGTHS]
    return Examples(
        np.concatenate([e.features for e in found]),
        np.concatenate([e.changes for e in found]),
        np.concatenate([e.family for e in found]),
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
    low, high = kernel.limits(scale, top, offset)
    s = feature.summarise(z, np.arange(length))
    made, unit = feature.features(
        s, feature.gather(s, z, np.arange(length), pool, int(pool.max()) + 1), pool, low, high
    )
    future = scales.forward(w.future.T, scale, top, offset).T
    rows = np.flatnonzero(chosen & (unit > 1e-9))
    changes = (future[rows] - s.last[rows, None]) / unit[rows, None]
    families = {name: number for number, name in enumerate(sorted(set(panel.families)))}
    family = np.array([families[name] for name in panel.families])[panel.indicator[w.series[rows]]]
    return Examples(made[:, rows].T, np.clip(changes, -60, 60).astype(np.float32), family)


def fit(found: Examples, recipe: Recipe = Recipe()) -> Weights:
    """Fit the members, each on its share of the families, and widen their mean by what the others teach."""
    mean = found.features.mean(axis=0)
    mean[feature.ODD] = 0.0
    spread = np.sqrt(((found.features - mean) ** 2).mean(axis=0)) + np.float32(1e-3)
    x = (found.features - mean) / spread
    families = np.unique(found.family)
    rng = np.random.default_rng(recipe.seed)
    members, unseen = [], []
    for number in range(recipe.members):
        out = rng.permutation(families)[: round(len(families) * (1 - recipe.share))]
        unseen.append(np.isin(found.family, out))
        members.append(_member(x, found, ~unseen[-1], recipe, np.random.default_rng([recipe.seed, number])))
    stacked = [np.stack([m[i] for m in members]) for i in range(6)]
    plain = Weights._make([mean, spread, *stacked, np.ones((len(HORIZONS), len(LEVELS)), np.float32)])
    return plain._replace(widen=_widening(plain, found, unseen))


def _widening(weights: Weights, found: Examples, unseen: list[np.ndarray]) -> Singles:
    """How far each quantile must move from the median, (H, L), so that unseen families are covered as they should."""
    total = np.zeros((len(found.features), len(HORIZONS), len(LEVELS)), dtype=np.float32)
    times = np.zeros(len(found.features), dtype=np.float32)
    for number, rows in enumerate(unseen):
        one = Weights._make(
            [weights.mean, weights.spread, *(w[number : number + 1] for w in weights[2:8]), weights.widen]
        )
        total[rows] += np.moveaxis(network.answer(one, found.features[rows].T), -1, 0)
        times += rows
    rows = times > 0
    out = np.ones((len(HORIZONS), len(LEVELS)))
    if not rows.any():
        return out.astype(np.float32)
    q, y = total[rows] / times[rows, None, None], found.changes[rows]
    families = len(np.unique(found.family[rows]))
    for h in range(len(HORIZONS)):
        known = ~np.isnan(y[:, h])
        centre = q[known, h, network.MIDDLE]
        around = q[known, h] - q[known, h, network.MIDDLE, None]
        for low in range(network.MIDDLE):
            high = len(LEVELS) - 1 - low
            # Of both sides at once: the reflection of a case is as good a case.
            reach = np.concatenate([
                (y[known, h] - centre) / np.maximum(around[:, high], 1e-6),
                (centre - y[known, h]) / np.maximum(-around[:, low], 1e-6),
            ])  # fmt: skip
            out[h, [low, high]] = np.quantile(reach, LEVELS[high])
    out = np.clip(out, 1.0, 2.0)
    for low in range(network.MIDDLE - 1, -1, -1):  # outwards never less, so that quantiles cannot cross …
        high = len(LEVELS) - 1 - low
        out[:, [low, high]] = (
            np.maximum(out[:, [low]], out[:, [low + 1]]) if low + 1 < network.MIDDLE else out[:, [low]]
        )
    out = np.maximum.accumulate(out, axis=0)  # … and later never more certain
    # So few families do not show all that a further one may do: the spread of one more value of a sample of n has the
    # factor √(1 + 1/n) (any textbook on prediction intervals).
    return np.asarray(out * np.sqrt(1 + 1 / families), dtype=np.float32)


def _member(x: Singles, found: Examples, seen: np.ndarray, recipe: Recipe, rng: np.random.Generator) -> list[Singles]:
    sizes = (x.shape[1], recipe.hidden, recipe.hidden, len(HORIZONS) * len(LEVELS))
    parameters: list[Singles] = []
    for fan_in, fan_out in pairwise(sizes):
        parameters += [
            (rng.standard_normal((fan_in, fan_out)) / np.sqrt(fan_in)).astype(np.float32),
            np.zeros(fan_out, dtype=np.float32),
        ]
    parameters[4] *= np.float32(0.3)
    first = [np.zeros_like(p) for p in parameters]
    second = [np.zeros_like(p) for p in parameters]
    sign = np.where(feature.ODD, -1, 1).astype(np.float32)
    total = recipe.epochs * (int(seen.sum()) // recipe.batch)
    weight = found.weight / found.weight[seen].mean()
    step = 0
    for _ in range(recipe.epochs):
        order = rng.permutation(np.flatnonzero(seen))
        for start in range(0, len(order) - recipe.batch + 1, recipe.batch):
            rows = order[start : start + recipe.batch]
            flip = np.where(rng.random(len(rows)) < 0.5, np.float32(-1), np.float32(1))
            batch = np.where((flip < 0)[:, None], x[rows] * sign, x[rows])
            batch *= rng.random(batch.shape, dtype=np.float32) >= recipe.dropout
            gradients = _gradients(parameters, batch, found.changes[rows] * flip[:, None], weight[rows])
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


def _gradients(parameters: list[Singles], x: Singles, y: Singles, weight: Singles) -> list[Singles]:
    """Gradient in each parameter of the mean pinball loss, cases weighed by ``weight`` (N,)."""
    w1, b1, w2, b2, w3, b3 = parameters
    h1 = np.tanh(x @ w1 + b1)
    h2 = np.tanh(h1 @ w2 + b2)
    raw = h2 @ w3 + b3
    q = (network.positive(raw) @ network.SPREADING.T).reshape(len(x), len(HORIZONS), len(LEVELS))
    known = ~np.isnan(y)
    # Of max(τ(y − q), (τ − 1)(y − q)): the slope in q is (y < q) − τ. Large units must not drown small ones.
    slope = ((np.where(known, y, 0.0)[:, :, None] < q) - LEVELS).astype(np.float32)
    root = np.sqrt(HORIZONS).astype(np.float32)
    slope *= (known * weight[:, None] / root / max(float(known.sum()), 1.0))[:, :, None]
    flat = slope.reshape(len(x), -1) @ network.SPREADING
    distances = np.arange(flat.shape[1]) % len(LEVELS) > 0
    flat[:, distances] /= 1 + np.exp(-np.maximum(raw[:, distances], -60.0))
    d2 = (flat @ w3.T) * (1 - h2 * h2)
    d1 = (d2 @ w2.T) * (1 - h1 * h1)
    return [x.T @ d1, d1.sum(axis=0), h1.T @ d2, d2.sum(axis=0), h2.T @ flat, flat.sum(axis=0)]
