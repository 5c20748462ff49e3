"""What was measured: tidy figures, roll-up, gaps and quality rules."""

from halfsky.observations.model import (
    WITHOUT_VALUE,
    Confidentiality,
    Figures,
    Nature,
    Observation,
    SeriesKey,
    Status,
)

__all__ = [
    "WITHOUT_VALUE",
    "Confidentiality",
    "Figures",
    "Nature",
    "Observation",
    "SeriesKey",
    "Status",
]
