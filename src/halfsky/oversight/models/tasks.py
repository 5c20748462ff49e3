"""Tasks 任务: what one office is to do by a day, where that came from, and how it went to and fro."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import models


class OriginKind(models.TextChoices):
    """What a task follows from."""

    MEETING = "meeting"
    RECOMMENDATION = "recommendation"  # of an evaluation
    WARNING = "warning"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a task comes from: ``key`` names it among its kind, ``label`` is what the pages call it."""

    kind: OriginKind
    key: str
    label: str


class Task(models.Model):
    """What one office is to do 任务. ``version`` counts every step: who acts says which one they saw."""

    class State(models.TextChoices):
        GIVEN = "given"
        DOING = "doing"  # its office has begun, and said so
        REPORTED = "reported"  # done as its office says, to be confirmed
        RETURNED = "returned"  # not done yet, as the office that gave it says
        CONFIRMED = "confirmed"
        WITHDRAWN = "withdrawn"

    plan = models.CharField(max_length=64)
    title = models.CharField(max_length=120)
    words = models.TextField(blank=True)  # what is asked
    region = models.CharField(max_length=24)
    unit = models.CharField(max_length=48, blank=True)  # empty: the place's own committee office
    clause = models.CharField(max_length=16, blank=True)  # that it serves, where it serves one
    due = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.GIVEN)
    version = models.PositiveIntegerField(default=1)
    origin_kind = models.CharField(max_length=16, choices=OriginKind.choices, default=OriginKind.OTHER)
    origin_key = models.CharField(max_length=120, blank=True)
    origin_label = models.CharField(max_length=300, blank=True)
    level = models.CharField(max_length=8)  # of the committee office that gave it: "city" or "district"
    given_by = models.CharField(max_length=150)
    given_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)  # confirmed or withdrawn
    demonstration = models.BooleanField(default=False)

    class Meta:
        ordering = ["due", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "origin_kind", "origin_key", "region", "unit", "title"], name="a_task_is_given_once"
            )
        ]
        indexes = [models.Index(fields=["plan", "state", "due"])]

    def __str__(self) -> str:
        return f"{self.title} {self.unit or '-'} {self.region}"

    @property
    def open(self) -> bool:
        """Whether its office still has something to do about it."""
        return self.state in OPEN

    def days_late(self, today: date) -> int:
        """Days past the day due; negative while there is time, 0 on the day or where nothing is waited for."""
        return (today - self.due).days if self.open else 0


OPEN = frozenset({Task.State.GIVEN, Task.State.DOING, Task.State.RETURNED})


class TaskStep(models.Model):
    """One step of a task with its words: what the trail shows. Progress told leaves the state as it is."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="steps")
    before = models.CharField(max_length=10, blank=True)
    after = models.CharField(max_length=10, choices=Task.State.choices)
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    role = models.CharField(max_length=60)
    words = models.TextField(blank=True)
    event = models.ForeignKey("audit.Event", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"
