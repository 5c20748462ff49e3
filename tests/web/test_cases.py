"""The pages of cases: the board, one case, its steps and letters, each as its reader sees it."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from docx import Document
from lxml import html

from halfsky.alerts.actions import answer, remind_cases, review
from halfsky.alerts.models import Case, Letter
from tests.alerts.cases import PLAN, case, falling, judge, office, people, screened, take, unit
from tests.collect.year import person
from tests.support import CITY, CLERK, HILL, SHORE
from tests.web import pack
from tests.web.test_pages import assert_sound, tree

BASE = f"/{PLAN.id}/cases/"


@pytest.fixture(scope="session")
def case_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("cases")
    pack.write(PLAN, root)
    return root


@pytest.fixture
def raised(db: None, settings, case_folder: Path, tmp_path: Path) -> Case:
    settings.PLANS_DIR, settings.HOME = case_folder, tmp_path
    people()
    take(*falling(CITY, SHORE, HILL))
    judge()
    return case()


def client(role: str, region: str, unit_: str | None = None, language: str = "zh-hans") -> Client:
    signed_in = Client()
    signed_in.force_login(person(role, region, unit_))
    signed_in.cookies["halfsky_language"] = language
    return signed_in


def text(response) -> str:
    return " ".join(html.fromstring(response.content.decode()).text_content().split())


def rows(client_: Client, address: str) -> list[str]:
    page = html.fromstring(client_.get(address).content.decode())
    return [
        " ".join(row.text_content().split()) for row in page.xpath("//table[contains(@class, 'caselist')]/tbody/tr")
    ]


def sent(held: Case, what: str, **more: str) -> dict[str, str]:
    held.refresh_from_db()
    return {"what": what, "version": str(held.version), **more}


def soon(days: int = 60) -> str:
    return str(timezone.localdate() + timedelta(days=days))


def letter_text(response) -> str:
    document = Document(io.BytesIO(b"".join(response.streaming_content)))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(p.text for p in document.paragraphs), *cells])


class TestBoard:
    def test_the_districts_stand_under_the_citys_case(self, raised: Case) -> None:
        city = client("committee", CITY)
        assert len(rows(city, BASE)) == 1
        assert "2个区（市）县" in rows(city, BASE)[0]
        assert len(rows(city, f"{BASE}?under={raised.pk}")) == 2
        assert len(rows(city, f"{BASE}?region={SHORE}")) == 1

    def test_a_district_sees_its_own_and_no_other(self, raised: Case) -> None:
        district = client("district_committee", SHORE)
        assert len(rows(district, BASE)) == 1
        assert "海岸区" in rows(district, BASE)[0]
        for hidden in (raised, case(HILL)):
            assert district.get(f"{BASE}{hidden.pk}/").status_code == 404
            assert district.post(f"{BASE}{hidden.pk}/", sent(hidden, "close", reason="x")).status_code == 404

    def test_a_filter_narrows_by_level_stage_unit_and_overdue(self, raised: Case) -> None:
        city = client("committee", CITY)
        Case.objects.filter(pk=case(HILL).pk).update(due=timezone.localdate() - timedelta(days=3), level="yellow")
        assert len(rows(city, f"{BASE}?stage=late")) == 1
        assert "已逾期3天" in rows(city, f"{BASE}?stage=late")[0] or "逾期" in rows(city, f"{BASE}?stage=late")[0]
        assert len(rows(city, f"{BASE}?level=yellow")) == 1
        assert len(rows(city, f"{BASE}?unit=health-d")) == 2
        assert rows(city, f"{BASE}?stage=answered") == []
        assert city.get(f"{BASE}?stage=nowhere").status_code == 400

    def test_how_long_stages_take_is_a_table(self, raised: Case) -> None:
        now = timezone.now()
        held = case()
        held.steps.update(at=now - timedelta(days=12))
        held = answer(
            plan=PLAN,
            case=held.pk,
            version=held.version,
            cause="少",
            remedy="多",
            deadline=(now + timedelta(days=50)).date(),
            by=unit(),
            at=now - timedelta(days=5),
        )
        review(plan=PLAN, case=held.pk, version=held.version, accept=True, by=office(), at=now - timedelta(days=2))
        page = html.fromstring(client("committee", CITY).get(BASE).content.decode())
        line = page.xpath("//section[@data-part='times']//tbody/tr")[0]
        cells = [" ".join(c.text_content().split()) for c in line.xpath("./*")]
        assert cells[1:] == ["7天 (1)", "—", "3天 (1)", "—", "—"]

    @pytest.mark.parametrize("language", ["zh-hans", "en"])
    def test_pages_are_sound_in_both_languages(self, raised: Case, language: str) -> None:
        for address in (BASE, f"{BASE}{raised.pk}/", f"/{PLAN.id}/warnings/", f"/{PLAN.id}/warnings/M1.1a/{CITY}/"):
            page = tree(client("committee", CITY, language=language), address)
            assert_sound(page, address, "en" if language == "en" else "zh-Hans")


class TestSteps:
    def test_a_draft_is_kept_for_whoever_answers_next(self, raised: Case) -> None:
        clerk, approver = client("clerk", CITY, "health"), client("unit_approver", CITY, "health")
        clerk.post(f"{BASE}{raised.pk}/", sent(raised, "draft", cause="底数不清", remedy=""))
        assert "底数不清" in text(approver.get(f"{BASE}{raised.pk}/"))
        raised.refresh_from_db()
        assert (raised.stage, raised.draft["cause"]) == ("raised", "底数不清")

    def test_an_answer_lacking_a_part_is_refused_with_a_link_to_it(self, raised: Case) -> None:
        page = client("clerk", CITY, "health").post(
            f"{BASE}{raised.pk}/", sent(raised, "answer", cause="底数不清", remedy="")
        )
        assert page.status_code == 422
        found = html.fromstring(page.content.decode())
        assert found.xpath("//section[@role='alert']//a/@href") == ["#answer-cause"]
        assert "底数不清" in text(page)

    def test_what_is_not_yours_is_not_offered_and_not_done(self, raised: Case) -> None:
        steps = {"answer": ("clerk", "health"), "accept": ("committee", None)}
        for role, unit_ in (("leader", None), ("statistics", None), *steps.values()):
            page = html.fromstring(client(role, CITY, unit_).get(f"{BASE}{raised.pk}/").content.decode())
            offered = set(page.xpath("//main//button[@name='what']/@value"))
            assert offered == {"clerk": {"answer", "draft"}, "committee": {"close"}}.get(role, set())
        assert client("leader", CITY).post(f"{BASE}{raised.pk}/", sent(raised, "close", reason="x")).status_code == 403
        assert (
            client("committee", CITY)
            .post(f"{BASE}{case(SHORE).pk}/", sent(case(SHORE), "close", reason="x"))
            .status_code
            == 403
        )

    def test_two_at_once_the_second_is_told_and_keeps_what_was_typed(self, raised: Case) -> None:
        first, second = client("clerk", CITY, "health"), client("unit_approver", CITY, "health")
        seen = sent(raised, "answer", cause="甲", remedy="乙", deadline=soon())
        first.post(f"{BASE}{raised.pk}/", seen)
        page = second.post(f"{BASE}{raised.pk}/", {**seen, "cause": "丙"})
        assert page.status_code == 409
        assert "该事项已由他人办理" in text(page)
        raised.refresh_from_db()
        assert raised.cause == "甲"

    def test_the_request_sent_again_is_carried_out_once(self, raised: Case) -> None:
        clerk = client("clerk", CITY, "health")
        seen = sent(raised, "answer", cause="甲", remedy="乙", deadline=soon())
        assert [clerk.post(f"{BASE}{raised.pk}/", seen).status_code for _ in range(2)] == [302, 302]
        assert raised.steps.filter(kind="answered").count() == 1


class TestLetters:
    def owed(self, days: int = 30) -> Case:
        held = case()
        remind_cases(plan=PLAN, today=held.due + timedelta(days=days), by=CLERK)
        held.refresh_from_db()
        return held

    def test_none_is_issued_that_the_rule_does_not_ask_for(self, raised: Case) -> None:
        page = client("committee", CITY).post(f"{BASE}{raised.pk}/", sent(raised, "letter"))
        assert page.status_code == 422
        assert "按规则目前无须发函" in text(page)
        assert not Letter.objects.exists()

    def test_the_letter_is_numbered_kept_and_read_by_those_in_scope_alone(self, raised: Case) -> None:
        held = self.owed()
        assert held.owed == "remind"
        seen = sent(held, "letter")
        city = client("committee", CITY)
        for _ in range(2):  # sent twice, issued once
            assert city.post(f"{BASE}{held.pk}/", seen).status_code == 302
        letter = Letter.objects.get()
        assert letter.mark == f"小城市妇儿工委办提醒〔{timezone.localdate().year}〕1号"
        address = f"{BASE}{held.pk}/letters/{letter.pk}/"
        said = letter_text(client("clerk", CITY, "health").get(address))
        for words in (
            letter.mark,
            "小城市卫生健康委员会：",
            "宫颈癌筛查率",
            "提醒函",
            "小城市妇女儿童工作委员会办公室",
            "特此提醒。",
        ):
            assert words in said
        assert "{{" not in said
        assert client("leader", CITY).get(address).status_code == 200
        assert client("district_committee", SHORE).get(address).status_code == 404
        assert client("evaluator", CITY).get(address).status_code == 403
        assert city.get(f"{BASE}{case(SHORE).pk}/letters/{letter.pk}/").status_code == 404

    def test_the_ladder_is_climbed_rung_by_rung_and_ends_with_a_talk(self, raised: Case) -> None:
        from halfsky.reports.letters import issue_letter

        held, marks = case(), []
        day = timezone.now() + timedelta(days=40)
        for rung in ("remind", "supervise", "summon"):
            remind_cases(plan=PLAN, today=timezone.localdate(day), by=CLERK)
            held.refresh_from_db()
            assert held.owed == rung
            if rung == "summon":  # which needs a time and a place
                city = client("committee", CITY)
                assert city.post(f"{BASE}{held.pk}/", sent(held, "letter")).status_code == 422
                talk = {"talk_at": "2026-12-03T14:30", "talk_place": "第三会议室"}
                assert city.post(f"{BASE}{held.pk}/", sent(held, "letter", **talk)).status_code == 302
                marks.append(Letter.objects.get(kind=rung).mark)
                assert Letter.objects.get(kind=rung).facts["talk_at"] == "2026年12月3日（星期四）14时30分"
            else:
                marks.append(issue_letter(plan=PLAN, case=held.pk, version=held.version, by=office(), at=day).mark)
            remind_cases(plan=PLAN, today=timezone.localdate(day + timedelta(days=1)), by=CLERK)
            held.refresh_from_db()
            assert held.owed == ""  # time is given before the next
            day += timedelta(days=20)
        assert ["提醒" in marks[0], "督办" in marks[1], "约谈" in marks[2]] == [True] * 3
        assert marks[0] in Letter.objects.get(kind="summon").facts["earlier"]
        remind_cases(plan=PLAN, today=timezone.localdate(day), by=CLERK)
        held.refresh_from_db()
        assert held.owed == ""


def test_warnings_lead_to_their_case_for_those_who_may_read_it(raised: Case) -> None:
    address = f"/{PLAN.id}/warnings/M1.1a/{CITY}/"
    assert f'href="{BASE}{raised.pk}/"' in client("committee", CITY).get(address).content.decode()
    assert BASE not in client("evaluator", CITY).get(address).content.decode()


def test_a_case_that_a_revision_removed_says_so(raised: Case) -> None:
    take(screened(CITY, 2023, "75"), reason="分母口径更正")
    judge()
    page = text(client("leader", CITY).get(f"{BASE}{raised.pk}/"))
    assert "因数据修订解除，并非新年度数据所致" in page
    assert "分母口径更正" in page
