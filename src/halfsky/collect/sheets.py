"""A return as whoever opens it may see it: its cells beside the years before, with what rules and reviewers say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from halfsky.collect.checking import checked
from halfsky.collect.models import Entry, Remark, Return, Step
from halfsky.collect.queries import figures, plain
from halfsky.observations import Confidentiality, Figures, Observation, SeriesKey
from halfsky.observations.columns import COUNTED, number_text
from halfsky.observations.quality import Finding
from halfsky.places.policy import Principal
from halfsky.places.roles import Permission
from halfsky.plan import Indicator, Plan, Residence, Sex

YEARS_BESIDE = 3


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. ``past`` are the accepted figures of the years beside, the last year first; ``None`` where none is.

    A cell that is ``hidden`` is not free to publish, and not the reader's to see: it has lost its numbers.
    """

    entry: Entry
    indicator: Indicator
    sex: Sex
    residence: Residence
    past: tuple[Observation | None, ...]
    findings: tuple[Finding, ...]
    remarks: tuple[Remark, ...]
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
    secret = by.may(Permission.CONFIDENTIAL_READ, region=sheet.region, unit=sheet.unit)
    entries = list(sheet.entries.all())
    years = tuple(sheet.cycle.year - back for back in range(1, YEARS_BESIDE + 1))
    known = figures(plan, indicators={e.indicator for e in entries}, regions=[sheet.region], years=years)
    found = checked(plan, sheet)
    said: dict[int | None, list[Remark]] = {}
    for remark in sheet.remarks.filter(resolved_at__isnull=True):
        said.setdefault(remark.entry_id, []).append(remark)
    cells: dict[str, list[Cell]] = {}
    for entry in entries:
        hidden = entry.confidentiality != Confidentiality.FREE and not secret
        cell = Cell(
            entry=entry, indicator=plan.indicator[entry.indicator], sex=Sex(entry.sex),
            residence=Residence(entry.residence), past=past(known, entry.series(sheet.region), years, secret),
            findings=() if hidden else tuple(found.get(entry.pk, ())), remarks=tuple(said.get(entry.pk, ())), hidden=hidden,
        )  # fmt: skip
        cells.setdefault(entry.indicator, []).append(cell)
    groups = tuple((plan.indicator[name], tuple(group)) for name, group in cells.items())
    return Sheet(sheet, years, groups, tuple(said.get(None, ())), tuple(sheet.steps.all()))


def past(known: Figures, key: SeriesKey, years: Iterable[int], secret: bool) -> tuple[Observation | None, ...]:
    """The figures of some years as a reader may see them; ``secret``: also those that are not free to publish."""
    held = (known.get(key, year) for year in years)
    return tuple(o if o is None or secret or o.confidentiality is Confidentiality.FREE else None for o in held)


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
