"""The chapter on districts: how many promises stand where in each, and one map."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from halfsky.assess import Standing, named
from halfsky.reports.charts import map_chart
from halfsky.reports.charts.marks import READING_ORDER
from halfsky.reports.report.model import Block, Cell, Column, Figure, Paragraph, Section, Table
from halfsky.reports.report.phrases import NOTHING, percent, word_width
from halfsky.reports.report.summary import WHOLE
from halfsky.reports.report.warnings import LEVELS
from halfsky.reports.words import STANDINGS

if TYPE_CHECKING:
    from halfsky.reports.report.compose import Matter


# Heads of narrow columns, broken where the words end.
_HEADS = {
    Standing.ON_TRACK: "预计\n达标", Standing.UNCERTAIN: "尚不\n确定", Standing.AT_RISK: "预计达标\n困难",
    Standing.TOO_LITTLE: "数据\n不足",
}  # fmt: skip


def sections(matter: Matter) -> list[Section]:
    zh = matter.zh
    lead = (
        f"下表为{len(matter.districts)}个区（市）县截至{matter.as_of}年的判定结果，按规划约束到区（市）县的目标值统计。"
        if zh
        else f"The table counts the verdicts of the {len(matter.districts)} districts as of {matter.as_of}, for the targets that bind them."
    )
    blocks: list[Block] = [Paragraph(lead), _table(matter)]
    if figure := _map(matter):
        blocks.append(figure)
    return [Section(1, "", "", tuple(blocks))]


def _table(matter: Matter) -> Table:
    zh = matter.zh
    below = [v for v in matter.verdicts if v.region in matter.districts]
    shown = [s for s in READING_ORDER if any(v.status is s for v in below)]
    columns = [Column("地区" if zh else "District", 2.1)]
    if zh:
        heads = [(_HEADS.get(s, STANDINGS[s].zh), 1.7 if s is Standing.AT_RISK else 1.3) for s in shown]
        heads += [("合计\n（项）", 1.35), ("达标和预计\n达标占比", 2)]
        heads += [(f"{level.zh}\n预警", 1.3) for level in LEVELS.values()]
    else:
        names = [*(STANDINGS[s].en for s in shown), "Total (targets)", "Met or on track"]
        names += [f"{level.en} warnings" for level in LEVELS.values()]
        heads = [(words, word_width(words)) for words in names]
    columns += [Column(words, width, "right") for words, width in heads]
    raised = Counter((w.verdict.region, w.level) for w in matter.warnings)
    rows = []
    for code in matter.districts:
        counts = Counter(v.status for v in below if v.region == code)
        done = counts[Standing.MET] + counts[Standing.ON_TRACK]
        rows.append((
            Cell(matter.name(code)), *(Cell(str(counts[s]) if counts[s] else NOTHING) for s in shown),
            Cell(str(counts.total())), Cell(percent(done, counts.total())),
            *(Cell(str(raised[code, level]) if raised[code, level] else NOTHING) for level in LEVELS),
        ))  # fmt: skip
    caption = f"各区（市）县目标达标情况（{matter.as_of}年）" if zh else f"Districts by status, {matter.as_of}"
    return Table(caption, tuple(columns), tuple(rows))


def _map(matter: Matter) -> Figure | None:
    """The promise on which most districts are in trouble, on the map."""
    trouble = Counter(v.target for v in matter.verdicts if v.region in matter.districts and v.needs_attention)
    if not trouble:
        return None
    worst = matter.plan.target[min(trouble, key=lambda t: (-trouble[t], t))]
    indicator = matter.plan.indicator[worst.indicator]
    spec = map_chart(
        matter.plan, indicator, matter.figures, matter.verdicts,
        language=matter.language, theme="print", width=WHOLE, cut=worst.cut,
    )  # fmt: skip
    name = named(indicator, worst.cut).in_language(matter.language)
    caption = (
        f"各区（市）县{name}与判定（{matter.as_of}年）"
        if matter.zh
        else f"{name} and verdicts by district, {matter.as_of}"
    )
    return Figure(caption, spec)
