"""Is a target met now? Exact, in decimals, kind by kind; what lies ahead is the kernel's business."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from halfsky.assess import reasons
from halfsky.assess.decide import slipped, slower
from halfsky.assess.model import Flag
from halfsky.assess.policy import RARE_EVENT_UNITS, Policy
from halfsky.assess.series import History
from halfsky.observations.bounds import bounds
from halfsky.plan import Indicator, Kind, Milestone, Target, Text


@dataclass(frozen=True, slots=True)
class Few:
    """Events too few in a year to judge by: pooled, beside how many the bound would let one expect."""

    events: Decimal
    exposure: Decimal
    years: int
    expected: float
    reached: bool


@dataclass
class Now:
    """What holds at the latest figure. ``met`` is ``None`` where the figures cannot tell.

    ``few`` waits for :func:`settle`; ``beyond`` says that a pooled rate lies beyond the bound by more than chance.
    """

    met: bool | None
    year: int
    value: Decimal
    bound: Decimal | None = None
    gap: Decimal | None = None
    base_year: int | None = None
    base_value: Decimal | None = None
    pooled_value: Decimal | None = None
    pooled_years: int | None = None
    few: Few | None = None
    beyond: bool = False
    flags: set[Flag] = field(default_factory=set)
    reasons: list[Text] = field(default_factory=list)


@dataclass(frozen=True)
class Case:
    """All that the rules look at: one target in one place."""

    target: Target
    milestone: Milestone
    indicator: Indicator
    history: History
    reference: History
    policy: Policy

    @property
    def better_is_higher(self) -> bool:
        return better_is_higher(self.target, self.milestone, self.indicator)


def better_is_higher(target: Target, milestone: Milestone, indicator: Indicator) -> bool:
    """Which way is forward: what the kind asks for, else the indicator's own direction."""
    match target.kind:
        case Kind.AT_LEAST | Kind.RISE | Kind.EXISTS | Kind.NOT_BELOW:
            return True
        case Kind.AT_MOST | Kind.FALL | Kind.SLOW:
            return False
        case Kind.TIMES_BASE:
            return milestone.value is None or milestone.value >= 1
        case _:
            return indicator.direction != "lower"


def judge(case: Case) -> Now:
    """What holds at the latest figure; the history must have one."""
    latest = case.history.latest
    assert latest is not None
    assert latest.value is not None
    now = Now(None, latest.year, latest.value)
    _RULES[case.target.kind](case, now)
    if case.history.break_year is not None and len(case.history.comparable) < len(case.history.observations):
        now.flags.add(Flag.BREAK)
        now.reasons.append(reasons.broke(case.history.break_year))
    # With few events a year is worse than the last by chance; that more fell than chance explains is a cluster.
    steady = case.target.kind not in {Kind.SLOW, Kind.MATCH, Kind.NEAR} and Flag.SMALL_NUMBERS not in now.flags
    if steady and slipping(case):
        now.flags.add(Flag.SLIPPING)
    return now


def _beyond(case: Case, now: Now, bound: Decimal, *, higher: bool) -> None:
    """The bound itself counts as reached: 以上 and 以下 include it."""
    now.bound = bound
    now.gap = bound - now.value if higher else now.value - bound
    now.met = now.gap <= 0


def _threshold(case: Case, now: Now) -> None:
    assert case.milestone.value is not None
    _beyond(case, now, case.milestone.value, higher=case.better_is_higher)
    _small_numbers(case, now)
    if case.target.hold and now.met is False:
        now.flags.add(Flag.SLIPPING)


def _small_numbers(case: Case, now: Now) -> None:
    """One year of a rare event in a small place proves little: pool years, and leave the rest to :func:`settle`.

    Years are pooled backwards until there are ``small_events`` events, at most ``pooled_years`` of them.
    """
    latest = case.history.latest
    if case.indicator.unit not in RARE_EVENT_UNITS or case.indicator.scale is None:
        return
    if latest is None or latest.numerator is None or not latest.denominator:
        return
    if latest.numerator >= case.policy.small_events or now.bound is None:
        return
    now.flags.add(Flag.SMALL_NUMBERS)
    together = case.history.pooled(case.policy.small_events, case.policy.pooled_years)
    assert together is not None
    events, exposure = together.events, together.exposure
    pooled = case.indicator.scale * events / exposure
    reached = pooled >= now.bound if case.better_is_higher else pooled <= now.bound
    now.few = Few(events, exposure, together.years, float(exposure * now.bound / case.indicator.scale), reached)
    now.met, now.gap = None, None


def settle(case: Case, now: Now, *, beyond: bool) -> None:
    """Judge the pooled rate of few events; ``beyond``: more than chance explains in any place of the target.

    What counts as short of the bound is a rate beyond it by more than chance, however small the place, or one on
    ``small_events`` events. Otherwise, and where fewer than ``expected_events`` would be expected even at the
    bound, neither met nor missed is said.
    """
    few, policy = now.few, case.policy
    assert few is not None
    assert now.bound is not None
    assert case.indicator.scale is not None
    enough = few.expected >= policy.expected_events and (few.reached or few.events >= policy.small_events)
    if not beyond and not enough:
        now.reasons.insert(0, reasons.not_to_be_judged_alone(int(few.events), few.years))
        return
    pooled = case.indicator.scale * few.events / few.exposure
    now.met, now.beyond, now.pooled_value, now.pooled_years = few.reached, beyond, pooled, few.years
    now.gap = now.bound - pooled if case.better_is_higher else pooled - now.bound
    now.reasons.insert(0, reasons.pooled(case.indicator, pooled, few.years, int(few.events)))
    if case.target.hold and beyond:
        now.flags.add(Flag.SLIPPING)


def _near(case: Case, now: Now) -> None:
    assert case.milestone.value is not None
    assert case.target.tolerance is not None
    now.bound = case.milestone.value
    now.gap = abs(now.value - now.bound) - case.target.tolerance.value
    now.met = now.gap <= 0
    if case.target.hold and not now.met:
        now.flags.add(Flag.SLIPPING)


def _base(case: Case, now: Now) -> bool:
    """Find the base value: its year, else the nearest of the two years before; a later year is no base."""
    wanted = case.milestone.base_year
    assert wanted is not None
    for year in range(wanted, wanted - case.policy.base_years_back - 1, -1):
        value = case.history.values.get(year)
        if value is not None and year < now.year:
            now.base_year, now.base_value = year, value
            if year != wanted:
                now.reasons.append(reasons.earlier_base(wanted, year))
            return True
    now.reasons.append(reasons.no_base(wanted, broken=case.history.break_year is not None))
    return False


def _since_base(case: Case, now: Now) -> None:
    """Better than the base year, and not slipping since: standing still is not rising."""
    if not _base(case, now):
        return
    assert now.base_value is not None
    higher = case.target.kind is Kind.RISE
    _beyond(case, now, now.base_value, higher=higher)
    now.met = now.value > now.base_value if higher else now.value < now.base_value
    if now.value == now.base_value == bounds(case.indicator)[1 if higher else 0]:
        now.met = True  # at the best that is possible, as in the base year: nothing is left to gain
        return
    if now.met and slipping(case):
        now.met = False
        now.reasons.append(reasons.slipped())


def _times_base(case: Case, now: Now) -> None:
    if not _base(case, now):
        return
    assert now.base_value is not None
    assert case.milestone.value is not None
    _beyond(case, now, now.base_value * case.milestone.value, higher=case.better_is_higher)


def _slow(case: Case, now: Now) -> None:
    """Mean yearly relative growth of the recent window below that of the window before it."""
    window = case.target.window
    assert window is not None
    values = case.history.values
    ends = [now.year, now.year - window, now.year - 2 * window]
    if any(year not in values for year in ends) or any(values[year] <= 0 for year in ends):
        now.reasons.append(reasons.no_windows(window))
        return
    recent, earlier = (
        float(values[late] / values[early]) ** (1 / window) for late, early in ((ends[0], ends[1]), (ends[1], ends[2]))
    )
    now.base_year, now.base_value = ends[1], values[ends[1]]
    now.met = bool(slower(recent, earlier))
    now.reasons.append(reasons.growth(ends, recent - 1, earlier - 1))


def _against_reference(case: Case, now: Now) -> None:
    """Against the reference of the same place and year: the newest year that has both."""
    common = [year for year in case.history.values if year in case.reference.values]
    if not common:
        now.reasons.append(reasons.no_reference())
        return
    now.year = common[-1]
    now.value, other = case.history.values[now.year], case.reference.values[now.year]
    if case.target.kind is Kind.NOT_BELOW:
        _beyond(case, now, other, higher=True)
        return
    assert case.target.tolerance is not None
    now.bound = other
    now.gap = abs(now.value - other) - case.target.tolerance.value
    now.met = now.gap <= 0


_RULES: dict[Kind, Callable[[Case, Now], None]] = {
    Kind.AT_LEAST: _threshold,
    Kind.AT_MOST: _threshold,
    Kind.EXISTS: _threshold,
    Kind.NEAR: _near,
    Kind.RISE: _since_base,
    Kind.FALL: _since_base,
    Kind.TIMES_BASE: _times_base,
    Kind.SLOW: _slow,
    Kind.NOT_BELOW: _against_reference,
    Kind.MATCH: _against_reference,
}


def slipping(case: Case) -> bool:
    """Whether the last change was for the worse beyond noise (:func:`halfsky.assess.decide.slipped`)."""
    changes = case.history.changes
    if not len(changes):
        return False
    level = float(list(case.history.values.values())[-1])
    return bool(slipped(changes[-1], case.history.spread or 0.0, level, case.better_is_higher, case.policy))
