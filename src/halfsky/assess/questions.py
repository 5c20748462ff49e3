"""Questions as arrays: what is asked of S series, and the figures there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from halfsky.assess.decide import KIND_CODE, KINDS, Codes, Terms, is_kind
from halfsky.assess.scales import Bools, Floats, Ints
from halfsky.assess.traits import Traits
from halfsky.plan import Indicator, Kind, Target
from halfsky.plan.model import BASED_KINDS, REFERRING_KINDS, VALUED_KINDS


@dataclass(frozen=True)
class Questions:
    """S questions "is it met, and will it be", one row each, on Y years.

    ``values`` (S, Y) are figures in the indicator's unit, NaN where there is none; ``years`` (Y,) rise by one. What
    else has a row for each question may be given as one value for all:

    ``pool`` numbers what is comparable: places of one pool lend each other strength. ``indicator`` indexes
    ``indicators``, whose unit, bounds and direction count. ``kind`` indexes :data:`halfsky.assess.decide.KINDS`.
    ``milestone`` is the year in force and ``final`` the last (0: the same). ``bound`` is the milestone's value, or its
    factor for ``times_base``; ``tolerance`` that of ``near`` and ``match``; ``base_year`` and ``window`` as in a
    target, 0 where there is none. ``applies``: false where the promise has no object. ``broke``: year of the last
    break in the series, 0 for none. ``reference`` (S, Y) is what ``not_below`` and ``match`` compare with;
    ``numerators`` and ``denominators`` (S, Y) are the events and people behind rates, where known.
    """

    values: Floats
    years: Ints
    indicators: tuple[Indicator, ...]
    kind: Codes
    milestone: Ints
    bound: Floats
    pool: Ints
    indicator: Ints
    final: Ints
    tolerance: Floats
    base_year: Ints
    window: Ints
    hold: Bools
    aspiration: Bools
    applies: Bools
    broke: Ints
    reference: Floats | None = None
    numerators: Floats | None = None
    denominators: Floats | None = None

    @classmethod
    def of(
        cls, values: ArrayLike, years: ArrayLike, indicators: Indicator | Sequence[Indicator], *,
        kind: Kind | ArrayLike, milestone: ArrayLike, bound: ArrayLike = np.nan, pool: ArrayLike = 0,
        indicator: ArrayLike = 0, final: ArrayLike = 0, tolerance: ArrayLike = np.nan, base_year: ArrayLike = 0,
        window: ArrayLike = 0, hold: ArrayLike = False, aspiration: ArrayLike = False, applies: ArrayLike = True,
        broke: ArrayLike = 0, reference: ArrayLike | None = None, numerators: ArrayLike | None = None,
        denominators: ArrayLike | None = None,
    ) -> Questions:  # fmt: skip
        """Arrays of the right shapes and types from whatever fits; ``ValueError`` says what does not."""
        table = np.asarray(values, dtype=float)
        if table.ndim != 2:
            raise ValueError(f"values must be (series, years), not {table.ndim}-dimensional")
        size = len(table)

        def column(given: ArrayLike, dtype: type, name: str) -> np.ndarray:
            found: np.ndarray = np.asarray(given, dtype=dtype)
            if found.ndim == 0:
                return np.broadcast_to(found, size)
            if found.shape != (size,):
                raise ValueError(f"{name} must have one entry for each of the {size} series, not shape {found.shape}")
            return found

        def figures(given: ArrayLike | None, name: str) -> Floats | None:
            found = None if given is None else np.asarray(given, dtype=float)
            if found is not None and found.shape != table.shape:
                raise ValueError(f"{name} must have the shape of values, {table.shape}, not {found.shape}")
            return found

        milestones = column(milestone, np.int64, "milestone")
        finals = column(final, np.int64, "final")
        made = cls(
            values=table,
            years=np.asarray(years, dtype=np.int64),
            indicators=(indicators,) if isinstance(indicators, Indicator) else tuple(indicators),
            kind=column(KIND_CODE[kind] if isinstance(kind, Kind) else kind, np.int8, "kind"),
            milestone=milestones,
            bound=column(bound, np.float64, "bound"),
            pool=column(pool, np.int64, "pool"),
            indicator=column(indicator, np.int64, "indicator"),
            final=np.where(finals == 0, milestones, finals),
            tolerance=column(tolerance, np.float64, "tolerance"),
            base_year=column(base_year, np.int64, "base_year"),
            window=column(window, np.int64, "window"),
            hold=column(hold, np.bool_, "hold"),
            aspiration=column(aspiration, np.bool_, "aspiration"),
            applies=column(applies, np.bool_, "applies"),
            broke=column(broke, np.int64, "broke"),
            reference=figures(reference, "reference"),
            numerators=figures(numerators, "numerators"),
            denominators=figures(denominators, "denominators"),
        )
        made._check()
        return made

    @classmethod
    def of_target(
        cls, target: Target, indicator: Indicator, values: ArrayLike, years: ArrayLike, *, as_of: int,
        applies: ArrayLike = True, broke: ArrayLike = 0, reference: ArrayLike | None = None,
        numerators: ArrayLike | None = None, denominators: ArrayLike | None = None,
    ) -> Questions:  # fmt: skip
        """One target asked of many places: ``values`` (places, years), all in one pool."""
        milestone = target.milestone_in_force(as_of)
        return cls.of(
            values, years, indicator, kind=target.kind, milestone=milestone.year, final=target.final.year,
            bound=np.nan if milestone.value is None else float(milestone.value),
            tolerance=np.nan if target.tolerance is None else float(target.tolerance.value),
            base_year=milestone.base_year or 0, window=target.window or 0, hold=target.hold,
            aspiration=target.aspiration, applies=applies, broke=broke, reference=reference,
            numerators=numerators, denominators=denominators,
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.values)

    def _check(self) -> None:
        def refuse(wrong: np.ndarray, what: str) -> None:
            if wrong.any():
                raise ValueError(f"{what} (row {int(np.flatnonzero(wrong)[0])})")

        if self.years.shape != self.values.shape[1:]:
            raise ValueError(f"values have {self.values.shape[1]} years, years {self.years.shape}")
        if len(self.years) == 0 or (np.diff(self.years) != 1).any():
            raise ValueError("years must be at least one, rising by one; a missing year is a column of NaN")
        if np.isinf(self.values).any():
            raise ValueError("values must be finite, or NaN where there is no figure")
        refuse((self.kind < 0) | (self.kind >= len(KINDS)), "kind is none of KINDS")
        refuse((self.indicator < 0) | (self.indicator >= len(self.indicators)), "indicator is none of indicators")
        refuse(self.pool < 0, "pool is negative")
        refuse(self.final < self.milestone, "final lies before milestone")
        refuse(is_kind(self.kind, *VALUED_KINDS) & ~np.isfinite(self.bound), "this kind needs a bound")
        refuse(is_kind(self.kind, *BASED_KINDS) & (self.base_year <= 0), "this kind needs a base year")
        refuse(is_kind(self.kind, Kind.NEAR, Kind.MATCH) & ~(self.tolerance >= 0), "this kind needs a tolerance")
        refuse(is_kind(self.kind, Kind.SLOW) & (self.window < 1), "this kind needs a window")
        if self.reference is None:
            refuse(is_kind(self.kind, *REFERRING_KINDS), "this kind needs a reference")

    def take(self, rows: Ints | slice) -> Questions:
        """Some of the questions, in the order of ``rows``; views where ``rows`` is a slice."""

        def some(name: str) -> Any:
            found = getattr(self, name)
            return found if found is None or name in {"years", "indicators"} else found[rows]

        return Questions(**{f.name: some(f.name) for f in fields(self)})

    def terms(self, traits: Traits) -> Terms:
        """What is asked, as :mod:`halfsky.assess.decide` takes it; ``traits`` of each series.

        Forward is what the kind asks for, else the indicator's own direction.
        """
        up = is_kind(self.kind, Kind.AT_LEAST, Kind.RISE, Kind.EXISTS, Kind.NOT_BELOW)
        down = is_kind(self.kind, Kind.AT_MOST, Kind.FALL, Kind.SLOW)
        times = is_kind(self.kind, Kind.TIMES_BASE)
        there_or_not = traits.yes_no | (is_kind(self.kind, Kind.EXISTS) & traits.count)
        return Terms(
            kind=self.kind,
            milestone=self.milestone,
            final=self.final,
            hold=self.hold,
            aspiration=self.aspiration,
            higher=np.where(times, self.bound >= 1, up | (traits.higher & ~down)),
            there_or_not=there_or_not,
            tolerance=self.tolerance,
            stale_after=traits.stale_after,
        )
