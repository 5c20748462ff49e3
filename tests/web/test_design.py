"""The stylesheet's colours are the palette's; every standing has its shape; text can be read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from halfsky.assess import Standing
from halfsky.reports.charts.palette import THEMES, contrast

STATIC = Path(__file__).parents[2] / "src" / "halfsky" / "web" / "static" / "web"
CSS = (STATIC / "web.css").read_text(encoding="utf-8")
SHAPES = (STATIC.parents[1] / "templates" / "web" / "parts" / "shapes.html").read_text(encoding="utf-8")
BLOCKS = {
    "light": r':root, :root\[data-theme="light"\] \{(.*?)\n\}',
    "dark": r':root\[data-theme="dark"\] \{(.*?)\n\}',
    "auto": r':root\[data-theme="auto"\] \{(.*?)\n  \}',
}


def colours(block: str) -> dict[str, str]:
    found = re.search(BLOCKS[block], CSS, re.DOTALL)
    assert found, block
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", found[1]))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_are_those_of_the_palette(theme: str) -> None:
    ours, palette = colours(theme), THEMES[theme]
    for name in ("paper", "ink", "muted", "grid", "accent", "women", "men"):
        assert ours[name] == getattr(palette, name), name
    for standing, look in palette.statuses.items():
        expected = {"ink": look.ink, "fill": look.fill, "on": look.on_fill, "tint": look.tint}
        assert {part: ours[f"{standing}-{part}"] for part in expected} == expected, standing


def test_dark_by_system_and_dark_by_choice_are_the_same() -> None:
    assert colours("auto") == colours("dark")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_can_be_read_on_paper_ground_and_banner(theme: str) -> None:
    c = colours(theme)
    for ground in (c["paper"], c["ground"]):
        for text in ("ink", "muted", "accent", "women", "men", *(f"{s}-ink" for s in Standing)):
            assert contrast(c[text], ground) >= 4.5, (text, ground)
    assert contrast(c["demo-ink"], c["demo"]) >= 7


@pytest.mark.parametrize("standing", Standing)
def test_each_standing_has_a_shape_and_a_colour_of_its_own(standing: Standing) -> None:
    assert f'id="s-{standing}"' in SHAPES
    assert f".{standing} {{ --edge: var(--{standing}-fill); }}" in CSS


def test_nothing_is_fetched_by_a_stylesheet() -> None:
    for sheet in STATIC.glob("*.css"):
        assert not re.search(r"url\(|@import|https?:", sheet.read_text(encoding="utf-8")), sheet.name
