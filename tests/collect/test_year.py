"""A year's return from the empty form to the database: who may move it, what holds it back, what cannot get lost."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from halfsky.audit.queries import verify
from halfsky.collect.actions import CellChange, Stale, lock_cycle, move, open_cycle, save_cells
from halfsky.collect.models import Cycle, Entry, Return, State
from halfsky.collect.queries import figures, trail
from halfsky.observations import Nature, SeriesKey
from halfsky.places.actions import add_person, appoint, establish
from halfsky.places.policy import Forbidden, Principal, principal
from halfsky.plan import Faulty
from tests.support import CITY, CLERK, HILL, SHORE, small_plan, with_units

PLAN = with_units(small_plan())
pytestmark = pytest.mark.django_db
DAYS = {"unit_due": date(2025, 3, 31), "district_due": date(2025, 4, 15), "city_due": date(2025, 4, 30)}


@pytest.fixture
def cycle() -> Cycle:
    establish(plan=PLAN, by=CLERK)
    return open_cycle(plan=PLAN, year=2024, by=CLERK, **DAYS)


def somebody(role: str, region: str, unit: str | None = None) -> Principal:
    user = add_person(username=f"{role}@{region}", full_name=role, by=CLERK)
    appoint(user=user, role=role, region=region, unit=unit, by=CLERK)
    return principal(user, door="web")


def cells(sheet: Return) -> dict[str, Entry]:
    return {e.indicator: e for e in sheet.entries.all()}


def fill(sheet: Return, by: Principal, **numbers: tuple[int, int]) -> dict:
    there = cells(sheet)
    changes = [
        CellChange(there[i].pk, there[i].version, numerator=Decimal(n), denominator=Decimal(d))
        for i, (n, d) in numbers.items()
    ]
    return save_cells(plan=PLAN, sheet=sheet.pk, changes=changes, by=by, key=str(numbers))


def go(sheet: Return, to: State, by: Principal, **more) -> Return:
    return move(plan=PLAN, sheet=sheet.pk, to=to, version=Return.objects.get(pk=sheet.pk).version, by=by, **more)


class TestOpening:
    def test_every_office_that_collects_something_gets_its_form(self, cycle: Cycle) -> None:
        assert sorted(cycle.returns.values_list("unit", "region")) == [
            ("health", CITY), ("health-d", SHORE), ("health-d", "990203"), ("health-d", "990224"),
        ]  # fmt: skip
        assert set(cells(cycle.returns.first())) == {"maternal_mortality", "screening"}

    def test_a_year_is_opened_once_and_within_the_plan(self, cycle: Cycle) -> None:
        for year in (2024, 2019):
            with pytest.raises(Faulty):
                open_cycle(plan=PLAN, year=year, by=CLERK, **DAYS)

    def test_only_the_citys_statistics_office_opens_it(self) -> None:
        establish(plan=PLAN, by=CLERK)
        with pytest.raises(Forbidden):
            open_cycle(plan=PLAN, year=2024, by=somebody("district_statistics", SHORE), **DAYS)
        open_cycle(plan=PLAN, year=2024, by=somebody("statistics", CITY), **DAYS)


class TestFilling:
    def test_a_rate_is_computed_and_kept(self, cycle: Cycle) -> None:
        sheet = cycle.returns.get(unit="health")
        fill(sheet, somebody("clerk", CITY, "health"), screening=(600, 1000))
        assert cells(sheet)["screening"].value == Decimal("60")

    def test_zero_is_not_blank_and_not_applicable_is_neither(self, cycle: Cycle) -> None:
        sheet, clerk = cycle.returns.get(unit="health"), somebody("clerk", CITY, "health")
        fill(sheet, clerk, screening=(0, 1000))
        assert (cells(sheet)["screening"].value, cells(sheet)["screening"].status) == (0, "A")
        entry = cells(sheet)["maternal_mortality"]
        save_cells(plan=PLAN, sheet=sheet.pk, changes=[CellChange(entry.pk, 1, status="M")], by=clerk, key="m")
        assert (cells(sheet)["maternal_mortality"].value, cells(sheet)["maternal_mortality"].status) == (None, "M")

    def test_a_request_sent_twice_is_carried_out_once(self, cycle: Cycle) -> None:
        sheet, clerk = cycle.returns.get(unit="health"), somebody("clerk", CITY, "health")
        assert fill(sheet, clerk, screening=(600, 1000)) == fill(sheet, clerk, screening=(600, 1000))
        assert cells(sheet)["screening"].version == 2

    def test_of_two_people_in_one_cell_the_later_is_told_and_nothing_is_lost(self, cycle: Cycle) -> None:
        sheet, clerk = cycle.returns.get(unit="health"), somebody("clerk", CITY, "health")
        pk = cells(sheet)["screening"].pk
        change = CellChange(pk, 1, numerator=Decimal(1), denominator=Decimal(2))
        save_cells(plan=PLAN, sheet=sheet.pk, changes=[change], by=clerk, key="a")
        other = CellChange(pk, 1, numerator=Decimal(9), denominator=Decimal(10))
        answer = save_cells(plan=PLAN, sheet=sheet.pk, changes=[other], by=clerk, key="b")
        assert answer["conflicts"][str(pk)]["numerator"] == "1"
        assert cells(sheet)["screening"].numerator == 1

    def test_another_units_return_is_not_ones_own(self, cycle: Cycle) -> None:
        with pytest.raises(Forbidden):
            fill(cycle.returns.get(region=SHORE), somebody("clerk", CITY, "health"), screening=(1, 2))

    def test_what_is_blank_or_impossible_keeps_it_from_being_submitted(self, cycle: Cycle) -> None:
        sheet, clerk = cycle.returns.get(unit="health"), somebody("clerk", CITY, "health")
        fill(sheet, clerk, screening=(1200, 1000))
        with pytest.raises(Faulty) as refused:
            go(sheet, State.SUBMITTED, clerk)
        assert {f.code for f in refused.value.faults} >= {"cell-blank", "rule-part-of-whole"}


class TestReview:
    @pytest.fixture
    def submitted(self, cycle: Cycle) -> Return:
        sheet = cycle.returns.get(region=SHORE)
        clerk = somebody("district_clerk", SHORE, "health-d")
        fill(sheet, clerk, screening=(600, 1000), maternal_mortality=(0, 1500))
        return go(sheet, State.SUBMITTED, clerk)

    def test_a_districts_return_passes_its_unit_its_district_and_the_city(self, submitted: Return) -> None:
        city, district = somebody("statistics", CITY), somebody("district_statistics", SHORE)
        with pytest.raises(Forbidden):
            go(submitted, State.APPROVED, district)
        go(submitted, State.APPROVED, somebody("district_unit_approver", SHORE, "health-d"))
        with pytest.raises(Forbidden):
            go(submitted, State.PASSED, city)
        go(submitted, State.PASSED, district)
        assert len(figures(PLAN)) == 0  # nothing counts before the city has accepted it
        go(submitted, State.ACCEPTED, city)
        held = figures(PLAN).get(SeriesKey("screening", SHORE), 2024)
        assert held is not None
        assert (held.value, held.numerator, held.nature) == (Decimal("60"), Decimal(600), Nature.REPORTED)
        assert verify() == []

    def test_sent_back_with_reasons_corrected_and_revised_after_acceptance(self, submitted: Return) -> None:
        clerk = principal(_user("district_clerk@" + SHORE), door="web")
        approver, district, city = (
            somebody("district_unit_approver", SHORE, "health-d"), somebody("district_statistics", SHORE), somebody("statistics", CITY),
        )  # fmt: skip
        go(submitted, State.APPROVED, approver)
        go(submitted, State.PASSED, district)
        with pytest.raises(Faulty):
            go(submitted, State.RETURNED, city)
        go(submitted, State.RETURNED, city, remarks={cells(submitted)["screening"].pk: "分母与上年不一致，请核对"})
        assert submitted.remarks.count() == 1
        fill(submitted, clerk, screening=(610, 1000))
        for to, by in (
            (State.SUBMITTED, clerk),
            (State.APPROVED, approver),
            (State.PASSED, district),
            (State.ACCEPTED, city),
        ):
            go(submitted, to, by)
        go(submitted, State.RETURNED, city, reason="核查发现漏报")
        fill(submitted, clerk, screening=(615, 1000))
        for to, by in (
            (State.SUBMITTED, clerk),
            (State.APPROVED, approver),
            (State.PASSED, district),
            (State.ACCEPTED, city),
        ):
            go(submitted, to, by)
        versions = trail(PLAN.id, SeriesKey("screening", SHORE), 2024)
        assert [v.observation.numerator for v in versions] == [615, 610]
        assert versions[0].reason == "核查发现漏报"

    def test_two_reviewers_at_once_and_a_double_click(self, submitted: Return) -> None:
        approver = somebody("district_unit_approver", SHORE, "health-d")
        seen = submitted.version
        again = [move(plan=PLAN, sheet=submitted.pk, to=State.APPROVED, version=seen, by=approver) for _ in range(2)]
        assert again[0].version == again[1].version
        with pytest.raises(Stale):
            move(plan=PLAN, sheet=submitted.pk, to=State.RETURNED, version=seen, by=approver, reason="x")

    def test_where_a_return_stands_is_told_only_to_who_could_move_it(self, submitted: Return) -> None:
        stranger = somebody("district_unit_approver", HILL, "health-d")
        for to in (State.APPROVED, State.ACCEPTED, State.DRAFT):
            with pytest.raises(Forbidden):  # not Stale, which would say where it stands
                move(plan=PLAN, sheet=submitted.pk, to=to, version=submitted.version + 7, by=stranger)

    def test_what_is_under_review_cannot_be_edited(self, submitted: Return) -> None:
        with pytest.raises(Faulty) as refused:
            fill(submitted, principal(_user("district_clerk@" + SHORE), door="web"), screening=(1, 2))
        assert refused.value.faults[0].code == "return-closed"

    def test_a_locked_year_keeps_what_was_accepted(self, cycle: Cycle, submitted: Return) -> None:
        assert lock_cycle(cycle=cycle, by=CLERK, region=CITY) == 0
        for to in (State.APPROVED, State.PASSED, State.ACCEPTED):
            go(submitted, to, CLERK)
        assert lock_cycle(cycle=cycle, by=CLERK, region=CITY) == 1


def _user(name: str):
    from halfsky.places.models import User

    return User.objects.get(username=name)
