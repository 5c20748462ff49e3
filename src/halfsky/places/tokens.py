"""Keys with which programs act as a person: made and revoked by that person, expiring, kept as digests."""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime, timedelta

from django.db import transaction

from halfsky.audit.actions import one_writer, record
from halfsky.audit.models import Actor
from halfsky.places.actions import refuse
from halfsky.places.models import Token, User
from halfsky.places.policy import Principal

PREFIX = "halfsky_"  # so that a key left in a file is recognised for what it is
LONGEST_DAYS = 366
MOST = 20


@transaction.atomic
def make_token(*, user: User, name: str, days: int, by: Principal) -> tuple[Token, str]:
    """A new key of one's own, and the key itself, which is never shown again. It can do what its owner can."""
    one_writer()
    actor = _own(user, by)
    name = name.strip()
    if not name or len(name) > 80:
        raise refuse(
            "token-name", "请为令牌起名（不超过80字），写明用于何处。", "Name the token (at most 80 characters)."
        )
    if not 1 <= days <= LONGEST_DAYS:
        raise refuse(
            "token-days", f"有效期为1—{LONGEST_DAYS}天。", f"A token lasts from 1 to {LONGEST_DAYS} days."
        )  # fmt: skip
    now = datetime.now(UTC)
    if Token.objects.filter(user=user, revoked_at__isnull=True, expires_at__gt=now).count() >= MOST:
        raise refuse(
            "token-many", f"有效令牌已达{MOST}个，请先作废不用的。", f"There are {MOST} tokens; revoke one first."
        )
    key = PREFIX + secrets.token_urlsafe(32)
    token = Token.objects.create(
        user=user, name=name, digest=_digest(key), made_at=now, expires_at=now + timedelta(days=days)
    )
    record(
        by=actor, action="token.make", subject=f"user:{user.username}",
        after={"token": token.pk, "name": name, "expires": token.expires_at.isoformat(timespec="seconds")},
    )  # fmt: skip
    return token, key


@transaction.atomic
def revoke_token(*, token: Token, by: Principal) -> None:
    """End a key at once; one that has ended already stays as it is."""
    one_writer()
    actor = _own(token.user, by)
    if Token.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=datetime.now(UTC)):
        record(
            by=actor, action="token.revoke", subject=f"user:{token.user.username}",
            before={"token": token.pk, "name": token.name},
        )  # fmt: skip


def holder(key: str) -> User | None:
    """Whom a key acts for; ``None`` for one that is unknown, revoked, out of date or of somebody who has left."""
    if not key.startswith(PREFIX):
        return None
    rows = Token.objects.filter(
        digest=_digest(key), revoked_at__isnull=True, expires_at__gt=datetime.now(UTC), user__is_active=True
    )
    token = rows.select_related("user").first()
    return token.user if token else None


def _own(user: User, by: Principal) -> Actor:
    if not by.trusted and by.user != user.pk:
        raise refuse("token-other", "只能管理自己的令牌。", "Tokens are one's own to make and to revoke.")
    return by.actor


def _digest(key: str) -> str:
    """SHA-256: a key is 256 random bits, which no slower digest would guard better."""
    return hashlib.sha256(key.encode()).hexdigest()
