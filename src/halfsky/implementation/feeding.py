"""From ledgers to figures: what the records of a year sum to, for the cells of a return that they feed."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from halfsky.collect.models import Return
from halfsky.implementation.content import amount
from halfsky.implementation.models import Record
from halfsky.plan import Plan, Text
from halfsky.plan.ledgers import Feed


@dataclass(frozen=True, slots=True)
class Offer:
    """A sum of a ledger for one cell. ``records`` is how many were summed, ``blank`` whether the cell says nothing yet."""

    entry: int
    version: int
    indicator: str
    value: Decimal
    records: int
    blank: bool
    words: Text


def summed(plan: Plan, feed: Feed, region: str, year: int) -> tuple[Decimal, int] | None:
    """The sum and the number of records behind it, the plan's own region with all its places; ``None`` where no record counts: nothing is known, which is not nought."""
    ledger = plan.ledger[feed.ledger]
    counting = [stage.id for stage in ledger.stages if stage.counts]
    places = [r.code for r in plan.regions] if region == plan.region else [region]
    rows = Record.objects.filter(plan=plan.id, ledger=feed.ledger, region__in=places, stage__in=counting)
    rows = rows.filter(year__lte=year) if feed.standing else rows.filter(year=year)
    kept = [row.content for row in rows if all(row.content.get(k) == v for k, v in feed.where.items())]
    if not kept:
        return None
    if feed.sum is None:
        return Decimal(len(kept)), len(kept)
    parts = [number for content in kept if (number := amount(content, feed.sum)) is not None]
    return (sum(parts, Decimal(0)), len(parts)) if parts else None


def offered(plan: Plan, sheet: Return) -> list[Offer]:
    """What the ledgers offer for a return, in the order of its cells."""
    feeds = {feed.indicator: feed for feed in plan.feeds}
    found: list[Offer] = []
    for entry in sheet.entries.filter(indicator__in=feeds).order_by("order"):
        feed = feeds[entry.indicator]
        made = summed(plan, feed, sheet.region, sheet.cycle.year)
        if made is None:
            continue
        value, records = made
        name = plan.ledger[feed.ledger].name
        words = Text(
            zh=f"据“{name.zh}”台账{records}条记录汇总",
            en=f"Summed from {records} records of the ledger “{name.en}”",
        )
        blank = entry.value is None and not entry.status
        found.append(Offer(entry.pk, entry.version, entry.indicator, value, records, blank, words))
    return found
