"""The frame that every chart stands in: title, unit, plot, footer, all at exact pixels.

Vega's own layout is switched off (``autosize: none``): the picture is as wide as it was asked to be, and
labels are placed by this module, which knows how wide Chinese and Latin text is. ``x`` and ``y`` of
labels are pixels of the plot.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from halfsky.reports.charts.palette import Theme
from halfsky.reports.words import Language

FONT = "Noto Sans SC, Noto Sans CJK SC, PingFang SC, Microsoft YaHei, sans-serif"
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
TITLE, TEXT, SMALL = 15, 12, 11

Spec = dict[str, Any]


def text_width(words: str, size: float) -> float:
    """Width in pixels, near enough to lay out labels: a Chinese character is one em, a digit 0.56."""
    return size * sum(map(_em, words))


@cache
def _em(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WF":
        return 1.0
    if character in " .,:;!|'ilIjtfr":
        return 0.33
    if character in "mwMW%@—":
        return 0.9
    return 0.66 if character.isupper() else 0.57


def wrap(words: str, size: float, width: float) -> list[str]:
    """Lines no wider than ``width``: broken at spaces, and between Chinese characters."""
    lines, line = [], ""
    for piece in _pieces(words):
        if line and text_width(line + piece.rstrip(), size) > width:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    return [*lines, line.rstrip()] if line.strip() else lines


def _pieces(words: str) -> list[str]:
    """Units that may not be broken: a Latin word with the space after it, or one Chinese character.

    Closing punctuation stays with what it closes.
    """
    pieces: list[str] = []
    for character in words:
        wide = unicodedata.east_asian_width(character) in "WF"
        closing = wide and unicodedata.category(character) in {"Pe", "Po", "Pf"}
        joins = pieces and not pieces[-1].endswith(" ") and not _wide_end(pieces[-1]) and not wide
        if pieces and (closing or joins or character == " "):
            pieces[-1] += character
        else:
            pieces.append(character)
    return pieces


def _wide_end(piece: str) -> bool:
    return unicodedata.east_asian_width(piece[-1]) in "WF"


def ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Round numbers from at or below ``low`` to at or above ``high``, about ``count`` steps of 1, 2, 2.5 or 5."""
    span = max(high - low, abs(high) * 1e-6, 1e-9)
    raw = span / count
    power = 10 ** math.floor(math.log10(raw))
    step = next(s * power for s in (1, 2, 2.5, 5, 10) if s * power >= raw * 0.999999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(i * step, 12) for i in range(first, last + 1)]


@dataclass(frozen=True, slots=True)
class Scale:
    """A linear scale from values to pixels, with its ticks at both ends."""

    ticks: list[float]
    pixels: tuple[float, float]

    def __call__(self, value: float) -> float:
        low, high = self.ticks[0], self.ticks[-1]
        return self.pixels[0] + (value - low) / (high - low) * (self.pixels[1] - self.pixels[0])

    @property
    def domain(self) -> list[float]:
        return [self.ticks[0], self.ticks[-1]]

    @property
    def format(self) -> str:
        """d3 format with just enough decimals for the step."""
        step = self.ticks[1] - self.ticks[0]
        places = next((p for p in range(6) if abs(round(step, p) - step) < 1e-9), 6)
        return f",.{places}f"


def apart(wanted: list[float], heights: list[float], low: float, high: float) -> list[float]:
    """Centres as near as possible to ``wanted``, in that order of height, that do not overlap within low..high."""
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    placed: dict[int, float] = {}
    edge = low
    for i in order:
        placed[i] = max(wanted[i], edge + heights[i] / 2)
        edge = placed[i] + heights[i] / 2
    edge = high
    for i in reversed(order):
        placed[i] = min(placed[i], edge - heights[i] / 2)
        edge = placed[i] - heights[i] / 2
    return [placed[i] for i in range(len(wanted))]


def _as_it_stands(channel: str, name: str) -> Spec:
    """The field of a channel, without a scale: its values are pixels or colours already."""
    match channel:
        case "x2" | "y2" | "detail" | "text":
            return {"field": name}
        case "x" | "y":
            return {"field": name, "type": "quantitative", "scale": None, "axis": None}
        case _:
            return {"field": name, "type": "nominal", "scale": None, "legend": None}


@dataclass(slots=True)
class Frame:
    """Size and words of a chart; ``layers`` are drawn in the plot of ``plot_width`` × ``plot_height`` pixels."""

    width: int
    plot_height: int
    theme: Theme
    language: Language
    title: str
    subtitle: str
    footer: list[str]
    description: str
    left: int = 44
    right: int = 12
    bottom: int = 24
    layers: list[Spec] = field(default_factory=list)
    _texts: dict[tuple[str, float, str], list[Spec]] = field(default_factory=dict)

    @property
    def plot_width(self) -> int:
        return self.width - self.left - self.right

    def text(self, x: float, y: float, words: str, *, colour: str | None = None, size: float = SMALL,
             align: str = "left", halo: bool | str = False) -> None:  # fmt: skip
        """Words at a pixel of the plot, upon everything else; ``halo`` keeps them legible upon lines (a colour upon an area)."""
        row = {"x": round(x, 1), "y": round(y, 1), "t": words, "c": colour or self.theme.ink}
        ground = self.theme.paper if halo is True else halo or ""
        self._texts.setdefault((align, size, ground), []).append(row)

    def rules(self, lines: Sequence[tuple[float, float, float, float]], colour: str, width: float = 1,
              dash: list[int] | None = None) -> None:  # fmt: skip
        """Straight lines, each from one pixel to another: ``(x, y, x2, y2)``."""
        rows = [dict(zip(("x", "y", "x2", "y2"), (round(v, 1) for v in line), strict=True)) for line in lines]
        mark: Spec = {"type": "rule", "color": colour, "strokeWidth": width, "aria": False}
        if dash:
            mark["strokeDash"] = dash
        self.mark(rows, mark, x="x", y="y", x2="x2", y2="y2")

    def mark(self, rows: Sequence[Spec], mark: Spec, **channels: str | Spec) -> None:
        """A layer of marks. A channel named by a field takes pixels, or colours, as they stand."""
        encoding = {
            name: _as_it_stands(name, what) if isinstance(what, str) else what for name, what in channels.items()
        }
        if rows:
            self.layers.append({"data": {"values": list(rows)}, "mark": {"aria": False, **mark}, "encoding": encoding})

    def _write(self) -> None:
        """One layer for each way of setting words: the fewer layers, the faster Vega-Lite compiles."""
        for (align, size, halo), rows in self._texts.items():
            mark: Spec = {"type": "text", "align": align, "baseline": "middle", "fontSize": size}
            if halo:
                ground = {**mark, "stroke": halo, "strokeWidth": 3, "strokeJoin": "round"}
                self.mark(rows, ground, x="x", y="y", text={"field": "t"})
            self.mark(rows, mark, x="x", y="y", text={"field": "t"}, color="c")

    def spec(self) -> Spec:
        """The whole Vega-Lite specification."""
        inside = self.width - 8
        title = wrap(self.title, TITLE, inside)
        subtitle = wrap(self.subtitle, TEXT, inside)
        notes = [line for note in self.footer for line in wrap(note, SMALL, inside)]
        head = len(title) * TITLE * 1.3 + len(subtitle) * TEXT * 1.4 + 14
        foot = self.bottom + len(notes) * SMALL * 1.4 + 6
        left = 4 - self.left
        y = -head + TITLE * 0.8
        for line in title:
            self.text(left, y, line, size=TITLE)
            y += TITLE * 1.3
        for line in subtitle:
            self.text(left, y, line, size=TEXT, colour=self.theme.muted)
            y += TEXT * 1.4
        y = self.plot_height + self.bottom + SMALL * 0.9
        for line in notes:
            self.text(left, y, line, size=SMALL, colour=self.theme.muted)
            y += SMALL * 1.4
        self._write()
        return {
            "$schema": SCHEMA,
            "description": self.description,
            "background": self.theme.paper,
            "width": self.plot_width,
            "height": self.plot_height,
            "padding": {"left": self.left, "right": self.right, "top": round(head), "bottom": round(foot)},
            "autosize": {"type": "none"},
            "config": self._config(),
            "usermeta": {"title": self.title},
            "layer": self.layers,
        }

    def _config(self) -> Spec:
        axis = {
            "labelColor": self.theme.muted, "labelFontSize": SMALL, "domain": False, "ticks": False, "title": None,
            "gridColor": self.theme.grid, "gridWidth": 1, "labelPadding": 6, "labelFlush": False, "labelOverlap": False,
        }  # fmt: skip
        return {"font": FONT, "view": {"stroke": None}, "axis": axis, "text": {"font": FONT}}
