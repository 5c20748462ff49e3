"""The shape of a file of figures is documented, and the documentation is the shape."""

from __future__ import annotations

from pathlib import Path

from halfsky.observations import Confidentiality, Nature, Status
from halfsky.observations.columns import COLUMNS, HEADER
from halfsky.plan.model import Unit

TEXT = (Path(__file__).parents[2] / "docs" / "figures.md").read_text(encoding="utf-8")


def test_the_header_stands_in_the_documentation() -> None:
    assert f"    {','.join(HEADER)}\n" in TEXT
    assert tuple(column.name for column in COLUMNS) == HEADER


def test_every_column_has_its_row() -> None:
    for column in COLUMNS:
        assert f"| `{column.name}` | {column.label.zh} |" in TEXT


def test_every_code_is_documented() -> None:
    for code in (*Status, *Confidentiality, *Nature, *Unit):
        assert f"`{code.value}`" in TEXT, code
