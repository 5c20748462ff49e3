"""Records of the ledgers, and where a good practice was adopted."""

from __future__ import annotations

from django.db import models


class Record(models.Model):
    """One record of one ledger 台账记录. ``content`` holds its fields by id: amounts as decimal text, dates as ISO.

    ``version`` counts every change: who changes says which they saw.
    """

    plan = models.CharField(max_length=64)
    ledger = models.CharField(max_length=32)
    year = models.PositiveSmallIntegerField()
    region = models.CharField(max_length=24)
    unit = models.CharField(max_length=48, blank=True)  # empty: the place's own committee office
    title = models.CharField(max_length=200)
    clauses = models.JSONField(default=list)
    stage = models.CharField(max_length=32)
    content = models.JSONField(default=dict)
    reason = models.TextField(blank=True)  # of the last step, where it asks for one
    key = models.CharField(max_length=64, unique=True)  # of the request that made it: sent twice, it is made once
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=150)

    class Meta:
        ordering = ["-year", "ledger", "region", "pk"]
        indexes = [models.Index(fields=["plan", "ledger", "year"])]

    def __str__(self) -> str:
        return self.title


class Adoption(models.Model):
    """A place took a record over 推广应用: once, from a day on."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="adoptions")
    region = models.CharField(max_length=24)
    on = models.DateField()
    words = models.TextField(blank=True)
    by = models.CharField(max_length=150)

    class Meta:
        ordering = ["on", "pk"]
        constraints = [models.UniqueConstraint(fields=["record", "region"], name="a_place_adopts_once")]

    def __str__(self) -> str:
        return f"{self.record} {self.region}"
