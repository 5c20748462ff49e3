"""The Word template of reports: cover, contents, page and styles, with one slot into which the composed text is put."""

from __future__ import annotations

import io
from copy import deepcopy
from datetime import date, datetime
from typing import Any

from docx import Document
from docx.oxml.ns import qn
from docx.shared import RGBColor

from halfsky.places.actions import refuse
from halfsky.plan import Text
from halfsky.reports.report.looks import look_of
from halfsky.reports.report.model import Report
from halfsky.reports.report.word import (
    chapters,
    contents,
    fact,
    set_page,
    set_properties,
    set_styles,
    title_page,
    write_sections,
)
from halfsky.reports.wordtemplates import Slot, TemplateKind, filled, fixed, register_template

BODY = "〖正文〗"
# Styles that the text is written in, by name; those that a template lacks are added to it.
_STYLES = (
    "Title",
    "Heading 1",
    "Heading 2",
    "Heading 3",
    "Caption",
    "Table Text",
    "Table Head",
    "Entry",
    "Figure",
    "Note",
    "Term",
    "toc 1",
    "toc 2",
)
_BY_ID = {"TableText": "Table Text", "TableHead": "Table Head", "Entry": "Entry", "Term": "Term"}


def templated(report: Report, template: bytes) -> bytes:
    """A report in an office's template; raises ``Faulty`` with the template's faults. The same arguments give the same bytes."""
    values = {
        "title": report.title, "subtitle": report.subtitle, "number": report.number, "issuer": report.issuer,
        "date": _day(report), "mark": report.mark, "facts": [{"name": n, "value": v} for n, v in report.facts],
        "contents": "\n".join(chapters(report)), "body": BODY,
    }  # fmt: skip
    document = Document(io.BytesIO(filled(template, REPORT, values)))
    look = look_of(report.look, zh=report.language == "zh")
    _adopt_styles(document, report)
    place = _body_of(document)
    after = list(place.itersiblings())[:-1]  # all that the template has below, but for the last section's own element
    for element in (place, *after):
        element.getparent().remove(element)
    write_sections(document, report, look)
    for element in after:
        document.element.body.insert_element_before(element, "w:sectPr")
    _real_ids(document)
    set_properties(document, report)
    _marked(document, report.mark)
    made = io.BytesIO()
    document.save(made)
    return fixed(made.getvalue())


def _day(report: Report) -> str:
    day = report.made
    return f"{day.year}年{day.month}月{day.day}日" if report.language == "zh" else day.isoformat()


def _body_of(document: Any) -> Any:
    """The paragraph for the text; raises ``Faulty`` where it does not stand by itself."""
    for paragraph in document.paragraphs:
        if paragraph.text.strip() == BODY:
            return paragraph._p
    raise refuse(
        "template-body", "填充项 {{ body }} 须独占一段，不能放在表格、文本框或其他文字中。",
        "The slot {{ body }} needs a paragraph of its own, outside tables, boxes and other words.",
    )  # fmt: skip


def _adopt_styles(document: Any, report: Report) -> None:
    fresh = Document()
    set_styles(fresh, report, look_of(report.look, zh=report.language == "zh"))
    known = {style.name for style in document.styles}
    for name in _STYLES:
        if name not in known:
            document.styles.element.append(deepcopy(fresh.styles[name].element))


def _real_ids(document: Any) -> None:
    """Word processors may rename a style's id and keep its name; the text goes by the name."""
    ids = {known: document.styles[name].style_id for known, name in _BY_ID.items()}
    for tag in ("w:pStyle", "w:rStyle"):
        for element in document.element.body.iter(qn(tag)):
            value = element.get(qn("w:val"))
            if ids.get(value, value) != value:
                element.set(qn("w:val"), ids[value])


def _marked(document: Any, mark: str) -> None:
    """The mark of demonstration data stands on every page, whatever the template does with its slot."""
    if not mark:
        return
    for section in document.sections:
        headers = [section.header, section.first_page_header, section.even_page_header]
        for header in headers:
            if header.is_linked_to_previous and section is not document.sections[0]:
                continue
            if mark not in "".join(p.text for p in header.paragraphs):
                header.paragraphs[0].insert_paragraph_before().add_run(mark).font.color.rgb = RGBColor(0x8A, 0x2C, 0x0D)


def built_in() -> bytes:
    """The layout of reports as they are written without a template, with slots in place of words."""
    report = Report(
        language="zh", title="{{ title }}", subtitle="{{ subtitle }}", issuer="", number="{{ number }}", facts=(),
        made=date(2026, 1, 1), mark="{{ mark }}", sections=(),
    )  # fmt: skip
    document, look = Document(), look_of(report.look, zh=True)
    set_styles(document, report, look)
    set_page(document, report, look)
    title_page(document, report)
    document.add_paragraph("{%p for fact in facts %}")
    fact(document, "{{ fact.name }}", "{{ fact.value }}")
    document.add_paragraph("{%p endfor %}")
    contents(document, "zh", [(1, "{{ contents }}", "")])
    document.add_paragraph("{{ body }}")
    core = document.core_properties
    core.title, core.author, core.comments, core.subject, core.language = "", "", "", "", "zh-CN"
    core.created = core.modified = datetime(2026, 1, 1)
    made = io.BytesIO()
    document.save(made)
    return fixed(made.getvalue())


def _has_body(sample: bytes) -> None:
    _body_of(Document(io.BytesIO(sample)))


def _t(zh: str, en: str) -> Text:
    return Text(zh=zh, en=en)


_SLOTS = {
    "title": Slot(_t("规划名称", "Title of the plan"), "大连市妇女发展规划（2021—2030年）", required=True),
    "subtitle": Slot(_t("文件名称", "Name of the document"), "2025年度监测报告", required=True),
    "number": Slot(_t("文号", "Number"), "监测报告〔2026〕3号", required=True),
    "issuer": Slot(_t("发文地区", "Issuer"), "大连市"),
    "date": Slot(_t("判定日期", "Date of the assessment"), "2026年4月2日"),
    "mark": Slot(_t("演示数据标注；没有演示数据时为空", "Mark of demonstration data; empty without any"), "演示数据，仅供演示，不是真实统计数据"),
    "facts": Slot(_t("封面事项", "Facts on the cover"), [{"name": "监测年度", "value": "2025年"}, {"name": "规划期", "value": "2021—2030年"}]),
    "contents": Slot(_t("目录；在 Word 中更新域后有页码", "Contents; updating the field in Word gives page numbers"), "一、摘要"),
    "body": Slot(_t("正文，须独占一段；字体字号随模板中的样式", "The text, in a paragraph of its own; it follows the template's styles"), BODY, required=True),
}  # fmt: skip

REPORT = register_template(TemplateKind("report", _t("监测报告", "Monitoring reports"), _SLOTS, built_in, _has_body))
