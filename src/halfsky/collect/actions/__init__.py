"""The verbs of collection: the only places that write. Those of forms stand in :mod:`.uploading`, which reads before it writes."""

from halfsky.collect.actions.cycles import extend, lock_cycle, open_cycle
from halfsky.collect.actions.figures import Taken, import_figures
from halfsky.collect.actions.filings import open_filings, review_filing, set_promulgated, submit_filing
from halfsky.collect.actions.filling import CellChange, Saved, save_cells
from halfsky.collect.actions.reminders import remind
from halfsky.collect.actions.review import Stale, move
from halfsky.collect.actions.surveys import SurveyData, add_survey, revise_survey, withdraw_survey

__all__ = [
    "CellChange",
    "Saved",
    "Stale",
    "SurveyData",
    "Taken",
    "add_survey",
    "extend",
    "import_figures",
    "lock_cycle",
    "move",
    "open_cycle",
    "open_filings",
    "remind",
    "review_filing",
    "revise_survey",
    "save_cells",
    "set_promulgated",
    "submit_filing",
    "withdraw_survey",
]
