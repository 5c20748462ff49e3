"""The names of things on the pages of a year: steps, whose turn it is, filings. Message ids are English."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from halfsky.assess import Standing
from halfsky.collect.clocks import Holder
from halfsky.collect.models import Filing, State
from halfsky.web.words import Words

# Each state by a shape and colour of the standings, so that no state is told by colour alone.
MARKS: dict[State, Standing] = {
    State.DRAFT: Standing.NO_DATA,
    State.SUBMITTED: Standing.TOO_LITTLE,
    State.APPROVED: Standing.UNCERTAIN,
    State.PASSED: Standing.ON_TRACK,
    State.RETURNED: Standing.AT_RISK,
    State.ACCEPTED: Standing.MET,
    State.LOCKED: Standing.NOT_APPLICABLE,
}
FILING_MARKS: dict[Filing.State, Standing] = {
    Filing.State.DUE: Standing.NO_DATA,
    Filing.State.FILED: Standing.UNCERTAIN,
    Filing.State.RETURNED: Standing.AT_RISK,
    Filing.State.ACCEPTED: Standing.MET,
}
SHORT: dict[State, Words] = {
    State.DRAFT: pgettext_lazy("short state", "filling"),
    State.SUBMITTED: pgettext_lazy("short state", "unit"),
    State.APPROVED: pgettext_lazy("short state", "statistics"),
    State.PASSED: pgettext_lazy("short state", "city"),
    State.RETURNED: pgettext_lazy("short state", "returned"),
    State.ACCEPTED: pgettext_lazy("short state", "accepted"),
    State.LOCKED: pgettext_lazy("short state", "locked"),
}
HOLDERS: dict[Holder, Words] = {
    Holder.CLERK: gettext_lazy("the unit's clerk"),
    Holder.APPROVER: gettext_lazy("the unit's approver"),
    Holder.DISTRICT: gettext_lazy("the district's statistics office"),
    Holder.CITY: gettext_lazy("the city's statistics office"),
    Holder.NOBODY: gettext_lazy("nobody"),
}
FILING_STATES: dict[Filing.State, Words] = {
    Filing.State.DUE: gettext_lazy("To be filed"),
    Filing.State.FILED: gettext_lazy("Filed, under review"),
    Filing.State.RETURNED: gettext_lazy("Sent back"),
    Filing.State.ACCEPTED: gettext_lazy("On file"),
}
FILING_KINDS: dict[Filing.Kind, Words] = {
    Filing.Kind.PLAN: gettext_lazy("District's plan"),
    Filing.Kind.SCHEME: gettext_lazy("Implementation plan"),
}
_MOVES: dict[State, Words] = {
    State.SUBMITTED: gettext_lazy("Submit"),
    State.DRAFT: gettext_lazy("Take back"),
    State.APPROVED: gettext_lazy("Approve"),
    State.PASSED: gettext_lazy("Pass on to the city"),
    State.ACCEPTED: gettext_lazy("Accept"),
    State.RETURNED: gettext_lazy("Send back"),
}


def move_word(before: str, to: State) -> Words:
    """What a button says that moves a return."""
    if to is State.RETURNED and before in {State.ACCEPTED, State.LOCKED}:
        return gettext_lazy("Reopen")
    return _MOVES[to]


def clock(days: int) -> str:
    """Days past a day due (before it: negative), in words."""
    if days > 0:
        return ngettext("%(n)s day late", "%(n)s days late", days) % {"n": days}
    if days == 0:
        return _("due today")
    return ngettext("%(n)s day left", "%(n)s days left", -days) % {"n": -days}
