"""The product's addresses, and one page more: an empty one behind the same doors, as the measure of the others."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from halfsky.web.doors import door


@door()
def empty(request: HttpRequest) -> HttpResponse:
    """Nothing, for anybody signed in."""
    return HttpResponse("")


urlpatterns = [path("benchmark/empty/", empty), path("", include("halfsky.config.urls"))]
