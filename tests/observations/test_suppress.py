"""Secondary suppression: what is withheld does not follow from what is shown."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halfsky.observations import Figures, Observation, SeriesKey, Status
from halfsky.observations.suppress import Relation, deduced, protect, relations_of, suppressed
from halfsky.plan import Residence, Sex
from tests.support import CITY, HILL, ISLE, SHORE, plan_by_sex

PLAN = plan_by_sex()
TEACHERS, LITERACY = PLAN.indicator["teachers"], PLAN.indicator["literacy"]
DISTRICTS = (SHORE, HILL, ISLE)
YEAR = 2024


def key(region: str, sex: str = "_T", residence: str = "_T") -> SeriesKey:
    return SeriesKey("teachers", region, Sex(sex), "_T", Residence(residence))


@dataclass(frozen=True)
class Table:
    """A whole table of counts with its margins; some cells nobody has, some are secret."""

    amounts: dict[SeriesKey, Decimal]
    relations: list[Relation[SeriesKey]]
    secret: frozenset[SeriesKey]


@st.composite
def tables(draw: st.DrawFn) -> Table:
    residences = draw(st.sampled_from([("U", "R"), ("_T",)]))
    cells = {
        key(place, sex, residence): Decimal(draw(st.integers(0, 3)))
        for place in DISTRICTS for sex in ("F", "M") for residence in residences
    }  # fmt: skip
    every = dict(cells)
    for wholes in ("region", "sex", "residence"):
        for k, v in list(every.items()):
            above = {
                "region": key(CITY, k.sex, k.residence), "sex": key(k.region, "_T", k.residence),
                "residence": key(k.region, k.sex, "_T"),
            }[wholes]  # fmt: skip
            if above != k:
                every[above] = every.get(above, Decimal(0)) + v
    relations = relations_of(PLAN, TEACHERS, every.keys())
    names = sorted(every)
    secret = draw(st.sets(st.sampled_from(names), min_size=1, max_size=4))
    absent = draw(st.sets(st.sampled_from(names), max_size=4)) - secret
    return Table({k: v for k, v in every.items() if k not in absent}, relations, frozenset(secret))


@settings(max_examples=60, deadline=None)
@given(tables())
def test_no_single_relation_gives_a_withheld_figure(table: Table) -> None:
    hidden = table.secret | protect(table.relations, table.amounts, table.secret)
    shown = table.amounts.keys() - hidden
    for relation in table.relations:
        unknown = [member for member in relation.members if member not in shown]
        assert len(unknown) != 1 or unknown[0] not in hidden


@settings(max_examples=60, deadline=None)
@given(tables())
def test_nor_do_all_relations_together(table: Table) -> None:
    """An independent attack: a figure follows from the system exactly when its unit vector lies in the row space."""
    hidden = table.secret | protect(table.relations, table.amounts, table.secret)
    unknown = sorted({m for r in table.relations for m in r.members} - (table.amounts.keys() - hidden))
    at = {member: n for n, member in enumerate(unknown)}
    rows = np.zeros((len(table.relations), len(unknown)))
    for row, relation in zip(rows, table.relations, strict=True):
        for member in relation.members:
            if member in at:
                row[at[member]] = 1 if member == relation.whole else -1
    rank = np.linalg.matrix_rank(rows) if rows.size else 0
    for member in hidden & at.keys():
        unit = np.zeros((1, len(unknown)))
        unit[0, at[member]] = 1
        assert np.linalg.matrix_rank(np.vstack([rows, unit])) > rank, member


@settings(max_examples=60, deadline=None)
@given(tables())
def test_nor_does_a_whole_of_nothing(table: Table) -> None:
    hidden = table.secret | protect(table.relations, table.amounts, table.secret)
    shown = {k: v for k, v in table.amounts.items() if k not in hidden}
    assert deduced(table.relations, shown, hidden) is None


@settings(max_examples=40, deadline=None)
@given(tables())
def test_what_is_withheld_besides_was_shown_and_is_the_same_every_time(table: Table) -> None:
    besides = protect(table.relations, table.amounts, table.secret)
    assert not besides & table.secret
    assert besides <= table.amounts.keys()
    assert besides == protect(table.relations, dict(reversed(table.amounts.items())), table.secret)
    assert protect(table.relations, table.amounts, ()) == frozenset()


def figures(**amounts: int) -> Figures:
    """Teachers by place: ``shore=3`` or ``shore_F=1``."""
    places = {"city": CITY, "shore": SHORE, "hill": HILL, "isle": ISLE}
    made = []
    for name, number in amounts.items():
        place, _, sex = name.partition("_")
        made.append(Observation(key(places[place], sex or "_T"), YEAR, Decimal(number)))
    return Figures(made)


def test_a_second_district_goes_with_the_first_and_it_is_the_smallest() -> None:
    held = figures(city=60, shore=5, hill=15, isle=40)
    assert suppressed(PLAN, TEACHERS, held, YEAR, secret={key(SHORE)}) == {key(HILL)}
    assert suppressed(PLAN, TEACHERS, held, YEAR, secret={key(SHORE), key(ISLE)}) == frozenset()
    assert suppressed(PLAN, TEACHERS, held, YEAR, secret={key(SHORE)}, own={key(HILL)}) == {key(ISLE)}


def test_a_man_and_a_woman_in_two_districts() -> None:
    """Women of Shore are secret: men there go too, and so that neither follows down its column, both of another place."""
    held = figures(
        city=60, city_F=30, city_M=30, shore=5, shore_F=2, shore_M=3, hill=15, hill_F=8, hill_M=7, isle=40, isle_F=20,
        isle_M=20,
    )  # fmt: skip
    assert suppressed(PLAN, TEACHERS, held, YEAR, secret={key(SHORE, "F")}) == {
        key(SHORE, "M"), key(HILL, "F"), key(HILL, "M"),
    }  # fmt: skip


def test_a_partner_of_nothing_does_not_help_where_the_whole_is_nothing() -> None:
    held = figures(city=7, shore=0, hill=0, isle=7)
    besides = suppressed(PLAN, TEACHERS, held, YEAR, secret={key(SHORE)})
    assert besides == {key(ISLE)}


def test_where_nobody_knows_the_whole_nothing_more_is_withheld() -> None:
    assert suppressed(PLAN, TEACHERS, figures(shore=5, hill=15, isle=40), YEAR, secret={key(SHORE)}) == frozenset()


def test_a_place_to_which_it_does_not_apply_adds_nothing_and_hides_nobody() -> None:
    naught = Observation(key(ISLE), YEAR, None, status=Status.NOT_APPLICABLE)
    held = Figures([*figures(city=20, shore=5, hill=15), naught])
    assert suppressed(PLAN, TEACHERS, held, YEAR, secret={key(SHORE)}) == {key(HILL)}


@pytest.mark.parametrize(("numerators", "expected"), [(True, {HILL}), (False, set())])
def test_rates_give_each_other_away_by_their_numerators_alone(numerators: bool, expected: set[str]) -> None:
    made = [
        Observation(
            SeriesKey("literacy", place), YEAR, Decimal(90), Decimal(n) if numerators else None,
            Decimal(1000) if numerators else None,
        )
        for place, n in ((CITY, 2700), (SHORE, 900), (HILL, 890), (ISLE, 910))
    ]  # fmt: skip
    found = suppressed(PLAN, LITERACY, Figures(made), YEAR, secret={SeriesKey("literacy", SHORE)})
    assert {k.region for k in found} == expected
