"""The verbs of an evaluation: the only places that write."""

from halfsky.evaluation.actions.concluding import (
    add_finding,
    change_conclusion,
    close_evaluation,
    finish_evaluation,
    hand_over,
    recommend,
    remove_finding,
    remove_recommendation,
)
from halfsky.evaluation.actions.organisation import add_member, end_member
from halfsky.evaluation.actions.schemes import (
    assign,
    decide_scheme,
    draft_evaluation,
    revise_scheme,
    save_scheme,
    submit_scheme,
)
from halfsky.evaluation.actions.sheets import MarkData, attach, detach, return_sheet, save_sheet, submit_sheet

__all__ = [
    "MarkData",
    "add_finding",
    "add_member",
    "assign",
    "attach",
    "change_conclusion",
    "close_evaluation",
    "decide_scheme",
    "detach",
    "draft_evaluation",
    "end_member",
    "finish_evaluation",
    "hand_over",
    "recommend",
    "remove_finding",
    "remove_recommendation",
    "return_sheet",
    "revise_scheme",
    "save_scheme",
    "save_sheet",
    "submit_scheme",
    "submit_sheet",
]
