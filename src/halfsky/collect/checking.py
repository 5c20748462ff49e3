"""What the quality rules say of a return: its cells beside the years before and beside each other."""

from __future__ import annotations

from collections.abc import Iterable

from halfsky.collect.models import Entry, Return
from halfsky.collect.queries import figures, plain
from halfsky.observations import Confidentiality, Figures, Nature, Observation, Status
from halfsky.observations.quality import Finding, findings
from halfsky.plan import Plan


def observation(
    entry: Entry, sheet: Return, *, nature: Nature = Nature.REPORTED, source: str = ""
) -> Observation | None:
    """The figure that a cell stands for; ``None`` while nothing is said."""
    if not entry.status:
        return None
    key = entry.series(sheet.region)
    return Observation(
        key, sheet.cycle.year, plain(entry.value), plain(entry.numerator), plain(entry.denominator), Status(entry.status),
        Confidentiality(entry.confidentiality), nature, source, entry.comment,
    )  # fmt: skip


def checked(
    plan: Plan, sheet: Return, entries: Iterable[Entry] | None = None, *, known: Iterable[Observation] | None = None
) -> dict[int, list[Finding]]:
    """Findings by cell, of the return's own year only; ``entries`` are those asked about, all of them by default.

    Cells are held against the place's own earlier years, and against the other places of the same year. ``known`` are
    those figures where the caller has read them; ``entries`` are then every cell of the return.
    """
    cells = list(sheet.entries.all() if entries is None else entries)
    indicators = {entry.indicator for entry in cells}
    if entries is not None and known is None:  # the parts of a whole are compared with it, so they come along
        asked = {entry.pk for entry in cells}
        cells += [e for e in sheet.entries.filter(indicator__in=indicators) if e.pk not in asked]
    made = {entry.pk: o for entry in cells if (o := observation(entry, sheet)) is not None}
    mine = {o.key: pk for pk, o in made.items()}
    if known is None:
        known = around(plan, indicators, sheet)
    found: dict[int, list[Finding]] = {}
    for finding in findings(plan, Figures([*known, *made.values()]), of=[sheet.region], year=sheet.cycle.year):
        pk = mine.get((finding.series, finding.year))
        if pk is not None:
            found.setdefault(pk, []).append(finding)
    return found


def around(plan: Plan, indicators: set[str], sheet: Return) -> list[Observation]:
    """What a return's cells are held against: the place's own earlier years, and the other places of the same year."""
    year = sheet.cycle.year
    own = [o for o in figures(plan, indicators=indicators, regions=[sheet.region]) if o.year < year]
    others = [o for o in figures(plan, indicators=indicators, years=[year]) if o.series.region != sheet.region]
    return own + others
