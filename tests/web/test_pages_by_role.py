"""The pages of the year that not everybody may read, each as somebody who may: accessible, and whole at every width."""

from __future__ import annotations

from typing import Any

import pytest

from halfsky.observations.columns import SEX_NAMES
from halfsky.plan import Plan, Sex
from tests.web import pack
from tests.web.test_browser import (  # noqa: F401  fixtures and marks of the browser
    Axe,
    browser_type_launch_args,
    pytestmark,
    served,
)
from tests.web.test_grid import signed_in
from tests.web.test_year_journey import form, upload

FIGURE = f"database/figure/?indicator=maternal_mortality&region={pack.CITY}&year=2024"
# Who → addresses; "of the plan" where they do not begin with a slash, and a link to follow after "→".
PAGES: dict[str, tuple[str, ...]] = {
    "clerk": (
        "/", "returns/", "returns/ → table.returns a", "returns/ → table.returns a → .byexcel a", "dry run", "/account/",
        "/account/tokens/", "/account/password/", "/account/second-factor/", "/people/", "filings/",
    ),
    "approver": ("/", "returns/ → table.returns a", "review/ → tbody th a"),
    "reviewer": (
        "/", "review/", "review/ → tbody th a", "years/", "years/2025/", "/notices/", FIGURE, "missing/", "surveys/", "surveys/add/",
    ),
    "committee": ("/", "filings/", "filings/ → tbody th a", "duties/"),
    "administrator": (
        "/", "/people/", "/people/ → tbody th a", "/people/add/", "/people/many/", "/offices/", "/regions/",
    ),
    "auditor": ("/", "/audit/"),
}  # fmt: skip
BEFORE = ("/sign-in/", "/sign-in/forgotten/", "/link/none/")


def _go(page: Any, url: str, plan: Plan, wanted: str, language: str) -> None:
    if wanted == "dry run":
        _go(page, url, plan, "returns/ → table.returns a → .byexcel a", language)
        women = SEX_NAMES[Sex.FEMALE].in_language("en" if language == "en" else "zh")
        upload(page, form(page, **{women: "x"}))
        return
    address, *links = wanted.split(" → ")
    page.goto(url + (address if address.startswith("/") else f"/{plan.id}/{address}"))
    for link in links:
        page.locator(link).first.click()
    page.wait_for_load_state()


def _sound(page: Any, told: str, width: int) -> None:
    for other in (390, 1280, 1920):
        page.set_viewport_size({"width": other, "height": 900})
        beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert beyond <= 0, f"{told} at {other}: {beyond} px beyond the window"
    page.set_viewport_size({"width": width, "height": 900})
    found = Axe().run(page).response["violations"]
    assert not found, f"{told}: {[(v['id'], [n['html'][:160] for n in v['nodes'][:3]]) for v in found]}"


# Two of the many: what axe sees of a language is its words, of a theme its colours, of a width what is folded away.
@pytest.mark.parametrize(("language", "theme", "width"), [("zh-hans", "light", 390), ("en", "dark", 1280)])
def test_each_as_somebody_who_may_read_it(
    served: tuple[str, Plan],  # noqa: F811
    browser: Any,
    language: str,
    theme: str,
    width: int,
) -> None:
    url, plan = served
    for who, addresses in PAGES.items():
        page = signed_in(browser, url, who, language, width, theme)
        for wanted in addresses:
            _go(page, url, plan, wanted, language)
            _sound(page, f"{wanted} as {who}", width)
        page.context.close()
    context = browser.new_context(color_scheme=theme)
    context.add_cookies([{"name": "halfsky_language", "value": language, "url": url}])
    page = context.new_page()
    for wanted in BEFORE:
        page.goto(url + wanted)
        _sound(page, wanted, width)
    context.close()
