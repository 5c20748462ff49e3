"""Words about people, posts and places that are not of a plan."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext_lazy as _

from halfsky.places.models import Region
from halfsky.places.roles import ROLES
from halfsky.web.book import page_language

register = template.Library()


@register.filter
def role_name(code: str) -> str:
    """A role in the reader's language."""
    return ROLES[code].name.in_language(page_language()) if code in ROLES else code


@register.filter
def region_name(code: str) -> str:
    """The newest name of a place."""
    found = Region.objects.filter(code=code).order_by("-since").first()
    return code if found is None else zh_or(found.name_zh, found.name_en)


@register.filter
def zh_or(zh: str, en: str) -> str:
    """The Chinese name, or the English one on an English page where there is one."""
    return en if en and page_language() == "en" else zh


@register.filter
def minutes(seconds: float) -> int:
    return round(seconds / 60)


_EVENTS = {
    "people.add": _("added"),
    "people.edit": _("name or e-mail changed"),
    "people.appoint": _("appointed"),
    "people.dismiss": _("post ended"),
    "people.hand-over": _("post handed over"),
    "people.deactivate": _("account closed"),
    "people.reactivate": _("account opened again"),
    "people.invite": _("invited"),
    "people.reset-password": _("password reset"),
    "people.ask-reset": _("link asked for by e-mail"),
    "people.set-password": _("password set"),
    "people.end-lock-out": _("lock-out ended"),
    "people.set-up-second-factor": _("second factor set up"),
    "people.remove-second-factor": _("second factor removed"),
    "session.sign-in": _("signed in"),
    "session.sign-out": _("signed out"),
    "session.failed": _("sign-in failed"),
    "session.locked-out": _("locked out"),
}


@register.filter
def people_event(action: str) -> str:
    """What an event of a person says, in words."""
    return str(_EVENTS.get(action, action))
