"""The calendar: what is due for one person, and nobody else's; the feed as a calendar program reads it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from icalendar import Calendar

from halfsky.audit.models import Event
from halfsky.collect.actions import open_filings
from halfsky.oversight.actions import call_meeting, give_task, make_feed, revoke_feed
from halfsky.oversight.actions.feeds import holder
from halfsky.oversight.calendar import Entry, entries, ics
from halfsky.oversight.models import Feed, Origin, OriginKind
from halfsky.places.models import User
from halfsky.places.policy import Principal, principal
from halfsky.plan import Faulty
from tests.collect.year import acting, person
from tests.collect.year import opened as collection
from tests.oversight.house import PLAN, city, clerk, furnish, opened
from tests.support import CITY, CLERK, HILL, SHORE

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 3, 1, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _house(db: None) -> None:
    furnish()
    collection(PLAN)
    opened()
    open_filings(plan=PLAN, promulgated=date(2025, 1, 31), schemes_due=date(2025, 6, 30), by=CLERK)
    origin = Origin(OriginKind.OTHER, "1", "")
    give_task(
        plan=PLAN, title="报送台账", words="", region=SHORE, unit="health-d", due=date(2025, 5, 1), origin=origin, by=city()
    )  # fmt: skip
    call_meeting(
        plan=PLAN, region=CITY, kind="liaison", title="联络员会议", starts=datetime(2025, 4, 8, 6, 30, tzinfo=UTC), venue="301",
        invited=[(SHORE, "health-d")], by=city(),
    )  # fmt: skip


def feed(by: Principal) -> Calendar:
    content = ics(
        [(PLAN, entries(by, PLAN))], lambda _plan, e: f"https://halfsky.example/{e.key}", "halfsky.example", NOW
    )
    return Calendar.from_ical(content)


def kinds(found: list[Entry]) -> list[str]:
    return [e.kind for e in found]


def test_everything_that_is_due_for_an_office_stands_in_the_order_of_its_days() -> None:
    found = entries(clerk(), PLAN)
    assert kinds(found) == ["return", "meeting", "task", "filing", "yearly"]
    assert [e.day for e in found] == [
        date(2025, 3, 31),
        date(2025, 4, 8),
        date(2025, 5, 1),
        date(2025, 6, 30),
        date(2026, 1, 31),
    ]


def test_ones_own_turn_is_told_from_what_is_in_reach() -> None:
    mine = [e for e in entries(clerk(), PLAN) if e.mine]
    assert kinds(mine) == ["return", "meeting", "task", "filing", "yearly"]
    in_reach = entries(city(), PLAN)
    assert kinds([e for e in in_reach if e.mine]) == ["meeting"]
    assert len(in_reach) > 5


def test_nobody_sees_what_is_out_of_reach() -> None:
    hill = entries(acting("district_committee", HILL), PLAN)
    assert all("海岸区" not in e.label.zh for e in hill)
    assert "meeting" not in kinds(hill)
    assert entries(acting("evaluator", CITY), PLAN) == []


def test_the_feed_parses_back_to_the_same_dates_and_each_has_a_name_of_its_own() -> None:
    calendar = feed(clerk())
    assert calendar["version"] == "2.0"
    assert calendar["prodid"].startswith("-//Halfsky")
    events = calendar.walk("VEVENT")
    assert len({str(e["uid"]) for e in events}) == len(events) == 5
    whole = {str(e["summary"]): e.decoded("dtstart") for e in events if str(e["summary"]) != "联络员会议"}
    assert whole["任务：报送台账（海岸区卫生健康委员会）"] == date(2025, 5, 1)
    assert all(not isinstance(day, datetime) for day in whole.values())
    (meeting,) = (e for e in events if str(e["summary"]) == "联络员会议")
    assert meeting.decoded("dtstart").astimezone(UTC) == datetime(2025, 4, 8, 6, 30, tzinfo=UTC)
    assert meeting.decoded("dtend") > meeting.decoded("dtstart")
    assert not [error for e in events for error in e.errors]


def test_lines_are_folded_as_the_standard_asks() -> None:
    content = ics([(PLAN, entries(clerk(), PLAN))], lambda _plan, e: "https://halfsky.example/" + "x" * 120, "h", NOW)
    assert content.endswith(b"END:VCALENDAR\r\n")
    assert max(len(line) for line in content.split(b"\r\n")) <= 75


class TestAddress:
    def test_only_the_digest_is_kept_and_a_new_one_ends_the_old(self) -> None:
        user = person("district_clerk", SHORE, "health-d")
        first = make_feed(user=user, by=clerk())
        assert holder(first) == user
        second = make_feed(user=user, by=clerk())
        assert holder(first) is None
        assert holder(second) == user
        assert first not in str(list(Feed.objects.values())) + str(list(Event.objects.values()))

    def test_revoked_or_of_somebody_who_left_it_opens_nothing(self) -> None:
        user = person("district_clerk", SHORE, "health-d")
        secret = make_feed(user=user, by=clerk())
        User.objects.filter(pk=user.pk).update(is_active=False)
        assert holder(secret) is None
        User.objects.filter(pk=user.pk).update(is_active=True)
        revoke_feed(user=user, by=clerk())
        assert holder(secret) is None
        assert holder("none") is None

    def test_nobody_makes_one_for_another(self) -> None:
        with pytest.raises(Faulty):
            make_feed(
                user=person("committee", CITY), by=principal(person("district_clerk", SHORE, "health-d"), door="web")
            )
