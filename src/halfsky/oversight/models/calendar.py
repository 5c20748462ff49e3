"""The private address of a person's calendar feed 日历订阅."""

from __future__ import annotations

from django.db import models


class Feed(models.Model):
    """A secret address under which a calendar program reads what is due for one person. Only its digest is kept."""

    user = models.ForeignKey("places.User", on_delete=models.CASCADE, related_name="feeds")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(revoked_at__isnull=True), name="one_feed_per_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.made_at}"
