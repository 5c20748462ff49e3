"""Derived indicators: computed from two others of the same place and year, never sent in."""

from __future__ import annotations

from collections.abc import Iterator

from halfsky.observations.model import Figures, Nature, Observation, SeriesKey, Status, least_reliable, most_secret
from halfsky.plan import Indicator, Plan
from halfsky.plan.wording import rounded

# Exact quotients do not end: a ratio is kept to six decimals, well beyond what is printed.
_RATIO_PLACES = 6


def with_derived(plan: Plan, figures: Figures) -> Figures:
    """The figures and, beside them, every derived indicator that both of its operands allow.

    A derived figure of a year exists only where both operands have a value. It is demonstration data when
    either operand is, breaks where either breaks, is else as reliable and as secret as the worse of them, and
    cites the sources of both.
    """
    held = set(figures.keys)
    computed = (
        observation
        for indicator in plan.indicators
        if indicator.derive is not None
        for region in plan.regions
        if SeriesKey(indicator.id, region.code) not in held
        for observation in derived(indicator, region.code, figures)
    )
    return Figures([*figures, *computed])


def derived(indicator: Indicator, region: str, figures: Figures) -> Iterator[Observation]:
    """The series of a derived indicator in a place, from figures of the same year; year by year, oldest first."""
    rule = indicator.derive
    assert rule is not None
    of = figures.series(SeriesKey.of(rule.of.indicator, region, rule.of))
    against = figures.series(SeriesKey.of(rule.against.indicator, region, rule.against))
    for year in sorted(of.keys() & against.keys()):
        left, right = of[year], against[year]
        if left.value is None or right.value is None or (rule.op == "ratio" and right.value == 0):
            continue
        value = (
            left.value - right.value if rule.op == "difference" else rounded(left.value / right.value, _RATIO_PLACES)
        )
        both = (left, right)
        yield Observation(
            SeriesKey(indicator.id, region),
            year,
            abs(value) if rule.absolute else value,
            status=Status.BREAK
            if any(o.status is Status.BREAK for o in both)
            else least_reliable(o.status for o in both),
            confidentiality=most_secret(o.confidentiality for o in both),
            nature=Nature.DEMO if any(o.nature is Nature.DEMO for o in both) else Nature.DERIVED,
            source="；".join(dict.fromkeys(o.source for o in both if o.source)),
        )
