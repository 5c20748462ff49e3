"""A mid-term evaluation in a real browser, from its scheme to the issued report; the third party is blind until scoring closes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.web import evaluation_house, pack
from tests.web.serve import Served, environment, serving
from tests.web.test_browser import browser_type_launch_args, pytestmark  # noqa: F401  marks of the browser
from tests.web.walk import follow, person, press, shows

PLAN = pack.pack()
SIGN = evaluation_house.SIGN
WHO = "海岸区"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving("tests.web.evaluation_house:begin", environment(tmp_path_factory.mktemp("house"))) as served:
        yield served


@pytest.fixture
def house(site: Served, browser: Any) -> Iterator[House]:
    made = House(site, browser, [], [])
    yield made
    for page in made.pages:
        page.context.close()
    assert made.faults == []


@dataclass(frozen=True, slots=True)
class House:
    """The site, whoever sits at it, and what a page asked for that was refused, was not there, or failed."""

    site: Served
    browser: Any
    pages: list[Any]
    faults: list[str]

    @property
    def url(self) -> str:
        return self.site.url

    def person(self, name: str) -> Any:
        page = person(self.browser, self.url, name)
        page.on("pageerror", lambda error: self.faults.append(f"{name}: {error}"))
        page.on("response", lambda r: self.faults.append(f"{name}: {r.status} {r.url}") if r.status >= 400 else None)
        self.pages.append(page)
        return page


def asked(house: House, what: str) -> Any:
    """What the installation says, asked beside its pages."""
    return house.site.do(f"tests.web.evaluation_house:{what}")


def at(house: House, address: str = "") -> str:
    return f"{house.url}/{PLAN.id}/{address}"


def assigned(page: Any, method: str, name: str) -> None:
    """Tick everybody for one evaluator and one method."""
    page.select_option("#method", label=method)
    option = page.locator("#user option").filter(has_text=re.compile(f"^人员{name} "))
    page.select_option("#user", value=str(option.get_attribute("value")))
    for box in page.locator("#subjects input").all():
        box.check()
    press(page, "保存分工")


def score(page: Any, share: float, basis: str, texts: str) -> None:
    """Fill in every mark of a sheet, and hand it in."""
    for mark in page.locator('input[name^="points-"]').all():
        mark.fill(f"{float(mark.get_attribute('max')) * share:.2f}")
    for field in page.locator('textarea[name^="basis-"]').all():
        field.fill(basis)
    for field in page.locator('textarea[name^="text-"]').all():
        field.fill(texts)
    press(page, "保存并提交")
    shows(page, "已提交", at="dl.facts")


def opened(house: House, name: str, method: str = "") -> Any:
    """One's own sheet of the district, found from the list of evaluations."""
    page = house.person(name)
    page.goto(at(house, "evaluations/"))
    follow(page, "2024年中期评估")
    rows = page.locator("section[aria-labelledby='mine-h'] tbody tr")
    follow(page, rows.filter(has_text=WHO).filter(has_text=method).get_by_role("link"))
    return page


def test_a_mid_term_evaluation_from_scheme_to_issued_report(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    officer = house.person("officer")
    officer.goto(at(house, "evaluations/"))
    officer.select_option("#kind", label="中期评估")
    officer.fill("#year", "2024")
    press(officer, "生成方案草稿")
    follow(officer, "评估分工")
    for method, name in (
        ("书面评审", "desk"),
        ("实地评估", "site"),
        ("第三方评估", "third"),
        ("第三方评估", "second-third"),
    ):
        assigned(officer, method, name)
    follow(officer, "2024年中期评估")
    press(officer, "报领导小组审定")

    chief = house.person("chief")
    chief.goto(at(house, "evaluations/"))
    follow(chief, "2024年中期评估")
    press(chief, "批准方案")
    shows(chief, "评分中", at="dl.facts")

    score(opened(house, "shore", "自评"), 0.95, "区级台账可查。", "自评报告正文。")
    third = opened(house, "third", "第三方评估")
    words = third.locator("main").inner_text()
    assert "自评报告正文。" in words  # what it is to judge by
    assert "自评95" not in words
    assert "区级台账可查。" not in words
    score(third, 0.41, f"{SIGN}依据", f"{SIGN}意见")

    second = opened(house, "second-third", "第三方评估")
    score(second, 0.9, "乙方依据。", "乙方意见。")
    score(opened(house, "desk", "书面评审"), 0.8, "书面材料齐全。", "评审意见。")
    site = opened(house, "site", "实地评估")
    site.fill("#visited", "2026-04-20")
    site.fill("#place", "海岸区政务服务中心")
    score(site, 0.7, "现场查看属实。", "现场检查情况。")
    asked(house, "others")

    tried = _nobody_meets_the_sign(house, second, officer, chief, capsys)
    assert tried > 100

    officer.goto(at(house, "evaluations/"))
    follow(officer, "2024年中期评估")
    press(officer, "结束评分")
    follow(officer, "评分结果")
    follow(officer, WHO)
    shows(officer, SIGN)  # now it is open
    shows(officer, "评分分歧")
    second.goto(officer.url)
    shows(second, SIGN)

    _conclude(officer, house)
    assert asked(house, "told")["tasks"] == ["完善危重孕产妇救治"]
    issued = asked(house, "report")
    assert issued["state"] == "issued"
    assert re.fullmatch(r"评估报告〔\d{4}〕1号", issued["number"])
    assert issued["starts"] == "%PDF-"


def _conclude(officer: Any, house: House) -> None:
    officer.goto(at(house, "evaluations/1/conclusions/"))
    follow(officer, "G2.2")
    officer.select_option("#outcome", label="已实现")
    officer.fill("#reason", "专家评议认定。")
    press(officer, "保存")
    shows(officer, "监测判定：暂不能判断", at="#G2\\.2")
    form = officer.locator("section[aria-labelledby='addr-h']")
    form.locator("#r-title").fill("完善危重孕产妇救治")
    form.locator("#r-words").fill("健全转诊网络。")
    office = form.locator("#office option").filter(has_text="卫生健康委员会")
    form.locator("#office").select_option(value=str(office.get_attribute("value")))
    form.locator("#clause").fill("G1.1")
    form.locator("#due").fill("2026-12-31")
    press(officer, "添加", within=form)
    press(officer, "转为任务")
    shows(officer, "已转为任务", at="section[aria-labelledby='rec-h']")
    officer.goto(at(house, "evaluations/1/"))
    press(officer, "确定结论")
    shows(officer, "已完成", at="dl.facts")


def _nobody_meets_the_sign(house: House, second: Any, officer: Any, chief: Any, capsys: Any) -> int:
    """Every address of pages, files and the interface, tried by the other third party, the office and the leading group."""
    held = asked(house, "told")
    assert held["sign"] is False  # the ledger keeps seals
    keys = [pk for pk, *_ in held["sheets"]]
    mine = {pk for pk, _, _, user in held["sheets"] if user == "third"}
    plan = PLAN.id
    addresses = [
        f"/{plan}/evaluations/", f"/{plan}/evaluations/1/", f"/{plan}/evaluations/1/results/", f"/{plan}/evaluations/1/results.xlsx",
        f"/{plan}/evaluations/1/conclusions/", *(f"/{plan}/evaluations/1/results/{r.code}/" for r in PLAN.regions),
        *(f"/{plan}/evaluation-sheets/{pk}/" for pk in keys), *(f"/{plan}/evaluation-evidence/{pk}/" for pk in (1, 2, 3)),
        f"/{plan}/targets/?q={SIGN}", "/notices/", "/audit/", "/audit/events.csv", f"/api/v1/evaluations/1/results?plan={plan}",
        f"/api/v1/evaluation-sheets?plan={plan}", *(f"/api/v1/evaluation-sheets/{pk}" for pk in keys),
    ]  # fmt: skip
    tried = 0
    for page in (second, officer, chief):
        for address in addresses:
            answer = page.request.get(f"{house.url}{address}")
            tried += 1
            assert f"{SIGN}依据" not in answer.text(), address
            assert f"{SIGN}意见" not in answer.text(), address
            if any(address.rstrip("/").endswith(f"evaluation-sheets/{pk}") for pk in mine):
                assert answer.status == 404, address
    with capsys.disabled():
        print(
            f"\nblind: {len(addresses)} addresses tried by 3 people: {tried}; a third party's marks met by nobody else"
        )
    return tried
