"""Scores of probabilities and intervals, and how sure the scores themselves are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from halfsky.assess.scales import Floats, Ints

Flags = NDArray[np.bool_]

_LOG_FLOOR = 1e-4  # a sure answer that is wrong costs this much at most: -log(1e-4) = 9.2


def brier(probability: Floats, met: Flags) -> float:
    """Mean squared error of probabilities (Brier 1950)."""
    return float(np.mean((probability - met) ** 2))


def log_score(probability: Floats, met: Flags) -> float:
    """Mean negative logarithm of the probability given to what happened, capped."""
    given = np.where(met, probability, 1 - probability)
    return float(-np.mean(np.log(np.maximum(given, _LOG_FLOOR))))


@dataclass(frozen=True)
class Bin:
    """Cases with about the same stated probability, and the share of them that came true."""

    low: float
    high: float
    count: int
    stated: float
    met: float


def reliability(probability: Floats, met: Flags, bins: int = 10) -> tuple[Bin, ...]:
    """The reliability diagram in ``bins`` equal parts of [0, 1]; empty parts are left out."""
    index = np.minimum((probability * bins).astype(int), bins - 1)
    found = []
    for i in range(bins):
        rows = index == i
        if rows.any():
            found.append(
                Bin(i / bins, (i + 1) / bins, int(rows.sum()), float(probability[rows].mean()), float(met[rows].mean()))
            )
    return tuple(found)


def calibration_error(probability: Floats, met: Flags) -> float:
    """Expected calibration error: mean |stated − met| over ten equal bins, weighted by their cases."""
    parts = reliability(probability, met)
    return sum(b.count * abs(b.stated - b.met) for b in parts) / max(len(met), 1)


def auc_within(probability: Floats, met: Flags, cell: Ints) -> float:
    """Area under the ROC curve within cells, weighted by their pairs; ties count half."""
    won = pairs = 0.0
    for one in np.unique(cell):
        rows = cell == one
        p, m = probability[rows], met[rows]
        hits, misses = int(m.sum()), int((~m).sum())
        if hits and misses:
            _, inverse, counts = np.unique(p, return_inverse=True, return_counts=True)
            rank = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
            won += float(rank[m].sum()) - hits * (hits + 1) / 2
            pairs += hits * misses
    return won / pairs if pairs else float("nan")


def interval_score(low: Floats, high: Floats, value: Floats, share: float) -> Floats:
    """Width plus the penalty for missing (Gneiting and Raftery 2007, eq. 43) of intervals meant to hold ``share``."""
    penalty = 2 / (1 - share)
    return (high - low) + penalty * (np.maximum(low - value, 0) + np.maximum(value - high, 0))


def cluster_bootstrap(loss: Floats, cluster: Ints, *, draws: int, seed: int) -> Floats:
    """Means of a loss when whole clusters are drawn anew, shape (draws,): rows of one indicator are not independent."""
    names, index = np.unique(cluster, return_inverse=True)
    total, count = np.bincount(index, loss), np.bincount(index)
    rng = np.random.default_rng(seed)
    drawn = rng.integers(0, len(names), (draws, len(names)))
    return np.asarray(total[drawn].sum(axis=1) / count[drawn].sum(axis=1))
