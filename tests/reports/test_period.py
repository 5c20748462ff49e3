"""The mid-term and the final monitoring report: from the base year to now, what was due, and where it leads."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn

from halfsky.alerts.queries import warnings_in
from halfsky.assess import assess
from halfsky.observations import Figures, read_csv
from halfsky.observations.derive import with_derived
from halfsky.plan import Plan, load_plan
from halfsky.reports.report.keys import keyed
from halfsky.reports.report.model import Paragraph, Report, Table
from halfsky.reports.report.pdf import pdf
from halfsky.reports.report.period import compose_period
from halfsky.reports.report.stored import dumped, loaded
from halfsky.reports.report.word import word
from tests.reports import sample
from tests.support import figure

NATION = Path(__file__).parents[2] / "plans" / "china-women-outline-2011-2020"


@pytest.fixture(autouse=True)
def _own_cache(settings: Any, tmp_path: Path) -> None:
    settings.CACHE_DIR = tmp_path / "cache"


def made(plan: Plan, figures: Figures, as_of: int, language: Any = "zh") -> Report:
    verdicts = assess(plan, figures, as_of=as_of)
    return compose_period(
        plan=plan, figures=figures, verdicts=verdicts, warnings=warnings_in(verdicts, plan.alerting), as_of=as_of, language=language,
        made=date(2026, 4, 2), number="中期监测报告〔2026〕1号",
    )  # fmt: skip


def city(language: Any = "zh") -> Report:
    """Dalian's ten districts, screening known in each in the base year too."""
    rows = [o for o in sample.figures() if o.series.region == sample.CITY]
    for place, code in enumerate(sample.DISTRICTS):
        rows += [
            figure("screening", code, 2020, str(50 + place)),
            figure("screening", code, 2025, str(70 - place // 2)),
        ]
    return made(sample.plan(), Figures(rows), 2025, language)


def nation(as_of: int = 2015) -> Report:
    plan = load_plan(NATION)
    reading = read_csv((NATION / "figures.csv").read_bytes(), plan=plan, file="figures.csv")
    return made(plan, with_derived(plan, Figures(reading.observations)), as_of)


def words(report: Report) -> str:
    return "\n".join(b.text for s in report.sections for b in s.blocks if isinstance(b, Paragraph))


def table(report: Report, caption: str) -> Table:
    return next(b for s in report.sections for b in s.blocks if isinstance(b, Table) and caption in b.caption)


def test_chapters_are_numbered_and_titled_after_what_the_report_is() -> None:
    report = city()
    assert report.subtitle == "中期监测报告（2021—2025年）"
    assert [s.heading for s in report.sections if s.level == 1] == [
        "一、总体进展", "二、妇女与健康", "三、各区（市）县比较", "四、预测与下一步工作重点", "五、监测与判定方法",
        "附件1：历年监测数据", "附件2：指标解释", "附件3：资料来源",
    ]  # fmt: skip
    assert [s.heading for s in report.sections[:3]] == [
        "一、总体进展",
        "（一）总体情况",
        "（二）2025年阶段目标完成情况",
    ]
    assert nation(2020).subtitle == "终期监测报告（2011—2020年）"


def test_what_was_due_is_told_apart_from_what_is_promised_for_the_end() -> None:
    report = city()
    due, ahead = table(report, "2025年阶段目标完成情况"), table(report, "目标值进展")
    assert [c.text for c in due.rows[0]] == [
        "G1.1",
        "孕产妇死亡率（1/10万）",
        "不高于9/10万",
        "8.60/10万",
        "已达标",
        "—",
    ]
    row = [c.text for c in ahead.rows[0]]
    assert row[:6] == ["G1.1", "孕产妇死亡率（1/10万）", "9.90", "8.60", "−0.26", "不高于8/10万"]
    assert row[6] != "已达标", "8.60 is held against 8 by the end"
    assert "—" in row[7], "a forecast with its interval"
    assert "规划提出2025年阶段目标的有1项，全部达到。" in words(report)
    assert "孕产妇死亡率由2020年的9.90/10万降至2025年的8.60/10万" in words(report)


def test_districts_are_held_against_each_other() -> None:
    report = city()
    assert "区（市）县间差距缩小的1项，扩大的0项" in words(report)
    row = [c.text for c in table(report, "主要指标差距").rows[0]]
    assert row[2:] == ["西岗区 70.00", "瓦房店市 66.00", "9.00", "4.00", "缩小"]


def test_every_year_stands_in_the_annex_on_its_side() -> None:
    report = city()
    annex = next(s for s in report.sections if "附件1" in s.title)
    assert annex.page == "wide"
    years = table(report, "历年数据")
    assert [c.head for c in years.columns[1:]] == [f"{y}年" for y in range(2020, 2026)]
    assert [c.text for c in years.rows[0]][1:] == ["9.90", "10.20", "8.70", "9.10", "8.40", "8.60"]


def test_no_field_is_left_with_a_lone_subsection_and_no_sentence_is_long() -> None:
    for report in (city(), city("en"), nation(), nation(2020)):
        levels = [s.level for s in report.sections] + [1]
        for i, section in enumerate(report.sections):
            if section.level == 1 and levels[i + 1] == 2:
                assert levels[i + 2] == 2, section.heading
        if report.language == "zh":
            told = [b for s in report.sections if "附件" not in s.title and "方法" not in s.title for b in s.blocks]
            sentences = [w for b in told if isinstance(b, Paragraph) for w in b.text.split("。")]
            assert max(map(len, sentences)) <= 120
            assert "None" not in words(report)


def test_the_nations_mid_term_report_tells_its_figures_and_what_is_missing() -> None:
    report = nation()
    said = words(report)
    assert report.mark == ""
    assert "孕产妇死亡率由2010年的30.0/10万降至2015年的20.1/10万，距2020年不高于20/10万的目标差0.1/10万。" in said
    assert "须由指标来源单位补充" in said
    assert not [s for s in report.sections if "区（市）县" in s.title]


def test_a_final_report_concludes_and_forecasts_nothing() -> None:
    said = words(nation(2020))
    assert "规划期满" in said
    assert "预计" not in said.split("规划期满")[1].split("\n")[0]
    assert "没有实现2020年" in said


def test_english_is_english() -> None:
    said = words(city("en"))
    assert "Maternal mortality ratio fell from 9.90 per 100,000 in 2020 to 8.60 per 100,000 in 2025" in said
    assert not [c for c in said.replace("小城市统计局", "") if "一" <= c <= "鿿"], "beside the name of a source"


def test_the_same_report_is_the_same_bytes_and_comes_back_from_its_snapshot() -> None:
    report = keyed(city())
    again = loaded(dumped(report))
    assert again == report
    assert pdf(again) == pdf(report)
    assert word(again) == word(report)


def test_word_turns_the_annex_and_repeats_heads() -> None:
    document = Document(io.BytesIO(word(city())))
    sides = [s.page_width > s.page_height for s in document.sections]
    assert True in sides
    assert not sides[-1]
    heads = [t._tbl.tr_lst[0].find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") for t in document.tables if len(t.rows) > 1]
    assert all(head is not None for head in heads)
