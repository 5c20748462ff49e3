"""People at their browsers: how a journey signs in, presses, and looks at what it is shown.

Nothing waits for a time: a press waits for the page that answers, and what is read is waited for.
"""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.web.test_grid import sign_in

PATIENCE = 60_000  # milliseconds; a small machine that does several things at once
expect.set_options(timeout=PATIENCE)


def person(browser: Any, url: str, name: str, width: int = 1280) -> Any:
    """Somebody at a browser of their own, in Chinese, signed in by the page for it."""
    context = browser.new_context(viewport={"width": width, "height": 900}, locale="zh-CN", accept_downloads=True)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    sign_in(page, url, name)
    return page


def press(page: Any, button: str, within: Any = None) -> None:
    """Press a button and wait for the page that answers."""
    with page.expect_navigation():
        (within or page).get_by_role("button", name=button, exact=True).click()


def follow(page: Any, link: Any) -> None:
    """Follow a link, given by its words or found, and wait for where it leads."""
    found = page.get_by_role("link", name=link, exact=True) if isinstance(link, str) else link
    with page.expect_navigation():
        found.first.click()


def shows(page: Any, *words: str, at: str = "main") -> None:
    """The page shows all these words there, or soon will."""
    for said in words:
        expect(page.locator(at).first).to_contain_text(said)


def sound(page: Any) -> None:
    """Accessible, and nothing sticks out, at a desk and on a telephone."""
    found = Axe().run(page).response["violations"]
    assert not found, [(v["id"], [n["html"][:120] for n in v["nodes"][:3]]) for v in found]
    size = page.viewport_size
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert beyond <= 0, f"{page.url} at {width}: {beyond} px beyond the window"
    page.set_viewport_size(size)
