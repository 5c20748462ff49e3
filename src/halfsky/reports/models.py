"""Documents 公文: drafted from the data, edited by people, approved, issued with a number, released."""

from __future__ import annotations

from django.db import models


class Snapshot(models.Model):
    """A report as it was composed, whole, under the SHA-256 of its canonical JSON; never changed."""

    digest = models.CharField(max_length=64, unique=True)
    content = models.BinaryField()  # zlib
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.digest[:12]


class Template(models.Model):
    """A Word template that an office uploaded for a kind; the newest that is not withdrawn is used by its place."""

    kind = models.CharField(max_length=32)
    region = models.CharField(max_length=24)
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=200)  # of the file
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.CharField(max_length=150)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["kind", "region", "-version"]
        constraints = [models.UniqueConstraint(fields=["kind", "region", "version"], name="one_template_per_version")]

    def __str__(self) -> str:
        return f"{self.kind} {self.region} v{self.version}"


class Document(models.Model):
    """One document. ``version`` counts every change, so that nobody overwrites what they have not seen.

    ``edition`` tells a corrected document from the one that it replaces. Once issued, nothing of it changes but its release.
    """

    class State(models.TextChoices):
        DRAFT = "draft"
        REVIEW = "review"
        APPROVED = "approved"
        ISSUED = "issued"
        RELEASED = "released"

    plan = models.CharField(max_length=64)
    kind = models.CharField(max_length=32)
    year = models.PositiveSmallIntegerField()
    region = models.CharField(max_length=24)
    unit = models.CharField(max_length=48, blank=True)
    language = models.CharField(max_length=2)
    edition = models.PositiveSmallIntegerField(default=1)
    title = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField(default=1)
    drafted_at = models.DateTimeField()
    drafted_by = models.CharField(max_length=150)
    submitted_by = models.CharField(max_length=150, blank=True)
    approved_by = models.CharField(max_length=150, blank=True)
    demonstration = models.BooleanField(default=False)

    number_year = models.PositiveSmallIntegerField(null=True)
    number = models.PositiveIntegerField(null=True)
    number_words = models.CharField(max_length=100, blank=True)  # as it is printed
    issued_at = models.DateTimeField(null=True)
    issued_by = models.CharField(max_length=150, blank=True)
    final = models.ForeignKey(Snapshot, on_delete=models.PROTECT, null=True, related_name="issues")
    template = models.ForeignKey(Template, on_delete=models.PROTECT, null=True, related_name="documents")
    files = models.JSONField(default=dict)  # "pdf", "docx", "project" → SHA-256 of the file kept
    maker = models.JSONField(default=dict)  # package → version, of what set and drew it
    released_on = models.DateField(null=True)
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["-year", "kind", "region", "unit", "language", "-edition"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "kind", "year", "region", "unit", "language", "edition"],
                name="one_document_per_edition",
            ),
            models.UniqueConstraint(
                fields=["plan", "kind", "region", "language", "number_year", "number"], name="one_document_per_number"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.year} {self.region} {self.unit} {self.language}".strip()

    @property
    def open(self) -> bool:
        """Whether words can still be changed."""
        return self.state == self.State.DRAFT

    @property
    def frozen(self) -> bool:
        return self.state in {self.State.ISSUED, self.State.RELEASED}


class Composition(models.Model):
    """The data put into words once: at the draft, and at each refresh. ``sources`` names what it was made from."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="compositions")
    number = models.PositiveSmallIntegerField()
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="compositions")
    sources = models.JSONField()
    at = models.DateTimeField()
    by = models.CharField(max_length=150)

    class Meta:
        ordering = ["document_id", "number"]
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="one_composition_per_number")]

    def __str__(self) -> str:
        return f"{self.document_id} #{self.number}"


class Edit(models.Model):
    """What a person changed at one block. Never altered: a later one takes its place and ends it."""

    class What(models.TextChoices):
        WORDS = "words"
        ADD = "add"
        HIDE = "hide"

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="edits")
    key = models.CharField(max_length=300)
    what = models.CharField(max_length=5, choices=What.choices)
    text = models.TextField(blank=True)
    below = models.TextField(blank=True)  # what the composed block said when the edit was made or confirmed
    by = models.CharField(max_length=150)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["document_id", "pk"]

    def __str__(self) -> str:
        return f"{self.document_id} {self.what} {self.key}"


class Step(models.Model):
    """A document moved on: from which state to which, by whom, with which words."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="steps")
    what = models.CharField(max_length=16)  # draft, submit, return, approve, issue, release
    words = models.TextField(blank=True)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        ordering = ["document_id", "pk"]

    def __str__(self) -> str:
        return f"{self.document_id} {self.what}"


class Recipient(models.Model):
    """An office to which an issued document was fed back 反馈, and whether one of it has opened it."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="recipients")
    region = models.CharField(max_length=24)
    unit = models.CharField(max_length=48, blank=True)  # empty: the place's committee office
    at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    opened_by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["document_id", "region", "unit"]
        constraints = [models.UniqueConstraint(fields=["document", "region", "unit"], name="one_feedback_per_office")]

    def __str__(self) -> str:
        return f"{self.document_id} → {self.unit} {self.region}"


class Comment(models.Model):
    """What an office says to a document that was fed back to it."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="comments")
    region = models.CharField(max_length=24)
    unit = models.CharField(max_length=48, blank=True)
    text = models.TextField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        ordering = ["document_id", "pk"]

    def __str__(self) -> str:
        return f"{self.document_id} {self.by}"
