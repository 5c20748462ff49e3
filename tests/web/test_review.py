"""The year's pages: the worklist, one return, the board, filings, notices and the first screen, role by role."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from lxml import html

from halfsky.collect.actions import import_figures, open_filings
from halfsky.collect.models import Cycle, Entry, Filing, Notice, Return, State
from tests.collect.year import everybody, fill, go, handed_in, opened, person, plan
from tests.support import CITY, CLERK, HILL, SHORE, rising
from tests.web import pack
from tests.web.test_pages import assert_sound, tree

PLAN = plan()
BASE = f"/{PLAN.id}"


@pytest.fixture(scope="session")
def year_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("year")
    pack.write(PLAN, root)
    return root


@pytest.fixture
def cycle(db: None, settings, year_folder: Path, tmp_path: Path) -> Cycle:
    settings.PLANS_DIR, settings.HOME = year_folder, tmp_path
    from halfsky.places.actions import establish

    establish(plan=PLAN, by=CLERK)
    everybody()
    import_figures(plan=PLAN, observations=rising("screening", SHORE, 2021, "44", "48", "50"), by=CLERK)
    return opened(PLAN)


def client(role: str, region: str, unit: str | None = None, language: str = "zh-hans") -> Client:
    signed_in = Client()
    signed_in.force_login(person(role, region, unit))
    signed_in.cookies["halfsky_language"] = language
    return signed_in


def city() -> Client:
    return client("statistics", CITY)


def district() -> Client:
    return client("district_statistics", SHORE)


def shore(cycle: Cycle) -> Return:
    return cycle.returns.get(region=SHORE)


def named(sheet: Return) -> str:
    sheet.refresh_from_db()
    return f"{sheet.pk}:{sheet.version}:{sheet.state}"


def text(response) -> str:
    return " ".join(html.fromstring(response.content.decode()).text_content().split())


class TestWorklist:
    def test_many_are_moved_at_once_and_what_was_not_says_why(self, cycle: Cycle) -> None:
        good = go(PLAN, handed_in(PLAN, shore(cycle)), State.APPROVED, State.PASSED)
        other = cycle.returns.get(unit="health", region=CITY)
        go(PLAN, handed_in(PLAN, other), State.APPROVED)
        draft = cycle.returns.get(region=HILL)
        sent = {"what": "forward", "sheet": [named(good), named(other), named(draft)]}
        page = city().post(f"{BASE}/review/", sent)
        assert "3张中已办理2张" in text(page)
        assert "没有下一步可办。" in text(page)
        assert [Return.objects.get(pk=s.pk).state for s in (good, other, draft)] == ["accepted", "accepted", "draft"]

    def test_the_request_sent_again_does_nothing_more(self, cycle: Cycle) -> None:
        sheet = go(PLAN, handed_in(PLAN, shore(cycle)), State.APPROVED)
        sent = {"what": "forward", "sheet": [named(sheet)]}
        mine = district()
        for _ in range(2):
            assert "1张中已办理1张" in text(mine.post(f"{BASE}/review/", sent))
        assert Return.objects.get(pk=sheet.pk).state == State.PASSED
        assert sheet.steps.count() == 3

    def test_what_somebody_else_moved_meanwhile_is_told_and_left(self, cycle: Cycle) -> None:
        sheet = go(PLAN, handed_in(PLAN, shore(cycle)), State.APPROVED)
        seen = named(sheet)
        go(PLAN, sheet, State.RETURNED, reason="请核对")
        page = text(district().post(f"{BASE}/review/", {"what": "forward", "sheet": [seen]}))
        assert "已由他人办理，当前状态：已退回" in page
        assert Return.objects.get(pk=sheet.pk).state == State.RETURNED

    def test_returns_go_back_together_only_with_a_reason(self, cycle: Cycle) -> None:
        sheet = go(PLAN, handed_in(PLAN, shore(cycle)), State.APPROVED)
        mine = district()
        assert "请写明退回原因" in text(mine.post(f"{BASE}/review/", {"what": "back", "sheet": [named(sheet)]}))
        mine.post(f"{BASE}/review/", {"what": "back", "sheet": [named(sheet)], "reason": "口径不一致"})
        assert Return.objects.get(pk=sheet.pk).state == State.RETURNED

    def test_what_was_accepted_is_not_reopened_by_the_dozen(self, cycle: Cycle) -> None:
        sheet = go(PLAN, handed_in(PLAN, shore(cycle)), State.APPROVED, State.PASSED, State.ACCEPTED)
        mine = city()
        assert tree(mine, f"{BASE}/review/?state=accepted").xpath("//input[@name='sheet']") == []
        page = mine.post(f"{BASE}/review/", {"what": "back", "sheet": [named(sheet)], "reason": "请核对"})
        assert "须在其页面单独重新打开" in text(page)
        assert Return.objects.get(pk=sheet.pk).state == State.ACCEPTED

    def test_another_districts_return_is_not_there(self, cycle: Cycle) -> None:
        hill = cycle.returns.get(region=HILL)
        assert district().post(f"{BASE}/review/", {"what": "forward", "sheet": [named(hill)]}).status_code == 404
        assert district().get(f"{BASE}/review/{hill.pk}/").status_code == 404
        assert len(tree(district(), f"{BASE}/review/").xpath("//tbody/tr")) == 1

    @pytest.mark.parametrize("query", ["state=king", "late=x", "page=0", "region=1", "year=1999"])
    def test_what_cannot_be_chosen_is_refused(self, cycle: Cycle, query: str) -> None:
        assert city().get(f"{BASE}/review/?{query}").status_code == 400

    def test_only_boxes_of_what_may_be_moved(self, cycle: Cycle) -> None:
        go(PLAN, handed_in(PLAN, shore(cycle)), State.APPROVED)
        assert len(tree(district(), f"{BASE}/review/").xpath("//input[@name='sheet']")) == 1
        reader = client("leader", CITY)
        assert tree(reader, f"{BASE}/review/").xpath("//input[@name='sheet'] | //button[@name='what']") == []


class TestOneReturn:
    def test_each_figure_stands_beside_three_years_with_its_change_and_what_was_found(self, cycle: Cycle) -> None:
        sheet = shore(cycle)
        fill(PLAN, sheet, screening=(1200, 1000))
        page = text(district().get(f"{BASE}/review/{sheet.pk}/"))
        for shown in ("44", "48", "50", "1,200 / 1,000", "+140%", "不可能", "分子 1200 大于分母 1000"):
            assert shown in page, shown

    def test_a_remark_on_a_cell_sends_it_back_and_what_changes_then_is_marked(self, cycle: Cycle) -> None:
        sheet = go(PLAN, handed_in(PLAN, shore(cycle)), State.APPROVED)
        entry = sheet.entries.get(indicator="screening")
        address = f"{BASE}/review/{sheet.pk}/"
        sent = {"to": "returned", "version": sheet.version, f"remark-{entry.pk}": "分母与上年不一致"}
        assert district().post(address, sent).status_code == 302
        fill(PLAN, sheet, screening=(610, 1000))
        go(PLAN, sheet, State.SUBMITTED, State.APPROVED)
        page = tree(district(), address)
        (altered,) = page.xpath("//tr[@class='altered']")
        assert altered.get("id") == f"cell-{entry.pk}"
        assert "600 / 1000" in altered.text_content()
        assert "已答复的意见： 分母与上年不一致" in " ".join(altered.text_content().split())
        assert page.xpath("//h2[@id='trail']/following-sibling::ol//q[contains(., '分母与上年不一致')]")

    def test_a_second_reviewer_gets_one_clear_message_and_keeps_what_was_typed(self, cycle: Cycle) -> None:
        sheet = go(PLAN, handed_in(PLAN, shore(cycle)), State.APPROVED, State.PASSED)
        entry = sheet.entries.first()
        address = f"{BASE}/review/{sheet.pk}/"
        seen = sheet.version
        assert city().post(address, {"to": "accepted", "version": seen}).status_code == 302
        late = {"to": "returned", "version": seen, "reason": "请核对分母", f"remark-{entry.pk}": "此格有疑问"}
        answer = client("statistics", CITY).post(address, late)
        assert answer.status_code == 409
        page = html.fromstring(answer.content.decode())
        assert "statistics.990200（统计局审核人）" in page.xpath("string(//*[@id='stale-h'])")
        assert page.xpath("string(//textarea[@id='reason'])") == "请核对分母"
        assert page.xpath(f"//input[@name='remark-{entry.pk}']/@value") == ["此格有疑问"]
        assert Return.objects.get(pk=sheet.pk).state == State.ACCEPTED

    def test_a_double_click_and_a_replay_are_harmless(self, cycle: Cycle) -> None:
        sheet = go(PLAN, handed_in(PLAN, shore(cycle)), State.APPROVED, State.PASSED)
        mine = city()
        for _ in range(3):
            answer = mine.post(f"{BASE}/review/{sheet.pk}/", {"to": "accepted", "version": sheet.version})
            assert answer.status_code == 302
        assert sheet.steps.filter(after=State.ACCEPTED).count() == 1

    def test_going_back_without_a_reason_is_refused_beside_what_was_typed(self, cycle: Cycle) -> None:
        sheet = go(PLAN, handed_in(PLAN, shore(cycle)), State.APPROVED)
        answer = district().post(f"{BASE}/review/{sheet.pk}/", {"to": "returned", "version": sheet.version})
        assert answer.status_code == 422
        assert "请写明退回原因" in text(answer)

    def test_buttons_are_those_of_the_reader(self, cycle: Cycle) -> None:
        sheet = go(PLAN, handed_in(PLAN, shore(cycle)), State.APPROVED, State.PASSED)
        address = f"{BASE}/review/{sheet.pk}/"

        def buttons(who: Client) -> list[str]:
            return tree(who, address).xpath("//button[@name='to']/@value")

        assert buttons(city()) == ["accepted", "returned"]
        assert buttons(district()) == []
        forced = {"to": "accepted", "version": sheet.version}
        assert district().post(address, forced).status_code == 403

    def test_confidential_cells_are_withheld_from_who_may_not_read_them(self, cycle: Cycle) -> None:
        sheet = go(PLAN, handed_in(PLAN, shore(cycle), screening=(617, 1000)), State.APPROVED)
        Entry.objects.filter(sheet=sheet, indicator="screening").update(confidentiality="C")
        address = f"{BASE}/review/{sheet.pk}/"
        assert "617" in text(city().get(address))
        assert "617" not in text(client("leader", CITY).get(address))

    def test_more_time_for_one_unit_is_given_by_the_city_alone(self, cycle: Cycle) -> None:
        sheet = shore(cycle)
        address = f"{BASE}/review/{sheet.pk}/extend/"
        day = timezone.localdate() + timedelta(days=9)
        assert district().post(address, {"to": day, "reason": "x"}).status_code == 403
        assert city().post(address, {"to": day, "reason": ""}).status_code == 422
        assert city().post(address, {"to": "soon", "reason": "x"}).status_code == 422
        assert city().post(address, {"to": day, "reason": "系统升级"}).status_code == 302
        assert Return.objects.get(pk=sheet.pk).extended_to == day
        assert "系统升级" in text(city().get(f"{BASE}/review/{sheet.pk}/"))


class TestYears:
    def test_a_year_is_opened_once_with_days_proposed(self, cycle: Cycle) -> None:
        mine = city()
        form = tree(mine, f"{BASE}/years/")
        days = {n: form.xpath(f"//input[@name='{n}']/@value")[0] for n in ("unit_due", "district_due", "city_due")}
        assert days["unit_due"] < days["district_due"] < days["city_due"]
        for _ in range(2):
            answer = mine.post(f"{BASE}/years/open/", {"year": 2025, **days})
            assert answer.headers["Location"] == f"{BASE}/years/2025/"
        assert Cycle.objects.filter(year=2025).count() == 1
        answer = mine.post(f"{BASE}/years/open/", {"year": 2025, **days, "city_due": "2020-01-01"})
        assert answer.status_code == 422

    def test_the_board_shows_places_and_units_and_who_is_late(self, cycle: Cycle) -> None:
        page = tree(city(), f"{BASE}/years/2024/")
        assert len(page.xpath("//section[@data-part='late']//tbody/tr")) == 4
        heads = page.xpath("//section[@data-part='board-2']//thead/tr/th/text()")
        assert heads == ["单位", "海岸区", "山地区", "海岛县"]
        cell = page.xpath("//section[@data-part='board-2']//tbody/tr/td")[0]
        assert cell.xpath(".//svg")
        assert "填报中" in cell.text_content()
        assert "逾期" in cell.text_content()

    def test_a_district_sees_its_own_board_and_manages_nothing(self, cycle: Cycle) -> None:
        page = tree(client("district_committee", SHORE), f"{BASE}/years/2024/")
        assert page.xpath("//section[starts-with(@data-part, 'board')]//thead/tr/th/text()") == ["单位", "海岸区"]
        assert page.xpath("//main//form") == []
        assert client("district_statistics", SHORE).post(f"{BASE}/years/2024/lock/", {"reason": "x"}).status_code == 403

    def test_locking_asks_for_a_reason_and_reopening_too(self, cycle: Cycle) -> None:
        sheet = go(PLAN, handed_in(PLAN, shore(cycle)), State.APPROVED, State.PASSED, State.ACCEPTED)
        mine = city()
        assert mine.post(f"{BASE}/years/2024/lock/", {"reason": " "}).status_code == 422
        assert mine.post(f"{BASE}/years/2024/lock/", {"reason": "年度监测结束"}).status_code == 302
        sheet.refresh_from_db()
        assert sheet.state == State.LOCKED
        reopened = {"to": "returned", "version": sheet.version, "reason": "核查发现漏报"}
        assert mine.post(f"{BASE}/review/{sheet.pk}/", reopened).status_code == 302
        sheet.refresh_from_db()
        assert sheet.state == State.RETURNED


class TestFilings:
    @pytest.fixture
    def owed(self, cycle: Cycle) -> Filing:
        open_filings(plan=PLAN, promulgated=date(2025, 1, 31), schemes_due=date(2025, 6, 30), by=CLERK)
        return Filing.objects.get(kind="plan", region=SHORE)

    def send(self, who: Client, filing: Filing, name: str = "规划.pdf", content: bytes = b"%PDF-1.7 x"):
        document = SimpleUploadedFile(name, content)
        sent = {"what": "file", "version": filing.version, "document": document}
        return who.post(f"{BASE}/filings/{filing.pk}/", sent)

    def test_each_district_and_each_unit_with_an_assignment_owes_one(self, owed: Filing) -> None:
        assert owed.due == date(2025, 2, 28)  # one month after 31 January
        assert Filing.objects.filter(kind="plan").count() == 3
        assert sorted(Filing.objects.filter(kind="scheme").values_list("unit", "region")) == [
            ("health", CITY), ("health-d", SHORE), ("health-d", HILL), ("health-d", "990224"), ("statistics", CITY),
        ]  # fmt: skip

    def test_filed_sent_back_filed_again_and_put_on_file(self, owed: Filing) -> None:
        officer, city_office = client("district_committee", SHORE), client("committee", CITY)
        assert self.send(officer, owed).status_code == 302
        owed.refresh_from_db()
        review = {"what": "return", "version": owed.version, "reason": "缺少目标分解"}
        assert officer.post(f"{BASE}/filings/{owed.pk}/", review).status_code == 403  # not its own to review
        assert city_office.post(f"{BASE}/filings/{owed.pk}/", review).status_code == 302
        assert "缺少目标分解" in text(officer.get("/notices/"))
        owed.refresh_from_db()
        assert self.send(officer, owed, content=b"%PDF-1.7 second").status_code == 302
        owed.refresh_from_db()
        accept = {"what": "accept", "version": owed.version}
        for _ in range(2):
            assert city_office.post(f"{BASE}/filings/{owed.pk}/", accept).status_code == 302
        owed.refresh_from_db()
        assert (owed.state, owed.size) == ("accepted", 15)
        answer = city_office.get(f"{BASE}/filings/{owed.pk}/document/")
        assert b"".join(answer.streaming_content) == b"%PDF-1.7 second"
        assert "attachment" in answer.headers["Content-Disposition"]

    @pytest.mark.parametrize(
        ("name", "content"), [("a.pdf", b"MZ"), ("a.exe", b"%PDF-1.7"), ("a.pdf", b"%PDF-" + b"0" * 20 * 1024 * 1024)]
    )
    def test_what_is_no_document_or_too_large_is_refused(self, owed: Filing, name: str, content: bytes) -> None:
        assert self.send(client("district_committee", SHORE), owed, name, content).status_code == 422
        owed.refresh_from_db()
        assert owed.state == "due"

    def test_a_clerk_files_for_the_unit_and_not_for_the_district(self, owed: Filing) -> None:
        clerk = client("district_clerk", SHORE, "health-d")
        assert self.send(clerk, owed).status_code == 404
        own = Filing.objects.get(kind="scheme", region=SHORE)
        assert self.send(clerk, own, "方案.docx", b"PK\x03\x04 x").status_code == 302

    def test_a_district_that_promulgates_on_another_day_has_its_own_month(self, owed: Filing) -> None:
        sent = {"what": "promulgated", "version": owed.version, "day": "2025-03-10"}
        assert client("committee", CITY).post(f"{BASE}/filings/{owed.pk}/", sent).status_code == 302
        owed.refresh_from_db()
        assert owed.due == date(2025, 4, 10)


class TestNoticesAndHome:
    def test_the_header_counts_what_is_unread_until_it_is_read(self, cycle: Cycle) -> None:
        handed_in(PLAN, shore(cycle))
        approver = client("district_unit_approver", SHORE, "health-d")
        assert tree(approver, "/").xpath("//a[@class='bell']/strong/text()") == ["1"]
        assert "请审核" in text(approver.get("/notices/"))
        approver.post("/notices/")
        assert tree(approver, "/").xpath("//a[@class='bell']/strong") == []
        assert Notice.objects.filter(read_at__isnull=False).count() == 1

    def test_many_of_a_kind_are_one_notice_that_leads_to_their_list(self, cycle: Cycle) -> None:
        Notice.objects.all().delete()
        sheets = list(cycle.returns.filter(unit="health-d"))
        for sheet in sheets:
            go(PLAN, handed_in(PLAN, sheet), State.APPROVED, State.PASSED)
        reviewer = city()
        assert tree(reviewer, "/").xpath("//a[@class='bell']/strong/text()") == ["1"]
        page = tree(reviewer, "/notices/")
        (link,) = page.xpath("//ol[@class='notices']/li/div/a")
        assert f"有{len(sheets)}份2024年度报送表" in link.text_content()
        assert link.get("href") == f"{BASE}/review/?year=2024&mine=1"
        assert len(tree(reviewer, link.get("href")).xpath("//tbody//th[@scope='row']")) == len(sheets)
        assert len(page.xpath("//details//li/a[contains(@href, '/review/')]")) == len(sheets)

    def test_who_fills_in_is_led_to_the_grid_and_who_reviews_to_the_review(self, cycle: Cycle) -> None:
        sheet = go(PLAN, handed_in(PLAN, shore(cycle)), State.RETURNED, reason="请核")
        clerk, approver = (client(r, SHORE, "health-d") for r in ("district_clerk", "district_unit_approver"))
        grid, review = f"{BASE}/returns/{sheet.pk}/", f"{BASE}/review/{sheet.pk}/"
        for page in ("/", "/notices/"):
            hrefs = tree(clerk, page).xpath("//main//a/@href")
            assert grid in hrefs
            assert review not in hrefs
        assert review in tree(approver, "/notices/").xpath("//main//a/@href")

    def test_one_reads_and_marks_ones_own_notices_only(self, cycle: Cycle) -> None:
        clerk = client("district_clerk", SHORE, "health-d")
        clerk.post("/notices/", {"notice": [n.pk for n in Notice.objects.all()]})
        read = Notice.objects.filter(read_at__isnull=False)
        assert {n.user.username for n in read} == {f"district_clerk.{SHORE}"}

    def test_the_first_screen_says_what_waits_for_each_role(self, cycle: Cycle) -> None:
        go(PLAN, handed_in(PLAN, shore(cycle)), State.APPROVED)

        def waits(who: Client) -> str:
            return tree(who, "/").xpath("string(//ul[contains(@class, 'desk-figures')]/li[1]//*[@class='count'])")

        assert waits(client("clerk", CITY, "health")) == "1"  # the form to fill in
        assert waits(district()) == "1"
        assert waits(city()) == "0"
        assert "海岸区" not in tree(client("district_committee", HILL), "/").text_content()

    def test_the_first_screen_names_what_is_ones_own_to_file(self, cycle: Cycle) -> None:
        open_filings(plan=PLAN, promulgated=date(2025, 1, 31), schemes_due=date(2025, 6, 30), by=CLERK)

        def owed(who: Client) -> list[str]:
            found = tree(who, "/").xpath("//h3[. = '待您报备']/following-sibling::ul[1]/li")
            return [" ".join(line.text_content().split()) for line in found]

        assert owed(client("committee", CITY)) == []  # districts file their plans themselves
        assert owed(client("district_committee", SHORE)) == ["区（市）县规划 · 海岸区 · 期限2025-02-28"]
        assert owed(client("district_clerk", SHORE, "health-d")) == ["实施方案 · 海岸区 · 期限2025-06-30"]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(
    "role", [("statistics", CITY), ("committee", CITY), ("district_statistics", SHORE), ("leader", CITY)]
)
def test_every_page_of_the_year_is_sound(cycle: Cycle, role: tuple[str, str], language: str) -> None:
    sheet = handed_in(PLAN, shore(cycle))
    go(PLAN, sheet, State.RETURNED, reason="请核对", remarks={sheet.entries.first().pk: "核对"})
    fill(PLAN, sheet, screening=(620, 1000))
    go(PLAN, sheet, State.SUBMITTED, State.APPROVED)
    open_filings(plan=PLAN, promulgated=date(2025, 1, 31), schemes_due=date(2025, 6, 30), by=CLERK)
    filing = Filing.objects.get(kind="plan", region=SHORE)
    reader = client(*role, language=language)
    for address in (
        "/", "/notices/", f"{BASE}/review/", f"{BASE}/review/{sheet.pk}/", f"{BASE}/years/", f"{BASE}/years/2024/",
        f"{BASE}/filings/", f"{BASE}/filings/{filing.pk}/", f"{BASE}/duties/",
    ):  # fmt: skip
        assert_sound(tree(reader, address), address, "en" if language == "en" else "zh-Hans")
