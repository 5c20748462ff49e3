"""What a person was told, and how many of it they have not read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from halfsky.collect.models import Notice
from halfsky.web.choices import paged
from halfsky.web.doors import acting, door
from halfsky.web.told import Told, address, gathered, unread_count

_NEWEST = 2000  # notices that one looks back at


@door()
def notices(request: HttpRequest) -> HttpResponseBase:
    """One's own notices, the newest first; sent to it, those named (or all) are marked as read."""
    mine = Notice.objects.filter(user=request.user.pk or 0)
    if request.method == "POST":
        unread = mine.filter(read_at__isnull=True)
        named = [pk for pk in request.POST.getlist("notice") if pk.isdigit()]
        (unread.filter(pk__in=named) if named else unread).update(read_at=datetime.now(UTC))
        return HttpResponseRedirect(reverse("web:notices"))
    by = acting(request)
    rows = paged(request, gathered(mine.select_related("sheet")[:_NEWEST]))
    shown = [(told, address(told, by), [(n, address(Told((n,)), by)) for n in told.notices]) for told in rows]
    return render(request, "web/notices.html", {"rows": rows, "shown": shown})


def unread(request: HttpRequest) -> dict[str, Any]:
    """How many notices wait for whoever reads the page; counted only where the page shows it."""

    def count() -> int:
        user = getattr(request, "user", None)
        if user is None or not user.is_authenticated:
            return 0
        return unread_count(user.pk)

    return {"unread_notices": SimpleLazyObject(count)}
