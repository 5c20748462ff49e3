"""From a specification to a picture: SVG for pages and PDF, PNG for Word.

vl-convert holds one JavaScript engine per process; it starts with the first chart and is reused. Every
picture is kept under the hash of what it was made from, so that a page, a report and a second worker
draw a chart once. Files appear whole or not at all.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from html import escape
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from django.conf import settings

from halfsky.reports.charts.frame import Spec

KEPT = 6000  # pictures; the oldest tenth goes when there are more (an SVG has about 30 kB)
VL_VERSION = "6.4"


@cache
def _converter() -> Any:
    """vl-convert, once it knows the Chinese fonts; without them it draws boxes."""
    import pylopdf_fonts_zh_cn
    import vl_convert

    vl_convert.register_font_directory(str(Path(pylopdf_fonts_zh_cn.sans_path()).parent))
    return vl_convert


@cache
def _made_with() -> str:
    return (
        f"vl-convert-python {version('vl-convert-python')} {VL_VERSION} fonts {version('pylopdf-fonts-zh-cn')} layout 1"
    )


def render_svg(spec: Spec) -> bytes:
    """The chart as SVG, with its title and its description for those who cannot see it."""
    return _cached(spec, "svg", lambda: _accessible(_converter().vegalite_to_svg(spec, vl_version=VL_VERSION), spec))


def render_png(spec: Spec, scale: float = 2) -> bytes:
    """The chart as PNG, ``scale`` pixels to a pixel of the specification."""

    def draw() -> bytes:
        svg = render_svg(spec).decode()
        return bytes(_converter().svg_to_png(svg, scale=scale, ppi=72 * scale))

    return _cached(spec, "png", draw, detail=f"scale {scale}")


def _accessible(svg: str, spec: Spec) -> bytes:
    title, description = spec["usermeta"]["title"], spec["description"]
    head = f' role="img" aria-labelledby="title description"><title id="title">{escape(title)}</title><desc id="description">{escape(description)}</desc>'
    return re.sub(r"(<svg\b[^>]*)>", lambda found: found[1] + head, svg, count=1).encode()


def content_hash(spec: Spec, kind: Literal["svg", "png"], detail: str = "") -> str:
    """The name of a picture: a hash of the specification and of what draws it."""
    content = json.dumps(spec, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256("\n".join((_made_with(), kind, detail, content)).encode()).hexdigest()


def _cached(spec: Spec, kind: Literal["svg", "png"], draw: Callable[[], bytes], detail: str = "") -> bytes:
    name = content_hash(spec, kind, detail)
    path = Path(settings.CACHE_DIR) / "charts" / name[:2] / f"{name}.{kind}"
    with suppress(FileNotFoundError):
        return path.read_bytes()
    content = draw()
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    if name.startswith("00"):  # one picture in 256: often enough to stay bounded, too seldom to be felt
        prune(path.parents[1], KEPT)
    return content


def prune(folder: Path, keep: int) -> int:
    """Remove the oldest pictures when there are more than ``keep``, down to nine tenths of it; how many."""
    aged: list[tuple[float, Path]] = []
    for path in folder.glob("*/*"):
        with suppress(FileNotFoundError):  # another process may prune too
            aged.append((path.stat().st_mtime, path))
    if len(aged) <= keep:
        return 0
    gone = sorted(aged)[: len(aged) - keep * 9 // 10]
    for _, path in gone:
        path.unlink(missing_ok=True)
    return len(gone)
