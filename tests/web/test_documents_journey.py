"""In a real browser: a report is drafted, edited, refreshed after a revision, decided on, issued, read by a unit and released."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.web import documentsite
from tests.web.serve import ROOT, environment, running
from tests.web.test_browser import browser_type_launch_args, pytestmark  # noqa: F401  marks of the browser
from tests.web.test_grid import sign_in

PLAN = documentsite.plan()
WORDS = "孕产妇死亡率偏高，须加强危重孕产妇救治网络建设。"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str]]]:
    given = environment(tmp_path_factory.mktemp("house"))
    with running("tests.web.documentsite:begin", given) as url:
        yield url, given


def beside(given: dict[str, str], what: str) -> str:
    """Do something on the same installation from its shell."""
    asked = (
        f"from halfsky.cli.setup import prepare; prepare(); from tests.web import documentsite; documentsite.{what}()"
    )
    run = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, env=given, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def person(browser: Any, url: str, name: str, width: int = 1280) -> Any:
    context = browser.new_context(viewport={"width": width, "height": 900}, locale="zh-CN")
    context.set_default_timeout(90_000)
    page = context.new_page()
    sign_in(page, url, name)
    return page


def press(page: Any, name: str) -> None:
    """Press a button and wait for the page that answers."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def sound(page: Any) -> None:
    """Accessible, and nothing sticks out."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}).response["violations"]
    assert not found, [(v["id"], v["nodes"][0]["target"]) for v in found]
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_a_report_from_its_draft_to_the_public_area(house: Any, browser: Any, tmp_path: Path) -> None:
    url, given = house
    at = f"{url}/{PLAN.id}"
    feng = person(browser, url, "feng")
    feng.goto(f"{at}/documents/")
    feng.select_option("#kind", "annual")
    feng.select_option("#year", str(documentsite.YEAR))
    press(feng, "起草")
    address = feng.url
    assert "（草稿）" in feng.inner_text(".paper")
    feng.get_by_role("link", name="修改：妇女与健康/总体情况/concern:G1.1a").click()
    sound(feng)
    feng.fill("#words", WORDS)
    press(feng, "保存")
    assert WORDS in feng.inner_text(".paper")

    beside(given, "revise")
    press(feng, "按最新数据更新")
    paper = feng.inner_text(".paper")
    assert WORDS in paper, "the edit stays"
    assert "修改之后，此处原文已有变动。" in paper
    assert "20.00" in paper or "20.0" in paper, "what nobody edited follows the data"
    sound(feng)
    press(feng, "提交审批")
    assert "逐处确认" in feng.inner_text("main"), "not before it is decided"
    press(feng, "保留修改")
    feng.get_by_role("link", name="历次生成、变动和修改").click()
    assert "孕产妇死亡率" in feng.inner_text(".differences")
    sound(feng)
    feng.goto(address)
    press(feng, "提交审批")

    zheng = person(browser, url, "zheng")
    zheng.goto(f"{url}/notices/")
    zheng.get_by_role("link", name="已提交审核").first.click()
    assert zheng.url.split("?")[0] == address.split("?")[0]
    zheng.fill("#reason", "第一段请补充年度。")
    press(zheng, "退回")
    assert "第一段请补充年度。" in zheng.inner_text("main")
    feng.goto(address)
    press(feng, "提交审批")
    zheng.goto(address)
    press(zheng, "批准")

    feng.goto(address)
    press(feng, "编号印发")
    assert "监测报告〔" in feng.inner_text(".facts")
    sun = person(browser, url, "sun", width=390)
    sun.goto(f"{url}/notices/")
    sun.get_by_role("link", name="已印发").first.click()
    sun.fill("#comment", "已阅研，无意见。")
    press(sun, "提交意见")
    assert "已阅研，无意见。" in sun.inner_text("main")
    sound(sun)
    feng.goto(address)
    press(feng, "发布")
    sun.goto(f"{at}/released/")
    with sun.expect_download() as waiting:
        sun.get_by_role("link", name="PDF").first.click()
    file = tmp_path / "report.pdf"
    waiting.value.save_as(file)
    content = file.read_bytes()
    assert content.startswith(b"%PDF")
    assert int(beside(given, "reproduced")) == len(content)


def test_templates_are_accessible_and_a_hostile_one_is_told_where(house: Any, browser: Any, tmp_path: Path) -> None:
    from docx import Document

    url, _ = house
    feng = person(browser, url, "feng")
    feng.goto(f"{url}/{PLAN.id}/templates/")
    sound(feng)
    bad = Document()
    bad.add_paragraph("{{ title }}{% for x in range(10**9) %}x{% endfor %}")
    bad.save(str(tmp_path / "bad.docx"))
    feng.set_input_files("#t-report", str(tmp_path / "bad.docx"))
    press(feng, "试填并启用：监测报告")
    assert "只能对清单逐行循环" in feng.inner_text("[role=alert]")
