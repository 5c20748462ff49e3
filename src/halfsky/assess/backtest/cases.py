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
    return Windows(length, found, np.concatenate(future), rows, pool, origins, ~np.isnan(found).any(axis=1))


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


def typical_moves(panel: Panel, horizons: tuple[int, ...] = HORIZONS) -> Floats:
    """The typical move of each indicator over each horizon as known at each year, shape (I, Y, H).

    The median absolute change over that many years among all places, ending no later than the year; relative to
    the earlier value for counted indicators. Before any such change is known, that over one year times √h.
    """
    width = len(panel.years)
    out = np.full((len(panel.indicators), width, len(horizons)), np.nan)
    counted = np.array(panel.counted)[panel.indicator]
    for i in range(len(panel.indicators)):
        rows = panel.values[panel.indicator == i]
        relative = bool(counted[panel.indicator == i][0]) if len(rows) else False
        one = _known(rows, 1, relative)
        for column, horizon in enumerate(horizons):
            own = _known(rows, horizon, relative)
            out[i, :, column] = np.where(np.isnan(own), one * np.sqrt(horizon), own)
    return out


def _known(rows: Floats, step: int, relative: bool) -> Floats:
    """Running median of |change over ``step`` years| up to each year, zero changes left out; shape (Y,)."""
    width = rows.shape[1]
    out = np.full(width, np.nan)
    gathered: list[Floats] = []
    for column in range(step, width):
        change = np.abs(rows[:, column] - rows[:, column - step])
        if relative:
            base = np.abs(rows[:, column - step])
            change = np.divide(change, base, out=np.full(len(base), np.nan), where=base > 0)
        gathered.append(change[~np.isnan(change) & (change > 0)])
        known = np.concatenate(gathered)
        if len(known):
            out[column] = np.median(known)
    return out
