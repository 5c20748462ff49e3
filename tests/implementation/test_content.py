"""What is typed into a record is kept exactly, or refused with its field named; blank is not nought."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfsky.implementation.content import amount, settle, wanting
from halfsky.plan.ledgers import ledgers_in_force, standard_ledgers

LEDGERS = {ledger.id: ledger for ledger in standard_ledgers()}
FUNDS = {"purpose": "implementation", "origin": "budget", "budget": "120.50"}


def test_nought_is_kept_and_a_blank_is_left_out() -> None:
    content, faults = settle(LEDGERS["funds"], {**FUNDS, "actual": "0"})
    assert not faults
    assert amount(content, "actual") == 0
    assert amount(settle(LEDGERS["funds"], FUNDS)[0], "actual") is None


@pytest.mark.parametrize("typed", ["１，２００", "1,200", " 1200 "])
def test_numbers_are_read_as_people_type_them(typed: str) -> None:
    content, faults = settle(LEDGERS["training"], {"audience": "officers", "planned": typed})
    assert (content["planned"], faults) == ("1200", [])


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("budget", "-1"),
        ("budget", "1.005"),
        ("budget", "nan"),
        ("budget", "1e30"),
        ("budget", "many"),
        ("purpose", "x"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(name: str, typed: str) -> None:
    _content, faults = settle(LEDGERS["funds"], {**FUNDS, name: typed})
    assert [fault.cell for fault in faults] == [name]
    assert LEDGERS["funds"].field[name].name.zh in faults[0].message.zh


def test_every_fault_comes_at_once() -> None:
    _content, faults = settle(LEDGERS["funds"], {"actual": "x"})
    assert {fault.cell for fault in faults} == {"purpose", "origin", "budget", "actual"}


def test_a_stage_names_what_it_still_needs() -> None:
    ledger = LEDGERS["training"]
    assert [f.cell for f in wanting(ledger, ledger.stage["held"], {"women": "3"})] == ["held_on", "men"]


@given(st.decimals(min_value=0, max_value=10**11, places=2, allow_nan=False, allow_infinity=False))
def test_money_survives_exactly(number: Decimal) -> None:
    content, faults = settle(LEDGERS["funds"], {**FUNDS, "actual": f"{number:f}"})
    assert not faults
    assert amount(content, "actual") == number


@given(st.dictionaries(st.sampled_from([f.id for f in LEDGERS["funds"].fields]), st.text(max_size=30)))
def test_whatever_is_typed_is_kept_or_refused(typed: dict[str, str]) -> None:
    ledger = LEDGERS["funds"]
    content, faults = settle(ledger, typed)
    refused = {fault.cell for fault in faults}
    for field in ledger.fields:
        blank = not typed.get(field.id, "").strip()
        assert (field.id in content) + (field.id in refused) == (0 if blank and not field.required else 1)


def test_a_pack_puts_its_own_ledger_in_the_place_of_one() -> None:
    own = LEDGERS["funds"].model_copy(update={"stages": LEDGERS["funds"].stages[:1]})
    made = ledgers_in_force((own,))
    assert [ledger.id for ledger in made] == list(LEDGERS)
    assert made[list(LEDGERS).index("funds")] == own
