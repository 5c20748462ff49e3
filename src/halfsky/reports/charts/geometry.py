"""Plane geometry of maps, in pixels: fitting, hatching, and where labels may stand."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from halfsky.reports.charts.boundaries import Ring, Shape

Box = tuple[float, float, float, float]  # left, top, right, bottom
_CELL = 3.0  # pixels of the grid on which labels are placed


def fit(shapes: dict[str, Shape], box: Box) -> tuple[dict[str, Shape], float]:
    """Shapes in pixels, as large as the box allows, and the height that they take from its top.

    Longitudes are shortened by the cosine of the middle latitude: true enough for a city or a province.
    """
    every = np.vstack([ring for shape in shapes.values() for ring in shape])
    (west, south), (east, north) = every.min(axis=0), every.max(axis=0)
    shrink = math.cos(math.radians((south + north) / 2))
    left, top, right, bottom = box
    scale = min((right - left) / ((east - west) * shrink), (bottom - top) / (north - south))
    indent = left + ((right - left) - (east - west) * shrink * scale) / 2

    def project(ring: Ring) -> Ring:
        x = indent + (ring[:, 0] - west) * shrink * scale
        y = top + (north - ring[:, 1]) * scale
        return _thinned(np.column_stack([x, y]))

    return {code: tuple(project(ring) for ring in shape) for code, shape in shapes.items()}, (north - south) * scale


def _thinned(ring: Ring) -> Ring:
    """Without the points that fall within half a pixel of the one before; at least a triangle."""
    kept = [0]
    for i in range(1, len(ring) - 1):
        if np.abs(ring[i] - ring[kept[-1]]).max() >= 0.5:
            kept.append(i)
    if len(kept) < 3:
        return ring
    return ring[[*kept, len(ring) - 1]]


def spans(shape: Shape, y: float) -> list[tuple[float, float]]:
    """Where a horizontal line is inside a shape (even-odd)."""
    crossings: list[float] = []
    for ring in shape:
        start, end = ring[:-1], ring[1:]
        cut = (start[:, 1] > y) != (end[:, 1] > y)
        if cut.any():
            a, b = start[cut], end[cut]
            crossings += (a[:, 0] + (y - a[:, 1]) / (b[:, 1] - a[:, 1]) * (b[:, 0] - a[:, 0])).tolist()
    crossings.sort()
    return list(zip(crossings[::2], crossings[1::2], strict=False))


def hatch(shape: Shape, angle: float, gap: float) -> list[tuple[float, float, float, float]]:
    """Parallel lines inside a shape, ``angle`` in degrees, ``gap`` pixels apart."""
    turn = math.radians(angle)
    cos, sin = math.cos(turn), math.sin(turn)
    turned = tuple(ring @ np.array([[cos, -sin], [sin, cos]]) for ring in shape)
    low = min(ring[:, 1].min() for ring in turned)
    high = max(ring[:, 1].max() for ring in turned)
    lines: list[tuple[float, float, float, float]] = []
    for i in range(math.ceil(low / gap), math.floor(high / gap) + 1):
        y = i * gap
        lines += [_back(a, b, y, cos, sin) for a, b in spans(turned, y)]
    return lines


def _back(a: float, b: float, y: float, cos: float, sin: float) -> tuple[float, float, float, float]:
    return a * cos - y * sin, a * sin + y * cos, b * cos - y * sin, b * sin + y * cos


def area_centre(shape: Shape) -> tuple[float, float]:
    """Centroid of the largest ring."""
    ring = max(shape, key=lambda r: abs(_area(r)))
    x, y = ring[:-1, 0], ring[:-1, 1]
    x2, y2 = ring[1:, 0], ring[1:, 1]
    cross = x * y2 - x2 * y
    area = cross.sum() / 2
    if abs(area) < 1e-6:
        return float(x.mean()), float(y.mean())
    return float(((x + x2) * cross).sum() / (6 * area)), float(((y + y2) * cross).sum() / (6 * area))


def _area(ring: Ring) -> float:
    return float((ring[:-1, 0] * ring[1:, 1] - ring[1:, 0] * ring[:-1, 1]).sum() / 2)


@dataclass(frozen=True, slots=True)
class Placed:
    """A label's centre; ``anchor`` is the point of its shape that a leader line runs to, if it stands outside."""

    x: float
    y: float
    anchor: tuple[float, float] | None


def place_labels(
    shapes: dict[str, Shape], sizes: dict[str, tuple[float, float]], width: float, height: float
) -> dict[str, Placed]:
    """Each label inside its shape where it fits; else beside all shapes, as near as can be, without overlap.

    Of those outside, the one with the shortest leader line is served first, and no leader runs through a
    label. A label that finds no free place stands on its shape all the same.
    """
    columns, rows = int(width / _CELL), int(height / _CELL)
    masks = {code: _mask(shape, columns, rows) for code, shape in shapes.items()}
    anchors = {code: area_centre(shape) for code, shape in shapes.items()}
    taken = np.zeros((rows, columns), dtype=bool)
    land = np.any(list(masks.values()), axis=0) if masks else taken.copy()
    placed: dict[str, Placed] = {}
    for code in shapes:
        if spot := _nearest(~masks[code], sizes[code], anchors[code], taken):
            placed[code] = Placed(*spot, None)
            _take(taken, placed[code], sizes[code])
    waiting = [code for code in shapes if code not in placed]
    while waiting:
        spots = {code: _nearest(land | taken, sizes[code], anchors[code], taken) for code in waiting}
        code = min(waiting, key=lambda c: math.dist(spots[c] or (1e9, 1e9), anchors[c]))
        spot = spots[code]
        placed[code] = Placed(*(spot or anchors[code]), anchors[code] if spot else None)
        _take(taken, placed[code], sizes[code])
        if spot:
            for column, row in _cells(anchors[code], spot):
                taken[min(row, rows - 1), min(column, columns - 1)] = True
        waiting.remove(code)
    return placed


def _cells(start: tuple[float, float], end: tuple[float, float]) -> list[tuple[int, int]]:
    """Cells of the grid that a line runs through: column and row."""
    steps = max(1, math.ceil(math.dist(start, end) / _CELL))
    way = [i / steps for i in range(steps + 1)]
    return [
        (int((start[0] + t * (end[0] - start[0])) / _CELL), int((start[1] + t * (end[1] - start[1])) / _CELL))
        for t in way
    ]


def _mask(shape: Shape, columns: int, rows: int) -> NDArray[np.bool_]:
    mask = np.zeros((rows, columns), dtype=bool)
    for row in range(rows):
        for a, b in spans(shape, (row + 0.5) * _CELL):
            mask[row, max(0, math.floor(a / _CELL)) : max(0, math.ceil(b / _CELL))] = True
    return mask


_TRIED = 4000  # nearest free places that are looked at before a leader may cross a label


def _nearest(
    blocked: NDArray[np.bool_], size: tuple[float, float], anchor: tuple[float, float], taken: NDArray[np.bool_]
) -> tuple[float, float] | None:
    """Centre of the free box of a size nearest to a point: sums over boxes by a summed-area table.

    Places whose leader line would run through what is taken come last.
    """
    rows, columns = blocked.shape
    wide, tall = math.ceil(size[0] / _CELL), math.ceil(size[1] / _CELL)
    if wide >= columns or tall >= rows:
        return None
    table = np.zeros((rows + 1, columns + 1), dtype=np.int64)
    table[1:, 1:] = (blocked | taken).cumsum(axis=0).cumsum(axis=1)
    sums = table[tall:, wide:] - table[:-tall, wide:] - table[tall:, :-wide] + table[:-tall, :-wide]
    ys, xs = np.nonzero(sums == 0)
    if not len(xs):
        return None
    x, y = (xs + wide / 2) * _CELL, (ys + tall / 2) * _CELL
    order = np.argsort((x - anchor[0]) ** 2 + (y - anchor[1]) ** 2, kind="stable")
    for best in order[:_TRIED]:
        way = _cells(anchor, (float(x[best]), float(y[best])))
        if not any(taken[min(row, rows - 1), min(column, columns - 1)] for column, row in way[2:]):
            return float(x[best]), float(y[best])
    return float(x[order[0]]), float(y[order[0]])


def _take(taken: NDArray[np.bool_], placed: Placed, size: tuple[float, float]) -> None:
    left, top = (placed.x - size[0] / 2) / _CELL, (placed.y - size[1] / 2) / _CELL
    right, bottom = (placed.x + size[0] / 2) / _CELL, (placed.y + size[1] / 2) / _CELL
    taken[max(0, math.floor(top)) : math.ceil(bottom), max(0, math.floor(left)) : math.ceil(right)] = True
