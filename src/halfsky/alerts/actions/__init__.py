"""The verbs of alerts: assessing, following warnings with cases, and what people do to a case."""

from halfsky.alerts.actions.assessing import assess_plan, bring_up_to_date, years_judged
from halfsky.alerts.actions.reminding import remind_cases
from halfsky.alerts.actions.steps import answer, close_case, extend_case, report_progress, review, save_draft

__all__ = [
    "answer",
    "assess_plan",
    "bring_up_to_date",
    "close_case",
    "extend_case",
    "remind_cases",
    "report_progress",
    "review",
    "save_draft",
    "years_judged",
]
