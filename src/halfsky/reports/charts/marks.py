"""The signs of statuses, and their legend."""

from __future__ import annotations

from halfsky.assess import Standing
from halfsky.reports.charts.frame import SMALL, Frame, Spec, text_width
from halfsky.reports.words import STANDINGS, Language

READING_ORDER = (
    Standing.MET, Standing.ON_TRACK, Standing.UNCERTAIN, Standing.AT_RISK, Standing.MISSED,
    Standing.TOO_LITTLE, Standing.NO_DATA, Standing.NOT_APPLICABLE,
)  # fmt: skip
"""From good to bad, then what cannot be judged."""


def status_mark(frame: Frame, x: float, y: float, status: Standing | None, size: float, *,
                ink: str | None = None, ground: str | None = None) -> None:  # fmt: skip
    """A status as shape and colour; a plain dot where nothing was judged. ``ink`` and ``ground`` upon an area."""
    if status is None:
        frame.mark([{"x": x, "y": y}], {"type": "point", "size": size * 0.7, "fill": ink or frame.theme.accent,
                                        "stroke": None, "opacity": 1}, x="x", y="y")  # fmt: skip
        return
    look = frame.theme.look(status)
    mark: Spec = {"type": "point", "shape": look.shape, "size": size, "opacity": 1, "strokeWidth": 1.5,
                  "stroke": ink or look.ink, "fill": (ground or frame.theme.paper) if look.hollow else ink or look.ink}  # fmt: skip
    frame.mark([{"x": round(x, 1), "y": round(y, 1)}], mark, x="x", y="y")


def legend_rows(
    shown: list[Standing], language: Language, width: float
) -> tuple[list[tuple[float, float, Standing]], int]:
    """Where each status of the legend stands, and the height that they take."""
    placed = []
    x, y = 0.0, 4.0
    for status in shown:
        size = text_width(STANDINGS[status].in_language(language), SMALL) + 32
        if x and x + size > width:
            x, y = 0.0, y + 18
        placed.append((x, y, status))
        x += size
    return placed, round(y + 20)


def draw_legend(frame: Frame, rows: list[tuple[float, float, Standing]]) -> None:
    """The legend at the places that :func:`legend_rows` found, from the left edge of the picture."""
    for x, y, status in rows:
        status_mark(frame, x + 10 - frame.left, y, status, 60)
        frame.text(x + 19 - frame.left, y, STANDINGS[status].in_language(frame.language), size=SMALL)
