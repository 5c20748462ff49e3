"""The database of observations: nothing is overwritten, a revision replaces and says why."""

from __future__ import annotations

from django.db import models

from halfsky.observations import Confidentiality, Nature, Status


class Source(models.Model):
    """Where figures come from, as it is cited."""

    plan = models.CharField(max_length=64)
    citation = models.CharField(max_length=500)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "citation"], name="one_source_per_citation")]

    def __str__(self) -> str:
        return self.citation


class Delivery(models.Model):
    """Figures that came in together: one file, one person, one reason, one event."""

    plan = models.CharField(max_length=64)
    file = models.CharField(max_length=255, blank=True)
    reason = models.TextField(blank=True)
    created = models.PositiveIntegerField()
    revised = models.PositiveIntegerField()
    event = models.OneToOneField("audit.Event", on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.plan} {self.file} #{self.pk}"


class Figure(models.Model):
    """One version of one figure. The row of a key with ``current`` set is the one that holds.

    Versions of a key count 1, 2, 3 …; a later version never alters an earlier one but for ``current``.
    """

    plan = models.CharField(max_length=64)
    indicator = models.CharField(max_length=64)
    region = models.CharField(max_length=24)
    year = models.PositiveSmallIntegerField()
    sex = models.CharField(max_length=2)
    age = models.CharField(max_length=12)
    residence = models.CharField(max_length=2)
    version = models.PositiveIntegerField()
    current = models.BooleanField(default=True)
    value = models.DecimalField(max_digits=24, decimal_places=8, null=True)
    numerator = models.DecimalField(max_digits=24, decimal_places=8, null=True)
    denominator = models.DecimalField(max_digits=24, decimal_places=8, null=True)
    status = models.CharField(max_length=1, choices=[(s.value, s.name) for s in Status])
    confidentiality = models.CharField(max_length=1, choices=[(c.value, c.name) for c in Confidentiality])
    nature = models.CharField(max_length=10, choices=[(n.value, n.name) for n in Nature])
    comment = models.TextField(blank=True)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, null=True)
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="figures")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "indicator", "region", "year", "sex", "age", "residence", "version"],
                name="one_figure_per_key_and_version",
            ),
            models.UniqueConstraint(
                fields=["plan", "indicator", "region", "year", "sex", "age", "residence"],
                condition=models.Q(current=True),
                name="one_current_figure_per_key",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["M", "L", "Q"], value__isnull=True)
                | (~models.Q(status__in=["M", "L", "Q"]) & models.Q(value__isnull=False)),
                name="blank_exactly_when_the_status_says_so",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} {self.indicator} {self.region} {self.year} v{self.version}"
