"""The calendar of what is due, and its private feed for calendar programs."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import groupby
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from halfsky.catalogue.queries import plans
from halfsky.oversight.actions import make_feed, revoke_feed
from halfsky.oversight.actions.feeds import holder
from halfsky.oversight.calendar import Entry, entries, ics
from halfsky.oversight.models import Feed
from halfsky.places.models import User
from halfsky.places.policy import principal
from halfsky.places.roles import Permission
from halfsky.plan import Plan
from halfsky.web.addresses import address_of
from halfsky.web.book import Book, of_plan, page
from halfsky.web.choices import chosen
from halfsky.web.doors import acting, door
from halfsky.web.oversightwords import CALENDAR_KINDS

_MOST = 400  # entries on the page; the feed holds all


@door(Permission.OVERSIGHT_READ)
@of_plan
def calendar(request: HttpRequest, book: Book) -> HttpResponseBase:
    """What is due in one's reach, month by month; what is overdue stands first."""
    today = timezone.localdate()
    in_reach = entries(acting(request), book.plan)
    mine = chosen(request, "mine", ["1"]) == "1"
    every = [e for e in in_reach if e.mine or not mine]
    kind = chosen(request, "kind", list(CALENDAR_KINDS))
    found = [e for e in every if not kind or e.kind == kind]
    late = [e for e in found if e.day < today and e.kind != "meeting"]
    ahead = [e for e in found if e.day >= today][:_MOST]
    months = [(month, list(part)) for month, part in groupby(ahead, key=lambda e: e.day.replace(day=1))]
    context = {
        "late": [(e, (today - e.day).days) for e in late[:_MOST]], "late_total": len(late), "months": months, "kind": kind,
        "kinds": list(CALENDAR_KINDS), "counts": {k: sum(e.kind == k for e in every) for k in CALENDAR_KINDS}, "today": today,
        "mine": "1" if mine else "", "every_total": len(in_reach), "mine_total": sum(e.mine for e in in_reach),
    }  # fmt: skip
    return page(request, "oversight/calendar", book, context)


@door()
@never_cache
def feed(request: HttpRequest) -> HttpResponseBase:
    """The address of one's own feed: made anew (and shown this once), or revoked."""
    assert isinstance(request.user, User)
    by, secret = acting(request), ""
    if request.method == "POST":
        match request.POST.get("what", ""):
            case "make":
                secret = make_feed(user=request.user, by=by)
            case "revoke":
                revoke_feed(user=request.user, by=by)
                return HttpResponseRedirect(reverse("web:feed"))
            case _:
                raise BadRequest("what")
    address = f"{settings.SITE_URL}{reverse('web:calendar-feed', args=[secret])}" if secret else ""
    there = Feed.objects.filter(user=request.user, revoked_at__isnull=True).first()
    return render(request, "web/oversight/feed.html", {"address": address, "feed": there})


@door(public=True)
@never_cache
def calendar_feed(request: HttpRequest, secret: str) -> HttpResponseBase:
    """What is due for the person whose address this is; any other address is not there."""
    user = holder(secret)
    if user is None:
        raise Http404
    by = principal(user, door="feed", address=address_of(request))
    host = urlsplit(settings.SITE_URL).hostname or "halfsky"

    def url(plan: Plan, entry: Entry) -> str:
        return f"{settings.SITE_URL}{reverse(f'web:{entry.name}', kwargs={'plan_id': plan.id, **entry.kwargs})}"

    held = [(plan, entries(by, plan)) for plan in plans()]
    content = ics(held, url, host, datetime.now(UTC))
    return HttpResponse(
        content,
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'inline; filename="halfsky.ics"'},
    )
