"""The nouns of collection: figures and their versions; years, returns and their cells; notices and filings."""

from halfsky.collect.models.figures import Delivery, Figure, Source
from halfsky.collect.models.filings import Filing
from halfsky.collect.models.following import Notice, Reminder, Submission
from halfsky.collect.models.returns import Ack, Cycle, Entry, Remark, Return, State, Step
from halfsky.collect.models.surveys import Survey
from halfsky.collect.models.uploads import Upload

__all__ = [
    "Ack",
    "Cycle",
    "Delivery",
    "Entry",
    "Figure",
    "Filing",
    "Notice",
    "Remark",
    "Reminder",
    "Return",
    "Source",
    "State",
    "Step",
    "Submission",
    "Survey",
    "Upload",
]
