"""How Word sets each look of a report: type, lines and margins. The same stands in report.typ for PDF."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Look:
    """Sizes in points, margins in millimetres: top, bottom, left, right."""

    body: float
    line: float  # exact distance of lines of the body
    heads: tuple[float, float]  # of headings of level 1 and 2
    caption: float
    table: float
    note: float
    margins: tuple[float, float, float, float]
    header: float  # from the edge of the page
    footer: float
    page_number: float
    between: tuple[float, float]  # above and below a heading


def look_of(look: Literal["official", "book", "sheet"], *, zh: bool) -> Look:
    """Official: 三号仿宋 on a 28.8 pt line as GB/T 9704 asks, English in 12 pt; a book and a sheet in small type."""
    match look:
        case "book":
            return Look(10.5, 17, (18, 12), 10.5, 7.5, 8, (28, 26, 25, 25), 15, 15, 10.5, (6, 8))
        case "sheet":
            return Look(
                10 if zh else 9, 14 if zh else 12.5, (11.5, 10.5), 9, 8, 8, (18, 17, 20, 20), 9, 9, 10.5, (6, 3)
            )
        case "official":
            body, line = (16.0, 28.8) if zh else (12.0, 18.0)
            return Look(body, line, (body, body), 10.5, 8, 9, (37, 35, 28, 26), 22, 25, 14, (10, 8))
