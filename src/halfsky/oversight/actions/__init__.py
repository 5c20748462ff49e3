"""The verbs of oversight: the only places that write."""

from halfsky.oversight.actions.feeds import make_feed, revoke_feed
from halfsky.oversight.actions.meetings import (
    AgendaEntry,
    AttendanceEntry,
    DecisionEntry,
    Minutes,
    call_meeting,
    call_off,
    issue_minutes,
    propose_agenda,
    save_meeting,
)
from halfsky.oversight.actions.reminders import remind
from halfsky.oversight.actions.tasks import confirm_task, give_task, report_on_task, return_task, withdraw_task
from halfsky.oversight.actions.writing import ItemChange, attach, detach, save_items, take_over
from halfsky.oversight.actions.yearly import open_round, review_yearly, submit_yearly

__all__ = [
    "AgendaEntry",
    "AttendanceEntry",
    "DecisionEntry",
    "ItemChange",
    "Minutes",
    "attach",
    "call_meeting",
    "call_off",
    "confirm_task",
    "detach",
    "give_task",
    "issue_minutes",
    "make_feed",
    "open_round",
    "propose_agenda",
    "remind",
    "report_on_task",
    "return_task",
    "review_yearly",
    "revoke_feed",
    "save_items",
    "save_meeting",
    "submit_yearly",
    "take_over",
    "withdraw_task",
]
