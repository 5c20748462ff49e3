"""Quality rules are data: every plan has the standard ones, and a pack may add to them, change or drop one."""

from __future__ import annotations

from decimal import Decimal

from halfsky.plan.rules import Check, Effect, Rule, rules_in_force, standard_rules
from halfsky.plan.text import Text
from tests.support import small_plan


def rule(id_: str, **more: object) -> Rule:
    return Rule.model_validate(
        {"id": id_, "check": Check.JUMP, "effect": Effect.ASKS, "name": Text(zh="规则", en="Rule"), **more}
    )


def test_every_check_has_a_standard_rule_and_each_is_named_in_both_languages() -> None:
    assert {r.check for r in standard_rules()} == set(Check)
    assert all(r.name.zh and r.name.en for r in standard_rules())
    assert small_plan().rules == standard_rules()


def test_a_pack_replaces_a_rule_by_its_id_in_its_place_and_adds_at_the_end() -> None:
    made = rules_in_force((rule("own"), rule("jump", spread=Decimal(3))))
    assert [r.id for r in made] == [*(r.id for r in standard_rules()), "own"]
    assert next(r for r in made if r.id == "jump").spread == 3


def test_a_pack_takes_a_rule_out() -> None:
    assert "neighbours" not in {r.id for r in rules_in_force((rule("neighbours", off=True),))}
