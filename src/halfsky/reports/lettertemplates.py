"""The three letters that press for a warning to be put right, as Word templates that an office may edit.

提醒函 reminds, 督办单 orders, 约谈通知书 summons for a talk. Form after GB/T 9704: the title in 方正小标宋, the text in 仿宋 of
16 points on a line of 28 points, two characters indented; signature and date to the right.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from halfsky.plan import Text
from halfsky.reports.report.wordfonts import FANG, HEI, LATIN, TITLE, declare_fonts
from halfsky.reports.wordtemplates import Slot, TemplateKind, fixed, register_template

_BODY, _LINE = 16.0, 28.0
_EPOCH = datetime(2021, 1, 1)  # templates carry no date of their own
_RIGHT, _CENTRE, _BOTH = WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.JUSTIFY


def _slot(zh: str, en: str, sample: str, *, required: bool = False) -> Slot:
    return Slot(Text(zh=zh, en=en), sample, required)


SLOTS: dict[str, Slot] = {
    "mark": _slot("演示数据标记（真实数据时为空）", "Mark of demonstration data (empty for real figures)", ""),
    "number": _slot("发文字号", "Number of the letter", "小妇儿工委办提醒〔2026〕1号", required=True),
    "to": _slot("主送单位", "Addressee", "小城市卫生健康委员会", required=True),
    "office": _slot("发文机关署名", "Issuing office", "小城市妇女儿童工作委员会办公室", required=True),
    "date": _slot("成文日期", "Date", "2026年11月25日", required=True),
    "plan": _slot("规划名称", "The plan", "小城市妇女发展规划（2021—2030年）"),
    "clauses": _slot("条款", "Clauses", "主要目标G1.1"),
    "indicator": _slot("指标", "Indicator", "孕产妇死亡率"),
    "place": _slot("地区", "Place", "小城市"),
    "level": _slot("预警级别", "Level of the warning", "红色"),
    "raised": _slot("预警日期", "Day of the warning", "2026年10月8日"),
    "verdict": _slot("判定", "The verdict", "2025年监测值为17.5/10万，未达到2025年阶段目标（9/10万以下）。"),
    "why": _slot("发函事由", "Why the letter is sent", "截至2026年11月25日，贵单位应于2026年10月18日前完成的整改答复已逾期38天。"),
    "earlier": _slot("此前发出的函件（可为空）", "Letters before (may be empty)", ""),
    "request": _slot("要求", "What is asked", "报送原因分析、整改措施和完成时限"),
    "by": _slot("办理期限", "By when", "2026年12月10日"),
    "talk_at": _slot("约谈时间（仅约谈）", "Time of the talk", "2026年12月3日（星期四）14时30分"),
    "talk_place": _slot("约谈地点（仅约谈）", "Place of the talk", "市政府第三会议室"),
}  # fmt: skip


def _run(paragraph: Any, words: str, font: str = FANG, size: float = _BODY, *, bold: bool = False) -> Any:
    run = paragraph.add_run(words)
    run.font.size, run.font.name, run.font.bold = Pt(size), LATIN, bold
    fonts = run._r.get_or_add_rPr().get_or_add_rFonts()
    for slot, name in (("ascii", LATIN), ("hAnsi", LATIN), ("cs", LATIN), ("eastAsia", font)):
        fonts.set(qn(f"w:{slot}"), name)
    return run


def _line(document: Any, words: str, *, align: Any = _BOTH, indent: int = 2, **look: Any) -> Any:
    """A paragraph; ``indent`` in characters of the body."""
    paragraph = document.add_paragraph()
    form = paragraph.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(_LINE)
    form.first_line_indent, paragraph.alignment = Pt(_BODY * indent), align
    _run(paragraph, words, **look)
    return paragraph


def _sheet(title: str) -> Any:
    """An empty page of an official letter: margins, the mark of demonstration data, title and number."""
    document = Document()
    declare_fonts(document)
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = (
        Mm(37),
        Mm(35),
        Mm(28),
        Mm(26),
    )
    core = document.core_properties
    core.title, core.author, core.last_modified_by, core.comments, core.keywords = title, "Halfsky", "Halfsky", "", ""
    core.created = core.modified = _EPOCH
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = LATIN, Pt(_BODY)
    properties = normal.element.get_or_add_rPr()
    properties.get_or_add_rFonts().set(qn("w:eastAsia"), FANG)
    language = OxmlElement("w:lang")  # or a processor takes the glyphs of another script's fonts
    language.set(qn("w:val"), "en-US")
    language.set(qn("w:eastAsia"), "zh-CN")
    properties.append(language)
    head = section.header.paragraphs[0]
    head.alignment = _RIGHT
    _run(head, "{{ mark }}", HEI, 10.5).font.color.rgb = RGBColor(0x8A, 0x2C, 0x0D)
    return document


def _titled(document: Any, lines: Sequence[str]) -> None:
    for words in lines:
        paragraph = _line(document, words, align=_CENTRE, indent=0, font=TITLE, size=22)
        paragraph.paragraph_format.line_spacing = Pt(34)
    _line(document, "{{ number }}", align=_CENTRE, indent=0)
    _line(document, "", indent=0)


def _signed(document: Any) -> None:
    """The signature and the date, four characters from the right edge as 成文日期 asks; never alone on a page."""
    last = document.paragraphs[-1]
    for paragraph in (last, _line(document, "", indent=0)):
        paragraph.paragraph_format.keep_with_next = True
    for words, inset in (("{{ office }}", 2), ("{{ date }}", 4)):
        paragraph = _line(document, words, align=_RIGHT, indent=0)
        paragraph.paragraph_format.right_indent = Pt(_BODY * inset)
        paragraph.paragraph_format.keep_with_next = words != "{{ date }}"


def _saved(document: Any) -> bytes:
    content = io.BytesIO()
    document.save(content)
    return fixed(content.getvalue())


def reminder() -> bytes:
    """提醒函, the mildest."""
    document = _sheet("提醒函")
    _titled(document, ["关于{{ place }}“{{ indicator }}”", "预警整改的提醒函"])
    _line(document, "{{ to }}：", indent=0)
    _line(
        document,
        "{{ raised }}，{{ place }}“{{ indicator }}”（《{{ plan }}》{{ clauses }}）发出{{ level }}预警，由贵单位牵头整改。{{ verdict }}",
    )
    _line(document, "{{ why }}{{ earlier }}")
    _line(
        document,
        "请贵单位高度重视，抓紧核实情况、查找原因，会同有关单位采取有效措施，并于{{ by }}前{{ request }}。工作中如有困难和问题，请及时与我办联系。",
    )
    _line(document, "特此提醒。")
    _signed(document)
    return _saved(document)


def order() -> bytes:
    """督办单, a form: what is supervised, who answers, by when."""
    document = _sheet("督办单")
    _titled(document, ["妇女发展规划预警整改督办单"])
    rows = (
        ("承办单位", "{{ to }}"),
        ("督办事项", "{{ place }}“{{ indicator }}”预警整改（《{{ plan }}》{{ clauses }}）"),
        ("预警级别", "{{ level }}预警，{{ raised }}发出"),
        ("监测情况", "{{ verdict }}"),
        ("督办缘由", "{{ why }}{{ earlier }}"),
        (
            "督办要求",
            "请你单位主要负责同志牵头，逐项明确责任、措施和进度，于{{ by }}前{{ request }}。逾期未办结的，将按规定约谈。",
        ),
        ("办理期限", "{{ by }}"),
    )
    table = document.add_table(rows=0, cols=2)
    table.style, table.autofit = "Table Grid", False
    for column, width in zip(table.columns, (32, 124), strict=True):
        column.width = Mm(width)
    for name, words in rows:
        cells = table.add_row().cells
        for cell, width, content, font in ((cells[0], 32, name, HEI), (cells[1], 124, words, FANG)):
            cell.width = Mm(width)
            paragraph = cell.paragraphs[0]
            form = paragraph.paragraph_format
            form.space_before = form.space_after = Pt(4)
            form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(24)
            paragraph.alignment = _CENTRE if font is HEI else WD_ALIGN_PARAGRAPH.LEFT
            _run(paragraph, content, font, 14)
            _middle(cell)
        _whole(table.rows[-1])
    _signed(document)
    return _saved(document)


def summons() -> bytes:
    """约谈通知书, the last."""
    document = _sheet("约谈通知书")
    _titled(document, ["关于{{ place }}“{{ indicator }}”", "预警整改的约谈通知书"])
    _line(document, "{{ to }}：", indent=0)
    _line(
        document,
        "{{ raised }}，{{ place }}“{{ indicator }}”（《{{ plan }}》{{ clauses }}）发出{{ level }}预警，由你单位牵头整改。{{ verdict }}",
    )
    _line(document, "{{ why }}{{ earlier }}")
    _line(document, "根据妇女发展规划监测评估工作有关规定，决定对你单位进行约谈。现将有关事项通知如下。")
    for head, words in (
        ("一、约谈对象。", "你单位主要负责同志和分管负责同志。"),
        ("二、约谈时间和地点。", "{{ talk_at }}，{{ talk_place }}。"),
        (
            "三、有关要求。",
            "请准备书面材料，说明原因、已采取的措施和下一步打算。约谈后，请于{{ by }}前{{ request }}。",
        ),
    ):
        _run(_line(document, head, font=HEI), words)
    _signed(document)
    return _saved(document)


def _middle(cell: Any) -> None:
    properties = cell._tc.get_or_add_tcPr()
    align = OxmlElement("w:vAlign")
    align.set(qn("w:val"), "center")
    properties.append(align)


def _whole(row: Any) -> None:
    """A row of the form stays on one page."""
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))


def _kind(code: str, name: Text, built_in: Callable[[], bytes], *left_out: str) -> TemplateKind:
    slots = {key: slot for key, slot in SLOTS.items() if key not in left_out}
    return register_template(TemplateKind(code, name, slots, built_in))


LETTER_KINDS: dict[str, TemplateKind] = {
    "remind": _kind("letter-remind", Text(zh="提醒函", en="Reminder letter"), reminder, "talk_at", "talk_place"),
    "supervise": _kind("letter-supervise", Text(zh="督办单", en="Supervision order"), order, "talk_at", "talk_place"),
    "summon": _kind("letter-summon", Text(zh="约谈通知书", en="Summons for a talk"), summons),
}
