"""Verdicts as arrays: one row for each question; words only for the row that is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from halfsky.assess import decide, reasons
from halfsky.assess.decide import STANDINGS, Bits, Codes, Why
from halfsky.assess.model import Flag, Standing
from halfsky.assess.questions import Questions
from halfsky.assess.scales import Floats, Ints
from halfsky.plan import Text

FLAGS = tuple(Flag)
FLAG_BIT = {flag: np.uint8(1 << i) for i, flag in enumerate(FLAGS)}
QUANTILES = (0.025, 0.1, 0.5, 0.9, 0.975)  # median, and the ends of the 80% and 95% intervals


@dataclass(frozen=True)
class Standings:
    """What is said of S questions as of a year; NaN, and year 0, where nothing is said.

    ``status`` indexes :data:`halfsky.assess.decide.STANDINGS`; ``met`` is 1, 0, or −1 where the figures cannot tell.
    ``bound``, ``gap``, ``change``, ``required`` and ``probability`` are those of a
    :class:`~halfsky.assess.model.Verdict`. ``quantiles`` (5, S) are those of the milestone year at :data:`QUANTILES`.
    ``flags`` and ``why`` are bit fields of :data:`FLAGS` and :class:`~halfsky.assess.decide.Why`; ``points`` are the
    figures that speak, ``peers`` the other places of the pool that lent strength.
    """

    questions: Questions
    as_of: int
    status: Codes
    met: Codes
    year: Ints
    value: Floats
    bound: Floats
    gap: Floats
    base_year: Ints
    base_value: Floats
    earlier_value: Floats
    pooled_value: Floats
    pooled_years: Ints
    events: Ints
    change: Floats
    required: Floats
    probability: Floats
    quantiles: Floats
    points: Ints
    peers: Ints
    flags: Bits
    why: Bits

    @classmethod
    def empty(cls, questions: Questions, as_of: int) -> Standings:
        """Room for the answers."""
        size = len(questions)

        def numbers() -> Floats:
            return np.empty(size)

        def years() -> Ints:
            return np.empty(size, dtype=np.int32)

        return cls(
            questions, as_of, status=np.empty(size, dtype=np.int8), met=np.empty(size, dtype=np.int8), year=years(),
            value=numbers(), bound=numbers(), gap=numbers(), base_year=years(), base_value=numbers(),
            earlier_value=numbers(), pooled_value=numbers(), pooled_years=years(), events=years(), change=numbers(),
            required=numbers(), probability=numbers(), quantiles=np.empty((len(QUANTILES), size)), points=years(),
            peers=years(), flags=np.empty(size, dtype=np.uint8), why=np.empty(size, dtype=np.uint32),
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.status)

    def standing(self, row: int) -> Standing:
        """The status of one question."""
        return STANDINGS[int(self.status[row])]

    def has(self, flag: Flag) -> np.ndarray:
        """Which questions carry a flag, (S,)."""
        return np.asarray((self.flags & FLAG_BIT[flag]) > 0)

    def flags_of(self, row: int) -> tuple[Flag, ...]:
        """The flags of one question."""
        return tuple(flag for flag in FLAGS if self.flags[row] & FLAG_BIT[flag])

    def reasons(self, row: int) -> tuple[Text, ...]:
        """Why, and what to mind: the sentences of one question, in both languages."""
        why, asked = int(self.why[row]), self.questions
        more = decide.explained(
            why, year=int(self.year[row]), milestone=int(asked.milestone[row]), points=int(self.points[row]),
            as_of=self.as_of,
        )  # fmt: skip
        return (*self._of_now(row, why), *more)

    def _of_now(self, row: int, why: int) -> Iterator[Text]:
        asked, years = self.questions, int(self.pooled_years[row])
        events = int(self.events[row])
        if why & Why.POOLED:
            rate = Decimal(str(self.pooled_value[row]))
            yield reasons.pooled(asked.indicators[asked.indicator[row]], rate, years, events)
        if why & Why.NOT_ALONE:
            yield reasons.not_to_be_judged_alone(events, years)
        if why & Why.EARLIER_BASE:
            yield reasons.earlier_base(int(asked.base_year[row]), int(self.base_year[row]))
        if why & Why.NO_BASE:
            yield reasons.no_base(int(asked.base_year[row]), broken=bool(asked.broke[row]))
        if why & Why.SLIPPED:
            yield reasons.slipped()
        if why & Why.NO_WINDOWS:
            yield reasons.no_windows(int(asked.window[row]))
        if why & Why.GROWTH:
            year, window = int(self.year[row]), int(asked.window[row])
            late, middle, early = self.value[row], self.base_value[row], self.earlier_value[row]
            recent, earlier = (late / middle) ** (1 / window), (middle / early) ** (1 / window)
            yield reasons.growth([year, year - window, year - 2 * window], recent - 1, earlier - 1)
        if why & Why.NO_REFERENCE:
            yield reasons.no_reference()
        if why & Why.BROKE:
            yield reasons.broke(int(asked.broke[row]))
