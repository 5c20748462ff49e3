"""What may be printed beside what: a withheld figure must not follow from those around it.

A whole and its parts stand in one table. Where exactly one of them is withheld, the others give it away by a
subtraction, so that a second one is withheld too, the smallest part that is not nothing (secondary suppression, the
simplest form: Hundepool et al., Statistical Disclosure Control, 2012, chapter 4). Only amounts are added; rounded rates give nothing away.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from halfsky.observations import Figures, Observation, SeriesKey, Status
from halfsky.observations.columns import COUNTED
from halfsky.observations.rollup import Over, parts_of
from halfsky.plan import Plan

_Key = tuple[SeriesKey, int]


def guarded(plan: Plan, figures: Figures) -> Figures:
    """The figures with as many more withheld as keep those already withheld from being computed."""
    held: dict[_Key, Observation] = {o.key: o for o in figures}
    if all(o.status is not Status.SUPPRESSED for o in held.values()):
        return figures
    sums = list(_sums(plan, held))
    of: dict[_Key, list[list[_Key]]] = {}
    for sum_ in sums:
        for key in sum_:
            of.setdefault(key, []).append(sum_)
    waiting = sums
    while waiting:
        also = _exposes(waiting.pop(), held)
        if also is not None:
            held[also] = replace(
                held[also], value=None, numerator=None, denominator=None, status=Status.SUPPRESSED, comment=""
            )
            waiting += of[also]
    return Figures(held.values())


def _exposes(sum_: list[_Key], held: dict[_Key, Observation]) -> _Key | None:
    """What has to be withheld besides, where all of a sum but one is told: its smallest part, else the whole."""
    if sum(held[key].status is Status.SUPPRESSED for key in sum_) != 1:
        return None
    told = [key for key in sum_[1:] if held[key].value is not None] or sum_[:1]
    return min(told, key=lambda key: (not held[key].value, held[key].value or 0, key))


def _sums(plan: Plan, held: dict[_Key, Observation]) -> Iterator[list[_Key]]:
    """Every whole with its parts, where all of them are known or withheld."""
    for (series, year), _ in list(held.items()):
        indicator = plan.indicator.get(series.indicator)
        if indicator is None or indicator.unit not in COUNTED or indicator.scale is not None:
            continue
        for over in Over:
            if over is Over.PLACES and not indicator.additive:
                continue
            parts = [(part, year) for part in parts_of(plan, series, over)]
            there = [held.get(key) for key in parts]
            if parts and all(o is not None and o.status is not Status.NOT_COLLECTED for o in there):
                yield [
                    (series, year), *(key for key in parts if held[key].status is not Status.NOT_APPLICABLE)
                ]  # fmt: skip
