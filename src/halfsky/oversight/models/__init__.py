"""The nouns of oversight, one module for each matter."""

from halfsky.oversight.models.tasks import Origin, OriginKind, Task, TaskStep

__all__ = ["Origin", "OriginKind", "Task", "TaskStep"]
