"""A return as whoever opens it may see it: its cells beside the years before, with what rules and reviewers say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from halfsky.collect.checking import around, checked
from halfsky.collect.models import Entry, Remark, Return, Step
from halfsky.collect.queries import plain, visible
from halfsky.collect.suppression import besides
from halfsky.observations import Confidentiality, Observation, SeriesKey
from halfsky.observations.columns import COUNTED, number_text
from halfsky.observations.quality import Finding
from halfsky.places.policy import Principal
from halfsky.places.roles import Permission
from halfsky.plan import Indicator, Plan, Residence, Sex

YEARS_BESIDE = 3


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. ``past`` are the accepted figures of the years beside, the last year first; ``None`` where none is.

    A cell that is ``hidden`` is not the reader's to see: it, or a figure of its years before, is withheld from them. Nothing
    is told of it, for findings speak of the years before.
    """

    entry: Entry
    indicator: Indicator
    sex: Sex
    residence: Residence
    past: tuple[Observation | None, ...]
    findings: tuple[Finding, ...]
    remarks: tuple[Remark, ...]  # not answered yet
    answered: tuple[Remark, ...] = ()
    hidden: bool = False

    @property
    def numbers(self) -> dict[str, str]:
        """What was typed or computed, as plain digits."""
        return {} if self.hidden else numbers(self.entry)

    @property
    def sums(self) -> tuple[str, ...]:
        """The columns in which parts by sex or residence have to sum to the whole."""
        if self.indicator.scale is not None:
            return ("numerator", "denominator")
        return ("value",) if self.indicator.unit in COUNTED else ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """An opened return; ``groups`` are its cells by indicator, in the order of the form."""

    sheet: Return
    years: tuple[int, ...]
    groups: tuple[tuple[Indicator, tuple[Cell, ...]], ...]
    remarks: tuple[Remark, ...]  # on the whole
    steps: tuple[Step, ...]

    @property
    def cells(self) -> tuple[Cell, ...]:
        return tuple(cell for _, cells in self.groups for cell in cells)

    @property
    def filled(self) -> int:
        return sum(bool(cell.entry.status) for cell in self.cells)

    @property
    def asked(self) -> int:
        return len(self.cells)


def opened(plan: Plan, sheet: Return, by: Principal) -> Sheet:
    """A return with everything beside it. Whether ``by`` may read it at all is for ``queries.sheets`` to say."""
    entries = list(sheet.entries.all())
    years = tuple(sheet.cycle.year - back for back in range(1, YEARS_BESIDE + 1))
    secret = by.may(Permission.CONFIDENTIAL_READ, region=sheet.region, unit=sheet.unit)
    names = {e.indicator for e in entries}
    known = visible(by, plan, indicators=names, regions=[sheet.region], years=years if secret else None)
    shut = frozenset() if secret else besides(plan, by.scope(Permission.CONFIDENTIAL_READ), names)
    found = checked(plan, sheet, entries, known=around(plan, names, sheet))
    said: dict[int | None, list[Remark]] = {}
    for remark in sheet.remarks.all():
        said.setdefault(remark.entry_id, []).append(remark)

    def hides(entry: Entry, key: SeriesKey) -> bool:
        return not secret and (
            entry.confidentiality != Confidentiality.FREE
            or (key, sheet.cycle.year) in shut
            or any(o.confidentiality is not Confidentiality.FREE for o in known.series(key).values())
        )

    def cell(entry: Entry) -> Cell:
        key, remarks = entry.series(sheet.region), said.get(entry.pk, ())
        shown = Cell(
            entry=entry, indicator=plan.indicator[entry.indicator], sex=key.sex, residence=key.residence, past=(), findings=(),
            remarks=tuple(r for r in remarks if r.resolved_at is None),
            answered=tuple(r for r in remarks if r.resolved_at is not None),
        )  # fmt: skip
        if hides(entry, key):
            return replace(shown, hidden=True, past=(None,) * len(years))
        return replace(shown, past=tuple(known.get(key, y) for y in years), findings=tuple(found.get(entry.pk, ())))

    groups = tuple(
        (plan.indicator[name], tuple(cell(entry) for entry in part))
        for name, part in groupby(entries, key=lambda e: e.indicator)
    )
    whole = tuple(remark for remark in said.get(None, ()) if remark.resolved_at is None)
    return Sheet(sheet, years, groups, whole, tuple(sheet.steps.all()))


def numbers(entry: Entry) -> dict[str, str]:
    """The numbers of a cell as plain digits, empty for none."""
    return {name: number_text(plain(getattr(entry, name))) for name in ("numerator", "denominator", "value")}


def told(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Findings for a page or a machine: which rule, whether it stops or asks, and in words."""
    return [
        {
            "rule": f.rule, "blocks": f.blocks, "explained": f.explained,
            "zh": f.message.zh, "en": f.message.en,
        }
        for f in findings
    ]  # fmt: skip
