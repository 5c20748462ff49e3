"""Every page is a door: it says which permission it needs, or it does not open.

``@door(Permission.RETURN_READ)`` on a view; ``@door(public=True)`` for the few that open before sign-in. A view without
the mark answers 403 to everybody, so that a forgotten mark is noticed at once. What a view then shows is narrowed by
``request.principal.scope(...)``, never by the view's own idea of who is who.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from halfsky.places.policy import Forbidden, Principal, principal
from halfsky.places.roles import Permission
from halfsky.web import sessions
from halfsky.web.addresses import address_of

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Door:
    """What a view asks of whoever opens it."""

    permission: Permission | None = None  # None: anybody signed in
    public: bool = False
    early: bool = False  # opens while a second factor or a new password is still owed


def door(permission: Permission | None = None, *, public: bool = False, early: bool = False) -> Callable[[View], View]:
    """Mark a view with what it asks."""

    def mark(view: View) -> View:
        view.door = Door(permission, public, early)  # type: ignore[attr-defined]
        return view

    return mark


def opened_by_all(view: View) -> View:
    """A view of another package, wrapped so that it opens before sign-in."""

    @wraps(view)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        return view(*args, **kwargs)

    return door(public=True)(wrapped)  # type: ignore[return-value]


class Gate:
    """Middleware: who asks, and whether the door opens for them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        asked: Door | None = getattr(view, "door", None)
        if asked is None:
            raise PermissionDenied(f"{view.__module__}.{getattr(view, '__qualname__', view)} says not who may open it")
        sessions.keep(request)
        if asked.public:
            return None
        if request.user.is_authenticated and sessions.outlived(request):
            sessions.leave(request, why="longest")
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), reverse("web:sign-in"))
        who = acting(request)
        if not asked.early and (owed := sessions.owed(request, who)):
            return redirect(owed)
        if asked.permission is not None and not who.may(asked.permission):
            raise PermissionDenied(asked.permission.value)
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        if isinstance(error, Forbidden):
            from django.views.defaults import permission_denied

            return permission_denied(request, error)
        return None


def acting(request: HttpRequest, door: str = "web") -> Principal:
    """Who acts in a request; looked up once. Only for requests that have passed the gate."""
    found: Principal | None = getattr(request, "principal", None)
    if found is None:
        assert request.user.is_authenticated
        found = principal(request.user, door=door, address=address_of(request))
        request.principal = found  # type: ignore[attr-defined]
    return found
