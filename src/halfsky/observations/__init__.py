"""What was measured: tidy figures, roll-up, gaps and quality rules.

:mod:`halfsky.observations.demonstration` generates demonstration data; it is not imported here, because
it alone of this room needs numpy.
"""

from halfsky.observations.csvfile import read_csv, write_csv
from halfsky.observations.gaps import Gap, gaps
from halfsky.observations.model import (
    WITHOUT_VALUE,
    Confidentiality,
    Figures,
    Nature,
    Observation,
    SeriesKey,
    Status,
)
from halfsky.observations.rollup import Over, RollUp, roll_up
from halfsky.observations.rows import Reading
from halfsky.observations.workbook import SheetRow, read_sheet, read_xlsx
from halfsky.observations.workbook_write import template, write_xlsx

__all__ = [
    "WITHOUT_VALUE",
    "Confidentiality",
    "Figures",
    "Gap",
    "Nature",
    "Observation",
    "Over",
    "Reading",
    "RollUp",
    "SeriesKey",
    "SheetRow",
    "Status",
    "gaps",
    "read_csv",
    "read_sheet",
    "read_xlsx",
    "roll_up",
    "template",
    "write_csv",
    "write_xlsx",
]
