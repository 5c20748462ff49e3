"""The report as PDF: typeset by typst, archival (PDF/A-2a) and accessible (tagged, with alternatives).

The same report gives the same bytes: fonts are those of the package, the date is that of the assessment.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, Literal

import pylopdf_fonts_zh_cn
import typst

from halfsky.reports.charts import THEMES, render_svg
from halfsky.reports.report.model import Block, Entries, Figure, Pair, Paragraph, Report, Table

STANDARD: Literal["a-2a"] = "a-2a"
_TEMPLATE = Path(__file__).with_name("report.typ")


def pdf(report: Report) -> bytes:
    """The whole document."""
    return typeset(project(report))


def project(report: Report) -> dict[str, bytes]:
    """All that is typeset, by file name: the layout, the content, the charts. Nothing else makes the PDF but typst and the fonts."""
    charts: dict[str, bytes] = {}
    content = json.dumps(_content(report, charts), ensure_ascii=False, sort_keys=True)
    return {"report.typ": _TEMPLATE.read_bytes(), "report.json": content.encode(), **charts}


def typeset(files: Mapping[str, bytes]) -> bytes:
    """The PDF of a project; the same files give the same bytes under the same typst and fonts."""
    made = date(*json.loads(files["report.json"])["made"])
    with tempfile.TemporaryDirectory(prefix="halfsky-report-") as folder:
        root = Path(folder)
        for name, content in files.items():
            (root / name).write_bytes(content)
        return typst.compile(
            root / "report.typ",
            root=root,
            font_paths=[Path(pylopdf_fonts_zh_cn.sans_path()).parent],
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=STANDARD,
            timestamp=int(datetime.combine(made, time(), UTC).timestamp()),
        )


def _content(report: Report, charts: dict[str, bytes]) -> dict[str, Any]:
    """The report as plain data; its charts are added to ``charts`` by file name."""
    return {
        "language": report.language, "title": report.title, "subtitle": report.subtitle, "issuer": report.issuer,
        "number": report.number, "facts": report.facts, "mark": report.mark, "look": report.look,
        "made": (report.made.year, report.made.month, report.made.day),
        "looks": {s.value: {"ink": look.ink, "sign": look.sign} for s, look in THEMES["print"].statuses.items()},
        "sections": [
            {
                "level": s.level, "heading": s.heading, "new_page": s.starts_page and report.look != "sheet", "wide": s.page == "wide",
                "blocks": [_block(b, charts) for b in s.blocks],
            }
            for s in report.sections
        ],
    }  # fmt: skip


def _block(block: Block, charts: dict[str, bytes]) -> dict[str, Any]:
    match block:
        case Paragraph():
            return {"type": "paragraph", "text": block.text, "kind": block.kind}
        case Table():
            columns = [{"head": c.head, "width": c.width, "align": c.align} for c in block.columns]
            heads = [(words, span) for words, span in block.groups] if block.grouped else []
            rows = [[{"text": c.text, "standing": c.standing and c.standing.value} for c in row] for row in block.rows]
            return {
                "type": "table",
                "caption": block.caption,
                "columns": columns,
                "groups": heads,
                "rows": rows,
                "whole": block.kept_whole,
            }
        case Figure():
            return {"type": "figure", **_figure(block, charts)}
        case Pair():
            return {"type": "pair", "figures": [_figure(figure, charts) for figure in block.figures]}
        case Entries():
            return {"type": "entries", "entries": [(entry.term, entry.words) for entry in block.entries]}


def _figure(figure: Figure, charts: dict[str, bytes]) -> dict[str, str]:
    name = f"{len(charts):03}.svg"
    charts[name] = render_svg(figure.spec)
    return {"caption": figure.caption, "file": name, "alt": figure.alt}
