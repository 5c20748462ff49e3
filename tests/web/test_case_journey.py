"""In a real browser: a red warning from raising to closing, twice, pressed for by two letters, in every role that it passes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from tests.alerts.cases import PLAN
from tests.support import CITY
from tests.web.serve import Served, environment, serving
from tests.web.test_browser import browser_type_launch_args, pytestmark  # noqa: F401  marks of the browser
from tests.web.walk import follow, person, shows, sound

BOARD = f"/{PLAN.id}/cases/"
CAUSE, REMEDY = "流动妇女底数不清，筛查点偏少。", "增设筛查点，逐街道建立台账。"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving("tests.web.serve_cases:begin", environment(tmp_path_factory.mktemp("cases-home"))) as served:
        yield served


@pytest.fixture
def as_(site: Served, browser: Any) -> Iterator[Callable[[str], Any]]:
    """The page of somebody signed in, at the city's case: found on the board once, and opened again when asked for again."""
    pages: dict[str, Any] = {}
    found: dict[str, str] = {}

    def page(role: str) -> Any:
        if role in pages:
            pages[role].goto(found[role])
            return pages[role]
        pages[role] = person(browser, site.url, f"{role}.{CITY}")
        pages[role].goto(f"{site.url}{BOARD}?region={CITY}&stage=")
        if not pages[role].locator(".caselist a").count():
            pages[role].goto(f"{site.url}{BOARD}?stage=closed")
        follow(pages[role], pages[role].locator(".caselist tbody th a"))
        found[role] = pages[role].url
        return pages[role]

    yield page
    for made in pages.values():
        made.context.close()


def press(page: Any, what: str) -> None:
    with page.expect_navigation():
        page.locator(f"button[name=what][value={what}]").click()


def passes(site: Served, what: str, *arguments: Any) -> None:
    """Time goes by: reminders run, or a figure comes."""
    site.do(f"tests.web.serve_cases:{what}", *arguments)


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


def test_a_red_warning_is_put_right_comes_back_and_is_put_right_again(
    site: Served, as_: Callable[[str], Any], tmp_path: Path
) -> None:
    # Raised: the unit hears of it, and begins an answer.
    clerk = as_("clerk")
    shows(clerk, "红色")
    sound(clerk)
    clerk.goto(f"{site.url}/notices/")
    shows(clerk, "有1项预警需要整改（红色1项）")
    follow(clerk, clerk.locator(".notices a"))
    clerk.fill("#answer-cause", CAUSE)
    press(clerk, "draft")

    # Late: the rule asks for a letter, and the committee office issues it.
    passes(site, "late", 30)
    office = as_("committee")
    shows(office, "签发提醒函")
    sound(office)
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
    shows(clerk, number)
    assert clerk.input_value("#answer-cause") == CAUSE
    answer(clerk)
    office = as_("committee")
    office.fill("#review-reason", "请写明责任单位")
    press(office, "return")
    clerk = as_("clerk")
    shows(clerk, "请写明责任单位")
    answer(clerk, CAUSE + "责任单位为市妇幼保健中心。")
    press(as_("committee"), "accept")
    clerk = as_("clerk")
    clerk.fill("#progress-note", "已增设筛查点3处。")
    press(clerk, "progress")
    shows(clerk, "整改中")
    shows(clerk, "已增设筛查点3处。")

    # The next year's figure clears it: closed by the figure, as the leading group reads.
    passes(site, "figure", 2024, "75")
    leader = as_("leader")
    shows(leader, "新数据解除")
    assert leader.locator("main button[name=what]").count() == 0

    # It comes back: the same case, counted, and the next rung of the ladder.
    passes(site, "figure", 2025, "44")
    passes(site, "late", 1)
    office = as_("committee")
    shows(office, "第2次预警")
    shows(office, "签发督办单")
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
    office = as_("committee")
    office.goto(f"{site.url}/notices/")
    shows(office, "请于")
    passes(site, "figure", 2026, "76")
    leader = as_("leader")
    history = leader.locator("ol.trail > li")
    said = [" ".join(line.split()) for line in history.all_inner_texts()]
    assert sum("重新立项" in line for line in said) == 1
    assert sum("新数据解除" in line for line in said) == 2
    assert sum("签发函件" in line for line in said) == 2
    leader.goto(f"{site.url}{BOARD}")
    shows(leader, "各环节用时")
