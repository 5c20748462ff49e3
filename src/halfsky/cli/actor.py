"""Who acts at the command line: the person signed in to the machine."""

from __future__ import annotations

import getpass

from halfsky.audit.models import Actor
from halfsky.places.policy import Principal, trusted


def operator() -> Principal:
    """The operating system's user, as operator of this installation."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number without a name
        name = "unknown"
    return trusted(Actor(name=name, role="operator", door="cli"))
