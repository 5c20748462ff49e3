"""The nouns of an evaluation: who organises it, its scheme, the sheets of those who score, what is concluded."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Method(models.TextChoices):
    """By whom something is scored."""

    SELF = "self"  # 自评
    DESK = "desk"  # 书面评审
    SITE = "site"  # 实地评估
    THIRD = "third"  # 第三方评估


class Subject(models.TextChoices):
    """Whom a criterion is for."""

    ALL = "all"
    UNIT = "unit"
    DISTRICT = "district"


class Member(models.Model):
    """Who belongs to a body of the organisation of monitoring and evaluation 监测评估组织, from a day until another."""

    class Body(models.TextChoices):
        LEADING = "leading"  # 监测评估领导小组
        MONITORING = "monitoring"  # 监测组
        EVALUATION = "evaluation"  # 评估组

    class Role(models.TextChoices):
        HEAD = "head"  # 组长
        DEPUTY = "deputy"  # 副组长
        MEMBER = "member"  # 成员

    plan = models.CharField(max_length=64)
    body = models.CharField(max_length=12, choices=Body.choices)
    role = models.CharField(max_length=8, choices=Role.choices)
    name = models.CharField(max_length=80)
    position = models.CharField(max_length=160)  # unit and office that the person holds 单位及职务
    basis = models.CharField(max_length=200, blank=True)  # the document by which the body was set up, its number
    since = models.DateField()
    until = models.DateField(null=True)
    event = models.ForeignKey("audit.Event", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.body} {self.name}"


class Evaluation(models.Model):
    """One evaluation of a plan: annual 年度, mid-term 中期 or final 终期. ``year`` is the year judged."""

    class Kind(models.TextChoices):
        ANNUAL = "annual"
        MIDTERM = "midterm"
        FINAL = "final"

    class State(models.TextChoices):
        PREPARING = "preparing"  # no scheme is approved yet
        OPEN = "open"  # being scored, blind
        CLOSED = "closed"  # scores are open to those concerned; conclusions are being drawn
        DONE = "done"  # conclusions are fixed

    plan = models.CharField(max_length=64)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    year = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PREPARING)
    version = models.PositiveIntegerField(default=1)
    demonstration = models.BooleanField(default=False)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=150, blank=True)
    close_reason = models.TextField(blank=True)  # why it was closed although something was missing
    assessment = models.ForeignKey("alerts.Assessment", on_delete=models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["plan", "-year", "pk"]
        constraints = [models.UniqueConstraint(fields=["plan", "kind", "year"], name="one_evaluation_of_a_kind_a_year")]

    def __str__(self) -> str:
        return f"{self.plan} {self.kind} {self.year}"

    @property
    def blind(self) -> bool:
        """Whether nobody may see what others have scored."""
        return self.state in {self.State.PREPARING, self.State.OPEN}


class Scheme(models.Model):
    """A version of the scheme 方案. An approved one is never changed: another version, with its reason, takes its place.

    ``methods``: method → how much it counts. ``grades``: [name in both languages, lowest points]. ``timetable``: stage →
    day. ``threshold``: how far scorers may be apart, in percent of a criterion's maximum.
    """

    class State(models.TextChoices):
        DRAFT = "draft"
        SUBMITTED = "submitted"
        APPROVED = "approved"
        RETURNED = "returned"
        REPLACED = "replaced"

    evaluation = models.ForeignKey(Evaluation, on_delete=models.PROTECT, related_name="schemes")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField(default=1)  # counts every change, against two people at once
    title = models.CharField(max_length=200)
    purpose = models.TextField(blank=True)
    methods = models.JSONField()
    grades = models.JSONField()
    timetable = models.JSONField()
    threshold = models.DecimalField(max_digits=5, decimal_places=2)
    reason = models.TextField(blank=True)  # of a version after the first
    remark = models.TextField(blank=True)  # of the leading group, where it went back
    drafted_by = models.CharField(max_length=150)
    changed_at = models.DateTimeField()
    approved_by = models.CharField(max_length=150, blank=True)
    approved_name = models.CharField(max_length=80, blank=True)
    approved_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["evaluation_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "number"], name="one_scheme_per_number"),
            models.UniqueConstraint(
                fields=["evaluation"], condition=Q(state="approved"), name="one_scheme_in_force_per_evaluation"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.evaluation} v{self.number}"

    @property
    def editable(self) -> bool:
        return self.state in {self.State.DRAFT, self.State.RETURNED}


class Criterion(models.Model):
    """One criterion 评估指标 of a scheme. ``weight`` is out of 100 for each kind of subject that it is for.

    ``clauses``: fields (``F1``) and clause ids that it is about; empty means the whole of what the subject answers for.
    """

    scheme = models.ForeignKey(Scheme, on_delete=models.CASCADE, related_name="criteria")
    order = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=24)
    name = models.CharField(max_length=120)
    asks = models.TextField()
    weight = models.DecimalField(max_digits=5, decimal_places=2)
    maximum = models.DecimalField(max_digits=6, decimal_places=2)
    subject = models.CharField(max_length=8, choices=Subject.choices, default=Subject.ALL)
    methods = models.JSONField()  # of Method
    clauses = models.JSONField(default=list)

    class Meta:
        ordering = ["scheme_id", "order"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "code"], name="one_criterion_per_code"),
            models.CheckConstraint(condition=Q(weight__gt=0, maximum__gt=0), name="a_criterion_weighs_something"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Assignment(models.Model):
    """Who evaluates whom, by which method. ``unit`` is empty where the subject is a district."""

    scheme = models.ForeignKey(Scheme, on_delete=models.CASCADE, related_name="assignments")
    method = models.CharField(max_length=8, choices=Method.choices)
    region = models.CharField(max_length=24)
    unit = models.CharField(max_length=48, blank=True)
    user = models.ForeignKey("places.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["method", "region", "unit", "user_id"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "method", "region", "unit", "user"], name="assigned_once"),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.unit or self.region} {self.user_id}"


class Sheet(models.Model):
    """What one scorer says of one subject 评分表; a subject's own is its self-evaluation 自评报告, without a ``user``.

    ``texts``: part → words. ``visited`` and ``place`` are those of an inspection on site.
    """

    class State(models.TextChoices):
        OPEN = "open"
        SUBMITTED = "submitted"
        RETURNED = "returned"

    evaluation = models.ForeignKey(Evaluation, on_delete=models.PROTECT, related_name="sheets")
    method = models.CharField(max_length=8, choices=Method.choices)
    region = models.CharField(max_length=24)
    unit = models.CharField(max_length=48, blank=True)
    user = models.ForeignKey("places.User", on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    version = models.PositiveIntegerField(default=1)
    active = models.BooleanField(default=True)  # whether the scheme in force still asks for it
    texts = models.JSONField(default=dict)
    visited = models.DateField(null=True)
    place = models.CharField(max_length=200, blank=True)
    remark = models.TextField(blank=True)  # of the committee office, where it went back
    changed_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["region", "unit", "method", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "method", "region", "unit", "user"], name="one_sheet_per_scorer"),
            models.UniqueConstraint(
                fields=["evaluation", "region", "unit"], condition=Q(method="self"), name="one_self_evaluation_per_subject"
            ),
            models.CheckConstraint(
                condition=Q(method="self", user__isnull=True) | (~Q(method="self") & Q(user__isnull=False)),
                name="others_sheets_have_a_scorer",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.evaluation_id} {self.method} {self.unit or self.region}"


class Score(models.Model):
    """One mark. ``asked`` is the digest of the criterion as it was then: a mark of another question does not count.

    ``points`` is empty while there is none: missing is not nought.
    """

    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="scores")
    code = models.CharField(max_length=24)
    asked = models.CharField(max_length=64)
    points = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    basis = models.TextField(blank=True)  # 评分依据
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["sheet_id", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["sheet", "code"], name="one_mark_per_criterion"),
            models.CheckConstraint(condition=Q(points__isnull=True) | Q(points__gte=0), name="a_mark_is_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.code}"


class Evidence(models.Model):
    """A document attached to a sheet 佐证材料, kept as filings keep theirs; ``code`` says for which criterion, or none."""

    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="evidence")
    code = models.CharField(max_length=24, blank=True)
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.CharField(max_length=150)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class Conclusion(models.Model):
    """What is concluded of one goal. ``proposed`` follows from the verdicts; another ``outcome`` needs its reason."""

    class Outcome(models.TextChoices):
        MET = "met"  # 已实现
        ON_TRACK = "on_track"  # 预期可实现
        NOT_MET = "not_met"  # 未实现
        HARD = "hard"  # 实现有难度
        OPEN = "open"  # 暂不能判断

    evaluation = models.ForeignKey(Evaluation, on_delete=models.PROTECT, related_name="conclusions")
    clause = models.CharField(max_length=12)
    order = models.PositiveSmallIntegerField()
    proposed = models.CharField(max_length=10, choices=Outcome.choices)
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    reason = models.TextField(blank=True)
    forecast = models.TextField(blank=True)
    forecast_en = models.TextField(blank=True)
    effect = models.TextField(blank=True)  # of the measures 措施成效
    problems = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    changed_by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["evaluation_id", "order"]
        constraints = [models.UniqueConstraint(fields=["evaluation", "clause"], name="one_conclusion_per_goal")]

    def __str__(self) -> str:
        return f"{self.clause} {self.outcome}"


class Finding(models.Model):
    """What is found across the plan: how the work was done, experience, problems; ``field`` 0 is the plan as a whole."""

    class Kind(models.TextChoices):
        WORK = "work"  # 主要做法与成效
        EXPERIENCE = "experience"  # 经验
        PROBLEM = "problem"  # 存在问题

    evaluation = models.ForeignKey(Evaluation, on_delete=models.PROTECT, related_name="findings")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    field = models.PositiveSmallIntegerField(default=0)
    title = models.CharField(max_length=120)
    words = models.TextField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["evaluation_id", "kind", "field", "pk"]

    def __str__(self) -> str:
        return self.title


class Recommendation(models.Model):
    """A recommendation 对策建议, and the task of the next phase that it became (its number in ``oversight``)."""

    evaluation = models.ForeignKey(Evaluation, on_delete=models.PROTECT, related_name="recommendations")
    title = models.CharField(max_length=120)
    words = models.TextField()
    clause = models.CharField(max_length=12, blank=True)
    region = models.CharField(max_length=24)
    unit = models.CharField(max_length=48, blank=True)
    due = models.DateField()
    task = models.PositiveBigIntegerField(null=True)
    version = models.PositiveIntegerField(default=1)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["evaluation_id", "pk"]

    def __str__(self) -> str:
        return self.title
