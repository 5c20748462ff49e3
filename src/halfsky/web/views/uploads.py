"""The Excel way of filling in a return: download its form, upload it, see what would change, confirm."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from halfsky.collect.actions.filling import OPEN
from halfsky.collect.actions.uploading import Changed, confirm_form, dry_run_of, hold_form
from halfsky.collect.models import Return, Upload
from halfsky.collect.sheetform import imprint_of, write_form
from halfsky.collect.sheetlayout import COLUMNS, SHEET
from halfsky.places.roles import Permission
from halfsky.plan import Fault, Faulty, Plan
from halfsky.web.book import Book, of_plan, page
from halfsky.web.doors import acting, door
from halfsky.web.views.data import XLSX

_MOST_SHOWN = 1_000  # lines of a dry run on the page; what is confirmed is all of it, and the page says so


@door(Permission.RETURN_FILL)
@of_plan
@require_safe
def excel(request: HttpRequest, book: Book, sheet_id: int) -> HttpResponseBase:
    """Where the form is downloaded and uploaded."""
    return _excel_page(request, book, _mine(request, book.plan, sheet_id))


@door(Permission.RETURN_FILL)
@of_plan
@require_GET
def form(request: HttpRequest, book: Book, sheet_id: int) -> HttpResponseBase:
    """The form itself, filled with the draft, in the language of the page."""
    sheet = _mine(request, book.plan, sheet_id)
    imprint = imprint_of(book.plan, sheet, book.language)
    content = write_form(book.plan, sheet, imprint=imprint, language=book.language)
    name = f"{sheet.office.name_zh}-{sheet.cycle.year}-{SHEET}.xlsx"
    plain = f"return-{sheet.cycle.year}-{sheet.pk}.xlsx"
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": disposition})


@door(Permission.RETURN_FILL)
@of_plan
@require_POST
def upload(request: HttpRequest, book: Book, sheet_id: int) -> HttpResponseBase:
    """Take a file in and go to its dry run."""
    sheet = _mine(request, book.plan, sheet_id)
    file = request.FILES.get("file")
    if file is None:
        return _excel_page(request, book, sheet, missing=True)
    try:
        made = hold_form(
            plan=book.plan, sheet=sheet, content=file.read(), name=file.name or "", by=acting(request),
            erase=request.POST.get("erase") == "1",
        )  # fmt: skip
    except Faulty as error:
        return _excel_page(request, book, sheet, faults=error.faults)
    return redirect(reverse("web:return-upload", args=[book.plan.id, sheet.pk, made.pk]))


@door(Permission.RETURN_FILL)
@of_plan
@require_safe
def dry_run(request: HttpRequest, book: Book, sheet_id: int, upload_id: int) -> HttpResponseBase:
    """What an upload would change, cell by cell, and what is refused."""
    return _dry_run_page(request, book, _held(request, book.plan, sheet_id, upload_id))


@door(Permission.RETURN_FILL)
@of_plan
@require_POST
def confirm(request: HttpRequest, book: Book, sheet_id: int, upload_id: int) -> HttpResponseBase:
    """Save exactly what the dry run has shown."""
    held = _held(request, book.plan, sheet_id, upload_id)
    try:
        done = confirm_form(plan=book.plan, upload=held.pk, seen=request.POST.get("seen", ""), by=acting(request))
    except Changed:
        return _dry_run_page(request, book, held, changed=True)
    except Faulty as error:
        return _dry_run_page(request, book, held, faults=error.faults)
    where = reverse("web:return-upload", args=[book.plan.id, sheet_id, upload_id])
    return redirect(f"{where}?conflicts={done.conflicts}" if done.conflicts else where)


def _mine(request: HttpRequest, plan: Plan, sheet_id: int) -> Return:
    """A return that the reader may fill in; any other is not there."""
    scope = acting(request).scope(Permission.RETURN_FILL)
    rows = Return.objects.filter(scope.q(), cycle__plan=plan.id).select_related("cycle", "office")
    found = rows.filter(pk=sheet_id).first()
    if found is None:
        raise Http404(str(sheet_id))
    return found


def _held(request: HttpRequest, plan: Plan, sheet_id: int, upload_id: int) -> Upload:
    """One's own upload that has not expired."""
    sheet = _mine(request, plan, sheet_id)
    name = acting(request).actor.name
    found = Upload.objects.filter(pk=upload_id, sheet=sheet, user=name, expires_at__gt=timezone.now()).first()
    if found is None:
        raise Http404(_("This upload has expired. Upload the file again."))
    found.sheet = sheet
    return found


def _excel_page(request: HttpRequest, book: Book, sheet: Return, **more: Any) -> HttpResponseBase:
    context = {"sheet": sheet, "office": _office(book, sheet), "open": sheet.state in OPEN, **more}
    return page(request, "returns/excel", book, context)


def _office(book: Book, sheet: Return) -> str:
    return (book.language == "en" and sheet.office.name_en) or sheet.office.name_zh


def _dry_run_page(
    request: HttpRequest, book: Book, held: Upload, *, changed: bool = False, faults: tuple[Fault, ...] = ()
) -> HttpResponseBase:
    found = dry_run_of(book.plan, held, book.language)
    names = dict(COLUMNS)
    only = request.GET.get("only") == "refused"
    lines = [(told, names.get(told.cut)) for told in (found.refused if only else found.told)]
    context = {
        "sheet": held.sheet, "office": _office(book, held.sheet), "held": held, "found": found, "lines": lines[:_MOST_SHOWN],
        "left": max(0, len(lines) - _MOST_SHOWN), "only": only, "changed": changed, "faults": faults, "tab": SHEET,
        "conflicts": request.GET.get("conflicts", "")[:6], "whole": found.faults,
    }  # fmt: skip
    return page(request, "returns/upload", book, context)
