"""The scheme 方案: proposed, changed, handed to the leading group, approved and thereby fixed, replaced by another version."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from halfsky.audit.actions import one_writer, record
from halfsky.collect.actions.notices import people_of_place, tell
from halfsky.collect.actions.review import Stale
from halfsky.evaluation.actions.common import fault, managed, needs_reason, subject_of
from halfsky.evaluation.actions.sheets import hand_out
from halfsky.evaluation.marking import HUNDRED
from halfsky.evaluation.models import Assignment, Criterion, Evaluation, Method, Scheme, Subject
from halfsky.evaluation.template import CriterionData, SchemeData, concerns, proposed, subjects
from halfsky.evaluation.words import about
from halfsky.places.actions import refuse
from halfsky.places.models import User
from halfsky.places.policy import Principal, principal
from halfsky.places.roles import Permission
from halfsky.plan import Fault, Faulty, Plan

_State = Scheme.State
STAGES = ("self", "desk", "site", "third", "report")
MAX_CRITERIA = 60


@transaction.atomic
def draft_evaluation(
    *, plan: Plan, kind: str, year: int, by: Principal, today: date | None = None, demonstration: bool = False
) -> Evaluation:
    """Begin an evaluation with a scheme proposed from the plan. One there already is returned as it is.

    Raises ``Faulty`` for a year outside the plan.
    """
    one_writer()
    actor = by.need(Permission.EVALUATION_MANAGE, region=plan.region, unit="")
    if kind not in Evaluation.Kind.values or not plan.start <= year <= plan.end:
        raise Faulty([fault(
            "year-outside", "year", f"年份应在{plan.start}—{plan.end}年之间。",
            f"The year must lie between {plan.start} and {plan.end}.",
        )])  # fmt: skip
    held = Evaluation.objects.filter(plan=plan.id, kind=kind, year=year).first()
    if held is not None:
        return held
    data = proposed(plan, kind, year, today or datetime.now(UTC).date())  # type: ignore[arg-type]
    made = Evaluation.objects.create(plan=plan.id, kind=kind, year=year, demonstration=demonstration)
    scheme = Scheme(evaluation=made, number=1, drafted_by=actor.name)
    _write(scheme, data)
    record(
        by=actor, action="evaluation.draft", subject=subject_of(made),
        after={"kind": kind, "year": year, "scheme": scheme_told(data)},
    )  # fmt: skip
    return made


@transaction.atomic
def save_scheme(*, plan: Plan, scheme: int, version: int, data: SchemeData, by: Principal) -> Scheme:
    """Change a draft. Raises ``Stale`` when it is no draft any more or was changed since ``version``, ``Faulty``."""
    one_writer()
    held, actor = _draft(plan, scheme, version, by)
    if faults := list(_faults(plan, data)):
        raise Faulty(faults)
    before = scheme_told(data_of(held))
    held.version += 1
    _write(held, data)
    record(
        by=actor, action="evaluation.scheme.save", subject=subject_of(held.evaluation), before=before,
        after=scheme_told(data),
    )  # fmt: skip
    return held


@transaction.atomic
def assign(
    *, plan: Plan, scheme: int, version: int, method: str, user: int, subjects: Iterable[tuple[str, str]], by: Principal
) -> Scheme:
    """Say whom one evaluator scores by a method: exactly ``subjects``, in place of what was said before.

    Raises ``Faulty``: a third party is from outside (holds no post but that of an evaluator); nobody scores the subject
    for which they answer; nobody scores one subject by two methods.
    """
    one_writer()
    held, actor = _draft(plan, scheme, version, by)
    person = User.objects.get(pk=user, is_active=True)
    wanted = sorted(set(subjects))
    if faults := list(_unfit(plan, held, method, person, wanted)):
        raise Faulty(faults)
    mine = held.assignments.filter(method=method, user=person)
    before = [f"{a.region} {a.unit}".strip() for a in mine]
    mine.delete()
    Assignment.objects.bulk_create(
        Assignment(scheme=held, method=method, region=region, unit=unit, user=person) for region, unit in wanted
    )
    held.version += 1
    held.changed_at = datetime.now(UTC)
    held.save(update_fields=["version", "changed_at"])
    record(
        by=actor, action="evaluation.scheme.assign", subject=subject_of(held.evaluation),
        before={"method": method, "evaluator": person.username, "subjects": before},
        after={"method": method, "evaluator": person.username, "subjects": [f"{r} {u}".strip() for r, u in wanted]},
    )  # fmt: skip
    return held


@transaction.atomic
def submit_scheme(*, plan: Plan, scheme: int, version: int, by: Principal) -> Scheme:
    """Hand a draft to the leading group. Raises ``Faulty`` when weights do not add up, or a subject has nobody to score it."""
    one_writer()
    held, actor = _draft(plan, scheme, version, by)
    data = data_of(held)
    faults = [*_faults(plan, data), *_unassigned(plan, held, data)]
    if faults:
        raise Faulty(faults)
    _move(held, _State.SUBMITTED)
    record(
        by=actor, action="evaluation.scheme.submit", subject=subject_of(held.evaluation), after={"number": held.number}
    )
    tell(
        plan=plan, kind="evaluation-submitted", users=people_of_place(plan.region, Permission.EVALUATION_APPROVE),
        params=about(held.evaluation),
    )  # fmt: skip
    return held


@transaction.atomic
def decide_scheme(*, plan: Plan, scheme: int, version: int, approve: bool, by: Principal, reason: str = "") -> Scheme:
    """Approve a scheme, which opens the evaluation and fixes it, or send it back with the reason."""
    one_writer()
    actor = by.need(Permission.EVALUATION_APPROVE, region=plan.region, unit="")
    held = Scheme.objects.select_related("evaluation").get(pk=scheme, evaluation__plan=plan.id)
    evaluation = held.evaluation
    if held.version != version or held.state != _State.SUBMITTED or not evaluation.blind:
        raise Stale(held.state)
    if held.drafted_by == actor.name and not by.trusted:
        raise refuse("own-scheme", "起草人不能审定自己起草的方案。", "Nobody decides on a scheme that they drafted.")
    if not approve:
        held.remark = needs_reason(reason)
        _move(held, _State.RETURNED)
        record(
            by=actor, action="evaluation.scheme.return", subject=subject_of(evaluation),
            after={"number": held.number}, reason=held.remark,
        )  # fmt: skip
        _tell_managers(plan, evaluation, "evaluation-returned", reason=held.remark)
        return held
    now = datetime.now(UTC)
    evaluation.schemes.filter(state=_State.APPROVED).update(state=_State.REPLACED, changed_at=now)
    person = User.objects.filter(pk=by.user).first() if by.user is not None else None
    held.approved_by, held.approved_at = actor.name, now
    held.approved_name = person.full_name if person else actor.name
    _move(held, _State.APPROVED)
    if evaluation.state == Evaluation.State.PREPARING:
        evaluation.state, evaluation.opened_at = Evaluation.State.OPEN, now
    evaluation.version += 1
    evaluation.save()
    record(
        by=actor, action="evaluation.scheme.approve", subject=subject_of(evaluation),
        after={"number": held.number, "scheme": scheme_told(data_of(held))}, reason=reason,
    )  # fmt: skip
    hand_out(plan, evaluation, held)
    _tell_managers(plan, evaluation, "evaluation-approved")
    return held


@transaction.atomic
def revise_scheme(*, plan: Plan, evaluation: int, by: Principal, reason: str) -> Scheme:
    """Begin another version of an approved scheme, with its reason; the one in force holds until the other is approved."""
    one_writer()
    held, actor = managed(plan, evaluation, by)
    said = needs_reason(reason)
    now = held.schemes.filter(state=_State.APPROVED).first()
    if held.state != Evaluation.State.OPEN or now is None:
        raise Stale(held.state)
    if held.schemes.filter(state__in=[_State.DRAFT, _State.RETURNED, _State.SUBMITTED]).exists():
        raise refuse("scheme-open", "已有一个修订稿在办理中。", "Another version is being prepared already.")
    number = max(held.schemes.values_list("number", flat=True)) + 1
    new = Scheme(evaluation=held, number=number, reason=said, drafted_by=actor.name)
    _write(new, data_of(now))
    Assignment.objects.bulk_create(
        Assignment(scheme=new, method=a.method, region=a.region, unit=a.unit, user_id=a.user_id)
        for a in now.assignments.all()
    )
    record(
        by=actor, action="evaluation.scheme.revise", subject=subject_of(held), after={"number": number}, reason=said
    )  # fmt: skip
    return new


def data_of(scheme: Scheme) -> SchemeData:
    """A scheme as it was written."""
    return SchemeData(
        title=scheme.title,
        purpose=scheme.purpose,
        methods={name: Decimal(weight) for name, weight in scheme.methods.items()},
        grades=tuple(scheme.grades),
        timetable={stage: date.fromisoformat(day) for stage, day in scheme.timetable.items()},
        threshold=scheme.threshold,
        criteria=tuple(
            CriterionData(c.code, c.name, c.asks, c.weight, c.maximum, tuple(c.methods), c.subject, tuple(c.clauses))
            for c in scheme.criteria.all()
        ),
    )


def scheme_told(data: SchemeData) -> dict[str, Any]:
    """A scheme as the ledger keeps it."""
    return {
        "title": data.title, "purpose": data.purpose, "threshold": str(data.threshold),
        "methods": {name: str(weight) for name, weight in data.methods.items()},
        "timetable": {stage: str(day) for stage, day in data.timetable.items()},
        "criteria": [
            {**asdict(c), "weight": str(c.weight), "maximum": str(c.maximum), "methods": list(c.methods), "clauses": list(c.clauses)}
            for c in data.criteria
        ],
    }  # fmt: skip


def _write(scheme: Scheme, data: SchemeData) -> None:
    scheme.title, scheme.purpose, scheme.threshold = data.title, data.purpose, data.threshold
    scheme.methods = {name: str(weight) for name, weight in data.methods.items()}
    scheme.grades = list(data.grades)
    scheme.timetable = {stage: str(day) for stage, day in data.timetable.items()}
    scheme.changed_at = datetime.now(UTC)
    scheme.save()
    scheme.criteria.all().delete()
    Criterion.objects.bulk_create(
        Criterion(
            scheme=scheme, order=order, code=c.code, name=c.name, asks=c.asks, weight=c.weight, maximum=c.maximum,
            subject=c.subject, methods=list(c.methods), clauses=list(c.clauses),
        )
        for order, c in enumerate(data.criteria, 1)
    )  # fmt: skip


def _move(scheme: Scheme, to: Scheme.State) -> None:
    scheme.state, scheme.changed_at = to, datetime.now(UTC)
    scheme.version += 1
    scheme.save()


def _draft(plan: Plan, scheme: int, version: int, by: Principal) -> tuple[Scheme, Any]:
    actor = by.need(Permission.EVALUATION_MANAGE, region=plan.region, unit="")
    held = Scheme.objects.select_related("evaluation").get(pk=scheme, evaluation__plan=plan.id)
    if held.version != version or not held.editable or not held.evaluation.blind:
        raise Stale(held.state)
    return held, actor


def _tell_managers(plan: Plan, evaluation: Evaluation, kind: str, **more: Any) -> None:
    users = people_of_place(plan.region, Permission.EVALUATION_MANAGE)
    tell(plan=plan, kind=kind, users=users, params=about(evaluation, **more))


def _faults(plan: Plan, data: SchemeData) -> Iterator[Fault]:
    """Everything that is wrong with a scheme, each naming its field; criteria by their place, from 1."""
    if not data.title.strip():
        yield fault("title", "title", "请填写方案名称。", "Give the scheme a title.")
    if not 0 < data.threshold <= HUNDRED:
        yield fault(
            "threshold", "threshold", "分差阈值应大于0、不超过100%。", "The threshold lies above 0 and up to 100%."
        )
    if sum(data.methods.values(), Decimal(0)) != HUNDRED:
        yield fault("methods", "methods", "各评估方式的权重合计应为100。", "The methods' weights must add up to 100.")
    missing = [stage for stage in STAGES if stage not in data.timetable]
    if missing:
        yield fault("timetable", missing[0], "请填写各阶段的期限。", "Give a day for each stage.")
    elif any(data.timetable[stage] > data.timetable["report"] for stage in STAGES):
        yield fault(
            "timetable", "report", "评估报告的期限应在各阶段之后。", "The report is due after every other stage."
        )
    if not 0 < len(data.criteria) <= MAX_CRITERIA:
        yield fault(
            "criteria", "criteria", f"指标应有1至{MAX_CRITERIA}项。", f"There must be 1 to {MAX_CRITERIA} criteria."
        )
    seen: set[str] = set()
    for number, c in enumerate(data.criteria, 1):
        yield from _criterion_faults(plan, c, number, seen)
    for kind, zh, en in ((Subject.UNIT, "单位", "units"), (Subject.DISTRICT, "区（市）县", "districts")):
        sums = sum((c.weight for c in data.criteria if c.subject in {Subject.ALL, kind}), Decimal(0))
        if sums != HUNDRED:
            yield fault(
                "weights", "criteria", f"{zh}适用指标的权重合计为{sums}，应为100。",
                f"The weights of the criteria for {en} add up to {sums}, not to 100.",
            )  # fmt: skip


def _criterion_faults(plan: Plan, c: CriterionData, number: int, seen: set[str]) -> Iterator[Fault]:
    cell = f"criterion-{number}"
    if not c.name.strip() or not c.asks.strip():
        yield fault(
            "criterion",
            cell,
            f"第{number}项指标缺少名称或评分要求。",
            f"Criterion {number} lacks its name or what it asks.",
        )
    if c.code in seen:
        yield fault("criterion", cell, f"指标代码“{c.code}”重复。", f"The code '{c.code}' stands twice.")
    seen.add(c.code)
    if c.weight <= 0 or c.maximum <= 0 or c.weight > HUNDRED or c.maximum > 1000:
        yield fault(
            "criterion",
            cell,
            f"第{number}项指标的权重或满分应大于0。",
            f"Criterion {number}: weight and maximum are above 0.",
        )
    if not c.methods or not set(c.methods) <= set(Method.values):
        yield fault(
            "criterion", cell, f"请为第{number}项指标选择评估方式。", f"Criterion {number}: choose who scores it."
        )
    elif set(c.methods) == {Method.SELF.value}:
        yield fault(
            "criterion",
            cell,
            f"第{number}项指标不能只由自评计分。",
            f"Criterion {number} cannot rest on the subject's own mark alone.",
        )
    known = {f"F{f.number}" for f in plan.fields} | set(plan.clauses)
    if unknown := [name for name in c.clauses if name not in known]:
        yield fault(
            "criterion",
            cell,
            f"第{number}项指标的条款“{unknown[0]}”不存在。",
            f"Criterion {number}: there is no clause '{unknown[0]}'.",
        )


def _unfit(plan: Plan, scheme: Scheme, method: str, person: User, wanted: list[tuple[str, str]]) -> Iterator[Fault]:
    if method not in {Method.DESK, Method.SITE, Method.THIRD}:
        yield fault("method", "method", "请选择评估方式。", "Choose a method.")
        return
    who = principal(person, door="internal")
    outside = {grant.role for grant in who.grants} == {"evaluator"}
    if not who.may(Permission.EVALUATION_SCORE, region=plan.region):
        yield fault(
            "user", "user", f"{person.full_name}没有评估岗位。", f"{person.full_name} holds no post that may score."
        )
    if (method == Method.THIRD) != outside:
        yield fault(
            "user", "user",
            "第三方评估由系统外的第三方评估人员承担，其他方式由系统内人员承担。",
            "Third-party scoring is for evaluators from outside, the other methods for officers.",
        )  # fmt: skip
    known = set(subjects(plan))
    for region, unit in wanted:
        if (region, unit) not in known:
            yield fault("subject", "subjects", "评估对象不存在。", "There is no such subject.")
        elif who.may(Permission.EVALUATION_SELF, region=region, unit=unit):
            yield fault(
                "subject", "subjects", "评估人员不能评估本单位、本地区。", "Nobody evaluates their own office or place."
            )
    others = scheme.assignments.filter(user=person).exclude(method=method).values_list("region", "unit")
    if set(wanted) & set(others):
        yield fault(
            "subject", "subjects", "同一人不能以两种方式评估同一对象。", "Nobody scores one subject by two methods."
        )  # fmt: skip


def _unassigned(plan: Plan, scheme: Scheme, data: SchemeData) -> Iterator[Fault]:
    """Subjects that a method should score and nobody does."""
    given = set(scheme.assignments.values_list("method", "region", "unit"))
    names = {
        Method.DESK: ("书面评审", "desk review"),
        Method.SITE: ("实地评估", "inspection"),
        Method.THIRD: ("第三方评估", "third party"),
    }
    for method, (zh, en) in names.items():
        lacking = [
            (region, unit)
            for region, unit in subjects(plan)
            if (method.value, region, unit) not in given
            and any(method in c.methods and concerns(plan, c, region, unit) for c in data.criteria)
        ]
        if lacking:
            yield fault(
                "unassigned", "assignments", f"{zh}：还有{len(lacking)}个评估对象没有安排评估人员。",
                f"{en.capitalize()}: {len(lacking)} subjects have nobody to score them.",
            )  # fmt: skip
