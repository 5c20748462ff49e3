"""Places merge, split and change their names; both structures stay to be read."""

from __future__ import annotations

import pytest

from halfsky.audit.models import Event
from halfsky.audit.queries import verify
from halfsky.observations.restate import ChangeKind
from halfsky.places.actions import add_person, appoint, establish
from halfsky.places.models import Region, RegionChange
from halfsky.places.policy import Forbidden, principal, subtree
from halfsky.places.restructure import NewPlace, changes, merge, rename, split, structured
from halfsky.plan import Faulty, Text
from tests.support import CITY, CLERK, HILL, ISLE, SHORE, small_plan

PLAN = small_plan()
NEW = NewPlace("990205", Text(zh="山海区", en="Hillshore District"))
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def places() -> None:
    establish(plan=PLAN, by=CLERK)


def test_a_merger_ends_two_places_and_opens_one_and_history_keeps_all() -> None:
    made = merge(codes=[SHORE, HILL], into=NEW, year=2024, by=CLERK, reason="国函〔2023〕1号")
    assert (made.kind, made.before, made.after) == ("merge", [SHORE, HILL], ["990205"])
    assert set(Region.objects.filter(until=2023).values_list("code", flat=True)) == {SHORE, HILL}
    new = Region.objects.get(code="990205")
    assert (new.since, new.level, new.parent) == (2024, "district", CITY)
    assert {SHORE, HILL, "990205"} <= subtree(CITY)  # who answers for the city sees both structures
    assert (Event.objects.last().action, verify()) == ("places.merge", [])


def test_the_plan_of_a_year_has_the_places_of_that_year() -> None:
    merge(codes=[SHORE, HILL], into=NEW, year=2024, by=CLERK, reason="批复")
    assert {SHORE, HILL} <= set(structured(PLAN, 2023).place)
    assert "990205" not in structured(PLAN, 2023).place
    after = structured(PLAN, 2024).place
    assert after["990205"].name.zh == "山海区"
    assert not {SHORE, HILL} & set(after)
    assert [c.kind for c in changes(PLAN.place)] == [ChangeKind.MERGE]


def test_without_changes_the_plan_is_the_plan() -> None:
    assert structured(PLAN, 2024) is PLAN


def test_a_split_may_keep_the_code_and_a_name_may_change_under_it() -> None:
    split(code=SHORE, into=[NewPlace(SHORE, Text(zh="海岸区", en="Shore")), NEW], year=2024, by=CLERK, reason="批复")
    assert list(Region.objects.filter(code=SHORE).values_list("since", "until").order_by("since")) in (
        [(None, 2023), (2024, None)], [(2024, None), (None, 2023)],
    )  # fmt: skip
    rename(code=ISLE, to=NewPlace(ISLE, Text(zh="群岛县", en="Isles County")), year=2025, by=CLERK, reason="批复")
    assert structured(PLAN, 2025).place[ISLE].name.zh == "群岛县"
    assert structured(PLAN, 2024).place[ISLE].name.zh == "海岛县"
    assert RegionChange.objects.count() == 2


def test_only_who_keeps_the_places_may_and_only_their_own() -> None:
    user = add_person(username="sun", full_name="孙", by=CLERK)
    appoint(user=user, role="administrator", region=SHORE, by=CLERK)
    with pytest.raises(Forbidden):
        merge(codes=[SHORE, HILL], into=NEW, year=2024, by=principal(user, door="web"), reason="批复")
    assert not RegionChange.objects.exists()


@pytest.mark.parametrize(
    ("codes", "into", "year", "reason", "code"),
    [
        ([SHORE], NEW, 2024, "批复", "change-shape"),
        ([SHORE, SHORE], NEW, 2024, "批复", "change-twice"),
        ([SHORE, "990299"], NEW, 2024, "批复", "place-unknown"),
        ([SHORE, HILL], NewPlace(ISLE, NEW.name), 2024, "批复", "code-taken"),
        ([SHORE, HILL], NewPlace("990205", NEW.name, level="planet"), 2024, "批复", "level-unknown"),
        ([SHORE, HILL], NEW, 2024, " ", "reason-missing"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changes(codes, into, year, reason, code) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(Faulty) as refused:
        merge(codes=codes, into=into, year=year, by=CLERK, reason=reason)
    assert refused.value.faults[0].code == code
    assert not Region.objects.exclude(until=None).exists()


def test_a_place_does_not_end_before_it_began() -> None:
    merge(codes=[SHORE, HILL], into=NEW, year=2024, by=CLERK, reason="批复")
    with pytest.raises(Faulty) as refused:
        rename(code="990205", to=NewPlace("990205", Text(zh="某区", en="X")), year=2024, by=CLERK, reason="批复")
    assert refused.value.faults[0].code == "change-early"
