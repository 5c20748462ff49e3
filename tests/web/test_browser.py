"""In a real browser: accessible, whole at every width, reached by keyboard, without a request to anybody else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = Path("/usr/bin/chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(
        not CHROMIUM.exists(), reason="BROWSER TESTS NOT RUN: /usr/bin/chromium is missing (apt-get install chromium)"
    ),
]
pytest.importorskip("playwright", reason="BROWSER TESTS NOT RUN: playwright is not installed")
pytest.importorskip("axe_playwright_python", reason="BROWSER TESTS NOT RUN: axe-playwright-python is not installed")

from axe_playwright_python.sync_playwright import Axe  # noqa: E402
from playwright.sync_api import Browser, Page  # noqa: E402

from halfsky.plan import Plan  # noqa: E402
from tests.web import pack  # noqa: E402
from tests.web.conftest import PASSWORD, addresses  # noqa: E402
from tests.web.serve import environment, running  # noqa: E402


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    quiet = ("--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
             "--disable-component-update --disable-sync")  # fmt: skip
    return {**browser_type_launch_args, "executable_path": str(CHROMIUM), "args": quiet.split()}


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Plan]]:
    """A server of its own, in a process of its own, with the settings of an installation."""
    given = environment(tmp_path_factory.mktemp("home"))
    with running("tests.web.serve:small_site", given) as url:
        yield url, pack.pack()


def opened(browser: Browser, url: str, language: str, theme: str = "light", width: int = 1280) -> Page:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)  # type: ignore[arg-type]
    context.add_cookies([{"name": "halfsky_language", "value": language, "url": url}])
    page = context.new_page()
    sign_in(page, url)
    return page


def sign_in(page: Page, url: str) -> None:
    """As the one person whom the small site knows."""
    page.goto(f"{url}/sign-in/")
    page.fill("#id_username", "leader")
    page.fill("#id_password", PASSWORD)
    page.press("#id_password", "Enter")
    page.wait_for_url(lambda at: "sign-in" not in at)


WIDTHS = (390, 1280, 1920)


# Two of the four: what axe sees of a language is its words and lengths, and of a theme its colours, which no words change.
@pytest.mark.parametrize(("language", "theme"), [("zh-hans", "light"), ("en", "dark")])
def test_every_page_is_accessible_whole_at_each_width_and_asks_nobody_else(
    served: tuple[str, Plan], browser: Browser, language: str, theme: str
) -> None:
    url, plan = served
    page = opened(browser, url, language, theme)
    faults: list[str] = []
    page.on("request", lambda r: None if r.url.startswith((url, "data:")) else faults.append(f"asked for {r.url}"))
    page.on("response", lambda r: faults.append(f"{r.status} {r.url}") if r.status >= 400 else None)
    # The content security policy would complain here.
    page.on("console", lambda m: faults.append(m.text) if m.type in {"error", "warning"} else None)
    for address in addresses(plan):
        page.goto(url + address)
        faults += [f"{address}: {fault}" for fault in _faults(page)]
    page.wait_for_load_state("networkidle")
    assert faults == []
    page.goto(f"{url}/{plan.id}/nowhere/")
    assert faults.pop(0).startswith("404 ")
    assert _faults(page) == []
    page.context.close()


def _faults(page: Page) -> list[str]:
    """What is wrong with a page: what reaches beyond the window at some width, and what axe finds."""
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if beyond > 0:
            found.append(f"{beyond} px beyond a window of {width}")
    page.set_viewport_size({"width": 1280, "height": 900})
    violations = Axe().run(page).response["violations"]
    return found + [f"{v['id']}: {[n['html'][:120] for n in v['nodes'][:3]]}" for v in violations]


def test_the_keyboard_reaches_the_content_first_and_every_table(served: tuple[str, Plan], browser: Browser) -> None:
    url, plan = served
    page = opened(browser, url, "zh-hans")
    page.goto(f"{url}/{plan.id}/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    reached: set[str] = set()
    for _ in range(150):
        page.keyboard.press("Tab")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        name = page.evaluate("document.activeElement.className || document.activeElement.tagName")
        if name == "BODY":
            break
        assert outline != "none", f"{name} shows no focus"
        reached.add(name)
    assert "scroll" in reached
    page.context.close()


def test_dark_by_choice_and_the_other_language_by_keyboard(served: tuple[str, Plan], browser: Browser) -> None:
    url, plan = served
    page = opened(browser, url, "zh-hans")
    page.goto(f"{url}/{plan.id}/targets/?field=2")
    page.get_by_role("button", name="深色").press("Enter")
    page.wait_for_url("**/targets/?field=2")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 25, 30)"
    page.get_by_role("button", name="English").press("Enter")
    page.wait_for_url("**/targets/?field=2")
    assert page.evaluate("document.documentElement.lang") == "en"
    page.context.close()


def test_every_page_works_without_scripts(served: tuple[str, Plan], browser: Browser) -> None:
    url, plan = served
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    sign_in(page, url)
    page.goto(f"{url}/{plan.id}/warnings/")
    page.select_option("#f-unit", "health")
    page.locator(".filters button").click()
    assert "unit=health" in page.url
    assert page.locator("tbody tr").count() >= 1
    context.close()
