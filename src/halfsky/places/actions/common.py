"""What the actions of this room share."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db.models import F

from halfsky.audit.models import Actor
from halfsky.places.models import Post, Token, User
from halfsky.places.policy import Forbidden, Principal
from halfsky.places.roles import Permission
from halfsky.plan import Fault, Faulty, Text


def refuse(code: str, zh: str, en: str) -> Faulty:
    """A refusal with its reason and what to do, in both languages."""
    return Faulty([Fault(code=code, message=Text(zh=zh, en=en))])


def need_over(user: User, by: Principal) -> Actor:
    """The actor, if they manage everything that the person holds.

    A person's password opens all their posts: who manages a district must not reset the city reviewer's. Without an
    open post the posts held before count; without any, whoever manages people somewhere may.
    """
    posts = Post.objects.filter(user=user)
    regions = list(posts.filter(until__isnull=True).values_list("region", flat=True).distinct().order_by())
    regions = regions or list(posts.values_list("region", flat=True).distinct().order_by())
    if not regions:
        return by.need(Permission.PEOPLE_MANAGE)
    actors = [by.need(Permission.PEOPLE_MANAGE, region=region) for region in regions]  # every one, not the first
    return actors[0]


def manages(user: User, by: Principal) -> bool:
    """Whether :func:`need_over` would let them."""
    try:
        need_over(user, by)
    except Forbidden:
        return False
    return True


def not_oneself(user: User, by: Principal) -> None:
    """Nobody gives or takes posts or proofs of identity from themselves: another administrator does."""
    if by.user is not None and by.user == user.pk:
        raise refuse(
            "self",
            "不能对自己执行此操作，请由另一位管理员办理。",
            "You cannot do this to yourself; ask another administrator.",
        )


def end_sessions(user: User) -> None:
    """Every session of the person ends with its next request, every token of their programs at once.

    Part of an action, never an action of its own.
    """
    Token.objects.filter(user=user, revoked_at__isnull=True).update(revoked_at=datetime.now(UTC))
    User.objects.filter(pk=user.pk).update(session_round=F("session_round") + 1)


def post_words(post: Post) -> dict[str, str | None]:
    """A post as the ledger writes it."""
    return {"role": post.role, "region": post.region, "unit": post.office.unit if post.office else None}
