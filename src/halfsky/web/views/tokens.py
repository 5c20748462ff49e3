"""Keys for programs that act as oneself."""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render

from halfsky.places.models import Token
from halfsky.places.tokens import LONGEST_DAYS, make_token, revoke_token
from halfsky.plan import Faulty
from halfsky.web.doors import acting, door


@door()
def tokens(request: HttpRequest) -> HttpResponseBase:
    """One's tokens, a form for another, and a button to end each. A new one is shown once, here."""
    assert request.user.is_authenticated
    context: dict[str, object] = {"longest": LONGEST_DAYS, "days": "90"}
    status = 200
    if request.method == "POST":
        if "revoke" in request.POST:
            wanted = request.POST["revoke"]
            token = get_object_or_404(Token, user=request.user, pk=int(wanted) if wanted.isdecimal() else 0)
            revoke_token(token=token, by=acting(request))
            return redirect("web:tokens")
        days = request.POST.get("days", "")
        context |= {"name": request.POST.get("name", ""), "days": days}
        try:
            _, key = make_token(
                user=request.user, name=request.POST.get("name", ""), days=int(days) if days.isdecimal() else 0,
                by=acting(request),
            )  # fmt: skip
            context |= {"key": key, "name": ""}
        except Faulty as error:
            context["faults"] = error.faults
            status = 422
    now = datetime.now(UTC)
    context["tokens"] = [
        {"token": t, "live": t.revoked_at is None and t.expires_at > now}
        for t in Token.objects.filter(user=request.user)
    ]
    response = render(request, "web/tokens.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response
