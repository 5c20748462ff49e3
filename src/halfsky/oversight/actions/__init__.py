"""The verbs of oversight: the only places that write."""

from halfsky.oversight.actions.reminders import remind
from halfsky.oversight.actions.tasks import confirm_task, give_task, report_on_task, return_task, withdraw_task

__all__ = ["confirm_task", "give_task", "remind", "report_on_task", "return_task", "withdraw_task"]
