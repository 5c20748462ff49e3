"""Figures are made once for a state of the database: a page builds nothing, and nobody is told what no longer holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from halfsky.collect import held, queries, suppression
from halfsky.collect.actions import import_figures
from halfsky.collect.held import Memory
from halfsky.observations import Confidentiality, SeriesKey
from halfsky.observations.derive import with_derived
from halfsky.places.actions import establish
from halfsky.places.policy import Principal
from halfsky.places.restructure import NewPlace, merge
from halfsky.plan import Text
from tests.support import CITY, CLERK, HILL, ISLE, SHORE, figure, plan_by_sex, rising, small_plan

pytestmark = pytest.mark.django_db
PLAN = small_plan()
KEY = SeriesKey("screening", CITY)
FIRST = figure("screening", CITY, 2021, "60")


class Two:
    """Two processes before one database: each remembers what it has read, and knows nothing of the other."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._patch = monkeypatch
        self._each = [(Memory(), dict[str, Any]()), (Memory(), dict[str, Any]())]

    def __iter__(self) -> Iterator[int]:
        """Be one after the other."""
        for number, (memory, kept) in enumerate(self._each):
            self._patch.setattr(held, "_memory", memory)
            self._patch.setattr(suppression, "_kept", kept)
            yield number


@pytest.fixture(autouse=True)
def two(monkeypatch: pytest.MonkeyPatch) -> Two:
    made = Two(monkeypatch)
    list(made)
    return made


def take(*observations: Any, plan: Any = PLAN, reason: str = "核实") -> None:
    import_figures(plan=plan, observations=observations, by=CLERK, reason=reason)


def value(who: Principal | None = None, year: int = 2021) -> Decimal | None:
    return queries.visible(who, PLAN).value(KEY, year)


def test_nothing_is_read_again_until_a_figure_changes(django_assert_num_queries: Any) -> None:
    take(FIRST, *rising("maternal_mortality", SHORE, 2021, "9", "8"))
    once = queries.visible(None, PLAN)
    with django_assert_num_queries(2):  # whether figures or places have changed
        again = queries.visible(None, PLAN)
    assert list(again) == list(once)
    assert all(a is b for a, b in zip(again, once, strict=True))


def test_what_is_remembered_is_what_is_asked_for() -> None:
    sent = [*rising("screening", CITY, 2021, "60", "61"), *rising("screening", SHORE, 2021, "5"), *rising("maternal_mortality", CITY, 2022, "9")]  # fmt: skip
    take(*sent)
    for asked in ({}, {"indicators": ["screening"]}, {"regions": [CITY]}, {"years": [2022]}, {"indicators": ["screening"], "years": [2021]}):  # fmt: skip
        wanted = {
            o for o in sent
            if o.series.indicator in asked.get("indicators", [o.series.indicator])
            and o.series.region in asked.get("regions", [o.series.region])
            and o.year in asked.get("years", [o.year])
        }  # fmt: skip
        assert set(queries.figures(PLAN, **asked)) == set(queries.visible(None, PLAN, **asked)) == wanted


def test_a_changed_figure_is_seen_at_once_by_every_process(two: Two) -> None:
    take(FIRST, *rising("maternal_mortality", SHORE, 2021, "9"))
    assert [value() for _ in two] == [60, 60]
    take(replace(FIRST, value=Decimal(61)))
    assert [value() for _ in two] == [61, 61]
    take(figure("screening", CITY, 2022, "62"))
    assert [(value(), value(year=2022)) for _ in two] == [(61, 62), (61, 62)]


def test_a_figure_that_is_no_longer_free_is_withheld_at_once_by_every_process(two: Two) -> None:
    take(FIRST)
    assert [value() for _ in two] == [60, 60]
    take(replace(FIRST, confidentiality=Confidentiality.CONFIDENTIAL))
    assert [(value(), value(CLERK)) for _ in two] == [(None, 60), (None, 60)]
    take(replace(FIRST, confidentiality=Confidentiality.FREE))
    assert [value() for _ in two] == [60, 60]


def test_a_change_of_places_is_seen_at_once_by_every_process(two: Two) -> None:
    """Two districts become one: of the three that made up the city, the smaller was withheld beside the secret
    one; of the two that make it up now, the other is."""
    plan = plan_by_sex()
    establish(plan=plan, by=CLERK)
    counts = {CITY: 60, SHORE: 5, HILL: 40, ISLE: 15}
    take(
        *(figure("teachers", place, 2024, str(n), confidentiality=Confidentiality.CONFIDENTIAL if place == SHORE else Confidentiality.FREE) for place, n in counts.items()),
        plan=plan,
    )  # fmt: skip

    def open_places() -> set[str]:
        return {o.series.region for o in queries.visible(None, plan) if o.value is not None}

    assert [open_places() for _ in two] == [{CITY, HILL}] * 2
    merge(codes=[HILL, ISLE], into=NewPlace(HILL, Text(zh="山岛区", en="Hillisle")), year=2023, by=CLERK, reason="批复")
    assert [open_places() for _ in two] == [{CITY, ISLE}] * 2


def test_what_was_rolled_back_was_never_there(two: Two) -> None:
    take(FIRST)
    assert [value() for _ in two] == [60, 60]
    with pytest.raises(RuntimeError), transaction.atomic():
        take(replace(FIRST, value=Decimal(99)))
        assert [value() for _ in two] == [99, 99]
        raise RuntimeError
    assert [value() for _ in two] == [60, 60]
    take(replace(FIRST, value=Decimal(61)))
    assert [value() for _ in two] == [61, 61]


def test_nothing_is_built_on_what_was_rolled_back(two: Two) -> None:
    take(*rising("maternal_mortality", SHORE, 2021, "9"))
    with pytest.raises(RuntimeError), transaction.atomic():
        take(FIRST)
        assert [value() for _ in two] == [60, 60]
        raise RuntimeError
    take(*rising("maternal_mortality", SHORE, 2022, "8"))
    assert [value() for _ in two] == [None, None]


def test_only_changed_indicators_are_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    take(FIRST, *rising("maternal_mortality", SHORE, 2021, "9"))
    queries.visible(None, PLAN)
    asked: list[Any] = []
    read = held._parts
    monkeypatch.setattr(held, "_parts", lambda plan, names=None: asked.append(names) or read(plan, names))
    take(replace(FIRST, value=Decimal(61)))
    assert value() == 61
    assert asked == [{"screening"}]


def test_it_remembers_no_more_than_its_bound() -> None:
    plans = [small_plan(id=f"plan-{n}-2021-2030") for n in range(3)]
    for plan in plans:
        take(*rising("screening", CITY, 2021, "1", "2", "3"), plan=plan)
    memory = Memory(most=6)
    for plan in plans:
        assert memory.held(plan.id) is not None
    assert [plan for plan, _ in memory._known] == [plans[1].id, plans[2].id]
    take(*rising("screening", CITY, 2024, "4", "5", "6", "7"), plan=plans[0])
    assert memory.held(plans[0].id) is None  # seven
    take(*rising("screening", CITY, 2024, "4", "5", "6", "7"), plan=plans[1])
    assert memory.held(plans[1].id) is None  # seven, though three of them were remembered
    for year in range(2030, 2034):
        take(figure("maternal_mortality", CITY, year, "1"), plan=plans[2])
        memory.held(plans[2].id)
    assert sum(plan == plans[2].id for plan, _ in memory._known) <= held.STATES


def test_more_figures_than_are_remembered_are_read_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = replace(FIRST, confidentiality=Confidentiality.CONFIDENTIAL)
    take(secret, *rising("screening", SHORE, 2021, "5", "6"))
    small = {(o.key, o.value) for o in queries.visible(None, PLAN)}
    monkeypatch.setattr(held, "_memory", Memory(most=1))
    suppression._kept.clear()
    assert {(o.key, o.value) for o in queries.visible(None, PLAN)} == small
    assert queries.withheld(PLAN) == {("screening", CITY)}
    assert queries.newest_year(PLAN.id) == 2022
    assert not queries.has_demonstration(PLAN.id)


@pytest.mark.parametrize("secret", ["screening", "maternal_mortality", None])
def test_what_is_derived_is_as_if_it_were_computed_for_each_page(secret: str | None) -> None:
    content = PLAN.model_dump(mode="json", exclude_defaults=True)
    content["indicators"].append(
        {
            "id": "ratio", "name": {"zh": "比", "en": "Ratio"}, "definition": {"zh": "比", "en": "Ratio"}, "unit": "ratio",
            "direction": "lower",
            "derive": {"op": "ratio", "of": {"indicator": "screening"}, "against": {"indicator": "maternal_mortality"}},
        }
    )  # fmt: skip
    plan = type(PLAN)(**content)

    def sent(name: str, *values: str) -> list[Any]:
        mark = Confidentiality.CONFIDENTIAL if name == secret else Confidentiality.FREE
        return [replace(o, confidentiality=mark) for o in rising(name, CITY, 2021, *values)]

    def check() -> None:
        by_hand = with_derived(plan, queries.figures(plan))
        assert set(queries.visible(CLERK, plan)) == set(by_hand)
        shown = queries.visible(None, plan)
        assert {o.key for o in shown} == {o.key for o in by_hand}
        for o in shown:
            assert (o.value is None) == (secret is not None and o.series.indicator in {secret, "ratio"})

    take(*sent("screening", "60", "62"), *sent("maternal_mortality", "4", "5"), plan=plan)
    check()
    take(*sent("maternal_mortality", "8", "5"), plan=plan)  # an operand alone changes
    check()
    assert queries.visible(CLERK, plan, regions=[CITY]).value(SeriesKey("ratio", CITY), 2021) == Decimal("7.5")
    assert {o.series.indicator for o in queries.visible(None, plan, indicators=["screening"])} == {"screening"}
