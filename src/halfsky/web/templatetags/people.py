"""Words about people, posts and places that are not of a plan."""

from __future__ import annotations

from django import template
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from halfsky.places.models import Region
from halfsky.places.roles import ROLES
from halfsky.web.book import page_language
from halfsky.web.ledgerwords import DOORS, event_words
from halfsky.web.words import Words

register = template.Library()
# Who acts without holding a post.
NO_POSTS: dict[str, Words] = {"operator": gettext_lazy("operator at the server"), "system": gettext_lazy("the system")}


@register.filter
def role_name(code: str) -> str:
    """A role in the reader's language."""
    return ROLES[code].name.in_language(page_language()) if code in ROLES else str(NO_POSTS.get(code, code))


@register.filter
def region_name(code: str) -> str:
    """The newest name of a place."""
    found = Region.objects.filter(code=code).order_by("-since").first()
    return code if found is None else zh_or(found.name_zh, found.name_en)


@register.filter
def region_in(code: str, year: int) -> str:
    """The name of a place in a year."""
    rows = Region.objects.filter(Q(since__isnull=True) | Q(since__lte=year), code=code)
    found = rows.filter(Q(until__isnull=True) | Q(until__gte=year)).first()
    return code if found is None else zh_or(found.name_zh, found.name_en)


@register.filter
def region_before(code: str, year: int) -> str:
    """The name of a place in the year before a change."""
    return region_in(code, year - 1)


@register.simple_tag
def typed_part(typed: QueryDict, name: str, number: int) -> str:
    """What was typed into one of several fields of a kind."""
    return str(typed.get(f"{name}-{number}", ""))


@register.filter
def zh_or(zh: str, en: str) -> str:
    """The Chinese name, or the English one on an English page where there is one."""
    return en if en and page_language() == "en" else zh


@register.filter
def minutes(seconds: float) -> int:
    return round(seconds / 60)


@register.filter
def event_word(action: str) -> str:
    """What an event says, in words."""
    return event_words(action)


@register.filter
def door_word(door: str) -> str:
    """Through which door an event came."""
    return str(DOORS.get(door, door))
