"""The arithmetic of an evaluation: weights, marks, totals, spread. Exact decimals; knows no Django.

A mark is points out of a criterion's maximum; its *ratio* is points divided by the maximum, 0 to 1. What is missing stays
missing: no mark is ever taken for nought, and a total exists only once everything that counts has a mark.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal, localcontext

HUNDRED = Decimal(100)
_DIGITS = 40  # of every computation here; printed results have two decimals


@dataclass(frozen=True, slots=True)
class Mark:
    """One scorer's mark of one criterion; ``ratio`` is ``None`` where there is none yet."""

    method: str
    scorer: str
    ratio: Decimal | None


@dataclass(frozen=True, slots=True)
class Spread:
    """How far scorers are apart, in percent of the maximum: lowest, highest, their distance, standard deviation.

    ``deviation`` is that of a sample (n − 1), ``None`` with fewer than two marks. ``scorers`` is how many marks there are.
    """

    scorers: int
    low: Decimal
    high: Decimal
    deviation: Decimal | None

    @property
    def range(self) -> Decimal:
        return self.high - self.low

    def beyond(self, threshold: Decimal) -> bool:
        """Whether the scorers disagree by more than ``threshold`` percent of the maximum."""
        return self.scorers > 1 and self.range > threshold


@dataclass(frozen=True, slots=True)
class Total:
    """A weighted total out of 100.

    ``points`` is ``None`` while anything that counts is unmarked; ``weight`` is the weight of what counts, ``marked``
    of what has a mark, ``earned`` the weighted points of that part, not scaled up.
    """

    points: Decimal | None
    weight: Decimal
    marked: Decimal
    earned: Decimal


def rounded(value: Decimal, places: int = 2) -> Decimal:
    """Half away from nought, as offices round."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def share(total: Decimal, parts: Sequence[Decimal | int], places: int = 2) -> list[Decimal]:
    """``total`` split in proportion to ``parts``, to ``places`` decimals, adding up exactly.

    By largest remainders; of equal ones the earlier comes first. Without any part above nought all are equal. Raises
    ``ValueError`` for a negative part, or a total that has more decimals than ``places``.
    """
    step = Decimal(1).scaleb(-places)
    if total != total.quantize(step) or any(part < 0 for part in parts):
        raise ValueError("cannot be shared")
    if not parts:
        return []
    weights = [Decimal(part) for part in parts]
    if not any(weights):
        weights = [Decimal(1)] * len(parts)
    with localcontext() as context:
        context.prec = _DIGITS
        exact = [total * weight / sum(weights) for weight in weights]
        floors = [value.quantize(step, rounding=ROUND_FLOOR) for value in exact]
        left = int((total - sum(floors)) / step)
        order = sorted(range(len(parts)), key=lambda i: (floors[i] - exact[i], i))
        for i in order[:left]:
            floors[i] += step
    return floors


def combined(marks: Iterable[Mark], weights: Mapping[str, Decimal], methods: Iterable[str]) -> Decimal | None:
    """The ratio that counts for one criterion, from the marks of all who score it.

    ``methods`` are those by which the criterion is scored, ``weights`` how much each counts (any scale). Within a method
    the mean of its scorers; between methods the weighted mean. A method of weight nought is for comparison only, unless
    every method asked has weight nought: then all count alike. ``None`` while a method that counts has no mark, or any
    scorer who was asked has given none.
    """
    asked = list(dict.fromkeys(methods))
    counting = [method for method in asked if weights.get(method, Decimal(0)) > 0] or asked
    if not counting:
        return None
    found = list(marks)
    with localcontext() as context:
        context.prec = _DIGITS
        sums, weight_sum = Decimal(0), Decimal(0)
        for method in counting:
            ratios = [mark.ratio for mark in found if mark.method == method]
            if not ratios or None in ratios:
                return None
            weight = weights.get(method, Decimal(0)) or Decimal(1)
            known = [ratio for ratio in ratios if ratio is not None]
            sums += weight * sum(known, Decimal(0)) / len(known)
            weight_sum += weight
        return sums / weight_sum


def spread(ratios: Iterable[Decimal | None]) -> Spread | None:
    """How far marks are apart; missing ones left out. ``None`` without any."""
    known = sorted(ratio for ratio in ratios if ratio is not None)
    if not known:
        return None
    with localcontext() as context:
        context.prec = _DIGITS
        deviation = None
        if len(known) > 1:
            mean = sum(known, Decimal(0)) / len(known)
            square = sum(((ratio - mean) ** 2 for ratio in known), Decimal(0)) / (len(known) - 1)
            deviation = rounded(square.sqrt() * HUNDRED)
        return Spread(len(known), rounded(known[0] * HUNDRED), rounded(known[-1] * HUNDRED), deviation)


def total(items: Iterable[tuple[Decimal, Decimal | None]]) -> Total:
    """The weighted total of (weight, ratio) of every criterion that counts for a subject.

    Criteria that do not concern the subject are left out by the caller; the weights of the others are scaled to 100.
    """
    with localcontext() as context:
        context.prec = _DIGITS
        weight = marked = earned = Decimal(0)
        for part, ratio in items:
            weight += part
            if ratio is not None:
                marked += part
                earned += part * ratio
        points = earned * HUNDRED / weight if weight > 0 and marked == weight else None
    return Total(None if points is None else rounded(points), weight, marked, rounded(earned))


def grade(points: Decimal | None, grades: Sequence[tuple[str, Decimal]]) -> str | None:
    """The first grade whose lowest points are reached; ``grades`` from the best down. ``None`` without points."""
    if points is None:
        return None
    return next((name for name, least in grades if points >= least), None)
