"""OpenID Connect from environment variables: off unless an issuer is named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PROVIDER = "office"  # part of the address that the issuer is told: /oidc/office/login/callback/


def oidc_providers(environment: Mapping[str, str]) -> dict[str, Any]:
    """What allauth's OpenID Connect needs to know of the office's own identity service.

    ``HALFSKY_OIDC_ISSUER`` and ``HALFSKY_OIDC_CLIENT`` name it, ``HALFSKY_OIDC_SECRET`` proves who asks,
    ``HALFSKY_OIDC_NAME`` is on the button. Empty without the first two.
    """
    issuer, client = environment.get("HALFSKY_OIDC_ISSUER", ""), environment.get("HALFSKY_OIDC_CLIENT", "")
    if not (issuer and client):
        return {}
    app = {
        "provider_id": PROVIDER,
        "name": environment.get("HALFSKY_OIDC_NAME", "统一身份认证"),
        "client_id": client,
        "secret": environment.get("HALFSKY_OIDC_SECRET", ""),
        "settings": {"server_url": issuer},
    }
    return {"openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True}}
