"""Putting a warning right 整改: one case for each cause, its history, and the letters that press for it."""

from __future__ import annotations

from django.db import models

from halfsky.alerts.models.warnings import Assessment, Warning


class Case(models.Model):
    """What is done about the warnings of one indicator in one place 整改事项.

    There is one for each cause (indicator and place) and it is never made twice: a warning that comes back opens it again. ``unit``
    leads, empty where nobody is assigned and the committee office answers itself. ``version`` counts what people do to it and
    every change of stage. ``due`` is the day by which the holder of the stage has to act.
    """

    class Stage(models.TextChoices):
        RAISED = "raised"  # waits for the unit's answer
        RETURNED = "returned"  # the answer was sent back
        ANSWERED = "answered"  # waits for the committee office
        PROGRESS = "progress"  # the remedy is accepted and carried out
        CLOSED = "closed"

    class Ending(models.TextChoices):
        FIGURE = "figure"  # a new figure no longer calls for a warning
        REVIEWER = "reviewer"
        REVISION = "revision"  # no new year's figure: a figure was revised, or judged anew
        GONE = "gone"  # the plan no longer has the promise

    class Owed(models.TextChoices):
        """The letter that the rule asks for next, from the mildest."""

        REMIND = "remind"  # 提醒函
        SUPERVISE = "supervise"  # 督办单
        SUMMON = "summon"  # 约谈通知书

    plan = models.CharField(max_length=64)
    indicator = models.CharField(max_length=64)
    region = models.CharField(max_length=24)
    unit = models.CharField(max_length=48, blank=True)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="below"
    )  # the city's, of a district's
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.RAISED)
    version = models.PositiveIntegerField(default=1)
    level = models.CharField(max_length=8, choices=Warning.Level.choices)
    grounds = models.JSONField()
    targets = models.JSONField()  # ids of the targets that warn, in the plan's order
    as_of = models.PositiveSmallIntegerField()
    figure_year = models.PositiveSmallIntegerField(null=True)  # of the newest figure that it rests on
    warned = models.BooleanField(default=True)  # whether a warning stands now
    unsettled = models.BooleanField(default=False)  # the warning went for want of figures, which settles nothing
    judged_by = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    due = models.DateField(null=True)
    cause = models.TextField(blank=True)
    remedy = models.TextField(blank=True)
    deadline = models.DateField(
        null=True
    )  # until when the remedy is carried out, as the unit promised and the office agreed
    draft = models.JSONField(default=dict)  # cause, remedy, deadline as last saved, before they are sent
    finished_at = models.DateTimeField(null=True)  # the unit says that the remedy is carried out
    round = models.PositiveSmallIntegerField(default=1)  # how many times it was raised
    repeats = models.PositiveSmallIntegerField(default=0)  # came back, or sent back twice: what a letter may rest on
    cited = models.PositiveSmallIntegerField(default=0)  # of these, how many letters have cited
    returned = models.PositiveSmallIntegerField(default=0)  # answers sent back in this round
    letters_sent = models.PositiveSmallIntegerField(default=0)
    owed = models.CharField(max_length=10, choices=Owed.choices, blank=True)
    ending = models.CharField(max_length=10, choices=Ending.choices, blank=True)
    stood = models.CharField(
        max_length=10, choices=Stage.choices, blank=True
    )  # where it stood when a revision removed it
    closed_at = models.DateTimeField(null=True)
    demonstration = models.BooleanField(default=False)

    class Meta:
        ordering = ["plan", "pk"]
        constraints = [models.UniqueConstraint(fields=["plan", "indicator", "region"], name="one_case_per_cause")]
        indexes = [models.Index(fields=["plan", "stage"])]

    def __str__(self) -> str:
        return f"{self.level} {self.indicator} {self.region} {self.stage}"

    @property
    def open(self) -> bool:
        return self.stage != self.Stage.CLOSED


class CaseStep(models.Model):
    """One line of a case's history. ``version`` is the case's after it; ``facts`` hold what was said and decided."""

    class Kind(models.TextChoices):
        RAISED = "raised"
        CHANGED = "changed"  # another level, or judged as of another year
        UNSETTLED = "unsettled"
        ANSWERED = "answered"
        ACCEPTED = "accepted"
        RETURNED = "returned"
        PROGRESS = "progress"
        FINISHED = "finished"
        EXTENDED = "extended"
        CLOSED = "closed"
        QUIET = "quiet"  # removed by a revision
        RESUMED = "resumed"  # brought back by another, where it stood
        REOPENED = "reopened"
        OWED = "owed"  # the rule asks for a letter
        LETTER = "letter"

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    before = models.CharField(max_length=10, choices=Case.Stage.choices, blank=True)
    after = models.CharField(max_length=10, choices=Case.Stage.choices)
    version = models.PositiveIntegerField()
    round = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    role = models.CharField(max_length=60)
    text = models.TextField(blank=True)
    facts = models.JSONField(default=dict)
    event = models.ForeignKey("audit.Event", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.before} → {self.after}"


class Letter(models.Model):
    """A letter as it was issued: its number, and the document under its hash, never changed."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="letters")
    plan = models.CharField(max_length=64)
    region = models.CharField(max_length=24)  # of the office that issued it
    kind = models.CharField(max_length=10, choices=Case.Owed.choices)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()  # runs on within office, kind and year
    mark = models.CharField(max_length=60)  # the number as it is printed 发文字号
    to = models.CharField(max_length=160)
    title = models.CharField(max_length=200)
    facts = models.JSONField()  # what the document was filled with
    issued_at = models.DateTimeField()
    issued_by = models.CharField(max_length=150)
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    event = models.OneToOneField("audit.Event", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "region", "kind", "year", "number"], name="one_letter_per_number")
        ]

    def __str__(self) -> str:
        return self.mark
