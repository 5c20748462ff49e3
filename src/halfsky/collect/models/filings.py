"""What is filed 报备: a district's own plan, and each unit's plan of how it carries its clauses out."""

from __future__ import annotations

from django.db import models


class Filing(models.Model):
    """One document that a district or a unit owes the committee office above it. ``version`` counts every change."""

    class Kind(models.TextChoices):
        PLAN = "plan"  # 区（市）县规划, filed by the district's committee office with the city's
        SCHEME = "scheme"  # 实施方案, filed by a unit with the committee office of its level

    class State(models.TextChoices):
        DUE = "due"
        FILED = "filed"
        ACCEPTED = "accepted"
        RETURNED = "returned"

    plan = models.CharField(max_length=64)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    region = models.CharField(max_length=24)
    unit = models.CharField(max_length=48, blank=True)  # empty: the place's own committee office
    due = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DUE)
    version = models.PositiveIntegerField(default=1)
    filed_at = models.DateTimeField(null=True)
    filed_by = models.CharField(max_length=150, blank=True)
    name = models.CharField(max_length=200, blank=True)  # of the document, as it was sent
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    reason = models.TextField(blank=True)  # of the last return

    class Meta:
        ordering = ["plan", "kind", "region", "pk"]
        constraints = [models.UniqueConstraint(fields=["plan", "kind", "region", "unit"], name="one_filing_per_duty")]

    def __str__(self) -> str:
        return f"{self.kind} {self.unit or '-'} {self.region}"

    @property
    def open(self) -> bool:
        """Whether it is still to be sent, or to be sent again."""
        return self.state in {self.State.DUE, self.State.RETURNED}
