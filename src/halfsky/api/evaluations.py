"""Evaluations: which there are, the sheets that one may read or fill in, what marks come to once scoring is closed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from ninja import Router, Schema
from pydantic import Field

from halfsky.api.doors import operation
from halfsky.api.returns import REFUSED, the_plan
from halfsky.api.shapes import Stands, Strict
from halfsky.evaluation.actions import MarkData, save_sheet, submit_sheet
from halfsky.evaluation.actions.sheets import asked_of
from halfsky.evaluation.marking import rounded
from halfsky.evaluation.models import Sheet
from halfsky.evaluation.policy import Sight
from halfsky.evaluation.queries import Standing, evaluations, readable_sheet
from halfsky.places.policy import Principal
from halfsky.places.roles import Permission
from halfsky.plan import Plan
from halfsky.web.doors import acting

router = Router(tags=["evaluations"])


class EvaluationOut(Schema):
    id: int
    kind: str
    year: int
    state: str


class SheetLine(Schema):
    """A sheet in short."""

    id: int
    evaluation: int
    method: str
    region: str
    unit: str
    state: str
    version: int


class MarkOut(Schema):
    """``points`` is empty where there is no mark; ``points`` and ``basis`` are ``null`` where they are not yours to see."""

    code: str
    name: str
    asks: str
    maximum: str
    points: str | None
    basis: str | None


class SheetOut(SheetLine):
    marks: list[MarkOut]
    texts: dict[str, str]


class ResultOut(Schema):
    region: str
    unit: str
    name: str
    total: str
    marked: str
    weight: str
    criteria: dict[str, str]


class MarkIn(Strict):
    points: Annotated[Decimal, Field(ge=0, le=1000, decimal_places=2)] | None = None
    basis: Annotated[str, Field(max_length=4000)] = ""


class SheetIn(Strict):
    """``marks`` by the criterion's code, ``texts`` by part; what is not named stays as it is."""

    version: int
    marks: Annotated[dict[str, MarkIn], Field(max_length=80)] = {}
    texts: Annotated[dict[str, Annotated[str, Field(max_length=20_000)]], Field(max_length=12)] = {}
    visited: date | None = None
    place: Annotated[str, Field(max_length=200)] = ""
    submit: bool = False


@operation(router, "GET", "/evaluations", Permission.PLAN_READ, response={200: list[EvaluationOut], **REFUSED})
def list_evaluations(request: HttpRequest, plan: str) -> Any:
    """The evaluations of a plan that one may know of."""
    return [
        {"id": e.pk, "kind": e.kind, "year": e.year, "state": e.state}
        for e in evaluations(acting(request), the_plan(plan))
    ]


@operation(router, "GET", "/evaluation-sheets", Permission.PLAN_READ, response={200: list[SheetLine], **REFUSED})
def list_evaluation_sheets(request: HttpRequest, plan: str) -> Any:
    """The sheets that one may open: one's own, and others' as far as the evaluation's blindness allows."""
    who, book = acting(request), the_plan(plan)
    return [_line(sheet) for e in evaluations(who, book) for sheet, _ in Standing.of(who, book, e).sheets()]


@operation(router, "GET", "/evaluation-sheets/{int:sheet}", Permission.PLAN_READ, response={200: SheetOut, **REFUSED})
def get_evaluation_sheet(request: HttpRequest, sheet: int) -> Any:
    """One sheet, as much of it as one may see."""
    who = acting(request)
    return _whole(*_readable(who, sheet))


@operation(
    router, "POST", "/evaluation-sheets/{int:sheet}", Permission.PLAN_READ,
    response={200: SheetOut, 409: Stands, **REFUSED},
)  # fmt: skip
def save_evaluation_sheet(request: HttpRequest, sheet: int, body: SheetIn) -> Any:
    """Save what one scores on a sheet of one's own, and hand it in where ``submit`` says so."""
    who = acting(request)
    plan, _, _, _ = _readable(who, sheet)
    saved = save_sheet(
        plan=plan, sheet=sheet, version=body.version, by=who, texts=body.texts, visited=body.visited, place=body.place,
        marks={code: MarkData(mark.points, mark.basis) for code, mark in body.marks.items()},
    )  # fmt: skip
    if body.submit:
        submit_sheet(plan=plan, sheet=sheet, version=saved.version, by=who)
    return _whole(*_readable(who, sheet))


@operation(
    router, "GET", "/evaluations/{int:evaluation}/results", Permission.PLAN_READ,
    response={200: list[ResultOut], **REFUSED},
)  # fmt: skip
def evaluation_results(request: HttpRequest, evaluation: int, plan: str) -> Any:
    """What marks come to, in percent; empty text where one is missing. There is no such thing while scoring is open."""
    who, book = acting(request), the_plan(plan)
    held = next((e for e in evaluations(who, book) if e.pk == evaluation), None)
    found = Standing.of(who, book, held).results() if held else []
    if not found:
        raise Http404(evaluation)
    return [
        {
            "region": r.region, "unit": r.unit, "name": r.name.zh, "total": _text(r.total.points),
            "marked": str(r.total.marked), "weight": str(r.total.weight),
            "criteria": {c.criterion.code: _text(None if c.percent is None else rounded(c.percent)) for c in r.criteria},
        }
        for r in found
    ]  # fmt: skip


def _text(number: Decimal | None) -> str:
    return "" if number is None else f"{number:f}"


def _readable(who: Principal, sheet: int) -> tuple[Plan, Sheet, Sight, Standing]:
    """A sheet that one may open; raises ``Http404`` for any other, as for one that is not there."""
    plan_id = Sheet.objects.filter(pk=sheet).values_list("evaluation__plan", flat=True).first()
    seen = readable_sheet(who, the_plan(plan_id), sheet) if plan_id else None
    if seen is None:
        raise Http404(sheet)
    return the_plan(str(plan_id)), *seen


def _line(sheet: Sheet) -> dict[str, Any]:
    return {
        "id": sheet.pk, "evaluation": sheet.evaluation_id, "method": sheet.method, "region": sheet.region,
        "unit": sheet.unit, "state": sheet.state, "version": sheet.version,
    }  # fmt: skip


def _whole(plan: Plan, sheet: Sheet, sight: Sight, standing: Standing) -> dict[str, Any]:
    scores = {s.code: s for s in sheet.scores.all()}
    full = sight is Sight.FULL
    asked = asked_of(plan, standing.scheme, sheet) if standing.scheme else []
    return {
        **_line(sheet),
        "texts": sheet.texts,
        "marks": [
            {
                "code": c.code, "name": c.name, "asks": c.asks, "maximum": _text(c.maximum),
                "points": _text(scores[c.code].points if c.code in scores else None) if full else None,
                "basis": (scores[c.code].basis if c.code in scores else "") if full else None,
            }
            for c in asked
        ],
    }  # fmt: skip
