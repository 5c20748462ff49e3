"""Every refusal in one form: ``{"faults": [{code, cell, zh, en}]}``."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from halfsky.collect.actions import Stale
from halfsky.places.policy import Forbidden
from halfsky.plan import Faulty


def told(*faults: tuple[str, str, str, str]) -> dict[str, Any]:
    """Faults as (code, cell, Chinese, English)."""
    return {"faults": [{"code": code, "cell": cell, "zh": zh, "en": en} for code, cell, zh, en in faults]}


def of(error: Faulty) -> dict[str, Any]:
    return told(*((f.code, f.cell or f.place(), f.message.zh, f.message.en) for f in error.faults))


def answer_in_one_form(api: NinjaAPI) -> None:
    """Put the refusals of the rooms, of Django and of ninja into the one form."""

    def answered(request: HttpRequest, status: int, content: dict[str, Any]) -> HttpResponse:
        return api.create_response(request, content, status=status)

    @api.exception_handler(Faulty)
    def faulty(request: HttpRequest, error: Faulty) -> HttpResponse:
        return answered(request, 422, of(error))

    @api.exception_handler(Stale)
    def stale(request: HttpRequest, error: Stale) -> HttpResponse:
        content = told(
            ("return-moved", "", "报送表的状态已由他人改变，请刷新后再操作。",
             "Somebody else has moved the return on; load it again.")
        )  # fmt: skip
        return answered(request, 409, {**content, "state": error.state})

    @api.exception_handler(Forbidden)
    def forbidden(request: HttpRequest, error: Forbidden) -> HttpResponse:
        code = error.permission.value
        return answered(request, 403, told(("forbidden", code, "没有此项权限。", f"Not permitted: {code}.")))

    @api.exception_handler(AuthenticationError)
    def unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        return answered(
            request, 401, told(("signed-out", "", "请登录，或提供有效的令牌。", "Sign in, or send a valid token."))
        )

    @api.exception_handler(Http404)
    def missing(request: HttpRequest, error: Http404) -> HttpResponse:
        return answered(request, 404, told(("not-found", "", "没有找到，或不在您的权限范围内。", "Not found, or not yours to see.")))  # fmt: skip

    @api.exception_handler(ValidationError)
    def misshapen(request: HttpRequest, error: ValidationError) -> HttpResponse:
        return answered(
            request, 422,
            told(*(
                ("request-shape", ".".join(str(part) for part in e["loc"]), f"请求格式有误：{e['msg']}", str(e["msg"]))
                for e in error.errors
            )),
        )  # fmt: skip

    @api.exception_handler(RequestDataTooBig)
    def too_big(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
        return answered(
            request, 413, told(("request-size", "", "请求过大，请分批发送。", "Too large; send it in parts."))
        )

    @api.exception_handler(HttpError)
    def other(request: HttpRequest, error: HttpError) -> HttpResponse:
        if error.status_code == 403:
            content = told(("csrf", "", "页面的安全令牌已失效，请刷新。", "The page's security token has ended; load it again."))  # fmt: skip
        else:
            content = told(("request", "", f"请求有误：{error.message}", str(error.message)))
        return answered(request, error.status_code, content)
