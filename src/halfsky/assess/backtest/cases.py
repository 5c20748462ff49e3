"""The cases of a backtest: a window of n years ending at an origin, and what came 1, 3 and 5 years later.

The method is given the windows of all places of the indicator, nothing later than the origin.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from halfsky.assess.backtest.panel import Panel
from halfsky.assess.scales import Floats, Ints

LENGTHS = (5, 6, 8, 10)
HORIZONS = (1, 3, 5)
MULTIPLES = (-0.5, 0.25, 0.75, 1.5)


@dataclass(frozen=True)
class Windows:
    """All windows of one length: W rows, among them peers without a full window, which are never scored."""

    length: int
    values: Floats  # (W, n) up to the origin
    future: Floats  # (W, H) the values at the horizons, NaN where unknown
    series: Ints  # row of the panel
    pool: Ints  # indicator and origin together
    origin: Ints  # column of the panel
    full: np.ndarray  # (W,) n consecutive figures


def windows(panel: Panel, length: int, horizons: tuple[int, ...] = HORIZONS) -> Windows:
    """Every window of a length; ``pool`` numbers the pairs of indicator and origin."""
    number, width = panel.values.shape
    padded = np.concatenate([panel.values, np.full((number, max(horizons)), np.nan)], axis=1)
    values, future, series, origin = [], [], [], []
    for column in range(length - 1, width - 1):
        window = panel.values[:, column - length + 1 : column + 1]
        rows = np.flatnonzero((~np.isnan(window)).sum(axis=1) >= 2)
        values.append(window[rows])
        future.append(padded[rows][:, [column + h for h in horizons]])
        series.append(rows)
        origin.append(np.full(len(rows), column))
    rows, origins = np.concatenate(series), np.concatenate(origin)
    _, pool = np.unique(panel.indicator[rows] * width + origins, return_inverse=True)
    found = np.concatenate(values)
    return Windows(length, found, np.concatenate(future), rows, pool, origins, np.asarray(~np.isnan(found).any(axis=1)))


def sample(panel: Panel, w: Windows, per_cell: int, rng: np.random.Generator) -> np.ndarray:
    """Which windows to score at which horizon, (W, H): at most ``per_cell`` of each indicator and horizon."""
    chosen = np.zeros(w.future.shape, dtype=bool)
    able = w.full[:, None] & ~np.isnan(w.future)
    indicator = panel.indicator[w.series]
    for column in range(able.shape[1]):
        for i in range(len(panel.indicators)):
            rows = np.flatnonzero(able[:, column] & (indicator == i))
            chosen[rng.permutation(rows)[:per_cell], column] = True
    return chosen


def typical_moves(panel: Panel) -> Floats:
    """The typical yearly move of each indicator as known in each year, shape (I, Y), NaN before the first move.

    The median absolute change from one year to the next among all places and years up to then, standing still left
    out; relative to the earlier value for counted indicators, whose places differ in size.
    """
    out = np.full((len(panel.indicators), len(panel.years)), np.nan)
    for i in np.unique(panel.indicator):
        out[i] = _known(panel.values[panel.indicator == i], relative=panel.counted[i])
    return out


def _known(rows: Floats, *, relative: bool) -> Floats:
    """Running median of |yearly change| up to each year; shape (Y,)."""
    out = np.full(rows.shape[1], np.nan)
    gathered = np.empty(0)
    for column in range(1, rows.shape[1]):
        change = np.abs(rows[:, column] - rows[:, column - 1])
        if relative:
            base = np.abs(rows[:, column - 1])
            change = np.divide(change, base, out=np.full(len(base), np.nan), where=base > 0)
        gathered = np.concatenate([gathered, change[~np.isnan(change) & (change > 0)]])
        if len(gathered):
            out[column] = np.median(gathered)
    return out
