"""The one place that says what an actor may see and do. Pages, exports, the API and actions all ask here.

A :class:`Principal` is who acts: a person with the posts held now, or the operator of the machine. It answers two
questions: :meth:`Principal.may` for one thing, :meth:`Principal.scope` for everything at once, as a filter of rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from django.db.models import Q

from halfsky.audit.models import Actor
from halfsky.places.models import Post, Region, User
from halfsky.places.roles import ROLES, Permission, Reach


class Forbidden(Exception):
    """The actor may not do this. Doors answer 403; the message names the permission."""

    def __init__(self, permission: Permission, where: str = "") -> None:
        super().__init__(f"{permission.value} {where}".strip())
        self.permission = permission


@dataclass(frozen=True, slots=True)
class Grant:
    """One permission of one post: where it holds. ``unit`` is ``None`` when every unit of the places is meant."""

    permission: Permission
    role: str
    regions: frozenset[str]
    unit: str | None = None

    def of_level(self, level: str | None) -> bool:
        """Whether the role is of a level, or of any; ``None`` asks for none in particular."""
        return level is None or ROLES[self.role].level in {level, "any"}

    def covers(self, region: str, unit: str | None) -> bool:
        """Whether it holds for one unit of a place, or, without a unit, for the place as a whole."""
        return region in self.regions and (self.unit is None or self.unit == unit)


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a permission holds: everywhere, or for pairs of places and units (``None``: every unit there)."""

    everywhere: bool
    grants: tuple[Grant, ...] = ()

    def __bool__(self) -> bool:
        return self.everywhere or bool(self.grants)

    def holds(self, region: str, unit: str | None = None) -> bool:
        """Whether one place (and unit) is inside. Without a unit, only a grant for every unit of the place counts."""
        return self.everywhere or any(g.covers(region, unit) for g in self.grants)

    def regions(self) -> frozenset[str] | None:
        """Every place that is inside, with all units or some; ``None`` means everywhere."""
        return None if self.everywhere else frozenset().union(*(g.regions for g in self.grants))

    def q(self, region: str = "region", unit: str | None = "unit") -> Q:
        """The scope as a filter of a query; ``region`` and ``unit`` name its columns.

        A model without a column for the unit shows only to those who see every unit of a place.
        """
        if self.everywhere:
            return Q()
        condition = Q(pk__in=[])
        for grant in self.grants:
            if grant.unit is None:
                condition |= Q(**{f"{region}__in": sorted(grant.regions)})
            elif unit is not None:
                condition |= Q(**{f"{region}__in": sorted(grant.regions), unit: grant.unit})
        return condition


@dataclass(frozen=True, slots=True)
class Principal:
    """Who acts, with every grant of the posts held now. ``trusted`` is the operator at the machine's own shell."""

    actor: Actor
    grants: tuple[Grant, ...] = ()
    trusted: bool = False
    user: int | None = None

    def may(
        self, permission: Permission, *, region: str | None = None, unit: str | None = None, level: str | None = None
    ) -> bool:
        """Whether the permission holds: for one unit of a place; without ``unit`` for the place as a whole, which a grant
        confined to a unit never does; without a place, anywhere at all (what a door asks).

        ``level`` asks besides that it comes from a role of that level: a district's review is the district's to make.
        """
        return self.trusted or self._granted(permission, region, unit, level) is not None

    def scope(self, permission: Permission, *, level: str | None = None) -> Scope:
        """Everything for which the permission holds; with ``level``, by roles of that level only."""
        return Scope(self.trusted, tuple(g for g in self.grants if g.permission is permission and g.of_level(level)))

    def need(
        self, permission: Permission, *, region: str | None = None, unit: str | None = None, level: str | None = None
    ) -> Actor:
        """The actor, as the role that allows this; raises :class:`Forbidden` where none does."""
        if self.trusted:
            return self.actor
        grant = self._granted(permission, region, unit, level)
        if grant is None:
            raise Forbidden(permission, " ".join(part for part in (region, unit) if part))
        return replace(self.actor, role=grant.role)

    def _granted(self, permission: Permission, region: str | None, unit: str | None, level: str | None) -> Grant | None:
        if region is None and unit is not None:
            raise ValueError(f"a unit is one of a place: which {unit}?")
        unit = unit or None  # what is no unit's in particular, such as a district's own plan, has ""
        for grant in self.grants:
            fits = grant.permission is permission and grant.of_level(level)
            if fits and (region is None or grant.covers(region, unit)):
                return grant
        return None


def trusted(actor: Actor) -> Principal:
    """The operator of this installation: whoever can run its commands can read its database."""
    return Principal(actor, trusted=True)


def principal(user: User, *, door: str, address: str = "") -> Principal:
    """A person as they stand now: the posts not ended, each with what its role grants there."""
    posts = list(Post.objects.filter(user=user, until__isnull=True).select_related("office")) if user.is_active else []
    roles = [post.role for post in posts]
    actor = Actor(name=user.username, role=roles[0] if roles else "none", door=door, address=address)
    return Principal(actor, tuple(grant for post in posts for grant in _grants(post)), user=user.pk)


def _grants(post: Post) -> Iterable[Grant]:
    role = ROLES[post.role]
    regions = subtree(post.region) if role.reach is Reach.SUBTREE else frozenset({post.region})
    unit = post.office.unit if role.reach is Reach.OFFICE and post.office else None
    if role.reach is Reach.OFFICE and unit is None:
        return  # a post of an office without one reaches nothing
    for permission in role.grants:
        yield Grant(permission, role.code, regions, unit)


def subtree(code: str) -> frozenset[str]:
    """A place and every place below it, in any year: who answered for a place sees its history too."""
    return _below(code, tuple(Region.objects.values_list("code", "parent").order_by("code", "pk")))


@lru_cache(maxsize=512)
def _below(code: str, pairs: tuple[tuple[str, str], ...]) -> frozenset[str]:
    children: dict[str, list[str]] = {}
    for child, parent in pairs:
        children.setdefault(parent, []).append(child)
    found, waiting = {code}, [code]
    while waiting:
        for child in children.get(waiting.pop(), ()):
            if child not in found:
                found.add(child)
                waiting.append(child)
    return frozenset(found)
