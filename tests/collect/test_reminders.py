"""Reminders: who hears what on which day, once; and mails through a real server, dead or alive."""

from __future__ import annotations

import email
import email.policy
import socket
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from django.utils import timezone

from halfsky.collect.actions import remind
from halfsky.collect.actions.reminders import mark
from halfsky.collect.models import Cycle, Notice, Return, State
from halfsky.collect.notices import SENTENCES, sentence
from halfsky.places.models import Mail
from halfsky.places.outbox import send_mails
from halfsky.places.policy import Forbidden
from tests.collect.year import acting, everybody, fill, go, handed_in, opened, plan
from tests.support import CITY, CLERK, SHORE

PLAN = plan()
pytestmark = pytest.mark.django_db


@pytest.fixture
def cycle() -> Cycle:
    from halfsky.places.actions import establish

    establish(plan=PLAN, by=CLERK)
    everybody()
    return opened(PLAN)


def heard(who: str, kind: str | None = None) -> list[Notice]:
    rows = Notice.objects.filter(user__username=who).order_by("pk")
    return list(rows.filter(kind=kind) if kind else rows)


def on(day: date):
    return remind(plan=PLAN, today=day, by=CLERK)


class Box(Message):
    """A mail server's post box."""

    def __init__(self) -> None:
        super().__init__()
        self.mails: list[email.message.EmailMessage] = []

    def handle_message(self, message) -> None:
        self.mails.append(email.message_from_bytes(bytes(message), policy=email.policy.default))


@pytest.fixture
def box(settings) -> Iterator[Box]:
    handler = Box()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(handler, hostname="127.0.0.1", port=port)
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    yield handler
    server.stop()


@pytest.mark.parametrize(
    ("days", "expected"),
    [(-30, None), (-15, None), (-14, -14), (-8, -14), (-7, -7), (-2, -7), (-1, -1), (0, -1), (1, 1), (7, 1), (8, 8), (15, 15), (21, 15)],
)  # fmt: skip
def test_which_reminder_is_in_force(days: int, expected: int | None) -> None:
    assert mark(days) == expected


class TestDays:
    def test_a_clerk_is_reminded_14_7_and_1_days_before_the_day_after_and_weekly(self, cycle: Cycle) -> None:
        day = date(2025, 3, 1)
        heard_on = []
        while day <= date(2025, 4, 20):
            before = len(heard(f"district_clerk.{SHORE}"))
            on(day)
            on(day)  # run twice a day
            if len(heard(f"district_clerk.{SHORE}")) > before:
                heard_on.append((day - cycle.unit_due).days)
            day += timedelta(days=1)
        assert heard_on == [-14, -7, -1, 1, 8, 15]

    def test_a_day_on_which_nothing_ran_is_made_good_once(self, cycle: Cycle) -> None:
        on(date(2025, 3, 27))
        notices = heard(f"district_clerk.{SHORE}", "remind-before")
        assert [n.params["days"] for n in notices] == [4]

    def test_who_has_handed_in_hears_no_more_and_the_next_one_does(self, cycle: Cycle) -> None:
        handed_in(PLAN, cycle.returns.get(region=SHORE))
        on(date(2025, 4, 1))
        assert heard(f"district_clerk.{SHORE}", "remind-late") == []
        assert len(heard(f"district_unit_approver.{SHORE}", "remind-late")) == 1

    def test_an_extension_sets_the_clock_anew(self, cycle: Cycle) -> None:
        Return.objects.filter(region=SHORE).update(extended_to=date(2025, 5, 1))
        on(date(2025, 4, 10))
        assert heard(f"district_clerk.{SHORE}", "remind-late") == []
        on(date(2025, 4, 24))
        assert len(heard(f"district_clerk.{SHORE}", "remind-before")) == 1

    def test_what_stays_late_goes_up_step_by_step(self, cycle: Cycle) -> None:
        on(date(2025, 4, 3))
        assert heard(f"district_unit_approver.{SHORE}", "late-unit")
        assert heard(f"district_statistics.{SHORE}", "late-offices") == []
        on(date(2025, 4, 7))
        assert heard(f"district_statistics.{SHORE}", "late-offices")
        assert heard(f"district_committee.{SHORE}", "late-offices")
        city = heard(f"committee.{CITY}", "late-offices")
        assert [n.params["count"] for n in city] == [1]  # its own unit; the districts' are theirs for another week
        on(date(2025, 4, 14))
        assert [n.params["count"] for n in heard(f"committee.{CITY}", "late-offices")] == [1, 3]
        on(date(2025, 4, 14))
        assert len(heard(f"committee.{CITY}", "late-offices")) == 2

    def test_only_who_manages_the_year_may_run_them(self, cycle: Cycle) -> None:
        with pytest.raises(Forbidden):
            remind(plan=PLAN, today=date(2025, 4, 1), by=acting("district_clerk", SHORE, "health-d"))


class TestMoves:
    def test_each_step_tells_who_is_next(self, cycle: Cycle) -> None:
        sheet = handed_in(PLAN, cycle.returns.get(region=SHORE))
        assert heard(f"district_unit_approver.{SHORE}", "submitted")
        go(PLAN, sheet, State.APPROVED)
        assert heard(f"district_statistics.{SHORE}", "approved")
        assert not heard(f"statistics.{CITY}", "approved")
        go(PLAN, sheet, State.PASSED)
        assert heard(f"statistics.{CITY}", "passed")
        go(PLAN, sheet, State.RETURNED, reason="分母与上年不一致")
        (returned,) = heard(f"district_clerk.{SHORE}", "returned")
        assert "分母与上年不一致" in sentence(returned).zh
        fill(PLAN, sheet, screening=(610, 1000))
        go(PLAN, sheet, State.SUBMITTED, State.APPROVED, State.PASSED, State.ACCEPTED)
        assert heard(f"district_clerk.{SHORE}", "accepted")

    def test_a_move_refused_tells_nobody(self, cycle: Cycle) -> None:
        from halfsky.plan import Faulty

        before = Notice.objects.count()
        with pytest.raises(Faulty):
            go(PLAN, cycle.returns.get(region=SHORE), State.SUBMITTED)
        assert Notice.objects.count() == before

    def test_every_notice_reads_in_both_languages(self, cycle: Cycle) -> None:
        self.test_each_step_tells_who_is_next(cycle)
        for day in (date(2025, 3, 17), date(2025, 5, 20)):
            on(day)
        notices = list(Notice.objects.all())
        assert {n.kind for n in notices} >= {k for k in SENTENCES if not k.startswith("filing")} - {"extended"}
        for notice in notices:
            words = sentence(notice)
            assert "{" not in words.zh + words.en
            assert "2024年" in words.zh
            assert "2024" in words.en


class TestMail:
    def test_what_is_told_in_the_house_arrives_by_mail(self, cycle: Cycle, box: Box) -> None:
        Mail.objects.all().delete()
        handed_in(PLAN, cycle.returns.get(region=SHORE))
        assert send_mails().sent == 1
        (arrived,) = box.mails
        assert arrived["To"] == f"district_unit_approver.{SHORE}@example.cn"
        assert "海岸区卫生健康委员会2024年度报送表已提交，请审核。" in arrived.get_content()
        assert "was submitted; please approve it." in arrived.get_content()
        assert send_mails().sent == 0
        assert len(box.mails) == 1

    def test_a_dead_server_breaks_no_step_and_loses_no_mail(self, cycle: Cycle, settings) -> None:
        Mail.objects.all().delete()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
        sheet = handed_in(PLAN, cycle.returns.get(region=SHORE))
        assert sheet.state == State.SUBMITTED
        outcome = send_mails()
        assert (outcome.sent, outcome.failed, outcome.waiting) == (0, 1, 1)
        mail = Mail.objects.get()
        assert mail.tries == 1
        assert mail.error

    def test_it_goes_out_when_the_server_is_back(self, cycle: Cycle, box: Box, settings) -> None:
        Mail.objects.all().delete()
        alive, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
        handed_in(PLAN, cycle.returns.get(region=SHORE))
        send_mails()
        settings.EMAIL_PORT = alive
        assert send_mails().sent == 1
        assert len(box.mails) == 1

    def test_what_comes_in_numbers_is_one_mail(self, cycle: Cycle, box: Box, settings) -> None:
        Mail.objects.all().delete()
        settings.MAIL_DIGEST_MINUTES = 60
        sheets = list(cycle.returns.filter(unit="health-d").order_by("region"))
        for sheet in sheets:
            go(PLAN, handed_in(PLAN, sheet), State.APPROVED, State.PASSED)
        assert send_mails().sent == 0  # more may come
        Mail.objects.update(wait_until=timezone.now())
        send_mails()
        (arrived,) = [m for m in box.mails if m["To"] == f"statistics.{CITY}@example.cn"]
        body = arrived.get_content()
        assert f"有{len(sheets)}份2024年度报送表已经区（市）县统计局审核，待审定。" in body
        assert all(sheet.office.name_zh in body for sheet in sheets)
        handed_in(PLAN, go(PLAN, sheets[0], State.RETURNED, reason="再核"), screening=(601, 1000))
        go(PLAN, sheets[0], State.APPROVED, State.PASSED)
        assert Mail.objects.filter(to=f"statistics.{CITY}@example.cn", sent_at=None).count() == 1  # a new one begins

    def test_without_a_server_mails_wait(self, cycle: Cycle, settings) -> None:
        settings.EMAIL_HOST = ""
        assert send_mails().waiting == Mail.objects.count() > 0

    def test_an_office_without_a_clerk_is_written_to_itself(self, cycle: Cycle) -> None:
        from halfsky.places.models import Office

        Office.objects.filter(region="990203", unit="health-d").update(email="hill@example.cn")
        on(date(2025, 4, 1))
        assert Mail.objects.filter(to="hill@example.cn").exists()
