"""What is due for one person, as dates: returns, filings, tasks, reports, meetings; as a page and as iCalendar."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from django.utils import timezone
from icalendar import Calendar, Event

from halfsky.collect.clocks import turn
from halfsky.collect.models import Cycle, Filing, Return, State
from halfsky.collect.notices import FILINGS, TASKS
from halfsky.collect.worklist import own_filing, waiting_for
from halfsky.oversight import queries
from halfsky.oversight.actions.common import office_name
from halfsky.oversight.models import Meeting, Task, YearlyReport
from halfsky.places.policy import Principal
from halfsky.places.roles import Permission
from halfsky.plan import Plan, Text

Kind = Literal["return", "filing", "task", "yearly", "meeting"]
PRODUCT = "-//Halfsky//Calendar//ZH"


@dataclass(frozen=True, slots=True)
class Entry:
    """One date. ``key`` never changes, so that a calendar program moves an entry instead of doubling it; ``starts`` is
    the hour of a meeting; ``mine`` whether it is the reader's own turn, or a meeting, rather than something in reach."""

    key: str
    kind: Kind
    day: date
    label: Text
    name: str  # of the page
    kwargs: dict[str, Any]
    mine: bool
    starts: datetime | None = None
    venue: str = ""


def entries(by: Principal, plan: Plan) -> list[Entry]:
    """Everything open in one's reach, in the order of its days."""
    found = [*_returns(by, plan), *_filings(by, plan), *_tasks(by, plan), *_reports(by, plan), *_meetings(by, plan)]
    return sorted(found, key=lambda e: (e.day, e.key))


def _returns(by: Principal, plan: Plan) -> Iterator[Entry]:
    open_states = [s for s in State if s not in {State.ACCEPTED, State.LOCKED}]
    for cycle in Cycle.objects.filter(plan=plan.id):
        rows = Return.objects.filter(by.scope(Permission.RETURN_READ).q(), cycle=cycle, state__in=open_states)
        waiting = set(rows.filter(waiting_for(plan, by)).values_list("pk", flat=True))
        for sheet in rows.select_related("office", "cycle"):
            now = turn(plan, sheet)
            if now.due is None:
                continue
            task, office = TASKS[now.holder], sheet.office
            label = Text(
                zh=f"{office.name_zh}{cycle.year}年度报送表：{task.zh}",
                en=f"Return {cycle.year} of {office.name_en or office.name_zh}: to be {task.en}",
            )
            yield Entry(
                f"return-{sheet.pk}", "return", now.due, label, "review-one", {"pk": sheet.pk}, sheet.pk in waiting
            )


def _filings(by: Principal, plan: Plan) -> Iterator[Entry]:
    states = [Filing.State.DUE, Filing.State.RETURNED]
    for filing in Filing.objects.filter(by.scope(Permission.RETURN_READ).q(), plan=plan.id, state__in=states):
        office, what = office_name(plan, filing.region, filing.unit), FILINGS[filing.kind]
        label = Text(zh=f"{office.zh}报备{what.zh}", en=f"{office.en} is to file {what.en}")
        mine = own_filing(filing, plan, by)
        yield Entry(f"filing-{filing.pk}", "filing", filing.due, label, "filing", {"pk": filing.pk}, mine)


def _tasks(by: Principal, plan: Plan) -> Iterator[Entry]:
    waiting = {w.kwargs["pk"] for w in queries.waiting_tasks(by, plan)}
    for task in queries.tasks(by, plan).exclude(state__in=[Task.State.CONFIRMED, Task.State.WITHDRAWN]):
        office = office_name(plan, task.region, task.unit)
        label = Text(zh=f"任务：{task.title}（{office.zh}）", en=f"Task: {task.title} ({office.en})")
        yield Entry(f"task-{task.pk}", "task", task.due, label, "task", {"pk": task.pk}, task.pk in waiting)


def _reports(by: Principal, plan: Plan) -> Iterator[Entry]:
    waiting = {w.kwargs["pk"] for w in queries.waiting_reports(by, plan)}
    for report in queries.yearly_reports(by, plan).exclude(state=YearlyReport.State.ACCEPTED):
        office = office_name(plan, report.region, report.unit)
        label = Text(
            zh=f"{office.zh}{report.round.year}年度报告", en=f"Yearly report {report.round.year} of {office.en}"
        )
        mine = report.pk in waiting
        yield Entry(f"yearly-{report.pk}", "yearly", report.due, label, "yearly-report", {"pk": report.pk}, mine)


def _meetings(by: Principal, plan: Plan) -> Iterator[Entry]:
    for meeting in queries.meetings(by, plan).exclude(state=Meeting.State.CALLED_OFF):
        label = Text(zh=meeting.title, en=meeting.title)
        yield Entry(
            f"meeting-{meeting.pk}", "meeting", timezone.localdate(meeting.starts), label, "meeting", {"pk": meeting.pk},
            True, meeting.starts, meeting.venue,
        )  # fmt: skip


def ics(
    plans: Sequence[tuple[Plan, Sequence[Entry]]], url: Callable[[Plan, Entry], str], host: str, now: datetime
) -> bytes:
    """The entries as RFC 5545: days due as all-day events, meetings with their hour; ``host`` makes the UIDs our own."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "半边天：到期事项")
    calendar.add("refresh-interval;value=duration", "PT6H")
    for plan, found in plans:
        for entry in found:
            calendar.add_component(_event(plan, entry, url(plan, entry), host, now))
    content: bytes = calendar.to_ical()
    return content


def _event(plan: Plan, entry: Entry, url: str, host: str, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{entry.key}.{plan.id}@{host}")
    event.add("dtstamp", now)
    event.add("summary", entry.label.zh)
    event.add("description", f"{plan.short_title.zh}\n{url}")
    event.add("url", url)
    if entry.starts is not None:
        event.add("dtstart", entry.starts)
        event.add("dtend", entry.starts + timedelta(hours=2))
        if entry.venue:
            event.add("location", entry.venue)
    else:
        event.add("dtstart", entry.day)
        event.add("dtend", entry.day + timedelta(days=1))
        event.add("transp", "TRANSPARENT")  # a day due keeps nobody busy
    return event
