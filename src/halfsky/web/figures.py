"""The figures that pages may show, with what is derived from them."""

from __future__ import annotations

from collections.abc import Collection

from halfsky.assess import Verdict
from halfsky.assess.words import WITHHELD
from halfsky.collect import queries as collect
from halfsky.observations import Figures, demonstration
from halfsky.plan import Plan


def shown(plan: Plan, *, indicators: Collection[str] | None = None, regions: Collection[str] | None = None) -> Figures:
    """Current figures as everybody may see them, derived indicators computed: what charts and verdicts rest on."""
    return collect.visible(None, plan, indicators=indicators, regions=regions)


def open_verdicts(plan: Plan, verdicts: tuple[Verdict, ...]) -> tuple[Verdict, ...]:
    """The verdicts; one that rests on figures that are not free to publish keeps its status and tells no number."""
    withheld = collect.withheld(plan.id)
    if not withheld:
        return verdicts
    return tuple(_without_numbers(v) if _grounds(plan, v) & withheld else v for v in verdicts)


def _grounds(plan: Plan, verdict: Verdict) -> set[tuple[str, str]]:
    """Every series, as indicator and region, from which a verdict's numbers could be known."""
    reference = plan.target[verdict.target].reference if verdict.target in plan.target else None
    named = {verdict.indicator, *([reference] if reference else [])}
    derived = [d for name in named if name in plan.indicator and (d := plan.indicator[name].derive)]
    named.update(operand.indicator for d in derived for operand in (d.of, d.against))
    return {(name, verdict.region) for name in named}


def _without_numbers(verdict: Verdict) -> Verdict:
    hidden = dict.fromkeys(
        (
            "bound",
            "value",
            "base_value",
            "pooled_value",
            "pooled_years",
            "gap",
            "change",
            "change_years",
            "required",
            "probability",
            "forecast",
            "rare",
        ),
        None,
    )
    return verdict.model_copy(update={**hidden, "path": (), "findings": (), "reasons": (), "sentence": WITHHELD})


def citations(plan: Plan) -> list[str]:
    """Every source of a current figure; demonstration data has none to name."""
    return [citation for citation in collect.sources(plan.id) if citation != demonstration.SOURCE]
