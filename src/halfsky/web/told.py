"""Notices as their reader sees them: many of a kind on one day are one, with the page where all of them are to be found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils import timezone

from halfsky.collect.models import Notice, Return
from halfsky.collect.notices import DIGESTS, digest
from halfsky.places.policy import Principal
from halfsky.places.roles import Permission
from halfsky.plan import Text

_WAITING = {"submitted", "approved", "passed", "remind-before"}


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that was told: a notice, or several of a kind, of one plan and one day."""

    notices: tuple[Notice, ...]  # the newest first

    @property
    def newest(self) -> Notice:
        return self.notices[0]

    @property
    def unread(self) -> bool:
        return any(notice.read_at is None for notice in self.notices)

    @property
    def words(self) -> Text:
        return digest(self.newest.kind, [notice.params for notice in self.notices])


def gathered(notices: Iterable[Notice]) -> list[Told]:
    """Notices, the newest first, with those of a kind, plan and day put together where there are words for that."""
    found: dict[object, list[Notice]] = {}
    for notice in notices:
        day = timezone.localdate(notice.at)
        key = (notice.plan, notice.kind, day) if notice.kind in DIGESTS else notice.pk
        found.setdefault(key, []).append(notice)
    return [Told(tuple(group)) for group in found.values()]


def unread_count(user: int) -> int:
    """How many things wait to be read, counted as they are shown."""
    unread = Notice.objects.filter(user_id=user, read_at__isnull=True).order_by()
    alike = unread.filter(kind__in=DIGESTS).annotate(day=TruncDate("at")).values("plan", "kind", "day").distinct()
    return alike.count() + unread.exclude(kind__in=DIGESTS).count()


def return_address(sheet: Return, plan: str, by: Principal) -> str:
    """Where one works on a return: who fills it in on its grid, everybody else where it is reviewed."""
    if by.may(Permission.RETURN_FILL, region=sheet.region, unit=sheet.unit) and not by.trusted:
        return reverse("web:return", args=[plan, sheet.pk])
    return reverse("web:review-one", args=[plan, sheet.pk])


def address(told: Told, by: Principal) -> str:
    """The page of what was told: of one thing its own, of several the list that holds them."""
    notice = told.newest
    if len(told.notices) == 1:
        if notice.sheet is not None:
            return return_address(notice.sheet, notice.plan, by)
        return reverse("web:filing", args=[notice.plan, notice.filing_id]) if notice.filing_id else ""
    if notice.kind.startswith("filing-"):
        state = {"filing-filed": "filed", "filing-late": "late"}.get(notice.kind)
        return reverse("web:filings", args=[notice.plan]) + (f"?state={state}" if state else "")
    year = str(notice.params["year"])
    if by.may(Permission.RETURN_FILL):
        return reverse("web:my-returns", args=[notice.plan]) + f"?{urlencode({'year': year})}"
    asked = {"year": year}
    if notice.kind in _WAITING:
        asked["mine"] = "1"
    elif notice.kind == "remind-late":
        asked["late"] = "1"
    elif notice.kind == "accepted":
        asked["state"] = "accepted"
    return reverse("web:review", args=[notice.plan]) + f"?{urlencode(asked)}"
