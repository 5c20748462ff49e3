"""Writing to the ledger, always inside the transaction of the write that it tells of."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from halfsky.audit.models import GENESIS, Actor, Event

_CHAIN_LOCK = 0x48414C46  # any constant: the one advisory lock of the chain on PostgreSQL


def one_writer() -> None:
    """Wait until no other transaction writes, and keep others waiting until this one ends.

    An action that first reads what it will replace calls this before it reads: otherwise another could
    replace the same rows in between. Raises when called outside a transaction.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("an event belongs inside the transaction of its write")
    if connection.vendor == "postgresql":  # SQLite's transactions begin by taking the write lock
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CHAIN_LOCK])


def record(
    *,
    by: Actor,
    action: str,
    subject: str,
    before: Any = None,
    after: Any = None,
    reason: str = "",
) -> Event:
    """Append one event to the chain; raises when called outside a transaction.

    Two writers cannot take the same place in the chain: PostgreSQL holds an advisory lock until the
    transaction ends, SQLite's transactions begin by taking the write lock, and ``previous`` is unique.
    """
    one_writer()
    last = Event.objects.order_by("-number").values_list("seal", flat=True).first()
    event = Event(
        at=datetime.now(UTC),
        actor=by.name,
        role=by.role,
        door=by.door,
        address=by.address,
        action=action,
        subject=subject,
        before=before,
        after=after,
        reason=reason,
        previous=last or GENESIS,
    )
    event.seal = event.computed_seal()
    event.save(force_insert=True)
    return event
