"""What an assessment must know of indicators, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from halfsky.assess.policy import RARE_EVENT_UNITS, Policy
from halfsky.assess.scales import IDENTITY, LOG, LOGIT, Bools, Floats, Ints, Scales
from halfsky.observations.bounds import bounds
from halfsky.plan import Indicator, Unit


@dataclass(frozen=True)
class Traits:
    """Of I indicators, all of shape (I,); or of S series after :meth:`take`.

    ``natural`` is the scale of the unit and ``top`` that scale's upper end; ``low`` and ``high`` are what is possible,
    infinite where there is no limit. ``per`` is what a rate of rare events is multiplied by, NaN for anything else;
    ``rounding`` is the last decimal place that figures are printed with.
    """

    natural: Scales
    top: Floats
    low: Floats
    high: Floats
    per: Floats
    higher: Bools
    difference: Bools
    yes_no: Bools
    count: Bools
    rounding: Floats
    stale_after: Ints

    @classmethod
    def of(cls, indicators: Sequence[Indicator], policy: Policy) -> Traits:
        """Read off the indicators' units, bounds, directions and frequencies."""
        own = {id(i): i for i in indicators}  # each once, however often and in whatever order it is asked about
        distinct, place = list(own.values()), {key: row for row, key in enumerate(own)}
        rows = [place[id(i)] for i in indicators]
        limits = [bounds(i) for i in distinct]
        percent = np.array([i.unit is Unit.PERCENT for i in distinct], dtype=bool)
        yes_no = np.array([i.unit is Unit.YES_NO for i in distinct], dtype=bool)
        found = cls(
            natural=np.where(percent, LOGIT, np.where(yes_no, IDENTITY, LOG)).astype(np.int8),
            top=np.where(percent, [100.0 if high is None else float(high) for _, high in limits], 1.0),
            low=np.array([-np.inf if low is None else float(low) for low, _ in limits]),
            high=np.array([np.inf if high is None else float(high) for _, high in limits]),
            per=np.array([float(i.scale) if i.scale and i.unit in RARE_EVENT_UNITS else np.nan for i in distinct]),
            higher=np.array([i.direction != "lower" for i in distinct], dtype=bool),
            difference=np.array([i.derive is not None and i.derive.op == "difference" for i in distinct], dtype=bool),
            yes_no=yes_no,
            count=np.array([i.unit is Unit.COUNT for i in distinct], dtype=bool),
            rounding=np.array([10.0**-i.decimals for i in distinct]),
            stale_after=np.array([policy.stale_after[i.frequency] for i in distinct], dtype=np.int64),
        )
        return found.take(np.array(rows, dtype=np.int64))

    def take(self, rows: Ints) -> Traits:
        """One row for each of ``rows``."""
        return Traits(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})
