"""The administrator's page of places: each change with its form, its refusal, its history."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from halfsky.audit.queries import verify
from halfsky.places.actions import add_person, appoint
from halfsky.places.models import Region, RegionChange
from halfsky.plan import Plan
from tests.support import CLERK
from tests.web import pack
from tests.web.conftest import visitor

pytestmark = pytest.mark.django_db
HOW = {"year": "2026", "reason": "国函〔2025〕9号"}


def administrator(region: str = pack.CITY, language: str = "en") -> Client:
    visitor()  # brings the places in
    user = add_person(username=f"admin.{region}", full_name="管理员", by=CLERK)
    appoint(user=user, role="administrator", region=region, by=CLERK)
    client = Client()
    client.force_login(user)
    client.cookies["halfsky_language"] = language
    return client


def test_a_merger_a_split_and_a_new_name_by_their_forms(site: Plan) -> None:
    client = administrator()
    merged = {"kind": "merge", "code": [pack.SHORE, pack.HILL], "new": "990299", "zh": "山海区", "en": "Hillshore"}
    renamed = {"kind": "rename", "code": pack.ISLE, "zh": "群岛县", "en": "Isles County"}
    split = {"kind": "split", "code": "990299", "new-1": "990299", "zh-1": "山海区", "new-3": "990298", "zh-3": "湾区"}
    for form, year in ((merged, "2026"), (renamed, "2026"), (split, "2028")):
        assert client.post("/regions/", {**HOW, **form, "year": year}).status_code == 302
    assert [(c.kind, c.year, c.before, c.after) for c in RegionChange.objects.all()] == [
        ("merge", 2026, [pack.SHORE, pack.HILL], ["990299"]),
        ("rename", 2026, [pack.ISLE], [pack.ISLE]),
        ("split", 2028, ["990299"], ["990299", "990298"]),
    ]
    assert Region.objects.get(code=pack.ISLE, until=None).name_zh == "群岛县"
    assert verify() == []
    page = client.get("/regions/").content.decode()
    assert "国函〔2025〕9号" in page
    assert "Hillshore" in page
    shore = visitor().get(f"/{site.id}/regions/{pack.SHORE}/").content.decode()
    assert "国函〔2025〕9号" in shore  # the place's own page tells what became of it


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"reason": ""}, "批复文号"),
        ({"year": "next"}, "四位数字"),
        ({"zh": ""}, "代码和名称"),
        ({"code": [pack.SHORE]}, "两个以上"),
        ({"new": pack.ISLE}, "代码已被使用"),
    ],
)
def test_what_cannot_be_is_refused_and_what_was_typed_stays(site: Plan, changed: dict[str, Any], words: str) -> None:
    client = administrator(language="zh-hans")
    form = {"kind": "merge", "code": [pack.SHORE, pack.HILL], "new": "990299", "zh": "山海区", **HOW, **changed}
    answer = client.post("/regions/", form)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert f'value="{pack.SHORE}" checked' in answer.content.decode()
    assert not RegionChange.objects.exists()


def test_a_districts_administrator_changes_nothing_elsewhere(site: Plan) -> None:
    client = administrator(pack.SHORE)
    form = {"kind": "rename", "code": pack.HILL, "zh": "新名", **HOW}
    assert client.post("/regions/", form).status_code == 403
    assert pack.HILL not in client.get("/regions/").content.decode()
    assert visitor().get("/regions/").status_code == 403
