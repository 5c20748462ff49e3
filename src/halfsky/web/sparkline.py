"""A series the size of a word: one line, its newest point, the bound it is held against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from halfsky.reports.charts.data import Point

WIDTH, HEIGHT, PAD = 96, 24, 3


@dataclass(frozen=True, slots=True)
class Sparkline:
    """Coordinates in a box of ``WIDTH`` × ``HEIGHT``; a missing figure and a break in the series break the line."""

    lines: tuple[str, ...]  # "x,y x,y …" for each unbroken run of two figures or more
    dots: tuple[tuple[float, float], ...]  # figures that stand alone
    last: tuple[float, float]
    bound: float | None  # height of the bound


def sparkline(points: Sequence[Point], bound: Decimal | None = None) -> Sparkline | None:
    """The sparkline of a series, or ``None`` when there is not one value."""
    return _drawn([(p.year, p.value, p.run) for p in points], bound)


def course_of(values: Sequence[tuple[int, float]]) -> Sparkline | None:
    """The sparkline of what is computed year by year, (year, value), in one line."""
    return _drawn([(year, value, 0) for year, value in values], None)


def _drawn(points: Sequence[tuple[int, float, int]], bound: Decimal | None) -> Sparkline | None:
    if not points:
        return None
    first, newest = points[0][0], points[-1][0]
    heights = [value for _, value, _ in points] + ([float(bound)] if bound is not None else [])
    low, high = min(heights), max(heights)

    def x(year: int) -> float:
        return round(PAD + (WIDTH - 2 * PAD) * ((year - first) / (newest - first) if newest > first else 0.5), 1)

    def y(value: float) -> float:
        return round(HEIGHT - PAD - (HEIGHT - 2 * PAD) * ((value - low) / (high - low) if high > low else 0.5), 1)

    runs = [[(x(year), y(value)) for year, value, _ in run] for _, run in groupby(points, key=lambda p: p[2])]
    return Sparkline(
        lines=tuple(" ".join(f"{left},{top}" for left, top in run) for run in runs if len(run) > 1),
        dots=tuple(run[0] for run in runs if len(run) == 1),
        last=runs[-1][-1],
        bound=None if bound is None else y(float(bound)),
    )
