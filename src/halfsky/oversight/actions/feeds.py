"""The address of one's own calendar feed: made, replaced, revoked."""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime

from django.db import transaction

from halfsky.audit.actions import one_writer, record
from halfsky.audit.models import Actor
from halfsky.oversight.models import Feed
from halfsky.places.actions import refuse
from halfsky.places.models import User
from halfsky.places.policy import Principal


@transaction.atomic
def make_feed(*, user: User, by: Principal) -> str:
    """A new secret for one's feed, shown this once; the one before it ends."""
    one_writer()
    actor = _own(user, by)
    _end(user, actor)
    secret = secrets.token_urlsafe(32)
    Feed.objects.create(user=user, digest=digest(secret), made_at=datetime.now(UTC))
    record(by=actor, action="feed.make", subject=f"user:{user.username}")
    return secret


@transaction.atomic
def revoke_feed(*, user: User, by: Principal) -> None:
    """End the feed at once; where there is none, nothing happens."""
    one_writer()
    _end(user, _own(user, by))


def holder(secret: str) -> User | None:
    """Whose feed it is; ``None`` for one that is unknown, revoked, or of somebody who has left."""
    rows = Feed.objects.filter(digest=digest(secret), revoked_at__isnull=True, user__is_active=True)
    feed = rows.select_related("user").first()
    return feed.user if feed else None


def digest(secret: str) -> str:
    """SHA-256: the secret is 256 random bits, which no slower digest would guard better."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _end(user: User, actor: Actor) -> None:
    if Feed.objects.filter(user=user, revoked_at__isnull=True).update(revoked_at=datetime.now(UTC)):
        record(by=actor, action="feed.revoke", subject=f"user:{user.username}")


def _own(user: User, by: Principal) -> Actor:
    if not by.trusted and by.user != user.pk:
        raise refuse("feed-other", "只能管理自己的日历订阅。", "Calendar feeds are one's own to make and to revoke.")
    return by.actor
