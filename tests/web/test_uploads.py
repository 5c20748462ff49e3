"""The pages of the Excel way: whose they are, what they say before anything is saved, and what they save."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from halfsky.collect.actions import open_cycle
from halfsky.collect.models import Return, Upload
from halfsky.collect.sheetlayout import SHEET
from halfsky.places.actions import add_person, appoint, establish
from halfsky.plan import Plan
from tests.support import CLERK, with_units
from tests.web import pack
from tests.web.conftest import LANGUAGES

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(settings: Any, tmp_path: Any) -> Plan:
    plan = with_units(pack.pack(assignments=[]))
    pack.write(plan, tmp_path)
    settings.PLANS_DIR = tmp_path
    establish(plan=plan, by=CLERK)
    days = {"unit_due": date(2025, 3, 31), "district_due": date(2025, 4, 15), "city_due": date(2025, 4, 30)}
    open_cycle(plan=plan, year=2024, by=CLERK, **days)
    return plan


def sheet(region: str = pack.CITY) -> Return:
    return Return.objects.get(region=region)


def client(role: str = "clerk", region: str = pack.CITY, unit: str = "health", language: str = "en") -> Client:
    user = add_person(username=f"{role}@{region}", full_name="王填报", by=CLERK)
    appoint(user=user, role=role, region=region, unit=unit, by=CLERK)
    made = Client()
    made.force_login(user)
    made.cookies["halfsky_language"] = language
    return made


def address(plan: Plan, held: Return, rest: str = "") -> str:
    return f"/{plan.id}/returns/{held.pk}/excel/{rest}"


def typed(data: bytes, **by_label: Any) -> bytes:
    """The form with something typed into its first number of each line so labelled."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    for row in book[SHEET].iter_rows(min_row=8):
        for label, content in by_label.items():
            if str(row[1].value).startswith(label):
                row[3].value = content
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def uploaded(made: Client, plan: Plan, held: Return, data: bytes, **more: str) -> Any:
    file = SimpleUploadedFile("filled <in>.xlsx", data)
    return made.post(address(plan, held, "upload/"), {"file": file, **more}, follow=True)


def test_from_the_form_over_the_dry_run_to_the_draft(plan: Plan) -> None:
    made, held = client(language="zh-hans"), sheet()
    page = made.get(address(plan, held)).content.decode()
    assert "空白格不会清除草稿中已有的内容" in page
    form = made.get(address(plan, held, "form.xlsx"))
    assert form.status_code == 200
    assert "filename*=UTF-8''" in form["Content-Disposition"]
    answer = uploaded(made, plan, held, typed(form.content, 分子=5, 分母=90_000, 女子学校="有一所"))
    page = answer.content.decode()
    assert "报送表!D" in page
    assert "有一所" in page
    assert not held.entries.exclude(status="").exists()  # nothing is saved before it is confirmed
    upload = Upload.objects.get()
    refused = made.get(address(plan, held, f"{upload.pk}/?only=refused")).content.decode()
    assert "有一所" in refused
    assert "90000" not in refused
    seen = page.split('name="seen" value="')[1].split('"')[0]
    done = made.post(address(plan, held, f"{upload.pk}/confirm/"), {"seen": seen}, follow=True)
    assert "已保存到草稿" in done.content.decode()
    assert upload.digest in done.content.decode()
    assert held.entries.get(indicator="maternal_mortality").numerator == 5


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_refused_as_a_whole_says_why(plan: Plan, language: str) -> None:
    made = client(language=language)
    page = uploaded(made, plan, sheet(), b"a,b\n1,2\n").content.decode()
    assert {"zh-hans": "不是 Excel 工作簿", "en": "Not an Excel workbook"}[language] in page
    assert 'name="seen"' not in page


def test_a_form_of_either_language_is_told_in_the_readers(plan: Plan) -> None:
    made, held = client(language="zh-hans"), sheet()
    form = made.get(address(plan, held, "form.xlsx")).content
    made.cookies["halfsky_language"] = "en"
    page = uploaded(made, plan, held, typed(form, 女子学校=1)).content.decode()
    assert "Schools for girls" in page
    assert "女子学校" not in page


def test_what_was_not_seen_is_not_saved(plan: Plan) -> None:
    made, held = client(), sheet()
    form = made.get(address(plan, held, "form.xlsx")).content
    uploaded(made, plan, held, typed(form, Schools=1))
    upload = Upload.objects.get()
    answer = made.post(address(plan, held, f"{upload.pk}/confirm/"), {"seen": "0" * 64})
    assert "Nothing was saved" in answer.content.decode()
    assert not held.entries.exclude(status="").exists()


def test_another_units_return_is_not_there(plan: Plan) -> None:
    own = client()
    form = own.get(address(plan, sheet(), "form.xlsx")).content
    uploaded(own, plan, sheet(), form)
    upload = Upload.objects.get()
    other = client("district_clerk", pack.SHORE, "health-d")
    for rest in ("", "form.xlsx", f"{upload.pk}/"):
        assert other.get(address(plan, sheet(), rest)).status_code == 404
    for rest in ("upload/", f"{upload.pk}/confirm/"):
        assert other.post(address(plan, sheet(), rest)).status_code == 404
    assert own.get(address(plan, sheet(pack.SHORE))).status_code == 404


def test_without_a_file_the_page_says_so(plan: Plan) -> None:
    page = client().post(address(plan, sheet(), "upload/")).content.decode()
    assert "Choose a file first." in page
