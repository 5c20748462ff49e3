"""Figures under another structure of places: sums are kept, nothing is invented, nothing is told twice."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfsky.observations import Figures, Observation, SeriesKey, Status
from halfsky.observations.quotient import quotient
from halfsky.observations.restate import Change, ChangeKind, restate
from tests.support import HILL, ISLE, SHORE, small_plan

PLAN = small_plan()
SCREENING = PLAN.indicator["screening"]
NEW = "990205"
MERGER = Change(ChangeKind.MERGE, 2022, (SHORE, HILL), (NEW,))
SPLIT = Change(ChangeKind.SPLIT, 2022, (SHORE,), ("990206", "990207"))


def rate(region: str, year: int, numerator: int, denominator: int, **more: object) -> Observation:
    n, d = Decimal(numerator), Decimal(denominator)
    return Observation(SeriesKey("screening", region), year, quotient(SCREENING, n, d), n, d, **more)  # type: ignore[arg-type]


counts = st.tuples(st.integers(0, 5_000), st.integers(1, 5_000)).map(lambda pair: (min(pair), max(pair)))
years = st.lists(st.tuples(counts, counts), min_size=1, max_size=6)


def total(figures: Figures, part: str) -> Decimal:
    return sum((getattr(o, part) for o in figures), Decimal(0))


@given(years)
def test_a_merger_keeps_the_totals_and_computes_the_rate_anew(pairs: list) -> None:
    held = Figures(
        rate(place, 2015 + i, *pair) for i, both in enumerate(pairs) for place, pair in zip((SHORE, HILL), both, strict=True)
    )  # fmt: skip
    made = restate(PLAN, held, [MERGER], structure=2022)
    assert made.refused == ()
    assert {o.series.region for o in made.figures} == {NEW}
    for part in ("numerator", "denominator"):
        assert total(made.figures, part) == total(held, part)
    for o in made.figures:
        assert o.value == quotient(SCREENING, o.numerator, o.denominator)


@given(years)
def test_the_parts_of_a_split_sum_to_the_undivided_place_when_seen_as_before(pairs: list) -> None:
    held = Figures(
        rate(place, 2022 + i, *pair) for i, both in enumerate(pairs) for place, pair in zip(SPLIT.after, both, strict=True)
    )  # fmt: skip
    made = restate(PLAN, held, [SPLIT], structure=2021)
    assert {o.series.region for o in made.figures} == {SHORE}
    assert total(made.figures, "numerator") == total(held, "numerator")


@given(years, st.integers(2010, 2030))
def test_figures_of_places_that_never_changed_are_left_alone(pairs: list, structure: int) -> None:
    held = Figures(rate(ISLE, 2015 + i, *pair) for i, (pair, _) in enumerate(pairs))
    made = restate(PLAN, held, [MERGER, SPLIT], structure=structure)
    assert list(made.figures) == list(held)


@given(years)
def test_restating_twice_is_restating_once(pairs: list) -> None:
    held = Figures(rate(SHORE, 2015 + i, *a) for i, (a, _) in enumerate(pairs))
    held = Figures([*held, *(rate(HILL, 2015 + i, *b) for i, (_, b) in enumerate(pairs))])
    once = restate(PLAN, held, [MERGER], structure=2025).figures
    assert {o.key: o for o in restate(PLAN, once, [MERGER], structure=2025).figures} == {o.key: o for o in once}


def test_a_merged_place_of_which_a_part_is_missing_has_no_figure() -> None:
    made = restate(PLAN, Figures([rate(SHORE, 2020, 1, 2)]), [MERGER], structure=2022)
    assert len(made.figures) == 0
    assert [(r.series.region, r.year) for r in made.refused] == [(NEW, 2020)]
    assert "山地区" in made.refused[0].why.zh


def test_a_rate_without_its_parts_is_not_averaged() -> None:
    plain = [Observation(SeriesKey("screening", place), 2020, Decimal(50)) for place in (SHORE, HILL)]
    made = restate(PLAN, Figures(plain), [MERGER], structure=2022)
    assert len(made.figures) == 0
    assert len(made.refused) == 1


def test_before_the_merger_the_old_places_stand_as_they_were() -> None:
    held = Figures([rate(SHORE, 2020, 1, 2), rate(HILL, 2020, 1, 4), rate(NEW, 2022, 5, 6)])
    assert {o.key: o for o in restate(PLAN, held, [MERGER], structure=2021).figures} == {o.key: o for o in held}


def test_a_place_that_takes_in_another_under_its_own_code_is_not_compared_with_its_smaller_self() -> None:
    takes_in = Change(ChangeKind.MERGE, 2022, (SHORE, HILL), (SHORE,))
    held = Figures([rate(SHORE, 2020, 1, 2), rate(HILL, 2020, 1, 4), rate(SHORE, 2021, 1, 2), rate(SHORE, 2022, 5, 6)])
    made = restate(PLAN, held, [takes_in], structure=2022)
    known = {o.year: o.numerator for o in made.figures}
    assert known == {2020: Decimal(2), 2022: Decimal(5)}  # 2021 lacks a part, and is not the smaller place's either
    assert [r.year for r in made.refused] == [2021]


def test_a_split_is_not_restated_backwards_and_whoever_keeps_the_code_begins_anew() -> None:
    keeps = Change(ChangeKind.SPLIT, 2022, (SHORE,), (SHORE, NEW))
    held = Figures([rate(SHORE, 2020, 10, 20), rate(SHORE, 2022, 4, 8), rate(SHORE, 2023, 4, 8), rate(NEW, 2022, 1, 2)])
    made = restate(PLAN, held, [keeps], structure=2023).figures
    assert made.get(SeriesKey("screening", NEW), 2020) is None
    assert [made.get(SeriesKey("screening", SHORE), y).status for y in (2020, 2022, 2023)] == [  # type: ignore[union-attr]
        Status.NORMAL, Status.BREAK, Status.NORMAL,
    ]  # fmt: skip
    before = restate(PLAN, held, [keeps], structure=2021)
    assert before.figures.get(SeriesKey("screening", SHORE), 2022).numerator == 5  # type: ignore[union-attr]
    assert [r.year for r in before.refused] == [2023]


def test_a_new_code_for_the_same_place_moves_its_figures_both_ways_as_they_are() -> None:
    renamed = Change(ChangeKind.RENAME, 2022, (SHORE,), (NEW,))
    held = Figures([rate(SHORE, 2020, 1, 2), rate(NEW, 2023, 1, 2)])
    for structure, code in ((2022, NEW), (2021, SHORE)):
        made = restate(PLAN, held, [renamed], structure=structure).figures
        assert sorted((o.series.region, o.year, o.value) for o in made) == [(code, 2020, 50), (code, 2023, 50)]


def test_changes_follow_each_other() -> None:
    later = Change(ChangeKind.MERGE, 2024, (NEW, ISLE), ("990208",))
    held = Figures([rate(SHORE, 2020, 1, 4), rate(HILL, 2020, 1, 4), rate(ISLE, 2020, 2, 4)])
    made = restate(PLAN, held, [later, MERGER], structure=2024).figures
    assert [(o.series.region, o.numerator, o.value) for o in made] == [("990208", 4, Decimal("33.33"))]


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [("merge", ("A1A",), ("B1B",)), ("split", ("A1A",), ("B1B",)), ("rename", ("A1A", "C1C"), ("B1B",)), ("merge", ("A1A", "C1C"), ())],
)  # fmt: skip
def test_a_change_that_is_none_cannot_be_made(kind: str, before: tuple[str, ...], after: tuple[str, ...]) -> None:
    with pytest.raises(ValueError):
        Change(ChangeKind(kind), 2022, before, after)
