"""In a real browser: a report is drafted, edited, refreshed after a revision, decided on, issued, read by a unit and released."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.web import documentsite
from tests.web.serve import Served, environment, serving
from tests.web.test_browser import browser_type_launch_args, pytestmark  # noqa: F401  marks of the browser
from tests.web.walk import follow, person, press, shows, sound

PLAN = documentsite.plan()
WORDS = "孕产妇死亡率偏高，须加强危重孕产妇救治网络建设。"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving("tests.web.documentsite:begin", environment(tmp_path_factory.mktemp("house"))) as site:
        yield site


def test_a_report_from_its_draft_to_the_public_area(house: Served, browser: Any, tmp_path: Path) -> None:
    url, at = house.url, f"{house.url}/{PLAN.id}"
    feng = person(browser, url, "feng")
    feng.goto(f"{at}/documents/")
    feng.select_option("#kind", "annual")
    feng.select_option("#year", str(documentsite.YEAR))
    press(feng, "起草")
    address = feng.url
    shows(feng, "（草稿）", at=".paper")
    follow(feng, "修改：妇女与健康/总体情况/concern:G1.1a")
    sound(feng)
    feng.fill("#words", WORDS)
    press(feng, "保存")
    shows(feng, WORDS, at=".paper")

    house.do("tests.web.documentsite:revise")
    press(feng, "按最新数据更新")
    paper = feng.inner_text(".paper")
    assert WORDS in paper, "the edit stays"
    assert "修改之后，此处原文已有变动。" in paper
    assert "20.00" in paper or "20.0" in paper, "what nobody edited follows the data"
    sound(feng)
    press(feng, "提交审批")
    shows(feng, "逐处确认")  # not before it is decided
    press(feng, "保留修改")
    follow(feng, "历次生成、变动和修改")
    shows(feng, "孕产妇死亡率", at=".differences")
    sound(feng)
    feng.goto(address)
    press(feng, "提交审批")

    zheng = person(browser, url, "zheng")
    zheng.goto(f"{url}/notices/")
    follow(zheng, zheng.get_by_role("link", name="已提交，请审批"))
    assert zheng.url.split("?")[0] == address.split("?")[0]
    zheng.fill("#reason", "第一段请补充年度。")
    press(zheng, "退回")
    shows(zheng, "第一段请补充年度。")
    feng.goto(address)
    press(feng, "提交审批")
    zheng.goto(address)
    press(zheng, "批准")
    shows(zheng, "已批准，待印发", at=".facts")

    feng.goto(address)
    press(feng, "编号印发")
    shows(feng, "监测报告〔", at=".facts")
    sun = person(browser, url, "sun", width=390)
    sun.goto(f"{url}/notices/")
    follow(sun, sun.get_by_role("link", name="已印发"))
    sun.fill("#comment", "已阅研，无意见。")
    press(sun, "提交意见")
    shows(sun, "已阅研，无意见。")
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
    assert house.do("tests.web.documentsite:reproduced") == len(content)


def test_templates_are_accessible_and_a_hostile_one_is_told_where(house: Served, browser: Any, tmp_path: Path) -> None:
    from docx import Document

    url = house.url
    feng = person(browser, url, "feng")
    feng.goto(f"{url}/{PLAN.id}/templates/")
    sound(feng)
    bad = Document()
    bad.add_paragraph("{{ title }}{% for x in range(10**9) %}x{% endfor %}")
    bad.save(str(tmp_path / "bad.docx"))
    feng.set_input_files("#t-report", str(tmp_path / "bad.docx"))
    press(feng, "试填并启用：监测报告")
    shows(feng, "只能对清单逐行循环", at="[role=alert]")
