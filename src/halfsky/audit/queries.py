"""Reading the ledger."""

from __future__ import annotations

from dataclasses import dataclass

from halfsky.audit.models import GENESIS, Event


@dataclass(frozen=True, slots=True)
class Break:
    """A place where the chain does not hold: an event altered, missing or out of order."""

    number: int
    what: str


def verify() -> list[Break]:
    """Walk the whole chain and name every event whose seal or link does not hold.

    A chain cut off at its end leaves no broken link; ``head`` is what an office notes elsewhere.
    """
    breaks: list[Break] = []
    previous = GENESIS
    for event in Event.objects.order_by("number").iterator(chunk_size=2000):
        if event.previous != previous:
            breaks.append(Break(event.number, "missing-or-reordered"))
        if event.seal != event.computed_seal():
            breaks.append(Break(event.number, "altered"))
        previous = event.seal
    return breaks


def head() -> tuple[int, str]:
    """Number and seal of the last event: noted elsewhere, it proves that nothing was cut off."""
    last = Event.objects.order_by("-number").values_list("number", "seal").first()
    return last or (0, GENESIS)
