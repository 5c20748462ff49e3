"""Returns on the page: what one owes, the form with its cells, moving it on, tokens."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from lxml import html

from halfsky.collect.actions import CellChange, open_cycle, save_cells
from halfsky.collect.models import Return, State
from halfsky.places.actions import add_person, appoint, establish
from halfsky.places.models import Office, Token
from halfsky.plan import Plan
from tests.support import CLERK
from tests.web import pack
from tests.web.conftest import PASSWORD, visitor
from tests.web.test_pages import assert_sound, tree, words

GOOD = ("13.55", "12.5", "14.6", "14.55", "12.55")  # as the years before go on


def open_year(plan: Plan) -> Return:
    """Places, people and an open year; the return of the science association."""
    establish(plan=plan, by=CLERK)
    for name, role, unit in (
        ("clerk", "clerk", "science"),
        ("approver", "unit_approver", "science"),
        ("reviewer", "statistics", None),
    ):
        person = add_person(username=name, full_name=name, password=PASSWORD, by=CLERK)
        appoint(user=person, role=role, region=pack.CITY, unit=unit, by=CLERK)
    days = {"unit_due": date(2035, 3, 31), "district_due": date(2035, 4, 15), "city_due": date(2035, 4, 30)}
    cycle = open_cycle(plan=plan, year=2025, by=CLERK, **days)
    return cycle.returns.get(unit="science")


def as_(name: str) -> Client:
    from halfsky.places.models import User

    client = Client()
    client.force_login(User.objects.get(username=name))
    return client


@pytest.fixture
def sheet(site: Plan) -> Return:
    return open_year(site)


def fill(plan: Plan, sheet: Return, *values: str) -> None:
    entries = list(sheet.entries.all())
    changes = [CellChange(e.pk, e.version, value=Decimal(v)) for e, v in zip(entries, values, strict=True)]
    save_cells(plan=plan, sheet=sheet.pk, changes=changes, by=CLERK, key=str(values))


def act(client: Client, plan: Plan, sheet: Return, to: str, **more: str):
    version = str(Return.objects.get(pk=sheet.pk).version)
    return client.post(f"/{plan.id}/returns/{sheet.pk}/move/", {"to": to, "version": version, **more})


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_pages_are_sound(site: Plan, sheet: Return, language: str) -> None:
    for name in ("clerk", "approver"):
        client = as_(name)
        client.cookies["halfsky_language"] = language
        for address in (f"/{site.id}/returns/", f"/{site.id}/returns/{sheet.pk}/", "/account/tokens/"):
            assert_sound(tree(client, address), address, "en" if language == "en" else "zh-Hans")


def test_a_clerk_sees_what_is_owed_and_until_when(site: Plan, sheet: Return) -> None:
    page = words(as_("clerk"), f"/{site.id}/returns/")
    assert "小城市科学技术协会" in page
    assert "填报中" in page
    assert "2035-03-31" in page
    assert "0/5" in page


def test_each_cell_stands_beside_the_years_before(site: Plan, sheet: Return) -> None:
    page = tree(as_("clerk"), f"/{site.id}/returns/{sheet.pk}/")
    rows = page.xpath("//tr[@class='cell']")
    assert [r.xpath("string(th)").strip() for r in rows] == ["合计", "女", "男", "城镇", "农村"]
    assert [h.text_content() for h in page.xpath("//thead//th[contains(@class,'past')]")] == ["2024", "2023", "2022"]
    assert rows[1].xpath("td[contains(@class,'past')]")[0].text_content().strip().startswith("12.00")
    assert json.loads(page.get_element_by_id("grid").get("data-script"))["words"]["saved"] == "已保存 {time}"


def test_whoever_may_not_fill_reads_a_plain_table(site: Plan, sheet: Return) -> None:
    page = tree(as_("approver"), f"/{site.id}/returns/{sheet.pk}/")
    assert page.xpath("//table[@id='grid']/@role") == []
    assert page.xpath("//script") == []


def test_drafts_are_the_units_own(site: Plan, sheet: Return) -> None:
    address = f"/{site.id}/returns/{sheet.pk}/"
    assert as_("reviewer").get(address).status_code == 404
    assert visitor().get(address).status_code == 404
    assert as_("reviewer").post(address + "move/", {"to": "accepted", "version": "1"}).status_code == 404


def test_a_refused_submission_links_to_each_cell(site: Plan, sheet: Return) -> None:
    response = act(as_("clerk"), site, sheet, "submitted")
    assert response.status_code == 422
    page = html.fromstring(response.content.decode())
    links = page.xpath("//*[@id='faults']//a/@href")
    assert len(links) == 5
    assert all(page.xpath(f"//*[@id='{link[1:]}']") for link in links)


def test_on_its_way_and_back_with_remarks(site: Plan, sheet: Return) -> None:
    fill(site, sheet, *GOOD)
    assert act(as_("clerk"), site, sheet, "submitted").status_code == 302
    assert act(as_("approver"), site, sheet, "approved").status_code == 302
    assert act(as_("reviewer"), site, sheet, "returned").status_code == 422  # says not why
    first = sheet.entries.first()
    assert (
        act(
            as_("reviewer"), site, sheet, "returned", reason="请核对", **{f"remark-{first.pk}": "与年报不符"}
        ).status_code
        == 302
    )
    page = words(as_("clerk"), f"/{site.id}/returns/{sheet.pk}/")
    assert "请核对" in page
    assert "与年报不符" in page
    assert "已退回" in page


def test_whoever_comes_second_is_told(site: Plan, sheet: Return) -> None:
    fill(site, sheet, *GOOD)
    act(as_("clerk"), site, sheet, "submitted")
    act(as_("approver"), site, sheet, "approved")
    response = as_("clerk").post(f"/{site.id}/returns/{sheet.pk}/move/", {"to": "draft", "version": "2"})
    assert response.status_code == 409
    assert "其他人已改变" in response.content.decode()
    assert Return.objects.get(pk=sheet.pk).state == State.APPROVED


def test_a_token_is_shown_once_and_revoked(sheet: Return) -> None:
    client = as_("clerk")
    made = html.fromstring(client.post("/account/tokens/", {"name": "同步", "days": "30"}).content.decode())
    key = made.get_element_by_id("new-token").text
    assert key not in client.get("/account/tokens/").content.decode()
    address = "/api/v1/session"
    assert Client().get(address, HTTP_AUTHORIZATION=f"Bearer {key}").status_code == 200
    client.post("/account/tokens/", {"revoke": str(Token.objects.get().pk)})
    assert Client().get(address, HTTP_AUTHORIZATION=f"Bearer {key}").status_code == 401
    assert client.post("/account/tokens/", {"name": "", "days": "x"}).status_code == 422


@pytest.mark.parametrize(
    ("language", "issuer", "unit"), [("zh-hans", "统计局", "科协"), ("en", "Statistics", "Science")]
)
def test_the_printed_head_says_what_is_known_of_the_form_and_leaves_no_line_blank(
    sheet: Return, settings, language: str, issuer: str, unit: str
) -> None:
    settings.FORM_APPROVAL, settings.FORM_VALID = "大统制〔2026〕3号", "2028-06"
    Office.objects.create(
        unit="statistics", region=pack.CITY, name_zh="小城市统计局", name_en="Smalltown Statistics Office"
    )
    Office.objects.filter(pk=sheet.office_id).update(name_zh="小城市科协", name_en="Smalltown Science Association")
    client = as_("clerk")
    client.cookies["halfsky_language"] = language
    head = tree(client, f"/{sheet.cycle.plan}/returns/{sheet.pk}/").xpath("//dl[contains(@class, 'printed')]")[0]
    said = head.text_content()
    assert f"{pack.CITY}-science-2025" in said
    assert "大统制〔2026〕3号" in said
    assert issuer in said
    assert unit in said
    assert "__" not in said
