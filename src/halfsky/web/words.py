"""The names of things on the pages that ``reports.words`` does not name. Message ids are English; the catalogue holds the Chinese."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from halfsky.alerts.policy import Ground
from halfsky.assess import Flag, Funnel, Oddity, Standing
from halfsky.assess.compositemodel import Why
from halfsky.assess.gapmodel import Course, GapKind, Lead

Words = Promise | str

GRAVITY: tuple[Standing, ...] = (
    Standing.MISSED, Standing.AT_RISK, Standing.UNCERTAIN, Standing.TOO_LITTLE, Standing.NO_DATA,
    Standing.ON_TRACK, Standing.MET, Standing.NOT_APPLICABLE,
)  # fmt: skip
"""Gravest first: of several places the first of these stands for a promise."""

STANDING_MEANINGS: dict[Standing, Words] = {
    Standing.MET: _("The bound of the milestone in force is reached."),
    Standing.ON_TRACK: _("Not reached yet, and likely to be reached in time."),
    Standing.UNCERTAIN: _("Neither likely nor unlikely to be reached in time."),
    Standing.AT_RISK: _("Unlikely to be reached in time as things stand."),
    Standing.MISSED: _("The milestone's year has come and the bound is not reached."),
    Standing.TOO_LITTLE: _("Something is known, but not enough to judge."),
    Standing.NO_DATA: _("Nothing is known."),
    Standing.NOT_APPLICABLE: _("The promise has no object in this place."),
}

FLAG_MEANINGS: dict[Flag, Words] = {
    Flag.VOLATILE: _(
        "The figures swing more than those of 95% of places, more than chance explains, and more than the step still "
        "required a year or, once met, the margin."
    ),
    Flag.SLIPPING: _("The newest figures are worse than those before."),
    Flag.SMALL_NUMBERS: _("So few cases that one more or less decides: a single year proves little."),
    Flag.CLUSTER: _("More cases in a short time than chance explains at the bound or the other places' rate."),
    Flag.BREAK: _("Earlier years were counted differently and are not compared."),
    Flag.STALE: _("The newest figure is older than the year judged."),
    Flag.NEARLY: _("Short of the bound by no more than the stated margin."),
}

ODDITY_MEANINGS: dict[Oddity, Words] = {
    Oddity.JUMP: _(
        "The newest figure lies outside the 99% interval of the years before; the next will tell whether it stays."
    ),
    Oddity.SPIKE: _("Outside that interval, and the next figure went back: a misreport is likely."),
    Oddity.SHIFT: _("Outside that interval, and it stayed, in this place: a change of definition, or a real jump."),
    Oddity.COMMON_SHIFT: _("Half of the places or more left their intervals on the same side in the same year."),
    Oddity.REVISED: _("The figure replaces an earlier one; both are shown."),
    Oddity.BREAK: _("The source says that definition or coverage changed: nothing to check."),
}

LIMITS: dict[Funnel, Words] = {
    Funnel.INSIDE: _("inside"),
    Funnel.ABOVE_95: _("above the 95% limit"),
    Funnel.ABOVE_998: _("above the 99.8% limit"),
    Funnel.BELOW_95: _("below the 95% limit"),
    Funnel.BELOW_998: _("below the 99.8% limit"),
}

LEVELS: dict[str, Words] = {
    "red": _("Red"),
    "orange": _("Orange"),
    "yellow": _("Yellow"),
}

GROUNDS: dict[Ground, Words] = {
    Ground.MISSED: _("Missed"),
    Ground.AT_RISK: _("At risk"),
    Ground.VOLATILE: _("Volatile"),
    Ground.SLIPPING: _("Slipping"),
    Ground.CLUSTER: _("Cluster"),
}

DIMENSIONS: dict[str, Words] = {
    "indicator": _("Indicator"),
    "region": _("Place"),
    "year": _("Year"),
    "sex": _("Sex"),
    "age": _("Age"),
    "residence": _("Residence"),
}

WHY_MISSING: dict[str, Words] = {
    "absent": _("not sent"),
    "not_collected": _("not collected"),
}

REGION_LEVELS: dict[str, Words] = {
    "nation": _("Nation"),
    "province": _("Province"),
    "city": _("City"),
    "district": _("District"),
    "county": _("County"),
    "county_level_city": _("County-level city"),
    "zone": _("Functional zone"),
}

UNIT_LEVELS: dict[str, Words] = {
    "nation": _("National level"),
    "province": _("Province level"),
    "city": _("City level"),
    "district": _("District level"),
}

DIRECTIONS: dict[str, Words] = {
    "higher": _("higher is better"),
    "lower": _("lower is better"),
    "neither": _("neither higher nor lower is better"),
}

CLAUSE_KINDS: dict[str, Words] = {
    "G": _("Goal"),
    "M": _("Measure"),
    "O": _("Provision on organisation"),
    "E": _("Provision on monitoring and evaluation"),
}

_GAP_WORDS: dict[tuple[type, str], Words] = {
    (GapKind, GapKind.SEX): _("Women and men"),
    (GapKind, GapKind.RESIDENCE): _("Urban and rural"),
    (GapKind, GapKind.DISTRICT): _("Between districts"),
    (Course, Course.CLOSING): _("Closing"),
    (Course, Course.STEADY): _("No clear change"),
    (Course, Course.WIDENING): _("Widening"),
    (Course, Course.TOO_LITTLE): _("Too little data"),
    (Lead, Lead.WOMEN): _("women better off"),
    (Lead, Lead.MEN): _("men better off"),
    (Lead, Lead.URBAN): _("urban areas better off"),
    (Lead, Lead.RURAL): _("rural areas better off"),
    (Why, Why.NO_PAIR): _("no figures of women and of men for the year"),
    (Why, Why.FEW): _("fewer than 20 cases on one side"),
    (Why, Why.NO_LEVEL): _("nobody reaches anything, so there is nothing to be equal in"),
}


def gap_word(code: GapKind | Course | Lead | Why) -> str:
    """The name of a kind of gap, of its course, of who is better off, or of why a part is missing."""
    return str(_GAP_WORDS.get((type(code), code), ""))
