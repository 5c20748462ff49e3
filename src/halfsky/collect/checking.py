"""What the quality rules say of a return: its cells beside the years before and beside each other."""

from __future__ import annotations

from collections.abc import Iterable

from halfsky.collect.models import Entry, Return
from halfsky.collect.queries import figures, plain
from halfsky.observations import Confidentiality, Figures, Nature, Observation, SeriesKey, Status
from halfsky.observations.quality import Finding, findings
from halfsky.plan import Plan, Residence, Sex


def observation(
    entry: Entry, sheet: Return, *, nature: Nature = Nature.REPORTED, source: str = ""
) -> Observation | None:
    """The figure that a cell stands for; ``None`` while nothing is said."""
    if not entry.status:
        return None
    key = SeriesKey(entry.indicator, sheet.region, Sex(entry.sex), entry.age, Residence(entry.residence))
    return Observation(
        key, sheet.cycle.year, plain(entry.value), plain(entry.numerator), plain(entry.denominator), Status(entry.status),
        Confidentiality(entry.confidentiality), nature, source, entry.comment,
    )  # fmt: skip


def checked(plan: Plan, sheet: Return, entries: Iterable[Entry] | None = None) -> dict[int, list[Finding]]:
    """Findings by cell, of the return's own year only; ``entries`` may bring cells not saved yet."""
    cells = list(sheet.entries.all() if entries is None else entries)
    made = {entry.pk: o for entry in cells if (o := observation(entry, sheet)) is not None}
    mine = {o.key: pk for pk, o in made.items()}
    year = sheet.cycle.year
    past = figures(plan, indicators={e.indicator for e in cells}, regions=[sheet.region])
    known = Figures([*(o for o in past if o.year < year), *made.values()])
    found: dict[int, list[Finding]] = {}
    for finding in findings(plan, known):
        pk = mine.get((finding.series, finding.year))
        if pk is not None:
            found.setdefault(pk, []).append(finding)
    return found
