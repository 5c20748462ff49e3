"""Rates on few events over arrays: years pooled, and whether a whole pool of places explains them by chance."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from halfsky.assess.decide import Terms, is_kind
from halfsky.assess.policy import Policy
from halfsky.assess.questions import Questions
from halfsky.assess.rare import beyond_chance
from halfsky.assess.scales import Bools, Floats, Ints
from halfsky.assess.traits import Traits
from halfsky.plan import Kind


@dataclass(frozen=True)
class Few:
    """Of S questions those on few events (``small``) and their newest years pooled; nought elsewhere. All (S,)."""

    small: Bools
    events: Floats
    exposure: Floats
    years: Ints
    expected: Floats  # at the bound
    beyond: Bools  # by more than chance explains in any place of the pool

    def take(self, part: slice) -> Few:
        """Some of the questions."""
        return Few(**{f.name: getattr(self, f.name)[part] for f in fields(self)})

    @classmethod
    def of(
        cls, asked: Questions, terms: Terms, traits: Traits, values: Floats, pool: Ints, policy: Policy
    ) -> Few | None:
        """Looked for in whole pools. ``values`` (S, Y) are comparable and not later than judged; ``pool`` from nought.

        The rules of :mod:`halfsky.assess.rules`. ``None`` where no question is on few events.
        """
        if asked.numerators is None or asked.denominators is None:
            return None
        counting = is_kind(terms.kind, Kind.AT_LEAST, Kind.AT_MOST, Kind.EXISTS) & ~np.isnan(traits.per)
        rows = np.flatnonzero(counting & asked.applies)
        seen = ~np.isnan(values[rows])
        rows, seen = rows[seen.any(axis=1)], seen[seen.any(axis=1)]
        newest = values.shape[1] - 1 - seen[:, ::-1].argmax(axis=1)
        people = asked.denominators[rows, newest]
        here = (asked.numerators[rows, newest] < policy.small_events) & (people > 0)
        rows, seen = rows[here], seen[here]
        if not len(rows):
            return None
        events, exposure, years = _pooled(asked.numerators[rows], asked.denominators[rows], seen, policy)
        expected = exposure * asked.bound[rows] / traits.per[rows]
        family = np.unique(pool[rows], return_inverse=True)[1].astype(np.int64)
        beyond = beyond_chance(events, expected, family, terms.higher[rows], policy.beyond_chance)

        def spread(found: np.ndarray) -> np.ndarray:
            out = np.zeros(len(asked), dtype=found.dtype)
            out[rows] = found
            return out

        return cls(
            spread(np.ones(len(rows), dtype=bool)), spread(events), spread(exposure), spread(years), spread(expected),
            spread(beyond),
        )  # fmt: skip


def _pooled(numerators: Floats, denominators: Floats, seen: Bools, policy: Policy) -> tuple[Floats, Floats, Ints]:
    """Events, exposure and how many years of R series, backwards until the events suffice; arrays (R, Y)."""
    events, exposure = np.zeros(len(seen)), np.zeros(len(seen))
    years = np.zeros(len(seen), dtype=np.int64)
    going = np.ones(len(seen), dtype=bool)
    for column in range(seen.shape[1] - 1, -1, -1):
        here = going & seen[:, column] & (years < policy.pooled_years)
        counted, people = numerators[:, column], denominators[:, column]
        going &= ~here | ((people > 0) & ~np.isnan(counted))
        here &= going
        events += np.where(here, counted, 0.0)
        exposure += np.where(here, people, 0.0)
        years += here
        going &= events < policy.small_events
    return events, exposure, years
