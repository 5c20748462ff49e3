"""Meetings 会议: what was on the agenda, who was there, what was decided; decisions become tasks."""

from __future__ import annotations

from django.db import models


class Meeting(models.Model):
    """One meeting of a place's committee. ``version`` counts every save: who saves says which one they saw."""

    class Kind(models.TextChoices):
        WORK = "work"  # 工作会议
        COMMITTEE = "committee"  # 委员会议
        LIAISON = "liaison"  # 联络员会议

    class State(models.TextChoices):
        PLANNED = "planned"
        ISSUED = "issued"  # its minutes are final, its decisions are tasks
        CALLED_OFF = "called_off"

    plan = models.CharField(max_length=64)
    region = models.CharField(max_length=24)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    title = models.CharField(max_length=120)
    starts = models.DateTimeField()
    venue = models.CharField(max_length=120, blank=True)
    chair = models.CharField(max_length=80, blank=True)
    recorder = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    version = models.PositiveIntegerField(default=1)
    number = models.PositiveSmallIntegerField(null=True)  # of its minutes in the year, given when they are issued
    issued_at = models.DateTimeField(null=True)
    demonstration = models.BooleanField(default=False)

    class Meta:
        ordering = ["-starts", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "region", "kind", "starts"], name="one_meeting_at_a_time"),
        ]

    def __str__(self) -> str:
        return self.title


class AgendaItem(models.Model):
    """One point of the agenda: proposed from a warning or a task, or written by hand; with what was said of it."""

    class Kind(models.TextChoices):
        EARLIER = "earlier"  # how the decisions of the meeting before were carried out
        WARNING = "warning"
        TASK = "task"
        OTHER = "other"

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="agenda")
    order = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.OTHER)
    key = models.CharField(
        max_length=64, blank=True
    )  # "target region" of a warning, the number of a task or of the meeting before
    title = models.CharField(max_length=200)
    words = models.TextField(blank=True)  # of the minutes

    class Meta:
        ordering = ["meeting_id", "order", "pk"]

    def __str__(self) -> str:
        return self.title


class Decision(models.Model):
    """What a meeting decided 议定事项: who does what by when. Issued with the minutes, it is a task."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="decisions")
    order = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    words = models.TextField(blank=True)
    region = models.CharField(max_length=24)
    unit = models.CharField(max_length=48, blank=True)
    due = models.DateField()
    clause = models.CharField(max_length=16, blank=True)
    task = models.OneToOneField("oversight.Task", on_delete=models.PROTECT, null=True, related_name="decision")

    class Meta:
        ordering = ["meeting_id", "order", "pk"]

    def __str__(self) -> str:
        return self.title


class Attendance(models.Model):
    """One office invited, and who came for it."""

    class Presence(models.TextChoices):
        INVITED = "invited"
        PRESENT = "present"
        ABSENT = "absent"

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="attendances")
    region = models.CharField(max_length=24)
    unit = models.CharField(max_length=48, blank=True)
    person = models.CharField(max_length=80, blank=True)
    presence = models.CharField(max_length=8, choices=Presence.choices, default=Presence.INVITED)

    class Meta:
        ordering = ["meeting_id", "pk"]
        constraints = [models.UniqueConstraint(fields=["meeting", "region", "unit"], name="an_office_is_invited_once")]

    def __str__(self) -> str:
        return f"{self.unit or '-'} {self.region}"
