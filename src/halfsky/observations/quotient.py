"""A rate is its numerator over its denominator times the unit's scale: computing it, and checking it."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

from halfsky.observations.numbers import places
from halfsky.plan import Indicator
from halfsky.plan.wording import rounded


def quotient(indicator: Indicator, numerator: Decimal | None, denominator: Decimal | None) -> Decimal | None:
    """The value in the indicator's unit, rounded half up to its decimals; ``None`` where there is no quotient."""
    if indicator.scale is None or numerator is None or not denominator:
        return None
    return rounded(numerator * indicator.scale / denominator, indicator.decimals)


def agrees(indicator: Indicator, value: Decimal, numerator: Decimal, denominator: Decimal) -> bool:
    """Whether a printed value is what numerator and denominator give, as far as rounding can tell.

    A number printed with k decimals may stand for anything within half a unit of its last place; whole
    numerators and denominators are taken as exact counts. ``denominator`` must not be zero.
    """
    assert indicator.scale is not None
    exact = numerator * indicator.scale / denominator
    slack = _half_unit(value)
    if places(numerator):
        slack += _half_unit(numerator) * indicator.scale / abs(denominator)
    if places(denominator):
        slack += _half_unit(denominator) * abs(exact / denominator)
    return abs(value - exact) <= slack


@cache
def _half_of(place: int) -> Decimal:
    return Decimal(5).scaleb(-place - 1)


def _half_unit(number: Decimal) -> Decimal:
    return _half_of(places(number))
