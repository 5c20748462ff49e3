"""Word templates of an office: take one away, edit it in Word, bring it back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import content_disposition_header

from halfsky.places.policy import Principal
from halfsky.places.roles import Permission
from halfsky.plan import Plan, Region
from halfsky.reports.models import Template
from halfsky.reports.templates import template_in_force, upload_template, withdraw_template
from halfsky.reports.wordtemplates import MAX_BYTES, TemplateKind, filled, template_kinds
from halfsky.web.book import Book, of_plan, page
from halfsky.web.choices import chosen
from halfsky.web.doors import acting, door
from halfsky.web.views.evaluations import carried_out, number

P = Permission
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True, slots=True)
class Row:
    """A kind with what its place uses, and every version that was brought in."""

    kind: TemplateKind
    used: Template | None
    versions: tuple[Template, ...]
    slots: tuple[tuple[str, Any, tuple[str, ...]], ...]  # name, slot, cells of its rows


def places_of(who: Principal, plan: Plan) -> list[Region]:
    """The places whose templates somebody keeps, the plan's own first."""
    scope = who.scope(P.TEMPLATE_MANAGE)
    found = [r for r in plan.regions if scope.holds(r.code)]
    return sorted(found, key=lambda r: r.code != plan.region)


@door(P.TEMPLATE_MANAGE)
@of_plan
def templates(request: HttpRequest, book: Book) -> HttpResponseBase:
    """Every kind of template; one brought in is filled with a sample first and refused with each fault."""
    who = acting(request)
    places = places_of(who, book.plan)
    if not places:
        raise Http404
    region = chosen(request, "region", [r.code for r in places]) or places[0].code
    refused = None
    if request.method == "POST":
        region = request.POST.get("region", "") or region
        if request.POST.get("what") == "withdraw":
            act: Any = partial(
                withdraw_template, kind=request.POST.get("kind", ""), region=region, by=who,
                version=number(request.POST.get("number", "")),
            )  # fmt: skip
        else:
            sent = request.FILES.get("template")
            content = sent.read(MAX_BYTES + 1) if isinstance(sent, UploadedFile) else b""
            name = (sent.name or "") if isinstance(sent, UploadedFile) else ""
            act = partial(
                upload_template, kind=request.POST.get("kind", ""), region=region, name=name, content=content, by=who
            )
        refused = carried_out(act)
        if refused is None:
            return HttpResponseRedirect(f"{reverse('web:templates', args=[book.plan.id])}?region={region}")
    rows = [_row(kind, region) for kind in template_kinds().values()]
    context = {
        "rows": rows, "places": places, "region": region, "refused": refused, "limit": MAX_BYTES,
        "at": request.POST.get("kind", ""),
    }  # fmt: skip
    response = page(request, "documents/templates", book, context)
    response.status_code = refused.status if refused else 200
    return response


def _row(kind: TemplateKind, region: str) -> Row:
    slots = tuple(
        (name, slot, () if isinstance(slot.sample, str) else tuple(slot.sample[0])) for name, slot in kind.slots.items()
    )
    held = tuple(Template.objects.filter(kind=kind.code, region=region).defer("content"))
    return Row(kind, template_in_force(kind.code, region), held, slots)


@door(P.TEMPLATE_MANAGE)
@of_plan
def template_file(request: HttpRequest, book: Book, kind: str, which: str) -> HttpResponseBase:
    """The built-in template, a version that was brought in, or either filled with the sample."""
    who, made = acting(request), template_kinds().get(kind)
    codes = [r.code for r in places_of(who, book.plan)]
    region = chosen(request, "region", codes) or (codes[0] if codes else "")
    if made is None or not region:
        raise Http404(kind)
    if which == "built-in":
        content, name = made.built_in(), made.name.zh
    elif which == "sample":
        used = template_in_force(kind, region)
        content = filled(bytes(used.content) if used else made.built_in(), made, made.sample)
        name = f"{made.name.zh}（示例）"
    else:
        held = Template.objects.filter(kind=kind, region=region, version=number(which)).first()
        if held is None:
            raise Http404(which)
        content, name = bytes(held.content), held.name.removesuffix(".docx")
    response = HttpResponse(content, content_type=_WORD)
    response["Content-Disposition"] = str(content_disposition_header(True, f"{name}.docx"))
    return response
