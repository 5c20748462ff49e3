"""Reading the ledger."""

from __future__ import annotations

from dataclasses import dataclass

from halfsky.audit.models import GENESIS, Event


@dataclass(frozen=True, slots=True)
class Break:
    """A place where the chain does not hold: an event altered, missing or out of order."""

    number: int
    what: str


@dataclass(frozen=True, slots=True)
class Walk:
    """What a walk over the whole chain found: how many events, the seal of the last, and where it does not hold."""

    events: int
    head: str
    breaks: tuple[Break, ...]


def walk() -> Walk:
    """Go over the whole chain and name every event whose seal or link does not hold.

    A chain cut off at its end leaves no broken link; its head, noted elsewhere, shows that.
    """
    breaks: list[Break] = []
    previous, events = GENESIS, 0
    for event in Event.objects.order_by("number").iterator(chunk_size=2000):
        events += 1
        if event.previous != previous:
            breaks.append(Break(event.number, "missing-or-reordered"))
        if not _sealed(event):
            breaks.append(Break(event.number, "altered"))
        previous = event.seal
    return Walk(events, previous, tuple(breaks))


def _sealed(event: Event) -> bool:
    try:
        return event.seal == event.computed_seal()
    except ValueError:  # an algorithm that never was one
        return False


def verify() -> list[Break]:
    """Every event whose seal or link does not hold."""
    return list(walk().breaks)


def last_check() -> Event | None:
    """The newest note of a walk over the chain."""
    return Event.objects.filter(action="audit.verify").last()


def head() -> tuple[int, str]:
    """Number and seal of the last event: noted elsewhere, it proves that nothing was cut off."""
    last = Event.objects.order_by("-number").values_list("number", "seal").first()
    return last or (0, GENESIS)
