"""Addresses of the interface, and its own description."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.middleware.csrf import get_token
from django.urls import URLPattern, reverse
from ninja import NinjaAPI, Router

from halfsky.api import cases, evaluations, figures, returns, yearly
from halfsky.api.doors import operation
from halfsky.api.errors import answer_in_one_form
from halfsky.api.shapes import PlanOut, SessionOut
from halfsky.catalogue import queries as catalogue
from halfsky.places.roles import Permission
from halfsky.web.doors import acting, door

api = NinjaAPI(
    title="Halfsky 半边天",
    version="1",
    description="Returns and figures of a women's-development plan. Numbers are text; errors are "
    '`{"faults": [{code, cell, zh, en}]}`. Programs send `Authorization: Bearer …`.',
    urls_namespace="api",
    docs_url=None,
    openapi_url=None,
)
answer_in_one_form(api)
about = Router(tags=["about"])


@operation(about, "GET", "/plans", Permission.PLAN_READ, response={200: list[PlanOut], **returns.REFUSED})
def list_plans(request: HttpRequest) -> Any:
    """The plans that are installed here."""
    return [
        {"id": p.id, "title": {"zh": p.title.zh, "en": p.title.en}, "region": p.region, "start": p.start, "end": p.end}
        for p in catalogue.plans()
    ]


@operation(about, "GET", "/session", None, response={200: SessionOut, **returns.REFUSED})
def session(request: HttpRequest) -> Any:
    """Who is signed in, and the token that a page's writes carry."""
    who = acting(request)
    return {"person": str(who.user), "name": who.actor.name, "csrf": get_token(request)}


@operation(about, "GET", "/openapi.json", None, include_in_schema=False)
def describe(request: HttpRequest) -> Any:
    """This interface in OpenAPI's own words."""
    return JsonResponse(api.get_openapi_schema(path_prefix=reverse("api:list_plans").removesuffix("plans")))


for router in (about, returns.router, figures.router, evaluations.router, yearly.router, cases.router):
    api.add_router("", router)

app_name = "api"
urlpatterns = [pattern for pattern in api.urls[0] if isinstance(pattern, URLPattern) and pattern.name != "api-root"]
for pattern in urlpatterns:
    # The interface asks for itself, operation by operation, and answers 401 instead of showing a form.
    assert pattern.callback is not None
    pattern.callback = door(public=True)(pattern.callback)
