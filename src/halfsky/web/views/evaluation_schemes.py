"""Writing a scheme 评估方案, and saying who evaluates whom."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from halfsky.evaluation.actions import assign, save_scheme
from halfsky.evaluation.actions.schemes import STAGES, data_of
from halfsky.evaluation.models import Method, Scheme, Subject
from halfsky.evaluation.template import CriterionData, SchemeData, subjects
from halfsky.evaluation.words import subject_name
from halfsky.places.models import Post, User
from halfsky.places.roles import ROLES, Permission
from halfsky.plan import Fault, Faulty, Plan, Text
from halfsky.web.book import Book, of_plan
from halfsky.web.doors import acting, door
from halfsky.web.views.evaluations import Refused, answer, carried_out, found, number

BLANK_ROWS = 3


@door(Permission.EVALUATION_MANAGE)
@of_plan
def scheme(request: HttpRequest, book: Book, pk: int, number: int) -> HttpResponseBase:
    """The form of a draft."""
    standing = found(request, book, pk)
    held = _draft(standing.evaluation.schemes, number)
    refused, data = None, data_of(held)
    if request.method == "POST":
        refused, read = _saved(request, book.plan, held)
        if refused is None:
            return HttpResponseRedirect(reverse("web:evaluation", args=[book.plan.id, pk]))
        data = read or data
    context = {
        "evaluation": standing.evaluation,
        "scheme": held,
        "data": data,
        "rows": [*enumerate(data.criteria, 1), *((len(data.criteria) + i, None) for i in range(1, BLANK_ROWS + 1))],
        "sums": [
            (kind, sum((c.weight for c in data.criteria if c.subject in {Subject.ALL, kind}), Decimal(0)))
            for kind in (Subject.UNIT.value, Subject.DISTRICT.value)
        ],
        "methods": Method.values,
        "subjects": Subject.values,
        "stages": STAGES,
        "weights": [(m, data.methods.get(m)) for m in Method.values],
        "days": [(s, data.timetable.get(s)) for s in STAGES],
    }
    return answer(request, "scheme", book, context, refused)


def _draft(schemes: Any, wanted: int) -> Scheme:
    held: Scheme | None = schemes.filter(number=wanted).first()
    if held is None or not held.editable:
        raise Http404(wanted)
    return held


def _saved(request: HttpRequest, plan: Plan, held: Scheme) -> tuple[Refused | None, SchemeData | None]:
    version = number(request.POST.get("version", ""))
    read: list[SchemeData] = []

    def act() -> None:
        read.append(_read(request, held))
        save_scheme(plan=plan, scheme=held.pk, version=version, data=read[0], by=acting(request))

    return carried_out(act), read[0] if read else None


def _read(request: HttpRequest, held: Scheme) -> SchemeData:
    """What was typed; what is no number or no day is told at once, with its field."""
    typed, faults = request.POST, []

    def decimal(name: str, what_zh: str, what_en: str) -> Decimal:
        try:
            value = Decimal(typed.get(name, "").strip() or "0")
            if value.is_finite() and value == round(value, 2):
                return value
        except InvalidOperation:
            pass
        words = Text(zh=f"{what_zh}应为数字，最多两位小数。", en=f"{what_en}: a number with two decimals at most.")
        faults.append(Fault(code="number", cell=name, message=words))
        return Decimal(0)

    timetable = {}
    for stage in STAGES:
        try:
            timetable[stage] = date.fromisoformat(typed.get(f"day-{stage}", ""))
        except ValueError:
            continue  # the action names the stage that lacks its day
    methods = {m: decimal(f"method-{m}", "评估方式权重", "The weight of a method") for m in Method.values}
    criteria = []
    for i in range(1, min(number(typed.get("rows", "")), 80) + 1):
        if not typed.get(f"c-{i}-name", "").strip() and not typed.get(f"c-{i}-asks", "").strip():
            continue
        criteria.append(
            CriterionData(
                code=_code(typed.get(f"c-{i}-code", ""), i),
                name=typed.get(f"c-{i}-name", "").strip()[:120],
                asks=typed.get(f"c-{i}-asks", "").strip()[:2000],
                weight=decimal(f"c-{i}-weight", f"第{i}项权重", f"Weight {i}"),
                maximum=decimal(f"c-{i}-maximum", f"第{i}项满分", f"Maximum {i}"),
                subject=typed.get(f"c-{i}-subject", "all") if typed.get(f"c-{i}-subject") in Subject.values else "all",
                methods=tuple(m for m in typed.getlist(f"c-{i}-methods") if m in Method.values),
                clauses=tuple(re.findall(r"[A-Z][0-9.]+", typed.get(f"c-{i}-clauses", "").upper()))[:40],
            )
        )
    threshold = decimal("threshold", "分差阈值", "The threshold")
    if faults:
        raise Faulty(faults)
    return SchemeData(
        title=typed.get("title", "").strip()[:200], purpose=typed.get("purpose", "").strip()[:4000], methods=methods,
        grades=tuple(held.grades), timetable=timetable, threshold=threshold, criteria=tuple(criteria),
    )  # fmt: skip


def _code(typed: str, i: int) -> str:
    return typed if re.fullmatch(r"[a-z][a-z0-9-]{1,23}", typed) else f"own-{i}"


@door(Permission.EVALUATION_MANAGE)
@of_plan
def assigned(request: HttpRequest, book: Book, pk: int, number: int) -> HttpResponseBase:
    """Who evaluates whom: one evaluator and one method at a time."""
    standing = found(request, book, pk)
    held = _draft(standing.evaluation.schemes, number)
    refused = None
    if request.method == "POST":
        refused = carried_out(lambda: _assign(request, book.plan, held))
        if refused is None:
            return HttpResponseRedirect(reverse("web:evaluation-assign", args=[book.plan.id, pk, number]))
        held.refresh_from_db()
    given: dict[tuple[str, str], dict[str, list[str]]] = {}
    for a in held.assignments.select_related("user"):
        given.setdefault((a.region, a.unit), {}).setdefault(a.method, []).append(a.user.full_name)
    methods = (Method.DESK.value, Method.SITE.value, Method.THIRD.value)
    every = subjects(book.plan)
    context = {
        "evaluation": standing.evaluation,
        "scheme": held,
        "methods": methods,
        "rows": [
            (f"{region}/{unit}", subject_name(book.plan, region, unit), [given.get((region, unit), {}).get(m, []) for m in methods])
            for region, unit in every
        ],
        "people": _scorers(book.plan),
        "chosen": set(request.POST.getlist("subject")),
    }  # fmt: skip
    return answer(request, "assign", book, context, refused)


def _assign(request: HttpRequest, plan: Plan, held: Scheme) -> None:
    typed = request.POST
    person = User.objects.filter(pk=number(typed.get("user", "")), is_active=True).first()
    if person is None:
        raise Faulty([Fault(code="user", cell="user", message=Text(zh="请选择评估人员。", en="Choose an evaluator."))])
    whom = [(region, unit) for region, _, unit in (key.partition("/") for key in typed.getlist("subject"))]
    assign(
        plan=plan, scheme=held.pk, version=number(typed.get("version", "")), method=typed.get("method", ""),
        user=person.pk, subjects=whom, by=acting(request),
    )  # fmt: skip


def _scorers(plan: Plan) -> list[tuple[User, Text]]:
    """Who holds a post over the plan's region that may score, with the role."""
    roles = [code for code, role in ROLES.items() if Permission.EVALUATION_SCORE in role.grants]
    posts = Post.objects.filter(role__in=roles, region=plan.region, until__isnull=True, user__is_active=True)
    return [(post.user, ROLES[post.role].name) for post in posts.select_related("user").order_by("role", "user_id")]
