"""The cells of a return as one JSON object, and what differs between two of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from halfsky.collect.models import Entry, Return, State
from halfsky.collect.queries import plain

Cell = dict[str, str]
_NUMBERS = ("value", "numerator", "denominator")
_WORDS = ("status", "confidentiality", "comment")


def snapshot(sheet: Return) -> dict[str, Cell]:
    """Every cell by the entry's number, as text."""
    return {str(entry.pk): told(entry) for entry in sheet.entries.all()}


def told(entry: Entry) -> Cell:
    """What one cell holds, as text."""
    numbers = {name: plain(getattr(entry, name)) for name in _NUMBERS}
    return {
        **{name: "" if number is None else f"{number:f}" for name, number in numbers.items()},
        **{name: getattr(entry, name) for name in _WORDS},
    }


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[Cell, Cell]]:
    """Cells that are not the same any more: before and after."""
    return {pk: (before.get(pk, {}), cell) for pk, cell in after.items() if before.get(pk) != cell}


def changed_since_return(sheet: Return) -> dict[int, tuple[Cell, Cell]]:
    """What differs from what was handed in before the return was last sent back; empty when it never was.

    Between being handed in and being sent back no cell can change, so the last submission before a return is what the
    reviewer saw who sent it back.
    """
    back = sheet.steps.filter(after=State.RETURNED).last()
    seen = sheet.submissions.filter(at__lte=back.at).last() if back else None
    if seen is None:
        return {}
    return {int(pk): cells for pk, cells in differences(seen.cells, snapshot(sheet)).items()}
