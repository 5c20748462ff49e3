"""Sign-in by the office's own identity service (OpenID Connect): whoever it names must be known here already.

allauth speaks the protocol; what follows from a name that it has proved is decided here, and nothing of allauth's own
accounts, sign-up or connecting is reached: ``pre_social_login`` always answers.
"""

from __future__ import annotations

from typing import Any, NoReturn

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import render

from halfsky.places.models import User


class Adapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Closed: nobody signs up, nobody is created, nothing is connected."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> NoReturn:
        from halfsky.web.views.signing import proceed

        user = known(sociallogin)
        if user is None:
            raise ImmediateHttpResponse(render(request, "web/oidc-failed.html", {"unknown": True}, status=403))
        raise ImmediateHttpResponse(proceed(request, user, how="oidc", onward=sociallogin.state.get("next") or ""))

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def on_authentication_error(self, request: HttpRequest, provider: Any, **told: Any) -> NoReturn:
        raise ImmediateHttpResponse(render(request, "web/oidc-failed.html", {"unknown": False}, status=401))


def known(sociallogin: SocialLogin) -> User | None:
    """The one active person whom the service means: by an e-mail that it has verified, or by name where so set."""
    people = User.objects.filter(is_active=True)
    if settings.OIDC_MATCH == "username":
        data = sociallogin.account.extra_data
        name = data.get("userinfo", {}).get("preferred_username") or data.get("id_token", {}).get("preferred_username")
        return people.filter(username=name).first() if name else None
    verified = [address.email for address in sociallogin.email_addresses if address.verified]
    found = [user for email in verified for user in people.filter(email__iexact=email)]
    return found[0] if len({user.pk for user in found}) == 1 else None


def offered() -> str:
    """The name on the button; empty where the service is not set up."""
    apps = settings.SOCIALACCOUNT_PROVIDERS.get("openid_connect", {}).get("APPS", [])
    return str(apps[0]["name"]) if apps else ""
