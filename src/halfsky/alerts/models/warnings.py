"""Assessments as they were made, and the warnings that follow from them."""

from __future__ import annotations

from django.db import models


class Assessment(models.Model):
    """All verdicts of a plan as of a year, made at one moment from the figures that held then."""

    plan = models.CharField(max_length=64)
    as_of = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField()
    method = models.CharField(max_length=40)
    figures = models.CharField(max_length=64)  # digest of the figures that it rests on
    demonstration = models.BooleanField()
    # An assessment that only brings another up to date keeps the verdicts that changed; the rest are in its root.
    root = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="updates")
    event = models.OneToOneField("audit.Event", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["plan", "as_of", "pk"]
        indexes = [models.Index(fields=["plan", "as_of"])]

    def __str__(self) -> str:
        return f"{self.plan} {self.as_of} #{self.pk}"


class Pending(models.Model):
    """Figures that came in and are not judged yet; written with them, removed by the assessment that judges them."""

    plan = models.CharField(max_length=64)
    indicators = models.JSONField()
    first_year = models.PositiveSmallIntegerField()
    last_year = models.PositiveSmallIntegerField()

    class Meta:
        indexes = [models.Index(fields=["plan"])]

    def __str__(self) -> str:
        return f"{self.plan} {self.first_year}"


class StoredVerdict(models.Model):
    """One verdict of an assessment, whole in ``content``; the columns beside it are for finding it."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="verdicts")
    target = models.CharField(max_length=16)
    region = models.CharField(max_length=24)
    status = models.CharField(max_length=20)
    content = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["assessment", "target", "region"], name="one_verdict_per_place")]

    def __str__(self) -> str:
        return f"{self.target} {self.region} {self.status}"


class Warning(models.Model):
    """A warning 预警 about a target in a place; cleared by the assessment in which its ground is gone."""

    class Level(models.TextChoices):
        RED = "red"
        ORANGE = "orange"
        YELLOW = "yellow"

    plan = models.CharField(max_length=64)
    as_of = models.PositiveSmallIntegerField()
    target = models.CharField(max_length=16)
    region = models.CharField(max_length=24)
    level = models.CharField(max_length=8, choices=Level.choices)
    grounds = models.JSONField()  # codes of halfsky.alerts.policy.Ground
    raised_by = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="raised")
    updated_by = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="updated")
    cleared_by = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="cleared", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "target", "region"],
                condition=models.Q(cleared_by__isnull=True),
                name="one_open_warning_per_target_and_place",
            )
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.target} {self.region}"
