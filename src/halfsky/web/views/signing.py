"""Coming in and going out: password, second factor, links to set a password, the office's identity service."""

from __future__ import annotations

import time
from typing import Any

from allauth.socialaccount.providers.openid_connect import views as allauth_oidc
from axes.handlers.proxy import AxesProxyHandler
from django import forms
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.forms import UsernameField
from django.contrib.auth.signals import user_login_failed
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from halfsky.places import actions, secondfactor
from halfsky.places.models import User
from halfsky.places.passwords import policy
from halfsky.plan import Fault, Faulty
from halfsky.web import oidc, sessions
from halfsky.web.addresses import address_of
from halfsky.web.doors import acting, door

_PENDING, _SECRET = "halfsky_pending", "halfsky_totp"
_PENDING_LASTS = 300  # seconds between the password and the code
MAX_FIELD = 1_000


class SignInForm(forms.Form):
    """``UsernameField`` folds what looks alike to the same letters, so that a count of failures is of one name."""

    username = UsernameField(max_length=150)
    password = forms.CharField(strip=False, max_length=MAX_FIELD)


def onward_of(request: HttpRequest, wanted: str) -> str:
    """Where to go afterwards: a page of ours, else the first page."""
    here = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if wanted and here else reverse("web:home")


@door(public=True)
@never_cache
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponseBase:
    onward = request.POST.get("next") or request.GET.get("next", "")
    form = SignInForm(request.POST or None)
    wrong = False
    if request.method == "POST":
        if form.is_valid():
            name = form.cleaned_data["username"]
            user = authenticate(request, username=name, password=form.cleaned_data["password"])
            if isinstance(user, User):
                return proceed(request, user, how="password", onward=onward)
            _failed(request, name, "password")
        wrong = True
    context = {"form": form, "wrong": wrong, "next": onward, "oidc": oidc.offered()}
    return render(request, "web/sign-in.html", context, status=400 if wrong else 200)


def _failed(request: HttpRequest, name: str, at: str) -> None:
    """Tell the ledger. The one request that locks is told apart from those that come while it is locked."""
    locked = bool(getattr(request, "axes_locked_out", False))
    counted = getattr(request, "axes_failures_since_start", None) is not None
    if counted or not locked:
        actions.note_failure(username=name, address=address_of(request), what=at, locked=locked)


def proceed(request: HttpRequest, user: User, *, how: str, onward: str) -> HttpResponseRedirect:
    """After the first proof: to the code where the person has a second factor, else in."""
    onward = onward_of(request, onward)
    if secondfactor.has_totp(user):
        request.session.cycle_key()
        request.session[_PENDING] = {"user": user.pk, "how": how, "next": onward, "at": time.time(),
                                     "hash": user.get_session_auth_hash()}  # fmt: skip
        return redirect("web:sign-in-code")
    sessions.begin(request, user, how=how)
    return HttpResponseRedirect(onward)


@door(public=True)
@never_cache
@sensitive_post_parameters("code")
def sign_in_code(request: HttpRequest) -> HttpResponseBase:
    """The second of two proofs. Wrong codes count towards the same lock-out as wrong passwords."""
    pending = request.session.get(_PENDING)
    user = None
    if pending and time.time() - pending["at"] < _PENDING_LASTS:
        user = User.objects.filter(pk=pending["user"], is_active=True).first()
    if not pending or user is None or user.get_session_auth_hash() != pending["hash"]:
        request.session.pop(_PENDING, None)
        return redirect("web:sign-in")
    wrong = False
    if request.method == "POST":
        credentials = {"username": user.username}
        if not AxesProxyHandler.is_allowed(request, credentials):
            return _locked_out(request)
        proof = secondfactor.prove(user, request.POST.get("code", "")[:20])
        if proof is not None:
            del request.session[_PENDING]
            sessions.begin(request, user, how=pending["how"], proof=proof.value)
            return HttpResponseRedirect(pending["next"])
        user_login_failed.send(__name__, credentials=credentials, request=request)
        _failed(request, user.username, "code")
        wrong = True
    return render(request, "web/sign-in-code.html", {"wrong": wrong}, status=400 if wrong else 200)


def _locked_out(request: HttpRequest) -> HttpResponseBase:
    """The page that axes answers with; for the step at which it does not answer by itself."""
    context = {"failure_limit": settings.AXES_FAILURE_LIMIT, "cooloff_timedelta": settings.AXES_COOLOFF_TIME}
    return render(request, settings.AXES_LOCKOUT_TEMPLATE, context, status=429)


@door(public=True)
@require_POST
def sign_out(request: HttpRequest) -> HttpResponseBase:
    sessions.leave(request)
    return redirect("web:sign-in")


@door(early=True)
@never_cache
@sensitive_post_parameters("code")
def second_factor(request: HttpRequest) -> HttpResponseBase:
    """Set up a second factor: picture, secret in letters, one code to prove it, then the recovery codes once."""
    user = _person(request)
    if secondfactor.has_totp(user):
        return render(request, "web/second-factor.html", {"there": True})
    secret = request.session.get(_SECRET) or secondfactor.new_secret()
    request.session[_SECRET] = secret
    faults: tuple[Fault, ...] = ()
    if request.method == "POST":
        try:
            codes = actions.set_up_second_factor(
                user=user, secret=secret, code=request.POST.get("code", "")[:20], by=acting(request)
            )
        except Faulty as error:
            faults = error.faults
        else:
            del request.session[_SECRET]
            sessions.proved(request)
            return render(request, "web/recovery-codes.html", {"codes": codes})
    context = {
        "there": False,
        "picture": secondfactor.picture(secondfactor.address(user, secret)),
        "secret": " ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
        "faults": faults,
        "must": sessions.needs_second_factor(acting(request)),
    }
    return render(request, "web/second-factor.html", context, status=400 if faults else 200)


@door(early=True)
@never_cache
@sensitive_post_parameters()
def change_password(request: HttpRequest) -> HttpResponseBase:
    """Change one's own password. A wrong old one counts as a failed sign-in."""
    user = _person(request)
    faults: list[Fault] = []
    wrong_old = False
    if request.method == "POST":
        old = request.POST.get("old", "")[:MAX_FIELD]
        new, faults = _new_password(request)
        if not isinstance(authenticate(request, username=user.username, password=old), User):
            _failed(request, user.username, "old password")
            wrong_old = True
        if not wrong_old and not faults:
            try:
                actions.change_password(user=user, password=new, by=acting(request))
            except Faulty as error:
                faults = list(error.faults)
            else:
                was_proved = sessions.is_proved(request)
                sessions.renew(request, user, was_proved)
                return redirect("web:account")
    context = {"faults": faults, "wrong_old": wrong_old, "policy": policy().words(), "overdue": sessions.overdue(user)}
    return render(request, "web/change-password.html", context, status=400 if faults or wrong_old else 200)


def _new_password(request: HttpRequest) -> tuple[str, list[Fault]]:
    new, again = request.POST.get("new", "")[:MAX_FIELD], request.POST.get("again", "")[:MAX_FIELD]
    if new != again:
        return new, list(actions.refuse("password-again", "两次输入的密码不一致。", "The two passwords differ.").faults)
    return new, []


@door(public=True)
@never_cache
@sensitive_post_parameters()
def link(request: HttpRequest, token: str) -> HttpResponseBase:
    """Set a password by a link that was sent or handed over; then sign in with it."""
    found = actions.link_of(token)
    if found is None:
        return render(request, "web/link-closed.html", status=404)
    faults: list[Fault] = []
    if request.method == "POST":
        new, faults = _new_password(request)
        if not faults:
            try:
                actions.set_password_by_link(token=token, password=new, address=address_of(request))
            except Faulty as error:
                faults = list(error.faults)
            else:
                return redirect(f"{reverse('web:sign-in')}?ready=1")
    context = {"link": found, "faults": faults, "policy": policy().words()}
    return render(request, "web/link.html", context, status=400 if faults else 200)


@door(public=True)
@never_cache
def forgotten(request: HttpRequest) -> HttpResponseBase:
    """Ask for a link by e-mail. The answer is the same whether there is such a person or not."""
    asked = request.method == "POST"
    if asked:
        actions.ask_reset(username=request.POST.get("username", "").strip()[:150], address=address_of(request))
    return render(request, "web/forgotten.html", {"asked": asked})


@door(early=True)
def account(request: HttpRequest) -> HttpResponseBase:
    """What one holds and how one signs in."""
    user = _person(request)
    posts = user.posts.filter(until__isnull=True).select_related("office")
    context = {"posts": posts, "second_factor": secondfactor.has_totp(user), "policy": policy().words()}
    return render(request, "web/account.html", context)


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


@door(public=True)
@never_cache
def oidc_login(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """To the office's identity service."""
    return _oidc(allauth_oidc.login, request, provider_id)


@door(public=True)
@never_cache
def oidc_callback(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Back from it; :class:`halfsky.web.oidc.Adapter` decides."""
    return _oidc(allauth_oidc.callback, request, provider_id)


def _oidc(view: Any, request: HttpRequest, provider_id: str) -> HttpResponseBase:
    if not oidc.offered():
        raise Http404
    response: HttpResponseBase = view(request, provider_id=provider_id)
    return response
