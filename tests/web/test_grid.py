"""The grid in a real browser: typed, pasted, undone; nothing lost to a killed page, a dead line or an ended session."""

from __future__ import annotations

import random
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from halfsky.observations.numbers import read_number
from halfsky.observations.quotient import quotient
from halfsky.plan import Plan
from tests.support import small_plan
from tests.web.conftest import PASSWORD
from tests.web.test_browser import (  # noqa: F401  fixtures and marks of the browser
    browser_type_launch_args,
    pytestmark,
    served,
)

SAVED = "#save-state[data-state=saved]"


def signed_in(
    browser: Any, url: str, name: str, language: str = "zh-hans", width: int = 1280, theme: str = "light"
) -> Any:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)
    context.add_cookies([{"name": "halfsky_language", "value": language, "url": url}])
    page = context.new_page()
    sign_in(page, url, name)
    return page


def sign_in(page: Any, url: str, name: str) -> None:
    page.goto(f"{url}/sign-in/")
    page.fill("#id_username", name)
    page.fill("#id_password", PASSWORD)
    page.press("#id_password", "Enter")
    page.wait_for_url(lambda at: "sign-in" not in at)


def goto(page: Any, served: tuple[str, Plan]) -> None:  # noqa: F811
    url, plan = served
    page.goto(f"{url}/{plan.id}/returns/")
    page.locator("table.returns a").first.click()
    page.wait_for_selector("#grid td[tabindex='0']")


def cell(page: Any, row: int, column: str) -> Any:
    return page.locator("tr.cell").nth(row).locator(f"[data-column={column}]")


def raw(page: Any, row: int) -> str:
    return cell(page, row, "value").inner_text()


def paste(page: Any, text: str) -> None:
    page.evaluate(
        """text => { const data = new DataTransfer(); data.setData("text/plain", text);
        document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })); }""",
        text,
    )


@pytest.fixture
def page(served: tuple[str, Plan], browser: Any) -> Iterator[Any]:  # noqa: F811
    """The clerk, at an empty return."""
    page = signed_in(browser, served[0], "clerk")
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    goto(page, served)
    cell(page, 0, "value").click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.wait_for_timeout(400)
    page.reload()
    page.wait_for_selector("#grid td[tabindex='0']")
    cell(page, 0, "value").click()
    yield page
    page.context.close()
    assert failures == []


def test_the_keyboard_alone_fills_undoes_and_leaves(page: Any) -> None:
    page.keyboard.type("13.5")
    page.keyboard.press("Enter")
    page.keyboard.press("F2")
    page.keyboard.type("１２")
    page.keyboard.press("Enter")
    page.keyboard.type("x")
    page.keyboard.press("Escape")
    page.wait_for_selector(SAVED)
    assert [raw(page, i) for i in range(3)] == ["13.5", "12", ""]
    page.keyboard.press("Control+z")
    assert raw(page, 1) == ""
    page.keyboard.press("Control+y")
    assert raw(page, 1) == "12"
    page.keyboard.press("F2")
    assert page.evaluate("document.activeElement.value") == "12"
    page.keyboard.press("Escape")
    page.keyboard.press("Control+End")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('td[data-column]')") is None
    assert page.locator("#filled").inner_text() == "2"


def test_a_block_from_a_spreadsheet_is_read_as_people_write(page: Any) -> None:
    paste(page, "13.5\t估计\n１２.５\r\n不适用\n1,234\nabout\n9\n")
    assert [raw(page, i) for i in range(5)] == ["13.5", "12.5", "", "1,234", "about"]
    assert cell(page, 0, "status").inner_text() == "估计"
    assert cell(page, 2, "status").inner_text() == "不适用"
    assert cell(page, 4, "value").get_attribute("aria-invalid") == "true"
    assert "1 格超出" in page.locator("#grid-says").inner_text()
    page.wait_for_selector("#save-state[data-state=held]")
    page.reload()
    page.wait_for_selector("td.wrong")
    assert raw(page, 4) == "about"  # what cannot be kept yet is not thrown away either
    cell(page, 4, "value").click()
    page.keyboard.type("11")
    page.keyboard.press("Enter")
    page.wait_for_selector(SAVED)
    page.wait_for_selector("tr.says .blocks")  # 1,234 percent cannot be


def test_the_page_is_killed_in_the_middle_of_typing(page: Any, served: tuple[str, Plan]) -> None:  # noqa: F811
    context = page.context
    page.keyboard.type("13.5")
    page.keyboard.press("Enter")
    page.keyboard.type("12.25")
    page.close(run_before_unload=False)
    again = context.new_page()
    goto(again, served)
    again.wait_for_selector(SAVED)
    assert [raw(again, 0), raw(again, 1)] == ["13.5", "12.25"]


def test_the_line_is_dead_the_browser_closed_and_opened_and_the_line_back(page: Any, served: tuple[str, Plan]) -> None:  # noqa: F811
    context = page.context
    context.set_offline(True)
    page.keyboard.type("13.5")
    page.keyboard.press("Enter")
    page.wait_for_selector("#save-state[data-state=offline]")
    assert "1 处待发送" in page.locator("#save-state").inner_text()
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    page.close()
    context.set_offline(False)
    again = context.new_page()
    goto(again, served)
    again.wait_for_selector(SAVED)
    assert [raw(again, 0), raw(again, 1)] == ["13.5", "12"]


def test_the_session_ends_and_another_window_signs_in(page: Any, served: tuple[str, Plan]) -> None:  # noqa: F811
    context = page.context
    context.clear_cookies(name="halfsky_session")
    page.keyboard.type("13.5")
    page.keyboard.press("Enter")
    page.wait_for_selector("#save-state[data-state=expired]")
    assert page.locator("#save-help a").is_visible()
    other = context.new_page()
    sign_in(other, served[0], "clerk")
    other.close()
    page.wait_for_selector(SAVED, timeout=15000)
    page.reload()
    assert raw(page, 0) == "13.5"


def test_what_one_person_typed_is_never_sent_as_anothers(page: Any, served: tuple[str, Plan]) -> None:  # noqa: F811
    context = page.context
    context.clear_cookies(name="halfsky_session")
    page.keyboard.type("77")
    page.keyboard.press("Enter")
    page.wait_for_selector("#save-state[data-state=expired]")
    other = context.new_page()
    sign_in(other, served[0], "approver")
    page.wait_for_timeout(2500)
    assert page.locator("#save-state").get_attribute("data-state") == "expired"
    sign_in(other, served[0], "clerk")
    page.wait_for_selector(SAVED, timeout=15000)


def test_two_windows_and_two_people(page: Any, served: tuple[str, Plan], browser: Any) -> None:  # noqa: F811
    second = page.context.new_page()
    goto(second, served)
    page.keyboard.type("13.5")
    page.keyboard.press("Enter")
    second.wait_for_function(
        "document.querySelectorAll('tr.cell')[0].querySelector('[data-column=value]').innerText === '13.5'"
    )
    elsewhere = signed_in(browser, served[0], "clerk")  # another machine: nothing shared but the server
    goto(elsewhere, served)
    cell(elsewhere, 1, "value").click()
    cell(page, 1, "value").click()
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    page.wait_for_selector(SAVED)
    elsewhere.keyboard.type("12.9")
    elsewhere.keyboard.press("Enter")
    elsewhere.wait_for_selector(".conflict button")
    told = elsewhere.locator(".conflict").inner_text()
    assert "保留我的：12.9" in told
    assert "采用对方的：12" in told
    elsewhere.locator(".conflict button").first.click()
    elsewhere.wait_for_selector(SAVED)
    page.reload()
    assert raw(page, 1) == "12.9"
    elsewhere.context.close()


def test_numbers_are_read_and_rates_computed_as_the_server_does(page: Any) -> None:
    chance = random.Random(4)
    texts = [
        "",
        "１２，３４５．６",
        "1e3",
        "-0",
        "007.500",
        "=A1",
        "无",
        "5%",
        "1,23",
        "12,345",
        "nan",
        "1" * 16,
        "0.123456789",
        "1.5e-3",
        "约5",
        "+3",
        "9" * 15,
        "1e400",
    ]
    texts += ["".join(chance.choices("0123456789.,-e", k=chance.randint(1, 12))) for _ in range(400)]
    module = "const m = await import(document.querySelector('script[type=module]').src.replace('grid', 'numbers').replace(/\\.[0-9a-f]{12}/, ''));"
    read = page.evaluate(f"async texts => {{ {module} return texts.map(m.readNumber); }}", texts)
    for text, mine in zip(texts, read, strict=True):
        if not text:
            continue
        typed = read_number(text)
        if typed.fault:
            assert mine.get("code") == typed.code, text
        else:
            assert Decimal(mine["number"]) == typed.number, text
    rate = small_plan().indicator["maternal_mortality"]
    pairs = [(str(chance.randint(0, 999)), str(chance.randint(0, 99999))) for _ in range(400)] + [
        ("1", "8"),
        ("-1", "800000"),
    ]
    computed = page.evaluate(
        f"async pairs => {{ {module} return pairs.map(([n, d]) => m.quotient(n, d, '100000', 2)); }}", pairs
    )
    for (n, d), mine in zip(pairs, computed, strict=True):
        theirs = quotient(rate, Decimal(n), Decimal(d))
        assert (mine == "") == (theirs is None), (n, d)
        assert theirs is None or Decimal(mine) == theirs, (n, d)


def test_refused_with_links_then_sent(page: Any) -> None:
    page.get_by_role("button", name="提交").click()
    page.wait_for_selector("#faults")
    page.locator("#faults a").nth(2).click()
    page.wait_for_function("document.activeElement.closest('tr')?.dataset.entry === location.hash.slice(6)")
    cell(page, 0, "value").click()
    paste(page, "13.55\n12.5\n14.6\n14.55\n12.55")
    page.get_by_role("button", name="提交").click()  # at once: what waits is sent first
    page.wait_for_selector("#grid:not([role])")
    assert "待单位审核" in page.locator("dl.head").inner_text()
    assert raw(page, 4) == "12.55"
    page.get_by_role("button", name="撤回").click()
    page.wait_for_selector("#grid[role=grid]")
