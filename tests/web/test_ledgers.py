"""The pages of the ledgers: entered, corrected, moved on, downloaded; refused with what was typed still there."""

from __future__ import annotations

import pytest
from django.test import Client

from halfsky.implementation.models import Record
from halfsky.places.actions import add_person, appoint, establish
from halfsky.plan import Plan
from tests.support import CLERK, with_units
from tests.web import pack

pytestmark = pytest.mark.django_db
FIELDS = {"audience": "grassroots", "planned": "100"}


def signed_in(role: str, unit: str | None = None) -> Client:
    establish(plan=with_units(pack.pack()), by=CLERK)
    user = add_person(username=role, full_name=role, by=CLERK)
    appoint(user=user, role=role, region=pack.CITY, unit=unit, by=CLERK)
    client = Client()
    client.force_login(user)
    return client


def add(client: Client, plan: Plan, **fields: str):
    typed = {"keeper": f"{pack.CITY}/health", "title": "骨干培训", "year": "2024", "clauses": "G1.1", "key": "k1"}
    return client.post(f"/{plan.id}/ledgers/training/add/", {**typed, **FIELDS, **fields})


def test_a_clerk_enters_a_record_and_takes_it_on(site: Plan) -> None:
    clerk = signed_in("clerk", "health")
    assert "健康" in clerk.get(f"/{site.id}/ledgers/training/add/").content.decode()
    answer = add(clerk, site, held_on="2024-05-12", women="81", men="0")
    row = Record.objects.get()
    assert answer.url == f"/{site.id}/ledgers/records/{row.pk}/"
    page = clerk.get(answer.url).content.decode()
    assert "已举办" in page
    clerk.post(f"{answer.url}move/", {"version": "1", "to": "held"})
    page = clerk.get(f"/{site.id}/ledgers/training/").content.decode()
    assert ">0<" in page  # no man came: nought, not a dash
    assert "已举办" in page


def test_what_was_typed_stays_beside_what_is_wrong_with_it(site: Plan) -> None:
    answer = add(signed_in("clerk", "health"), site, planned="一百", clauses="G9.9")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="一百"' in page
    assert "计划人次：应为数字。" in page
    assert "规划没有条款“G9.9”。" in page
    assert not Record.objects.exists()


def test_a_second_writer_is_told_and_overwrites_nothing(site: Plan) -> None:
    clerk = signed_in("clerk", "health")
    address = add(clerk, site).url
    typed = {"year": "2024", **FIELDS, "version": "1"}
    assert clerk.post(address, {**typed, "title": "甲"}).status_code == 302
    answer = clerk.post(address, {**typed, "title": "乙"})
    assert answer.status_code == 409
    assert "已被他人修改" in answer.content.decode()
    assert Record.objects.get().title == "甲"


def test_the_file_holds_what_the_page_shows_and_no_formula(site: Plan) -> None:
    clerk = signed_in("clerk", "health")
    add(clerk, site, title="=1+1")
    lines = clerk.get(f"/{site.id}/ledgers/training/?format=csv").content.decode("utf-8-sig").splitlines()
    assert "计划人次（人次）" in lines[0]
    assert "'=1+1" in lines[1]


def test_no_page_is_left_in_the_other_language(site: Plan) -> None:
    clerk = signed_in("clerk", "health")
    clerk.cookies["halfsky_language"] = "en"
    record = add(clerk, site, title="Course").url.removeprefix(f"/{site.id}/")
    for page in ("ledgers/", "ledgers/training/", record, "ledgers/training/add/"):
        main = clerk.get(f"/{site.id}/{page}").content.decode().split("<main", 1)[1].split("</main>", 1)[0]
        assert not [c for c in main if "\u4e00" <= c <= "\u9fff"], page
