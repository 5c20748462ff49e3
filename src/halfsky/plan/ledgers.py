"""Ledgers of implementation 台账 as data: what each keeps, how a record goes on, and which indicators it feeds.

``ledgers.yaml`` beside this module holds the ledgers that every plan starts with; a pack's ``ledgers.yaml`` adds to
them, and a ledger of the same id takes the place of one. A pack's ``feeds.yaml`` names the indicators that they feed.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from halfsky.plan.text import Frozen, Text

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,31}$")]


class FieldKind(StrEnum):
    """What a field holds. Amounts are never negative; ``money`` is in 10,000 yuan 万元, with two decimals at most."""

    LINE = "line"
    WORDS = "words"
    WHOLE = "whole"
    MONEY = "money"
    DATE = "date"
    CHOICE = "choice"

    @property
    def is_amount(self) -> bool:
        return self in {FieldKind.WHOLE, FieldKind.MONEY}


class Choice(Frozen):
    id: Id
    name: Text


class LedgerField(Frozen):
    """One field of a record. ``unit`` goes with an amount; ``plan_of`` names the amount that this one was planned for."""

    id: Id
    name: Text
    kind: FieldKind
    unit: Text | None = None
    choices: tuple[Choice, ...] = ()
    required: bool = False
    plan_of: Id | None = None


class Stage(Frozen):
    """Where a record stands. ``after`` are the stages from which it may come here; the first stage of a ledger has none.

    ``by`` is who moves it here: its keeper, or the committee office of its level. ``needs`` are fields that must be
    filled in by then; ``counts`` says that its amounts are those of something done.
    """

    id: Id
    name: Text
    after: tuple[Id, ...] = ()
    by: Literal["keeper", "office"] = "keeper"
    needs: tuple[Id, ...] = ()
    counts: bool = False
    reason: bool = False


class Ledger(Frozen):
    """One ledger: the clauses of the plan that ask for it, its fields and its stages in their order.

    ``adopted`` says that other places may take a record over once it stands at that stage 推广应用.
    """

    id: Id
    name: Text
    about: Text
    clauses: tuple[str, ...]
    fields: tuple[LedgerField, ...]
    stages: tuple[Stage, ...]
    adopted: Id | None = None

    @property
    def field(self) -> dict[str, LedgerField]:
        return {field.id: field for field in self.fields}

    @property
    def stage(self) -> dict[str, Stage]:
        return {stage.id: stage for stage in self.stages}

    @property
    def first(self) -> Stage:
        return self.stages[0]

    @property
    def amounts(self) -> tuple[LedgerField, ...]:
        return tuple(field for field in self.fields if field.kind.is_amount)


class Feed(Frozen):
    """An indicator that a ledger feeds: the sum of an amount, or the number of records, of a year in one place.

    ``where`` narrows it to records with certain choices; only records at a stage that ``counts`` are summed.
    ``standing`` counts every record up to the year that has not left such a stage: a stock, not a flow.
    """

    indicator: str
    ledger: Id
    sum: Id | None = None
    where: dict[Id, Id] = Field(default_factory=dict)
    standing: bool = False

    def __hash__(self) -> int:
        return hash((self.indicator, self.ledger, self.sum, tuple(sorted(self.where.items())), self.standing))


@cache
def standard_ledgers() -> tuple[Ledger, ...]:
    """The ledgers that every plan starts with."""
    from halfsky.plan.yamltree import read_tree  # needed once

    content = read_tree(Path(__file__).with_name("ledgers.yaml"), name="ledgers.yaml").content
    return tuple(Ledger.model_validate(raw) for raw in content["ledgers"])


def ledgers_in_force(own: tuple[Ledger, ...]) -> tuple[Ledger, ...]:
    """The standard ledgers with those of a pack added, or in place of the ones whose id they have."""
    replaced = {ledger.id: ledger for ledger in own}
    kept = [replaced.pop(ledger.id, ledger) for ledger in standard_ledgers()]
    return (*kept, *replaced.values())
