"""The report as a Word document that an office can go on editing; layout after GB/T 9704.

Chinese text carries eastAsia fonts and the language zh-CN, so that Word neither falls back to a Latin
font nor underlines every word. The same report gives the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from datetime import datetime, time
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt, RGBColor

from halfsky.reports.charts import THEMES, render_png
from halfsky.reports.report.model import Block, Cell, Entries, Figure, Pair, Paragraph, Report, Section, Table

SONG, FANG, HEI, KAI, TITLE = "宋体", "仿宋", "黑体", "楷体", "方正小标宋简体"
LATIN = "Times New Roman"
_WIDTH = Mm(210 - 28 - 26)
_PNG_SCALE = 2  # 200 dots an inch at the width of the text, 240 at half of it
_ALIGN = {"left": WD_ALIGN_PARAGRAPH.LEFT, "center": WD_ALIGN_PARAGRAPH.CENTER, "right": WD_ALIGN_PARAGRAPH.RIGHT}


def word(report: Report) -> bytes:
    """The whole document."""
    document = Document()
    _properties(document, report)
    _styles(document, report)
    _page(document, report)
    _title_page(document, report)
    _contents(document, report)
    for section in report.sections:
        _section(document, section)
    content = io.BytesIO()
    document.save(content)
    return _fixed(content.getvalue())


def _properties(document: Any, report: Report) -> None:
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
    properties.append(_element("w:lang", val=language, eastAsia="zh-CN"))


def _element(name: str, **attributes: str) -> Any:
    made = OxmlElement(name)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made


def _styles(document: Any, report: Report) -> None:
    """Body 三号仿宋 on a 28.8 pt line, headings 黑体 and 楷体; English in 12 pt."""
    zh = report.language == "zh"
    language = "en-US" if zh else "en-GB"  # of the Latin words; Chinese ones are always zh-CN
    styles = document.styles
    body = 16.0 if zh else 12.0
    normal = styles["Normal"]
    _font(normal, body, FANG, language=language)
    spacing = normal.paragraph_format
    spacing.space_before = spacing.space_after = Pt(0)
    spacing.line_spacing_rule, spacing.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(28.8 if zh else 18)
    spacing.widow_control = True
    for name, size, font in (
        ("Title", 22.0, TITLE),
        ("Heading 1", body, HEI),
        ("Heading 2", body, KAI),
        ("Heading 3", body, FANG),
    ):
        style = styles[name]
        _font(style, size, font, language=language)
        style.font.bold = not zh
        form = style.paragraph_format
        form.keep_with_next, form.line_spacing_rule = True, WD_LINE_SPACING.SINGLE
        form.space_before, form.space_after = Pt(16 if name == "Heading 1" else 10), Pt(8)
        for name_of in ("w:pBdr", "w:contextualSpacing"):
            for old in list(style.element.iter(qn(name_of))):
                old.getparent().remove(old)
    for name, size, font in (
        ("Table Text", 8, SONG),
        ("Table Head", 8, HEI),
        ("Entry", 7.5, SONG),
        ("Figure", body, SONG),
        ("Note", 9, SONG),
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
    _font(caption, 10.5, HEI, language=language)
    caption.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    caption.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    caption.paragraph_format.space_before, caption.paragraph_format.space_after = Pt(6), Pt(6)


def _page(document: Any, report: Report) -> None:
    """A4 with the margins of GB/T 9704; page numbers outside, — 1 —; the demonstration mark on every page."""
    page = document.sections[0]
    page.orientation, page.page_width, page.page_height = WD_ORIENT.PORTRAIT, Mm(210), Mm(297)
    page.top_margin, page.bottom_margin, page.left_margin, page.right_margin = Mm(37), Mm(35), Mm(28), Mm(26)
    page.header_distance, page.footer_distance = Mm(22), Mm(25)
    page.different_first_page_header_footer = True
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
            run.font.size = Pt(14)
            if part == "PAGE":
                _field(run, "PAGE", "1")


def _field(run: Any, code: str, shown: str) -> None:
    instruction = OxmlElement("w:instrText")
    instruction.set(qn("xml:space"), "preserve")
    instruction.text = code
    result = OxmlElement("w:t")
    result.text = shown
    parts = (_element("w:fldChar", fldCharType="begin"), instruction, _element("w:fldChar", fldCharType="separate"),
             result, _element("w:fldChar", fldCharType="end"))  # fmt: skip
    for part in parts:
        run._r.append(part)


def _title_page(document: Any, report: Report) -> None:
    title = document.add_paragraph(style="Title")
    title.paragraph_format.space_before = Pt(90)
    for words, size, after in ((report.title, 22, 24), (report.subtitle, 18, 18), (report.number, 14, 80)):
        line = title if words is report.title else document.add_paragraph(style="Title")
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        line.add_run(words).font.size = Pt(size)
        line.paragraph_format.space_after = Pt(after)
    for name, value in report.facts:
        line = document.add_paragraph()
        line.paragraph_format.left_indent = Mm(38)
        line.paragraph_format.tab_stops.add_tab_stop(Mm(78))
        line.add_run(f"{name}\t{value}").font.size = Pt(14)


def _contents(document: Any, report: Report) -> None:
    """A field that Word fills with page numbers when it opens the file; the chapters stand in it from the start."""
    head = document.add_paragraph(style="Note")
    head.paragraph_format.page_break_before = True
    head.alignment = WD_ALIGN_PARAGRAPH.CENTER
    head.paragraph_format.space_after = Pt(14)
    run = head.add_run("目　录" if report.language == "zh" else "Contents")
    run.font.size = Pt(16)
    chapters = [s.heading for s in report.sections if s.level == 1]
    lines = [document.add_paragraph() for _ in chapters]
    first = lines[0].add_run()
    instruction = OxmlElement("w:instrText")
    instruction.set(qn("xml:space"), "preserve")
    instruction.text = 'TOC \\o "1-1" \\h \\z'
    for part in (
        _element("w:fldChar", fldCharType="begin", dirty="true"),
        instruction,
        _element("w:fldChar", fldCharType="separate"),
    ):
        first._r.append(part)
    for line, chapter in zip(lines, chapters, strict=True):
        line.add_run(chapter)
    lines[-1].add_run()._r.append(_element("w:fldChar", fldCharType="end"))


def _section(document: Any, section: Section) -> None:
    heading = document.add_heading(section.heading, section.level)
    if section.starts_page:
        heading.paragraph_format.page_break_before = True
    for block in section.blocks:
        _block(document, block)


def _block(document: Any, block: Block) -> None:
    match block:
        case Paragraph():
            line = document.add_paragraph(block.text, style="Note" if block.kind == "note" else "Normal")
            if block.kind != "note":
                _indent(line)
            line.paragraph_format.keep_with_next = True if block.kind == "lead" else None
        case Table():
            _table(document, block)
        case Figure():
            line = document.add_paragraph()
            line.paragraph_format.space_before = Pt(8)
            _picture(line, document.add_paragraph(), block, _WIDTH)
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
    table._tbl.tr_lst[0].get_or_add_trPr().append(_element("w:cantSplit"))
    for cell, figure in zip(table.rows[0].cells, block.figures, strict=False):
        cell.width = Emu(_WIDTH // 2)
        _picture(cell.paragraphs[0], cell.add_paragraph(), figure, _WIDTH // 2 - Mm(5))


def _entries(document: Any, block: Entries) -> None:
    """Two columns are a section of their own; the next one has the whole width again."""
    _columns(document.add_section(WD_SECTION.CONTINUOUS), 2)
    for entry in block.entries:  # by their XML: python-docx looks every style up among all for each paragraph
        line = document.element.body.add_p()
        line.get_or_add_pPr().append(_element("w:pStyle", val="Entry"))
        line.append(_run(entry.term, style="Term"))
        line.append(_run(f"　{entry.words}"))
    _columns(document.add_section(WD_SECTION.CONTINUOUS), 1)


def _columns(section: Any, number: int) -> None:
    section.different_first_page_header_footer = False
    for old in section._sectPr.findall(qn("w:cols")):
        section._sectPr.remove(old)
    columns = _element("w:cols", num=str(number), space="340")
    section._sectPr.insert_element_before(columns, "w:titlePg", "w:docGrid")


def _indent(line: Any) -> None:
    """Two characters, as characters: it follows the font's size."""
    line._p.get_or_add_pPr().append(_element("w:ind", firstLineChars="200", firstLine="640"))


def _table(document: Any, block: Table) -> None:
    """Rules above, below and under the head; the head repeats on every page; no row is split."""
    caption = document.add_paragraph(block.caption, style="Caption")
    caption.paragraph_format.keep_with_next = True
    table = document.add_table(rows=1 + len(block.rows), cols=len(block.columns))
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    total = sum(c.width for c in block.columns)
    widths = [Emu(int(_WIDTH * c.width / total)) for c in block.columns]
    properties = table._tbl.tblPr
    # The schema prescribes the order; Word calls a file damaged that does not keep to it.
    properties.insert_element_before(_borders("tblBorders", top=8, bottom=8, insideH=2), "w:tblLayout", "w:tblLook")
    properties.insert_element_before(_cell_margins(), "w:tblLook")
    for column, width in zip(table._tbl.tblGrid.findall(qn("w:gridCol")), widths, strict=True):
        column.set(qn("w:w"), str(int(width / 635)))
    heads = tuple(Cell(c.head) for c in block.columns)
    for i, (row, cells) in enumerate(zip(table._tbl.tr_lst, (heads, *block.rows), strict=True)):
        options = row.get_or_add_trPr()
        options.append(_element("w:cantSplit"))
        if i == 0:
            options.append(_element("w:tblHeader"))
        for each, column, cell, width in zip(row.tc_lst, block.columns, cells, widths, strict=True):
            _fill(each, cell, width, column.align, head=i == 0, keep=block.kept_whole and i < len(block.rows))


def _fill(target: Any, cell: Cell, width: int, align: str, *, head: bool, keep: bool) -> None:
    """One cell, by its XML: python-docx walks the whole table for each cell that is asked for by number."""
    properties = target.get_or_add_tcPr()
    target.width = Emu(width)
    if head:
        properties.append(_borders("tcBorders", bottom=6))
    properties.append(_element("w:vAlign", val="center"))
    line = target.p_lst[0]
    form = line.get_or_add_pPr()
    form.append(_element("w:pStyle", val="TableHead" if head else "TableText"))
    if keep:
        form.append(_element("w:keepNext"))
    form.append(_element("w:jc", val=align))
    if cell.standing is not None:
        look = THEMES["print"].look(cell.standing)
        line.append(_run(f"{look.sign} ", look.ink[1:], HEI))
    line.append(_run(cell.text))


def _run(words: str, colour: str = "", font: str = "", style: str = "") -> Any:
    run = OxmlElement("w:r")
    if style:
        properties = OxmlElement("w:rPr")
        properties.append(_element("w:rStyle", val=style))
        run.append(properties)
    if colour:
        properties = OxmlElement("w:rPr")
        properties.append(_element("w:rFonts", ascii=font, hAnsi=font, eastAsia=font, hint="eastAsia"))
        properties.append(_element("w:color", val=colour))
        run.append(properties)
    for i, words_of_line in enumerate(words.split("\n")):
        if i:
            run.append(OxmlElement("w:br"))
        text = OxmlElement("w:t")
        text.set(qn("xml:space"), "preserve")
        text.text = words_of_line
        run.append(text)
    return run


def _borders(name: str, **eighths: int) -> Any:
    made = OxmlElement(f"w:{name}")
    for side, size in eighths.items():
        colour = "BFBFBF" if side == "insideH" else "000000"
        made.append(_element(f"w:{side}", val="single", sz=str(size), space="0", color=colour))
    return made


def _cell_margins() -> Any:
    made = OxmlElement("w:tblCellMar")
    for side, twips in (("top", "36"), ("left", "50"), ("bottom", "36"), ("right", "50")):
        made.append(_element(f"w:{side}", w=twips, type="dxa"))
    return made


def _fixed(content: bytes) -> bytes:
    """The same package with every entry dated 1980-01-01, the zero of the format."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name), old.read(name), zipfile.ZIP_DEFLATED)
    return made.getvalue()
