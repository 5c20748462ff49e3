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


def parts(answer: Singles) -> tuple[Singles, Singles]:
    """Median (N, H) and distances (N, H, L − 1), cumulated over horizons, from the last layer (N, H·L)."""
    shaped = answer.reshape(len(answer), len(HORIZONS), len(LEVELS))
    return shaped[:, :, 0], np.cumsum(np.logaddexp(0, shaped[:, :, 1:]), axis=1)


def knots(median: Singles, distance: Singles) -> Singles:
    """Quantiles (N, H, L) from medians and distances."""
    out = np.empty((*median.shape, len(LEVELS)), dtype=median.dtype)
    out[..., MIDDLE] = median
    out[..., MIDDLE + 1 :] = median[..., None] + np.cumsum(distance[..., MIDDLE:], axis=-1)
    out[..., :MIDDLE] = median[..., None] - np.cumsum(distance[..., MIDDLE - 1 :: -1], axis=-1)[..., ::-1]
    return out


def answer(weights: Weights, features: Singles) -> Singles:
    """Standardised quantiles (N, H, L) of N series: the mean of the members' quantiles."""
    x = (features - weights.mean) / weights.spread
    total: Singles | None = None
    for member in range(len(weights.w1)):
        hidden = np.tanh(x @ weights.w1[member] + weights.b1[member])
        hidden = np.tanh(hidden @ weights.w2[member] + weights.b2[member])
        mine = knots(*parts(hidden @ weights.w3[member] + weights.b3[member]))
        total = mine if total is None else total + mine
    assert total is not None
    total /= np.float32(len(weights.w1))
    centre = total[..., MIDDLE, None]
    return centre + weights.widen * (total - centre)
