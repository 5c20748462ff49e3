"""Reads of an evaluation, each narrowed to what its reader may see (see :mod:`halfsky.evaluation.policy`)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from halfsky.evaluation.actions.sheets import asked_digest, criterion_data, in_force
from halfsky.evaluation.marking import Mark, Spread, Total, combined, grade, spread, total
from halfsky.evaluation.models import Criterion, Evaluation, Evidence, Method, Scheme, Score, Sheet
from halfsky.evaluation.policy import Eyes, Sight
from halfsky.evaluation.template import concerns, subjects
from halfsky.evaluation.words import subject_name, title
from halfsky.places.policy import Principal
from halfsky.places.roles import Permission
from halfsky.plan import Plan, Text


@dataclass(frozen=True, slots=True)
class CriterionResult:
    """One criterion of one subject: its marks by method, what they come to, how far the scorers are apart.

    ``ratio`` is 0 to 1, ``None`` while anything that counts is missing. ``spread`` is that of those who score the subject
    from outside; ``apart`` says that it lies beyond the scheme's threshold, ``claims`` that the subject's own mark differs
    by more than that from the mean of the others.
    """

    criterion: Criterion
    marks: tuple[tuple[Mark, Score | None], ...]
    ratio: Decimal | None
    spread: Spread | None
    apart: bool
    claims: bool

    @property
    def points(self) -> Decimal | None:
        return None if self.ratio is None else self.ratio * self.criterion.maximum

    @property
    def percent(self) -> Decimal | None:
        return None if self.ratio is None else self.ratio * 100

    def of_method(self, method: str) -> list[Decimal | None]:
        return [m.ratio for m, _ in self.marks if m.method == method]


@dataclass(frozen=True, slots=True)
class Result:
    """What one subject's marks come to. ``detail`` says whether the reader may see who gave what."""

    region: str
    unit: str
    name: Text
    criteria: tuple[CriterionResult, ...]
    total: Total
    grade: Text | None
    detail: bool

    @property
    def apart(self) -> int:
        """On how many criteria the scorers disagree."""
        return sum(c.apart for c in self.criteria)


@dataclass(frozen=True)
class Standing:
    """One evaluation as its reader sees it."""

    plan: Plan
    evaluation: Evaluation
    eyes: Eyes

    @classmethod
    def of(cls, who: Principal, plan: Plan, evaluation: Evaluation) -> Standing:
        return cls(plan, evaluation, Eyes.of(who, plan, evaluation))

    @cached_property
    def scheme(self) -> Scheme | None:
        """The scheme in force."""
        return in_force(self.evaluation)

    @property
    def method_weights(self) -> dict[str, Decimal]:
        """Method → how much it counts, out of 100."""
        return {} if self.scheme is None else {name: Decimal(weight) for name, weight in self.scheme.methods.items()}

    @cached_property
    def _sheets(self) -> list[Sheet]:
        rows = self.evaluation.sheets.filter(active=True).select_related("user", "evaluation")
        return list(rows.prefetch_related("scores"))

    def sheets(self) -> list[tuple[Sheet, Sight]]:
        """The sheets that the reader may open, and how much of each."""
        seen = ((sheet, self.eyes.sight(sheet)) for sheet in self._sheets)
        return [(sheet, sight) for sheet, sight in seen if sight]

    def mine(self) -> list[Sheet]:
        """The sheets that are the reader's to fill in; for the operator of the machine none."""
        return [] if self.eyes.who.trusted else [s for s in self._sheets if self.eyes.own(s)]

    def progress(self) -> dict[str, tuple[int, int]]:
        """Method → sheets handed in, sheets asked for; only for who manages or approves."""
        if not (self.eyes.manages or self.eyes.approves):
            return {}
        found: dict[str, tuple[int, int]] = {}
        for method in Method.values:
            of = [s for s in self._sheets if s.method == method]
            if of:
                found[method] = (sum(s.state == Sheet.State.SUBMITTED for s in of), len(of))
        return found

    def results(self) -> list[Result]:
        """What the marks come to, for each subject that the reader may know of; nothing while the evaluation is blind."""
        if self.scheme is None:
            return []
        return [self._result(region, unit) for region, unit in subjects(self.plan) if self.eyes.results(region, unit)]

    def _result(self, region: str, unit: str) -> Result:
        assert self.scheme is not None
        weights = self.method_weights
        order = {method: i for i, method in enumerate(Method.values)}
        sheets = sorted(
            (s for s in self._sheets if (s.region, s.unit) == (region, unit)), key=lambda s: (order[s.method], s.pk)
        )
        found = []
        for criterion in self._criteria:
            data = criterion_data(criterion)
            if not concerns(self.plan, data, region, unit):
                continue
            marks = tuple(_mark(s, criterion) for s in sheets if s.method in criterion.methods)
            ratio = combined((m for m, _ in marks), weights, criterion.methods)
            outside = [m.ratio for m, _ in marks if m.method != Method.SELF]
            apart = spread(outside)
            found.append(
                CriterionResult(
                    criterion, marks, ratio, apart, apart is not None and apart.beyond(self.scheme.threshold),
                    _claims(marks, self.scheme.threshold),
                )
            )  # fmt: skip
        made = total((c.criterion.weight, c.ratio) for c in found)
        grades = {g["zh"]: g for g in self.scheme.grades}
        named = grade(made.points, [(g["zh"], Decimal(g["least"])) for g in self.scheme.grades])
        return Result(
            region, unit, subject_name(self.plan, region, unit), tuple(found), made,
            Text(zh=grades[named]["zh"], en=grades[named]["en"]) if named else None,
            self.eyes.manages or self.eyes.approves or bool(self.eyes.scores(region, unit)),
        )  # fmt: skip

    @cached_property
    def _criteria(self) -> list[Criterion]:
        return [] if self.scheme is None else list(self.scheme.criteria.all())


def _mark(sheet: Sheet, criterion: Criterion) -> tuple[Mark, Score | None]:
    """A sheet's mark of a criterion. It counts once the sheet is handed in, and if the criterion still asks the same."""
    score = next((s for s in sheet.scores.all() if s.code == criterion.code), None)
    counts = (
        score is not None and score.points is not None and sheet.state == Sheet.State.SUBMITTED
        and score.asked == asked_digest(criterion)
    )  # fmt: skip
    scorer = "" if sheet.user is None else sheet.user.full_name
    ratio = score.points / criterion.maximum if counts and score is not None and score.points is not None else None
    return Mark(sheet.method, scorer, ratio), score if counts else None


def _claims(marks: Iterable[tuple[Mark, Score | None]], threshold: Decimal) -> bool:
    own = [m.ratio for m, _ in marks if m.method == Method.SELF and m.ratio is not None]
    others = [m.ratio for m, _ in marks if m.method != Method.SELF and m.ratio is not None]
    if not own or not others:
        return False
    return abs(own[0] - sum(others, Decimal(0)) / len(others)) * 100 > threshold


def evaluations(who: Principal, plan: Plan) -> list[Evaluation]:
    """The plan's evaluations, newest first; those in preparation only for who manages or approves."""
    rows = list(Evaluation.objects.filter(plan=plan.id))
    if who.may(Permission.EVALUATION_MANAGE, region=plan.region) or who.may(
        Permission.EVALUATION_APPROVE, region=plan.region
    ):
        return rows
    return [e for e in rows if e.state != Evaluation.State.PREPARING]


def readable_sheet(who: Principal, plan: Plan, sheet: int) -> tuple[Sheet, Sight, Standing] | None:
    """A sheet and how much of it the reader may see; ``None`` where nothing of it, not even that it is there."""
    held = Sheet.objects.select_related("evaluation", "user").filter(pk=sheet, evaluation__plan=plan.id).first()
    if held is None:
        return None
    standing = Standing.of(who, plan, held.evaluation)
    sight = standing.eyes.sight(held)
    return (held, sight, standing) if sight else None


def readable_evidence(who: Principal, plan: Plan, evidence: int) -> Evidence | None:
    """A document of a sheet that the reader may see."""
    held = Evidence.objects.filter(pk=evidence, removed_at__isnull=True, sheet__evaluation__plan=plan.id).first()
    return held if held is not None and readable_sheet(who, plan, held.sheet_id) else None


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits for somebody: what, until when, and the page (an address's ``name`` and ``kwargs``)."""

    what: Text
    due: date | None
    name: str
    kwargs: dict[str, int]


def waiting(who: Principal, plan: Plan) -> list[Waiting]:
    """What waits for a person in the plan's evaluations, the first due first."""
    found: list[Waiting] = []
    for evaluation in Evaluation.objects.filter(plan=plan.id).exclude(state=Evaluation.State.DONE):
        standing = Standing.of(who, plan, evaluation)
        named, at = title(evaluation), {"pk": evaluation.pk}
        newest = evaluation.schemes.last()
        if newest is not None and newest.state == Scheme.State.SUBMITTED and standing.eyes.approves:
            found.append(
                Waiting(_said(f"审定{named.zh}方案", f"Approve the scheme of the {named.en}"), None, "evaluation", at)
            )
        if newest is not None and newest.editable and standing.eyes.manages:
            found.append(
                Waiting(
                    _said(f"完成{named.zh}方案", f"Finish the scheme of the {named.en}"),
                    None,
                    "evaluation-scheme",
                    {**at, "number": newest.number},
                )
            )
        if evaluation.state == Evaluation.State.CLOSED and standing.eyes.manages:
            found.append(
                Waiting(
                    _said(f"形成{named.zh}结论", f"Draw the conclusions of the {named.en}"),
                    _due(standing, "report"),
                    "evaluation-conclusions",
                    at,
                )
            )
        if evaluation.state == Evaluation.State.OPEN:
            found += _to_fill(standing, plan, named)
    return sorted(found, key=lambda w: (w.due is None, w.due or date.max))


def _to_fill(standing: Standing, plan: Plan, named: Text) -> list[Waiting]:
    found = []
    for sheet in standing.mine():
        if sheet.state == Sheet.State.SUBMITTED:
            continue
        name = subject_name(plan, sheet.region, sheet.unit)
        own = sheet.method == Method.SELF
        what = (
            _said(f"{name.zh}：{named.zh}自评", f"{name.en}: self-evaluation, {named.en}") if own
            else _said(f"{named.zh}评分：{name.zh}", f"{named.en}: score {name.en}")
        )  # fmt: skip
        found.append(Waiting(what, _due(standing, sheet.method), "evaluation-sheet", {"pk": sheet.pk}))
    return found


def _due(standing: Standing, stage: str) -> date | None:
    day = standing.scheme.timetable.get(stage) if standing.scheme else None
    return date.fromisoformat(day) if day else None


def _said(zh: str, en: str) -> Text:
    return Text(zh=zh, en=en)
