"""Places and how their structure changes: mergers, splits, new names, each with the year from which it holds."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render

from halfsky.observations.restate import ChangeKind
from halfsky.places import queries
from halfsky.places.actions import refuse
from halfsky.places.policy import Principal
from halfsky.places.restructure import NewPlace, merge, rename, split
from halfsky.places.roles import Permission
from halfsky.plan import Fault, Faulty, Text
from halfsky.web.doors import acting, door

PARTS = range(1, 7)  # how many places a split may make on the page
_NAME = 80


@door(Permission.PLACES_MANAGE)
def regions(request: HttpRequest) -> HttpResponseBase:
    """Every place within reach with its years, what became of which, and a form for each change."""
    by = acting(request)
    faults: tuple[Fault, ...] = ()
    kind = request.POST.get("kind", "")
    if request.method == "POST":
        try:
            _change(kind, request.POST, by)
        except Faulty as error:
            faults = error.faults
        else:
            return redirect("web:regions")
    rows = list(queries.structure(by))
    names = {row.code: row for row in rows}  # the newest of each code
    context = {
        "rows": rows, "names": names, "now": [row for row in rows if row.until is None], "parts": PARTS,
        "changes": queries.restructurings(names), "faults": faults, "kind": kind, "typed": request.POST,
        "merged": request.POST.getlist("code") if kind == ChangeKind.MERGE else [],
    }  # fmt: skip
    return render(request, "web/regions.html", context, status=400 if faults else 200)


def _change(kind: str, typed: QueryDict, by: Principal) -> None:
    """Carry out what a form asks for; raises ``Faulty`` with what is wrong about it."""
    how: dict[str, Any] = {"year": _year(typed), "by": by, "reason": typed.get("reason", "").strip()[:1000]}
    code = typed.get("code", "")
    match kind:
        case ChangeKind.MERGE:
            merge(codes=typed.getlist("code"), into=_place(typed, ""), **how)
        case ChangeKind.SPLIT:
            split(code=code, into=[_place(typed, f"-{n}") for n in PARTS if typed.get(f"new-{n}", "").strip()], **how)
        case ChangeKind.RENAME:
            rename(code=code, to=_place(typed, "", code), **how)
        case _:
            raise BadRequest("kind")


def _place(typed: QueryDict, tail: str, code: str = "") -> NewPlace:
    new = typed.get(f"new{tail}", "").strip()[:24] or code
    zh = typed.get(f"zh{tail}", "").strip()[:_NAME]
    if not new or not zh:
        raise refuse("place-name", "请填写新地区的代码和名称。", "A new place needs its code and its name.")
    return NewPlace(new, Text(zh=zh, en=typed.get(f"en{tail}", "").strip()[:_NAME] or zh))


def _year(typed: QueryDict) -> int:
    word = typed.get("year", "")
    if not (word.isascii() and word.isdigit() and 1949 <= int(word) <= 2100):
        raise refuse(
            "change-year", "请填写变更生效的年份（四位数字）。", "Give the year from which it holds, in four digits."
        )
    return int(word)
