"""Quality rules 质量规则 as data: what each compares, how strictly, and whether it blocks or asks.

``rules.yaml`` beside this module holds the rules that every plan starts with; a pack's ``quality.yaml`` adds to them,
and a rule of the same id takes the place of one. What a rule does with figures is
:mod:`halfsky.observations.quality`.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from halfsky.plan.text import Frozen, Text


class Effect(StrEnum):
    BLOCKS = "blocks"  # 阻止: cannot be true
    ASKS = "asks"  # 要求说明: wants an explanation


class Check(StrEnum):
    """What a rule compares."""

    RANGE = "range"
    PART_OF_WHOLE = "part_of_whole"
    SEXES = "sexes"
    RESIDENCES = "residences"
    PLACES = "places"
    JUMP = "jump"
    NEIGHBOURS = "neighbours"


class Rule(Frozen):
    """One rule.

    ``tolerance``: how far a sum may differ from its whole, as a share of the whole. ``spread``: how many
    robust standard deviations a change may lie from the series' own yearly changes, or a value from those of the
    other places. ``least``: the smallest difference, as a share of the usual level, that is worth a question.
    ``points``: changes, or places, needed before something unusual can be told from the usual. ``indicators``
    narrows a rule; empty means every one. ``off`` takes a rule out.
    """

    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,47}$")]
    check: Check
    effect: Effect
    name: Text
    tolerance: Annotated[Decimal, Field(ge=0)] = Decimal(0)
    spread: Annotated[Decimal, Field(gt=0)] = Decimal(5)
    least: Annotated[Decimal, Field(ge=0)] = Decimal("0.05")
    points: Annotated[int, Field(ge=3)] = 4
    indicators: tuple[str, ...] = ()
    off: bool = False


@cache
def standard_rules() -> tuple[Rule, ...]:
    """The rules that every plan starts with."""
    from halfsky.plan.yamltree import read_tree  # needed once

    content = read_tree(Path(__file__).with_name("rules.yaml"), name="rules.yaml").content
    return tuple(Rule.model_validate(raw) for raw in content["quality"])


def rules_in_force(own: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """The standard rules with those of a pack added, or in place of the ones whose id they have."""
    replaced = {rule.id: rule for rule in own}
    kept = [replaced.pop(rule.id, rule) for rule in standard_rules()]
    return tuple(rule for rule in (*kept, *replaced.values()) if not rule.off)
