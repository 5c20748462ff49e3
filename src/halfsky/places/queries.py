"""Reads worth a name: who there is within somebody's reach."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db.models import F, Prefetch, Q, QuerySet

from halfsky.audit.models import Event
from halfsky.places.models import Office, Post, Region, RegionChange, User
from halfsky.places.policy import Principal
from halfsky.places.roles import Permission


def people(by: Principal, *, region: str = "", unit: str = "", role: str = "", words: str = "") -> QuerySet[User]:
    """The people whose posts, open or ended, are within reach; those without any for whoever manages people.

    ``region``, ``unit`` and ``role`` ask for an open post; ``words`` for a part of a name.
    """
    scope = by.scope(Permission.PEOPLE_READ)
    seen = Post.objects.filter(scope.q(region="region", unit="office__unit"))
    mine = Q(pk__in=seen.values("user"))
    if by.may(Permission.PEOPLE_MANAGE):
        mine |= Q(posts__isnull=True)
    found = User.objects.filter(mine)
    asked = {k: v for k, v in (("region", region), ("office__unit", unit), ("role", role)) if v}
    if asked:
        found = found.filter(pk__in=seen.filter(until__isnull=True, **asked).values("user"))
    if words:
        found = found.filter(Q(full_name__icontains=words) | Q(username__icontains=words))
    open_posts = Post.objects.filter(until__isnull=True).select_related("office")
    return found.distinct().order_by("username").prefetch_related(Prefetch("posts", open_posts, to_attr="open_posts"))


def called(usernames: Iterable[str]) -> dict[str, str]:
    """Sign-in name → the name by which a person is called; a name that is nobody's stands for itself."""
    wanted = set(usernames)
    return {name: name for name in wanted} | {u.username: str(u) for u in User.objects.filter(username__in=wanted)}


def offices(by: Principal) -> QuerySet[Office]:
    """The offices within reach."""
    return Office.objects.filter(by.scope(Permission.PEOPLE_READ).q())


def regions(by: Principal, permission: Permission = Permission.PEOPLE_READ) -> QuerySet[Region]:
    """The places of today within reach of a permission."""
    reach = by.scope(permission).regions()
    found = Region.objects.filter(until__isnull=True)
    return found if reach is None else found.filter(code__in=reach)


def structure(by: Principal, permission: Permission = Permission.PLACES_MANAGE) -> QuerySet[Region]:
    """The places within reach in every year that they existed, with how long each stood so."""
    reach = by.scope(permission).regions()
    found = Region.objects.order_by("code", F("since").asc(nulls_first=True))
    return found if reach is None else found.filter(code__in=reach)


def restructurings(codes: Collection[str]) -> list[RegionChange]:
    """How these places became others, the newest first, with who wrote it down and when."""
    rows = RegionChange.objects.select_related("event").order_by("-year", "-pk")
    return [row for row in rows if {*row.before, *row.after} & set(codes)]


def trail(user: User) -> QuerySet[Event]:
    """What was done about a person and how they came in, the newest first."""
    return Event.objects.filter(subject=f"user:{user.username}").order_by("-number")
