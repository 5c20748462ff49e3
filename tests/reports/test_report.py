"""What the annual monitoring report says, and that Word and PDF say it alike and the same every time."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from lxml import etree
from pypdf import PdfReader

from halfsky.alerts.queries import warnings_in
from halfsky.assess import Flag, Standing
from halfsky.reports.report.compose import compose
from halfsky.reports.report.model import Entries, Paragraph, Report, Table
from halfsky.reports.report.pdf import pdf
from halfsky.reports.report.phrases import chance, chinese_number
from halfsky.reports.report.word import word
from halfsky.reports.words import unit_name
from tests.reports import sample


def report(language: Any = "zh", *, demonstration: bool = True) -> Report:
    verdicts = sample.verdicts(demonstration=demonstration)
    return compose(
        plan=sample.plan(), figures=sample.figures(demonstration=demonstration), verdicts=verdicts,
        warnings=warnings_in(verdicts, sample.plan().alerting), as_of=2025, language=language, made=date(2026, 3, 1),
    )  # fmt: skip


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def _own_cache(settings: Any, cache: Path) -> None:
    settings.CACHE_DIR = cache


def texts(content: Report) -> Iterator[str]:
    for section in content.sections:
        yield section.heading
        for block in section.blocks:
            match block:
                case Paragraph():
                    yield block.text
                case Entries():
                    yield from (f"{entry.term}　{entry.words}" for entry in block.entries)
                case Table():
                    yield block.caption
                    yield from (c.head for c in block.columns)
                    yield from (c.text for row in block.rows for c in row)


def table(content: Report, caption: str) -> Table:
    return next(b for s in content.sections for b in s.blocks if isinstance(b, Table) and caption in b.caption)


def test_chapters_are_numbered_as_official_documents_are() -> None:
    headings = [s.heading for s in report().sections if s.level == 1]
    assert headings == [
        "一、摘要", "二、妇女与健康", "三、预警", "四、各区（市）县情况", "五、监测与判定方法", "附件1：指标解释", "附件2：资料来源",
    ]  # fmt: skip
    assert "（二）目标值监测表" in [s.heading for s in report().sections]
    assert "2.2 Targets" in [s.heading for s in report("en").sections]


def test_the_summary_counts_and_names_the_first_concern() -> None:
    said = "\n".join(texts(report()))
    assert "大连市层面判定目标值2项，已达标和预计达标1项，占50.0%；预计达标困难1项。" in said
    assert "与上年可比的2项中，向好1项、变差1项。" in said
    first = [c.text for c in table(report(), "需要优先关注的目标").rows[0]]
    assert first == ["橙色", "G1.1", "孕产妇死亡率", "8.60/10万", "不高于8/10万", "—", "23%", "预计达标困难"]


def test_the_table_of_targets_has_clause_unit_target_two_years_status_and_probability() -> None:
    rows = [[c.text for c in row] for row in table(report(), "目标值监测表").rows]
    assert rows[0][:2] == ["G1.1", "孕产妇死亡率（1/10万）"]
    assert rows[0][2] == "不高于9/10万（2025年）；不高于8/10万"
    assert rows[0][3:] == ["8.40", "8.60", "预计达标困难", "23%"]


def test_what_a_goal_and_a_measure_promise_alike_is_one_row_with_both_clauses() -> None:
    plan = sample.plan()
    again = plan.targets[0].model_copy(update={"id": "M1.1z", "clause": "M1.1"})
    verdicts = sample.verdicts()
    twice = verdicts[0].model_copy(update={"target": "M1.1z", "clause": "M1.1"})
    content = compose(
        plan=plan.model_copy(update={"targets": (*plan.targets, again)}), figures=sample.figures(),
        verdicts=(*verdicts, twice), warnings=warnings_in((*verdicts, twice), plan.alerting), as_of=2025, language="zh", made=date(2026, 3, 1),
    )  # fmt: skip
    assert [row[0].text for row in table(content, "目标值监测表").rows].count("G1.1\nM1.1") == 1
    assert table(content, "大连市层面预警").rows[0][1].text == "G1.1\nM1.1"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"change": -0.5, "required": 0.4}, "近年不升反降，年均下降0.50个百分点，达标概率23%。"),
        ({"change": 0.2, "required": 0.4}, "近年年均上升0.20个百分点，达标需年均上升0.40个百分点，达标概率23%。"),
        ({"change": 0.5, "required": 0.4, "flags": (Flag.VOLATILE,)}, "近年波动较大，达标概率23%。"),
        ({"change": 0.401, "required": 0.402}, "近年年均上升0.40个百分点，与达标所需大致相当，达标概率23%。"),
        ({"change": 0.001, "required": 0.4}, "近年基本没有变化，达标概率23%。"),
        ({"probability": 0.001}, "差1.50个百分点，达标概率不到1%。"),
        ({"status": Standing.MISSED, "probability": None}, "没有实现2030年不低于70%的目标，差1.50个百分点。"),
        ({"value": Decimal(66), "year": 2024}, "为66.00%（2024年）"),
    ],
)
def test_a_concern_tells_what_happened(changes: dict[str, Any], said: str) -> None:
    verdict = sample.verdicts()[1].model_copy(
        update={"status": Standing.AT_RISK, "probability": 0.23, "gap": Decimal("1.5"), **changes}
    )
    content = compose(plan=sample.plan(), figures=sample.figures(), verdicts=[verdict], warnings=[], as_of=2025,
                      language="zh", made=date(2026, 3, 1))  # fmt: skip
    assert any(said in text and "需要关注的是" in text for text in texts(content)), list(texts(content))


def test_warnings_and_districts_are_complete() -> None:
    content = report()
    assert len(table(content, "大连市层面预警").rows) == 1
    names = [row[0].text for row in table(content, "各区（市）县目标达标情况").rows]
    assert names == [zh for zh, _ in sample.DISTRICTS.values()]
    entries = [e for s in content.sections for b in s.blocks if isinstance(b, Entries) for e in b.entries]
    assert [e.term for e in entries] == [f"{i.name.zh}（{unit_name(i, 'zh')}）" for i in sample.plan().indicators]
    assert all(i.definition.zh.rstrip("。") in e.words for i, e in zip(sample.plan().indicators, entries, strict=True))


def test_every_warning_of_the_region_is_explained() -> None:
    told = [t for t in texts(report()) if t.startswith("G1.1　")]
    assert len(told) == 1
    assert "要求2030年大连市孕产妇死亡率不高于8/10万。" in told[0]
    assert "2030年达标的概率约23%，可能性较小。" in told[0]
    assert any(t.startswith("G1.1. ") and "about 23%: unlikely" in t for t in texts(report("en")))


def test_what_is_missing_is_not_a_zero() -> None:
    island = next(row for row in table(report(), "各区（市）县目标达标情况").rows if row[0].text == "长海县")
    assert "0" not in [c.text for c in island]


def test_the_english_report_is_english() -> None:
    for text in texts(report("en")):
        assert not re.search(r"[\u4e00-\u9fff]", text), text


def test_real_figures_carry_their_sources_and_no_mark() -> None:
    content = report(demonstration=False)
    assert content.mark == ""
    assert "2. 小城市统计局。" in list(texts(content))
    assert not any("演示数据" in text for text in texts(content))


def test_later_figures_do_not_reach_the_report() -> None:
    verdicts = sample.verdicts()
    content = compose(plan=sample.plan(), figures=sample.figures(), verdicts=verdicts, warnings=[], as_of=2024,
                      language="zh", made=date(2025, 3, 1))  # fmt: skip
    row = table(content, "目标值监测表").rows[0]
    assert [c.text for c in row[3:5]] == ["9.10", "8.40"]


def test_withheld_verdicts_are_owned_up_to() -> None:
    content = compose(plan=sample.plan(), figures=sample.figures(), verdicts=[], warnings=[], as_of=2025,
                      language="zh", made=date(2025, 3, 1), withheld=3)  # fmt: skip
    assert any("另有3项判定涉及不公开的数据" in text for text in texts(content))


def test_word_has_chinese_fonts_language_repeated_heads_and_whole_rows() -> None:
    document = Document(io.BytesIO(word(report())))
    normal = document.styles["Normal"].element.rPr
    assert normal.rFonts.get(qn("w:eastAsia")) == "仿宋"
    assert normal.find(qn("w:lang")).get(qn("w:eastAsia")) == "zh-CN"
    assert document.styles["Heading 1"].element.rPr.rFonts.get(qn("w:eastAsia")) == "黑体"
    for made in document.tables:
        rows = made._tbl.tr_lst
        pictures = list(made._tbl.iter(qn("w:drawing")))
        assert (rows[0].trPr.find(qn("w:tblHeader")) is not None) != bool(pictures)
        assert all(row.trPr.find(qn("w:cantSplit")) is not None for row in rows)
    page = document.sections[0]
    assert [round(v.mm) for v in (page.page_width, page.page_height)] == [210, 297]
    assert [round(v.mm) for v in (page.top_margin, page.bottom_margin, page.left_margin, page.right_margin)] == [
        37,
        35,
        28,
        26,
    ]


def test_word_marks_every_page_numbers_them_and_describes_its_pictures() -> None:
    content = word(report())
    document = Document(io.BytesIO(content))
    page = document.sections[0]
    for header in (page.header, page.even_page_header, page.first_page_header):
        assert "演示数据" in header.paragraphs[0].text
    assert "PAGE" in etree.tostring(page.footer._element).decode()
    pictures = [e for e in document.element.body.iter() if etree.QName(e).localname == "docPr"]
    assert len(pictures) == len(report().figures)
    assert all(p.get("descr") for p in pictures)
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None


def test_word_says_what_was_composed() -> None:
    document = Document(io.BytesIO(word(report())))
    said = {p.text for p in document.paragraphs}
    said |= {p.text for t in document.tables for row in t.rows for cell in row.cells for p in cell.paragraphs}
    for text in texts(report()):
        assert any(text == line or line.endswith(f" {text}") for line in said), text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_pdf_is_archival_tagged_and_marked_on_every_page(language: Any) -> None:
    content = report(language)
    reader = PdfReader(io.BytesIO(pdf(content)))
    metadata = reader.trailer["/Root"]["/Metadata"].get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.metadata is not None
    assert content.subtitle in str(reader.metadata.title)
    pages = [re.sub(r"\s", "", page.extract_text()) for page in reader.pages]
    mark = re.sub(r"\s", "", content.mark)
    assert all(mark in page for page in pages)
    assert all(f"—{i}—" in page for i, page in enumerate(pages[1:], 2))
    whole = "".join(pages)
    assert "2.小城市统计局" not in whole
    for section in content.sections:
        assert re.sub(r"\s", "", section.heading) in whole


def test_the_same_report_is_the_same_bytes() -> None:
    assert pdf(report()) == pdf(report())
    assert word(report()) == word(report())


def test_small_words() -> None:
    assert [chinese_number(n) for n in (1, 9, 10, 11, 20, 21)] == ["一", "九", "十", "十一", "二十", "二十一"]
    assert [chance(p) for p in (None, 0.0, 0.004, 0.5, 0.996, 1.0)] == ["—", "<1%", "<1%", "50%", ">99%", ">99%"]


def test_a_district_has_a_report_of_its_own() -> None:
    verdicts = sample.verdicts(demonstration=True)
    content = compose(
        plan=sample.plan(), figures=sample.figures(demonstration=True), verdicts=verdicts,
        warnings=warnings_in(verdicts, sample.plan().alerting), as_of=2025, language="zh", made=date(2026, 3, 1), region="210211",
    )  # fmt: skip
    said = "\n".join(texts(content))
    assert content.subtitle == "甘井子区2025年度监测报告"
    assert "约束到甘井子区的目标值1项，监测指标1个" in said
    assert "孕产妇死亡率" not in said
    assert "甘井子区层面" in said
    assert "各区（市）县" not in said


def test_word_has_contents_that_lead_to_their_headings_and_stand_ins_for_its_fonts() -> None:
    content = report()
    package = zipfile.ZipFile(io.BytesIO(word(content)))
    body = etree.fromstring(package.read("word/document.xml"))
    links = {link.get(qn("w:anchor")): "".join(link.itertext(qn("w:t"))) for link in body.iter(qn("w:hyperlink"))}
    marked = {
        start.get(qn("w:name")): "".join(start.getparent().itertext(qn("w:t"))) for start in body.iter(qn("w:bookmarkStart"))
    }  # fmt: skip
    assert list(links.values()) == [s.heading for s in content.sections if s.level == 1]
    assert all(marked[anchor] == heading for anchor, heading in links.items())
    asked = [code.text for code in body.iter(qn("w:instrText"))]
    assert asked == [f"PAGEREF {anchor} \\h" for anchor in links]
    fonts = etree.fromstring(package.read("word/fontTable.xml"))
    instead = {f.get(qn("w:name")): f[0].get(qn("w:val")) for f in fonts}
    assert "仿宋_GB2312" in instead["仿宋"]
    assert "宋体" in instead["方正小标宋简体"]


def test_the_head_of_a_long_table_stays_with_its_first_rows() -> None:
    content = report()
    body = etree.fromstring(zipfile.ZipFile(io.BytesIO(word(content))).read("word/document.xml"))
    for made in body.iter(qn("w:tbl")):
        rows = made.findall(qn("w:tr"))
        if rows[0].find(f".//{qn('w:tblHeader')}") is not None and len(rows) > 3:
            assert all(row.find(f".//{qn('w:keepNext')}") is not None for row in rows[:2])
