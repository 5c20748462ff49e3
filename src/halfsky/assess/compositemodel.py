"""A composite index of equality between women and men, its parts, and what its change is made of."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from halfsky.plan.text import Frozen, Text


class Why(StrEnum):
    """Why an indicator has no part in a composite. What is missing is never counted as nought."""

    NO_PAIR = "no_pair"  # no figures of women and of men for that year
    FEW = "few"  # a rate on fewer than 20 cases on one side
    NO_LEVEL = "no_level"  # nobody reaches anything: there is nothing to be equal in


class Part(Frozen):
    """One indicator's part. ``gap`` is |w − m| / (w + m), 0 to 1; ``level`` the coefficient α, 0 to 1.

    ``score`` = 1 + 99 · α · (1 − gap), ``gap_score`` the same with α = 1. ``points`` are the points by which this
    indicator alone keeps the composite below 100, ``gap_points`` those of the gap-only index: over all
    parts they add up to 100 less the index.
    """

    indicator: str
    group: str
    women: Decimal
    men: Decimal
    gap: float
    level: float
    score: float
    gap_score: float
    points: float = 0.0
    gap_points: float = 0.0
    demonstration: bool = False


class Missing(Frozen):
    indicator: str
    why: Why


class ChangePart(Frozen):
    """Points by which one indicator moved the composite, and of these the gap's and the level's part."""

    indicator: str
    by_gap: float
    by_level: float

    @property
    def points(self) -> float:
        return self.by_gap + self.by_level


class Change(Frozen):
    """A composite's change between two years, both computed on the indicators that have figures in both."""

    since: int
    year: int
    before: float
    after: float
    gap_before: float
    gap_after: float
    parts: tuple[ChangePart, ...]

    @property
    def points(self) -> float:
        return self.after - self.before

    @property
    def by_gap(self) -> float:
        return sum(part.by_gap for part in self.parts)

    @property
    def by_level(self) -> float:
        return sum(part.by_level for part in self.parts)


class Composite(Frozen):
    """The index of one field in one place and year; ``score`` and ``gap_only`` are ``None`` below the coverage rule."""

    plan: str
    field: int
    region: str
    year: int
    score: float | None
    gap_only: float | None
    parts: tuple[Part, ...]
    missing: tuple[Missing, ...]
    demonstration: bool = False
    sentence: Text

    @property
    def qualifying(self) -> int:
        """How many indicators of the field could have a part in this place."""
        return len(self.parts) + len(self.missing)
