"""What must be kept readable for a while and by this installation alone: encrypted with a key from ``SECRET_KEY``."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet
from django.conf import settings


def conceal(text: str) -> str:
    return _cipher().encrypt(text.encode()).decode()


def reveal(concealed: str) -> str:
    """The text again; raises ``cryptography.fernet.InvalidToken`` once the signing key is another."""
    return _cipher().decrypt(concealed.encode()).decode()


def _cipher() -> Fernet:
    # the words are older than this module: what was encrypted under them must stay readable
    key = hashlib.sha256(b"halfsky.secondfactor:" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
