"""What was measured: tidy figures, roll-up, gaps and quality rules."""

from halfsky.observations.csvfile import read_csv, write_csv
from halfsky.observations.demonstration import demonstration_figures
from halfsky.observations.model import (
    WITHOUT_VALUE,
    Confidentiality,
    Figures,
    Nature,
    Observation,
    SeriesKey,
    Status,
)
from halfsky.observations.reading import Reading

__all__ = [
    "WITHOUT_VALUE",
    "Confidentiality",
    "Figures",
    "Nature",
    "Observation",
    "Reading",
    "SeriesKey",
    "Status",
    "demonstration_figures",
    "read_csv",
    "write_csv",
]
