"""Language and appearance are chosen by form, kept in a cookie, and lead back to the page."""

from __future__ import annotations

from django.test import Client

from halfsky.plan import Plan
from tests.web.conftest import visitor


def test_changing_the_language_keeps_the_page(site: Plan) -> None:
    client = visitor()
    page = f"/{site.id}/targets/?field=2"
    assert client.post("/choose/language/", {"language": "en", "next": page}).headers["Location"] == page
    assert 'lang="en"' in client.get(page).content.decode()


def test_dark_is_kept_and_auto_forgets(site: Plan) -> None:
    client = visitor()
    page = f"/{site.id}/"
    client.post("/choose/theme/", {"theme": "dark", "next": page})
    assert 'data-theme="dark"' in client.get(page).content.decode()
    assert ".dark.zh.svg" in client.get(f"/{site.id}/map/").content.decode()
    client.post("/choose/theme/", {"theme": "auto", "next": page})
    assert 'data-theme="auto"' in client.get(page).content.decode()


def test_a_forged_cookie_is_not_written_into_the_page(site: Plan) -> None:
    client = visitor()
    client.cookies["halfsky_theme"] = '"><script>'
    assert "<script>" not in client.get(f"/{site.id}/").content.decode()


def test_the_way_back_never_leads_elsewhere(site: Plan) -> None:
    for elsewhere in ("https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"):
        response = Client().post("/choose/theme/", {"theme": "dark", "next": elsewhere})
        assert response.headers["Location"] == "/"


def test_appearance_is_changed_by_post_only_and_known_names_only(db: None) -> None:
    assert Client().get("/choose/theme/").status_code == 405
    assert Client().post("/choose/theme/", {"theme": "neon"}).status_code == 400
