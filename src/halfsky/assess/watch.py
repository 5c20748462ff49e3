"""The figures under verdicts watched: how they swing, and what is odd about the newest of them.

A series is watched beside those of all other places of its indicator and groups, whether a promise binds them or not.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

import numpy as np

from halfsky.assess import departures, reasons
from halfsky.assess.model import Finding, Flag, Oddity
from halfsky.assess.policy import RARE_EVENT_UNITS
from halfsky.assess.rules import Case, Now
from halfsky.assess.scales import IDENTITY, LOG, LOGIT, NEAR_TOP, Floats, Ints, Scales
from halfsky.assess.series import History
from halfsky.assess.wavering import FEWEST_PEERS, Truths, Wavering, waver
from halfsky.observations import Figures, SeriesKey
from halfsky.observations.bounds import bounds
from halfsky.plan import Indicator, Plan, Text
from halfsky.plan.model import REFERRING_KINDS, Unit

Revised = Mapping[tuple[SeriesKey, int], Decimal]
"""Figures that were revised: what each was before."""


@dataclass(frozen=True)
class _Table:
    """S series in Y years, those of one indicator and group in one pool; the arrays as ``waver`` and ``depart`` take them.

    ``siblings`` (S,) numbers the pools again, apart by the region that the places are part of: a whole wavers less than
    its parts, whose chances average out in it, so they are no measure for each other.
    """

    keys: tuple[SeriesKey, ...]
    histories: tuple[History, ...]
    indicators: tuple[Indicator, ...]
    years: Ints
    values: Floats
    pool: Ints
    siblings: Ints
    scale: Scales
    top: Floats
    numerators: Floats
    denominators: Floats


def _group(key: SeriesKey) -> tuple[str, ...]:
    return key.indicator, key.sex, key.age, key.residence


def _table(plan: Plan, figures: Figures, as_of: int, keys: Collection[SeriesKey]) -> _Table:
    """The series of the groups of some keys, in all places that have a figure up to ``as_of``."""
    wanted = {_group(key) for key in keys if key.indicator in plan.indicator}
    histories = {key: History.of(figures, key, as_of) for key in figures.keys if _group(key) in wanted}
    histories = {key: history for key, history in histories.items() if history.observations}
    years = sorted({o.year for history in histories.values() for o in history.comparable})
    column = {year: i for i, year in enumerate(years)}
    shape = (len(histories), len(years))
    values, numerators, denominators = (np.full(shape, np.nan) for _ in range(3))
    groups: dict[tuple[str, ...], int] = {}
    pool = np.array([groups.setdefault(_group(key), len(groups)) for key in histories], dtype=np.int64)
    for row, history in enumerate(histories.values()):
        for o in history.comparable:
            if o.value is not None:
                values[row, column[o.year]] = float(o.value)
                if o.numerator is not None and o.denominator is not None:
                    numerators[row, column[o.year]] = float(o.numerator)
                    denominators[row, column[o.year]] = float(o.denominator)
    indicators = tuple(plan.indicator[key.indicator] for key in histories)
    lowest = np.full(len(groups), np.inf)
    np.minimum.at(lowest, pool, np.where(np.isnan(values), np.inf, values).min(axis=1, initial=np.inf))
    highest = np.full(len(groups), -np.inf)
    np.maximum.at(highest, pool, np.where(np.isnan(values), -np.inf, values).max(axis=1, initial=-np.inf))
    scale, top = np.full(len(histories), IDENTITY, dtype=np.int8), np.ones(len(histories))
    for row, indicator in enumerate(indicators):
        most = bounds(indicator)[1]
        if indicator.derive is not None and indicator.derive.op == "difference":
            continue
        if indicator.unit is Unit.PERCENT:
            most_share = float(most if most is not None else 100)
            if highest[pool[row]] < NEAR_TOP * most_share:  # else small steps to the top would look like leaps
                scale[row], top[row] = LOGIT, most_share
        elif lowest[pool[row]] > 0:
            scale[row] = LOG
    return _Table(
        tuple(histories), tuple(histories.values()), indicators, np.array(years, dtype=np.int64),
        values, pool, _siblings(plan, pool, [key.region for key in histories]), scale, top, numerators, denominators,
    )  # fmt: skip


def _siblings(plan: Plan, pool: Ints, regions: Sequence[str]) -> Ints:
    """Pools of places that are parts of the same whole; (S,)."""
    made: dict[tuple[int, str | None], int] = {}
    parents = [plan.place[region].parent if region in plan.place else None for region in regions]
    pairs = zip(pool.tolist(), parents, strict=True)
    return np.array([made.setdefault(pair, len(made)) for pair in pairs], dtype=np.int64)


def examine(
    plan: Plan, figures: Figures, *, as_of: int, revised: Revised | None = None
) -> dict[SeriesKey, tuple[Finding, ...]]:
    """What is odd about the newest figures of every series, newest first; series of which nothing is are left out.

    Only ``figures`` are looked at: what is derived from them, or printed in the plan, must be among them.
    """
    table = _table(plan, figures, as_of, figures.keys)
    return _examined(table, revised or {}, set(table.keys))


def _examined(table: _Table, revised: Revised, wanted: Collection[SeriesKey]) -> dict[SeriesKey, tuple[Finding, ...]]:
    able = np.array([_speaks(indicator) for indicator in table.indicators], dtype=bool)
    rounding = np.array([10.0**-indicator.decimals for indicator in table.indicators])
    odd = departures.depart(
        np.where(able[:, None], table.values, np.nan), table.years, table.pool, table.scale, table.top,
        rounding=rounding, numerators=table.numerators, denominators=table.denominators,
    )  # fmt: skip
    found = {
        key: _findings(table.histories[row], table.indicators[row], key, table.years, odd, row, revised)
        for row, key in enumerate(table.keys)
        if key in wanted
    }
    return {key: findings for key, findings in found.items() if findings}


@dataclass(frozen=True)
class Watch:
    """What was seen of S targets in places; ``wide`` and ``volatile`` (S,) against each one's stake."""

    wavering: Wavering
    stakes: Floats
    wide: Truths
    volatile: Truths
    found: tuple[tuple[Finding, ...], ...]

    def flag(self, row: int, case: Case, now: Now) -> None:
        """Flag what swings, and say why: volatile, or small numbers where chance alone explains it."""
        if not self.wide[row]:
            return
        seen = self.wavering
        spread, dispersion = float(seen.spread[row]), float(seen.dispersion[row])
        if not self.volatile[row]:
            now.flags.add(Flag.SMALL_NUMBERS)
            now.reasons.append(reasons.swings_by_chance(case.indicator, spread, dispersion))
            return
        now.flags.add(Flag.VOLATILE)
        peers = int(seen.peers[row])
        now.reasons.append(
            reasons.swings(
                case.indicator, spread, float(self.stakes[row]), met=bool(now.met), turns=int(seen.turns[row]),
                years=int(seen.changes[row]) + 1, ratio=float(seen.ratio[row]) if peers >= FEWEST_PEERS else None,
                limit=float(seen.limit[row]), peers=peers, dispersion=dispersion if np.isfinite(dispersion) else None,
            )
        )  # fmt: skip


def watch(
    plan: Plan, figures: Figures, as_of: int, cases: Sequence[tuple[Case, Now | None, SeriesKey]], stakes: Floats,
    differences: tuple[Floats, Ints, Ints, Scales, Floats], revised: Revised,
) -> Watch:  # fmt: skip
    """Watch the series of S targets in places, beside those of all other places.

    ``differences`` are the arrays that the kernel takes of what each target moves by: kinds that compare two series
    are watched by their difference, among the places bound.
    """
    wanted = {key for *_, key in cases}
    table = _table(plan, figures, as_of, wanted)
    row_of = {key: row for row, key in enumerate(table.keys)}
    rows = np.array([row_of.get(key, -1) for *_, key in cases], dtype=np.int64)
    compared = np.array([case.target.kind in REFERRING_KINDS for case, *_ in cases], dtype=bool)
    own = waver(
        table.values, table.years, table.siblings, table.scale, table.top, table.numerators, table.denominators
    )  # fmt: skip
    values, years, pool, scale, top = differences
    apart = waver(values, years, _siblings(plan, pool, [key.region for *_, key in cases]), scale, top)
    seen = Wavering(**{f.name: _either(compared | (rows < 0), apart, own, f.name, rows) for f in fields(Wavering)})
    rounding = np.array([10.0**-case.indicator.decimals for case, *_ in cases])
    wide = seen.wide(stakes, rounding)
    odd = _examined(table, revised, wanted)
    found = tuple(() if now is None else odd.get(key, ()) for _, now, key in cases)
    return Watch(seen, stakes, wide, wide & ~seen.by_chance(), found)


def _either(first: Truths, one: Wavering, other: Wavering, name: str, rows: Ints) -> Any:
    values = getattr(other, name)
    return np.where(first, getattr(one, name), values[rows] if len(values) else 0)


def _speaks(indicator: Indicator) -> bool:
    """Whether a year's figure can be odd by itself.

    Bodies elected for a term keep theirs until all change at once; a yes is no measure; and what is derived from rates of
    rare events has no counts any more by which chance could be told.
    """
    rare = indicator.derive is not None and indicator.unit in RARE_EVENT_UNITS
    return indicator.frequency == "annual" and indicator.unit is not Unit.YES_NO and not rare


def _findings(
    history: History, indicator: Indicator, key: SeriesKey, years: Ints, odd: departures.Departures, row: int,
    revised: Revised,
) -> tuple[Finding, ...]:  # fmt: skip
    found = []
    latest = history.observations[-1].year
    for column in np.flatnonzero(odd.kind[row]).tolist():
        year = int(years[column])
        if (key, year) not in revised:
            found.append(_departed(indicator, year, history.values[year], odd, row, column))
    columns = {int(year): i for i, year in enumerate(years)}
    for year, value in history.values.items():
        old = revised.get((key, year))
        if old is not None and old != value and year > latest - departures.YEARS:
            at = columns.get(year)
            far = at is not None and odd.kind[row, at] != departures.NONE
            found.append(
                Finding(
                    kind=Oddity.REVISED, year=year, value=value, old=old, size=float(value - old),
                    **(_expected(indicator, odd, row, at) if far and at is not None else {}),
                    text=reasons.revised(indicator, year, old, value, far=far), todo=reasons.check_revised(far=far),
                )
            )  # fmt: skip
    broke = history.break_year
    if broke is not None and len(history.comparable) < len(history.observations):
        found.append(
            Finding(
                kind=Oddity.BREAK, year=broke, value=history.values[broke],
                text=reasons.broke(broke), todo=reasons.known_break(),
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda f: -f.year))


_KINDS = {
    departures.JUMP: Oddity.JUMP,
    departures.SPIKE: Oddity.SPIKE,
    departures.SHIFT: Oddity.SHIFT,
    departures.COMMON: Oddity.COMMON_SHIFT,
}


def _expected(indicator: Indicator, odd: departures.Departures, row: int, column: int) -> dict[str, float]:
    """Median and interval, kept within what is possible for the indicator."""
    least, most = (None if limit is None else float(limit) for limit in bounds(indicator))
    cells = {"expected": odd.expected, "low": odd.low, "high": odd.high}
    told = {name: float(cell[row, column]) for name, cell in cells.items()}
    if least is None and most is None:
        return told
    return {name: float(np.clip(value, least, most)) for name, value in told.items()}


def _departed(
    indicator: Indicator, year: int, value: Decimal, odd: departures.Departures, row: int, column: int
) -> Finding:
    kind, places = _KINDS[int(odd.kind[row, column])], int(odd.places[row, column])
    told = _expected(indicator, odd, row, column)
    share: float | None = None
    if kind is Oddity.COMMON_SHIFT:
        share = float(odd.share[row, column])
        text = reasons.shifted_together(indicator, year, value, told["expected"], round(share * places), places)
        todo = reasons.check_everywhere(year)
    else:
        after: Text
        if kind is Oddity.SPIKE:
            after, todo = reasons.WENT_BACK, reasons.check_raw(year)
        elif kind is Oddity.SHIFT:
            alone = places >= departures.COMMON_PLACES
            after = reasons.stayed_here(places) if alone else reasons.STAYED
            todo = reasons.check_definition(year)
        else:
            after, todo = reasons.NOT_TOLD_YET, reasons.check_newest(year)
        text = reasons.far_out(indicator, year, value, told["expected"], told["low"], told["high"], after)
    return Finding(
        kind=kind, year=year, value=value, size=float(value) - told["expected"], **told, places=places, share=share,
        text=text, todo=todo,
    )  # fmt: skip
