"""The figures that pages may show, with what is derived from them."""

from __future__ import annotations

from collections.abc import Collection

from halfsky.collect import queries as collect
from halfsky.observations import Figures, demonstration
from halfsky.plan import Plan


def shown(plan: Plan, *, indicators: Collection[str] | None = None, regions: Collection[str] | None = None) -> Figures:
    """Current figures as everybody may see them, derived indicators computed: what charts and verdicts rest on."""
    return collect.visible(None, plan, indicators=indicators, regions=regions)


def citations(plan: Plan) -> list[str]:
    """Every source of a current figure; demonstration data has none to name."""
    return [citation for citation in collect.sources(plan.id) if citation != demonstration.SOURCE]
