"""What a reader chooses: filters in the address, and the theme in a cookie."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, TypeVar

from django.core.exceptions import BadRequest
from django.core.paginator import InvalidPage, Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from halfsky.web.doors import door

THEME_COOKIE = "halfsky_theme"
THEMES = ("auto", "light", "dark")
ROWS_A_PAGE = 100
Row = TypeVar("Row")
YEAR = 365 * 24 * 3600


def chosen(request: HttpRequest, name: str, allowed: Collection[str]) -> str:
    """A filter from the address; empty when it is not set. Raises ``BadRequest`` for what cannot be chosen."""
    value = request.GET.get(name, "")
    if value and value not in allowed:
        raise BadRequest(f"{name}={value[:40]!r} is not one of the choices")
    return value


def paged(request: HttpRequest, rows: Sequence[Row] | QuerySet[Any]) -> Page[Any]:
    """The part of a long table that ``?page=`` names. Raises ``BadRequest`` for what is no page of it."""
    wanted = request.GET.get("page", "1")
    try:
        return Paginator(rows, ROWS_A_PAGE).page(int(wanted) if wanted.isascii() and wanted.isdigit() else -1)
    except InvalidPage:
        raise BadRequest(f"page={wanted[:40]!r}") from None


@door(public=True)
@require_POST
def choose_theme(request: HttpRequest) -> HttpResponseBase:
    """Keep light or dark in a cookie, or follow the system again; back to the page one came from."""
    theme = request.POST.get("theme", "")
    if theme not in THEMES:
        raise BadRequest("theme")
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    if theme == "auto":
        response.delete_cookie(THEME_COOKIE, samesite="Lax")
    else:
        response.set_cookie(
            THEME_COOKIE, theme, max_age=YEAR, httponly=True, samesite="Lax", secure=request.is_secure()
        )
    return response
