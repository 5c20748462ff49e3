"""What is said of a gap: a frozen object with a sentence in each language."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from halfsky.assess.model import Flag, Forecast
from halfsky.plan.model import Unit
from halfsky.plan.text import Frozen, Text


class GapKind(StrEnum):
    SEX = "sex"  # 性别差距: women beside men
    RESIDENCE = "residence"  # 城乡差距: urban beside rural
    DISTRICT = "district"  # 地区差距: the spread between county-level places


class Course(StrEnum):
    """Where the size of a gap goes since the base year; who is ahead does not matter to it."""

    CLOSING = "closing"  # 缩小
    STEADY = "steady"  # 无明显变化: no change beyond what chance explains
    WIDENING = "widening"  # 扩大
    TOO_LITTLE = "too_little"  # 数据不足: fewer than five years, or too few cases


class Side(StrEnum):
    """Whose figure is higher: of women and men the first are women, of town and country the town."""

    FIRST = "first"
    SECOND = "second"
    NEITHER = "neither"


class Lead(StrEnum):
    """Who is better off, by the indicator's direction. A lead of women is no better and no worse than one of men."""

    WOMEN = "women"
    MEN = "men"
    URBAN = "urban"
    RURAL = "rural"
    NOBODY = "nobody"


class AssessedGap(Frozen):
    """A gap of one indicator in one place as of a year.

    ``value`` is the signed difference of the first side over the second (percentage points, years, minutes …), or
    their ratio where ``unit`` is a ratio; of districts the spread. ``size`` is its distance from equality: the
    absolute difference, or the ratio of the higher to the lower. ``first`` and ``second`` are the figures of
    women and men, or town and country; of districts those of the best and the worst place (highest and lowest
    where neither is better), named by ``first_place`` and ``second_place`` among ``places``. ``probability`` is
    that of a smaller gap in ``final_year`` than in ``base_year``; ``None`` below four figures or on few cases.
    ``years`` holds (year, value) of the comparable years, oldest first.
    """

    plan: str
    kind: GapKind
    indicator: str
    region: str
    as_of: int
    unit: Unit
    decimals: int
    years: tuple[tuple[int, Decimal], ...]
    year: int
    value: Decimal
    size: Decimal
    first: Decimal
    second: Decimal
    first_place: str | None = None
    second_place: str | None = None
    places: int = 0
    higher: Side
    ahead: Lead
    base_year: int | None = None
    base_value: Decimal | None = None
    base_size: Decimal | None = None
    final_year: int
    course: Course
    probability: float | None = None
    forecast: Forecast | None = None
    path: tuple[Forecast, ...] = ()
    flags: tuple[Flag, ...] = ()
    points: int
    demonstration: bool = False
    sentence: Text

    @property
    def change(self) -> Decimal | None:
        """By how much the size has grown since the base year; ``None`` without a base."""
        return None if self.base_size is None else self.size - self.base_size
