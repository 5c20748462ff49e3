"""From closed scoring to conclusions: goal by goal, findings, recommendations, and the end of the evaluation."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django.db import transaction

from halfsky.alerts import queries as alerts
from halfsky.alerts.freshness import keep_up
from halfsky.alerts.opened import open_verdicts
from halfsky.audit.actions import one_writer, record
from halfsky.collect.actions.notices import people_of_place, tell
from halfsky.collect.actions.review import Stale
from halfsky.evaluation import conclusions
from halfsky.evaluation.actions.common import MAX_WORDS, fault, in_state, managed, subject_of, told
from halfsky.evaluation.actions.sheets import answering, seal
from halfsky.evaluation.models import Conclusion, Evaluation, Finding, Recommendation, Sheet
from halfsky.evaluation.words import about
from halfsky.evaluation.words import title as title_of
from halfsky.oversight.actions import give_task
from halfsky.oversight.models import Origin, OriginKind
from halfsky.places.actions import refuse
from halfsky.places.models import Office
from halfsky.places.policy import Principal
from halfsky.places.roles import Permission
from halfsky.plan import Faulty, Plan

_E = Evaluation.State


@transaction.atomic
def close_evaluation(*, plan: Plan, evaluation: int, version: int, by: Principal, reason: str = "") -> Evaluation:
    """Close scoring: from now on marks are open to those concerned, and none is changed. Conclusions are proposed.

    Raises ``Faulty`` when sheets are still out and no ``reason`` is given (their marks stay missing), or when the plan
    was never judged as of the year.
    """
    one_writer()
    held, actor = managed(plan, evaluation, by)
    if held.version != version or held.state != _E.OPEN:
        raise Stale(held.state)
    out = held.sheets.filter(active=True).exclude(state=Sheet.State.SUBMITTED).count()
    if out and not reason.strip():
        raise Faulty([fault(
            "sheets-out", "reason", f"还有{out}份评分表没有提交；如仍要结束评分，请写明原因，未提交的按缺分处理。",
            f"{out} sheets are not handed in; to close all the same say why. What they lack stays missing.",
        )])  # fmt: skip
    keep_up(plan)
    made = alerts.latest(plan.id, held.year)
    if made is None:
        raise refuse(
            "not-assessed", f"规划尚未按{held.year}年判定，不能形成结论。", f"The plan has not been judged as of {held.year} yet."
        )  # fmt: skip
    held.state, held.closed_at, held.closed_by = _E.CLOSED, datetime.now(UTC), actor.name
    held.close_reason, held.assessment = reason.strip()[:MAX_WORDS], made
    held.version += 1
    held.save()
    record(
        by=actor, action="evaluation.close", subject=subject_of(held),
        after={"assessment": made.pk, "sheets_out": out, "seals": _seals(held)}, reason=held.close_reason,
    )  # fmt: skip
    verdicts = open_verdicts(plan, alerts.verdicts_of(made))
    rows = []
    for order, goal in enumerate(plan.goals, 1):
        found = conclusions.promises(plan, goal.id, verdicts)
        outcome, words = conclusions.proposed(found), conclusions.forecast(plan, goal, found)
        rows.append(
            Conclusion(
                evaluation=held, clause=goal.id, order=order, proposed=outcome, outcome=outcome, forecast=words.zh,
                forecast_en=words.en,
            )
        )  # fmt: skip
    Conclusion.objects.bulk_create(rows)
    return held


def _seals(held: Evaluation) -> dict[str, str]:
    """The seal of every sheet as scoring closes: what it holds can be proved later, and the ledger tells no mark."""
    return {str(sheet.pk): seal(sheet) for sheet in held.sheets.filter(active=True).prefetch_related("scores")}


@transaction.atomic
def change_conclusion(
    *, plan: Plan, conclusion: int, version: int, outcome: str, reason: str, effect: str, problems: str, forecast: str,
    by: Principal,
) -> Conclusion:  # fmt: skip
    """Write a goal's conclusion. An outcome other than the one that the verdicts propose needs its reason."""
    one_writer()
    actor = by.need(Permission.EVALUATION_MANAGE, region=plan.region, unit="")
    held = Conclusion.objects.select_related("evaluation").get(pk=conclusion, evaluation__plan=plan.id)
    in_state(held.evaluation, _E.CLOSED)
    if held.version != version:
        raise Stale(held.outcome)
    if outcome not in Conclusion.Outcome.values:
        raise Faulty([fault("outcome", "outcome", "请选择结论。", "Choose an outcome.")])
    said = reason.strip()[:MAX_WORDS]
    if outcome != held.proposed and not said:
        raise Faulty([fault(
            "reason-missing", "reason", "结论与监测判定不一致，请写明依据。",
            "The outcome differs from what the verdicts say; state the grounds.",
        )])  # fmt: skip
    before = told(outcome=held.outcome, effect=held.effect, problems=held.problems, forecast=held.forecast)
    held.outcome, held.reason = outcome, said if outcome != held.proposed else ""
    held.effect, held.problems = effect.strip()[:MAX_WORDS], problems.strip()[:MAX_WORDS]
    if forecast.strip() and forecast.strip() != held.forecast:
        held.forecast, held.forecast_en = forecast.strip()[:MAX_WORDS], ""  # one's own words stand in one language
    held.version, held.changed_by = held.version + 1, actor.name
    held.save()
    record(
        by=actor, action="evaluation.conclude", subject=subject_of(held.evaluation), before={"clause": held.clause, **before},
        after={"clause": held.clause, **told(outcome=held.outcome, effect=held.effect, problems=held.problems, forecast=held.forecast)},
        reason=held.reason,
    )  # fmt: skip
    return held


@transaction.atomic
def add_finding(
    *, plan: Plan, evaluation: int, kind: str, field: int, title: str, words: str, by: Principal
) -> Finding:
    """Note how work was done, an experience or a problem; ``field`` is the number of the field, 0 for the whole plan."""
    one_writer()
    held, actor = managed(plan, evaluation, by)
    in_state(held, _E.CLOSED)
    title, words = title.strip(), words.strip()
    if kind not in Finding.Kind.values or field not in {0, *(f.number for f in plan.fields)}:
        raise Faulty([fault("finding", "kind", "请选择类别和领域。", "Choose a kind and a field.")])
    if not title or len(title) > 120 or not words:
        raise Faulty(
            [fault("finding", "title", "请填写标题（120字以内）和内容。", "Give a title (120 characters) and words.")]
        )
    made = Finding.objects.create(evaluation=held, kind=kind, field=field, title=title, words=words[:MAX_WORDS])
    record(
        by=actor, action="evaluation.finding.add", subject=subject_of(held),
        after=told(finding=made.pk, kind=kind, field=field, title=title, words=words),
    )  # fmt: skip
    return made


@transaction.atomic
def remove_finding(*, plan: Plan, evaluation: int, finding: int, by: Principal) -> None:
    one_writer()
    held, actor = managed(plan, evaluation, by)
    in_state(held, _E.CLOSED)
    found = held.findings.get(pk=finding, removed_at__isnull=True)
    found.removed_at = datetime.now(UTC)
    found.save(update_fields=["removed_at"])
    record(
        by=actor, action="evaluation.finding.remove", subject=subject_of(held),
        before=told(finding=found.pk, title=found.title),
    )  # fmt: skip


@transaction.atomic
def recommend(
    *,
    plan: Plan,
    evaluation: int,
    title: str,
    words: str,
    region: str,
    unit: str,
    due: date,
    by: Principal,
    clause: str = "",
) -> Recommendation:
    """Write a recommendation with who is to carry it out and by when."""
    one_writer()
    held, actor = managed(plan, evaluation, by)
    in_state(held, _E.CLOSED, _E.DONE)
    title, words = title.strip(), words.strip()
    faults = []
    if not title or len(title) > 120 or not words:
        faults.append(
            fault("title", "title", "请填写标题（120字以内）和内容。", "Give a title (120 characters) and words.")
        )
    if region not in plan.place or (unit and not Office.objects.filter(region=region, unit=unit).exists()):
        faults.append(fault("office", "office", "请选择承办单位。", "Choose the office that is to do it."))
    if clause and clause not in plan.clauses:
        faults.append(fault("clause", "clause", f"规划中没有条款{clause}。", f"The plan has no clause {clause}."))
    if faults:
        raise Faulty(faults)
    made = Recommendation.objects.create(
        evaluation=held, title=title, words=words[:MAX_WORDS], clause=clause, region=region, unit=unit, due=due
    )
    record(
        by=actor, action="evaluation.recommend", subject=subject_of(held),
        after=told(recommendation=made.pk, title=title, words=words, clause=clause, region=region, unit=unit, due=due),
    )  # fmt: skip
    return made


@transaction.atomic
def remove_recommendation(*, plan: Plan, evaluation: int, recommendation: int, by: Principal) -> None:
    """Take a recommendation back, unless it is a task already."""
    one_writer()
    held, actor = managed(plan, evaluation, by)
    found = held.recommendations.get(pk=recommendation, removed_at__isnull=True)
    if found.task is not None:
        raise refuse("task-given", "该建议已转为任务，请在任务中撤销。", "It is a task already; withdraw the task.")
    found.removed_at = datetime.now(UTC)
    found.save(update_fields=["removed_at"])
    record(
        by=actor, action="evaluation.recommend.remove", subject=subject_of(held),
        before=told(recommendation=found.pk, title=found.title),
    )  # fmt: skip


@transaction.atomic
def hand_over(*, plan: Plan, recommendation: int, by: Principal) -> Recommendation:
    """Let a recommendation become a task of the next phase, in one transaction; done before, it is done already."""
    one_writer()
    actor = by.need(Permission.EVALUATION_MANAGE, region=plan.region, unit="")
    found = Recommendation.objects.select_related("evaluation").get(
        pk=recommendation, evaluation__plan=plan.id, removed_at__isnull=True
    )
    in_state(found.evaluation, _E.CLOSED, _E.DONE)
    if found.task is not None:
        return found
    origin = Origin(
        OriginKind.RECOMMENDATION, f"evaluation:{found.evaluation_id}:{found.pk}", title_of(found.evaluation).zh
    )
    task = give_task(
        plan=plan, title=found.title, words=found.words, region=found.region, unit=found.unit, due=found.due,
        origin=origin, by=by, clause=found.clause, demonstration=found.evaluation.demonstration,
    )  # fmt: skip
    found.task = task.pk
    found.version += 1
    found.save(update_fields=["task", "version"])
    record(
        by=actor, action="evaluation.recommend.task", subject=subject_of(found.evaluation),
        after=told(recommendation=found.pk, task=task.pk),
    )  # fmt: skip
    return found


@transaction.atomic
def finish_evaluation(*, plan: Plan, evaluation: int, version: int, by: Principal, reason: str = "") -> Evaluation:
    """Fix the conclusions and let every subject know; its results are fed back to it from now on."""
    one_writer()
    held, actor = managed(plan, evaluation, by)
    if held.version != version or held.state != _E.CLOSED:
        raise Stale(held.state)
    held.state, held.done_at = _E.DONE, datetime.now(UTC)
    held.version += 1
    held.save()
    record(by=actor, action="evaluation.finish", subject=subject_of(held), after=_outcomes(held), reason=reason)
    users = {u.pk: u for u in people_of_place(plan.region, Permission.EVALUATION_APPROVE)}
    for sheet in held.sheets.filter(method="self", active=True):
        users |= {u.pk: u for u in answering(sheet.region, sheet.unit)}
    tell(plan=plan, kind="evaluation-done", users=users.values(), params=about(held))
    return held


def _outcomes(held: Evaluation) -> dict[str, Any]:
    return dict(held.conclusions.values_list("clause", "outcome"))
