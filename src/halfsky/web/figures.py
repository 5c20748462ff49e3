"""The figures that pages may show, with what is derived from them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from halfsky.collect import queries as collect
from halfsky.observations import Confidentiality, Figures, Observation, Status, derive
from halfsky.plan import Plan


def shown(
    plan: Plan, *, indicators: Collection[str] | None = None, regions: Collection[str] | None = None
) -> Figures:
    """Current figures, derived indicators computed. What is confidential keeps its place and loses its value."""
    held = collect.figures(plan, indicators=indicators, regions=regions)
    return Figures(_open(o) for o in derive(plan, held))


def _open(observation: Observation) -> Observation:
    if observation.confidentiality is Confidentiality.FREE:
        return observation
    return replace(
        observation, value=None, numerator=None, denominator=None, status=Status.SUPPRESSED, source="", comment=""
    )
