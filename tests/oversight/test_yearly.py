"""Yearly reports: opened, written, borne out, handed in, sent back, accepted; the target table and the words beside it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from halfsky.alerts.actions import assess_plan
from halfsky.collect.actions import import_figures
from halfsky.collect.actions.review import Stale
from halfsky.collect.documents import MAX_BYTES, path_of
from halfsky.oversight import queries
from halfsky.oversight.actions import (
    ItemChange,
    attach,
    detach,
    open_round,
    remind,
    review_yearly,
    save_items,
    submit_yearly,
    take_over,
)
from halfsky.oversight.actions.yearly import duties
from halfsky.oversight.models import YearlyReport
from halfsky.oversight.targets import table, values
from halfsky.places.policy import Forbidden, Principal
from halfsky.plan import Faulty
from tests.collect.year import acting
from tests.oversight.house import DISTRICT_DUE, PLAN, UNIT_DUE, city, clerk, furnish, heard, opened, shore, write
from tests.support import CITY, CLERK, HILL, ISLE, SHORE, figure, rising

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 \xe4\xbd\x90\xe8\xaf\x81"


@pytest.fixture(autouse=True)
def _house(db: None) -> None:
    furnish()


def of(region: str, unit: str) -> YearlyReport:
    return YearlyReport.objects.get(region=region, unit=unit)


def submitted(report: YearlyReport, by: Principal) -> YearlyReport:
    return submit_yearly(plan=PLAN, report=report.pk, version=report.version, by=by)


class TestOpening:
    def test_every_unit_with_duties_and_every_district_owes_a_report(self) -> None:
        opened()
        found = set(YearlyReport.objects.values_list("region", "unit"))
        assert found == {
            (CITY, "health"), (CITY, "statistics"), *((r, "health-d") for r in (SHORE, HILL, ISLE)),
            *((r, "") for r in (SHORE, HILL, ISLE)),
        }  # fmt: skip

    def test_its_parts_are_the_year_as_a_whole_and_each_clause_with_the_part_played(self) -> None:
        opened()
        parts = [(i.topic, i.clause, i.lead) for i in of(CITY, "statistics").items.all()]
        assert parts == [
            ("summary", "", True), ("clause", "G1.1", False), ("problems", "", True), ("next", "", True),
        ]  # fmt: skip
        assert list(duties(PLAN, SHORE, "")) == [("G1.1", True)]

    def test_units_are_due_first_and_each_is_told(self) -> None:
        opened()
        assert of(SHORE, "health-d").due == UNIT_DUE
        assert of(SHORE, "").due == DISTRICT_DUE
        assert heard(f"district_clerk.{SHORE}") == ["yearly-opened"]
        assert heard(f"district_committee.{SHORE}") == ["yearly-opened"]

    def test_a_year_is_opened_once_by_the_city_inside_the_plan(self) -> None:
        opened()
        with pytest.raises(Faulty):
            opened()
        with pytest.raises(Faulty):
            opened(2031)
        with pytest.raises(Forbidden):
            open_round(plan=PLAN, year=2024, unit_due=UNIT_DUE, district_due=DISTRICT_DUE, by=shore())


class TestWriting:
    def test_parts_are_saved_each_with_its_version_and_a_request_once(self) -> None:
        opened()
        report = of(SHORE, "health-d")
        item = report.items.get(clause="G1.1")
        asked = [ItemChange(item.pk, 1, "doing", "筛查覆盖全部街道。\r\n", "2026年扩大到乡镇。")]
        first = save_items(plan=PLAN, report=report.pk, changes=asked, by=clerk(), key="one-request")
        assert first == save_items(plan=PLAN, report=report.pk, changes=asked, by=clerk(), key="one-request")
        item.refresh_from_db()
        assert (item.version, item.words) == (2, "筛查覆盖全部街道。")

    def test_two_writers_conflict_on_the_part_and_nothing_is_lost(self) -> None:
        opened()
        report = of(SHORE, "health-d")
        item = report.items.get(clause="G1.1")
        other = acting("district_unit_approver", SHORE, "health-d")
        save_items(
            plan=PLAN, report=report.pk, changes=[ItemChange(item.pk, 1, "done", "已完成。")], by=clerk(), key="a" * 8
        )
        answer = save_items(
            plan=PLAN, report=report.pk, changes=[ItemChange(item.pk, 1, "doing", "推进中。")], by=other, key="b" * 8
        )
        assert answer["conflicts"][str(item.pk)]["words"] == "已完成。"
        item.refresh_from_db()
        assert item.words == "已完成。"

    def test_a_report_lacking_parts_names_each(self) -> None:
        opened()
        report = of(SHORE, "health-d")
        with pytest.raises(Faulty) as refused:
            submitted(report, clerk())
        assert {f.cell for f in refused.value.faults} == {
            str(i.pk) for i in report.items.all() if i.topic != "problems"
        }  # fmt: skip
        write(report, clerk())
        assert submitted(report, clerk()).state == "submitted"

    def test_a_supporting_unit_says_how_far_it_is_and_may_leave_it_at_that(self) -> None:
        opened()
        report = of(CITY, "statistics")
        from halfsky.places.actions import add_person, appoint
        from halfsky.places.policy import principal

        user = add_person(username="stat", full_name="统计", by=CLERK)
        appoint(user=user, role="clerk", region=CITY, unit="statistics", by=CLERK)
        who = principal(user, door="web")
        items = [i for i in report.items.all() if i.topic != "problems"]
        changes = [ItemChange(i.pk, 1, "doing" if i.clause else "", "" if i.clause else "正常。") for i in items]
        save_items(plan=PLAN, report=report.pk, changes=changes, by=who, key="supporting")
        assert submitted(report, who).state == "submitted"

    @pytest.mark.parametrize("who", ["city", "shore"])
    def test_nobody_writes_in_a_units_name(self, who: str) -> None:
        opened()
        report = of(SHORE, "health-d")
        with pytest.raises(Forbidden):
            write(report, {"city": city, "shore": shore}[who]())

    def test_what_is_handed_in_is_closed(self) -> None:
        opened()
        report = of(SHORE, "health-d")
        write(report, clerk())
        submitted(report, clerk())
        with pytest.raises(Faulty):
            write(report, clerk(), key="after-it", words="再改一改。")


class TestReview:
    def test_a_units_report_is_its_districts_to_accept_and_the_districts_the_citys(self) -> None:
        opened()
        unit, district = of(SHORE, "health-d"), of(SHORE, "")
        write(unit, clerk())
        write(district, shore())
        unit, district = submitted(unit, clerk()), submitted(district, shore())
        assert heard(f"district_committee.{SHORE}")[-1] == "yearly-submitted"
        assert heard(f"committee.{CITY}")[-1] == "yearly-submitted"
        with pytest.raises(Forbidden):
            review_yearly(plan=PLAN, report=district.pk, version=2, accept=True, by=shore())
        with pytest.raises(Forbidden):
            review_yearly(plan=PLAN, report=unit.pk, version=2, accept=True, by=city())
        assert review_yearly(plan=PLAN, report=unit.pk, version=2, accept=True, by=shore()).state == "accepted"
        assert review_yearly(plan=PLAN, report=district.pk, version=2, accept=True, by=city()).state == "accepted"

    def test_returned_with_reasons_it_is_written_again_and_nothing_is_done_twice(self) -> None:
        opened()
        report = of(SHORE, "")
        write(report, shore())
        report = submitted(report, shore())
        assert submit_yearly(plan=PLAN, report=report.pk, version=1, by=shore()).version == 2
        with pytest.raises(Faulty):
            review_yearly(plan=PLAN, report=report.pk, version=2, accept=False, by=city())
        for _ in range(2):
            report = review_yearly(
                plan=PLAN, report=report.pk, version=2, accept=False, by=city(), reason="请补充数据。"
            )
        assert (report.version, report.steps.count()) == (3, 2)
        with pytest.raises(Stale):
            review_yearly(plan=PLAN, report=report.pk, version=2, accept=True, by=city())
        write(report, shore(), words="已补充数据。")
        assert submitted(report, shore()).state == "submitted"

    def test_a_draft_is_its_offices_own(self) -> None:
        opened()
        report = of(SHORE, "health-d")
        assert queries.readable_words(PLAN, report, clerk())
        assert not queries.readable_words(PLAN, report, city())
        write(report, clerk())
        assert queries.readable_words(PLAN, submitted(report, clerk()), city())
        assert list(queries.yearly_reports(acting("district_committee", HILL), PLAN)) == [
            of(HILL, "health-d"),
            of(HILL, ""),
        ]


class TestTargets:
    def test_the_table_comes_from_the_database(self) -> None:
        import_figures(plan=PLAN, observations=rising("maternal_mortality", CITY, 2023, "9.5", "9.1", "8.6"), by=CLERK)
        assess_plan(plan=PLAN, as_of=2025, by=CLERK)
        (line,) = table(PLAN, CITY, ["G1.1"], 2025, None)
        assert (line.year, line.value, line.last_year, line.last) == (2025, "8.6", 2024, "9.1")
        assert line.standing == "met"
        assert "2025年" in line.asked.zh
        assert "9" in line.asked.zh

    def test_figures_of_later_years_and_of_other_places_are_left_out(self) -> None:
        import_figures(plan=PLAN, observations=rising("screening", SHORE, 2024, "60", "62", "64"), by=CLERK)
        (line,) = table(PLAN, SHORE, ["M1.1"], 2025, None)
        assert (line.value, line.last) == ("62", "60")
        assert table(PLAN, HILL, ["M1.1"], 2025, None) == []

    def test_a_change_of_the_figure_keeps_the_words_and_is_told(self) -> None:
        opened()
        import_figures(plan=PLAN, observations=rising("maternal_mortality", CITY, 2024, "9.1", "8.6"), by=CLERK)
        report = of(CITY, "health")
        who = acting("clerk", CITY, "health")
        write(report, who, words="孕产妇死亡率降至8.6/10万。")
        import_figures(
            plan=PLAN, observations=[figure("maternal_mortality", CITY, 2025, "8.9")], by=CLERK, reason="核增1例"
        )
        item = report.items.get(clause="G1.1")
        assert item.words == "孕产妇死亡率降至8.6/10万。"
        assert item.seen == {"G1.1a": "2025 8.6"}
        assert values(table(PLAN, CITY, ["G1.1"], 2025, who))["G1.1"] == {"G1.1a": "2025 8.9"}

    def test_what_is_not_free_is_not_told_to_those_who_may_not_read_it_nor_kept_in_the_report(self) -> None:
        from dataclasses import replace

        from halfsky.observations import Confidentiality

        secret = replace(figure("maternal_mortality", CITY, 2025, "8.6"), confidentiality=Confidentiality.CONFIDENTIAL)
        import_figures(plan=PLAN, observations=[secret], by=CLERK)
        (line,) = table(PLAN, CITY, ["G1.1"], 2025, acting("leader", CITY))
        assert (line.value, line.withheld) == ("", True)
        assert table(PLAN, CITY, ["G1.1"], 2025, acting("clerk", CITY, "health"))[0].value == "8.6"
        opened()
        report = of(CITY, "health")
        write(report, acting("clerk", CITY, "health"))
        report = submitted(report, acting("clerk", CITY, "health"))
        assert "8.6" not in str(report.table)


class TestTakingOver:
    def test_a_district_takes_over_what_its_units_have_handed_in_and_keeps_what_it_has_written(self) -> None:
        opened()
        unit, district = of(SHORE, "health-d"), of(SHORE, "")
        write(unit, clerk(), words="全区筛查1.2万人次。")
        assert take_over(plan=PLAN, report=district.pk, by=shore()) == 0  # a draft is the unit's own
        submitted(unit, clerk())
        assert take_over(plan=PLAN, report=district.pk, by=shore()) == 1
        item = district.items.get(clause="G1.1")
        assert (item.progress, item.words) == ("doing", "全区筛查1.2万人次。")
        assert take_over(plan=PLAN, report=district.pk, by=shore()) == 0


class TestEvidence:
    def test_a_document_is_kept_under_its_hash_once(self, settings, tmp_path: Path) -> None:
        settings.HOME = tmp_path
        opened()
        report = of(SHORE, "health-d")
        for _ in range(2):
            held = attach(plan=PLAN, report=report.pk, clause="G1.1", name="a/筛查.pdf", content=PDF, by=clerk())
        assert report.evidence.count() == 1
        assert held.name == "筛查.pdf"
        assert path_of(held.sha256).read_bytes() == PDF
        detach(plan=PLAN, evidence=held.pk, by=clerk())
        assert report.evidence.get().removed_at is not None

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("x.exe", b"MZ"),
            ("x.pdf", b"MZ"),
            ("x.png", b"%PDF-"),
            ("x.pdf", b"%PDF-" + b"0" * MAX_BYTES),
            ("x", b"%PDF-"),
        ],
    )
    def test_what_is_no_document_is_refused(self, settings, tmp_path: Path, name: str, content: bytes) -> None:
        settings.HOME = tmp_path
        opened()
        with pytest.raises(Faulty):
            attach(plan=PLAN, report=of(SHORE, "health-d").pk, clause="", name=name, content=content, by=clerk())
        assert not list(tmp_path.iterdir())

    def test_only_the_office_itself_attaches(self) -> None:
        opened()
        with pytest.raises(Forbidden):
            attach(plan=PLAN, report=of(HILL, "health-d").pk, clause="", name="x.pdf", content=PDF, by=clerk())


class TestLate:
    def test_what_is_late_is_chased_and_goes_up(self) -> None:
        opened()
        before = len(heard(f"committee.{CITY}"))
        for day in (date(2026, 1, 24), date(2026, 2, 1), date(2026, 2, 7), date(2026, 2, 14)):
            remind(plan=PLAN, today=day, by=CLERK)
            remind(plan=PLAN, today=day, by=CLERK)
        assert heard(f"district_clerk.{SHORE}") == ["yearly-opened", "yearly-before", "yearly-late", "yearly-late"]
        assert heard(f"committee.{CITY}")[before:] == ["yearlies-late", "yearlies-late"]

    def test_waiting_names_what_is_ones_own_turn(self) -> None:
        opened()
        assert [w.kind for w in queries.waiting(clerk(), PLAN)] == ["yearly"]
        report = of(SHORE, "health-d")
        write(report, clerk())
        submitted(report, clerk())
        assert queries.waiting(clerk(), PLAN) == []
        assert [(w.kind, w.label.zh) for w in queries.waiting(shore(), PLAN)] == [
            ("yearly-review", "海岸区卫生健康委员会2025年度报告"), ("yearly", "海岸区妇儿工委办2025年度报告"),
        ]  # fmt: skip
        assert queries.waiting(acting("leader", CITY), PLAN) == []
