"""A series the size of a word: one line, its newest point, the bound it is held against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

WIDTH, HEIGHT, PAD = 96, 24, 3


@dataclass(frozen=True, slots=True)
class Sparkline:
    """Coordinates in a box of ``WIDTH`` × ``HEIGHT``; a year without a figure breaks the line."""

    lines: tuple[str, ...]  # "x,y x,y …" for each unbroken run of two years or more
    dots: tuple[tuple[float, float], ...]  # years that stand alone
    last: tuple[float, float]
    bound: float | None  # height of the bound


def sparkline(values: Mapping[int, Decimal | None], bound: Decimal | None = None) -> Sparkline | None:
    """The sparkline of yearly values, or ``None`` when there is not one value."""
    known = {year: float(value) for year, value in sorted(values.items()) if value is not None}
    if not known:
        return None
    first, newest = min(known), max(known)
    heights = [*known.values(), *([float(bound)] if bound is not None else [])]
    low, high = min(heights), max(heights)

    def x(year: int) -> float:
        return round(PAD + (WIDTH - 2 * PAD) * ((year - first) / (newest - first) if newest > first else 0.5), 1)

    def y(value: float) -> float:
        return round(HEIGHT - PAD - (HEIGHT - 2 * PAD) * ((value - low) / (high - low) if high > low else 0.5), 1)

    runs: list[list[int]] = []
    for year in known:
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return Sparkline(
        lines=tuple(" ".join(f"{x(year)},{y(known[year])}" for year in run) for run in runs if len(run) > 1),
        dots=tuple((x(run[0]), y(known[run[0]])) for run in runs if len(run) == 1),
        last=(x(newest), y(known[newest])),
        bound=None if bound is None else y(float(bound)),
    )
