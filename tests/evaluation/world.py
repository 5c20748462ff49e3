"""A small city that is evaluated: two city units, three districts, and everybody who takes part."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from halfsky.evaluation.actions import (
    MarkData,
    assign,
    close_evaluation,
    decide_scheme,
    draft_evaluation,
    save_sheet,
    submit_scheme,
    submit_sheet,
)
from halfsky.evaluation.actions.sheets import asked_of, in_force
from halfsky.evaluation.models import Evaluation, Method, Scheme, Sheet
from halfsky.evaluation.template import subjects
from halfsky.evaluation.words import PARTS
from halfsky.places.actions import add_person, appoint, establish
from halfsky.places.models import User
from halfsky.places.policy import Principal, principal
from halfsky.plan import Plan
from tests.support import CLERK
from tests.web import pack

TODAY = date(2026, 3, 1)
POSTS = (
    ("officer", "committee", pack.CITY, None),
    ("desk", "committee", pack.CITY, None),
    ("site", "committee", pack.CITY, None),
    ("third", "evaluator", pack.CITY, None),
    ("second-third", "evaluator", pack.CITY, None),
    ("chief", "leader", pack.CITY, None),
    ("clerk", "clerk", pack.CITY, "health"),
    ("science-clerk", "clerk", pack.CITY, "science"),
    ("shore", "district_committee", pack.SHORE, None),
    ("hill", "district_committee", pack.HILL, None),
    ("statistician", "statistics", pack.CITY, None),
    ("auditor", "auditor", pack.CITY, None),
)


@dataclass
class World:
    plan: Plan
    people: dict[str, User] = field(default_factory=dict)

    def who(self, name: str, door: str = "web") -> Principal:
        return principal(self.people[name], door=door)

    def draft(self, kind: str = "midterm", year: int = 2024) -> Evaluation:
        return draft_evaluation(plan=self.plan, kind=kind, year=year, by=self.who("officer"), today=TODAY)

    def assigned(self, evaluation: Evaluation) -> Scheme:
        """Everybody gets everything that they may score."""
        scheme = evaluation.schemes.get(state__in=["draft", "returned"])
        for name, method in (("desk", "desk"), ("site", "site"), ("third", "third"), ("second-third", "third")):
            scheme = assign(
                plan=self.plan, scheme=scheme.pk, version=scheme.version, method=method, user=self.people[name].pk,
                subjects=subjects(self.plan), by=self.who("officer"),
            )  # fmt: skip
        return scheme

    def approved(self, evaluation: Evaluation) -> Scheme:
        scheme = self.assigned(evaluation)
        scheme = submit_scheme(plan=self.plan, scheme=scheme.pk, version=scheme.version, by=self.who("officer"))
        return decide_scheme(
            plan=self.plan, scheme=scheme.pk, version=scheme.version, approve=True, by=self.who("chief")
        )

    def opened(self) -> Evaluation:
        made = self.draft()
        self.approved(made)
        made.refresh_from_db()
        return made

    def sheet(self, evaluation: Evaluation, method: str, region: str, unit: str = "", name: str | None = None) -> Sheet:
        rows = Sheet.objects.filter(evaluation=evaluation, method=method, region=region, unit=unit)
        return rows.get(user=self.people[name] if name else None) if method != "self" else rows.get()

    def fill(
        self, sheet: Sheet, share: str, by: Principal, *, basis: str = "见所附材料。", hand_in: bool = True
    ) -> Sheet:
        """Every criterion with one share of its maximum, a basis and every text."""
        scheme = in_force(sheet.evaluation)
        assert scheme is not None
        marks = {
            c.code: MarkData(round(c.maximum * Decimal(share), 2), basis) for c in asked_of(self.plan, scheme, sheet)
        }
        site = sheet.method == Method.SITE
        saved = save_sheet(
            plan=self.plan, sheet=sheet.pk, version=sheet.version, marks=marks,
            texts={part: f"{basis}（{part}）" for part in PARTS[sheet.method]}, by=by,
            visited=date(2026, 4, 20) if site else None, place="区政务服务中心" if site else "",
        )  # fmt: skip
        return submit_sheet(plan=self.plan, sheet=saved.pk, version=saved.version, by=by) if hand_in else saved

    def scored(self) -> Evaluation:
        """Every sheet handed in, each scorer with a share of their own."""
        made = self.opened()
        shares = {"desk": "0.8", "site": "0.7", "third": "0.4", "second-third": "0.9"}
        for sheet in made.sheets.select_related("user", "evaluation"):
            if sheet.user is None:
                self.fill(sheet, "0.95", CLERK)
            else:
                self.fill(sheet, shares[sheet.user.username], self.who(sheet.user.username))
        made.refresh_from_db()
        return made

    def closed(self) -> Evaluation:
        made = self.scored()
        return close_evaluation(plan=self.plan, evaluation=made.pk, version=made.version, by=self.who("officer"))


def build(plan: Plan) -> World:
    """The offices, and a person for every part that is played."""
    establish(plan=plan, by=CLERK)
    world = World(plan)
    for name, role, region, unit in POSTS:
        user = add_person(username=name, full_name=f"人员{name}", by=CLERK)
        appoint(user=user, role=role, region=region, unit=unit, by=CLERK)
        world.people[name] = user
    return world
