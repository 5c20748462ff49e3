"""What the pages print in a cell beyond ``reports.words``: changes, chances, and why there is no figure."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from halfsky.assess.sentences import percent
from halfsky.observations import WITHOUT_VALUE, Confidentiality, Observation
from halfsky.observations.columns import STATUS_NAMES
from halfsky.plan import Indicator, Unit
from halfsky.reports.words import number

Number = Decimal | float


def figure(value: Number | None, indicator: Indicator) -> str:
    """A figure without its unit, for a column whose head names it; empty for nothing."""
    if value is None:
        return ""
    if indicator.unit is Unit.YES_NO and value in (0, 1):
        return _("yes") if value else _("no")
    return number(value, indicator)


def signed(value: Number | None, indicator: Indicator) -> str:
    """A change: with its sign, and none for no change."""
    if value is None:
        return ""
    text = number(value, indicator)
    return text if text.startswith("−") or not text.strip("0.,") else f"+{text}"


def points(value: float) -> str:
    """Points of an index moved: two decimals, with the sign, and none for no change."""
    text = f"{abs(value):.2f}"
    return text if not text.strip("0.") else f"{'+' if value > 0 else '−'}{text}"


def chance(probability: float | None) -> str:
    """A probability as whole percent; never 0% or 100%, which nobody can know."""
    return "" if probability is None else percent(probability)


def absence(observation: Observation | None, language: str) -> str:
    """What stands in a cell that has no figure: each reason in its own words."""
    if observation is None:
        return _("No data")
    if observation.confidentiality is not Confidentiality.FREE:
        return _("Withheld")
    return STATUS_NAMES[observation.status].in_language(language) if observation.status in WITHOUT_VALUE else ""
