"""Meetings: called with an agenda, minuted, issued; their decisions followed as tasks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from halfsky.alerts.actions import assess_plan
from halfsky.collect.actions import import_figures
from halfsky.collect.actions.review import Stale
from halfsky.oversight import queries
from halfsky.oversight.actions import (
    AgendaEntry,
    AttendanceEntry,
    DecisionEntry,
    Minutes,
    call_meeting,
    call_off,
    give_task,
    issue_minutes,
    propose_agenda,
    save_meeting,
)
from halfsky.oversight.agenda import earlier, invited, proposals
from halfsky.oversight.models import Meeting, Origin, OriginKind, Task
from halfsky.places.policy import Forbidden, Principal
from halfsky.plan import Faulty
from tests.oversight.house import PLAN, city, clerk, furnish, heard, shore
from tests.support import CITY, CLERK, HILL, SHORE, rising

pytestmark = pytest.mark.django_db
WHEN = datetime(2025, 11, 3, 1, 30, tzinfo=UTC)  # half past nine in Shanghai


@pytest.fixture(autouse=True)
def _house(db: None) -> None:
    furnish()


def called(by: Principal | None = None, region: str = CITY, **more: object) -> Meeting:
    asked = {
        "kind": "work",
        "title": "2025年第四季度工作会议",
        "starts": WHEN,
        "venue": "市政府第一会议室",
        "invited": [(CITY, "health"), (SHORE, "")],
    }
    return call_meeting(plan=PLAN, region=region, by=by or city(), **{**asked, **more})  # type: ignore[arg-type]


def minutes(meeting: Meeting, **more: object) -> Minutes:
    entries = [AgendaEntry(i.title, "会议听取了情况汇报。", i.pk) for i in meeting.agenda.all()]
    present = [AttendanceEntry(CITY, "health", "张主任", "present"), AttendanceEntry(SHORE, "", "", "absent")]
    decisions = [DecisionEntry("补齐筛查设备", SHORE, "health-d", date(2025, 12, 20), "配齐设备。", "G1.1")]
    made = {
        "title": meeting.title, "starts": meeting.starts, "venue": meeting.venue, "chair": "李副市长", "recorder": "王",
        "agenda": entries, "attendances": present, "decisions": decisions,
    }  # fmt: skip
    return Minutes(**{**made, **more})  # type: ignore[arg-type]


def saved(meeting: Meeting, by: Principal | None = None, **more: object) -> Meeting:
    return save_meeting(
        plan=PLAN, meeting=meeting.pk, version=meeting.version, minutes=minutes(meeting, **more), by=by or city()
    )


def late_task() -> Task:
    origin = Origin(OriginKind.OTHER, "1", "")
    return give_task(
        plan=PLAN, title="报送台账", words="", region=SHORE, unit="health-d", due=date(2025, 10, 1), origin=origin, by=city()
    )  # fmt: skip


class TestCalling:
    def test_the_agenda_is_proposed_from_warnings_and_overdue_tasks(self) -> None:
        worse = rising("maternal_mortality", CITY, 2018, "9.0", "9.8", "10.5", "11.5", "12.4", "13.2", "14.1", "15.0")
        import_figures(plan=PLAN, observations=worse, by=CLERK)
        assess_plan(plan=PLAN, as_of=2025, by=CLERK)
        late_task()
        points = [(i.kind, i.title) for i in called().agenda.all()]
        assert points == [
            ("warning", "研究小城市“孕产妇死亡率”未达标问题（红色预警，规划G1.1）"),
            ("task", "督办逾期任务“报送台账”（海岸区卫生健康委员会，应于2025年10月1日前完成，已逾期33天）"),
        ]

    def test_what_has_come_up_since_is_added_once(self) -> None:
        meeting = called()
        late_task()
        assert propose_agenda(plan=PLAN, meeting=meeting.pk, version=1, by=city()) == 1
        assert propose_agenda(plan=PLAN, meeting=meeting.pk, version=2, by=city()) == 0

    def test_it_begins_with_what_became_of_the_last_decisions(self) -> None:
        first = saved(called())
        issue_minutes(plan=PLAN, meeting=first.pk, version=first.version, by=city())
        later = {"title": "2026年第一季度工作会议", "starts": WHEN + timedelta(days=90), "invited": [(CITY, "health")]}
        point = called(**later).agenda.first()
        assert point is not None
        assert (point.kind, point.key) == ("earlier", str(first.pk))
        assert point.title == "听取2025年第四季度工作会议议定事项落实情况汇报（共1项，尚未办结）"
        Task.objects.filter(origin_kind="meeting").update(state="confirmed")
        assert proposals(PLAN, CITY, date(2026, 2, 1))[0].title.endswith("（共1项，均已办结）")
        assert earlier(PLAN, CITY, date(2025, 11, 3)) is None, "not a meeting of the same day or a later one"
        assert earlier(PLAN, SHORE, date(2026, 2, 1)) is None, "a district hears of its own decisions"

    def test_who_is_invited_is_told_and_a_meeting_is_called_once(self) -> None:
        assert called().pk == called().pk
        assert heard(f"clerk.{CITY}") == ["meeting-called"]
        assert heard(f"district_committee.{SHORE}") == ["meeting-called"]
        assert (HILL, "") in invited(PLAN, CITY, "work")
        assert (HILL, "") not in invited(PLAN, CITY, "committee")

    def test_a_district_calls_its_own_and_nobody_elses(self) -> None:
        called(shore(), SHORE, invited=[(SHORE, "health-d")])
        with pytest.raises(Forbidden):
            called(shore(), CITY)
        with pytest.raises(Faulty):
            called(shore(), SHORE, starts=WHEN + timedelta(days=1), invited=[(HILL, "health-d")])

    def test_it_is_seen_by_its_committee_its_leaders_and_who_is_invited(self) -> None:
        meeting = called(invited=[(SHORE, "health-d")])
        assert list(queries.meetings(clerk(), PLAN)) == [meeting]
        assert list(queries.meetings(city(), PLAN)) == [meeting]
        from tests.collect.year import acting

        assert not queries.meetings(acting("district_clerk", HILL, "health-d"), PLAN)


class TestMinutes:
    def test_decisions_become_tasks_with_owner_and_day_when_the_minutes_are_issued(self) -> None:
        meeting = saved(called())
        assert not Task.objects.exists()
        meeting = issue_minutes(plan=PLAN, meeting=meeting.pk, version=meeting.version, by=city())
        task = Task.objects.get()
        assert (task.title, task.region, task.unit, task.due, task.clause) == (
            "补齐筛查设备",
            SHORE,
            "health-d",
            date(2025, 12, 20),
            "G1.1",
        )
        assert task.origin_label == "2025年第四季度工作会议纪要〔2025〕1号"
        assert meeting.decisions.get().task == task
        assert heard(f"district_clerk.{SHORE}")[-1] == "task-given"

    def test_issued_twice_they_are_issued_once_and_stay_as_they_are(self) -> None:
        meeting = saved(called())
        for _ in range(2):
            issued = issue_minutes(plan=PLAN, meeting=meeting.pk, version=meeting.version, by=city())
        assert Task.objects.count() == 1
        with pytest.raises(Stale):
            saved(issued, title="改名")

    def test_minutes_are_not_issued_with_nobody_there_or_a_point_without_words(self) -> None:
        meeting = called()
        late_task()
        propose_agenda(plan=PLAN, meeting=meeting.pk, version=1, by=city())
        meeting.refresh_from_db()
        nobody = saved(meeting, attendances=[AttendanceEntry(CITY, "health")])
        with pytest.raises(Faulty):
            issue_minutes(plan=PLAN, meeting=nobody.pk, version=nobody.version, by=city())
        blank = saved(nobody, agenda=[AgendaEntry("议题", "")])
        with pytest.raises(Faulty):
            issue_minutes(plan=PLAN, meeting=blank.pk, version=blank.version, by=city())

    def test_the_agenda_is_edited_reordered_and_shortened(self) -> None:
        late_task()
        meeting = called()
        first = meeting.agenda.get()
        meeting = saved(
            meeting, agenda=[AgendaEntry("传达文件精神", "已传达。"), AgendaEntry("台账", "已督办。", first.pk)]
        )
        assert [(i.title, i.kind) for i in meeting.agenda.all()] == [("传达文件精神", "other"), ("台账", "task")]
        meeting = saved(meeting, agenda=[])
        assert not meeting.agenda.exists()

    def test_two_who_save_at_once_are_told_and_the_same_again_is_nothing(self) -> None:
        meeting = called()
        first = saved(meeting, agenda=[AgendaEntry("议题甲", "甲")])
        entries = [AgendaEntry("议题甲", "甲", first.agenda.get().pk)]
        again = save_meeting(
            plan=PLAN, meeting=meeting.pk, version=1, minutes=minutes(meeting, agenda=entries), by=city()
        )
        assert again.version == first.version
        with pytest.raises(Stale):
            save_meeting(
                plan=PLAN,
                meeting=meeting.pk,
                version=1,
                minutes=minutes(meeting, agenda=[AgendaEntry("乙", "")]),
                by=city(),
            )

    def test_numbers_of_minutes_run_through_the_year(self) -> None:
        numbers = []
        for days in (0, 7):
            meeting = saved(called(starts=WHEN + timedelta(days=days)))
            numbers.append(issue_minutes(plan=PLAN, meeting=meeting.pk, version=meeting.version, by=city()).number)
        assert numbers == [1, 2]

    def test_called_off_with_the_reason_it_is_told(self) -> None:
        meeting = called()
        with pytest.raises(Faulty):
            call_off(plan=PLAN, meeting=meeting.pk, version=1, reason="", by=city())
        call_off(plan=PLAN, meeting=meeting.pk, version=1, reason="改期。", by=city())
        assert heard(f"clerk.{CITY}") == ["meeting-called", "meeting-off"]
