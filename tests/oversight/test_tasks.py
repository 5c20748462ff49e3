"""Tasks: given, done, confirmed; sent back, withdrawn, overdue; two people at once."""

from __future__ import annotations

from datetime import date

import pytest

from halfsky.audit.models import Event
from halfsky.collect.actions.review import Stale
from halfsky.collect.models import Notice
from halfsky.collect.notices import sentence
from halfsky.oversight import queries
from halfsky.oversight.actions import confirm_task, give_task, remind, report_on_task, return_task, withdraw_task
from halfsky.oversight.models import Origin, OriginKind, Task
from halfsky.places.actions import establish
from halfsky.places.policy import Forbidden, Principal
from halfsky.plan import Faulty
from tests.collect.year import acting, everybody, plan
from tests.support import CITY, CLERK, HILL, SHORE

PLAN = plan()
FROM = Origin(OriginKind.MEETING, "1:2", "2025年第一次工作会议")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _house(db: None) -> None:
    establish(plan=PLAN, by=CLERK)
    everybody()


def given(by: Principal | None = None, **changes: object) -> Task:
    asked = {
        "title": "补齐基层筛查设备", "words": "年内为各乡镇卫生院配齐设备。", "region": SHORE, "unit": "health-d",
        "due": date(2025, 9, 30), "origin": FROM, "clause": "G1.1",
    }  # fmt: skip
    return give_task(plan=PLAN, by=by or city(), **{**asked, **changes})  # type: ignore[arg-type]


def city() -> Principal:
    return acting("committee", CITY)


def clerk() -> Principal:
    return acting("district_clerk", SHORE, "health-d")


def heard(who: str) -> list[str]:
    return [n.kind for n in Notice.objects.filter(user__username=who).order_by("pk")]


def done(task: Task, words: str = "设备已全部到位。") -> Task:
    return report_on_task(plan=PLAN, task=task.pk, version=task.version, words=words, done=True, by=clerk())


class TestTheWay:
    def test_a_task_goes_from_given_to_confirmed_and_every_step_is_told_and_recorded(self) -> None:
        task = given()
        assert heard(f"district_clerk.{SHORE}") == ["task-given"]
        task = report_on_task(plan=PLAN, task=task.pk, version=1, words="已完成招标。", done=False, by=clerk())
        assert task.state == Task.State.DOING
        task = done(task)
        assert heard(f"committee.{CITY}") == ["task-reported"]
        task = return_task(plan=PLAN, task=task.pk, version=task.version, reason="尚缺两处。", by=city())
        assert task.open
        task = done(task, "尚缺的两处已补齐。")
        task = confirm_task(plan=PLAN, task=task.pk, version=task.version, by=city())
        assert task.state == Task.State.CONFIRMED
        assert task.settled_at is not None
        assert heard(f"district_clerk.{SHORE}") == ["task-given", "task-returned", "task-confirmed"]
        assert [s.after for s in task.steps.all()] == [
            "given",
            "doing",
            "reported",
            "returned",
            "reported",
            "confirmed",
        ]
        assert Event.objects.filter(subject=f"task:{task.pk}").count() == 6

    def test_the_notice_names_the_office_the_day_and_the_page(self) -> None:
        task = given()
        notice = Notice.objects.get(user__username=f"district_clerk.{SHORE}")
        assert sentence(notice).zh == "海岸区卫生健康委员会有一项新任务“补齐基层筛查设备”，请于2025-09-30前完成。"
        assert "due by 2025-09-30" in sentence(notice).en
        assert notice.params["link"] == {"name": "task", "kwargs": {"pk": task.pk}}

    def test_the_same_task_from_the_same_origin_is_given_once(self) -> None:
        assert given().pk == given().pk
        assert Task.objects.count() == 1
        given(unit="statistics-d")
        assert Task.objects.count() == 2

    def test_withdrawn_it_waits_for_nobody_and_keeps_its_reason(self) -> None:
        task = given()
        with pytest.raises(Faulty):
            withdraw_task(plan=PLAN, task=task.pk, version=1, reason=" ", by=city())
        task = withdraw_task(plan=PLAN, task=task.pk, version=1, reason="并入全市统一采购。", by=city())
        assert not task.open
        assert task.steps.last().words == "并入全市统一采购。"

    @pytest.mark.parametrize("changes", [{"title": " "}, {"unit": "nobody"}, {"clause": "G9.9"}, {"title": "长" * 121}])
    def test_what_cannot_be_given_is_refused(self, changes: dict[str, str]) -> None:
        with pytest.raises(Faulty):
            given(**changes)
        assert not Task.objects.exists()


class TestWhoMay:
    def test_a_district_gives_to_its_own_units_and_confirms_them_and_no_others(self) -> None:
        shore = acting("district_committee", SHORE)
        task = given(by=shore)
        confirm_task(plan=PLAN, task=task.pk, version=done(task).version, by=shore)
        for region, unit in ((HILL, "health-d"), (CITY, "health")):
            with pytest.raises(Forbidden):
                given(by=shore, region=region, unit=unit)

    def test_a_district_does_not_confirm_what_the_city_asked_of_it(self) -> None:
        shore = acting("district_committee", SHORE)
        task = given(unit="")
        task = report_on_task(plan=PLAN, task=task.pk, version=1, words="已部署。", done=True, by=shore)
        with pytest.raises(Forbidden):
            confirm_task(plan=PLAN, task=task.pk, version=task.version, by=shore)
        confirm_task(plan=PLAN, task=task.pk, version=task.version, by=city())

    @pytest.mark.parametrize(
        ("role", "region", "unit"),
        [("committee", CITY, None), ("district_committee", SHORE, None), ("district_clerk", HILL, "health-d"),
         ("district_clerk", SHORE, "statistics-d"), ("clerk", CITY, "health"), ("leader", CITY, None)],
    )  # fmt: skip
    def test_only_the_office_itself_reports_on_its_task(self, role: str, region: str, unit: str | None) -> None:
        task = given()
        who = acting(role, region, unit) if unit != "statistics-d" else _other_unit()
        with pytest.raises(Forbidden):
            report_on_task(plan=PLAN, task=task.pk, version=1, words="办好了。", done=True, by=who)

    def test_everybody_reads_what_is_in_their_reach(self) -> None:
        given()
        given(unit="")
        given(region=CITY, unit="health")
        reach = {
            "committee": (acting("committee", CITY), 3), "leader": (acting("leader", CITY), 3),
            "district": (acting("district_committee", SHORE), 2), "clerk": (clerk(), 1),
            "other": (acting("district_committee", HILL), 0), "evaluator": (acting("evaluator", CITY), 0),
        }  # fmt: skip
        for name, (who, count) in reach.items():
            assert queries.tasks(who, PLAN).count() == count, name


def _other_unit() -> Principal:
    from halfsky.places.actions import add_person, appoint
    from halfsky.places.policy import principal

    user = add_person(username="other", full_name="别的单位", by=CLERK)
    appoint(user=user, role="district_clerk", region=SHORE, unit="statistics-d", by=CLERK)
    return principal(user, door="web")


class TestTwoAtOnce:
    def test_a_step_made_twice_is_made_once(self) -> None:
        task = given()
        for _ in range(2):
            again = report_on_task(plan=PLAN, task=task.pk, version=1, words="设备已到位。", done=True, by=clerk())
        assert again.version == 2
        assert again.steps.count() == 2

    def test_who_is_late_learns_where_it_stands(self) -> None:
        task = done(given())
        confirm_task(plan=PLAN, task=task.pk, version=2, by=city())
        with pytest.raises(Stale) as told:
            return_task(plan=PLAN, task=task.pk, version=2, reason="还缺一处。", by=city())
        assert told.value.state == Task.State.CONFIRMED

    def test_other_words_are_not_taken_for_the_same_request(self) -> None:
        task = given()
        report_on_task(plan=PLAN, task=task.pk, version=1, words="已完成招标。", done=False, by=clerk())
        with pytest.raises(Stale):
            report_on_task(plan=PLAN, task=task.pk, version=1, words="已开始安装。", done=False, by=clerk())

    def test_nothing_moves_what_is_settled(self) -> None:
        task = withdraw_task(plan=PLAN, task=given().pk, version=1, reason="不再需要。", by=city())
        with pytest.raises(Stale):
            report_on_task(plan=PLAN, task=task.pk, version=task.version, words="办好了。", done=True, by=clerk())


class TestOverdue:
    def test_what_is_due_is_told_and_what_stays_late_goes_up_once(self) -> None:
        given()
        Notice.objects.all().delete()
        for day in (date(2025, 9, 23), date(2025, 10, 1), date(2025, 10, 7), date(2025, 10, 14)):
            remind(plan=PLAN, today=day, by=CLERK)
            assert remind(plan=PLAN, today=day, by=CLERK) == 0
        assert heard(f"district_clerk.{SHORE}") == ["task-before", "task-late", "task-late"]
        assert heard(f"district_committee.{SHORE}") == ["tasks-late"]
        assert heard(f"committee.{CITY}") == ["tasks-late"]

    def test_what_is_reported_is_chased_no_more(self) -> None:
        done(given())
        assert remind(plan=PLAN, today=date(2025, 12, 1), by=CLERK) == 0

    def test_every_notice_of_the_room_reads_in_both_languages(self) -> None:
        self.test_what_is_due_is_told_and_what_stays_late_goes_up_once()
        for notice in Notice.objects.all():
            words = sentence(notice)
            assert "{" not in words.zh + words.en
            assert "补齐基层筛查设备" in words.zh
