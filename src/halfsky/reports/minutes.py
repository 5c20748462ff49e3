"""The minutes of a meeting 会议纪要 as a Word document, after the form of GB/T 9704 for minutes: a red head, a number,
who was there, what was said on each point, what was decided with who does it and by when."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from halfsky.oversight.models import Attendance, Meeting
from halfsky.oversight.queries import Office, office_names
from halfsky.plan import Plan, Text
from halfsky.reports.report.wordfonts import FANG, HEI, KAI, LATIN, TITLE, declare_fonts
from halfsky.reports.report.wordtables import element
from halfsky.reports.wordtemplates import fixed

_BODY, _LINE = 16.0, 28.0  # 三号, on a line of 28 points
_RED = RGBColor(0xE0, 0x12, 0x12)
_NUMERALS = "一二三四五六七八九十"
_LEFT, _CENTRE, _BOTH = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.JUSTIFY


def minutes_document(plan: Plan, meeting: Meeting) -> bytes:
    """The whole document; the same minutes give the same bytes. Until they are issued they say that they are a draft."""
    names = office_names(plan)
    document = Document()
    declare_fonts(document)
    _page(document, plan, meeting)
    _head(document, plan, meeting)
    title = _line(document, f"{meeting.title}纪要", align=_CENTRE, indent=0, font=TITLE, size=22)
    title.paragraph_format.space_before, title.paragraph_format.space_after = Pt(24), Pt(18)
    title.paragraph_format.line_spacing = Pt(34)
    _opening(document, meeting)
    _points(document, meeting)
    _decisions(document, meeting, names)
    _attendance(document, meeting, names)
    content = io.BytesIO()
    document.save(content)
    return fixed(content.getvalue())


def chinese_day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _page(document: Any, plan: Plan, meeting: Meeting) -> None:
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.top_margin, page.bottom_margin, page.left_margin, page.right_margin = Mm(37), Mm(35), Mm(28), Mm(26)
    normal = document.styles["Normal"]
    normal.font.size, normal.font.name = Pt(_BODY), LATIN
    normal.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FANG)
    core, made = document.core_properties, timezone.make_naive(meeting.starts)
    core.title, core.author, core.last_modified_by = (
        f"{meeting.title}纪要",
        f"{plan.place[meeting.region].name.zh}妇儿工委办",
        "",
    )
    core.created = core.modified = datetime(made.year, made.month, made.day)
    core.comments, core.revision = "演示数据" if meeting.demonstration else "", 1
    footer = page.footer.paragraphs[0]
    footer.alignment = _CENTRE
    for words, code in (("— ", ""), ("", "begin"), ("", "PAGE"), ("", "separate"), ("1", ""), ("", "end"), (" —", "")):
        run = _run(footer, words, size=14)
        if code == "PAGE":
            instruction = element("w:instrText")
            instruction.text = code
            run._r.append(instruction)
        elif code:
            run._r.append(element("w:fldChar", fldCharType=code))


def _head(document: Any, plan: Plan, meeting: Meeting) -> None:
    """The red head of minutes, its number and day between two lines; what is a draft or generated says so."""
    body = f"{plan.place[meeting.region].name.zh}妇女儿童工作委员会"
    head = _line(document, body, align=_CENTRE, indent=0, font=TITLE, size=26, colour=_RED)
    head.paragraph_format.line_spacing = Pt(40)
    second = _line(document, "会 议 纪 要", align=_CENTRE, indent=0, font=TITLE, size=36, colour=_RED)
    second.paragraph_format.line_spacing, second.paragraph_format.space_after = Pt(54), Pt(10)
    day = timezone.localdate(meeting.starts)
    number = f"〔{day.year}〕{meeting.number}号" if meeting.number else "（未印发稿）"
    issued = timezone.localdate(meeting.issued_at) if meeting.issued_at else None
    _line(document, number, align=_CENTRE, indent=0)
    line = _line(document, f"{body}办公室", align=_LEFT, indent=0)
    line.paragraph_format.tab_stops.add_tab_stop(Mm(156), WD_TAB_ALIGNMENT.RIGHT)
    _run(line, f"\t{chinese_day(issued)}" if issued else "\t")
    edge = element("w:pBdr")
    edge.append(element("w:bottom", val="single", sz="18", space="4", color="E01212"))
    line._p.get_or_add_pPr().insert_element_before(edge, "w:tabs", "w:spacing", "w:ind", "w:jc")
    if meeting.demonstration:
        _line(
            document, "演示数据：本纪要为软件演示生成，不是真实会议的记录。", align=_CENTRE, indent=0, font=KAI, size=12
        )


def _opening(document: Any, meeting: Meeting) -> None:
    start = timezone.localtime(meeting.starts)
    half = "上午" if start.hour < 12 else "下午" if start.hour < 18 else "晚上"
    where = f"在{meeting.venue}" if meeting.venue else ""
    present = meeting.attendances.filter(presence=Attendance.Presence.PRESENT).count()
    held = (
        f"{meeting.chair}{where}主持召开{meeting.title}" if meeting.chair else f"{meeting.title}{where or '如期'}召开"
    )
    said = f"{chinese_day(start.date())}{half}，{held}"
    count = meeting.agenda.count()
    asked = f"会议研究了{_number(count)}项议题，" if count else ""
    body = f"{said}。{present}个单位的负责同志参加会议。{asked}现将会议情况纪要如下："
    _line(document, body)


def _number(count: int) -> str:
    return _NUMERALS[count - 1].replace("二", "两") if 0 < count <= 10 else str(count)


def numeral(n: int) -> str:
    """一, 十一, 二十一: of headings, from 1 on."""
    tens, ones = divmod(n, 10)
    head = "" if not tens else "十" if tens == 1 else f"{_NUMERALS[tens - 1]}十"
    return head + (_NUMERALS[ones - 1] if ones else "")


def _points(document: Any, meeting: Meeting) -> None:
    for n, item in enumerate(meeting.agenda.all(), start=1):
        head = _line(document, f"{numeral(n)}、{item.title}", font=HEI)
        head.paragraph_format.keep_with_next = True
        for paragraph in (item.words or "（会议情况待补）").split("\n"):
            _line(document, paragraph)


def _decisions(document: Any, meeting: Meeting, names: dict[Office, Text]) -> None:
    decisions = list(meeting.decisions.all())
    if not decisions:
        return
    head = _line(document, f"{numeral(meeting.agenda.count() + 1)}、会议议定事项", font=HEI)
    head.paragraph_format.keep_with_next = True
    for n, decision in enumerate(decisions, start=1):
        line = _line(document, f"（{numeral(n)}）{decision.title}。", font=KAI)
        name = names.get((decision.region, decision.unit))
        words = decision.words.strip()
        words += "" if not words or words.endswith(("。", "！", "；")) else "。"
        _run(line, f"{words}（责任单位：{name.zh if name else decision.unit}；完成时限：{chinese_day(decision.due)}）")


def _attendance(document: Any, meeting: Meeting, names: dict[Office, Text]) -> None:
    """Who was there and who was not, after the text, as minutes list them."""
    for presence, word in ((Attendance.Presence.PRESENT, "出席"), (Attendance.Presence.ABSENT, "请假")):
        rows = meeting.attendances.filter(presence=presence)
        if not rows:
            continue
        said = [_who(names.get((a.region, a.unit)), a) for a in rows]
        line = _line(document, f"{word}：", font=HEI)
        if presence == Attendance.Presence.PRESENT:
            line.paragraph_format.space_before = Pt(_LINE)
        _run(line, "、".join(said) + "。")
    if meeting.recorder:
        _run(_line(document, "记录：", font=HEI), meeting.recorder)


def _who(name: Text | None, attendance: Attendance) -> str:
    office = name.zh if name else attendance.unit
    return f"{office}{attendance.person}"


def _line(
    document: Any,
    words: str,
    *,
    align: Any = _BOTH,
    indent: int = 2,
    font: str = FANG,
    size: float = _BODY,
    colour: Any = None,
) -> Any:
    """A paragraph; ``indent`` in characters of the body."""
    paragraph = document.add_paragraph()
    form = paragraph.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing_rule, form.line_spacing, form.widow_control = WD_LINE_SPACING.EXACTLY, Pt(_LINE), True
    paragraph.alignment = align
    if indent:
        paragraph._p.get_or_add_pPr().append(
            element("w:ind", firstLineChars=str(100 * indent), firstLine=str(320 * indent))
        )
    _run(paragraph, words, font=font, size=size, colour=colour)
    return paragraph


def _run(paragraph: Any, words: str, *, font: str = FANG, size: float = _BODY, colour: Any = None) -> Any:
    run = paragraph.add_run(words)
    run.font.size, run.font.name, run.font.bold = Pt(size), LATIN, False
    if colour is not None:
        run.font.color.rgb = colour
    properties = run._r.get_or_add_rPr()
    fonts = properties.get_or_add_rFonts()
    for slot, name in (("ascii", LATIN), ("hAnsi", LATIN), ("cs", LATIN), ("eastAsia", font)):
        fonts.set(qn(f"w:{slot}"), name)
    properties.append(element("w:lang", val="en-US", eastAsia="zh-CN"))
    return run
