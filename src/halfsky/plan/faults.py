"""A fault: what is wrong with something a person wrote, where it stands, and what to do about it.

Plan packs, figure files and workbooks all report their faults in this one form, so that every door
(command line, page, interface) can show all faults of a file at once, in either language.
"""

from __future__ import annotations

from collections.abc import Iterable

from halfsky.plan.text import Frozen, Text


class Fault(Frozen):
    """One fault. ``code`` is stable and tested; ``message`` says what is wrong and what to do."""

    code: str
    message: Text
    file: str = ""
    line: int | None = None
    sheet: str = ""
    cell: str = ""
    clause: str = ""

    def place(self) -> str:
        """``file:line``, or ``file[sheet!cell]`` for a workbook, then the clause where one is known."""
        place = self.file
        if self.sheet or self.cell:
            place += f"[{'!'.join(part for part in (self.sheet, self.cell) if part)}]"
        if self.line is not None:
            place += f":{self.line}"
        return f"{place} {self.clause}".strip()


class Faulty(ValueError):
    """Raised where faults leave nothing usable; carries every fault found, never only the first."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(f"{fault.place()}: {fault.message.en}" for fault in self.faults))
