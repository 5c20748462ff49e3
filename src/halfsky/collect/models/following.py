"""What follows a return about: what was sent each time, who was told of what, which mails are to go out."""

from __future__ import annotations

from django.db import models

from halfsky.collect.models.returns import Return


class Submission(models.Model):
    """A return as it was handed in: its cells then, and how many of them differ from the time before."""

    sheet = models.ForeignKey(Return, on_delete=models.CASCADE, related_name="submissions")
    number = models.PositiveSmallIntegerField()  # 1 for the first time
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    cells = models.JSONField()  # entry → value, numerator, denominator, status, confidentiality, comment
    changed = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["sheet_id", "number"]
        constraints = [models.UniqueConstraint(fields=["sheet", "number"], name="one_submission_per_number")]

    def __str__(self) -> str:
        return f"{self.sheet_id} #{self.number}"


class Notice(models.Model):
    """Something that one person should know 通知. The sentence is made of ``kind`` and ``params`` in the reader's language.

    ``params["link"]`` names the page it is about, where that is neither a return nor a filing: an address of the plan's
    by ``name``, with its ``kwargs``.
    """

    user = models.ForeignKey("places.User", on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=32)
    plan = models.CharField(max_length=64)
    sheet = models.ForeignKey(Return, on_delete=models.CASCADE, null=True, related_name="notices")
    filing = models.ForeignKey("collect.Filing", on_delete=models.CASCADE, null=True, related_name="notices")
    params = models.JSONField(default=dict)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["user", "read_at"])]

    def __str__(self) -> str:
        return f"{self.kind} → {self.user_id}"


class Reminder(models.Model):
    """A reminder that has been given. Its key says of what, of which day and how far from it: none is given twice."""

    key = models.CharField(max_length=120, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key
