"""What an evaluation comes to: marks and their spread, conclusions goal by goal, findings, recommendations."""

from __future__ import annotations

from collections import Counter
from io import BytesIO
from typing import Any

import xlsxwriter
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from halfsky.alerts import queries as alerts
from halfsky.alerts.opened import open_verdicts
from halfsky.evaluation.actions import (
    add_finding,
    change_conclusion,
    hand_over,
    recommend,
    remove_finding,
    remove_recommendation,
)
from halfsky.evaluation.conclusions import promises
from halfsky.evaluation.marking import rounded
from halfsky.evaluation.models import Conclusion, Evaluation, Finding, Method
from halfsky.evaluation.queries import Result, Standing
from halfsky.evaluation.words import METHODS, subject_name, title
from halfsky.oversight.models import Task
from halfsky.places.models import Office
from halfsky.places.roles import Permission
from halfsky.plan import Plan, Text
from halfsky.web.book import Book, of_plan, page
from halfsky.web.doors import acting, door
from halfsky.web.views.evaluations import answer, carried_out, day, found, number
from halfsky.web.wording import promised

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _results(request: HttpRequest, book: Book, pk: int) -> tuple[Standing, list[Result]]:
    """What the reader may see; before scoring is closed, and for who is not concerned, there is no such page."""
    standing = found(request, book, pk)
    rows = standing.results()
    if not rows:
        raise Http404(pk)
    return standing, sorted(rows, key=lambda r: (r.total.points is None, -(r.total.points or 0)))


@door(Permission.PLAN_READ)
@of_plan
def results(request: HttpRequest, book: Book, pk: int) -> HttpResponseBase:
    """Totals of every subject that the reader may see, best first; what has no total stands apart."""
    standing, rows = _results(request, book, pk)
    context = {
        "evaluation": standing.evaluation, "scheme": standing.scheme, "rows": rows,
        "detail": any(r.detail for r in rows),
    }  # fmt: skip
    return page(request, "evaluation/results", book, context)


@door(Permission.PLAN_READ)
@of_plan
def result(request: HttpRequest, book: Book, pk: int, region: str, unit: str = "") -> HttpResponseBase:
    """One subject's marks, criterion by criterion, with how far its scorers are apart."""
    standing, rows = _results(request, book, pk)
    one = next((r for r in rows if (r.region, r.unit) == (region, unit)), None)
    if one is None:
        raise Http404(region)
    context = {
        "evaluation": standing.evaluation, "scheme": standing.scheme, "result": one,
        "outside": (Method.DESK.value, Method.SITE.value, Method.THIRD.value),
    }  # fmt: skip
    return page(request, "evaluation/result", book, context)


@door(Permission.PLAN_READ)
@of_plan
def results_file(request: HttpRequest, book: Book, pk: int) -> HttpResponseBase:
    """The same as a workbook: no more than the page shows its reader."""
    standing, rows = _results(request, book, pk)
    name = f"{book.plan.id}-evaluation-{standing.evaluation.kind}-{standing.evaluation.year}.xlsx"
    return HttpResponse(
        _workbook(standing, rows), content_type=SHEET, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _workbook(standing: Standing, rows: list[Result]) -> bytes:
    held = BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        bold, wrap = (
            book.add_format({"bold": True, "text_wrap": True, "valign": "top"}),
            book.add_format({"text_wrap": True, "valign": "top"}),
        )
        first = book.add_worksheet("总分 Totals")
        heading = title(standing.evaluation)
        mark = "（演示数据 demonstration data）" if standing.evaluation.demonstration else ""
        first.write_row(0, 0, [f"{heading.zh} {heading.en}{mark}"], bold)
        first.write_row(
            1,
            0,
            [
                "评估对象 Subject",
                "总分（百分制） Total of 100",
                "等次 Grade",
                "已评权重 Weight marked",
                "分差超阈值的指标数 Criteria in disagreement",
            ],
            bold,
        )
        for i, r in enumerate(rows, 2):
            points = float(r.total.points) if r.total.points is not None else "缺分 missing"
            grade = f"{r.grade.zh} {r.grade.en}" if r.grade else ""
            first.write_row(
                i,
                0,
                [
                    f"{r.name.zh} {r.name.en}",
                    points,
                    grade,
                    f"{r.total.marked}/{r.total.weight}",
                    r.apart if r.detail else "",
                ],
                wrap,
            )
        first.set_column(0, 0, 40)
        first.set_column(1, 4, 16)
        second = book.add_worksheet("指标 Criteria")
        second.write_row(
            0,
            0,
            [
                "评估对象 Subject",
                "指标 Criterion",
                "权重 Weight",
                "满分 Maximum",
                *(f"{m.zh}（得分率%） {m.en} %" for m in METHODS.values()),
                "综合得分率% Combined %",
                "全距 Range",
                "标准差 SD",
            ],
            bold,
        )
        line = 1
        for r in rows:
            for c in r.criteria:
                shown = [_percents(c.of_method(m)) if r.detail else "" for m in METHODS]
                spread = (
                    [float(c.spread.range), "" if c.spread.deviation is None else float(c.spread.deviation)]
                    if r.detail and c.spread
                    else ["", ""]
                )
                combined = float(rounded(c.percent)) if c.percent is not None else "缺分 missing"
                second.write_row(
                    line,
                    0,
                    [
                        r.name.zh,
                        c.criterion.name,
                        float(c.criterion.weight),
                        float(c.criterion.maximum),
                        *shown,
                        combined,
                        *spread,
                    ],
                    wrap,
                )
                line += 1
        second.set_column(0, 1, 32)
        second.set_column(2, 10, 14)
        for sheet in (first, second):
            sheet.freeze_panes(2 if sheet is first else 1, 1)
    return held.getvalue()


def _percents(ratios: list[Any]) -> str:
    return "；".join("缺" if ratio is None else f"{rounded(ratio * 100)}" for ratio in ratios)


def _concluded(request: HttpRequest, book: Book, pk: int) -> Standing:
    """An evaluation whose conclusions the reader may see: who manages or approves while they are drawn, then everybody."""
    standing = found(request, book, pk)
    inside = standing.eyes.manages or standing.eyes.approves
    if standing.evaluation.blind or not (inside or standing.evaluation.state == Evaluation.State.DONE):
        raise Http404(pk)
    return standing


@door(Permission.PLAN_READ)
@of_plan
def conclusions(request: HttpRequest, book: Book, pk: int) -> HttpResponseBase:
    """Every goal's conclusion by field; findings; recommendations with the tasks that they became."""
    standing = _concluded(request, book, pk)
    evaluation, refused = standing.evaluation, None
    if request.method == "POST":
        refused = carried_out(lambda: _conclude(request, book.plan, evaluation))
        if refused is None:
            return HttpResponseRedirect(reverse("web:evaluation-conclusions", args=[book.plan.id, pk]))
    rows = {c.clause: c for c in evaluation.conclusions.all()}
    counts = Counter(c.outcome for c in rows.values())
    recommendations = list(evaluation.recommendations.filter(removed_at__isnull=True))
    tasks = Task.objects.in_bulk([r.task for r in recommendations if r.task is not None])
    findings = list(evaluation.findings.filter(removed_at__isnull=True))
    manages = standing.eyes.manages
    context = {
        "evaluation": evaluation,
        "fields": [(f, [(g, rows[g.id]) for g in f.goals if g.id in rows]) for f in book.plan.fields],
        "counts": [(o.value, counts[o]) for o in Conclusion.Outcome],
        "total": len(rows),
        "findings": [(k.value, [f for f in findings if f.kind == k]) for k in Finding.Kind],
        "finding_kinds": Finding.Kind.values,
        "recommendations": [(r, tasks.get(r.task or 0), _office(book.plan, r.region, r.unit)) for r in recommendations],
        "may_write": manages and evaluation.state == Evaluation.State.CLOSED,
        "may_hand_over": manages,
        "offices": _offices(book.plan) if manages else [],
    }
    return answer(request, "conclusions", book, context, refused)


def _office(plan: Plan, region: str, unit: str) -> Text:
    if unit:
        return subject_name(plan, region, unit)
    place = plan.place[region].name
    return Text(zh=f"{place.zh}妇儿工委办", en=f"Committee office of {place.en}")


def _offices(plan: Plan) -> list[tuple[str, Text]]:
    """Who can be asked to carry something out: the committee office of each place, and the units of the plan's own."""
    own = [(f"{r.code}/", _office(plan, r.code, "")) for r in plan.regions if r.level != "zone"]
    units = Office.objects.filter(region=plan.region, unit__in=plan.unit)
    return own + [(f"{o.region}/{o.unit}", Text(zh=o.name_zh, en=o.name_en or o.name_zh)) for o in units]


def _conclude(request: HttpRequest, plan: Plan, evaluation: Evaluation) -> None:
    who, typed = acting(request), request.POST
    match typed.get("what", ""):
        case "finding":
            add_finding(
                plan=plan, evaluation=evaluation.pk, kind=typed.get("kind", ""), field=number(typed.get("field", "")),
                title=typed.get("title", ""), words=typed.get("words", ""), by=who,
            )  # fmt: skip
        case "remove-finding":
            key = number(typed.get("finding", ""))
            if not evaluation.findings.filter(pk=key, removed_at__isnull=True).exists():
                raise Http404("finding")
            remove_finding(plan=plan, evaluation=evaluation.pk, finding=key, by=who)
        case "recommend":
            region, _, unit = typed.get("office", "").partition("/")
            recommend(
                plan=plan, evaluation=evaluation.pk, title=typed.get("title", ""), words=typed.get("words", ""), region=region,
                unit=unit, due=day(typed.get("due", ""), "due"), clause=typed.get("clause", ""), by=who,
            )  # fmt: skip
        case "remove-recommendation" | "hand-over" as what:
            key = number(typed.get("recommendation", ""))
            if not evaluation.recommendations.filter(pk=key, removed_at__isnull=True).exists():
                raise Http404("recommendation")
            if what == "hand-over":
                hand_over(plan=plan, recommendation=key, by=who)
            else:
                remove_recommendation(plan=plan, evaluation=evaluation.pk, recommendation=key, by=who)
        case _:
            raise BadRequest("what")


@door(Permission.PLAN_READ)
@of_plan
def conclusion(request: HttpRequest, book: Book, pk: int, clause: str) -> HttpResponseBase:
    """One goal's conclusion beside the verdicts that it rests on."""
    standing = _concluded(request, book, pk)
    evaluation = standing.evaluation
    held = evaluation.conclusions.filter(clause=clause).first()
    goal = book.plan.clauses.get(clause)
    if held is None or goal is None:
        raise Http404(clause)
    refused = None
    if request.method == "POST":
        typed = request.POST
        refused = carried_out(
            lambda: change_conclusion(
                plan=book.plan, conclusion=held.pk, version=number(typed.get("version", "")), outcome=typed.get("outcome", ""),
                reason=typed.get("reason", ""), effect=typed.get("effect", ""), problems=typed.get("problems", ""),
                forecast=typed.get("forecast", ""), by=acting(request),
            )
        )  # fmt: skip
        if refused is None:
            return HttpResponseRedirect(reverse("web:evaluation-conclusions", args=[book.plan.id, pk]) + f"#{clause}")
        held.refresh_from_db()
    made = evaluation.assessment
    verdicts = open_verdicts(book.plan, alerts.verdicts_of(made)) if made else ()
    context = {
        "evaluation": evaluation,
        "conclusion": held,
        "goal": goal,
        "promises": [(p, promised(book.plan, p.target), p.verdicts[0]) for p in promises(book.plan, clause, verdicts)],
        "outcomes": Conclusion.Outcome.values,
        "may_write": standing.eyes.manages and evaluation.state == Evaluation.State.CLOSED,
    }
    return answer(request, "conclusion", book, context, refused)
