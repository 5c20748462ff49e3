"""What an office adds to an installed plan: its official words.

Plans themselves are files, found by the setting ``PLANS_DIR`` and versioned with their folder; the
database refers to them by id.
"""

from __future__ import annotations

from django.db import models


class OfficialText(models.Model):
    """The official words of one clause, attached by the office that owns the document."""

    plan = models.CharField(max_length=64)
    clause = models.CharField(max_length=12)
    words = models.TextField()
    document = models.CharField(max_length=64)  # SHA-256 of the attached file
    event = models.ForeignKey("audit.Event", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "clause"], name="one_official_text_per_clause")]

    def __str__(self) -> str:
        return f"{self.plan} {self.clause}"
