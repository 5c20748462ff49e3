"""Closing, widening or steady: a change of a short yearly series against two kinds of noise."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np

from halfsky.assess.gapmodel import Course
from halfsky.assess.series import MAD_TO_SIGMA

LEAST_POINTS = 5  # with four years even a perfect order is no evidence at the level below
LEVEL = 0.10  # of the two-sided Mann–Kendall test
# How many spreads · √n a change of n = 4, 5 … 12 steps must exceed, so that of 200,000 normal random walks one in ten
# passes this and the test of order. A robust spread of few steps is often too small by chance: hence not 1.645.
REACH = (3.54, 3.06, 2.65, 2.54, 2.35, 2.30, 2.18, 2.13, 2.08)


def course(sizes: Mapping[int, float], *, resolution: float = 0.0) -> Course:
    """The course of a gap's size by year.

    Two doubts must both be answered. Years may scatter around a level that does not move: the order of the sizes must
    be one that the Mann–Kendall test (exact distribution of Kendall's S; Mann 1945, Kendall 1975) refutes. And
    years may wander, each from where the last one ended: the change from the first to the last year must exceed
    c · spread · √n, spread the robust one of the n yearly changes (1.4826 · median |Δ − median Δ|), c simulated.
    A change below ``resolution`` (half the last printed digit) is none.
    """
    years = np.array(sorted(sizes), dtype=float)
    if len(years) < LEAST_POINTS:
        return Course.TOO_LITTLE
    values = np.array([sizes[int(year)] for year in years])
    change = values[-1] - values[0]
    if abs(change) <= resolution or two_sided(values) > LEVEL:
        return Course.STEADY
    gaps = np.diff(years)
    steps = np.diff(values) / gaps
    spread = MAD_TO_SIGMA * float(np.median(np.abs(steps - np.median(steps))))
    reach = REACH[min(len(steps) - LEAST_POINTS + 1, len(REACH) - 1)]
    if abs(change) <= reach * spread * np.sqrt(gaps.sum()) or np.sign(change) != np.sign(kendall(values)):
        return Course.STEADY
    return Course.CLOSING if change < 0 else Course.WIDENING


def kendall(values: np.ndarray) -> int:
    """Kendall's S of a series with its order in time: rising pairs less falling ones."""
    return int(np.sign(values[None, :] - values[:, None])[np.triu_indices(len(values), 1)].sum())


def two_sided(values: np.ndarray) -> float:
    """Probability of an S at least as far from nought when every order of n values is equally likely.

    With ties this is conservative: ties take S towards nought, and the distribution without them is wider.
    """
    counts = _orders(len(values))
    pairs = len(counts) - 1  # S = pairs − 2 · inversions
    far = abs(kendall(values))
    s = pairs - 2 * np.arange(len(counts))
    return float(counts[np.abs(s) >= far].sum() / counts.sum())


@cache
def _orders(n: int) -> np.ndarray:
    """How many orders of n values have 0, 1, 2 … inversions (the Mahonian numbers)."""
    counts = np.ones(1)
    for k in range(2, n + 1):
        counts = np.convolve(counts, np.ones(k))
    return counts
