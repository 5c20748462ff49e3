"""Tables of the Word report, and the pieces of XML that it is made of."""

from __future__ import annotations

from typing import Any

from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu

from halfsky.reports.charts import THEMES
from halfsky.reports.report.model import Cell, Table
from halfsky.reports.report.wordfonts import HEI


def element(name: str, /, **attributes: str) -> Any:
    made = OxmlElement(name)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made


def run_of(words: str, colour: str = "", font: str = "", style: str = "") -> Any:
    run = OxmlElement("w:r")
    if style:
        properties = OxmlElement("w:rPr")
        properties.append(element("w:rStyle", val=style))
        run.append(properties)
    if colour:
        properties = OxmlElement("w:rPr")
        properties.append(element("w:rFonts", ascii=font, hAnsi=font, eastAsia=font, hint="eastAsia"))
        properties.append(element("w:color", val=colour))
        run.append(properties)
    for i, words_of_line in enumerate(words.split("\n")):
        if i:
            run.append(OxmlElement("w:br"))
        text = OxmlElement("w:t")
        text.set(qn("xml:space"), "preserve")
        text.text = words_of_line
        run.append(text)
    return run


def borders(name: str, **eighths: int) -> Any:
    made = OxmlElement(f"w:{name}")
    for side, size in eighths.items():
        colour = "BFBFBF" if side == "insideH" else "000000"
        made.append(element(f"w:{side}", val="single", sz=str(size), space="0", color=colour))
    return made


def text_width(document: Any) -> int:
    """Of the text where the document stands now."""
    page = document.sections[-1]
    return int(page.page_width - page.left_margin - page.right_margin)


def table_of(document: Any, block: Table) -> None:
    """Rules above, below and under the head; the head repeats on every page; no row is split, nor the head from the first two."""
    if block.caption:
        caption = document.add_paragraph(block.caption, style="Caption")
        caption.paragraph_format.keep_with_next = True
    table = document.add_table(rows=1 + len(block.rows), cols=len(block.columns))
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    total = sum(c.width for c in block.columns)
    whole = text_width(document)
    widths = [Emu(int(whole * c.width / total)) for c in block.columns]
    properties = table._tbl.tblPr
    # The schema prescribes the order; Word calls a file damaged that does not keep to it.
    properties.insert_element_before(borders("tblBorders", top=8, bottom=8, insideH=2), "w:tblLayout", "w:tblLook")
    properties.insert_element_before(_cell_margins(), "w:tblLook")
    for column, width in zip(table._tbl.tblGrid.findall(qn("w:gridCol")), widths, strict=True):
        column.set(qn("w:w"), str(int(width / 635)))
    heads = tuple(Cell(c.head) for c in block.columns)
    # A row set in belongs to the one above it: women and men of an indicator stay with their total.
    above = {i for i, row in enumerate(block.rows) if row and row[0].text.startswith(("　", "  "))}
    for i, (row, cells) in enumerate(zip(table._tbl.tr_lst, (heads, *block.rows), strict=True)):
        options = row.get_or_add_trPr()
        options.append(element("w:cantSplit"))
        if i == 0:
            options.append(element("w:tblHeader"))
        for each, column, cell, width in zip(row.tc_lst, block.columns, cells, widths, strict=True):
            _fill(
                each,
                cell,
                width,
                column.align,
                head=i == 0,
                keep=i < 2 or i in above or (block.kept_whole and i < len(block.rows)),
            )
    if block.grouped:
        _grouped(table._tbl, block, widths)


def _grouped(table: Any, block: Table, widths: list[Any]) -> None:
    """A second line of heads above the first: groups span their columns, other columns are one cell in both lines."""
    lower = table.tr_lst[0]
    upper = OxmlElement("w:tr")
    lower.addprevious(upper)
    options = upper.get_or_add_trPr()
    options.append(element("w:cantSplit"))
    options.append(element("w:tblHeader"))
    at = 0
    for words, span in block.groups:
        cell = OxmlElement("w:tc")
        cell.append(OxmlElement("w:p"))
        upper.append(cell)
        column = block.columns[at]
        head, width = Cell(words or column.head), sum(widths[at : at + span])
        _fill(cell, head, width, "center" if words else column.align, head=bool(words), keep=True)
        properties = cell.get_or_add_tcPr()
        mark = element("w:gridSpan", val=str(span)) if words else element("w:vMerge", val="restart")
        properties.insert_element_before(mark, "w:tcBorders", "w:vAlign")
        if not words:
            cell.p_lst[0].pPr.find(qn("w:pStyle")).set(qn("w:val"), "TableHead")
            under = lower.tc_lst[at]
            under.get_or_add_tcPr().insert_element_before(element("w:vMerge"), "w:tcBorders", "w:vAlign")
            for run in under.p_lst[0].r_lst:
                under.p_lst[0].remove(run)
        at += span


def _fill(target: Any, cell: Cell, width: int, align: str, *, head: bool, keep: bool) -> None:
    """One cell, by its XML: python-docx walks the whole table for each cell that is asked for by number."""
    properties = target.get_or_add_tcPr()
    target.width = Emu(width)
    if head:
        properties.append(borders("tcBorders", bottom=6))
    properties.append(element("w:vAlign", val="center"))
    line = target.p_lst[0]
    form = line.get_or_add_pPr()
    form.append(element("w:pStyle", val="TableHead" if head else "TableText"))
    if keep:
        form.append(element("w:keepNext"))
    form.append(element("w:jc", val=align))
    if cell.standing is not None:
        look = THEMES["print"].look(cell.standing)
        line.append(run_of(f"{look.sign} ", look.ink[1:], HEI))
    line.append(run_of(cell.text))


def _cell_margins() -> Any:
    made = OxmlElement("w:tblCellMar")
    for side, twips in (("top", "36"), ("left", "50"), ("bottom", "36"), ("right", "50")):
        made.append(element(f"w:{side}", w=twips, type="dxa"))
    return made
