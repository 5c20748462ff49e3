"""A small network whose answer is a whole distribution: quantiles that cannot cross and widen with time.

Two hidden layers (tanh). For each horizon 1, 3 and 5 it gives the median and the distances between
neighbouring quantiles of the standardised change; distances are sums of positive parts over the horizons, so
that a later year is never more certain than an earlier one. Fitted by the pinball loss, which over many levels
approximates the CRPS, the Brier score over all thresholds (Gneiting and Raftery 2007).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Singles = NDArray[np.float32]

LEVELS = np.array([0.005, 0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.975, 0.995])
MIDDLE = 7
_BLOCK = 1 << 11  # series at once: their hidden layers stay in the core's own cache
HORIZONS = np.array([1, 3, 5])


class Weights(NamedTuple):
    """Weights of M networks, each stacked along the first axis.

    ``mean`` and ``spread`` (F,) standardise the features; ``widen`` (H, L) multiplies the distance of each
    quantile from the median.
    """

    mean: Singles
    spread: Singles
    w1: Singles
    b1: Singles
    w2: Singles
    b2: Singles
    w3: Singles
    b3: Singles
    widen: Singles


def _spreading() -> Singles:
    """The matrix (H·L, H·L) that adds medians and distances up to quantiles: (horizon, level) × (horizon, part)."""
    levels, horizons = len(LEVELS), len(HORIZONS)
    out = np.zeros((horizons, levels, horizons, levels), dtype=np.float32)
    for h in range(horizons):
        out[h, :, h, 0] = 1.0
        for earlier in range(h + 1):
            for level in range(levels):
                # Part j + 1 is the distance between levels j and j + 1.
                out[h, level, earlier, 1 + MIDDLE : 1 + level] = 1.0
                out[h, level, earlier, 1 + level : 1 + MIDDLE] = -1.0
    return out.reshape(horizons * levels, horizons * levels)


SPREADING = _spreading()


def positive(raw: Singles) -> Singles:
    """Of the last layer (N, H·L) the distances made positive (softplus); the medians stay."""
    out = np.minimum(raw, np.float32(15.0))
    np.exp(out, out=out)
    out += np.float32(1.0)
    np.log(out, out=out)  # faster than log1p; what is lost below 1e-7 is nothing beside the noise
    np.copyto(out, raw, where=raw > 15.0)
    out[:, :: len(LEVELS)] = raw[:, :: len(LEVELS)]
    return out


def answer(weights: Weights, features: Singles) -> Singles:
    """Standardised quantiles (H, L, N) of N series from their features (F, N): the members' answers averaged."""
    out = np.empty((len(HORIZONS), len(LEVELS), features.shape[1]), dtype=np.float32)
    for start in range(0, features.shape[1], _BLOCK):
        out[:, :, start : start + _BLOCK] = _answer(weights, features[:, start : start + _BLOCK])
    return out


def _answer(weights: Weights, features: Singles) -> Singles:
    members, inputs, hidden = weights.w1.shape
    x = (features - weights.mean[:, None]) / weights.spread[:, None]
    first = weights.w1.transpose(0, 2, 1).reshape(members * hidden, inputs) @ x
    first += weights.b1.reshape(-1, 1)
    np.tanh(first, out=first)
    second = np.matmul(weights.w2.transpose(0, 2, 1), first.reshape(members, hidden, -1))
    second += weights.b2[:, :, None]
    np.tanh(second, out=second)
    raw = weights.w3.reshape(members * hidden, -1).T @ second.reshape(members * hidden, -1)
    raw /= np.float32(members)
    raw += weights.b3.mean(axis=0)[:, None]
    widened = SPREADING * weights.widen.reshape(-1, 1)
    widened[:, :: len(LEVELS)] = SPREADING[:, :: len(LEVELS)]
    found: Singles = np.asarray(widened @ positive(raw.T).T, dtype=np.float32)
    return found.reshape(len(HORIZONS), len(LEVELS), -1)
