"""Yearly reports 年度报告: how what was assigned went in a year, told by each unit and each district."""

from __future__ import annotations

from datetime import date

from django.db import models


class YearlyRound(models.Model):
    """The reports of one year, opened once by the city's committee office with the days by which they are due."""

    plan = models.CharField(max_length=64)
    year = models.PositiveSmallIntegerField()
    unit_due = models.DateField()  # units, with the committee office of their level
    district_due = models.DateField()  # districts, with the city's
    opened_at = models.DateTimeField()
    demonstration = models.BooleanField(default=False)
    event = models.OneToOneField("audit.Event", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["plan", "-year"]
        constraints = [models.UniqueConstraint(fields=["plan", "year"], name="one_round_per_plan_and_year")]

    def __str__(self) -> str:
        return f"{self.plan} {self.year}"


class YearlyReport(models.Model):
    """What one unit, or one district as a whole, reports of a year. ``version`` counts every change of state."""

    class State(models.TextChoices):
        DRAFT = "draft"
        SUBMITTED = "submitted"
        RETURNED = "returned"
        ACCEPTED = "accepted"

    round = models.ForeignKey(YearlyRound, on_delete=models.PROTECT, related_name="reports")
    region = models.CharField(max_length=24)
    unit = models.CharField(max_length=48, blank=True)  # empty: the district's own report
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField(default=1)
    submitted_at = models.DateTimeField(null=True)
    table = models.JSONField(default=list)  # the targets as they stood when it was submitted

    class Meta:
        ordering = ["region", "pk"]
        constraints = [models.UniqueConstraint(fields=["round", "region", "unit"], name="one_yearly_report_per_office")]
        indexes = [models.Index(fields=["round", "state"])]

    def __str__(self) -> str:
        return f"{self.round} {self.unit or '-'} {self.region}"

    @property
    def open(self) -> bool:
        """Whether its office still writes it."""
        return self.state in {self.State.DRAFT, self.State.RETURNED}

    @property
    def due(self) -> date:
        day: date = self.round.unit_due if self.unit else self.round.district_due
        return day


class YearlyItem(models.Model):
    """One part of a report: what is said of one clause, or of the year as a whole.

    ``version`` guards against two people saving at once. ``seen`` are the values of the clause's targets on which the
    words were written, so that a later change is told.
    """

    class Topic(models.TextChoices):
        CLAUSE = "clause"
        SUMMARY = "summary"
        PROBLEMS = "problems"
        NEXT = "next"

    class Progress(models.TextChoices):
        DONE = "done"
        DOING = "doing"
        NOT_BEGUN = "not_begun"
        OVERDUE = "overdue"

    report = models.ForeignKey(YearlyReport, on_delete=models.CASCADE, related_name="items")
    order = models.PositiveSmallIntegerField()
    topic = models.CharField(max_length=8, choices=Topic.choices)
    clause = models.CharField(max_length=16, blank=True)
    lead = models.BooleanField(default=True)  # leads the clause; else supports it
    progress = models.CharField(max_length=10, choices=Progress.choices, blank=True)
    words = models.TextField(blank=True)
    ahead = models.TextField(blank=True)  # next year's work
    seen = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(null=True)
    changed_by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["report_id", "order"]
        constraints = [models.UniqueConstraint(fields=["report", "topic", "clause"], name="one_item_per_clause")]
        indexes = [models.Index(fields=["clause"])]

    def __str__(self) -> str:
        return f"{self.report_id} {self.topic} {self.clause}"


class YearlyStep(models.Model):
    """One change of state of a report, with its reason."""

    report = models.ForeignKey(YearlyReport, on_delete=models.CASCADE, related_name="steps")
    before = models.CharField(max_length=10)
    after = models.CharField(max_length=10, choices=YearlyReport.State.choices)
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    role = models.CharField(max_length=60)
    reason = models.TextField(blank=True)
    event = models.ForeignKey("audit.Event", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"


class Evidence(models.Model):
    """A document that bears a report out 佐证材料; kept under its SHA-256, taken off while the report is written."""

    report = models.ForeignKey(YearlyReport, on_delete=models.CASCADE, related_name="evidence")
    clause = models.CharField(max_length=16, blank=True)
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "clause", "sha256"], condition=models.Q(removed_at__isnull=True), name="evidence_once"
            )
        ]

    def __str__(self) -> str:
        return self.name
