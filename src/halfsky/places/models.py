"""Regions, offices, people and the posts that they hold."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.crypto import salted_hmac

from halfsky.observations.restate import ChangeKind
from halfsky.places.roles import ROLES


class Region(models.Model):
    """A place over a stretch of years. A renamed, merged or split place is another row: history keeps both.

    ``code`` is that of GB/T 2260, or of the pack where there is none. ``since`` and ``until`` are the first and last
    year in which the place existed so; ``None`` is open.
    """

    code = models.CharField(max_length=24)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120)
    level = models.CharField(max_length=20)
    parent = models.CharField(max_length=24, blank=True)
    since = models.PositiveSmallIntegerField(null=True)
    until = models.PositiveSmallIntegerField(null=True)

    class Meta:
        ordering = ["code", "since"]
        constraints = [
            models.UniqueConstraint(fields=["code"], condition=models.Q(until__isnull=True), name="one_region_at_a_time"),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(since__isnull=True) | models.Q(until__gte=models.F("since")),
                name="a_region_ends_after_it_begins",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.code} {self.name_zh}"


class RegionChange(models.Model):
    """How places became others 区划变更: merged, split or renamed, from a year on. Codes, not rows: history reads them."""

    kind = models.CharField(max_length=10, choices=[(k.value, k.name) for k in ChangeKind])
    year = models.PositiveSmallIntegerField()  # the first year of the new structure
    before = models.JSONField()
    after = models.JSONField()
    reason = models.TextField(blank=True)
    event = models.OneToOneField("audit.Event", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["year", "pk"]

    def __str__(self) -> str:
        return f"{self.year} {self.kind} {self.before} → {self.after}"


class Office(models.Model):
    """A member unit of one place 单位: the health commission of Zhongshan District. ``unit`` is the pack's id."""

    unit = models.CharField(max_length=48)
    region = models.CharField(max_length=24)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160, blank=True)
    email = models.EmailField(blank=True)

    class Meta:
        ordering = ["region", "pk"]
        constraints = [models.UniqueConstraint(fields=["unit", "region"], name="one_office_per_unit_and_place")]

    def __str__(self) -> str:
        return self.name_zh


class User(AbstractUser):
    """A person who signs in. ``full_name`` is how the ledger and the pages call them."""

    full_name = models.CharField(max_length=80)
    password_changed_at = models.DateTimeField(null=True, blank=True)
    demonstration = models.BooleanField(default=False)
    session_round = models.PositiveIntegerField(default=0)  # raised to end every session of the person at once

    def __str__(self) -> str:
        return self.full_name or self.username

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session must still match: it ends when the password changes, or the round."""
        return salted_hmac(
            "halfsky.places.session", f"{self.password}:{self.session_round}", secret=secret, algorithm="sha256"
        ).hexdigest()


class Post(models.Model):
    """A role held by a person 岗位, at an office or at a place, from a day until it is ended."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="posts")
    role = models.CharField(max_length=32, choices=[(code, role.name.en) for code, role in ROLES.items()])
    region = models.CharField(max_length=24)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, null=True, related_name="posts")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "region", "office"], condition=models.Q(until__isnull=True), nulls_distinct=False,
                name="a_post_is_held_once",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.user} {self.role} {self.region}"


class Token(models.Model):
    """A key with which a program acts as a person 接口令牌. Only its digest is kept: the key itself is shown once."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return self.name


class OldPassword(models.Model):
    """A password that was used before, hashed, so that it is not used again."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="old_passwords")
    password = models.CharField(max_length=128)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.user} {self.at}"


class Link(models.Model):
    """A link that lets one person set a password once. Only its SHA-256 is kept: nobody can read it here."""

    KINDS = [("invitation", "Invitation"), ("reset", "Password reset")]

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="links")
    kind = models.CharField(max_length=12, choices=KINDS)
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    until = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.user} {self.kind}"


class Mail(models.Model):
    """A mail that is to go out. Written in the transaction of what it tells, sent later: a dead mail server loses nothing.

    With ``link`` it carries a link to set a password: its body is encrypted while it waits and erased once it is sent,
    and it goes with its link when that is replaced.
    """

    to = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    at = models.DateTimeField()
    link = models.ForeignKey(Link, on_delete=models.CASCADE, null=True, related_name="mails")
    digest = models.CharField(max_length=160, blank=True)  # what it gathers: of the same, one mail waits and grows
    items = models.JSONField(default=list)  # what is gathered so far
    wait_until = models.DateTimeField(null=True)  # for more of the same
    claimed_at = models.DateTimeField(null=True)  # by the process that is sending it
    sent_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["sent_at"])]

    def __str__(self) -> str:
        return f"{self.to}: {self.subject}"
