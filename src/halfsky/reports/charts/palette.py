"""The one palette of pages, charts and reports.

Calm, and legible without colour: every status also has a shape and a word. ``ink`` colours are for text
and thin lines and reach a contrast of 4.5 on their theme's paper (WCAG 2.2 AA); ``fill`` is for areas,
``on_fill`` is legible upon it; ``tint`` is a pale ground on which the theme's ink is legible.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from halfsky.assess import Standing

ThemeName = Literal["light", "dark", "print"]


@dataclass(frozen=True, slots=True)
class Look:
    """How a status looks: colours, a Vega symbol, and a sign of GB 2312 for plain text."""

    ink: str
    fill: str
    on_fill: str
    tint: str
    shape: str
    sign: str
    hollow: bool = False


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours of one theme. ``women``, ``men``, ``urban``, ``rural`` are inks."""

    name: ThemeName
    paper: str
    ink: str
    muted: str
    grid: str
    accent: str
    target: str
    fan_wide: str
    fan_narrow: str
    women: str
    men: str
    urban: str
    rural: str
    water: str
    statuses: dict[Standing, Look]

    def look(self, status: Standing) -> Look:
        return self.statuses[status]


_CROSS = "M-1,-0.7L-0.7,-1L0,-0.3L0.7,-1L1,-0.7L0.3,0L1,0.7L0.7,1L0,0.3L-0.7,1L-1,0.7L-0.3,0Z"
_BAR = "M-1,-0.25L1,-0.25L1,0.25L-1,0.25Z"

_SHAPES: dict[Standing, tuple[str, str, bool]] = {
    Standing.MET: ("circle", "●", False),
    Standing.ON_TRACK: ("triangle-up", "▲", False),
    Standing.UNCERTAIN: ("diamond", "◆", False),
    Standing.AT_RISK: ("triangle-down", "▼", False),
    Standing.MISSED: (_CROSS, "×", False),
    Standing.NO_DATA: ("circle", "○", True),
    Standing.TOO_LITTLE: ("diamond", "◇", True),
    Standing.NOT_APPLICABLE: (_BAR, "—", False),
}


def _statuses(colours: dict[Standing, tuple[str, str, str, str]]) -> dict[Standing, Look]:
    return {status: Look(*colours[status], *_SHAPES[status]) for status in Standing}


_LIGHT = _statuses(
    {
        Standing.MET: ("#1c6b52", "#2c7a60", "#ffffff", "#dcece5"),
        Standing.ON_TRACK: ("#2a6390", "#5b93bd", "#0e1a24", "#deeaf4"),
        Standing.UNCERTAIN: ("#756014", "#d9c26a", "#1d1a0c", "#f5efd6"),
        Standing.AT_RISK: ("#a3500f", "#dd8b45", "#23120a", "#fae6d3"),
        Standing.MISSED: ("#9c2337", "#a93246", "#ffffff", "#f6dde1"),
        Standing.NO_DATA: ("#5c6670", "#c9cfd5", "#1b2127", "#eff1f3"),
        Standing.TOO_LITTLE: ("#655f75", "#b7b3c2", "#1b2127", "#efedf3"),
        Standing.NOT_APPLICABLE: ("#676d73", "#e4e7ea", "#1b2127", "#f5f6f7"),
    }
)
_DARK = _statuses(
    {
        Standing.MET: ("#74c7a5", "#4f9f82", "#0a1612", "#1d3a30"),
        Standing.ON_TRACK: ("#8bbfe6", "#5b93bd", "#0b1218", "#1d3345"),
        Standing.UNCERTAIN: ("#dcc56c", "#b9a24b", "#14120a", "#3a341b"),
        Standing.AT_RISK: ("#f0a566", "#cc7f3f", "#160d07", "#43301d"),
        Standing.MISSED: ("#ef8e9d", "#cf6375", "#17080b", "#472129"),
        Standing.NO_DATA: ("#a9b4be", "#66717c", "#ffffff", "#2a3138"),
        Standing.TOO_LITTLE: ("#b4aec6", "#726c86", "#ffffff", "#312e3b"),
        Standing.NOT_APPLICABLE: ("#a3abb2", "#4a5259", "#ffffff", "#262c31"),
    }
)

LIGHT = Theme(
    name="light", paper="#ffffff", ink="#1b2127", muted="#5a646e", grid="#e3e7ea", accent="#1f5f8b", target="#9a3412",
    fan_wide="#dfe9f1", fan_narrow="#c1d5e5", women="#9a3b6b", men="#2f6a7d", urban="#4a5a8a", rural="#7a6217",
    water="#eef3f6", statuses=_LIGHT,
)  # fmt: skip
PRINT = Theme(
    name="print", paper="#ffffff", ink="#000000", muted="#4a525a", grid="#d5dade", accent="#1a4f75", target="#8a2c0d",
    fan_wide="#dde6ee", fan_narrow="#b9cddd", women="#8c2f60", men="#245c6e", urban="#3f4f80", rural="#6b5510",
    water="#f2f5f7", statuses=_LIGHT,
)  # fmt: skip
DARK = Theme(
    name="dark", paper="#14191e", ink="#e8ecef", muted="#a3adb6", grid="#2b333a", accent="#7fb6de", target="#f0a07c",
    fan_wide="#22323f", fan_narrow="#30495c", women="#e193bb", men="#82bfd0", urban="#a5b3e0", rural="#d3ba63",
    water="#1a2329", statuses=_DARK,
)  # fmt: skip

THEMES: dict[str, Theme] = {"light": LIGHT, "dark": DARK, "print": PRINT}


def luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb`` (WCAG 2.2)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)
