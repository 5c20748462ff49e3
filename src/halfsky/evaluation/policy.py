"""Who may see what of an evaluation. Everything that shows a mark asks here: pages, files, the interface.

While an evaluation is blind (until scoring is closed), a mark is seen by whoever gave it. A subject's own marks are
besides seen by itself, by those who check them (desk review and inspection of that subject) and by the committee
office. What desk and site reviewers gave is seen by an officer of the committee office who scores nothing in this
evaluation; what the third party gave, by nobody else at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from halfsky.evaluation.models import Evaluation, Method, Sheet
from halfsky.places.policy import Principal
from halfsky.places.roles import Permission
from halfsky.plan import Plan


class Sight(IntEnum):
    """How much of a sheet is seen."""

    NONE = 0
    TEXT = 1  # words and documents of a self-evaluation, without marks and what they rest on
    FULL = 2


@dataclass(frozen=True, slots=True)
class Eyes:
    """What one person sees of one evaluation. ``assigned`` are (method, region, unit) that the scheme gave them."""

    who: Principal
    plan: Plan
    evaluation: Evaluation
    assigned: frozenset[tuple[str, str, str]]

    @classmethod
    def of(cls, who: Principal, plan: Plan, evaluation: Evaluation) -> Eyes:
        assigned: frozenset[tuple[str, str, str]] = frozenset()
        if who.user is not None and who.may(Permission.EVALUATION_SCORE):
            rows = Sheet.objects.filter(evaluation=evaluation, user=who.user, active=True)
            assigned = frozenset(
                key for key in rows.values_list("method", "region", "unit")
                if who.may(Permission.EVALUATION_SCORE, region=key[1], unit=key[2])
            )  # fmt: skip
        return cls(who, plan, evaluation, assigned)

    @property
    def manages(self) -> bool:
        return self.who.may(Permission.EVALUATION_MANAGE, region=self.plan.region, unit="")

    @property
    def approves(self) -> bool:
        return self.who.may(Permission.EVALUATION_APPROVE, region=self.plan.region, unit="")

    def scores(self, region: str, unit: str) -> set[str]:
        """The methods by which the person scores a subject."""
        return {method for method, place, one in self.assigned if (place, one) == (region, unit)}

    def is_subject(self, region: str, unit: str) -> bool:
        """Whether the person answers for the subject's self-evaluation."""
        return self.who.may(Permission.EVALUATION_SELF, region=region, unit=unit)

    def own(self, sheet: Sheet) -> bool:
        """Whether the sheet is the person's to fill in."""
        if sheet.method == Method.SELF:
            return self.who.trusted or self.is_subject(sheet.region, sheet.unit)
        return self.who.trusted or (
            sheet.active
            and sheet.user_id == self.who.user
            and (sheet.method, sheet.region, sheet.unit) in self.assigned
        )

    def sight(self, sheet: Sheet) -> Sight:
        """How much of a sheet the person may see now."""
        if self.own(sheet):
            return Sight.FULL
        scores = self.scores(sheet.region, sheet.unit)
        if not self.evaluation.blind:
            return Sight.FULL if self.manages or self.approves or scores else Sight.NONE
        if sheet.method == Method.SELF:
            if self.manages:
                return Sight.FULL
            if sheet.state != Sheet.State.SUBMITTED:
                return Sight.NONE
            return Sight.FULL if scores & {Method.DESK, Method.SITE} else Sight.TEXT if scores else Sight.NONE
        if sheet.method == Method.THIRD or self.assigned:
            return Sight.NONE
        return Sight.FULL if self.manages else Sight.NONE

    def results(self, region: str, unit: str) -> bool:
        """Whether the person may see what a subject's marks come to; nobody may while the evaluation is blind."""
        if self.evaluation.blind:
            return False
        return self.manages or self.approves or self.is_subject(region, unit) or bool(self.scores(region, unit))
