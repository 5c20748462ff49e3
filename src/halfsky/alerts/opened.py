"""Verdicts as everybody may read them: numbers that rest on figures not free to publish are left out."""

from __future__ import annotations

from halfsky.assess import Verdict
from halfsky.assess.words import WITHHELD
from halfsky.collect import queries as collect
from halfsky.plan import Plan


def open_verdicts(plan: Plan, verdicts: tuple[Verdict, ...]) -> tuple[Verdict, ...]:
    """The verdicts; one that rests on figures that are not free to publish keeps its status and tells no number."""
    withheld = collect.withheld(plan)
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
