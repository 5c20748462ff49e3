"""Documents 公文: the list, one as a page with its edits, its versions, its files, and the public area."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import content_disposition_header

from halfsky.places.policy import Principal
from halfsky.places.queries import called
from halfsky.places.roles import Permission
from halfsky.reports import drafting, issuing
from halfsky.reports.charts import render_svg
from halfsky.reports.files import path_of
from halfsky.reports.kinds import kinds
from halfsky.reports.models import Document
from halfsky.reports.queries import readable, released
from halfsky.reports.report.edits import differences, lay
from halfsky.reports.report.model import Paragraph
from halfsky.reports.report.pdf import pdf
from halfsky.reports.report.word import word
from halfsky.web.book import Book, of_plan, page
from halfsky.web.choices import chosen, paged
from halfsky.web.documentpage import chapters, charts
from halfsky.web.documentwords import LANGUAGES
from halfsky.web.doors import acting, door
from halfsky.web.views.evaluations import Refused, carried_out, number

P = Permission
_State = Document.State
TYPES = {"pdf": "application/pdf", "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document"}


def _answer(
    request: HttpRequest, template: str, book: Book, context: dict[str, Any], refused: Refused | None = None
) -> HttpResponseBase:
    response = page(request, f"documents/{template}", book, {**context, "refused": refused, "typed": request.POST})
    response.status_code = refused.status if refused else 200
    return response


def found(request: HttpRequest, book: Book, pk: int) -> Document:
    """A document that the reader may know of; raises ``Http404``."""
    held = readable(acting(request), book.plan).filter(pk=pk).first()
    if held is None:
        raise Http404(pk)
    return held


@door(P.PLAN_READ)
@of_plan
def documents(request: HttpRequest, book: Book) -> HttpResponseBase:
    """Every document that the reader may see, the newest first; whoever writes begins another."""
    plan, who, refused = book.plan, acting(request), None
    if request.method == "POST":
        made: list[Document] = []
        asked = {name: request.POST.get(name, "") for name in ("kind", "region", "unit", "language")}
        asked["region"] = asked["region"] or plan.region
        act = partial(drafting.draft, plan=plan, year=number(request.POST.get("year", "")), by=who, **asked)
        refused = carried_out(lambda: made.append(act()))
        if refused is None:
            return HttpResponseRedirect(reverse("web:document", args=[plan.id, made[0].pk]))
    every = list(readable(who, plan).order_by("-year", "-pk"))
    kind, state = chosen(request, "kind", list(kinds())), chosen(request, "state", [str(s) for s in _State])
    shown = [d for d in every if (not kind or d.kind == kind) and (not state or d.state == state)]
    places = who.scope(P.DOCUMENT_WRITE)
    known = {code: list(made.years(plan)) for code, made in kinds().items()}
    context = {
        "rows": paged(request, shown), "found": len(shown), "total": len(every), "kind": kind, "state": state,
        "filtered": bool(kind or state), "states": list(_State), "may_write": bool(places),
        "kinds": [code for code, years in known.items() if years], "every_kind": list(kinds()),
        "years": sorted({year for years in known.values() for year in years}, reverse=True),
        "regions": [r for r in plan.regions if places and places.holds(r.code)], "units": plan.units,
        "languages": list(LANGUAGES),
    }  # fmt: skip
    return _answer(request, "list", book, context, refused)


@door(P.PLAN_READ)
@of_plan
def document(request: HttpRequest, book: Book, pk: int) -> HttpResponseBase:
    """One document, read as a page; what its state lets the reader do stands beside it."""
    who, held = acting(request), found(request, book, pk)
    refused = None
    if request.method == "POST":
        refused = carried_out(partial(_act, request, book, held, who))
        if refused is None:
            where = f"#{request.POST['at']}" if request.POST.get("at", "").startswith("b-") else ""
            return HttpResponseRedirect(reverse("web:document", args=[book.plan.id, pk]) + where)
        held = found(request, book, pk)
    elif held.frozen:
        issuing.opened(document=held, by=who)
    return _answer(request, "one", book, _context(book, held, who), refused)


def _act(request: HttpRequest, book: Book, held: Document, who: Principal) -> None:
    """Carry out what a button of the page asks for."""
    sent, plan = request.POST, book.plan
    common: dict[str, Any] = {"plan": plan, "document": held.pk, "version": number(sent.get("version", "")), "by": who}
    edit = number(sent.get("edit", ""))
    reason = sent.get("reason", "")
    acts: dict[str, Callable[[], Any]] = {
        "refresh": lambda: drafting.refresh(**common),
        "withdraw": lambda: drafting.withdraw_edit(**common, edit=edit),
        "confirm": lambda: drafting.confirm_edit(**common, edit=edit),
        "submit": lambda: issuing.submit(**common),
        "approve": lambda: issuing.decide(**common, approve=True),
        "return": lambda: issuing.decide(**common, approve=False, reason=reason),
        "take-back": lambda: issuing.take_back(**common, reason=reason),
        "issue": lambda: issuing.issue(**common),
        "release": lambda: issuing.release(**common),
        "comment": lambda: issuing.comment(plan=plan, document=held.pk, text=sent.get("text", ""), by=who),
    }
    if (act := acts.get(sent.get("what", ""))) is None:
        raise Http404(sent.get("what", "")[:20])
    act()


def _context(book: Book, held: Document, who: Principal) -> dict[str, Any]:
    may_write = who.may(P.DOCUMENT_WRITE, region=held.region, unit=held.unit)
    may_approve = who.may(P.DOCUMENT_APPROVE, region=held.region, unit=held.unit)
    laid = lay(issuing.final_report(held), ()) if held.frozen else drafting.laid(held)
    recipients = list(held.recipients.all()) if held.frozen else []
    mine = any(issuing.answers_for(who, r) for r in recipients)
    state = held.state
    names = _names(held, *(r.opened_by for r in recipients))
    return {
        "names": names,
        "document": held, "report": laid.report, "chapters": chapters(laid), "lost": laid.lost, "open": laid.open,
        "editing": may_write and held.open, "edits": drafting.changes_of(held) if held.open else (), "steps": held.steps.all(),
        "may_submit": may_write and state == _State.DRAFT, "may_decide": may_approve and state == _State.REVIEW,
        "may_take_back": may_write and state in {_State.REVIEW, _State.APPROVED},
        "may_issue": may_write and state == _State.APPROVED, "may_release": may_write and state == _State.ISSUED and not held.unit,
        "may_comment": mine, "sees_feedback": may_write or may_approve or mine,
        "recipients": recipients if may_write or may_approve else (), "comments": held.comments.all(),
    }  # fmt: skip


def _names(held: Document, *more: str) -> dict[str, str]:
    """What everybody who did something to a document is called."""
    who = {held.issued_by, *more}
    for rows in (held.steps, held.edits, held.comments, held.compositions):
        who |= set(rows.values_list("by", flat=True))
    return called(who | set(held.edits.values_list("ended_by", flat=True)))


@door(P.DOCUMENT_WRITE)
@of_plan
def block(request: HttpRequest, book: Book, pk: int) -> HttpResponseBase:
    """Changing one block: its words, a paragraph after it, or leaving it out."""
    who, held = acting(request), found(request, book, pk)
    key = (request.POST if request.method == "POST" else request.GET).get("key", "")
    laid = drafting.laid(held)
    at = next((b for c in chapters(laid) for b in c.blocks if b.key == key), None)
    if at is None or not held.open or not who.may(P.DOCUMENT_WRITE, region=held.region, unit=held.unit):
        raise Http404(key[:80])
    refused = None
    if request.method == "POST":
        act = partial(
            drafting.edit_block, plan=book.plan, document=pk, version=number(request.POST.get("version", "")), key=key,
            what=request.POST.get("what", ""), text=request.POST.get("text", ""), by=who,
        )  # fmt: skip
        refused = carried_out(act)
        if refused is None:
            return HttpResponseRedirect(f"{reverse('web:document', args=[book.plan.id, pk])}#b-{_anchor(laid, key)}")
    history = held.edits.filter(key=key)
    context = {
        "document": held, "at": at, "names": _names(held), "is_paragraph": isinstance(at.block, Paragraph), "history": history,
        "what": request.POST.get("what", "") or request.GET.get("what", "") or "words", "limit": drafting.LONGEST,
    }  # fmt: skip
    return _answer(request, "block", book, context, refused)


def _anchor(laid: Any, key: str) -> int:
    """The number of a block on its page."""
    keys = [line.block.key for _, lines in laid.sections for line in lines]
    return keys.index(key) + 1


@dataclass(frozen=True, slots=True)
class Made:
    """A composition, and in how many blocks it differs from the one before."""

    composition: Any
    changed: int | None


@door(P.PLAN_READ)
@of_plan
def versions(request: HttpRequest, book: Book, pk: int) -> HttpResponseBase:
    """Every composition and edit of a document, and what one composition changed against the one before."""
    who, held = acting(request), found(request, book, pk)
    if not (
        who.may(P.DOCUMENT_WRITE, region=held.region, unit=held.unit)
        or who.may(P.DOCUMENT_APPROVE, region=held.region, unit=held.unit)
    ):
        raise Http404(pk)
    made = list(held.compositions.select_related("snapshot").order_by("number"))
    wanted = number(request.GET.get("number", "")) or made[-1].number
    index = next((i for i, c in enumerate(made) if c.number == wanted), None)
    if index is None:
        raise Http404(wanted)
    changed = None
    if index:
        changed = differences(*(drafting.snapshot_report(c.snapshot) for c in made[index - 1 : index + 1]))
    context = {
        "document": held,
        "names": _names(held),
        "made": made,
        "chosen": made[index],
        "changed": changed,
        "edits": held.edits.all(),
    }
    return _answer(request, "versions", book, context)


@door(P.PLAN_READ)
@of_plan
def file(request: HttpRequest, book: Book, pk: int, kind: str) -> HttpResponseBase:
    """The Word or PDF file: of an issued document the one kept, of a draft one made now."""
    held = found(request, book, pk)
    if kind not in TYPES:
        raise Http404(kind)
    if held.frozen:
        content = path_of(held.files[kind]).read_bytes()
    else:
        report = drafting.laid(held).final
        content = pdf(report) if kind == "pdf" else word(report)
    name = f"{held.title} {held.number_words}".replace("　", " ").replace("/", " ").strip()
    response = HttpResponse(content, content_type=TYPES[kind])
    response["Content-Disposition"] = str(content_disposition_header(True, f"{name}.{kind}"))
    return response


@door(P.PLAN_READ)
@of_plan
def picture(request: HttpRequest, book: Book, pk: int, chart: int) -> HttpResponseBase:
    """A chart of a document, as its snapshot has it."""
    held = found(request, book, pk)
    laid = lay(issuing.final_report(held), ()) if held.frozen else drafting.laid(held)
    figures = charts(laid)
    if chart >= len(figures):
        raise Http404(chart)
    return HttpResponse(render_svg(figures[chart].spec), content_type="image/svg+xml")


@door(P.PLAN_READ)
@of_plan
def public_area(request: HttpRequest, book: Book) -> HttpResponseBase:
    """What has been released, with its date and files."""
    return _answer(request, "released", book, {"rows": paged(request, list(released(book.plan)))})
