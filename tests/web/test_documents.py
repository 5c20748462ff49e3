"""Documents on the page: drafted, edited, refreshed, approved, issued, released; templates brought in; nobody sees what is not theirs."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from docx import Document as WordDocument

from halfsky.alerts.actions import assess_plan
from halfsky.collect.actions import import_figures
from halfsky.places.actions import add_person, appoint, establish
from halfsky.places.models import User
from halfsky.plan import Plan
from halfsky.reports import drafting, issuing
from halfsky.reports.models import Document, Template
from halfsky.reports.reporttemplate import built_in
from tests.support import CLERK, with_units
from tests.web import pack
from tests.web.conftest import fill

STANDING = "妇女与健康/总体情况/standing"


@pytest.fixture(autouse=True)
def _own_home(settings: Any, tmp_path: Path) -> None:
    settings.HOME, settings.CACHE_DIR = tmp_path / "home", tmp_path / "cache"


@pytest.fixture
def plan(db: None, settings: Any, tmp_path: Path) -> Plan:
    plan = with_units(pack.pack())
    pack.write(plan, tmp_path / "plans")
    settings.PLANS_DIR = tmp_path / "plans"
    establish(plan=plan, by=CLERK)
    fill(plan)
    return plan


def client_of(username: str, role: str, region: str = pack.CITY, unit: str | None = None) -> Client:
    user, new = User.objects.get_or_create(username=username, defaults={"full_name": username})
    if new:
        appoint(user=user, role=role, region=region, unit=unit, by=CLERK)
    client = Client()
    client.force_login(user)
    return client


def post(client: Client, plan: Plan, held: Document, what: str, **more: Any) -> Any:
    held.refresh_from_db()
    return client.post(f"/{plan.id}/documents/{held.pk}/", {"what": what, "version": held.version, **more})


def test_a_document_goes_its_way_on_the_page(plan: Plan) -> None:
    writer, leader, clerk = (
        client_of("w", "committee"),
        client_of("l", "leader"),
        client_of("c", "clerk", unit="health"),
    )
    base = f"/{plan.id}/documents/"
    sent = {"kind": "annual", "year": "2024", "region": plan.region, "unit": "", "language": "zh"}
    answer = writer.post(base, sent)
    held = Document.objects.get()
    assert answer["Location"] == f"{base}{held.pk}/"
    page = writer.get(f"{base}{held.pk}/").content.decode()
    assert "（草稿）" in page
    assert f"{base}{held.pk}/charts/0.svg" in page
    assert writer.get(f"{base}{held.pk}/charts/0.svg")["Content-Type"] == "image/svg+xml"
    edit = {"key": STANDING, "version": held.version, "what": "words", "text": "本领域<b>总体</b>平稳。"}
    assert writer.post(f"{base}{held.pk}/edit/", edit)["Location"].startswith(f"{base}{held.pk}/#b-")
    assert "本领域&lt;b&gt;总体&lt;/b&gt;平稳。" in writer.get(f"{base}{held.pk}/").content.decode()
    assert clerk.get(f"{base}{held.pk}/").status_code == 404, "a draft is nobody else's"
    import_figures(
        plan=plan, observations=[pack._figure("maternal_mortality", pack.CITY, 2024, "20")], by=CLERK, reason="更正"
    )
    assess_plan(plan=plan, as_of=2024, by=CLERK)
    assert post(writer, plan, held, "refresh").status_code == 302
    assert post(writer, plan, held, "refresh").status_code == 302, "and again, when nothing changed"
    assert "没有变动" in writer.get(f"{base}{held.pk}/versions/").content.decode()
    changed = writer.get(f"{base}{held.pk}/versions/?number=2").content.decode()
    assert "孕产妇死亡率" in changed
    page = writer.get(f"{base}{held.pk}/").content.decode()
    if drafting.laid(held).open:
        assert "修改之后，此处原文已有变动" in page
        assert post(writer, plan, held, "submit").status_code == 422
        for change in drafting.laid(held).open:
            post(writer, plan, held, "confirm", edit=change.number)
    assert post(writer, plan, held, "submit").status_code == 302
    assert post(writer, plan, held, "approve").status_code == 403
    assert post(leader, plan, held, "return").status_code == 422
    assert post(leader, plan, held, "approve").status_code == 302
    assert post(writer, plan, held, "issue").status_code == 302
    held.refresh_from_db()
    page = clerk.get(f"{base}{held.pk}/").content.decode()
    assert held.number_words in page
    assert post(clerk, plan, held, "comment", text="已阅，无意见。").status_code == 302
    assert "已阅，无意见。" in writer.get(f"{base}{held.pk}/").content.decode()
    assert held.recipients.get(region=pack.CITY, unit="health").opened_by == "c"
    released = f"/{plan.id}/released/"
    assert held.number_words not in clerk.get(released).content.decode()
    assert post(writer, plan, held, "release").status_code == 302
    assert held.number_words in clerk.get(released).content.decode()
    pdf = clerk.get(f"{base}{held.pk}/file.pdf")
    assert pdf.content == issuing.reproduce(held)
    assert "filename*=utf-8''" in pdf["Content-Disposition"]


def test_whoever_was_slower_is_told(plan: Plan) -> None:
    writer = client_of("w", "committee")
    held = drafting.draft(plan=plan, kind="annual", year=2024, region=plan.region, language="zh", by=CLERK)
    sent = {"key": STANDING, "version": held.version, "what": "add", "text": "甲"}
    assert writer.post(f"/{plan.id}/documents/{held.pk}/edit/", sent).status_code == 302
    answer = writer.post(f"/{plan.id}/documents/{held.pk}/edit/", {**sent, "text": "我写的乙"})
    assert answer.status_code == 409
    assert "我写的乙" in answer.content.decode(), "what was typed is kept"
    answer = writer.post(f"/{plan.id}/documents/{held.pk}/edit/", {**sent, "version": held.version + 1, "text": " "})
    assert answer.status_code == 422


def test_a_draft_may_be_taken_away_as_word(plan: Plan) -> None:
    writer = client_of("w", "committee")
    held = drafting.draft(plan=plan, kind="annual", year=2024, region=plan.region, language="zh", by=CLERK)
    content = writer.get(f"/{plan.id}/documents/{held.pk}/file.docx").content
    assert "（草稿）" in [p.text for p in WordDocument(io.BytesIO(content)).paragraphs]
    assert writer.get(f"/{plan.id}/documents/{held.pk}/file.exe").status_code == 404


def test_templates_are_brought_in_refused_and_withdrawn_on_the_page(plan: Plan) -> None:
    writer = client_of("w", "committee")
    address = f"/{plan.id}/templates/"
    document = WordDocument()
    document.add_paragraph("{{ title }}{{ ''.__class__ }}")
    made = io.BytesIO()
    document.save(made)
    sent = {"kind": "report", "region": plan.region, "what": "upload"}
    answer = writer.post(address, {**sent, "template": SimpleUploadedFile("坏.docx", made.getvalue())})
    assert answer.status_code == 422
    assert "正文中“{{ title }}{{ &#x27;&#x27;.__class__ }}”" in answer.content.decode()
    assert writer.post(address, sent).status_code == 422, "without a file"
    answer = writer.post(address, {**sent, "template": SimpleUploadedFile("好.docx", built_in())})
    assert answer.status_code == 302
    assert "好.docx" in writer.get(address).content.decode()
    assert writer.get(f"{address}report/1.docx").content == built_in()
    assert "监测报告〔2026〕3号" in [
        p.text for p in WordDocument(io.BytesIO(writer.get(f"{address}report/sample.docx").content)).paragraphs
    ]
    assert writer.post(address, {**sent, "what": "withdraw", "number": "1"}).status_code == 302
    assert Template.objects.get().withdrawn_at is not None
    other = {**sent, "region": "nowhere", "template": SimpleUploadedFile("好.docx", built_in())}
    assert writer.post(address, other).status_code == 403


@pytest.mark.parametrize("state", ["draft", "issued"])
def test_every_role_meets_only_documents_that_are_theirs(plan: Plan, state: str) -> None:
    held = drafting.draft(plan=plan, kind="annual", year=2024, region=plan.region, language="en", by=CLERK)
    if state == "issued":
        held = issuing.submit(plan=plan, document=held.pk, version=held.version, by=CLERK)
        held = issuing.decide(plan=plan, document=held.pk, version=held.version, approve=True, by=CLERK)
        held = issuing.issue(plan=plan, document=held.pk, version=held.version, by=CLERK)
    people = {
        "committee": client_of("w", "committee"), "statistics": client_of("s", "statistics"), "leader": client_of("l", "leader"),
        "clerk": client_of("c", "clerk", unit="health"), "district": client_of("d", "district_committee", pack.SHORE),
        "evaluator": client_of("e", "evaluator"), "auditor": client_of("a", "auditor"),
    }  # fmt: skip
    for name, client in people.items():
        for page in ("", "file.docx", "charts/0.svg"):
            opened = client.get(f"/{plan.id}/documents/{held.pk}/{page}").status_code
            mine = state == "issued" or name in {"committee", "statistics", "leader"}
            assert opened == (200 if mine else 404), (name, page)
        assert ("13.57" in client.get(f"/{plan.id}/documents/{held.pk}/").content.decode()) is False, "confidential"
        tools = client.get(
            f"/{plan.id}/documents/{held.pk}/edit/?key=Women and health/Where it stands/standing"
        ).status_code
        assert tools == (
            200
            if state == "draft" and name in {"committee", "statistics"}
            else 403
            if name not in {"committee", "statistics", "district"}
            else 404
        )


def test_pages_are_complete_in_both_languages(plan: Plan) -> None:
    writer = client_of("w", "committee")
    held = drafting.draft(plan=plan, kind="annual", year=2024, region=plan.region, language="en", by=CLERK)
    for language in ("zh-hans", "en"):
        writer.cookies["halfsky_language"] = language
        for page in (
            "documents/",
            f"documents/{held.pk}/",
            f"documents/{held.pk}/versions/",
            "templates/",
            "released/",
        ):
            answer = writer.get(f"/{plan.id}/{page}")
            assert answer.status_code == 200
            assert (b'<html lang="en"' in answer.content) is (language == "en")


def test_nobody_without_a_post_drafts(plan: Plan) -> None:
    user = add_person(username="n", full_name="n", by=CLERK)
    client = Client()
    client.force_login(user)
    assert client.get(f"/{plan.id}/documents/").status_code == 403
    leader = client_of("l", "leader")
    sent = {"kind": "annual", "year": "2024", "region": plan.region, "unit": "", "language": "zh"}
    assert leader.post(f"/{plan.id}/documents/", sent).status_code == 403
    assert not Document.objects.exists()
