"""Pages of the plan's own order: fields, clauses, and the table of all promises."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponseBase

from halfsky.assess import Standing
from halfsky.catalogue import queries as catalogue
from halfsky.places.roles import Permission
from halfsky.plan import Kind
from halfsky.reports.charts.marks import READING_ORDER
from halfsky.reports.words import KINDS, STANDINGS
from halfsky.web.book import Book, of_plan, page
from halfsky.web.choices import chosen, paged
from halfsky.web.doors import door
from halfsky.web.figures import shown
from halfsky.web.present import PromiseRow, Tally, promises, units_of


@door(Permission.PLAN_READ)
@of_plan
def field(request: HttpRequest, book: Book, number: int) -> HttpResponseBase:
    found = next((f for f in book.plan.fields if f.number == number), None)
    if found is None:
        raise Http404(number)
    rows = [row for row in promises(book, shown(book.plan, regions=[book.plan.region])) if row.field == found]

    def of_clause(clause_id: str) -> list[PromiseRow]:
        return [row for row in rows if row.target.clause == clause_id]

    context = {
        "field": found,
        "tally": Tally.of(row.standing for row in rows),
        "goals": [(goal, of_clause(goal.id)) for goal in found.goals],
        "measures": [(measure, of_clause(measure.id)) for measure in found.measures],
        "standings": READING_ORDER,
    }
    return page(request, "field", book, context)


@door(Permission.PLAN_READ)
@of_plan
def clause(request: HttpRequest, book: Book, letters: str, clause: str) -> HttpResponseBase:
    """A goal, measure or provision: what it says, what it promises and where that stands, who answers for it."""
    found = book.plan.clauses.get(clause)
    if found is None or clause[0] not in letters:
        raise Http404(clause)
    figures = shown(book.plan, indicators={t.indicator for t in book.plan.targets_of(clause)})
    rows = [row for row in promises(book, figures) if row.target.clause == clause]
    order = list(book.plan.clauses)
    at = order.index(clause)
    context = {
        "clause": found,
        "letter": clause[0],
        "field": book.plan.field_of(clause),
        "official": catalogue.official_text(book.plan.id).get(clause, ""),
        "promises": [(row, [v for v in book.verdicts if v.target == row.target.id]) for row in rows],
        "units": units_of(book.plan, clause),
        "not_targets": [n for n in book.plan.not_targets if n.clause == clause],
        "related": [i for i in book.plan.indicators if clause in i.clauses],
        "previous": order[at - 1] if at else None,
        "next": order[at + 1] if at + 1 < len(order) else None,
    }
    return page(request, "clause", book, context)


@door(Permission.PLAN_READ)
@of_plan
def targets(request: HttpRequest, book: Book) -> HttpResponseBase:
    """All promises, narrowed by field, standing, kind, place and words."""
    field_choice = chosen(request, "field", [str(f.number) for f in book.plan.fields])
    status = chosen(request, "status", [s.value for s in Standing])
    kind = chosen(request, "kind", [k.value for k in Kind])
    region = chosen(request, "region", [r.code for r in book.plan.regions])
    words = request.GET.get("q", "").strip()[:80]
    places = [region or book.plan.region]
    rows = promises(book, shown(book.plan, regions=places), region or None)
    found = [
        row
        for row in rows
        if (not field_choice or (row.field is not None and str(row.field.number) == field_choice))
        and (not status or row.standing == status)
        and (not kind or row.target.kind == kind)
        and (
            not words
            or _says(row.indicator.name.zh, row.indicator.name.en, row.target.id, row.target.words, words=words)
        )
    ]
    context = {
        "rows": paged(request, found),
        "found": len(found),
        "total": len(rows),
        "field": field_choice,
        "status": status,
        "kind": kind,
        "region": region,
        "q": words,
        "statuses": list(STANDINGS),
        "kinds": list(KINDS),
        "filtered": bool(field_choice or status or kind or region or words),
    }
    return page(request, "targets", book, context)


def _says(*texts: str, words: str) -> bool:
    return any(words.casefold() in text.casefold() for text in texts)
