"""A session: how it begins, what it still owes, when it ends.

It begins only in :func:`begin`, after every proof that the account asks for; it ends by itself after the idle time
(Django's, counted from the last request to the minute), after its longest time, when the password changes, and when an action ends the person's sessions.
"""

from __future__ import annotations

import time

from django.conf import settings
from django.contrib.auth import login, logout, update_session_auth_hash
from django.http import HttpRequest

from halfsky.places import secondfactor
from halfsky.places.actions import note_sign_in, note_sign_out
from halfsky.places.models import User
from halfsky.places.passwords import expired
from halfsky.places.policy import Principal
from halfsky.places.roles import ROLES
from halfsky.web.addresses import address_of

BACKEND = "django.contrib.auth.backends.ModelBackend"
_BEGAN, _PROVED, _SEEN = "halfsky_began", "halfsky_proved", "halfsky_seen"
_NOTED = 60  # seconds between two notes that a session is in use: a write for every page would be one too many


def begin(request: HttpRequest, user: User, *, how: str, proof: str = "none") -> None:
    """Sign in: a new session key, the time it began, what was proved, and the event."""
    login(request, user, backend=BACKEND)
    request.session[_BEGAN] = time.time()
    request.session[_PROVED] = proof != "none"
    note_sign_in(user=user, address=address_of(request), how=how, proof=proof)


def keep(request: HttpRequest) -> None:
    """Count the idle time from this request; written at most once a minute, so a session may end that much early."""
    session = request.session
    if session.session_key is not None and not session.is_empty() and time.time() - session.get(_SEEN, 0) >= _NOTED:
        session[_SEEN] = time.time()


def is_proved(request: HttpRequest) -> bool:
    return bool(request.session.get(_PROVED))


def renew(request: HttpRequest, user: User, was_proved: bool) -> None:
    """Carry this session over a change of password, which ends every other."""
    update_session_auth_hash(request, user)
    request.session[_PROVED] = was_proved


def overdue(user: User) -> bool:
    """Whether the password is older than the policy allows."""
    return expired(user)


def proved(request: HttpRequest) -> None:
    """The second factor was set up, and with that proved, in this session."""
    request.session.cycle_key()
    request.session[_PROVED] = True


def leave(request: HttpRequest, *, why: str = "asked") -> None:
    """Sign out, with the event; the language stays in its own cookie."""
    if isinstance(request.user, User):
        note_sign_out(user=request.user, address=address_of(request), why=why)
    logout(request)


def outlived(request: HttpRequest) -> bool:
    """Whether the session is older than the longest that any may last, however busy."""
    began = request.session.setdefault(_BEGAN, time.time())
    return bool(time.time() - began > settings.SESSION_LONGEST)


def owed(request: HttpRequest, who: Principal) -> str | None:
    """The page that must be done before any other opens; ``None`` when nothing is owed."""
    assert isinstance(request.user, User)
    if needs_second_factor(who) and not request.session.get(_PROVED):
        # One who has a second factor never comes here by the front door: begin() follows the proof.
        return "web:sign-in-code" if secondfactor.has_totp(request.user) else "web:second-factor"
    if expired(request.user):
        return "web:change-password"
    return None


def needs_second_factor(who: Principal) -> bool:
    """Whether the setting and the posts held ask for a second factor."""
    if settings.SECOND_FACTOR == "roles":
        return any(ROLES[grant.role].second_factor for grant in who.grants)
    return bool(settings.SECOND_FACTOR == "all")
