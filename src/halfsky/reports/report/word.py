"""The report as a Word document that an office can go on editing; layout after GB/T 9704.

Chinese text carries eastAsia fonts and the language zh-CN, so that Word neither falls back to a Latin
font nor underlines every word. The same report gives the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt, RGBColor

from halfsky.reports.charts import render_png
from halfsky.reports.report.looks import Look, look_of
from halfsky.reports.report.model import Block, Entries, Figure, Pair, Paragraph, Report, Section, Table
from halfsky.reports.report.wordfonts import FANG, HEI, KAI, LATIN, SONG, TITLE, declare_fonts
from halfsky.reports.report.wordtables import borders, element, run_of, table_of, text_width
from halfsky.reports.wordtemplates import fixed

_SHORT_SIDE, _LONG_SIDE = 210, 297  # of A4, in millimetres
_PNG_SCALE = 2  # 200 dots an inch at the width of the text, 240 at half of it
_HALF_CAPTION = 9.0  # points, of a chart half as wide as the text: a name of twenty characters keeps to one line


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
        contents(document, report.language, _listed(report))
    write_sections(document, report, look)
    content = io.BytesIO()
    document.save(content)
    return fixed(content.getvalue())


def write_sections(document: Any, report: Report, look: Look) -> None:
    """All that a report says, at the end of a document that has the styles."""
    for n, (before, section) in enumerate(zip((None, *report.sections), report.sections, strict=False)):
        wide = section.page == "wide"
        turned = wide or (before is not None and before.page == "wide")
        if turned:  # each wide section has pages of its own
            _turn(document, look, wide=wide)
        heading = _section(document, section, look, begin=section.starts_page and not turned and report.look != "sheet")
        _bookmarked(heading, n)


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
    declare_fonts(document)
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
    if zh:
        spacing.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
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
        form.first_line_indent, form.alignment = Pt(0), WD_ALIGN_PARAGRAPH.LEFT
        if name in {
            "Table Text",
            "Table Head",
            "Entry",
        }:  # rows of one height whatever the font: CJK fonts differ by a third
            form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(round(size * 1.35, 1))
    styles["Figure"].paragraph_format.keep_with_next = True
    styles["Figure"].paragraph_format.space_before = Pt(6)
    styles["Entry"].paragraph_format.space_after = Pt(2.5)
    _font(styles.add_style("Term", WD_STYLE_TYPE.CHARACTER), 7.5, HEI, language=language)
    width = 210 - look.margins[2] - look.margins[3]
    for level in (1, 2):
        style = styles.add_style(f"toc {level}", WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = normal
        size = min(14.0, body)
        _font(style, size, HEI if report.look == "book" and level == 1 else FANG, language=language)
        form = style.paragraph_format
        form.left_indent, form.first_line_indent = Pt(2 * size * (level - 1)), Pt(0)
        form.alignment = WD_ALIGN_PARAGRAPH.LEFT
        form.tab_stops.add_tab_stop(Mm(width), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
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
    instruction = _instruction(code)
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
    form = line.paragraph_format
    form.left_indent, form.first_line_indent, form.alignment = Mm(78), Mm(-40), WD_ALIGN_PARAGRAPH.LEFT
    form.tab_stops.add_tab_stop(Mm(78))
    line.add_run(f"{name}\t{value}").font.size = Pt(14)


def depth_of(report: Report) -> int:
    """How many levels of headings the contents list."""
    return 2 if report.look == "book" else 1


def chapters(report: Report) -> list[str]:
    """What the contents list."""
    return [s.heading for s in report.sections if s.level <= depth_of(report)]


def _listed(report: Report) -> list[tuple[int, str, str]]:
    """Level, words and bookmark of each line of the contents."""
    depth = depth_of(report)
    return [(s.level, s.heading, _mark(n)) for n, s in enumerate(report.sections) if s.level <= depth]


def _mark(section: int) -> str:
    """The bookmark of a heading, as Word names those that a table of contents leads to."""
    return f"_Toc{section + 1:08}"


def contents(document: Any, language: str, lines: Sequence[tuple[int, str, str]]) -> None:
    """Headings with references to their pages; ``lines``: level, words, and the bookmark of the heading, empty for no page.

    References rather than a field TOC: programs that do not build a TOC anew show what was stored in it, and nobody knows
    the pages before the document is laid out. Word reckons a reference when it opens the file, LibreOffice always.
    """
    head = document.add_paragraph(style="Note")
    head.paragraph_format.page_break_before = True
    head.alignment = WD_ALIGN_PARAGRAPH.CENTER
    head.paragraph_format.space_after = Pt(14)
    run = head.add_run("目　录" if language == "zh" else "Contents")
    run.font.size = Pt(16)
    for level, heading, mark in lines:
        line = document.add_paragraph(style=f"toc {level}")
        if not mark:
            line.add_run(heading)
            continue
        tab = OxmlElement("w:r")
        tab.append(OxmlElement("w:tab"))
        link = element("w:hyperlink", anchor=mark, history="1")
        link.extend((run_of(heading), tab, *_field_runs(f"PAGEREF {mark} \\h")))
        line._p.append(link)


def _instruction(code: str) -> Any:
    made = OxmlElement("w:instrText")
    made.set(qn("xml:space"), "preserve")
    made.text = code
    return made


def _field_runs(code: str) -> list[Any]:
    """A field over several runs, as Word writes it, to be reckoned when the file is opened."""
    made = []
    for part in (
        element("w:fldChar", fldCharType="begin", dirty="true"), _instruction(code),
        element("w:fldChar", fldCharType="separate"), OxmlElement("w:t"), element("w:fldChar", fldCharType="end"),
    ):  # fmt: skip
        run = OxmlElement("w:r")
        run.append(part)
        made.append(run)
    return made


def _bookmarked(heading: Any, section: int) -> None:
    """The contents lead here."""
    start = element("w:bookmarkStart", id=str(section + 1), name=_mark(section))
    heading._p.get_or_add_pPr().addnext(start)
    heading._p.append(element("w:bookmarkEnd", id=str(section + 1)))


def _section(document: Any, section: Section, look: Look, *, begin: bool) -> Any:
    """Its heading, which is returned, and its blocks."""
    heading = document.add_heading(section.heading, section.level)
    if begin:
        heading.paragraph_format.page_break_before = True
    if section.level == 1 and look.heads[0] > look.body + 4:
        heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for block in section.blocks:
        _block(document, block)
    return heading


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
    """A table without rules, of one row that stays whole; a chart alone stands in the middle."""
    if len(block.figures) == 1:
        _picture(
            document.add_paragraph(), document.add_paragraph(), block.figures[0], text_width(document) // 2 - Mm(5)
        )
        return
    table = document.add_table(rows=1, cols=2)
    table.autofit = False
    table._tbl.tr_lst[0].get_or_add_trPr().append(element("w:cantSplit"))
    half = text_width(document) // 2
    for cell, figure in zip(table.rows[0].cells, block.figures, strict=False):
        cell.width = Emu(half)
        caption = cell.add_paragraph()
        _picture(cell.paragraphs[0], caption, figure, half - Mm(5))
        for run in caption.runs:
            run.font.size = Pt(_HALF_CAPTION)


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
