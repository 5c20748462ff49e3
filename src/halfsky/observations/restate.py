"""Restating 口径重述: figures of places that were merged, split or renamed, under the structure of another year.

A merged place has the sum of its parts in the years before the merger; a place since split has the sum of its
successors in the years after. Both are sums of numerators and denominators or of amounts, never averages, and are
refused where a part is missing. What a split made cannot be restated backwards: nobody counted the parts, so the
undivided place keeps its figures and the parts begin with the split. What only changed its name or code is the same
place, and its figures move over as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from halfsky.observations.model import Figures, Observation, SeriesKey, Status
from halfsky.observations.rollup import Over, sum_parts
from halfsky.plan import Plan, Text


class ChangeKind(StrEnum):
    """How a structure of places changes."""

    MERGE = "merge"  # 合并: several become one
    SPLIT = "split"  # 拆分: one becomes several
    RENAME = "rename"  # 更名: the same place under another name or code


@dataclass(frozen=True, slots=True)
class Change:
    """One change of structure; ``year`` is the first year of the new one. A code may go on under the new structure."""

    kind: ChangeKind
    year: int
    before: tuple[str, ...]
    after: tuple[str, ...]

    def __post_init__(self) -> None:
        several, one = len(self.before), len(self.after)
        if self.kind is ChangeKind.SPLIT:
            several, one = one, several
        if one != 1 or (several != 1 if self.kind is ChangeKind.RENAME else several < 2):
            raise ValueError(f"a {self.kind} cannot lead from {self.before} to {self.after}")


Held = dict[tuple[SeriesKey, int], Observation]


@dataclass(frozen=True, slots=True)
class Refused:
    """A figure that cannot be told under the structure asked for, and why."""

    series: SeriesKey
    year: int
    why: Text


@dataclass(frozen=True, slots=True)
class Restated:
    """Figures under one structure. What could not be restated is in ``refused``, and nowhere else."""

    figures: Figures
    refused: tuple[Refused, ...] = ()


def restate(plan: Plan, figures: Figures, changes: Iterable[Change], *, structure: int) -> Restated:
    """Figures of every year under the structure that was in force in the year ``structure``."""
    held = {o.key: o for o in figures}
    refused: list[Refused] = []
    ordered = sorted(changes, key=lambda c: (c.year, c.before))
    for change in ordered:  # forwards: what came in under an older structure
        if change.year <= structure and change.kind is not ChangeKind.SPLIT:
            _join(plan, held, refused, change.before, change.after[0], before=change.year)
        elif change.year <= structure:
            _mark_break(held, change)
    for change in reversed(ordered):  # backwards: what came in under a newer one
        if change.year > structure and change.kind is not ChangeKind.MERGE:
            _join(plan, held, refused, change.after, change.before[0], since=change.year)
    return Restated(Figures(held.values()), tuple(refused))


def _join(
    plan: Plan, held: Held, refused: list[Refused], parts: Sequence[str], whole: str, *,
    since: int = 0, before: int = 9999,
) -> None:  # fmt: skip
    """Put the figure of the whole in place of its parts, in the years named."""
    found: dict[tuple[SeriesKey, int], list[Observation]] = {}
    for (series, year), observation in list(held.items()):
        if series.region in parts and since <= year < before:
            del held[series, year]  # the parts do not exist under the structure asked for
            found.setdefault((_at(series, whole), year), []).append(observation)
    for (series, year), observations in sorted(found.items()):
        if len(parts) == 1:
            held[series, year] = replace(observations[0], series=series)
            continue
        keys = [_at(series, code) for code in parts]
        summed = sum_parts(plan, Figures(observations), series, keys, year, over=Over.PLACES)
        if summed.figure is not None:
            held[series, year] = summed.figure
        else:
            assert summed.refusal is not None
            refused.append(Refused(series, year, summed.refusal))


def _mark_break(held: Held, change: Change) -> None:
    """A part that keeps the code of the undivided place begins anew with the split."""
    firsts: dict[SeriesKey, int] = {}
    for series, year in held:
        if series.region in change.before and series.region in change.after and year >= change.year:
            firsts[series] = min(year, firsts.get(series, year))
    for series, year in firsts.items():
        first = held[series, year]
        if first.value is not None:
            held[series, year] = replace(first, status=Status.BREAK)


def _at(series: SeriesKey, region: str) -> SeriesKey:
    return replace(series, region=region)
