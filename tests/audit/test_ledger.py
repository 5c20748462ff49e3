"""Every write is an event; the chain shows what was altered, removed or put elsewhere."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.db.transaction import TransactionManagementError

from halfsky.audit.actions import check, one_writer, record
from halfsky.audit.models import GENESIS, Event
from halfsky.audit.queries import head, last_check, verify
from halfsky.audit.seals import digest
from tests.support import CLERK

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True, params=["sha256", "sm3"])
def seal(request: pytest.FixtureRequest, settings) -> str:
    """Every promise of the ledger holds for both algorithms."""
    settings.SEAL = request.param
    return request.param


def write(n: int) -> list[Event]:
    with transaction.atomic():
        return [
            record(by=CLERK.actor, action="test", subject=f"thing:{i}", after={"n": i, "名": "值"}) for i in range(n)
        ]


def forge(statement: str, *values: object) -> None:
    """Change the ledger as an attacker with the database's superuser would: without its triggers."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE audit_event DISABLE TRIGGER ALL")
            cursor.execute(statement, values)
            cursor.execute("ALTER TABLE audit_event ENABLE TRIGGER ALL")
        else:
            cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_event'")
            triggers = [row[0] for row in cursor.fetchall()]
            cursor.execute("DROP TRIGGER audit_event_no_update")
            cursor.execute("DROP TRIGGER audit_event_no_delete")
            cursor.execute(statement, values)
            for trigger in triggers:
                cursor.execute(trigger)


def test_an_untouched_chain_holds(seal: str) -> None:
    events = write(5)
    assert {event.algorithm for event in Event.objects.all()} == {seal}
    assert events[0].previous == GENESIS
    assert verify() == []
    assert head() == (events[-1].number, events[-1].seal)


def test_a_writer_waits_for_the_one_before_it_only_inside_a_transaction() -> None:
    with transaction.atomic():
        one_writer()
        one_writer()  # the lock is held by the transaction, and may be asked for again


def test_an_altered_event_is_named() -> None:
    events = write(3)
    forge("UPDATE audit_event SET reason = %s WHERE number = %s", "forged", events[1].number)
    assert [(b.number, b.what) for b in verify()] == [(events[1].number, "altered")]


def test_a_missing_event_shows_at_the_one_after_it() -> None:
    events = write(3)
    forge("DELETE FROM audit_event WHERE number = %s", events[1].number)
    assert [(b.number, b.what) for b in verify()] == [(events[2].number, "missing-or-reordered")]


def test_a_tail_cut_off_shows_against_the_noted_head() -> None:
    events = write(3)
    noted = head()
    forge("DELETE FROM audit_event WHERE number = %s", events[2].number)
    assert verify() == []
    assert head() != noted


@pytest.mark.parametrize("statement", ["UPDATE audit_event SET reason = 'x'", "DELETE FROM audit_event"])
def test_the_database_itself_refuses_to_change_an_event(statement: str) -> None:
    write(1)
    with pytest.raises(DatabaseError, match="never"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_an_event_outside_a_transaction_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as outside, pytest.raises(TransactionManagementError):
        outside.setattr(connections["default"], "in_atomic_block", False)
        record(by=CLERK.actor, action="test", subject="thing")


def test_an_event_that_is_rolled_back_leaves_no_gap() -> None:
    write(1)
    with pytest.raises(RuntimeError), transaction.atomic():
        record(by=CLERK.actor, action="lost", subject="thing")
        raise RuntimeError
    write(1)
    assert verify() == []
    assert Event.objects.count() == 2


def test_sm3_is_that_of_the_standard() -> None:
    """GB/T 32905, example 1."""
    assert digest("sm3", b"abc") == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_a_chain_may_change_its_algorithm_and_tampering_shows_on_both_sides(settings) -> None:
    settings.SEAL = "sha256"
    old = write(2)
    settings.SEAL = "sm3"
    new = write(2)
    assert [event.algorithm for event in Event.objects.all()] == ["sha256", "sha256", "sm3", "sm3"]
    assert verify() == []
    for event in (old[0], new[0]):
        forge("UPDATE audit_event SET actor = %s WHERE number = %s", "somebody", event.number)
    assert [(b.number, b.what) for b in verify()] == [(old[0].number, "altered"), (new[0].number, "altered")]


@pytest.mark.parametrize("algorithm", ["sha256", "sm3", "md5", ""])
def test_calling_a_seal_another_algorithms_shows(seal: str, algorithm: str) -> None:
    events = write(2)
    forge("UPDATE audit_event SET algorithm = %s WHERE number = %s", algorithm, events[0].number)
    assert [b.number for b in verify()] == ([] if algorithm == seal else [events[0].number])


def test_a_check_is_noted_in_the_chain_with_what_it_found() -> None:
    events = write(3)
    found = check(by=CLERK.actor)
    assert (found.events, found.head, found.breaks) == (3, events[-1].seal, ())
    forge("UPDATE audit_event SET reason = %s WHERE number = %s", "forged", events[1].number)
    check(by=CLERK.actor)
    note = last_check()
    assert note is not None
    assert (note.after["events"], note.after["broken"], note.after["breaks"]) == (4, 1, [f"{events[1].number} altered"])
    assert [b.number for b in verify()] == [events[1].number]
