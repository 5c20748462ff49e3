"""In a real browser: a district's yearly report from asked for to accepted, and a meeting's decision followed to its end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from playwright.sync_api import expect

from tests.web import oversightsite, pack
from tests.web.serve import Served, environment, serving
from tests.web.test_browser import browser_type_launch_args, pytestmark  # noqa: F401  marks of the browser
from tests.web.walk import follow, person, press, shows, sound

PLAN, YEAR = oversightsite.plan(), oversightsite.YEAR
WROTE, MENDED = "筛查率由64%升至66%。", "筛查率由64%升至66.5%，因外出务工人员未返乡，尚未达到70%。"
WHY = "M1.1请说明未达70%的原因。"
FIRST, SECOND = "第三季度工作会议", "第四季度工作会议"
DECISION = "补齐乡镇筛查设备"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving("tests.web.oversightsite:begin", environment(tmp_path_factory.mktemp("oversight-home"))) as served:
        yield served


@pytest.fixture(scope="module")
def people(site: Served, browser: Any) -> Iterator[dict[str, Any]]:
    """Everybody, signed in, each at a browser of their own."""
    found = {name: person(browser, site.url, name) for name in oversightsite.PEOPLE}
    yield found
    for page in found.values():
        page.context.close()


def day(after: int) -> str:
    return str(date.today() + timedelta(days=after))


def download(page: Any, link: Any, folder: Path) -> Path:
    with page.expect_download() as coming:
        link.click()
    path = folder / coming.value.suggested_filename
    coming.value.save_as(path)
    return path


def part(page: Any, heading: str) -> Any:
    """One part of a report, by what stands over it."""
    return page.locator("section.part").filter(has=page.get_by_role("heading", name=heading))


def test_a_districts_yearly_report_from_asked_for_to_accepted(
    site: Served, people: dict[str, Any], tmp_path: Path
) -> None:
    he, song = people["he"], people["song"]
    he.goto(f"{site.url}/{PLAN.id}/yearly/")
    he.select_option("#y-year", str(YEAR))
    he.fill("#y-unit", day(20))
    he.fill("#y-district", day(30))
    press(he, "布置")
    shows(he, "海岸区（整体）")

    # The district finds it on its first page, its target table filled from the database.
    song.goto(site.url)
    follow(song, song.locator("table.agenda").get_by_role("link").filter(has_text=f"{YEAR}年度报告"))
    address = song.url
    figures = part(song, "M1.1").locator("table")
    for expected in ("宫颈癌筛查率", "66.00%", str(YEAR), "64.00%", str(YEAR - 1), "不低于70%"):
        expect(figures).to_contain_text(expected)
    sound(song)

    # Drafted: saved while one types, refused until it is whole, nothing lost.
    part(song, "M1.1").get_by_label("进展").select_option(label="进行中")
    part(song, "M1.1").get_by_label("落实情况").fill(WROTE)
    part(song, "M1.1").get_by_label("下一年度工作安排").fill("扩大到全部街道。")
    expect(song.locator("#filled")).to_have_text("2")
    press(song, "提交")
    shows(song, "未能提交", "请选择进展", "尚未填写")
    expect(part(song, "M1.1").get_by_label("落实情况")).to_have_value(WROTE)
    part(song, "总体情况").locator("textarea").fill("全年工作平稳推进。")
    part(song, "下一年度工作安排").locator("textarea").fill("扩大筛查覆盖面。")
    part(song, "G1.1").get_by_label("进展").select_option(label="已完成")
    part(song, "G1.1").get_by_label("落实情况").fill("危重孕产妇救治网络已建成。")
    song.set_input_files(
        "#document", {"name": "佐证.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 evidence"}
    )
    song.select_option("#file-clause", "M1.1")
    press(song, "上传")
    expect(part(song, "M1.1")).to_contain_text("佐证.pdf")
    press(song, "提交")
    shows(song, "已提交，待审核", at="dl.facts")

    # The city reads it with its evidence, and sends it back with a reason.
    he.goto(f"{site.url}/notices/")
    follow(he, he.get_by_role("link", name="已提交，请审核"))
    assert he.url == address
    shows(he, WROTE, "扩大到全部街道。")
    kept = download(he, he.get_by_role("link", name="佐证.pdf"), tmp_path)
    assert kept.read_bytes() == b"%PDF-1.7 evidence"
    sound(he)
    he.fill("#reason", WHY)
    press(he, "退回")
    shows(he, "已退回", at="dl.facts")

    # A figure has moved meanwhile; the words stay, the page says so, and it is put right.
    site.do("tests.web.oversightsite:revise")
    song.goto(site.url)
    shows(song, "退回")
    follow(song, song.locator("table.agenda").get_by_role("link").filter(has_text=f"{YEAR}年度报告"))
    shows(song, WHY)
    expect(part(song, "M1.1")).to_contain_text("66.50%")
    expect(part(song, "M1.1")).to_contain_text("撰写后数据已更新")
    sound(song)
    words = part(song, "M1.1").get_by_label("落实情况")
    expect(words).to_have_value(WROTE)
    words.fill(MENDED)
    press(song, "提交")
    shows(song, "已提交，待审核", at="dl.facts")
    he.goto(address)
    shows(he, MENDED)
    press(he, "审定通过")
    shows(he, "已通过", at="dl.facts")
    song.goto(f"{site.url}/notices/")
    shows(song, "已通过审核")
    he.goto(f"{site.url}/{PLAN.id}/board/?who=districts&kind=all")
    shows(he, "进行中 1")
    assert site.do("tests.web.oversightsite:report") == ["accepted", ["submitted", "returned", "submitted", "accepted"]]


def test_a_meetings_decision_is_followed_to_its_end(site: Served, people: dict[str, Any], tmp_path: Path) -> None:
    he, chen = people["he"], people["chen"]
    # Called: its agenda is what warns and what is overdue.
    _call(he, site, FIRST, -1)
    points = he.locator("input[name=agenda-title]")
    expect(points.nth(0)).to_have_value("研究小城市“孕产妇死亡率”未达标问题（红色预警，规划G1.1）")
    assert points.nth(1).input_value().startswith(f"督办逾期任务“{oversightsite.LATE}”（海岸区卫生健康委员会")
    sound(he)

    # Minuted and issued: the decision is a task of its owner with its day.
    _minutes(he, "会议听取了市卫生健康委员会的汇报。", "会议要求限期补报。")
    he.locator("input[name=decision-title]").first.fill(DECISION)
    he.locator("textarea[name=decision-words]").first.fill("配齐设备并投入使用。")
    he.locator("select[name=decision-office]").first.select_option(label="海岸区卫生健康委员会")
    he.locator("input[name=decision-due]").first.fill(day(60))
    he.locator("input[name=decision-clause]").first.fill("M1.1")
    press(he, "保存并印发纪要")
    shows(he, "纪要已印发", at="dl.facts")
    shows(he, DECISION, "海岸区卫生健康委员会", day(60), "已下达")
    sound(he)
    minutes = he.url
    document = Document(str(download(he, he.get_by_role("link", name="会议纪要（Word）"), tmp_path)))
    text = "\n".join(p.text for p in document.paragraphs)
    for expected in ("会 议 纪 要", "李副市长在市政府第一会议室主持召开", DECISION, "责任单位：海岸区卫生健康委员会"):
        assert expected in text

    # Told, reported, sent back, reported again, confirmed.
    chen.goto(f"{site.url}/notices/")
    follow(chen, chen.get_by_role("link", name=DECISION))
    task = chen.url
    shows(chen, "已下达", FIRST)
    sound(chen)
    for words, button, stands in (
        ("设备已到位。", "退回", "已退回"),
        ("12台设备均已投入使用。", "确认办结", "已确认办结"),
    ):
        chen.goto(task)
        chen.fill("#words", words)
        press(chen, "报告办结")
        shows(chen, "已报办结，待确认", at="dl.facts")
        he.goto(task)
        shows(he, words)
        he.fill("#words", "请补充投入使用情况。" if button == "退回" else "")
        press(he, button)
        shows(he, stands, at="dl.facts")
    he.goto(minutes)
    shows(he, "已确认办结")

    # It stands as done on the agenda of the next meeting, and on its record.
    _call(he, site, SECOND, 90)
    assert he.locator("input[name=agenda-title]").first.input_value() == (
        f"听取{FIRST}议定事项落实情况汇报（共1项，均已办结）"
    )
    followed = he.locator("#before")
    expect(followed).to_contain_text("已确认办结")
    sound(he)
    _minutes(he, "会议听取了议定事项落实情况汇报，设备均已投入使用。", "会议听取了汇报。", "会议要求限期补报。")
    press(he, "保存并印发纪要")
    shows(he, "纪要已印发", at="dl.facts")
    expect(followed).to_contain_text(DECISION)
    expect(followed).to_contain_text("已确认办结")
    steps = ["given", "reported", "returned", "reported", "confirmed"]
    assert site.do("tests.web.oversightsite:decided") == ["confirmed", pack.SHORE, "health-d", day(60), steps]


def _call(page: Any, site: Served, title: str, after: int) -> None:
    page.goto(f"{site.url}/{PLAN.id}/meetings/")
    page.fill("#m-title", title)
    page.fill("#m-starts", f"{day(after)}T09:30")
    page.fill("#m-venue", "市政府第一会议室")
    page.fill("#m-chair", "李副市长")
    press(page, "发出会议通知")
    shows(page, "已通知", at="dl.facts")


def _minutes(page: Any, *said: str) -> None:
    """What was said on each point, and who was there."""
    for n, words in enumerate(said):
        page.locator("textarea[name=agenda-words]").nth(n).fill(words)
    page.locator("select[name=attend-presence]").first.select_option(label="出席")
    page.locator("input[name=attend-person]").first.fill("张主任")
