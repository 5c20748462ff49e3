"""An Excel form that somebody has uploaded and not confirmed yet."""

from __future__ import annotations

from django.db import models


class Upload(models.Model):
    """What the reading process read of one file, kept from the dry run until it is confirmed or expires.

    ``digest`` is the SHA-256 of the file's bytes. What is confirmed is what was read of those very bytes: the file is not
    opened twice. Nothing here counts: figures of a draft are written by ``save_cells`` alone.
    """

    sheet = models.ForeignKey("collect.Return", on_delete=models.CASCADE, related_name="uploads")
    user = models.CharField(max_length=150)
    name = models.CharField(max_length=120)
    digest = models.CharField(max_length=64)
    erase = models.BooleanField(default=False)  # whether blanks on the form empty what the draft holds
    rows = models.JSONField()  # [[row, {column: [kind, text]}], …]
    faults = models.JSONField()  # why the file is refused as a whole
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.name} {self.digest[:12]}"
