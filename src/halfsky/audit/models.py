"""The ledger: one event for every write, each sealed with the hash of the one before it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.db import models

from halfsky.audit.seals import SHA256, digest

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Actor:
    """Who writes, as what, through which door (``cli``, ``web``, ``api``), from which network address."""

    name: str
    role: str
    door: str
    address: str = ""


class Event(models.Model):
    """One write. Rows are never changed or deleted: the database itself refuses (see the migration)."""

    number = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    role = models.CharField(max_length=60)
    door = models.CharField(max_length=30)
    address = models.CharField(max_length=45, blank=True)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=200)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    reason = models.TextField(blank=True)
    algorithm = models.CharField(
        max_length=8, default=SHA256
    )  # of this event's seal: a chain may change it as it goes on
    previous = models.CharField(max_length=64, unique=True)
    seal = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["number"]
        indexes = [models.Index(fields=["subject", "number"])]

    def __str__(self) -> str:
        return f"{self.number} {self.action} {self.subject}"

    def computed_seal(self) -> str:
        """The digest of the event and the seal before it, in canonical JSON, by the event's own algorithm.

        Raises ``ValueError`` for an algorithm that is none of ours.
        """
        content: dict[str, Any] = {
            "at": self.at.isoformat(timespec="microseconds"),
            "actor": self.actor,
            "role": self.role,
            "door": self.door,
            "action": self.action,
            "subject": self.subject,
            "before": self.before,
            "after": self.after,
            "reason": self.reason,
            "previous": self.previous,
        }
        if self.address:  # events from before addresses were kept are sealed without one
            content["address"] = self.address
        if self.algorithm != SHA256:  # events from before there was a choice are sealed without its name
            content["algorithm"] = self.algorithm
        canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return digest(self.algorithm, canonical.encode("utf-8"))
