"""Charts as pictures."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified

from halfsky.places.roles import Permission
from halfsky.web.book import Book, Language, of_plan
from halfsky.web.chartfiles import draw, stamp
from halfsky.web.doors import door

FOR_GOOD = "public, max-age=31536000, immutable"


@door(Permission.PLAN_READ)
@of_plan
def chart(request: HttpRequest, book: Book, kind: str, theme: str, language: Language) -> HttpResponseBase:
    """An SVG. Kept for good by browsers when the address carries the stamp of the present state."""
    svg = draw(replace(book, language=language), kind, theme, request.GET.dict())
    etag = f'"{hashlib.sha256(svg).hexdigest()[:32]}"'
    current = request.GET.get("v") == stamp(book.plan.id)
    headers = {"ETag": etag, "Cache-Control": FOR_GOOD if current else "no-cache"}
    if request.headers.get("If-None-Match") == etag:
        return HttpResponseNotModified(headers=headers)
    return HttpResponse(svg, content_type="image/svg+xml", headers=headers)
