"""The composite by field: EIGE's score, what it leaves out, and parts that add up exactly."""

from __future__ import annotations

from decimal import Decimal
from math import sqrt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halfsky.assess.composite import Composites, log_mean, qualifies
from halfsky.assess.compositemodel import Why
from halfsky.observations import Figures, Observation
from halfsky.plan import Plan, Sex
from tests.assess.sample import CITY, RATE, SHORE, indicator, plan_of, series, words

NAMES = ("rate", "second", "third", "fourth")
BRIEFLY = settings(max_examples=60, deadline=None)
SHARES = st.decimals(1, 100, places=2)
PAIRS = st.tuples(SHARES, SHARES)
Pairs = dict[str, tuple[Any, Any]]


def plan(unit: str = "percent", direction: str = "higher", **shape: Any) -> Plan:
    """One field with two goals: ``rate`` and ``second`` under the first, ``third`` and ``fourth`` under the second."""
    others = [
        indicator(name, unit, direction, disaggregation=["sex"], clauses=[clause], **shape)
        for name, clause in (("second", "G1.1"), ("third", "G1.2"), ("fourth", "G1.2"))
    ]
    made = plan_of(
        "at_least", 60, unit=unit, direction=direction, shape={"disaggregation": ["sex"], **shape}, others=others
    )
    goals = ({"id": "G1.1", "statement": words("一", "One")}, {"id": "G1.2", "statement": words("二", "Two")})
    content = made.model_dump(mode="json") | {
        "fields": [{"number": 1, "name": words("健康", "Health"), "goals": goals}]
    }
    return Plan.model_validate(content)


def figures(years: dict[int, Pairs], region: str = CITY) -> list[Observation]:
    return [
        o
        for year, pairs in years.items()
        for name, (w, m) in pairs.items()
        for sex, value in ((Sex.FEMALE, w), (Sex.MALE, m))
        for o in series({year: value}, name=name, region=region, sex=sex)
    ]


def made(years: dict[int, Pairs], of: Plan | None = None) -> Composites:
    return Composites(of or plan(), Figures(figures(years)), max(years))


EQUAL: Pairs = dict.fromkeys(NAMES, (80, 80))
UNEQUAL: Pairs = {"rate": (60, 80), "second": (50, 50), "third": (90, 45), "fourth": (30, 70)}


def test_full_equality_at_the_best_level_is_100() -> None:
    found = made({2024: EQUAL}).of(1, CITY)
    assert (found.score, found.gap_only) == (pytest.approx(100), pytest.approx(100))
    assert [part.points for part in found.parts] == pytest.approx([0, 0, 0, 0])


def test_equality_below_the_best_level_is_100_in_the_gap_only_index_alone() -> None:
    found = made({2023: EQUAL, 2024: dict.fromkeys(NAMES, (20, 20))}).of(1, CITY)
    assert found.gap_only == pytest.approx(100)
    assert found.score == pytest.approx(1 + 99 * sqrt(20 / 80))


def test_the_score_of_an_indicator_is_that_of_eige() -> None:
    part = made({2023: EQUAL, 2024: UNEQUAL}).of(1, CITY).parts[0]
    a, best = 70, 80
    assert part.gap == pytest.approx(abs(60 / a - 1))
    assert part.score == pytest.approx(1 + 99 * sqrt(a / best) * (1 - abs(60 / a - 1)))


def test_arithmetic_within_a_goal_geometric_across_goals() -> None:
    found = made({2024: UNEQUAL}).of(1, CITY)
    scores = {part.indicator: part.score for part in found.parts}
    first, second = (scores["rate"] + scores["second"]) / 2, (scores["third"] + scores["fourth"]) / 2
    assert found.score == pytest.approx(sqrt(first * second))


def test_a_share_of_what_is_bad_is_turned_and_a_rate_is_not() -> None:
    share = made({2024: dict.fromkeys(NAMES, (10, 20))}, plan(direction="lower")).of(1, CITY).parts[0]
    assert share.gap == pytest.approx((90 - 80) / (90 + 80))
    rate = made({2024: dict.fromkeys(NAMES, (10, 20))}, plan("per_1000", "lower")).of(1, CITY).parts[0]
    assert rate.gap == pytest.approx(1 / 3)


def test_of_a_rate_the_lowest_level_is_the_best() -> None:
    years = {2023: dict.fromkeys(NAMES, (10, 10)), 2024: dict.fromkeys(NAMES, (40, 40))}
    assert made(years, plan("per_1000", "lower")).of(1, CITY).parts[0].level == pytest.approx(sqrt(10 / 40))


def test_where_neither_is_better_only_the_gap_counts() -> None:
    years = {2023: EQUAL, 2024: dict.fromkeys(NAMES, (20, 20))}
    assert made(years, plan(direction="neither")).of(1, CITY).score == pytest.approx(100)


def test_below_the_coverage_rule_there_is_no_composite_and_it_says_so() -> None:
    found = made({2024: {"rate": (60, 80), "second": (50, 50)}}).of(1, CITY)
    assert (found.score, found.gap_only, found.qualifying) == (None, None, 4)
    assert {m.indicator: m.why for m in found.missing} == {"third": Why.NO_PAIR, "fourth": Why.NO_PAIR}
    assert (
        found.sentence.zh
        == "2024年样例市“健康”领域4项可比指标中有2项同时有当年女性和男性数据，少于所需的3项，不合成指数。"
    )


def test_one_sex_alone_makes_no_part() -> None:
    known = figures({2024: {name: UNEQUAL[name] for name in NAMES[:3]}}) + series({2024: 50}, "fourth", sex=Sex.FEMALE)
    found = Composites(plan(), Figures(known), 2024).of(1, CITY)
    assert [m.indicator for m in found.missing] == ["fourth"]


def test_a_rate_on_few_cases_makes_no_part() -> None:
    few = {"numerator": Decimal(3), "denominator": Decimal(3000)}
    known = figures({2024: dict.fromkeys(NAMES[1:], (10, 20))})
    known += series({2024: 1}, sex=Sex.FEMALE, **few) + series({2024: 2}, sex=Sex.MALE, **few)
    found = Composites(plan("per_1000", "lower", **RATE), Figures(known), 2024).of(1, CITY)
    assert [(m.indicator, m.why) for m in found.missing] == [("rate", Why.FEW)]


@pytest.mark.parametrize(
    ("shape", "can"),
    [
        ({"unit": "percent", "disaggregation": ["sex"]}, True),
        ({"unit": "percent"}, False),
        ({"unit": "percent", "disaggregation": ["sex"], "population": "women"}, False),
        ({"unit": "persons", "disaggregation": ["sex"]}, False),
        ({"unit": "percentage_points", "disaggregation": ["sex"]}, False),
    ],
)
def test_only_indicators_of_women_and_men_on_a_true_scale_qualify(shape: dict[str, Any], can: bool) -> None:
    of = plan_of("at_least", 60, unit=shape.pop("unit"), shape=shape)
    assert qualifies(of.indicators[0]) is can


def test_districts_have_composites_of_their_own_against_the_same_best_level() -> None:
    known = figures({2024: EQUAL}) + figures({2024: dict.fromkeys(NAMES, (20, 20))}, SHORE)
    both = Composites(plan(), Figures(known), 2024)
    assert both.of(1, CITY).score == pytest.approx(100)
    assert both.of(1, SHORE).score == pytest.approx(50.5)


def test_a_change_is_told_on_the_indicators_of_both_years_only() -> None:
    then = {name: UNEQUAL[name] for name in NAMES[:3]}
    change = made({2023: then, 2024: EQUAL}).change(1, CITY, 2023)
    assert change is not None
    assert [part.indicator for part in change.parts] == list(NAMES[:3])
    assert made({2023: {"rate": (50, 60)}, 2024: EQUAL}).change(1, CITY, 2023) is None


def test_the_trend_leaves_out_years_that_lack_an_indicator() -> None:
    years = {2022: EQUAL, 2023: {n: UNEQUAL[n] for n in NAMES[:3]}, 2024: UNEQUAL}
    assert [year for year, _, _ in made(years).trend(1, CITY)] == [2022, 2024]


def test_figures_of_later_years_are_never_looked_at() -> None:
    known = Figures(figures({2023: UNEQUAL, 2024: EQUAL}))
    assert Composites(plan(), known, 2023).of(1, CITY) == made({2023: UNEQUAL}).of(1, CITY)


ANY_PAIRS = st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, PAIRS))
WHOLE = st.fixed_dictionaries(dict.fromkeys(NAMES, PAIRS))


@BRIEFLY
@given(WHOLE, WHOLE)
def test_the_parts_add_up_to_what_is_short_of_100(then: Pairs, now: Pairs) -> None:
    found = made({2023: then, 2024: now}).of(1, CITY)
    assert found.score is not None
    assert found.gap_only is not None
    assert sum(p.points for p in found.parts) == pytest.approx(100 - found.score, abs=1e-9)
    assert sum(p.gap_points for p in found.parts) == pytest.approx(100 - found.gap_only, abs=1e-9)
    assert all(p.points >= -1e-9 for p in found.parts)
    assert found.score <= found.gap_only + 1e-9


@BRIEFLY
@given(WHOLE, WHOLE)
def test_a_change_is_the_sum_of_gaps_and_levels(then: Pairs, now: Pairs) -> None:
    change = made({2023: then, 2024: now}).change(1, CITY, 2023)
    assert change is not None
    assert change.by_gap + change.by_level == pytest.approx(change.points, abs=1e-9)


@BRIEFLY
@given(WHOLE)
def test_exchanging_the_sexes_changes_nothing(pairs: Pairs) -> None:
    other = {name: (m, w) for name, (w, m) in pairs.items()}
    assert made({2024: pairs}).of(1, CITY).score == pytest.approx(made({2024: other}).of(1, CITY).score)


@BRIEFLY
@given(WHOLE, st.sampled_from(["0.1", "12", "1000"]))
def test_units_may_be_rescaled(pairs: Pairs, factor: str) -> None:
    scaled = {name: (w * Decimal(factor), m * Decimal(factor)) for name, (w, m) in pairs.items()}
    money = plan("yuan")
    assert made({2024: pairs}, money).of(1, CITY).score == pytest.approx(made({2024: scaled}, money).of(1, CITY).score)


@BRIEFLY
@given(ANY_PAIRS)
def test_what_is_missing_never_counts_as_nought(pairs: Pairs) -> None:
    """The composite of some indicators is that of a plan that has only these."""
    known = Composites(plan(), Figures(figures({2024: pairs})), 2024)
    found = known.of(1, CITY)
    assert {p.indicator for p in found.parts} == set(pairs)
    assert found.qualifying == len(NAMES)
    if found.score is not None:
        assert found.score >= min(p.score for p in found.parts) - 1e-9
    else:
        assert len(pairs) < 3


@BRIEFLY
@given(WHOLE)
def test_equality_in_everything_is_100_without_the_level(pairs: Pairs) -> None:
    equal = {name: (w, w) for name, (w, _) in pairs.items()}
    assert made({2024: equal}).of(1, CITY).gap_only == pytest.approx(100)


@given(st.floats(1, 100), st.floats(1, 100))
def test_the_logarithmic_mean_lies_between(a: float, b: float) -> None:
    assert min(a, b) * (1 - 1e-9) <= log_mean(a, b) <= max(a, b) * (1 + 1e-9)
