"""What the past of many series says: latest figure, pace, last change, spread of the yearly changes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from halfsky.assess.scales import Floats, Ints
from halfsky.assess.series import MAD_TO_SIGMA

_PACE_FIGURES = 6  # the last five changes
_SPREAD_CHANGES = 3


@dataclass(frozen=True)
class Past:
    """Of S series, all of shape (S,); NaN where there are too few figures, year 0 where there is none."""

    points: Ints
    year: Ints
    value: Floats
    pace: Floats
    last_change: Floats
    spread: Floats

    @classmethod
    def of(cls, values: Floats, years: Ints) -> Past:
        """Read ``values`` (Y, S), years first, NaN where there is no figure; see :class:`halfsky.assess.series.History`."""
        length, size = values.shape
        seen = ~np.isnan(values)
        points, year = (np.zeros(size, dtype=np.int64) for _ in range(2))
        value, last_change = np.full(size, np.nan), np.full(size, np.nan)
        changes = np.full((max(length - 1, 0), size), np.nan)
        for column in range(length):
            here = seen[column]
            if column:  # NaN where there is no earlier figure, or none here
                change = (values[column] - value) / np.maximum(years[column] - year, 1)
                changes[column - 1] = change
                stepped = ~np.isnan(change)
                last_change = np.where(stepped, change, last_change)
            value = np.where(here, values[column], value)
            year = np.where(here, years[column], year)
            points += here
        first, first_year, back = value, year, np.zeros(size, dtype=np.int64)
        for column in range(length - 1, -1, -1):
            back += seen[column]
            among = seen[column] & (back <= _PACE_FIGURES)
            first = np.where(among, values[column], first)
            first_year = np.where(among, years[column], first_year)
        pace = np.where(points > 1, (value - first) / np.maximum(year - first_year, 1), np.nan)
        return cls(points, year, value, pace, last_change, spread(changes))


def spread(changes: Floats) -> Floats:
    """Robust spread (1.4826 · median absolute deviation) of changes (C, S) that may be NaN; NaN below three of them."""
    count = (~np.isnan(changes)).sum(axis=0)
    middle = _median(changes, count)
    found = MAD_TO_SIGMA * _median(np.abs(changes - middle), count)
    return np.where(count >= _SPREAD_CHANGES, found, np.nan)


def _median(rows: Floats, count: Ints) -> Floats:
    """Median of each column (S,) of ``rows`` (C, S), of which ``count`` are not NaN; those sort last."""
    if not len(rows):
        return np.full(len(count), np.nan)
    ordered, column = np.sort(rows, axis=0), np.arange(len(count))
    lower, upper = (
        ordered[np.maximum(count - 1, 0) // 2, column],
        ordered[np.minimum(count // 2, len(rows) - 1), column],
    )
    return np.asarray((lower + upper) / 2)
