"""How far the places of a city are apart: the spread of all, and the pair at its ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from halfsky.observations import Nature, Observation, SeriesKey, Status
from halfsky.observations.model import least_reliable
from halfsky.plan import Indicator
from halfsky.plan.wording import rounded

_PLACES = 6  # as ratios are kept (observations.derive)


@dataclass(frozen=True, slots=True)
class Pair:
    """The two sides of a gap in a year; of districts the best and the worst, and how many there are."""

    first: Decimal
    second: Decimal
    first_place: str | None = None
    second_place: str | None = None
    places: int = 0


def district_gap(
    known: Mapping[str, Observation], indicator: Indicator, region: str, *, relative: bool
) -> tuple[Observation, Pair] | None:
    """The spread of places in one year, and the best and worst of them.

    The spread is the mean absolute deviation from the weighted mean, D = Σ wⱼ |xⱼ − x̄| with Σ wⱼ = 1, in the
    indicator's unit; ``relative``: the Hoover (Robin Hood) index 100 · D / (2 x̄), the percentage of all cases or
    money that would have to move for all places to have the same rate (Hoover 1936). Weights are the
    denominators where every place has one, else equal. ``None`` where a relative spread has no mean to relate to.
    """
    values = {code: o.value for code, o in known.items() if o.value is not None}
    weights = {code: known[code].denominator for code in values}
    if any(w is None or w <= 0 for w in weights.values()):
        weights = dict.fromkeys(values, Decimal(1))
    total = sum((w for w in weights.values() if w is not None), Decimal(0))
    share = {code: (w or Decimal(0)) / total for code, w in weights.items()}
    mean = sum((share[c] * v for c, v in values.items()), Decimal(0))
    spread = sum((share[c] * abs(v - mean) for c, v in values.items()), Decimal(0))
    if relative:
        if mean <= 0:
            return None
        spread = 100 * spread / (2 * mean)
    order = sorted(values, key=lambda c: (values[c], c), reverse=indicator.direction != "lower")
    best, worst = order[0], order[-1]
    made = Observation(
        SeriesKey(indicator.id, region),
        next(iter(known.values())).year,
        rounded(spread, _PLACES),
        status=Status.BREAK
        if any(o.status is Status.BREAK for o in known.values())
        else least_reliable(o.status for o in known.values()),
        nature=Nature.DEMO if any(o.nature is Nature.DEMO for o in known.values()) else Nature.DERIVED,
    )
    return made, Pair(values[best], values[worst], best, worst, len(values))
