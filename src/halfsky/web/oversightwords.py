"""The names of things on the pages of tasks, yearly reports, meetings and the calendar. Message ids are English."""

from __future__ import annotations

import json

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from halfsky.assess import Standing
from halfsky.oversight.models import AgendaItem, Attendance, Meeting, OriginKind, Task, YearlyItem, YearlyReport
from halfsky.web.book import page_language
from halfsky.web.words import Words

TASK_STATES: dict[str, Words] = {
    Task.State.GIVEN: pgettext_lazy("task", "Given"),
    Task.State.DOING: pgettext_lazy("task", "Being done"),
    Task.State.REPORTED: pgettext_lazy("task", "Reported as done"),
    Task.State.RETURNED: pgettext_lazy("task", "Sent back"),
    Task.State.CONFIRMED: pgettext_lazy("task", "Confirmed as done"),
    Task.State.WITHDRAWN: pgettext_lazy("task", "Withdrawn"),
}
YEARLY_STATES: dict[str, Words] = {
    YearlyReport.State.DRAFT: pgettext_lazy("yearly report", "Being written"),
    YearlyReport.State.SUBMITTED: pgettext_lazy("yearly report", "Submitted"),
    YearlyReport.State.RETURNED: pgettext_lazy("yearly report", "Sent back"),
    YearlyReport.State.ACCEPTED: pgettext_lazy("yearly report", "Accepted"),
}
PROGRESS: dict[str, Words] = {
    YearlyItem.Progress.DONE: pgettext_lazy("progress", "Done"),
    YearlyItem.Progress.DOING: pgettext_lazy("progress", "Doing"),
    YearlyItem.Progress.NOT_BEGUN: pgettext_lazy("progress", "Not begun"),
    YearlyItem.Progress.OVERDUE: pgettext_lazy("progress", "Overdue"),
}
MEETING_KINDS: dict[str, Words] = {
    Meeting.Kind.WORK: _("Work meeting"),
    Meeting.Kind.COMMITTEE: _("Committee meeting"),
    Meeting.Kind.LIAISON: _("Liaison officers' meeting"),
}
MEETING_STATES: dict[str, Words] = {
    Meeting.State.PLANNED: pgettext_lazy("meeting", "Called"),
    Meeting.State.ISSUED: pgettext_lazy("meeting", "Minutes issued"),
    Meeting.State.CALLED_OFF: pgettext_lazy("meeting", "Called off"),
}
PRESENCES: dict[str, Words] = {
    Attendance.Presence.INVITED: pgettext_lazy("attendance", "Invited"),
    Attendance.Presence.PRESENT: pgettext_lazy("attendance", "Present"),
    Attendance.Presence.ABSENT: pgettext_lazy("attendance", "Absent"),
}
AGENDA_KINDS: dict[str, Words] = {
    AgendaItem.Kind.EARLIER: pgettext_lazy("agenda", "Decisions before"),
    AgendaItem.Kind.WARNING: pgettext_lazy("agenda", "Warning"),
    AgendaItem.Kind.TASK: pgettext_lazy("agenda", "Overdue task"),
    AgendaItem.Kind.OTHER: pgettext_lazy("agenda", "Other"),
}
ORIGINS: dict[str, Words] = {
    OriginKind.MEETING: _("Decision of a meeting"),
    OriginKind.RECOMMENDATION: _("Recommendation of an evaluation"),
    OriginKind.WARNING: _("Warning"),
    OriginKind.OTHER: _("Given directly"),
}
CALENDAR_KINDS: dict[str, Words] = {
    "return": pgettext_lazy("calendar", "Return"),
    "filing": pgettext_lazy("calendar", "Filing"),
    "task": pgettext_lazy("calendar", "Task"),
    "yearly": pgettext_lazy("calendar", "Yearly report"),
    "meeting": pgettext_lazy("calendar", "Meeting"),
}

# Each by a shape and colour of the standings, so that none is told by colour alone.
MARKS: dict[str, Standing] = {
    Task.State.GIVEN: Standing.NO_DATA,
    Task.State.DOING: Standing.ON_TRACK,
    Task.State.REPORTED: Standing.UNCERTAIN,
    Task.State.RETURNED: Standing.AT_RISK,
    Task.State.CONFIRMED: Standing.MET,
    Task.State.WITHDRAWN: Standing.NOT_APPLICABLE,
    YearlyReport.State.DRAFT: Standing.NO_DATA,
    YearlyReport.State.SUBMITTED: Standing.UNCERTAIN,
    YearlyReport.State.ACCEPTED: Standing.MET,
    YearlyItem.Progress.DONE: Standing.MET,
    YearlyItem.Progress.NOT_BEGUN: Standing.NO_DATA,
    YearlyItem.Progress.OVERDUE: Standing.MISSED,
    Meeting.State.PLANNED: Standing.UNCERTAIN,
    Meeting.State.ISSUED: Standing.MET,
    Meeting.State.CALLED_OFF: Standing.NOT_APPLICABLE,
}


def script_words(request: HttpRequest, report: YearlyReport) -> str:
    """What the script of a report's page has to know, and everything that it may say."""
    person = request.user.pk
    return json.dumps(
        {
            "name": f"yearly:{person}:{report.pk}", "person": str(person),
            "url": reverse("api:save_yearly", kwargs={"report": report.pk}), "session": reverse("api:session"),
            "language": page_language(),
            "words": {
                "saved": gettext("Saved {time}"), "sending": gettext("Saving…"), "pending": gettext("{n} waiting to be saved"),
                "offline": gettext("{n} waiting to be sent; they are saved by themselves once the connection is back"),
                "expired": gettext("The session has ended. Sign in again in a new window; nothing that you typed is lost."),
                "held": gettext("{n} to settle: somebody else has changed the same part"),
                "full": gettext("The browser's storage is full: do not close this page before everything is saved."),
                "conflict": gettext("{by} has changed this part meanwhile:"), "mine": gettext("Keep mine"), "theirs": gettext("Take theirs"),
            },
        },
        ensure_ascii=False,
    )  # fmt: skip
