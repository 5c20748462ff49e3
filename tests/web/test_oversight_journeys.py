"""Two journeys through the pages: a district's yearly report from pre-filled to accepted, and a meeting's decision to its end."""

from __future__ import annotations

import io
import re
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from docx import Document
from icalendar import Calendar
from openpyxl import load_workbook

from halfsky.alerts.actions import assess_plan
from halfsky.collect.actions import import_figures
from halfsky.oversight.actions import give_task, open_round
from halfsky.oversight.models import Feed, Meeting, Origin, OriginKind, Task, YearlyReport
from halfsky.places.actions import add_person, appoint, establish
from halfsky.places.models import User
from halfsky.plan import Plan
from tests.support import CLERK, rising
from tests.web import oversightsite, pack

pytestmark = pytest.mark.django_db
PEOPLE = (
    ("city", "committee", pack.CITY, None), ("shore", "district_committee", pack.SHORE, None),
    ("hill", "district_committee", pack.HILL, None), ("clerk", "district_clerk", pack.SHORE, "health-d"),
    ("leader2", "leader", pack.CITY, None),
)  # fmt: skip


@pytest.fixture
def plan(db: None, settings: Any, tmp_path: Path) -> Plan:
    made = oversightsite.plan()
    pack.write(made, tmp_path / "plans")
    settings.PLANS_DIR, settings.HOME = tmp_path / "plans", tmp_path / "home"
    establish(plan=made, by=CLERK)
    for name, role, region, unit in PEOPLE:
        appoint(user=add_person(username=name, full_name=name, by=CLERK), role=role, region=region, unit=unit, by=CLERK)
    import_figures(plan=made, observations=rising("screening", pack.SHORE, 2022, "58", "61", "64", "66"), by=CLERK)
    assess_plan(plan=made, as_of=2025, by=CLERK)
    return made


def as_(name: str, language: str = "zh-hans") -> Client:
    client = Client()
    client.force_login(User.objects.get(username=name))
    client.cookies["halfsky_language"] = language
    return client


def at(plan: Plan, name: str, **kwargs: Any) -> str:
    return reverse(f"web:{name}", kwargs={"plan_id": plan.id, **kwargs})


def said(answer: Any) -> str:
    """The words of a page, without its marks."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def form_of(answer: Any, index: int = 0) -> dict[str, Any]:
    """What a browser would send of a form that stands on the page: every field as it is."""
    from lxml import html

    page = html.fromstring(answer.content.decode())
    forms = [
        f
        for f in page.forms
        if f.method == "POST" and "choose" not in (f.action or "") and "sign-out" not in (f.action or "")
    ]
    found: dict[str, Any] = {}
    for name, value in forms[index].form_values():
        found.setdefault(name, []).append(value)
    return found


class TestYearlyReport:
    def test_a_districts_report_from_prefilled_to_accepted(self, plan: Plan) -> None:
        city, shore = as_("city"), as_("shore")
        answer = city.post(at(plan, "yearly"), {"year": 2025, "unit_due": "2026-01-31", "district_due": "2026-02-28"})
        assert answer["Location"] == at(plan, "yearly-year", year=2025)
        report = YearlyReport.objects.get(region=pack.SHORE, unit="")
        page = at(plan, "yearly-report", pk=report.pk)
        # pre-filled: value, last year, what is asked, verdict
        words = said(shore.get(page))
        for expected in ("66.00%", "64.00%", "2024", "70%"):
            assert expected in words
        # drafted: half saved, the rest asked for
        fields = form_of(shore.get(page))
        item = report.items.get(clause="M1.1")
        fields.update(
            {
                f"progress-{item.pk}": "doing",
                f"words-{item.pk}": "筛查率由64%升至66%。",
                f"ahead-{item.pk}": "扩大到全部街道。",
                "what": "submit",
            }
        )
        answer = shore.post(page, fields)
        assert answer.status_code == 422
        item.refresh_from_db()
        assert item.words == "筛查率由64%升至66%。"  # what was typed is kept though it was not sent
        fields = form_of(answer)
        for part in report.items.exclude(clause="M1.1"):
            fields[f"words-{part.pk}"] = "已落实。"
            if part.clause:
                fields[f"progress-{part.pk}"] = "done"
        document = io.BytesIO(b"%PDF-1.7 evidence")
        document.name = "佐证.pdf"
        assert shore.post(page, {**fields, "what": "attach", "clause": "M1.1", "document": document}).status_code == 302
        fields = form_of(shore.get(page))
        assert shore.post(page, {**fields, "what": "submit"}).status_code == 302
        report.refresh_from_db()
        assert report.state == "submitted"
        # the city reads it with its evidence, and returns it once
        words = said(city.get(page))
        assert "筛查率由64%升至66%。" in words
        assert "佐证.pdf" in words
        file = city.get(at(plan, "yearly-file", pk=report.pk, file=report.evidence.get().pk))
        assert b"".join(file.streaming_content) == b"%PDF-1.7 evidence"
        assert "attachment" in file["Content-Disposition"]
        review = {"version": report.version, "what": "return", "reason": "请说明未达70%的原因。"}
        assert city.post(page, review).status_code == 302
        assert "请说明未达70%的原因。" in said(shore.get(page))
        assert city.post(page, {**review, "what": "accept"}).status_code == 409  # from the page that was seen before
        # figures are refreshed meanwhile, the words stay and the change is told
        import_figures(plan=plan, observations=rising("screening", pack.SHORE, 2025, "66.5"), by=CLERK, reason="核增")
        words = said(shore.get(page))
        assert "66.50%" in words
        assert "筛查率由64%升至66%。" in words
        assert "撰写后数据已更新" in words
        fields = form_of(shore.get(page))
        fields[f"words-{item.pk}"] = "筛查率由64%升至66.5%，因外出务工人员未返乡，尚未达到70%。"
        assert shore.post(page, {**fields, "what": "submit"}).status_code == 302
        report.refresh_from_db()
        assert city.post(page, {"version": report.version, "what": "accept"}).status_code == 302
        report.refresh_from_db()
        assert report.state == "accepted"
        assert [s.after for s in report.steps.all()] == ["submitted", "returned", "submitted", "accepted"]
        # and stands on the board
        board = city.get(at(plan, "board"), {"who": "districts", "kind": "all"})
        assert "进行中" in said(board)

    def test_two_writers_are_told_apart_and_neither_loses_words(self, plan: Plan) -> None:
        open_round(plan=plan, year=2025, unit_due=date(2026, 1, 31), district_due=date(2026, 2, 28), by=CLERK)
        report = YearlyReport.objects.get(region=pack.SHORE, unit="health-d")
        appoint(
            user=add_person(username="two", full_name="二", by=CLERK),
            role="district_clerk",
            region=pack.SHORE,
            unit="health-d",
            by=CLERK,
        )
        page, item = at(plan, "yearly-report", pk=report.pk), report.items.get(clause="M1.1")
        first, second = form_of(as_("clerk").get(page)), form_of(as_("two").get(page))
        assert as_("clerk").post(page, {**first, f"words-{item.pk}": "甲写的。", "what": "save"}).status_code == 302
        answer = as_("two").post(page, {**second, f"words-{item.pk}": "乙写的。", "what": "save"})
        assert answer.status_code == 409
        assert "甲写的。" in said(answer)
        assert "乙写的。" in said(answer)

    def test_a_draft_is_shown_to_its_office_alone(self, plan: Plan) -> None:
        open_round(plan=plan, year=2025, unit_due=date(2026, 1, 31), district_due=date(2026, 2, 28), by=CLERK)
        report = YearlyReport.objects.get(region=pack.SHORE, unit="")
        item = report.items.get(clause="M1.1")
        page = at(plan, "yearly-report", pk=report.pk)
        fields = form_of(as_("shore").get(page))
        as_("shore").post(page, {**fields, f"words-{item.pk}": "草稿内容甲", "what": "save"})
        assert "草稿内容甲" in said(as_("shore").get(page))
        for other in ("city", "leader2"):
            assert "草稿内容甲" not in said(as_(other).get(page))
            assert (
                "草稿内容甲"
                not in as_(other)
                .get(at(plan, "board"), {"who": "districts", "kind": "all", "format": "csv"})
                .content.decode()
            )
        assert as_("hill").get(page).status_code == 404

    def test_the_page_saves_while_one_types(self, plan: Plan) -> None:
        open_round(plan=plan, year=2025, unit_due=date(2026, 1, 31), district_due=date(2026, 2, 28), by=CLERK)
        report = YearlyReport.objects.get(region=pack.SHORE, unit="health-d")
        item, url = report.items.get(clause="M1.1"), reverse("api:save_yearly", kwargs={"report": report.pk})
        body = {"cells": [{"entry": item.pk, "version": 1, "progress": "doing", "words": "推进中。", "ahead": ""}]}
        for _ in range(2):
            answer = as_("clerk").post(
                url, body, content_type="application/json", headers={"Idempotency-Key": "one-and-the-same"}
            )
            assert answer.status_code == 200
            assert answer.json()["versions"] == {str(item.pk): 2}
        clash = as_("clerk").post(
            url,
            {"cells": [{**body["cells"][0], "words": "别的。"}]},
            content_type="application/json",
            headers={"Idempotency-Key": "another-one"},
        )
        assert clash.status_code == 409
        assert clash.json()["conflicts"][str(item.pk)]["words"] == "推进中。"
        for other, status in (("shore", 403), ("hill", 404), ("leader2", 403)):
            assert (
                as_(other)
                .post(url, body, content_type="application/json", headers={"Idempotency-Key": "not-allowed"})
                .status_code
                == status
            ), other


class TestBoard:
    def test_an_overdue_task_makes_its_clause_overdue_and_files_hold_what_is_shown(self, plan: Plan) -> None:
        open_round(plan=plan, year=2025, unit_due=date(2026, 1, 31), district_due=date(2026, 2, 28), by=CLERK)
        give_task(
            plan=plan, title="=1+1", words="", region=pack.SHORE, unit="health-d", due=date(2020, 1, 1), clause="M1.1",
            origin=Origin(OriginKind.OTHER, "1", ""), by=CLERK,
        )  # fmt: skip
        board = {"who": pack.SHORE, "kind": "all"}
        words = said(as_("city").get(at(plan, "board"), board))
        assert "已逾期" in words or "逾期" in words
        text = as_("city").get(at(plan, "board"), {**board, "format": "csv"}).content.decode("utf-8-sig")
        row = next(line for line in text.splitlines() if line.startswith("2025,M1.1"))
        assert "逾期" in row
        book = load_workbook(io.BytesIO(as_("city").get(at(plan, "board"), {**board, "format": "xlsx"}).content))
        rows = list(book.active.iter_rows(values_only=True))
        assert len(rows) == len(text.splitlines())
        assert rows[0][1] == "条款"

    def test_a_district_sees_its_own_and_no_other(self, plan: Plan) -> None:
        open_round(plan=plan, year=2025, unit_due=date(2026, 1, 31), district_due=date(2026, 2, 28), by=CLERK)
        assert as_("hill").get(at(plan, "board"), {"who": pack.SHORE}).status_code == 400
        assert as_("hill").get(at(plan, "board"), {"who": "city"}).status_code == 400
        assert as_("hill").get(at(plan, "board")).status_code == 200


class TestMeeting:
    def test_a_decision_followed_to_the_end(self, plan: Plan) -> None:
        give_task(
            plan=plan, title="报送台账", words="", region=pack.SHORE, unit="health-d", due=date(2025, 6, 30),
            origin=Origin(OriginKind.OTHER, "1", ""), by=CLERK,
        )  # fmt: skip
        city, clerk = as_("city"), as_("clerk")
        assert "督办逾期任务“报送台账”" in said(city.get(at(plan, "meetings")))
        call = {
            "region": pack.CITY,
            "kind": "work",
            "title": "2025年第三季度工作会议",
            "starts": "2025-09-15T09:30",
            "venue": "第一会议室",
            "chair": "李副市长",
        }
        answer = city.post(at(plan, "meetings"), call)
        meeting = Meeting.objects.get()
        page = at(plan, "meeting", pk=meeting.pk)
        assert answer["Location"] == page
        # minutes, attendance and a decision are written on the page
        fields = form_of(city.get(page))
        fields["agenda-words"] = [
            "会议听取了海岸区卫生健康委员会的情况汇报。" if t else "" for t in fields["agenda-title"]
        ]
        fields["decision-title"][0], fields["decision-words"][0] = "补齐乡镇筛查设备", "配齐设备并投入使用"
        fields["decision-office"][0], fields["decision-due"][0], fields["decision-clause"][0] = (
            f"{pack.SHORE}/health-d",
            "2025-12-20",
            "M1.1",
        )
        fields["attend-presence"] = ["present"] * len(fields["attend-presence"])
        assert city.post(page, {**fields, "what": "save"}).status_code == 302
        assert not Task.objects.filter(origin_kind="meeting").exists()
        assert (
            city.post(page, {**fields, "what": "save", "title": "另一个名称"}).status_code == 409
        )  # the version seen before
        assert city.post(page, {**form_of(city.get(page)), "what": "issue"}).status_code == 302
        task = Task.objects.get(origin_kind="meeting")
        assert (task.region, task.unit, task.due) == (pack.SHORE, "health-d", date(2025, 12, 20))
        # the minutes in Word
        document = Document(io.BytesIO(city.get(at(plan, "meeting-minutes", pk=meeting.pk)).content))
        text = "\n".join(p.text for p in document.paragraphs)
        for expected in (
            "会 议 纪 要",
            "〔2025〕1号",
            "李副市长在第一会议室主持召开",
            "补齐乡镇筛查设备",
            "完成时限：2025年12月20日",
            "责任单位：",
        ):
            assert expected in text
        # followed: told, done, sent back once, confirmed
        where = at(plan, "task", pk=task.pk)
        assert "补齐乡镇筛查设备" in said(clerk.get(reverse("web:notices")))
        assert where in clerk.get(reverse("web:notices")).content.decode()
        assert page in city.get(where).content.decode()
        for words, verb in (("设备已到位。", "return"), ("12台设备均已投入使用。", "confirm")):
            task.refresh_from_db()
            assert clerk.post(where, {"version": task.version, "what": "done", "words": words}).status_code == 302
            task.refresh_from_db()
            assert (
                city.post(where, {"version": task.version, "what": verb, "words": "请补充投入使用情况。"}).status_code
                == 302
            )
        task.refresh_from_db()
        assert task.state == "confirmed"
        assert "已确认办结" in said(city.get(page))
        assert clerk.post(where, {"version": task.version, "what": "done", "words": "再报一次。"}).status_code == 409

    def test_who_may_not_keep_meetings_cannot_call_one(self, plan: Plan) -> None:
        call = {"region": pack.CITY, "kind": "work", "title": "会议", "starts": "2025-09-15T09:30"}
        for name in ("leader2", "clerk", "shore"):
            assert as_(name).post(at(plan, "meetings"), call).status_code == 403
        assert not Meeting.objects.exists()


class TestCalendar:
    def test_a_private_address_is_made_read_and_revoked(self, plan: Plan) -> None:
        open_round(plan=plan, year=2025, unit_due=date(2026, 1, 31), district_due=date(2026, 2, 28), by=CLERK)
        clerk = as_("clerk")
        answer = clerk.post(reverse("web:feed"), {"what": "make"})
        (address,) = re.findall(r'id="address">([^<]+)<', answer.content.decode())
        path = address[address.index("/calendar/") :]
        feed = Client().get(path)
        assert feed["Content-Type"].startswith("text/calendar")
        events = Calendar.from_ical(feed.content).walk("VEVENT")
        assert [str(e["summary"]) for e in events] == ["海岸区卫生健康委员会2025年度报告"]
        assert events[0].decoded("dtstart") == date(2026, 1, 31)
        assert address.rsplit("/", 1)[1].removesuffix(".ics") not in clerk.get(reverse("web:feed")).content.decode()
        clerk.post(reverse("web:feed"), {"what": "revoke"})
        assert Client().get(path).status_code == 404
        assert Feed.objects.filter(revoked_at__isnull=True).count() == 0

    def test_the_page_shows_what_is_in_reach(self, plan: Plan) -> None:
        open_round(plan=plan, year=2025, unit_due=date(2099, 1, 31), district_due=date(2099, 2, 28), by=CLERK)
        words = said(as_("hill").get(at(plan, "calendar")))
        assert "2099-01-31" in words
        assert "海岸区" not in words


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_opens_for_every_reader(plan: Plan, language: str) -> None:
    open_round(plan=plan, year=2025, unit_due=date(2026, 1, 31), district_due=date(2026, 2, 28), by=CLERK)
    for name, *_ in PEOPLE:
        for address in ("yearly", "board", "tasks", "meetings", "calendar"):
            assert as_(name, language).get(at(plan, address)).status_code == 200, (name, address)
        assert as_(name, language).get(at(plan, "yearly-year", year=2025)).status_code == 200
        assert as_(name, language).get(reverse("web:feed")).status_code == 200
