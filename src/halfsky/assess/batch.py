"""Millions of questions at once: the rules, the forecast and the decision over arrays, in blocks that fit the cache.

:func:`halfsky.assess.verdicts.assess` is the exact engine for the verdicts that a city publishes; this one answers
the same questions for a notebook, a province or the nation. What follows after "met now" is one code for both.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np

from halfsky.assess import decide, kernel
from halfsky.assess.decide import STANDING_CODE, Present, Terms, Why
from halfsky.assess.few import Few
from halfsky.assess.kernel import Ahead, Predictive
from halfsky.assess.model import Flag, Standing
from halfsky.assess.past import Past
from halfsky.assess.policy import DEFAULT_POLICY, Policy
from halfsky.assess.present import Findings, find
from halfsky.assess.questions import Questions
from halfsky.assess.scales import Bools, Floats, Ints
from halfsky.assess.standings import FLAG_BIT, QUANTILES, Standings
from halfsky.assess.traits import Traits
from halfsky.assess.wavering import Wavering, waver

_BLOCK = 1 << 14  # questions answered at once: what fits in a processor's cache
_SETTLED = [STANDING_CODE[s] for s in (Standing.NO_DATA, Standing.NOT_APPLICABLE, Standing.TOO_LITTLE)]


def judge(questions: Questions, *, as_of: int, policy: Policy = DEFAULT_POLICY) -> Standings:
    """Answer S questions as of a year. Figures of later years are never looked at.

    Pools may stand in any order and be of any size; a place alone in its pool is answered from its own figures, and
    says so. Memory: the answers (about 150 bytes a question) and one block, or the largest pool.
    """
    out = Standings.empty(questions, as_of)
    traits = Traits.of(questions.indicators, policy)
    for rows in _whole_pools(questions.pool):
        _judge(questions.take(rows), traits, rows, out, policy)
    return out


def _whole_pools(pool: Ints) -> Iterator[Ints | slice]:
    """Rows in portions that hold whole pools, of about a block each; slices where pools stand together already."""
    together = bool((np.diff(pool) >= 0).all())
    order = None if together else np.argsort(pool, kind="stable")
    ordered = pool if order is None else pool[order]
    ends = np.append(np.flatnonzero(np.diff(ordered)) + 1, len(pool))
    start = 0
    while start < len(pool):
        # The last pool that ends within a block; one that is larger than a block goes alone.
        last = int(np.searchsorted(ends, start + _BLOCK, side="right")) - 1
        end = int(ends[last]) if last >= 0 and ends[last] > start else int(ends[last + 1])
        yield slice(start, end) if order is None else order[start:end]
        start = end


def _judge(asked: Questions, traits: Traits, rows: Ints | slice, out: Standings, policy: Policy) -> None:
    """Answer whole pools and write the answers into ``out`` at ``rows``."""
    portion = _Portion.of(asked, traits, out.as_of, policy)
    predictive = kernel.fit(portion.path, portion.years, portion.pool, portion.scale, portion.traits.top)
    wavering = _wavering(portion)
    index = np.arange(rows.start, rows.stop) if isinstance(rows, slice) else rows
    for start in range(0, len(asked), _BLOCK):
        part = slice(start, min(start + _BLOCK, len(asked)))
        whole = part.stop - part.start == len(asked)
        _answer(
            portion if whole else portion.take(part),
            predictive.take(part),
            wavering.take(part),
            index[part],
            out,
            policy,
        )


def _wavering(portion: _Portion) -> Wavering:
    """How the questions of whole pools swing; of differences no counts are known."""
    known = ~np.isnan(portion.values) & ~portion.terms.compared[:, None]

    def counts(given: Floats | None) -> Floats | None:
        return None if given is None else np.where(known, given[:, : known.shape[1]], np.nan)

    return waver(
        portion.path, portion.years, portion.pool, portion.scale, portion.traits.top,
        counts(portion.asked.numerators), counts(portion.asked.denominators),
    )  # fmt: skip


@dataclass(frozen=True)
class _Portion:
    """Questions with what is read off them; ``values`` and ``path`` (S, Y) are comparable and not later than judged.

    ``path`` is what is forecast: the value, or its difference from the reference.
    """

    asked: Questions
    terms: Terms
    traits: Traits
    years: Ints
    values: Floats
    path: Floats
    pool: Ints
    scale: np.ndarray
    broken: Bools
    few: Few | None

    @classmethod
    def of(cls, asked: Questions, traits: Traits, as_of: int, policy: Policy) -> _Portion:
        size = max(int(np.searchsorted(asked.years, as_of, side="right")), 1)
        years = asked.years[:size]
        values = asked.values[:, :size] if years[0] <= as_of else np.full((len(asked), 1), np.nan)
        broken = np.zeros(len(asked), dtype=bool)
        if asked.broke.any():
            before = ~np.isnan(values) & (years < asked.broke[:, None])
            broken = np.asarray(before.any(axis=1))
            values = np.where(before, np.nan, values)
        own = traits.take(asked.indicator)
        terms = asked.terms(own)
        path = values
        if asked.reference is not None:
            path = np.where(terms.compared[:, None], values - asked.reference[:, :size], values)
        pool = np.unique(asked.pool, return_inverse=True)[1].astype(np.int64)
        scale = decide.scale_of(terms, asked.bound, own, decide.lowest(path, pool))
        few = Few.of(asked, terms, own, values, pool, policy)
        return cls(asked, terms, own, years, values, path, pool, scale, broken, few)

    def take(self, part: slice) -> _Portion:
        """Some of the questions."""
        terms = Terms(**{f.name: getattr(self.terms, f.name)[part] for f in fields(Terms)})
        traits = Traits(**{f.name: getattr(self.traits, f.name)[part] for f in fields(Traits)})
        return _Portion(
            self.asked.take(part), terms, traits, self.years, self.values[part], self.path[part], self.pool[part],
            self.scale[part], self.broken[part], None if self.few is None else self.few.take(part),
        )  # fmt: skip


def _answer(
    portion: _Portion, predictive: Predictive, wavering: Wavering, rows: Ints, out: Standings, policy: Policy
) -> None:
    asked, terms = portion.asked, portion.terms
    values = np.ascontiguousarray(portion.values.T)
    reference = None if asked.reference is None else asked.reference[:, : len(portion.years)].T
    past = Past.of(values, portion.years)
    found = find(asked, terms, portion.traits, values, reference, portion.years, past, portion.few, policy)
    present = found.present(past, asked.applies)
    ahead = predictive.at(terms.milestone)
    meets = decide.meeting(ahead, *decide.between(terms, present))
    points, peers = predictive.points, predictive.peers
    probability = decide.stated(terms, present, points, meets, policy)
    status, why = decide.decide(terms, present, probability, points, peers, out.as_of, policy)
    why |= found.why | np.where(portion.broken, np.uint32(Why.BROKE), np.uint32(0))
    there = present.known & present.applies
    for name, answer in (
        ("status", status), ("met", np.where(there, present.met, decide.CANNOT_TELL)),
        ("year", np.where(there, present.year, 0)), ("value", np.where(there, present.value, np.nan)),
        ("bound", np.where(there, present.bound, np.nan)), ("gap", np.where(there, present.gap, np.nan)),
        ("base_year", found.base_year), ("base_value", found.base_value), ("earlier_value", found.earlier_value),
        ("pooled_value", found.pooled_value), ("pooled_years", found.pooled_years), ("events", found.events),
        ("change", np.where(there & ~present.pooled, present.change, np.nan)),
        ("required", np.where(there, decide.required(terms, present), np.nan)),
        ("probability", probability), ("points", points), ("peers", peers),
        ("flags", _flags(portion, wavering, found, present, status, why, policy)), ("why", np.where(there, why, 0)),
    ):  # fmt: skip
        getattr(out, name)[rows] = answer
    out.quantiles[:, rows] = _quantiles(portion, present, points, ahead, policy)


def _flags(
    portion: _Portion, wavering: Wavering, found: Findings, present: Present, status: np.ndarray, why: np.ndarray,
    policy: Policy,
) -> np.ndarray:  # fmt: skip
    wide = wavering.wide(decide.stake(portion.terms, present), portion.traits.rounding) & ~np.isin(status, _SETTLED)
    chance = wavering.by_chance()
    flags = np.zeros(len(status), dtype=np.uint8)
    for flag, where in (
        (Flag.VOLATILE, wide & ~chance),
        (Flag.SLIPPING, found.slipping | found.lost),
        (Flag.SMALL_NUMBERS, present.small | (wide & chance)),
        (Flag.BREAK, portion.broken),
        (Flag.STALE, (why & Why.STALE) > 0),
        (Flag.NEARLY, decide.nearly(present, policy)),
    ):
        flags |= np.where(where, FLAG_BIT[flag], np.uint8(0))
    return np.where(present.known & present.applies, flags, np.uint8(0))


def _quantiles(portion: _Portion, present: Present, points: Ints, ahead: Ahead, policy: Policy) -> Floats:
    """Of the milestone year, kept within what is possible, (5, S); NaN where none are told."""
    terms, traits = portion.terms, portion.traits
    told = decide.foreseeable(present, points, policy) & (present.year < terms.milestone)
    told &= ~terms.compared & ~terms.there_or_not
    found = np.stack([ahead.quantile(q) for q in QUANTILES])
    return np.where(told, np.clip(found, traits.low, traits.high), np.nan)
