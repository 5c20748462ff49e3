"""The nouns of oversight, one module for each matter."""

from halfsky.oversight.models.calendar import Feed
from halfsky.oversight.models.meetings import AgendaItem, Attendance, Decision, Meeting
from halfsky.oversight.models.tasks import Origin, OriginKind, Task, TaskStep
from halfsky.oversight.models.yearly import Evidence, YearlyItem, YearlyReport, YearlyRound, YearlyStep

__all__ = [
    "AgendaItem",
    "Attendance",
    "Decision",
    "Evidence",
    "Feed",
    "Meeting",
    "Origin",
    "OriginKind",
    "Task",
    "TaskStep",
    "YearlyItem",
    "YearlyReport",
    "YearlyRound",
    "YearlyStep",
]
