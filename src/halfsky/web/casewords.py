"""The names of things on the pages of cases: stages, steps, letters. Message ids are English."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from halfsky.alerts.models import Case, CaseStep
from halfsky.assess import Standing
from halfsky.web.words import Words

_Stage, _Kind = Case.Stage, CaseStep.Kind

STAGES: dict[str, Words] = {
    _Stage.RAISED: _("To be answered"),
    _Stage.RETURNED: _("Answer sent back"),
    _Stage.ANSWERED: _("Answer under review"),
    _Stage.PROGRESS: _("Being put right"),
    _Stage.CLOSED: pgettext_lazy("case", "Closed"),
}
# Each stage by a shape and colour of the standings, so that none is told by colour alone.
STAGE_MARKS: dict[str, Standing] = {
    _Stage.RAISED: Standing.NO_DATA,
    _Stage.RETURNED: Standing.AT_RISK,
    _Stage.ANSWERED: Standing.UNCERTAIN,
    _Stage.PROGRESS: Standing.ON_TRACK,
    _Stage.CLOSED: Standing.MET,
}
STEP_WORDS: dict[str, Words] = {
    _Kind.RAISED: _("Warning raised, case opened"),
    _Kind.CHANGED: _("The warning stands, judged anew"),
    _Kind.UNSETTLED: _("No warning for want of figures: nothing is settled, the case stays open"),
    _Kind.ANSWERED: _("Answered"),
    _Kind.ACCEPTED: _("Answer accepted"),
    _Kind.RETURNED: _("Answer sent back"),
    _Kind.PROGRESS: _("Progress reported"),
    _Kind.FINISHED: _("Remedy reported as carried out"),
    _Kind.EXTENDED: _("Deadline moved"),
    _Kind.CLOSED: pgettext_lazy("case", "Closed"),
    _Kind.QUIET: _("Removed by a revision, not by a new year's figure"),
    _Kind.RESUMED: _("Brought back by a revision, goes on where it stood"),
    _Kind.REOPENED: _("The warning came back, case opened again"),
    _Kind.OWED: _("A letter is owed by the rule"),
    _Kind.LETTER: _("Letter issued"),
}
ENDING_WORDS: dict[str, Words] = {
    Case.Ending.FIGURE: _("by a new figure"),
    Case.Ending.REVIEWER: _("by the committee office"),
    Case.Ending.REVISION: _("by a revision of figures"),
    Case.Ending.GONE: _("the plan no longer has the promise"),
}
