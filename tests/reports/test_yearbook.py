"""What the yearbook prints: women beside men, signs for what is missing, nothing that follows from what is withheld."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook

from halfsky.audit.models import Event
from halfsky.collect.actions import import_figures
from halfsky.observations import Confidentiality, Figures, Observation, SeriesKey, Status
from halfsky.plan import Residence, Sex
from halfsky.reports.report.model import Paragraph, Report, Table
from halfsky.reports.report.word import word
from halfsky.reports.yearbook import book_of, compose, workbook
from halfsky.reports.yearbook.actions import NoFigures, write_yearbook
from tests.support import CITY, CLERK, HILL, ISLE, SHORE, figure, plan_by_sex

DAY = date(2026, 3, 1)
PLACES = (SHORE, HILL, ISLE)


def amount(region: str, sex: Sex, value: str | None, **more: Any) -> Observation:
    return replace(figure("teachers", region, 2025, value, **more), series=SeriesKey("teachers", region, sex))


def teachers(**changes: Observation) -> list[Observation]:
    """Women, men and all in the city and its three places; every sum holds."""
    made = {}
    for code, (women, men) in dict(zip((CITY, *PLACES), ((66, 54), (30, 20), (24, 26), (12, 8)), strict=True)).items():
        made[f"{code} F"] = amount(code, Sex.FEMALE, str(women))
        made[f"{code} M"] = amount(code, Sex.MALE, str(men))
        made[f"{code} _T"] = amount(code, Sex.ALL, str(women + men))
    made.update(changes)
    return list(made.values())


def report(rows: list[Observation], language: Any = "zh") -> Report:
    return compose(book_of(plan_by_sex(), Figures(rows), year=2025, language=language), made=DAY)


def table(content: Report, title: str) -> Table:
    section = next(s for s in content.sections if title in s.title)
    return next(b for b in section.blocks if isinstance(b, Table))


def notes(content: Report) -> str:
    return "".join(b.text for s in content.sections for b in s.blocks if isinstance(b, Paragraph) and b.kind == "note")


def row(content: Report, title: str, name: str) -> list[str]:
    return next([c.text for c in r] for r in table(content, title).rows if r[0].text == name)


def test_women_stand_beside_men_with_their_share() -> None:
    assert row(report(teachers()), "男女对照", "专任教师数")[-4:] == ["120", "66", "54", "55.0%"]


def test_rates_differ_by_points_and_the_rest_by_a_ratio() -> None:
    rates = [
        replace(figure("literacy", CITY, 2025, value), series=SeriesKey("literacy", CITY, sex))
        for sex, value in ((Sex.FEMALE, "97.25"), (Sex.MALE, "98.5"))
    ]
    assert row(report(rates), "男女对照", "识字率")[-1] == "−1.25个百分点"


def test_what_is_missing_says_why_and_is_no_zero() -> None:
    rows = [
        figure("screening", SHORE, 2025, None, status=Status.NOT_COLLECTED),
        figure("screening", HILL, 2025, None, status=Status.NOT_APPLICABLE),
        figure("screening", ISLE, 2025, None, status=Status.SUPPRESSED),
        figure("screening", CITY, 2025, "0"),
    ]
    assert row(report(rows), "各区（市）县", "宫颈癌筛查率")[2:] == ["0.00", "…", "—", "不公布"]
    assert row(report(rows), "主要指标（小城市", "宫颈癌筛查率")[2:] == ["…", "…", "…", "…", "…", "0.00", "0.00", "—"]


def test_an_indicator_of_women_stands_in_the_column_of_women() -> None:
    content = report([figure("maternal_mortality", CITY, 2025, "9.61")])
    assert row(content, "主要指标（小城市", "孕产妇死亡率")[-3:] == ["9.61", "9.61", "—"]


def test_the_letter_of_a_status_follows_its_number() -> None:
    content = report([figure("screening", CITY, 2025, "61", status=Status.PROVISIONAL)])
    assert row(content, "主要指标（小城市", "宫颈癌筛查率")[7] == "61.00p"


def test_a_total_that_is_not_the_sum_is_noted_below_its_table() -> None:
    content = report(teachers(**{f"{CITY} M": amount(CITY, Sex.MALE, "55")}))
    assert "专任教师数（小城市）：2025 年男女的数值之和 121 与合计 120 不符。" in notes(content)
    assert "不符" not in notes(report(teachers()))


def test_districts_without_a_figure_are_named_as_the_reason_why_the_rest_does_not_sum() -> None:
    rows = [o for o in teachers() if o.series != SeriesKey("teachers", ISLE)]
    assert "各地之和不等于全市：专任教师数" in notes(report(rows))


def test_the_workbook_has_contents_frozen_heads_and_a_trace() -> None:
    book = book_of(plan_by_sex(), Figures(teachers()), year=2025, language="zh")
    file = load_workbook(io.BytesIO(workbook(book, made=DAY)))
    assert file.sheetnames == ["目录", "编者说明", "1 妇女与健康", "2 综合", "指标解释", "资料来源", "数据对照"]
    contents = file["目录"]
    assert contents["A5"].hyperlink.location == "'1 妇女与健康'!A1"
    chapter = file["2 综合"]
    assert chapter.freeze_panes == "D5"
    assert chapter.print_title_rows == "$3:$4"
    assert chapter.page_setup.orientation == "landscape"
    assert [c.value for c in chapter[5]][:3] == ["专任教师数", "人", "合计"]
    assert [c.value for c in chapter[6]][8] == 66
    assert workbook(book, made=DAY) == workbook(book, made=DAY)


def test_word_turns_the_pages_of_the_districts_and_heads_have_two_lines() -> None:
    document = Document(io.BytesIO(word(report(teachers()))))
    assert {s.page_width > s.page_height for s in document.sections} == {True, False}
    first = document.tables[0]
    assert [len(r.tc_lst) for r in first._tbl.tr_lst[:2]] == [9, 10]
    assert all(r.trPr.find("{*}tblHeader") is not None for r in first._tbl.tr_lst[:2])


def test_the_english_yearbook_is_english() -> None:
    content = report(teachers(), "en")
    texts = [c.text for s in content.sections for b in s.blocks if isinstance(b, Table) for r in b.rows for c in r]
    texts += [s.heading for s in content.sections] + [content.title, *(v for _, v in content.facts)]
    assert not [t for t in texts if any("\u4e00" <= c <= "\u9fff" for c in t)]


@pytest.mark.django_db
def test_files_are_written_once_and_hold_what_is_free(tmp_path: Path) -> None:
    plan = plan_by_sex()
    secret = replace(amount(SHORE, Sex.FEMALE, "30"), confidentiality=Confidentiality.NOT_FOR_PUBLICATION)
    import_figures(plan=plan, observations=teachers(**{f"{SHORE} F": secret}), by=CLERK, reason="test")
    for _ in range(2):
        paths = write_yearbook(plan=plan, year=2025, language="zh", folder=tmp_path, by=CLERK, made=DAY)
    assert [p.suffix for p in paths] == [".docx", ".pdf", ".xlsx"]
    assert Event.objects.filter(action="yearbook.write").count() == 1
    chapter = load_workbook(paths[2])["2 综合"]
    assert [c.value for c in chapter[6]][-3:] == ["不公布", 24, "不公布"]  # the second so that the first stays unknown
    with pytest.raises(NoFigures):
        write_yearbook(plan=plan, year=2031, language="zh", folder=tmp_path, by=CLERK)


def test_residences_stand_beside_each_other() -> None:
    rows = [
        replace(figure("literacy", CITY, 2025, value), series=SeriesKey("literacy", CITY, residence=residence))
        for residence, value in ((Residence.URBAN, "99"), (Residence.RURAL, "96.5"))
    ]
    assert row(report(rows), "城乡对照", "识字率")[-3:] == ["99.00", "96.50", "+2.50个百分点"]


def test_numbers_are_exact() -> None:
    cell = table(report(teachers()), "男女对照").rows[0][-3]
    assert cell.number == Decimal(66)
    assert cell.trace is not None
    assert cell.trace.of == ((SeriesKey("teachers", CITY, Sex.FEMALE), 2025),)
