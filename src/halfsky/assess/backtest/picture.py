"""The reliability diagram: what was stated against what came true, and how often each was stated."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from halfsky.assess.backtest.scores import Bin

VL_VERSION = "6.4"
_COLOURS = ("#1b6f8a", "#c2571a", "#6b4c9a", "#3f7d3a")  # told apart by the colour-blind too, and by shape


def specification(parts: dict[int, tuple[Bin, ...]]) -> dict[str, Any]:
    """A Vega-Lite chart of the bins of each number of years ahead: lines over a diagonal, shares below."""
    names = {ahead: f"{ahead} 年 yr" for ahead in parts}
    rows = [
        {"ahead": names[ahead], "stated": b.stated, "met": b.met, "middle": (b.low + b.high) / 2, "cases": b.count,
         "share": b.count / sum(other.count for other in bins)}
        for ahead, bins in parts.items() for b in bins
    ]  # fmt: skip
    axis = {"scale": {"domain": [0, 1]}, "axis": {"format": "%", "tickCount": 5}}
    told = {"field": "ahead", "type": "nominal", "sort": list(names.values()), "title": "预测年数 Years ahead"}
    coloured = {**told, "scale": {"range": [_COLOURS[i % len(_COLOURS)] for i in range(len(names))]}}
    diagonal = {
        "data": {"values": [{"stated": 0, "met": 0}, {"stated": 1, "met": 1}]},
        "mark": {"type": "line", "stroke": "#888", "strokeDash": [4, 4]},
        "encoding": {
            "x": {"field": "stated", "type": "quantitative"},
            "y": {"field": "met", "type": "quantitative"},
        },
    }
    lines = {
        "mark": {"type": "line", "point": {"size": 45, "filled": True}},
        "encoding": {
            "x": {"field": "stated", "type": "quantitative", "title": None, **axis},
            "y": {"field": "met", "type": "quantitative", "title": "实际达标比例 Share that was met", **axis},
            "color": coloured,
            "shape": {**told, "legend": None},
        },
    }
    stated = {
        "height": 90,
        "width": 380,
        "mark": {"type": "bar"},
        "encoding": {
            # Bars of a continuous axis cannot stand side by side: each bin is a band of its own.
            "x": {
                "field": "middle", "type": "ordinal", "title": "预测的达标概率 Stated probability",
                "axis": {"format": ".0%", "labelAngle": 0},
            },
            "xOffset": {"field": "ahead", "sort": list(names.values())},
            "y": {"field": "share", "type": "quantitative", "title": "占比 Share", "axis": {"format": "%", "tickCount": 3}},
            "color": coloured,
        },
    }  # fmt: skip
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "title": {
            "text": "预测概率与实际结果 Stated and met",
            "subtitle": "虚线：完全可信 Dashed: what is stated comes true",
        },
        "config": {"font": "Noto Sans SC", "view": {"stroke": "#ccc"}},
        "data": {"values": rows},
        "vconcat": [{"width": 380, "height": 320, "layer": [diagonal, lines]}, stated],
    }


def draw(out: Path, parts: dict[int, tuple[Bin, ...]]) -> None:
    """Write ``reliability.svg`` and ``reliability.png`` to a directory."""
    import pylopdf_fonts_zh_cn
    import vl_convert

    vl_convert.register_font_directory(str(Path(pylopdf_fonts_zh_cn.sans_path()).parent))
    svg = vl_convert.vegalite_to_svg(specification(parts), vl_version=VL_VERSION)
    (out / "reliability.svg").write_text(svg, encoding="utf-8")
    (out / "reliability.png").write_bytes(vl_convert.svg_to_png(svg, scale=2, ppi=144))
