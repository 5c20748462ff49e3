"""What an assessment looks at: one series up to the year judged, and what can be said of its past."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

import numpy as np

from halfsky.observations import Figures, Nature, Observation, SeriesKey, Status
from halfsky.plan import Indicator, Plan, Target

MAD_TO_SIGMA = 1.4826  # the median absolute deviation of a normal distribution, inverted


@dataclass(frozen=True, slots=True)
class Pooled:
    """Events and exposure of several years together, ``first`` to ``last``."""

    events: Decimal
    exposure: Decimal
    years: int
    first: int
    last: int


@dataclass(frozen=True)
class History:
    """Figures of one series with a value, oldest first, none later than the year judged."""

    observations: tuple[Observation, ...]
    last_status: Status | None = None  # of the newest observation, also one without a value

    @classmethod
    def of(cls, figures: Figures, key: SeriesKey, as_of: int) -> History:
        known = sorted((o for year, o in figures.series(key).items() if year <= as_of), key=lambda o: o.year)
        return cls(tuple(o for o in known if o.value is not None), known[-1].status if known else None)

    @property
    def latest(self) -> Observation | None:
        return self.observations[-1] if self.observations else None

    @cached_property
    def break_year(self) -> int | None:
        """The last year in which the series broke; earlier years are not comparable with later ones."""
        return next((o.year for o in reversed(self.observations) if o.status is Status.BREAK), None)

    @cached_property
    def comparable(self) -> tuple[Observation, ...]:
        """From the last break on."""
        return tuple(o for o in self.observations if self.break_year is None or o.year >= self.break_year)

    @cached_property
    def values(self) -> dict[int, Decimal]:
        """Year → value of the comparable years."""
        return {o.year: o.value for o in self.comparable if o.value is not None}

    @cached_property
    def changes(self) -> np.ndarray:
        """Change per year between one figure and the next, in the indicator's unit; gaps are not filled."""
        years = np.array(list(self.values), dtype=float)
        return np.diff(np.array([float(v) for v in self.values.values()])) / np.diff(years)

    @property
    def spread(self) -> float | None:
        """Robust spread of the yearly changes (1.4826 · median absolute deviation); ``None`` below 3 changes."""
        if len(self.changes) < 3:
            return None
        return float(MAD_TO_SIGMA * np.median(np.abs(self.changes - np.median(self.changes))))

    def pooled(self, enough: int, most_years: int) -> Pooled | None:
        """The newest comparable years together, backwards until there are ``enough`` events or ``most_years``.

        A year without numerator and denominator ends it; ``None`` where the newest figure is such a year.
        """
        found: Pooled | None = None
        for o in reversed(self.comparable[-most_years:]):
            if o.numerator is None or not o.denominator:
                break
            if found is None:
                found = Pooled(o.numerator, o.denominator, 1, o.year, o.year)
            else:
                together = found.events + o.numerator, found.exposure + o.denominator
                found = Pooled(*together, found.years + 1, o.year, found.last)
            if found.events >= enough:
                break
        return found

    @property
    def recent(self) -> list[tuple[int, float]]:
        """Years and values of the last six comparable figures, which ``pace`` is taken from."""
        return [(y, float(v)) for y, v in self.values.items()][-6:]

    @property
    def pace(self) -> float | None:
        """Mean change per year over the last five comparable years; ``None`` for a single figure."""
        recent = self.recent
        if len(recent) < 2:
            return None
        return (recent[-1][1] - recent[0][1]) / (recent[-1][0] - recent[0][0])


def with_baselines(plan: Plan, figures: Figures, as_of: int) -> Figures:
    """The figures, and the plan's own printed baselines up to ``as_of`` where they have no value for that year."""
    printed = {}
    for b in plan.baselines:
        key = SeriesKey.of(b.indicator, b.region, b.cut)
        if b.year <= as_of and figures.value(key, b.year) is None:
            printed[key, b.year] = Observation(key, b.year, b.value, nature=Nature.PRINTED, source=b.clause)
    return Figures([*(o for o in figures if o.key not in printed), *printed.values()])


def cut_key(plan: Plan, target: Target, indicator: str, region: str) -> SeriesKey:
    """The series of an indicator that a target judges in a place."""
    cut = target.cut
    made = SeriesKey.of(indicator, region, cut)
    other: Indicator | None = plan.indicator.get(indicator)
    if other is not None and indicator != target.indicator and other.population == "women":
        # A reference about women only has no split by sex: all of it are women.
        return SeriesKey(indicator, region, age=made.age, residence=made.residence)
    return made
