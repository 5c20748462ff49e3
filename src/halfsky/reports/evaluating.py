"""The reports of evaluations from the database: what was concluded, and the verdicts on which it rests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from django.utils import timezone

from halfsky.alerts import queries as alerts
from halfsky.audit.models import Actor
from halfsky.evaluation import words
from halfsky.evaluation.models import Evaluation, Finding, Member, Method, Sheet
from halfsky.evaluation.queries import Standing
from halfsky.oversight.actions.common import office_name
from halfsky.places.policy import trusted
from halfsky.plan import Plan, Text
from halfsky.reports.annual import judged
from halfsky.reports.charts.places import districts_of
from halfsky.reports.kinds import Ask, DocumentKind, NotReady, register
from halfsky.reports.report.compose import Matter
from halfsky.reports.report.evaluation import Advice, Concluded, Evaluated, Marked, Said, compose
from halfsky.reports.report.model import Report

_READER = trusted(Actor(name="halfsky", role="system", door="internal"))  # what is done is everybody's to read


def evaluation_report(ask: Ask, kind: str) -> Report:
    """The report of a finished evaluation of the year; raises :class:`NotReady`."""
    held = Evaluation.objects.filter(plan=ask.plan.id, kind=kind, year=ask.year, state=Evaluation.State.DONE).first()
    if held is None or held.assessment is None or held.done_at is None:
        raise NotReady(Text(
            zh=f"{ask.year}年{words.KINDS[kind].zh}的结论尚未确定，请先在“评估”中确定结论。",
            en=f"The conclusions of the {words.KINDS[kind].en.lower()} of {ask.year} are not fixed yet; fix them under Evaluation.",
        ))  # fmt: skip
    found = judged(ask.plan, ask.year, held.assessment)
    matter = Matter(
        ask.plan, found.figures.until(ask.year), found.verdicts, tuple(alerts.warnings_in(found.verdicts, ask.plan.alerting)), ask.year,
        ask.language, tuple(districts_of(ask.plan)), found.withheld,
    )  # fmt: skip
    return compose(matter, evaluated(ask.plan, held), timezone.localdate(held.done_at))


def evaluated(plan: Plan, held: Evaluation) -> Evaluated:
    """What a finished evaluation says, without who gave which mark."""
    standing = Standing.of(_READER, plan, held)
    scheme = standing.scheme
    assert scheme is not None
    assert scheme.approved_at is not None
    assert held.closed_at is not None
    results = standing.results()
    progress = standing.progress()
    sites = held.sheets.filter(method=Method.SITE, active=True, state=Sheet.State.SUBMITTED, visited__isnull=False)
    findings = list(held.findings.filter(removed_at__isnull=True))

    def said(kind: Finding.Kind) -> tuple[Said, ...]:
        return tuple(Said(f.field, f.title, f.words) for f in findings if f.kind == kind)

    return Evaluated(
        kind=words.KINDS[held.kind], purpose=scheme.purpose, scheme=scheme.title, version=scheme.number,
        approved_by=scheme.approved_name, approved_on=timezone.localdate(scheme.approved_at),
        closed_on=timezone.localdate(held.closed_at),
        methods=tuple(
            (words.METHODS[m], standing.method_weights.get(m, Decimal(0)), *progress.get(m, (0, 0))) for m in Method.values
        ),
        visits=tuple((words.subject_name(plan, s.region, s.unit), s.visited, s.place) for s in sites if s.visited),
        bodies=tuple((words.BODIES[body], _members(plan, body)) for body in Member.Body.values),
        threshold=scheme.threshold, apart=sum(r.apart for r in results), marks=sum(len(r.criteria) for r in results),
        results=tuple(Marked(r.name, not r.unit, r.total.points, r.grade) for r in results),
        concluded=tuple(
            Concluded(
                plan.clauses[c.clause], c.outcome, c.proposed, c.reason,  # type: ignore[arg-type]
                Text(zh=c.forecast, en=c.forecast_en or c.forecast), c.effect, c.problems,
            )
            for c in held.conclusions.all() if c.clause in plan.clauses
        ),
        names={**words.OUTCOMES},
        work=said(Finding.Kind.WORK), experience=said(Finding.Kind.EXPERIENCE), problems=said(Finding.Kind.PROBLEM),
        advice=tuple(
            Advice(r.title, r.words, office_name(plan, r.region, r.unit), r.due, r.clause)
            for r in held.recommendations.filter(removed_at__isnull=True)
        ),
        demonstration=held.demonstration,
    )  # fmt: skip


def _members(plan: Plan, body: str) -> tuple[str, ...]:
    """Who is a member now: head first, 组长 张某（市人民政府副市长）."""
    order = {role: i for i, role in enumerate(Member.Role.values)}
    rows = sorted(
        Member.objects.filter(plan=plan.id, body=body, until__isnull=True), key=lambda m: (order[m.role], m.pk)
    )
    return tuple(f"{words.ROLES[m.role].zh}{m.name}（{m.position}）" for m in rows)


def _years(kind: str) -> Callable[[Plan], Sequence[int]]:
    def found(plan: Plan) -> Sequence[int]:
        done = Evaluation.objects.filter(plan=plan.id, kind=kind, state=Evaluation.State.DONE)
        return sorted(done.values_list("year", flat=True), reverse=True)

    return found


def _composer(kind: str) -> Callable[[Ask], Report]:
    return lambda ask: evaluation_report(ask, kind)


for _kind in Evaluation.Kind.values:
    _name = words.KINDS[_kind]
    register(DocumentKind(
        f"evaluation-{_kind}", Text(zh=f"{_name.zh}报告", en=f"{_name.en} report"),
        Text(zh="评估报告〔{year}〕{number}号", en="Evaluation report [{year}] no. {number}"),
        compose=_composer(_kind), years=_years(_kind),
    ))  # fmt: skip
