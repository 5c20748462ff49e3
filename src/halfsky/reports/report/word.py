"""The report as a Word document that an office can go on editing; layout after GB/T 9704.

Chinese text carries eastAsia fonts and the language zh-CN, so that Word neither falls back to a Latin
font nor underlines every word. The same report gives the same bytes.
"""

from __future__ import annotations

import io
from datetime import datetime, time
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt, RGBColor

from halfsky.reports.charts import render_png
from halfsky.reports.report.looks import Look, look_of
from halfsky.reports.report.model import Block, Entries, Figure, Pair, Paragraph, Report, Section, Table
from halfsky.reports.report.wordtables import HEI, borders, element, run_of, table_of, text_width
from halfsky.reports.wordtemplates import fixed

SONG, FANG, KAI, TITLE = "宋体", "仿宋", "楷体", "方正小标宋简体"
LATIN = "Times New Roman"
_SHORT_SIDE, _LONG_SIDE = 210, 297  # of A4, in millimetres
_PNG_SCALE = 2  # 200 dots an inch at the width of the text, 240 at half of it
_ALIGN = {"left": WD_ALIGN_PARAGRAPH.LEFT, "center": WD_ALIGN_PARAGRAPH.CENTER, "right": WD_ALIGN_PARAGRAPH.RIGHT}


def word(report: Report) -> bytes:
    """The whole document."""
    document = Document()
    look = look_of(report.look, zh=report.language == "zh")
    set_properties(document, report)
    set_styles(document, report, look)
    set_page(document, report, look)
    if report.look == "sheet":
        _sheet_head(document, report)
    else:
        title_page(document, report)
        contents(document, report.language, chapters(report), depth_of(report))
    write_sections(document, report, look)
    content = io.BytesIO()
    document.save(content)
    return fixed(content.getvalue())


def write_sections(document: Any, report: Report, look: Look) -> None:
    """All that a report says, at the end of a document that has the styles."""
    for before, section in zip((None, *report.sections), report.sections, strict=False):
        wide = section.page == "wide"
        turned = wide or (before is not None and before.page == "wide")
        if turned:  # each wide section has pages of its own
            _turn(document, look, wide=wide)
        _section(document, section, look, begin=section.starts_page and not turned and report.look != "sheet")


def set_properties(document: Any, report: Report) -> None:
    made = datetime.combine(report.made, time())
    core = document.core_properties
    core.title, core.subject, core.author = f"{report.title} {report.subtitle}", report.number, report.issuer
    core.last_modified_by, core.comments, core.keywords = report.issuer, report.mark, ""
    core.language = "zh-CN" if report.language == "zh" else "en-GB"
    core.created = core.modified = made
    core.revision = 1


def _font(style: Any, size: float, east_asian: str, *, latin: str = LATIN, language: str) -> None:
    font = style.font
    font.size, font.name, font.bold, font.italic = Pt(size), latin, False, False
    font.color.rgb = RGBColor(0, 0, 0)
    properties = style.element.get_or_add_rPr()
    fonts = properties.get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    for slot, name in (("ascii", latin), ("hAnsi", latin), ("eastAsia", east_asian), ("cs", latin)):
        fonts.set(qn(f"w:{slot}"), name)
    for old in properties.findall(qn("w:lang")):
        properties.remove(old)
    properties.append(element("w:lang", val=language, eastAsia="zh-CN"))


def set_styles(document: Any, report: Report, look: Look) -> None:
    """Body 仿宋, headings 黑体 and 楷体."""
    zh = report.language == "zh"
    language = "en-US" if zh else "en-GB"  # of the Latin words; Chinese ones are always zh-CN
    styles = document.styles
    body = look.body
    normal = styles["Normal"]
    _font(normal, body, FANG, language=language)
    spacing = normal.paragraph_format
    spacing.space_before = spacing.space_after = Pt(0)
    spacing.line_spacing_rule, spacing.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(look.line)
    spacing.widow_control = True
    for name, size, font in (
        ("Title", 22.0, TITLE),
        ("Heading 1", look.heads[0], HEI),
        ("Heading 2", look.heads[1], KAI),
        ("Heading 3", body, FANG),
    ):
        style = styles[name]
        _font(style, size, font, language=language)
        style.font.bold = not zh
        form = style.paragraph_format
        form.keep_with_next, form.line_spacing_rule = True, WD_LINE_SPACING.SINGLE
        form.space_before, form.space_after = (
            Pt(look.between[0] * (1.6 if name == "Heading 1" else 1)),
            Pt(look.between[1]),
        )
        for name_of in ("w:pBdr", "w:contextualSpacing"):
            for old in list(style.element.iter(qn(name_of))):
                old.getparent().remove(old)
    for name, size, font in (
        ("Table Text", look.table, SONG),
        ("Table Head", look.table, HEI),
        ("Entry", 7.5, SONG),
        ("Figure", body, SONG),
        ("Note", look.note, SONG),
    ):
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = normal
        _font(style, size, font, language=language)
        form = style.paragraph_format
        form.line_spacing_rule = WD_LINE_SPACING.SINGLE
        form.first_line_indent = Pt(0)
    styles["Figure"].paragraph_format.keep_with_next = True
    styles["Entry"].paragraph_format.space_after = Pt(2.5)
    _font(styles.add_style("Term", WD_STYLE_TYPE.CHARACTER), 7.5, HEI, language=language)
    caption = styles["Caption"]
    _font(caption, look.caption, HEI, language=language)
    caption.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    caption.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    caption.paragraph_format.space_before, caption.paragraph_format.space_after = Pt(6), Pt(6)


def set_page(document: Any, report: Report, look: Look) -> None:
    """A4; page numbers outside, — 1 —; the demonstration mark on every page."""
    page = document.sections[0]
    _paper(page, look, wide=False)
    page.different_first_page_header_footer = report.look != "sheet"
    document.settings.odd_and_even_pages_header_footer = True
    for header in (page.header, page.even_page_header, page.first_page_header):
        line = header.paragraphs[0]
        line.style = document.styles["Note"]
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        if report.mark:
            line.add_run(report.mark).font.color.rgb = RGBColor(0x8A, 0x2C, 0x0D)
    for footer, align in ((page.footer, WD_ALIGN_PARAGRAPH.RIGHT), (page.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT)):
        line = footer.paragraphs[0]
        line.style = document.styles["Note"]
        line.alignment = align
        line.paragraph_format.left_indent = line.paragraph_format.right_indent = Pt(14)
        for part in ("— ", "PAGE", " —"):
            run = line.add_run("" if part == "PAGE" else part)
            run.font.size = Pt(look.page_number)
            if part == "PAGE":
                _field(run, "PAGE", "1")


def _paper(page: Any, look: Look, *, wide: bool) -> None:
    """The paper of a section of the document, upright or on its side."""
    width, height = (_LONG_SIDE, _SHORT_SIDE) if wide else (_SHORT_SIDE, _LONG_SIDE)
    page.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
    page.page_width, page.page_height = Mm(width), Mm(height)
    page.top_margin, page.bottom_margin, page.left_margin, page.right_margin = map(Mm, look.margins)
    page.header_distance, page.footer_distance = Mm(look.header), Mm(look.footer)


def _turn(document: Any, look: Look, *, wide: bool) -> None:
    """A new section of the document, upright or on its side, with the headers and footers of those before."""
    page = document.add_section(WD_SECTION.NEW_PAGE)
    page.different_first_page_header_footer = False
    _paper(page, look, wide=wide)


def _sheet_head(document: Any, report: Report) -> None:
    """The title and the facts in a few lines, in place of a title page."""
    for words, size in ((report.title, 16), (report.subtitle, 12)):
        line = document.add_paragraph(style="Title")
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        line.paragraph_format.space_before, line.paragraph_format.space_after = Pt(0), Pt(3)
        line.add_run(words).font.size = Pt(size)
    colon = "：" if report.language == "zh" else ": "
    facts = document.add_paragraph(style="Note")
    facts.paragraph_format.tab_stops.add_tab_stop(Emu(text_width(document)), WD_TAB_ALIGNMENT.RIGHT)
    facts.paragraph_format.space_after = Pt(4)
    facts.add_run(f"{report.number}\t" + "　".join(f"{name}{colon}{value}" for name, value in report.facts))
    facts._p.get_or_add_pPr().insert_element_before(
        borders("pBdr", top=8, bottom=4), "w:tabs", "w:spacing", "w:ind", "w:jc"
    )


def _field(run: Any, code: str, shown: str) -> None:
    instruction = OxmlElement("w:instrText")
    instruction.set(qn("xml:space"), "preserve")
    instruction.text = code
    result = OxmlElement("w:t")
    result.text = shown
    parts = (element("w:fldChar", fldCharType="begin"), instruction, element("w:fldChar", fldCharType="separate"),
             result, element("w:fldChar", fldCharType="end"))  # fmt: skip
    for part in parts:
        run._r.append(part)


def title_page(document: Any, report: Report) -> None:
    title = document.add_paragraph(style="Title")
    title.paragraph_format.space_before = Pt(90)
    for words, size, after in ((report.title, 22, 24), (report.subtitle, 18, 18), (report.number, 14, 80)):
        line = title if words is report.title else document.add_paragraph(style="Title")
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        line.add_run(words).font.size = Pt(size)
        line.paragraph_format.space_after = Pt(after)
    for name, value in report.facts:
        fact(document, name, value)


def fact(document: Any, name: str, value: str) -> None:
    """A line of the title page."""
    line = document.add_paragraph()
    line.paragraph_format.left_indent = Mm(38)
    line.paragraph_format.tab_stops.add_tab_stop(Mm(78))
    line.add_run(f"{name}\t{value}").font.size = Pt(14)


def depth_of(report: Report) -> int:
    """How many levels of headings the contents list."""
    return 2 if report.look == "book" else 1


def chapters(report: Report) -> list[str]:
    """What the contents list."""
    return [s.heading for s in report.sections if s.level <= depth_of(report)]


def contents(document: Any, language: str, headings: list[str], depth: int) -> None:
    """A field that Word fills with page numbers when it opens the file; the headings stand in it from the start."""
    head = document.add_paragraph(style="Note")
    head.paragraph_format.page_break_before = True
    head.alignment = WD_ALIGN_PARAGRAPH.CENTER
    head.paragraph_format.space_after = Pt(14)
    run = head.add_run("目　录" if language == "zh" else "Contents")
    run.font.size = Pt(16)
    lines = [document.add_paragraph() for _ in headings]
    first = lines[0].add_run()
    instruction = OxmlElement("w:instrText")
    instruction.set(qn("xml:space"), "preserve")
    instruction.text = f'TOC \\o "1-{depth}" \\h \\z'
    for part in (
        element("w:fldChar", fldCharType="begin", dirty="true"),
        instruction,
        element("w:fldChar", fldCharType="separate"),
    ):
        first._r.append(part)
    for line, heading in zip(lines, headings, strict=True):
        line.add_run(heading)
    lines[-1].add_run()._r.append(element("w:fldChar", fldCharType="end"))


def _section(document: Any, section: Section, look: Look, *, begin: bool) -> None:
    heading = document.add_heading(section.heading, section.level)
    if begin:
        heading.paragraph_format.page_break_before = True
    if section.level == 1 and look.heads[0] > look.body + 4:
        heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for block in section.blocks:
        _block(document, block)


def _block(document: Any, block: Block) -> None:
    match block:
        case Paragraph():
            line = document.add_paragraph(block.text, style="Note" if block.kind == "note" else "Normal")
            if block.kind != "note":
                _indent(line, document.styles["Normal"].font.size.pt)
            line.paragraph_format.keep_with_next = True if block.kind == "lead" else None
        case Table():
            table_of(document, block)
        case Figure():
            line = document.add_paragraph()
            line.paragraph_format.space_before = Pt(8)
            _picture(line, document.add_paragraph(), block, text_width(document))
        case Pair():
            _pair(document, block)
        case Entries():
            _entries(document, block)


def _picture(line: Any, caption: Any, figure: Figure, width: int) -> None:
    """A chart in one paragraph and its caption in the next, never apart."""
    line.style, caption.style = "Figure", "Caption"
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    content = io.BytesIO(render_png(figure.spec, scale=_PNG_SCALE))
    picture = line.add_run().add_picture(content, width=width)
    picture._inline.docPr.set("descr", figure.alt)
    caption.add_run(figure.caption)


def _pair(document: Any, block: Pair) -> None:
    """A table without rules, of one row that stays whole."""
    table = document.add_table(rows=1, cols=2)
    table.autofit = False
    table._tbl.tr_lst[0].get_or_add_trPr().append(element("w:cantSplit"))
    half = text_width(document) // 2
    for cell, figure in zip(table.rows[0].cells, block.figures, strict=False):
        cell.width = Emu(half)
        _picture(cell.paragraphs[0], cell.add_paragraph(), figure, half - Mm(5))


def _entries(document: Any, block: Entries) -> None:
    """Two columns are a section of their own; the next one has the whole width again."""
    _columns(document.add_section(WD_SECTION.CONTINUOUS), 2)
    for entry in block.entries:  # by their XML: python-docx looks every style up among all for each paragraph
        line = document.element.body.add_p()
        line.get_or_add_pPr().append(element("w:pStyle", val="Entry"))
        line.append(run_of(entry.term, style="Term"))
        line.append(run_of(f"　{entry.words}"))
    _columns(document.add_section(WD_SECTION.CONTINUOUS), 1)


def _columns(section: Any, number: int) -> None:
    section.different_first_page_header_footer = False
    for old in section._sectPr.findall(qn("w:cols")):
        section._sectPr.remove(old)
    columns = element("w:cols", num=str(number), space="340")
    section._sectPr.insert_element_before(columns, "w:titlePg", "w:docGrid")


def _indent(line: Any, size: float) -> None:
    """Two characters, as characters: it follows the font's size; the twips are for programs that do not count them."""
    line._p.get_or_add_pPr().append(element("w:ind", firstLineChars="200", firstLine=str(round(size * 40))))
