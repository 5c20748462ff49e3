"""A sheet 评分表: a subject's self-evaluation, a desk review, an inspection, a third party's scoring; and its evidence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import BadRequest
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from halfsky.alerts import queries as alerts
from halfsky.alerts.opened import open_verdicts
from halfsky.assess import Verdict
from halfsky.collect.documents import EVIDENCE, MAX_BYTES, path_of
from halfsky.evaluation.actions import MarkData, attach, detach, return_sheet, save_sheet, submit_sheet
from halfsky.evaluation.actions.sheets import asked_digest, asked_of, criterion_data
from halfsky.evaluation.models import Criterion, Evaluation, Evidence, Method, Score, Sheet
from halfsky.evaluation.policy import Sight
from halfsky.evaluation.queries import Standing, readable_evidence, readable_sheet
from halfsky.evaluation.template import answers_for, clauses_of
from halfsky.evaluation.words import PARTS, subject_name
from halfsky.places.roles import Permission
from halfsky.plan import Fault, Faulty, Indicator, Plan, Target, Text
from halfsky.web.book import Book, of_plan
from halfsky.web.doors import acting, door
from halfsky.web.views.evaluations import answer, carried_out, number
from halfsky.web.wording import promised


@dataclass(frozen=True, slots=True)
class Beside:
    """A promise that a criterion is about, as judged where the subject answers for it."""

    target: Target
    indicator: Indicator
    promised: Text
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Row:
    """One criterion on a sheet. ``claim`` is the subject's own mark, ``None`` where the reader may not see it.

    ``points`` and ``basis`` are what stands in the form: what was typed, where it was refused.
    """

    criterion: Criterion
    score: Score | None
    changed: bool  # the mark answered another question
    points: str
    basis: str
    claim: Score | None
    evidence: tuple[Evidence, ...]
    claimed_evidence: tuple[Evidence, ...]
    beside: tuple[Beside, ...]


@door(Permission.PLAN_READ)
@of_plan
def sheet(request: HttpRequest, book: Book, pk: int) -> HttpResponseBase:
    """One sheet, as much of it as its reader may see; of others' not even that it is there."""
    who = acting(request)
    refused = None
    if request.method == "POST":
        if readable_sheet(who, book.plan, pk) is None and not who.may(
            Permission.EVALUATION_MANAGE, region=book.plan.region
        ):
            raise Http404(pk)
        refused = carried_out(lambda: _act(request, book.plan, pk))
        if refused is None:
            if readable_sheet(who, book.plan, pk) is None:  # sent back unseen, from the board
                held = Sheet.objects.get(pk=pk)
                return HttpResponseRedirect(reverse("web:evaluation", args=[book.plan.id, held.evaluation_id]))
            return HttpResponseRedirect(reverse("web:evaluation-sheet", args=[book.plan.id, pk]))
    seen = readable_sheet(who, book.plan, pk)
    if seen is None:
        raise Http404(pk)
    held, sight, standing = seen
    return answer(request, "sheet", book, _context(request, book.plan, held, sight, standing), refused)


def _act(request: HttpRequest, plan: Plan, pk: int) -> None:
    who, typed = acting(request), request.POST
    what, version = typed.get("what", ""), number(typed.get("version", ""))
    match what:
        case "save" | "submit":
            held = Sheet.objects.get(pk=pk)
            saved = save_sheet(
                plan=plan, sheet=pk, version=version, marks=_marks(typed), by=who, visited=_day(typed.get("visited", "")),
                place=typed.get("place", ""), texts={p: typed[f"text-{p}"] for p in PARTS[held.method] if f"text-{p}" in typed},
            )  # fmt: skip
            if what == "submit":
                submit_sheet(plan=plan, sheet=pk, version=saved.version, by=who)
        case "return":
            return_sheet(plan=plan, sheet=pk, version=version, by=who, reason=typed.get("reason", ""))
        case "attach":
            sent = request.FILES.get("document")
            if not isinstance(sent, UploadedFile):
                words = Text(zh="请选择文件。", en="Choose a document.")
                raise Faulty([Fault(code="file-missing", cell="document", message=words)])
            attach(
                plan=plan, sheet=pk, code=typed.get("code", ""), name=sent.name or "", content=sent.read(MAX_BYTES + 1), by=who
            )  # fmt: skip
        case "detach":
            if not Evidence.objects.filter(
                sheet=pk, pk=number(typed.get("evidence", "")), removed_at__isnull=True
            ).exists():
                raise Http404("evidence")
            detach(plan=plan, sheet=pk, evidence=number(typed["evidence"]), by=who)
        case _:
            raise BadRequest("what")


def _marks(typed: Any) -> dict[str, MarkData]:
    marks, faults = {}, []
    for name, said in typed.items():
        if not name.startswith("points-"):
            continue
        code, text = name.removeprefix("points-"), str(said).strip()
        try:
            points = Decimal(text) if text else None
        except InvalidOperation:
            words = Text(zh="评分应为数字。", en="A mark is a number.")
            faults.append(Fault(code="number", cell=name, message=words))
            continue
        marks[code] = MarkData(points, typed.get(f"basis-{code}", ""))
    if faults:
        raise Faulty(faults)
    return marks


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        words = Text(zh="请填写日期。", en="Give a date.")
        raise Faulty([Fault(code="date", cell="visited", message=words)]) from None


def _context(request: HttpRequest, plan: Plan, held: Sheet, sight: Sight, standing: Standing) -> dict[str, Any]:
    evaluation, eyes = standing.evaluation, standing.eyes
    claim = None if held.method == Method.SELF else _own_report(standing, held)
    claim_sight = eyes.sight(claim) if claim else Sight.NONE
    writable = (
        eyes.own(held) and not eyes.who.trusted and evaluation.state == Evaluation.State.OPEN
        and held.state != Sheet.State.SUBMITTED
    )  # fmt: skip
    manages = eyes.manages and evaluation.blind and held.state == Sheet.State.SUBMITTED
    evidence = list(held.evidence.filter(removed_at__isnull=True))
    return {
        "sheet": held,
        "evaluation": evaluation,
        "subject": subject_name(plan, held.region, held.unit),
        "marks_seen": sight is Sight.FULL,
        "rows": _rows(request, plan, held, standing, claim if claim_sight else None, claim_sight, evidence, writable),
        "texts": [(p, heading, _typed(request, f"text-{p}", held.texts.get(p, ""), writable)) for p, heading in PARTS[held.method].items()],
        "visited": _typed(request, "visited", held.visited.isoformat() if held.visited else "", writable),
        "place": _typed(request, "place", held.place, writable),
        "claim": claim if claim_sight else None,
        "claim_texts": [(heading, claim.texts.get(p, "")) for p, heading in PARTS[Method.SELF].items()] if claim and claim_sight else [],
        "claim_evidence": list(claim.evidence.filter(removed_at__isnull=True, code="")) if claim and claim_sight else [],
        "loose": [e for e in evidence if not e.code],
        "writable": writable,
        "may_return": manages and (not eyes.own(held)),
        "due": standing.scheme.timetable.get(held.method) if standing.scheme else None,
        "suffixes": ",".join(EVIDENCE),
        "limit": MAX_BYTES,
    }  # fmt: skip


def _typed(request: HttpRequest, name: str, kept: str, writable: bool) -> str:
    return request.POST[name] if writable and name in request.POST else kept


def _own_report(standing: Standing, held: Sheet) -> Sheet | None:
    found = standing.evaluation.sheets.filter(method=Method.SELF, region=held.region, unit=held.unit, active=True)
    return found.prefetch_related("scores").first()


def _rows(
    request: HttpRequest, plan: Plan, held: Sheet, standing: Standing, claim: Sheet | None, claim_sight: Sight,
    evidence: list[Evidence], writable: bool,
) -> list[Row]:  # fmt: skip
    if standing.scheme is None:
        return []
    scores = {s.code: s for s in held.scores.all()}
    claims = {s.code: s for s in claim.scores.all()} if claim and claim_sight is Sight.FULL else {}
    claimed = list(claim.evidence.filter(removed_at__isnull=True)) if claim else []
    verdicts = open_verdicts(plan, alerts.verdicts(plan.id, standing.evaluation.year))
    place = held.region if not held.unit else plan.region
    here = {v.target: v for v in verdicts if v.region == place}
    answers = answers_for(plan, held.region, held.unit)
    rows = []
    for criterion in asked_of(plan, standing.scheme, held):
        score = scores.get(criterion.code)
        about = clauses_of(plan, criterion_data(criterion)) & answers
        kept = "" if score is None or score.points is None else f"{score.points.normalize():f}"
        rows.append(
            Row(
                criterion, score, score is not None and score.asked != asked_digest(criterion),
                _typed(request, f"points-{criterion.code}", kept, writable),
                _typed(request, f"basis-{criterion.code}", score.basis if score else "", writable),
                claims.get(criterion.code),
                tuple(e for e in evidence if e.code == criterion.code), tuple(e for e in claimed if e.code == criterion.code),
                tuple(
                    Beside(t, plan.indicator[t.indicator], promised(plan, t), here[t.id])
                    for t in plan.targets if t.clause in about and t.id in here
                ),
            )
        )  # fmt: skip
    return rows


@door(Permission.PLAN_READ)
@of_plan
def evidence(request: HttpRequest, book: Book, pk: int) -> HttpResponseBase:
    """A document, to take away and never to be shown in the page."""
    held = readable_evidence(acting(request), book.plan, pk)
    if held is None or not path_of(held.sha256).exists():
        raise Http404(pk)
    return FileResponse(
        path_of(held.sha256).open("rb"),
        as_attachment=True,
        filename=held.name,
        content_type="application/octet-stream",
    )
