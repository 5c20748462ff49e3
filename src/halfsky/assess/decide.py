"""What follows once it is known what holds now: probability, status, pace, flags; arrays of S questions at once.

The one definition of these rules. Verdicts of a plan (:mod:`halfsky.assess.verdicts`) come here with what exact
decimals say of each place; :mod:`halfsky.assess.batch` comes with what arrays say of millions. NaN stands for what is
not known. All arrays have shape (S,) unless said otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntFlag

import numpy as np
from numpy.typing import ArrayLike, NDArray

from halfsky.assess import reasons
from halfsky.assess.kernel import Ahead
from halfsky.assess.model import Standing
from halfsky.assess.policy import Policy
from halfsky.assess.scales import IDENTITY, LOG, LOGIT, NEAR_TOP, Bools, Floats, Ints, Scales
from halfsky.assess.traits import Traits
from halfsky.plan import Kind, Text

Codes = NDArray[np.int8]
Bits = NDArray[np.uint32]

KINDS = tuple(Kind)
STANDINGS = tuple(Standing)
KIND_CODE = {kind: code for code, kind in enumerate(KINDS)}
STANDING_CODE = {standing: np.int8(code) for code, standing in enumerate(STANDINGS)}
MET, NOT_MET, CANNOT_TELL = 1, 0, -1

_HAIR = 16 * np.finfo(float).eps  # decimal figures that differ by less differ by the rounding of binary fractions only


class Why(IntFlag):
    """What a verdict adds to its sentence, in the order in which it is said."""

    POOLED = 1 << 0
    NOT_ALONE = 1 << 1
    EARLIER_BASE = 1 << 2
    NO_BASE = 1 << 3
    SLIPPED = 1 << 4
    NO_WINDOWS = 1 << 5
    GROWTH = 1 << 6
    NO_REFERENCE = 1 << 7
    BROKE = 1 << 8
    STALE = 1 << 9
    ASPIRATION_OPEN = 1 << 10
    UNMEASURED = 1 << 11
    FEW_POINTS = 1 << 12
    NO_PEERS = 1 << 13


@dataclass(frozen=True)
class Terms:
    """What is asked of S series. ``kind`` indexes :data:`KINDS`; ``higher`` says which way is forward."""

    kind: Codes
    milestone: Ints
    final: Ints
    hold: Bools
    aspiration: Bools
    higher: Bools
    there_or_not: Bools  # a yes, a count of things: no trend leads there
    tolerance: Floats
    stale_after: Ints

    @property
    def compared(self) -> Bools:
        """Held against a reference: what is forecast is the difference."""
        return is_kind(self.kind, Kind.NOT_BELOW, Kind.MATCH)

    @property
    def trendless(self) -> Bools:
        """What is asked is no level that a trend leads to: it is there or not, or growth is compared with growth."""
        return np.asarray(self.there_or_not | is_kind(self.kind, Kind.SLOW))


@dataclass(frozen=True)
class Present:
    """What holds at the latest figure of S series; ``met`` is 1, 0, or −1 where the figures cannot tell."""

    met: Codes
    year: Ints
    value: Floats
    bound: Floats
    gap: Floats
    change: Floats  # observed change per year, NaN for a single figure
    known: Bools  # whether there is a figure
    applies: Bools
    small: Bools  # judged on few events
    pooled: Bools
    beyond: Bools  # the pooled rate lies beyond the bound by more than chance explains


def is_kind(kind: Codes, *wanted: Kind) -> Bools:
    """Which questions are of one of these kinds."""
    found = kind == KIND_CODE[wanted[0]]
    for other in wanted[1:]:
        found = found | (kind == KIND_CODE[other])
    return np.asarray(found)


def hair(*values: ArrayLike) -> Floats:
    """By how much differences of these values may be off, because binary fractions are not decimals."""
    size = np.abs(np.asarray(values[0], dtype=float))
    for value in values[1:]:
        size = np.maximum(size, np.abs(value))
    return np.asarray(_HAIR * size)


def slower(recent: ArrayLike, earlier: ArrayLike) -> Bools:
    """Whether growth by the factor ``recent`` is below growth by ``earlier``, rounding set aside."""
    return np.asarray(np.asarray(earlier) - recent > hair(recent, earlier))


def slipped(last_change: ArrayLike, spread: ArrayLike, level: ArrayLike, higher: ArrayLike, policy: Policy) -> Bools:
    """Whether the last yearly change was for the worse beyond noise; NaN for what is not known.

    Noise is ``slip_spreads`` robust spreads of the yearly changes, and at least ``slip_share`` of the level.
    """
    noise = np.maximum(np.nan_to_num(spread) * policy.slip_spreads, np.abs(level) * policy.slip_share)
    return np.asarray(np.where(higher, -np.asarray(last_change), last_change) > noise)


def stake(terms: Terms, present: Present) -> Floats:
    """What swings are held against, in the unit: the step still required a year or, once met, the margin; NaN unknown."""
    left = np.maximum(terms.milestone - present.year, 1)
    return np.asarray(np.abs(present.gap) / np.where(present.gap > 0, left, 1))


def nearly(present: Present, policy: Policy) -> Bools:
    """Short of the bound by no more than the documented margin."""
    margin = policy.nearly * np.abs(present.bound) + hair(present.value, present.bound)
    return np.asarray((present.met == NOT_MET) & (present.bound != 0) & (present.gap > 0) & (present.gap <= margin))


def required(terms: Terms, present: Present) -> Floats:
    """The change per year that leads to the bound in time, or to the edge of what is tolerated about it.

    NaN where nothing is short or no year is left. Pooled years are held against the bound, not the newest one alone.
    """
    left = terms.milestone - present.year
    asked = (present.met == NOT_MET) & (left > 0)
    way = np.copysign(present.gap, present.bound - present.value)
    way = np.where(present.pooled, np.where(terms.higher, present.gap, -present.gap), way)
    return np.asarray(np.where(asked, way / np.maximum(left, 1), np.nan))


def lowest(values: Floats, pool: Ints) -> Floats:
    """For each of S series the least figure of its pool, infinite where there is none; ``values`` (S, Y)."""
    least = np.full(int(pool.max()) + 1 if len(pool) else 0, np.inf)
    np.minimum.at(least, pool, np.where(np.isnan(values), np.inf, values).min(axis=1, initial=np.inf))
    return least[pool]


def scale_of(terms: Terms, bound: Floats, traits: Traits, lowest: Floats) -> Scales:
    """The scale on which each series moves freely: logit for percentages, log for quantities.

    ``bound`` is the milestone's own value. ``lowest`` is the least figure of the pool: a quantity that is ever zero is
    forecast as it is. So are differences; and so are promises of all, since on the logit scale the top itself is never
    reached, and places do reach 100%.
    """
    natural, top, difference = traits.natural, traits.top, traits.difference
    of_all = is_kind(terms.kind, Kind.AT_LEAST, Kind.EXISTS) & (bound >= NEAR_TOP * top) & (natural == LOGIT)
    straight = terms.compared | difference | of_all | ((natural == LOG) & ~(lowest > 0))
    return np.asarray(np.where(straight, IDENTITY, natural), dtype=np.int8)


def between(terms: Terms, present: Present) -> tuple[Floats, Floats]:
    """Between which values the target is met: infinite on a side that does not bind, both when nothing is known."""
    tolerance = np.nan_to_num(terms.tolerance)
    match, near = is_kind(terms.kind, Kind.MATCH), is_kind(terms.kind, Kind.NEAR)
    bound = np.where(terms.compared, 0.0, present.bound)
    both = near | match
    low = np.where(both, bound - tolerance, np.where(terms.higher, bound, -np.inf))
    high = np.where(both, bound + tolerance, np.where(terms.higher, np.inf, bound))
    nothing = terms.trendless | np.isnan(present.bound)
    return np.where(nothing, -np.inf, low), np.where(nothing, np.inf, high)


def meeting(ahead: Ahead, low: Floats, high: Floats) -> Floats:
    """Probability of lying between two values, NaN where neither binds."""
    bounded_low, bounded_high = np.isfinite(low), np.isfinite(high)
    one = ahead.below(np.where(bounded_high, high, np.where(bounded_low, low, 0.0)))
    found = np.where(bounded_high, one, 1.0 - one)
    rows = np.flatnonzero(bounded_low & bounded_high)
    if len(rows):
        found[rows] -= ahead.take(rows).below(low[rows])
    return np.where(bounded_low | bounded_high, np.clip(found, 0.0, 1.0), np.nan)


def foreseeable(present: Present, points: Ints, policy: Policy) -> Bools:
    """Whether a forecast is given: a single year's rate on a few events is mostly chance, and so would it be."""
    return present.known & present.applies & (points >= policy.points_for_probability) & ~present.small


def stated(terms: Terms, present: Present, points: Ints, meets: Floats, policy: Policy) -> Floats:
    """The probability of meeting the target where one is stated, else NaN."""
    ahead = present.year < terms.milestone
    return np.where(foreseeable(present, points, policy) & ahead, meets, np.nan)


def decide(
    terms: Terms, present: Present, probability: Floats, points: Ints, peers: Ints, as_of: int, policy: Policy
) -> tuple[Codes, Bits]:
    """Statuses (indices of :data:`STANDINGS`) and what a reader must know of how they came about (:class:`Why`)."""
    there = present.known & present.applies
    short = there & (present.met == NOT_MET)
    reached = as_of >= terms.milestone
    measured = reached & (present.year >= terms.milestone)
    failed = measured & ~(terms.hold & (terms.milestone != terms.final)) & ~terms.aspiration
    sure = ~np.isnan(probability)
    likely = np.nan_to_num(probability, nan=-1.0)
    open_ = short & ~terms.aspiration & ~failed
    by_pace = open_ & ~terms.hold & ~present.pooled & ~sure & ~terms.trendless
    code = STANDING_CODE
    likely_or_not = np.where(likely >= policy.on_track, code[Standing.ON_TRACK], code[Standing.UNCERTAIN])
    status = np.select(
        [
            ~present.applies,
            ~present.known,
            present.met == MET,
            present.met == CANNOT_TELL,
            terms.aspiration,
            failed,
            np.where(present.pooled, present.beyond, terms.hold),
            sure & (likely < policy.at_risk),
            sure | terms.trendless | present.pooled,
        ],
        [
            code[Standing.NOT_APPLICABLE],
            code[Standing.NO_DATA],
            code[Standing.MET],
            code[Standing.TOO_LITTLE],
            likely_or_not,
            code[Standing.MISSED],
            code[Standing.AT_RISK],
            code[Standing.AT_RISK],
            likely_or_not,
        ],
        code[Standing.TOO_LITTLE],
    )
    rows = np.flatnonzero(by_pace)
    if len(rows):
        status[rows] = _by_pace(rows, terms, present, policy)
    why = np.zeros(len(status), dtype=np.uint32)
    stale = there & (as_of - present.year > terms.stale_after)
    for bit, where in (
        (Why.STALE, stale),
        (Why.ASPIRATION_OPEN, short & terms.aspiration),
        (Why.UNMEASURED, open_ & reached & ~measured),
        (Why.FEW_POINTS, by_pace),
        (Why.NO_PEERS, there & sure & (peers == 0)),
    ):
        why |= np.where(where, np.uint32(bit), np.uint32(0))
    return status.astype(np.int8), why


def _by_pace(rows: Ints, terms: Terms, present: Present, policy: Policy) -> Codes:
    """With two or three figures: observed against required pace, as Eurostat's classes have it; shape of ``rows``."""
    code = STANDING_CODE
    gap, bound, pace = present.gap[rows], present.bound[rows], present.change[rows]
    left = terms.milestone[rows] - present.year[rows]
    forward = np.where(terms.higher[rows], pace, -pace)
    # A single figure: far from the bound with hardly any time left needs no trend to be at risk.
    far = gap > np.abs(bound) * policy.far + hair(present.value[rows], bound)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = forward / (gap / np.maximum(left, 1))
    return np.select(
        [
            np.isnan(gap) | (left <= 0),
            np.isnan(pace) & far & (left <= policy.hardly_any_time),
            np.isnan(pace),
            (gap <= 0)
            & (forward > 0),  # level with the base year, or slipping from above it: any move forward would do
            gap <= 0,
            ratio >= policy.pace_on_track,
            ratio < policy.pace_at_risk,
        ],
        [
            code[Standing.TOO_LITTLE],
            code[Standing.AT_RISK],
            code[Standing.TOO_LITTLE],
            code[Standing.UNCERTAIN],
            code[Standing.AT_RISK],
            code[Standing.ON_TRACK],
            code[Standing.AT_RISK],
        ],
        code[Standing.UNCERTAIN],
    )


def explained(why: int, *, year: int, milestone: int, points: int, as_of: int) -> Iterator[Text]:
    """The sentences of what :func:`decide` found, in order."""
    if why & Why.STALE:
        yield reasons.stale(year, as_of)
    if why & Why.ASPIRATION_OPEN:
        yield reasons.aspiration_open()
    if why & Why.UNMEASURED:
        yield reasons.milestone_unmeasured(milestone, year)
    if why & Why.FEW_POINTS:
        yield reasons.few_points(points)
    if why & Why.NO_PEERS:
        yield reasons.no_peers()
