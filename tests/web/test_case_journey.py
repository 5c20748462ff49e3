"""In a real browser: a red warning from raising to closing, twice, pressed for by two letters, in every role that it passes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from tests.alerts.cases import PLAN
from tests.support import CITY
from tests.web.conftest import PASSWORD
from tests.web.serve import ROOT, environment, running
from tests.web.test_browser import Axe, browser_type_launch_args, pytestmark  # noqa: F401

BOARD = f"/{PLAN.id}/cases/"
CAUSE, REMEDY = "流动妇女底数不清，筛查点偏少。", "增设筛查点，逐街道建立台账。"


class Site:
    """The site in a process of its own; ``pass_`` lets time go by in it."""

    def __init__(self, url: str, environment: dict[str, str]) -> None:
        self.url, self.environment = url, environment

    def pass_(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "tests.web.serve_cases", *arguments]
        subprocess.run(command, cwd=ROOT, env=self.environment, check=True, capture_output=True)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    given = environment(tmp_path_factory.mktemp("cases-home"))
    with running("tests.web.serve_cases:begin", given) as url:
        yield Site(url, given)


@pytest.fixture
def as_(site: Site, browser: Any) -> Iterator[Callable[[str], Any]]:
    """The page of somebody signed in, at the city's case; the same one when asked for again."""
    pages: dict[str, Any] = {}

    def page(role: str) -> Any:
        if role not in pages:
            context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
            context.add_cookies([{"name": "halfsky_language", "value": "zh-hans", "url": site.url}])
            pages[role] = context.new_page()
            pages[role].goto(f"{site.url}/sign-in/")
            pages[role].fill("#id_username", f"{role}.{CITY}")
            pages[role].fill("#id_password", PASSWORD)
            pages[role].press("#id_password", "Enter")
            pages[role].wait_for_url(lambda at: "sign-in" not in at)
        pages[role].goto(f"{site.url}{BOARD}?region={CITY}&stage=")
        if not pages[role].locator(".caselist a").count():
            pages[role].goto(f"{site.url}{BOARD}?stage=closed")
        pages[role].locator(".caselist tbody th a").first.click()
        pages[role].wait_for_selector("#history")
        return pages[role]

    yield page
    for made in pages.values():
        made.context.close()


def told(page: Any) -> str:
    return " ".join(page.locator("main").inner_text().split())


def press(page: Any, what: str) -> None:
    page.locator(f"button[name=what][value={what}]").click()
    page.wait_for_load_state()


def answer(page: Any, cause: str = CAUSE) -> None:
    page.fill("#answer-cause", cause)
    page.fill("#answer-remedy", REMEDY)
    page.fill("#answer-deadline", str(date.today() + timedelta(days=90)))
    press(page, "answer")


def letter(page: Any, name: str, folder: Path) -> str:
    """The text of a letter, as it is downloaded."""
    with page.expect_download() as download:
        page.get_by_role("link", name=name).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    document = Document(str(path))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(p.text for p in document.paragraphs), *cells])


def accessible(page: Any) -> None:
    found = Axe().run(page).response["violations"]
    assert not [(v["id"], [n["html"][:120] for n in v["nodes"][:3]]) for v in found]
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    page.set_viewport_size({"width": 1280, "height": 900})


def test_a_red_warning_is_put_right_comes_back_and_is_put_right_again(
    site: Site, as_: Callable[[str], Any], tmp_path: Path
) -> None:
    # Raised: the unit hears of it, and begins an answer.
    clerk = as_("clerk")
    assert "红色" in told(clerk)
    accessible(clerk)
    clerk.goto(f"{site.url}/notices/")
    assert "有1项预警需要整改（红色1项）" in told(clerk)
    clerk.locator(".notices a").first.click()
    clerk.fill("#answer-cause", CAUSE)
    press(clerk, "draft")

    # Late: the rule asks for a letter, and the committee office issues it.
    site.pass_("late", "30")
    office = as_("committee")
    assert "签发提醒函" in told(office)
    accessible(office)
    press(office, "letter")
    first = letter(office, "提醒函", tmp_path)
    number = f"小城市妇儿工委办提醒〔{date.today().year}〕1号"
    for words in (
        number,
        "小城市卫生健康委员会：",
        "宫颈癌筛查率",
        "红色预警",
        "特此提醒。",
        "小城市妇女儿童工作委员会办公室",
    ):
        assert words in first

    # Answered, sent back, answered again, accepted, under way.
    clerk = as_("clerk")
    assert number in told(clerk)
    assert clerk.input_value("#answer-cause") == CAUSE
    answer(clerk)
    office = as_("committee")
    office.fill("#review-reason", "请写明责任单位")
    press(office, "return")
    clerk = as_("clerk")
    assert "请写明责任单位" in told(clerk)
    answer(clerk, CAUSE + "责任单位为市妇幼保健中心。")
    press(as_("committee"), "accept")
    clerk = as_("clerk")
    clerk.fill("#progress-note", "已增设筛查点3处。")
    press(clerk, "progress")
    assert "整改中" in told(clerk)
    assert "已增设筛查点3处。" in told(clerk)

    # The next year's figure clears it: closed by the figure, as the leading group reads.
    site.pass_("figure", "2024", "75")
    leader = as_("leader")
    assert "新数据解除" in told(leader)
    assert leader.locator("main button[name=what]").count() == 0

    # It comes back: the same case, counted, and the next rung of the ladder.
    site.pass_("figure", "2025", "44")
    site.pass_("late", "1")
    office = as_("committee")
    assert "第2次预警" in told(office)
    assert "签发督办单" in told(office)
    press(office, "letter")
    second = letter(office, "督办单", tmp_path)
    assert "第2次预警" in second
    assert f"提醒函（{number}）" in second

    # Answered, accepted, reported as carried out, and closed by the figure once more.
    answer(as_("clerk"), "人员流动后台账未更新。")
    press(as_("committee"), "accept")
    clerk = as_("clerk")
    clerk.fill("#progress-note", "台账已更新，全年任务完成。")
    press(clerk, "finish")
    assert "请于" in _notices(as_("committee"), site)
    site.pass_("figure", "2026", "76")
    leader = as_("leader")
    history = leader.locator("ol.trail > li")
    said = [" ".join(line.split()) for line in history.all_inner_texts()]
    assert sum("重新立项" in line for line in said) == 1
    assert sum("新数据解除" in line for line in said) == 2
    assert sum("签发函件" in line for line in said) == 2
    leader.goto(f"{site.url}{BOARD}")
    assert "各环节用时" in told(leader)


def _notices(page: Any, site: Site) -> str:
    page.goto(f"{site.url}/notices/")
    return told(page)
