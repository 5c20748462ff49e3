"""Evaluations 评估: the list, one with its scheme and how far it is, closing it, and who organises it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from halfsky.collect.actions import Stale
from halfsky.evaluation.actions import (
    add_member,
    close_evaluation,
    decide_scheme,
    draft_evaluation,
    end_member,
    finish_evaluation,
    return_sheet,
    revise_scheme,
    submit_scheme,
)
from halfsky.evaluation.models import Evaluation, Member, Scheme, Sheet
from halfsky.evaluation.queries import Standing, evaluations
from halfsky.evaluation.template import subjects
from halfsky.evaluation.words import subject_name
from halfsky.places.roles import Permission
from halfsky.plan import Fault, Faulty, Plan, Text
from halfsky.web.book import Book, of_plan, page
from halfsky.web.doors import acting, door


@dataclass(frozen=True, slots=True)
class Refused:
    """Why something was not carried out: faults, or that somebody else was faster."""

    faults: tuple[Fault, ...] = ()
    stale: bool = False

    @property
    def status(self) -> int:
        return 409 if self.stale else 422 if self.faults else 200


def carried_out(act: Callable[[], Any]) -> Refused | None:
    """Carry something out; what refuses it, or ``None``."""
    try:
        act()
    except Stale:
        return Refused(stale=True)
    except Faulty as error:
        return Refused(error.faults)
    return None


def number(text: str) -> int:
    """A version or key from a form; 0, which is none, for what is no number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0


def day(text: str, name: str) -> date:
    """A day from a form; raises ``Faulty``."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        words = Text(zh="请填写日期。", en="Give a date.")
        raise Faulty([Fault(code="date", cell=name, message=words)]) from None


def found(request: HttpRequest, book: Book, pk: int) -> Standing:
    """An evaluation that the reader may know of; raises ``Http404``."""
    who = acting(request)
    held = next((e for e in evaluations(who, book.plan) if e.pk == pk), None)
    if held is None:
        raise Http404(pk)
    return Standing.of(who, book.plan, held)


def answer(
    request: HttpRequest, template: str, book: Book, context: dict[str, Any], refused: Refused | None
) -> HttpResponseBase:
    response = page(request, f"evaluation/{template}", book, {**context, "refused": refused, "typed": request.POST})
    response.status_code = refused.status if refused else 200
    return response


@door(Permission.PLAN_READ)
@of_plan
def listed(request: HttpRequest, book: Book) -> HttpResponseBase:
    """Every evaluation of the plan; the committee office begins another."""
    who, refused = acting(request), None
    if request.method == "POST":
        kind, year = request.POST.get("kind", ""), number(request.POST.get("year", ""))
        made: list[Evaluation] = []
        refused = carried_out(
            lambda: made.append(
                draft_evaluation(plan=book.plan, kind=kind, year=year, by=who, today=timezone.localdate())
            )
        )
        if refused is None:
            return HttpResponseRedirect(reverse("web:evaluation", args=[book.plan.id, made[0].pk]))
    rows = [(e, e.schemes.last()) for e in evaluations(who, book.plan)]
    context = {
        "rows": rows,
        "kinds": Evaluation.Kind.values,
        "may_begin": who.may(Permission.EVALUATION_MANAGE, region=book.plan.region),
        "year": min(book.as_of or book.plan.start, book.plan.end),
    }
    return answer(request, "list", book, context, refused)


@door(Permission.PLAN_READ)
@of_plan
def one(request: HttpRequest, book: Book, pk: int) -> HttpResponseBase:
    """One evaluation: where it stands, its scheme, what waits for whom."""
    standing = found(request, book, pk)
    refused = None
    if request.method == "POST":
        refused = carried_out(lambda: _act(request, book.plan, standing))
        if refused is None:
            return HttpResponseRedirect(reverse("web:evaluation", args=[book.plan.id, pk]))
        standing = found(request, book, pk)
    return answer(request, "one", book, _context(book.plan, standing), refused)


def _act(request: HttpRequest, plan: Plan, standing: Standing) -> None:
    who, typed = acting(request), request.POST
    what, version, reason = typed.get("what", ""), number(typed.get("version", "")), typed.get("reason", "")
    key = standing.evaluation.pk
    match what:
        case "submit":
            submit_scheme(plan=plan, scheme=_scheme(standing, typed), version=version, by=who)
        case "approve" | "return":
            decide_scheme(
                plan=plan, scheme=_scheme(standing, typed), version=version, approve=what == "approve", by=who, reason=reason
            )  # fmt: skip
        case "revise":
            revise_scheme(plan=plan, evaluation=key, by=who, reason=reason)
        case "close":
            close_evaluation(plan=plan, evaluation=key, version=version, by=who, reason=reason)
        case "finish":
            finish_evaluation(plan=plan, evaluation=key, version=version, by=who)
        case "return-sheet":
            sheet, _, seen = typed.get("sheet", "").partition(":")
            held = standing.evaluation.sheets.filter(pk=number(sheet)).first()
            if held is None:
                raise Http404("sheet")
            return_sheet(plan=plan, sheet=held.pk, version=number(seen), by=who, reason=reason)
        case _:
            raise BadRequest("what")


def _scheme(standing: Standing, typed: Any) -> int:
    return (
        standing.evaluation.schemes.filter(number=number(typed.get("scheme", ""))).values_list("pk", flat=True).first()
        or 0
    )


def _context(plan: Plan, standing: Standing) -> dict[str, Any]:
    evaluation, eyes = standing.evaluation, standing.eyes
    inside = eyes.manages or eyes.approves
    versions = list(evaluation.schemes.order_by("-number")) if inside else [s for s in [standing.scheme] if s]
    shown = versions[0] if versions else None
    waits = next((s for s in versions if s.state == Scheme.State.SUBMITTED), None)
    draft = next((s for s in versions if s.editable), None)
    return {
        "evaluation": evaluation,
        "standing": standing,
        "eyes": eyes,
        "inside": inside,
        "scheme": shown,
        "versions": versions,
        "criteria": list(shown.criteria.all()) if shown else [],
        "waits": waits if eyes.approves else None,
        "draft": draft if eyes.manages else None,
        "may_revise": eyes.manages and evaluation.state == Evaluation.State.OPEN and draft is None and waits is None,
        "progress": standing.progress(),
        "out": evaluation.sheets.filter(active=True).exclude(state=Sheet.State.SUBMITTED).count()
        if eyes.manages
        else 0,
        "mine": [(s, subject_name(plan, s.region, s.unit)) for s in standing.mine()],
        "board": _board(plan, standing) if inside and evaluation.state != Evaluation.State.PREPARING else [],
        "returnable": _returnable(plan, standing),
        "results": not evaluation.blind and any(eyes.results(r, u) for r, u in subjects(plan)),
        "concluded": not evaluation.blind and (inside or evaluation.state == Evaluation.State.DONE),
        "today": timezone.localdate().isoformat(),
    }


def _returnable(plan: Plan, standing: Standing) -> list[tuple[Sheet, Text]]:
    """What was handed in and may still be sent back; one need not see what stands in it."""
    if not (standing.eyes.manages and standing.evaluation.state == Evaluation.State.OPEN):
        return []
    rows = standing.evaluation.sheets.filter(active=True, state=Sheet.State.SUBMITTED).select_related("user")
    return [(s, subject_name(plan, s.region, s.unit)) for s in rows if not standing.eyes.own(s)]


def _board(plan: Plan, standing: Standing) -> list[tuple[Text, list[tuple[str, list[tuple[Sheet, bool]]]]]]:
    """Each subject with its sheets by method, and whether the reader may open each. Who scores stands there, never what."""
    open_to = {sheet.pk for sheet, _ in standing.sheets()}
    rows: dict[tuple[str, str], dict[str, list[tuple[Sheet, bool]]]] = {}
    sheets = standing.evaluation.sheets.filter(active=True).select_related("user")
    for sheet in sheets:
        cells = rows.setdefault((sheet.region, sheet.unit), {})
        cells.setdefault(sheet.method, []).append((sheet, sheet.pk in open_to))
    order = {key: i for i, key in enumerate(subjects(plan))}
    return [
        (subject_name(plan, *key), [(m, rows[key].get(m, [])) for m in ("self", "desk", "site", "third")])
        for key in sorted(rows, key=lambda k: order.get(k, len(order)))
    ]


@door(Permission.PLAN_READ)
@of_plan
def organisation(request: HttpRequest, book: Book) -> HttpResponseBase:
    """Who organises monitoring and evaluation, and who approved what."""
    who, refused = acting(request), None
    if request.method == "POST":
        refused = carried_out(lambda: _enter(request, book.plan))
        if refused is None:
            return HttpResponseRedirect(reverse("web:evaluation-organisation", args=[book.plan.id]))
    order = {role: i for i, role in enumerate(Member.Role.values)}
    members = sorted(Member.objects.filter(plan=book.plan.id), key=lambda m: (m.until is not None, order[m.role], m.pk))
    approved = Scheme.objects.filter(evaluation__plan=book.plan.id, approved_at__isnull=False)
    context = {
        "bodies": [(body, [m for m in members if m.body == body]) for body in Member.Body.values],
        "body_roles": Member.Role.values,
        "approved": approved.select_related("evaluation").order_by("-approved_at"),
        "may_keep": who.may(Permission.EVALUATION_MANAGE, region=book.plan.region),
        "today": timezone.localdate().isoformat(),
    }
    return answer(request, "organisation", book, context, refused)


def _enter(request: HttpRequest, plan: Plan) -> None:
    who, typed = acting(request), request.POST
    if typed.get("what") == "end":
        held = Member.objects.filter(plan=plan.id, pk=number(typed.get("member", ""))).first()
        if held is None:
            raise Http404("member")
        end_member(plan=plan, member=held.pk, until=day(typed.get("until", ""), "until"), by=who)
        return
    add_member(
        plan=plan, body=typed.get("body", ""), role=typed.get("role", ""), name=typed.get("name", ""),
        position=typed.get("position", ""), basis=typed.get("basis", ""), since=day(typed.get("since", ""), "since"), by=who,
    )  # fmt: skip
