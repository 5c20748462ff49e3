"""The worklist: what it narrows to, what each row tells, and what a reviewer may move at once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.db import connection

from halfsky.audit.models import Event
from halfsky.audit.queries import verify
from halfsky.collect import worklist
from halfsky.collect.actions import Stale, extend, import_figures, move
from halfsky.collect.clocks import Holder, late, turn
from halfsky.collect.models import Cycle, Figure, Return, State, Step
from halfsky.collect.snapshots import changed_since_return
from halfsky.collect.worklist import Filter
from halfsky.places.roles import Permission
from halfsky.plan import Faulty
from tests.collect.year import acting, everybody, fill, go, handed_in, opened, plan
from tests.support import CITY, CLERK, HILL, SHORE, rising

PLAN = plan()
TODAY = date(2025, 4, 10)


@pytest.fixture
def cycle(db: None) -> Cycle:
    return opened(PLAN)


def found(cycle: Cycle, by=CLERK, **wanted) -> list[tuple[str, str]]:
    scope = by.scope(Permission.RETURN_READ)
    return [(s.unit, s.region) for s in worklist.returns(PLAN, cycle, scope, by, TODAY, Filter(**wanted))]


def row(cycle: Cycle, region: str) -> worklist.Row:
    sheets = worklist.returns(
        PLAN, cycle, CLERK.scope(Permission.RETURN_READ), CLERK, TODAY, Filter(region=region)
    )  # fmt: skip
    return worklist.table(PLAN, sheets, TODAY)[0]


class TestWhatIsShown:
    def test_each_sees_the_returns_of_their_own_scope(self, cycle: Cycle) -> None:
        assert len(found(cycle)) == 4
        assert found(cycle, acting("district_statistics", SHORE)) == [("health-d", SHORE)]
        assert found(cycle, acting("unit_approver", CITY, "health")) == [("health", CITY)]

    def test_it_is_narrowed_by_state_place_and_unit(self, cycle: Cycle) -> None:
        handed_in(PLAN, cycle.returns.get(region=SHORE))
        assert found(cycle, state="submitted") == [("health-d", SHORE)]
        assert found(cycle, region=HILL) == [("health-d", HILL)]
        assert found(cycle, unit="health") == [("health", CITY)]

    def test_what_waits_for_oneself_follows_the_return(self, cycle: Cycle) -> None:
        sheet = handed_in(PLAN, cycle.returns.get(region=SHORE))
        approver = acting("district_unit_approver", SHORE, "health-d")
        district, city = acting("district_statistics", SHORE), acting("statistics", CITY)

        def waits() -> list[bool]:
            return [("health-d", SHORE) in found(cycle, by, mine=True) for by in (approver, district, city)]

        assert waits() == [True, False, False]
        go(PLAN, sheet, State.APPROVED)
        assert waits() == [False, True, False]
        go(PLAN, sheet, State.PASSED)
        assert waits() == [False, False, True]

    def test_a_row_tells_what_is_filled_what_is_found_and_the_largest_change(self, cycle: Cycle) -> None:
        import_figures(plan=PLAN, observations=rising("screening", SHORE, 2022, "48", "50"), by=CLERK)
        sheet = cycle.returns.get(region=SHORE)
        fill(PLAN, sheet, screening=(1200, 1000))
        told = row(cycle, SHORE).digest
        assert (told.filled, told.cells, told.percent) == (1, 2, 50)
        assert told.blocking >= 1  # more screened than there are
        assert told.largest is not None
        assert (told.largest.indicator, told.largest.share) == ("screening", Decimal("1.4"))
        assert found(cycle, findings=True) == [("health-d", SHORE)]

    def test_a_digest_is_made_anew_when_a_cell_or_an_earlier_figure_changes(self, cycle: Cycle) -> None:
        sheet = cycle.returns.get(region=SHORE)
        fill(PLAN, sheet, screening=(600, 1000))
        assert row(cycle, SHORE).digest.largest is None
        import_figures(plan=PLAN, observations=rising("screening", SHORE, 2023, "50"), by=CLERK)
        assert row(cycle, SHORE).digest.largest.share == Decimal("0.2")
        fill(PLAN, sheet, screening=(500, 1000))
        assert row(cycle, SHORE).digest.largest.share == 0

    def test_what_changed_since_it_was_sent_back(self, cycle: Cycle) -> None:
        sheet = handed_in(PLAN, cycle.returns.get(region=SHORE))
        assert changed_since_return(sheet) == {}
        go(PLAN, sheet, State.RETURNED, reason="请核对")
        assert row(cycle, SHORE).remarks == 1
        fill(PLAN, sheet, screening=(610, 1000))
        go(PLAN, sheet, State.SUBMITTED)
        ((before, after),) = changed_since_return(sheet).values()
        assert (before["numerator"], after["numerator"]) == ("600", "610")
        told = row(cycle, SHORE)
        assert (told.submissions, told.changed, told.remarks) == (2, 1, 0)
        assert found(cycle, changed=True) == [("health-d", SHORE)]


class TestClocks:
    def test_whose_turn_it_is_and_until_when(self, cycle: Cycle) -> None:
        sheet = cycle.returns.select_related("cycle").get(region=SHORE)
        for state, holder, due in (
            (State.DRAFT, Holder.CLERK, cycle.unit_due),
            (State.SUBMITTED, Holder.APPROVER, cycle.unit_due),
            (State.APPROVED, Holder.DISTRICT, cycle.district_due),
            (State.PASSED, Holder.CITY, cycle.city_due),
            (State.ACCEPTED, Holder.NOBODY, None),
        ):
            sheet.state = state
            now = turn(PLAN, sheet)
            assert (now.holder, now.due) == (holder, due)

    @pytest.mark.parametrize("state", list(State))
    @pytest.mark.parametrize("extended", [None, date(2025, 4, 10), date(2025, 4, 20), date(2025, 5, 20)])
    @pytest.mark.parametrize("region", [SHORE, CITY])
    def test_the_filter_of_the_late_says_the_same_as_the_clock(self, cycle: Cycle, state, extended, region) -> None:
        sheet = cycle.returns.get(region=region)
        Return.objects.filter(pk=sheet.pk).update(state=state, extended_to=extended)
        sheet = Return.objects.select_related("cycle").get(pk=sheet.pk)
        for today in (date(2025, 3, 31), date(2025, 4, 1), date(2025, 4, 16), date(2025, 5, 1), date(2025, 6, 1)):
            is_late = cycle.returns.filter(late(PLAN, cycle, today), pk=sheet.pk).exists()
            assert is_late == (turn(PLAN, sheet).days_late(today) > 0), today

    def test_an_extension_needs_a_reason_and_a_later_day(self, cycle: Cycle) -> None:
        sheet = cycle.returns.get(region=SHORE)
        for to, reason in ((date(2025, 4, 20), " "), (date(2025, 3, 31), "系统升级")):
            with pytest.raises(Faulty):
                extend(plan=PLAN, sheet=sheet, to=to, by=CLERK, reason=reason)
        assert ("health-d", SHORE) in found(cycle, late=True)
        extend(plan=PLAN, sheet=sheet, to=date(2025, 4, 20), by=CLERK, reason="系统升级")
        assert ("health-d", SHORE) not in found(cycle, late=True)


@pytest.mark.usefixtures("for_threads")
class TestTwoAtOnce:
    def test_two_reviewers_accept_at_once_and_it_is_accepted_once(self) -> None:
        everybody_ready = Barrier(2)
        sheet = handed_in_and_passed()
        outcomes: list[str] = []
        city, other = acting("statistics", CITY), CLERK

        def accept(by) -> None:
            everybody_ready.wait()
            try:
                move(plan=PLAN, sheet=sheet.pk, to=State.ACCEPTED, version=sheet.version, by=by)
                outcomes.append("accepted")
            except Stale as stale:
                outcomes.append(stale.state)
            finally:
                connection.close()

        threads = [Thread(target=accept, args=[by]) for by in (city, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(outcomes) == ["accepted", "accepted"]  # one did it, the other was told that it is so
        assert Step.objects.filter(sheet=sheet, after=State.ACCEPTED).count() == 1
        assert Figure.objects.filter(region=SHORE, year=2024, indicator="screening").count() == 1
        assert Event.objects.filter(action="return.accepted").count() == 1
        assert verify() == []

    def test_one_accepts_and_one_sends_back_at_once_and_one_of_them_is_told(self) -> None:
        ready = Barrier(2)
        sheet = handed_in_and_passed()
        told: list[str] = []

        def decide(to: State, reason: str) -> None:
            ready.wait()
            try:
                move(plan=PLAN, sheet=sheet.pk, to=to, version=sheet.version, by=CLERK, reason=reason)
            except Stale as stale:
                told.append(stale.state)
            finally:
                connection.close()

        threads = [Thread(target=decide, args=a) for a in ((State.ACCEPTED, ""), (State.RETURNED, "请核对"))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        state = Return.objects.get(pk=sheet.pk).state
        assert told == [state]
        assert Figure.objects.filter(region=SHORE, year=2024).exists() == (state == State.ACCEPTED)


def handed_in_and_passed() -> Return:
    cycle = opened(PLAN)
    everybody()
    sheet = handed_in(PLAN, cycle.returns.get(region=SHORE))
    return go(PLAN, sheet, State.APPROVED, State.PASSED)
