"""One-time passwords 动态口令 (TOTP, RFC 6238) and recovery codes, on allauth's records of them.

A code is taken once: the step at which it was taken is kept with the secret, so that a code seen over a shoulder is
worth nothing, in whatever process it is tried again. Secrets are encrypted at rest with a key from ``SECRET_KEY``.
"""

from __future__ import annotations

import base64
import hmac
from enum import StrEnum
from typing import Any

from allauth.mfa import app_settings
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.mfa.utils import decrypt, encrypt
from django.db import transaction

from halfsky.places.models import User
from halfsky.places.secrets import conceal, reveal

KIND = Authenticator.Type


class Proof(StrEnum):
    """What a second factor was proved with."""

    TOTP = "totp"
    RECOVERY = "recovery"


class Adapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Keeps secrets encrypted."""

    def encrypt(self, text: str) -> str:
        return conceal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return reveal(encrypted_text)


def has_totp(user: User) -> bool:
    return bool(Authenticator.objects.filter(user=user, type=KIND.TOTP).exists())


def new_secret() -> str:
    """A secret to show once as a picture and as text: 160 bits in base 32."""
    return str(generate_totp_secret())


def address(user: User, secret: str) -> str:
    """What the picture says: ``otpauth://totp/…``."""
    return str(Adapter().build_totp_url(user, secret))


def picture(url: str) -> str:
    """The picture as a ``data:`` address, which the page's policy lets an image have."""
    svg = Adapter().build_totp_svg(url)
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def step_of(secret: str, code: str) -> int | None:
    """The time step that a code belongs to, of those near enough to now; ``None`` for a wrong code."""
    given = "".join(code.split())
    for step in yield_hotp_counters_from_time():
        if hmac.compare_digest(given.encode(), format_hotp_value(hotp_value(secret, step)).encode()):
            return int(step)
    return None


def keep(user: User, secret: str, step: int) -> list[str]:
    """Store a proven secret and new recovery codes in place of any that were there; the codes, to show once."""
    forget(user)
    Authenticator.objects.create(user=user, type=KIND.TOTP, data={"secret": encrypt(secret), "step": step})
    return list(RecoveryCodes.activate(user).generate_codes())


def forget(user: User) -> int:
    """Remove the second factor; how many records there were."""
    return int(Authenticator.objects.filter(user=user).delete()[0])


@transaction.atomic
def prove(user: User, code: str) -> Proof | None:
    """Whether a code is right, taking it: it will not be right again."""
    kept: dict[str, Any] = {a.type: a for a in Authenticator.objects.select_for_update().filter(user=user)}
    totp, recovery = kept.get(KIND.TOTP), kept.get(KIND.RECOVERY_CODES)
    if totp is None:
        return None
    step = step_of(decrypt(totp.data["secret"]), code)
    if step is not None and step > totp.data.get("step", 0):
        totp.data["step"] = step
        totp.record_usage()
        totp.save(update_fields=["data"])
        return Proof.TOTP
    plain = "".join(code.split())
    if recovery is None or len(plain) != app_settings.RECOVERY_CODE_DIGITS:
        return None
    return Proof.RECOVERY if RecoveryCodes(recovery).validate_code(plain) else None
