"""Is it met now? The rules of :mod:`halfsky.assess.rules`, kind by kind, over arrays of binary fractions.

Decimal figures that a binary fraction cannot hold are compared with a hair's tolerance, so that both engines agree;
a property of the tests compares them on random promises.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from halfsky.assess.decide import (
    CANNOT_TELL,
    MET,
    NOT_MET,
    Bits,
    Present,
    Terms,
    Why,
    hair,
    is_kind,
    slipped,
    slower,
)
from halfsky.assess.few import Few
from halfsky.assess.past import Past
from halfsky.assess.policy import Policy
from halfsky.assess.questions import Questions
from halfsky.assess.scales import Bools, Floats, Ints
from halfsky.assess.traits import Traits
from halfsky.plan import Kind


@dataclass
class Findings:
    """What is found on the way, all of shape (S,); rules write into it. NaN and 0 stand for nothing."""

    met: np.ndarray
    year: Ints
    value: Floats
    bound: Floats
    gap: Floats
    slipping: Bools
    lost: Bools  # a level to be held, and not held
    small: Bools
    beyond: Bools
    pooled_value: Floats  # NaN where years were looked at together and still do not suffice
    pooled_years: Ints
    events: Ints
    base_year: Ints
    base_value: Floats
    earlier_value: Floats  # of ``slow``: where the earlier window begins
    why: Bits

    def present(self, past: Past, applies: Bools) -> Present:
        """As :mod:`halfsky.assess.decide` takes it."""
        return Present(
            met=self.met, year=self.year, value=self.value, bound=self.bound, gap=self.gap, change=past.pace,
            known=past.points > 0, applies=applies, small=self.small, pooled=~np.isnan(self.pooled_value),
            beyond=self.beyond,
        )  # fmt: skip


@dataclass(frozen=True)
class _Look:
    """Some questions and all that rules look at; arrays of figures are (Y, S), years first."""

    asked: Questions
    terms: Terms
    traits: Traits
    values: Floats
    reference: Floats | None
    years: Ints
    past: Past
    few: Few | None
    policy: Policy

    def at(self, rows: Ints, year: Ints) -> Floats:
        """The figure of a year for each of some rows, NaN where there is none."""
        column = year - self.years[0]
        inside = (column >= 0) & (column < len(self.years))
        return np.where(inside, self.values[np.where(inside, column, 0), rows], np.nan)


def find(
    asked: Questions, terms: Terms, traits: Traits, values: Floats, reference: Floats | None, years: Ints, past: Past,
    few: Few | None, policy: Policy,
) -> Findings:  # fmt: skip
    """What holds at the latest figure. ``values`` and ``reference`` (Y, S) are comparable and not later than judged."""
    size = values.shape[1]
    nothing = np.zeros(size, dtype=bool)
    slipping = slipped(past.last_change, past.spread, past.value, terms.higher, policy)
    slipping &= (past.points > 1) & ~is_kind(terms.kind, Kind.SLOW, Kind.MATCH, Kind.NEAR)
    found = Findings(
        met=np.full(size, CANNOT_TELL, dtype=np.int8), year=past.year.copy(), value=past.value.copy(),
        bound=np.full(size, np.nan), gap=np.full(size, np.nan), slipping=slipping, lost=nothing,
        small=nothing.copy(), beyond=nothing.copy(), pooled_value=np.full(size, np.nan), pooled_years=np.zeros(size, dtype=np.int64),
        events=np.zeros(size, dtype=np.int64), base_year=np.zeros(size, dtype=np.int64),
        base_value=np.full(size, np.nan), earlier_value=np.full(size, np.nan), why=np.zeros(size, dtype=np.uint32),
    )  # fmt: skip
    look = _Look(asked, terms, traits, values, reference, years, past, few, policy)
    known = past.points > 0
    for rule, kinds in (
        (_threshold, (Kind.AT_LEAST, Kind.AT_MOST, Kind.EXISTS)), (_near, (Kind.NEAR,)),
        (_since_base, (Kind.RISE, Kind.FALL)), (_times_base, (Kind.TIMES_BASE,)), (_slow, (Kind.SLOW,)),
        (_against_reference, (Kind.NOT_BELOW, Kind.MATCH)),
    ):  # fmt: skip
        rows = np.flatnonzero(is_kind(terms.kind, *kinds) & known)
        if len(rows):
            rule(look, found, rows)
    held = is_kind(terms.kind, Kind.AT_LEAST, Kind.AT_MOST, Kind.EXISTS, Kind.NEAR) & terms.hold
    found.lost = held & (found.met == NOT_MET) & (~found.small | found.beyond)
    return found


def _met(gap: Floats, off: Floats) -> np.ndarray:
    return np.where(np.isnan(gap), CANNOT_TELL, np.where(gap <= off, MET, NOT_MET)).astype(np.int8)


def _beyond(look: _Look, found: Findings, rows: Ints, bound: Floats) -> None:
    """The bound itself counts as reached: 以上 and 以下 include it."""
    value = found.value[rows]
    gap = np.where(look.terms.higher[rows], bound - value, value - bound)
    off = hair(value, bound)
    found.bound[rows] = bound
    found.gap[rows] = np.where(np.abs(gap) <= off, 0.0, gap)
    found.met[rows] = _met(gap, off)


def _within(look: _Look, found: Findings, rows: Ints, bound: Floats) -> None:
    value, tolerance = found.value[rows], look.asked.tolerance[rows]
    gap = np.abs(value - bound) - tolerance
    off = hair(value, bound, tolerance)
    found.bound[rows] = bound
    found.gap[rows] = np.where(np.abs(gap) <= off, 0.0, gap)
    found.met[rows] = _met(gap, off)


def _threshold(look: _Look, found: Findings, rows: Ints) -> None:
    _beyond(look, found, rows, look.asked.bound[rows])
    _small_numbers(look, found, rows)


def _near(look: _Look, found: Findings, rows: Ints) -> None:
    _within(look, found, rows, look.asked.bound[rows])


def _small_numbers(look: _Look, found: Findings, rows: Ints) -> None:
    """Rates on few events: years are pooled, or neither met nor missed is said (:mod:`halfsky.assess.rules`)."""
    if look.few is None:
        return
    rows = rows[look.few.small[rows]]
    few, policy, higher = look.few, look.policy, look.terms.higher[rows]
    events, bound = few.events[rows], look.asked.bound[rows]
    rate = look.traits.per[rows] * events / few.exposure[rows]
    gap = np.where(higher, bound - rate, rate - bound)
    reached = gap <= hair(rate, bound)
    expected = few.expected[rows]
    enough = (expected >= policy.expected_events - hair(expected)) & (reached | (events >= policy.small_events))
    judged = few.beyond[rows] | enough
    found.small[rows], found.beyond[rows] = True, few.beyond[rows]
    found.events[rows], found.pooled_years[rows] = events, few.years[rows]
    found.pooled_value[rows] = np.where(judged, rate, np.nan)
    found.met[rows] = np.where(judged, np.where(reached, MET, NOT_MET), CANNOT_TELL)
    found.gap[rows] = np.where(judged, gap, np.nan)
    found.slipping[rows] = False  # on few events a year is worse than the last by chance
    found.why[rows] |= np.where(judged, np.uint32(Why.POOLED), np.uint32(Why.NOT_ALONE))


def _base(look: _Look, found: Findings, rows: Ints) -> Ints:
    """Find the base value: its year, else the nearest of the two years before; the rows that have one."""
    wanted = look.asked.base_year[rows]
    base, base_year = np.full(len(rows), np.nan), np.zeros(len(rows), dtype=np.int64)
    for back in range(look.policy.base_years_back + 1):
        year = wanted - back
        value = np.where(year < found.year[rows], look.at(rows, year), np.nan)
        taken = np.isnan(base) & ~np.isnan(value)
        base, base_year = np.where(taken, value, base), np.where(taken, year, base_year)
    found.base_value[rows], found.base_year[rows] = base, base_year
    found.why[rows] |= np.select(
        [np.isnan(base), base_year != wanted], [np.uint32(Why.NO_BASE), np.uint32(Why.EARLIER_BASE)], np.uint32(0)
    )
    return np.asarray(rows[~np.isnan(base)])


def _since_base(look: _Look, found: Findings, rows: Ints) -> None:
    """Better than the base year, and not slipping since: standing still is not rising."""
    rows = _base(look, found, rows)
    base, value, higher = found.base_value[rows], found.value[rows], look.terms.higher[rows]
    _beyond(look, found, rows, base)
    better = np.where(higher, value > base, value < base)
    best = (value == base) & (value == np.where(higher, look.traits.high[rows], look.traits.low[rows]))
    slid = better & found.slipping[rows]
    found.met[rows] = np.where(best | (better & ~slid), MET, NOT_MET)
    found.why[rows] |= np.where(slid, np.uint32(Why.SLIPPED), np.uint32(0))


def _times_base(look: _Look, found: Findings, rows: Ints) -> None:
    rows = _base(look, found, rows)
    _beyond(look, found, rows, found.base_value[rows] * look.asked.bound[rows])


def _slow(look: _Look, found: Findings, rows: Ints) -> None:
    """Mean yearly relative growth of the recent window below that of the window before it."""
    year, window = found.year[rows], look.asked.window[rows]
    late, middle, early = (look.at(rows, year - back * window) for back in range(3))
    able = (late > 0) & (middle > 0) & (early > 0)
    found.why[rows] |= np.where(able, np.uint32(Why.GROWTH), np.uint32(Why.NO_WINDOWS))
    rows, window, year = rows[able], window[able], year[able]
    late, middle, early = late[able], middle[able], early[able]
    found.base_year[rows], found.base_value[rows], found.earlier_value[rows] = year - window, middle, early
    recent, earlier = (late / middle) ** (1 / window), (middle / early) ** (1 / window)
    found.met[rows] = np.where(slower(recent, earlier), MET, NOT_MET)


def _against_reference(look: _Look, found: Findings, rows: Ints) -> None:
    """Against the reference of the same place and year: the newest year that has both."""
    assert look.reference is not None
    both = ~np.isnan(look.values[:, rows]) & ~np.isnan(look.reference[:, rows])
    some = both.any(axis=0)
    column = len(look.years) - 1 - both[::-1].argmax(axis=0)
    found.why[rows[~some]] |= np.uint32(Why.NO_REFERENCE)
    rows, column = rows[some], column[some]
    found.year[rows], found.value[rows] = look.years[column], look.values[column, rows]
    other = look.reference[column, rows]
    match = is_kind(look.terms.kind[rows], Kind.MATCH)
    _beyond(look, found, rows[~match], other[~match])
    _within(look, found, rows[match], other[match])
