"""Who asks, and what for: every operation names its permission, and is listed where a test walks them all.

A page's own calls come with the session and a CSRF token (door ``web``), a program's with a bearer token (door
``api``). Both become a :class:`Principal`; what an operation then shows is narrowed by its scope.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from ninja.security import APIKeyCookie, HttpBearer

from halfsky.places.policy import Forbidden, Principal, principal
from halfsky.places.roles import Permission
from halfsky.places.tokens import holder
from halfsky.web import sessions
from halfsky.web.addresses import address_of
from halfsky.web.doors import acting

View = TypeVar("View", bound=Callable[..., Any])
PERSON = "X-Halfsky-Person"  # whom a page was opened for: what one typed is never sent as somebody else's


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the interface. Without a permission it opens to anybody signed in."""

    method: str
    path: str
    name: str
    permission: Permission | None


OPERATIONS: list[Operation] = []


class _Session(APIKeyCookie):
    """The session of a page; a write needs its CSRF token as well."""

    param_name = "halfsky_session"

    def __init__(self, permission: Permission | None, largest: int) -> None:
        super().__init__(csrf=True)
        self.permission, self.largest = permission, largest

    def __call__(self, request: HttpRequest) -> Principal | None:
        if "Authorization" in request.headers:
            return None  # a program says who it is by its token alone
        if not request.user.is_authenticated or sessions.outlived(request):
            return None  # asked before the CSRF token: a session that has ended is told as just that
        found: Principal | None = super().__call__(request)
        return found

    def authenticate(self, request: HttpRequest, key: str | None) -> Principal | None:
        claimed = request.headers.get(PERSON)
        if claimed is not None and claimed != str(request.user.pk):
            return None
        who = acting(request)
        if sessions.owed(request, who):
            return None  # what a page would ask for first, the interface does not let by
        return _allowed(request, who, self.permission, self.largest)


class _Bearer(HttpBearer):
    """A program's token."""

    def __init__(self, permission: Permission | None, largest: int) -> None:
        super().__init__()
        self.permission, self.largest = permission, largest

    def authenticate(self, request: HttpRequest, token: str) -> Principal | None:
        user = holder(token)
        if user is None:
            return None
        who = principal(user, door="api", address=address_of(request))
        request.principal = who  # type: ignore[attr-defined]
        return _allowed(request, who, self.permission, self.largest)


def _allowed(request: HttpRequest, who: Principal, permission: Permission | None, largest: int) -> Principal:
    if permission is not None and not who.may(permission):
        raise Forbidden(permission)
    if largest:  # read here, where it is known who sends it: nobody else may fill the memory
        if int(request.META.get("CONTENT_LENGTH") or 0) > largest:
            raise RequestDataTooBig
        request._body = request.read()
    return who


def operation(
    router: Any, method: str, path: str, permission: Permission | None, *, largest: int = 0, **more: Any
) -> Callable[[View], View]:
    """Put a view on the interface, behind a permission; ``largest``: bytes of a request that may exceed the site's limit."""

    def mark(view: View) -> View:
        OPERATIONS.append(Operation(method, path, view.__name__, permission))
        auth = [_Session(permission, largest), _Bearer(permission, largest)]
        put: Callable[[View], View] = getattr(router, method.lower())(
            path, auth=auth, summary=(view.__doc__ or "").strip().splitlines()[0], **more
        )
        return put(view)

    return mark
