"""A year's collection: the cycle, the return that each office owes, its cells, and how it went to and fro."""

from __future__ import annotations

from django.db import models

from halfsky.observations import Confidentiality, SeriesKey, Status
from halfsky.plan import Residence, Sex


class Cycle(models.Model):
    """A monitoring year 监测年度 of a plan: opened once, with the days by which each level is due."""

    plan = models.CharField(max_length=64)
    year = models.PositiveSmallIntegerField()
    unit_due = models.DateField()  # every unit's return is approved in its office
    district_due = models.DateField()  # every district's returns have passed its statistics office
    city_due = models.DateField()  # all are accepted
    opened_at = models.DateTimeField()
    locked_at = models.DateTimeField(null=True)
    demonstration = models.BooleanField(default=False)
    event = models.OneToOneField("audit.Event", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["plan", "-year"]
        constraints = [models.UniqueConstraint(fields=["plan", "year"], name="one_cycle_per_plan_and_year")]

    def __str__(self) -> str:
        return f"{self.plan} {self.year}"


class State(models.TextChoices):
    """Where a return stands. A city unit's return goes from approved to accepted; a district's passes its own
    statistics office in between. Returned goes back to the clerk, who submits it again."""

    DRAFT = "draft"
    SUBMITTED = "submitted"  # waits for the unit's approver
    APPROVED = "approved"  # waits for the statistics office of its level
    PASSED = "passed"  # a district's: waits for the city's statistics office
    RETURNED = "returned"
    ACCEPTED = "accepted"  # its figures hold in the database
    LOCKED = "locked"  # the year is closed


class Return(models.Model):
    """What one office owes for one year 报送表. ``version`` counts every change of state: who acts says which they saw."""

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="returns")
    office = models.ForeignKey("places.Office", on_delete=models.PROTECT, related_name="returns")
    region = models.CharField(max_length=24)  # of the office, for scopes
    unit = models.CharField(max_length=48)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField(default=1)
    extended_to = models.DateField(null=True)
    submitted_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["region", "pk"]
        constraints = [models.UniqueConstraint(fields=["cycle", "office"], name="one_return_per_office_and_year")]
        indexes = [models.Index(fields=["cycle", "state"])]

    def __str__(self) -> str:
        return f"{self.cycle} {self.unit} {self.region}"

    @property
    def due(self):  # type: ignore[no-untyped-def]
        """The day by which the unit has to have it approved, extensions counted."""
        return self.extended_to or self.cycle.unit_due


class Entry(models.Model):
    """One cell of a return: one figure in the making.

    ``status`` is empty while nothing is said; ``M``, ``L`` and ``Q`` say that there is no value; the others that there
    is one. Zero is a value, blank is nothing, 不适用 is neither. ``version`` guards against two people saving at once.
    """

    sheet = models.ForeignKey(Return, on_delete=models.CASCADE, related_name="entries")
    indicator = models.CharField(max_length=64)
    sex = models.CharField(max_length=2)
    age = models.CharField(max_length=12)
    residence = models.CharField(max_length=2)
    order = models.PositiveIntegerField()  # in which the form asks
    value = models.DecimalField(max_digits=24, decimal_places=8, null=True)
    numerator = models.DecimalField(max_digits=24, decimal_places=8, null=True)
    denominator = models.DecimalField(max_digits=24, decimal_places=8, null=True)
    status = models.CharField(max_length=1, blank=True, choices=[(s.value, s.name) for s in Status])
    confidentiality = models.CharField(max_length=1, default="F", choices=[(c.value, c.name) for c in Confidentiality])
    comment = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(null=True)
    changed_by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["sheet_id", "order"]
        constraints = [
            models.UniqueConstraint(fields=["sheet", "indicator", "sex", "age", "residence"], name="one_cell_per_figure"),
            models.CheckConstraint(
                condition=models.Q(status="", value__isnull=True)
                | models.Q(status__in=["M", "L", "Q"], value__isnull=True, numerator__isnull=True, denominator__isnull=True)
                | models.Q(status__in=["A", "B", "E", "P", "U"], value__isnull=False),
                name="a_cell_is_blank_without_or_with_a_value",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.indicator} {self.sex} {self.age} {self.residence}"

    def series(self, region: str) -> SeriesKey:
        """What the cell is a figure of, in the place of its return."""
        return SeriesKey(self.indicator, region, Sex(self.sex), self.age, Residence(self.residence))


class Remark(models.Model):
    """What a reviewer says of a cell or of the whole return, and whether it has been answered."""

    sheet = models.ForeignKey(Return, on_delete=models.CASCADE, related_name="remarks")
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, null=True, related_name="remarks")
    text = models.TextField()
    author = models.CharField(max_length=150)
    role = models.CharField(max_length=60)
    at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)  # when the return was submitted again

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text[:60]


class Step(models.Model):
    """One change of state of a return, with its reason: what the trail of a return shows."""

    sheet = models.ForeignKey(Return, on_delete=models.CASCADE, related_name="steps")
    before = models.CharField(max_length=10, choices=State.choices)
    after = models.CharField(max_length=10, choices=State.choices)
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    role = models.CharField(max_length=60)
    reason = models.TextField(blank=True)
    event = models.ForeignKey("audit.Event", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"


class Ack(models.Model):
    """A request that was carried out and what was answered: sent again, it is answered again and not done twice."""

    key = models.CharField(max_length=64, primary_key=True)
    user = models.CharField(max_length=150)
    answer = models.JSONField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key
