"""Scales on which short series move freely: values of the unit to an unbounded line and back.

Both curved scales are softened, so that 0 and the upper bound are ordinary points: zero deaths and 100% do happen.
With an offset o the logarithm is log(x + o), the logit log((x + o)/(top − x + o)).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Scales = NDArray[np.int8]
Bools = NDArray[np.bool_]

IDENTITY, LOG, LOGIT = 0, 1, 2

LOG_SHARE = 0.1  # offset of the logarithm, as a share of the typical value of the indicator
_LOGIT_SHARE = 0.01  # offset of the logit, as a share of the upper bound
NEAR_TOP = 0.985  # from this share of the upper bound on, places are all but there, and the logit serves no more
_CAP = 50.0  # exponents beyond this are of no use and overflow later


def offsets(values: Floats, pool: Ints, scale: Scales, top: Floats) -> Floats:
    """The offset of each series, shape (S,); ``values`` (S, Y). Of log series it is shared by the pool."""
    typical = np.where(scale == LOGIT, _LOGIT_SHARE * top, 0.0)
    log = scale == LOG
    if not log.any():
        return typical
    size = np.abs(values[log])
    seen = ~np.isnan(size)
    count = seen.sum(axis=1)
    # The geometric mean of the places' means is as robust as is needed here, and needs no sorting.
    mean = np.divide(np.where(seen, size, 0.0).sum(axis=1), count, out=np.zeros(len(size)), where=count > 0)
    positive = mean > 0
    pools = int(pool.max()) + 1
    where = pool[log][positive]
    total = np.bincount(where, np.log(mean[positive]), pools)
    number = np.bincount(where, minlength=pools)
    middle = np.exp(np.divide(total, number, out=np.zeros(pools), where=number > 0))
    typical[log] = LOG_SHARE * middle[pool[log]]
    return typical


def forward(values: Floats, scale: Scales, top: Floats, offset: Floats) -> Floats:
    """To the unbounded scale; values outside the bounds are taken as the bounds. Shapes broadcast."""
    if (scale == IDENTITY).all():
        return np.broadcast_to(values, np.broadcast_shapes(values.shape, scale.shape)).astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        # log((x + o) / 1) or log((x + o) / (top - x + o)): one logarithm for both scales.
        low = np.where(scale == LOGIT, np.minimum(values, top), values)
        low = np.maximum(low, 0.0)
        below = np.where(scale == LOGIT, top - low + offset, 1.0)
        curved = np.log((low + offset) / below)
    return np.where(scale == IDENTITY, values, curved)


def backward(moved: Floats, scale: Scales, top: Floats, offset: Floats) -> Floats:
    """Back to the unit, within its bounds. Shapes broadcast."""
    if (scale == IDENTITY).all():
        return np.broadcast_to(moved, np.broadcast_shapes(moved.shape, scale.shape)).astype(float)
    grown = np.exp(np.clip(moved, -_CAP, _CAP))
    share = np.clip((grown * (top + offset) - offset) / (1.0 + grown), 0.0, top)
    return np.where(scale == LOGIT, share, np.where(scale == LOG, np.maximum(grown - offset, 0.0), moved))
