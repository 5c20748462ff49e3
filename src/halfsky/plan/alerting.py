"""When a warning is raised and by when it is answered 预警规则: a pack's own, or these where it says nothing."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from halfsky.plan.text import Frozen, Text

Level = Literal["red", "orange", "yellow"]
Chance = Annotated[float, Field(ge=0, le=1)]
Days = Annotated[int, Field(ge=1, le=730)]


class AnswerDays(Frozen):
    """Days in which a unit answers a warning, by its level."""

    red: Days = 10
    orange: Days = 20
    yellow: Days = 30


class Alerting(Frozen):
    """Thresholds of the levels, and the days that each stage of putting right may take.

    ``red_probability``: a target at risk is red below this chance of being met; ``red_probability_when_late`` below this one
    when ``red_years_left`` years or fewer are left. No official rule was found for these: they are a house rule.
    ``answer_days``: for the unit's answer; ``review_days``: for the committee office; ``progress_days``: between two
    notes on progress; ``remedy_days``: the furthest that a unit may set its own deadline. A letter is owed
    ``letter_after_days`` after a unit's day due, the next one not before ``letter_again_days`` after the one before.
    ``office_mark`` is what the numbers of the plan's own letters begin with 发文机关代字, ``office`` who signs them.
    """

    red_probability: Chance = 0.10
    red_years_left: Annotated[int, Field(ge=0, le=20)] = 2
    red_probability_when_late: Chance = 0.25
    answer_days: AnswerDays = AnswerDays()
    review_days: Days = 10
    progress_days: Days = 60
    remedy_days: Days = 365
    letter_after_days: Days = 7
    letter_again_days: Days = 15
    office_mark: Annotated[str, Field(max_length=20)] = ""
    office: Text | None = None

    def days_to_answer(self, level: str) -> int:
        days: int = getattr(self.answer_days, level)
        return days
