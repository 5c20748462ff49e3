"""The register of special surveys 专项统计调查: estimates for figures that nobody collects otherwise."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Survey(models.Model):
    """One survey and the one figure that it estimates, with how far the estimate may be off.

    ``estimate``, ``standard_error``, ``low`` and ``high`` are in the indicator's unit; ``level`` is the confidence
    level of the interval in percent. At least one of standard error and interval is there. While it is not withdrawn
    its estimate holds in the database of figures, with nature ``survey`` and status ``E``.
    """

    plan = models.CharField(max_length=64)
    indicator = models.CharField(max_length=64)
    region = models.CharField(max_length=24)
    year = models.PositiveSmallIntegerField()
    sex = models.CharField(max_length=2, default="_T")
    age = models.CharField(max_length=12, default="_T")
    residence = models.CharField(max_length=2, default="_T")
    estimate = models.DecimalField(max_digits=24, decimal_places=8)
    sample_size = models.PositiveIntegerField()
    standard_error = models.DecimalField(max_digits=24, decimal_places=8, null=True)
    low = models.DecimalField(max_digits=24, decimal_places=8, null=True)
    high = models.DecimalField(max_digits=24, decimal_places=8, null=True)
    level = models.DecimalField(max_digits=4, decimal_places=2, null=True)
    method = models.TextField()
    office = models.ForeignKey("places.Office", on_delete=models.PROTECT, related_name="surveys")
    began = models.DateField()
    ended = models.DateField()
    reference = models.CharField(max_length=255, blank=True)  # the file or document that reports it
    note = models.TextField(blank=True)
    confidentiality = models.CharField(max_length=1, default="F")
    version = models.PositiveIntegerField(default=1)
    withdrawn_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["-year", "indicator", "region", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "indicator", "region", "year", "sex", "age", "residence"],
                condition=Q(withdrawn_at__isnull=True), name="one_survey_in_force_per_figure",
            ),
            models.CheckConstraint(
                condition=Q(standard_error__isnull=True) | Q(standard_error__gt=0), name="a_standard_error_is_positive"
            ),
            models.CheckConstraint(
                condition=Q(low__isnull=True, high__isnull=True, level__isnull=True)
                | Q(low__lte=F("estimate"), high__gte=F("estimate"), level__isnull=False),
                name="an_interval_holds_its_estimate",
            ),
            models.CheckConstraint(
                condition=Q(standard_error__isnull=False) | Q(low__isnull=False), name="a_survey_says_how_far_it_may_be_off"
            ),
            models.CheckConstraint(condition=Q(sample_size__gte=1), name="a_sample_has_somebody_in_it"),
            models.CheckConstraint(condition=Q(ended__gte=F("began")), name="a_survey_ends_after_it_begins"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.plan} {self.indicator} {self.region} {self.year}"
