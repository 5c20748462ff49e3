"""Weights, marks, totals and spread, for any numbers."""

from __future__ import annotations

from decimal import Decimal
from statistics import fmean, stdev

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halfsky.evaluation.marking import Mark, combined, grade, rounded, share, spread, total

ratios = st.decimals(min_value=0, max_value=1, places=4)
weights = st.decimals(min_value=Decimal("0.01"), max_value=100, places=2)


@settings(deadline=None)
@given(st.decimals(min_value=0, max_value=1000, places=2), st.lists(st.integers(0, 60), min_size=1, max_size=30))
def test_shares_add_up_exactly_and_are_never_off_by_more_than_one_step(whole: Decimal, parts: list[int]) -> None:
    found = share(whole, parts)
    assert sum(found) == whole
    assert all(value >= 0 for value in found)
    if any(parts):
        for value, part in zip(found, parts, strict=True):
            assert abs(value - whole * part / sum(parts)) <= Decimal("0.01")


@settings(deadline=None)
@given(st.lists(st.integers(1, 60), min_size=2, max_size=20), st.data())
def test_a_greater_part_never_gets_less(parts: list[int], data: st.DataObject) -> None:
    found = share(Decimal(40), parts)
    a, b = data.draw(st.tuples(*[st.integers(0, len(parts) - 1)] * 2))
    if parts[a] > parts[b]:
        assert found[a] >= found[b]


def test_what_cannot_be_shared_is_refused() -> None:
    with pytest.raises(ValueError, match="shared"):
        share(Decimal("1.005"), [1, 2])
    with pytest.raises(ValueError, match="shared"):
        share(Decimal(1), [1, -2])
    assert share(Decimal(5), []) == []
    assert share(Decimal(1), [0, 0, 0]) == [Decimal("0.34"), Decimal("0.33"), Decimal("0.33")]


@settings(deadline=None)
@given(st.lists(st.tuples(weights, ratios), min_size=1, max_size=40))
def test_a_total_lies_between_its_lowest_and_highest_mark(items: list[tuple[Decimal, Decimal]]) -> None:
    found = total(items)
    assert found.points is not None
    marks = [ratio * 100 for _, ratio in items]
    assert rounded(min(marks)) <= found.points <= rounded(max(marks))
    assert found.weight == found.marked == sum(weight for weight, _ in items)


@settings(deadline=None)
@given(st.lists(st.tuples(weights, ratios), min_size=1, max_size=20), weights)
def test_a_missing_mark_is_no_nought(items: list[tuple[Decimal, Decimal]], weight: Decimal) -> None:
    missing = total([*items, (weight, None)])
    nought = total([*items, (weight, Decimal(0))])
    assert missing.points is None
    assert nought.points is not None
    assert missing.earned == nought.earned
    assert missing.weight - missing.marked == weight


@settings(deadline=None)
@given(st.lists(st.tuples(weights, ratios), min_size=1, max_size=20), st.integers(2, 9))
def test_the_scale_of_the_weights_does_not_matter(items: list[tuple[Decimal, Decimal]], factor: int) -> None:
    assert total((w * factor, r) for w, r in items).points == total(items).points


def test_nothing_that_counts_has_no_total() -> None:
    assert total([]).points is None


@settings(deadline=None)
@given(st.lists(ratios, min_size=2, max_size=30))
def test_the_spread_is_range_and_sample_deviation(marks: list[Decimal]) -> None:
    found = spread([*marks, None])
    assert found is not None
    assert found.scorers == len(marks)
    assert found.range == rounded(max(marks) * 100) - rounded(min(marks) * 100)
    assert float(found.deviation or 0) == pytest.approx(stdev(float(m) * 100 for m in marks), abs=0.006)
    assert (found.deviation == 0) == (found.range == 0) or found.range <= Decimal("0.02")
    assert found.beyond(Decimal(100)) is False


def test_one_mark_has_no_deviation_and_never_disagrees() -> None:
    found = spread([None, Decimal("0.5")])
    assert found is not None
    assert found.deviation is None
    assert not found.beyond(Decimal("0.01"))
    assert spread([None]) is None


METHODS = ("self", "desk", "site", "third")


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(METHODS), ratios), min_size=1, max_size=12),
    st.dictionaries(st.sampled_from(METHODS), st.integers(0, 100).map(Decimal)),
)
def test_a_combined_mark_lies_within_the_marks_and_order_does_not_matter(
    given_marks: list[tuple[str, Decimal]], counts: dict[str, Decimal]
) -> None:
    marks = [Mark(method, str(i), ratio) for i, (method, ratio) in enumerate(given_marks)]
    asked = sorted({m.method for m in marks})
    found = combined(marks, counts, asked)
    assert found is not None
    assert min(m.ratio for m in marks) - Decimal("1e-20") <= found <= max(m.ratio for m in marks) + Decimal("1e-20")  # type: ignore[type-var,operator]
    assert abs(found - (combined(marks[::-1], counts, asked[::-1]) or 0)) < Decimal("1e-20")


def test_methods_count_by_their_weight_and_scorers_of_one_alike() -> None:
    marks = [Mark("desk", "a", Decimal("0.8")), Mark("desk", "b", Decimal("0.6")), Mark("third", "c", Decimal("0.4"))]
    assert combined(marks, {"desk": Decimal(40), "third": Decimal(10)}, ["desk", "third"]) == Decimal("0.64")
    assert fmean([0.7, 0.4]) == pytest.approx(float(combined(marks, {}, ["desk", "third"]) or 0))


def test_a_method_of_weight_nought_is_for_comparison_only() -> None:
    marks = [Mark("self", "", Decimal(1)), Mark("desk", "a", Decimal("0.5"))]
    assert combined(marks, {"self": Decimal(0), "desk": Decimal(50)}, ["self", "desk"]) == Decimal("0.5")


@pytest.mark.parametrize(
    "marks", [[], [Mark("desk", "a", None)], [Mark("desk", "a", Decimal(1)), Mark("desk", "b", None)]]
)
def test_a_criterion_is_unmarked_while_anybody_asked_has_not_marked_it(marks: list[Mark]) -> None:
    assert combined(marks, {"desk": Decimal(40)}, ["desk"]) is None
    assert (
        combined([*marks, Mark("third", "c", Decimal(1))], {"desk": Decimal(1), "third": Decimal(1)}, ["desk", "third"])
        is None
    )


def test_grades_begin_at_their_least_points() -> None:
    grades = [("优秀", Decimal(90)), ("良好", Decimal(80)), ("合格", Decimal(60)), ("不合格", Decimal(0))]
    assert [grade(Decimal(p), grades) for p in ("90", "89.99", "60", "0")] == ["优秀", "良好", "合格", "不合格"]
    assert grade(None, grades) is None
