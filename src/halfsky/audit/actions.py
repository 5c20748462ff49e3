"""Writing to the ledger, always inside the transaction of the write that it tells of."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from halfsky.audit.models import GENESIS, Actor, Event
from halfsky.audit.queries import Walk, walk

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
        algorithm=settings.SEAL,
        previous=last or GENESIS,
    )
    event.seal = event.computed_seal()
    event.save(force_insert=True)
    return event


_NAMED = 50  # broken events that the note names


def check(*, by: Actor) -> Walk:
    """Walk the whole chain, and note in it what was found: who looked when, how far it reached, where it does not hold.

    The walk itself keeps nobody from writing: events that are added meanwhile are for the next one.
    """
    found = walk()
    with transaction.atomic():
        record(
            by=by,
            action="audit.verify",
            subject="ledger",
            after={
                "events": found.events,
                "head": found.head,
                "broken": len(found.breaks),
                "breaks": [f"{b.number} {b.what}" for b in found.breaks[:_NAMED]],
            },
        )
    return found
