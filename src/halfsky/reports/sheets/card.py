"""The report card 报告卡 of a unit or of a place: its targets, what changed, its warnings, its returns. At most two pages."""

from __future__ import annotations

from collections.abc import Sequence

from halfsky.assess import Standing, Verdict, named
from halfsky.assess.telling import tell
from halfsky.reports.report.course import gravity, since_last_year, together
from halfsky.reports.report.model import Block, Paragraph, Report, Section
from halfsky.reports.report.phrases import counted, percent
from halfsky.reports.sheets.common import Matters, by_status, note, progress, targets_table, warned, warnings_of
from halfsky.reports.sheets.returns import Handed
from halfsky.reports.words import listed, plural

_FIRST, _REST = 10, {"zh": 24, "en": 16}  # rows of the two tables; English takes more room
_TOLD = 3


def card(matters: Matters, *, region: str, unit: str = "", handed: Handed | None = None, number: str = "") -> Report:
    """The card of a place, or of a unit in a place: the targets whose clauses it leads there."""
    zh, plan = matters.zh, matters.plan

    def concerns(verdict: Verdict) -> bool:
        return verdict.region == region and (not unit or unit in matters.leads(verdict.clause, region))

    own = [v for v in matters.verdicts if concerns(v) and v.status is not Standing.NOT_APPLICABLE]
    before = [v for v in matters.before if concerns(v) and v.status is not Standing.NOT_APPLICABLE]
    ranked = region != plan.region and not unit
    who = matters.unit(unit) if unit and region == plan.region else matters.place(region)
    if unit and region != plan.region:
        who = (
            f"{matters.place(region)}（{matters.unit(unit)}）"
            if zh
            else f"{matters.unit(unit)}, {matters.place(region)}"
        )
    rows = together(sorted(own, key=gravity))
    first = [row for row in rows if row[0].status not in {Standing.MET, Standing.ON_TRACK}][:_FIRST]
    taken = {id(v) for v, _ in first}
    rest = [row for row in rows if id(row[0]) not in taken]
    heads = (
        ("一、总体情况", "二、需要关注的目标", "三、预警与报送", "四、其他目标") if zh
        else ("1 Where it stands", "2 In need of attention", "3 Warnings and returns", "4 Other targets")
    )  # fmt: skip
    caption = "目标值判定情况" if zh else "Targets by status"
    sections = [
        Section(1, "", heads[0], (
            Paragraph(_standing(matters, own, who, unit=bool(unit))),
            *([by_status(matters, own, before, caption)] if own else []), *progress(matters, own),
        )),
        Section(1, "", heads[1], _attention(matters, first, len(rows), ranked=ranked)),
        Section(1, "", heads[2], tuple(map(Paragraph, (_warnings(matters, own), _returns(matters, handed))))),
    ]  # fmt: skip
    if rest:
        sections.append(Section(1, "", heads[3], _others(matters, rest, ranked=ranked)))
    return matters.report(
        title=f"{who}报告卡" if zh else f"Report card: {who}",
        subtitle=f"{plan.short_title.zh}　{matters.year}年度" if zh else f"{plan.short_title.en}, {matters.year}",
        number_=number, facts=(("监测年度" if zh else "Year", str(matters.year)),), sections=sections,
    )  # fmt: skip


def _standing(matters: Matters, own: Sequence[Verdict], who: str, *, unit: bool) -> str:
    zh = matters.zh
    if not own:
        return f"{who}没有可以判定的目标值。" if zh else f"{who} has no targets that can be judged."
    done = sum(v.status in {Standing.MET, Standing.ON_TRACK} for v in own)
    others = [v for v in own if v.status not in {Standing.MET, Standing.ON_TRACK}]
    if zh:
        said = f"{matters.year}年{who}{'牵头' if unit else ''}判定目标值{len(own)}项，已达标和预计达标{done}项，占{percent(done, len(own))}"
        said += f"；{counted(others, 'zh')}。" if others else "。"
        said += matters.since_then(own)
        return said + since_last_year(matters.matter, own)
    said = f"{plural(len(own), 'target')} {'was' if len(own) == 1 else 'were'} judged in {matters.year}; {done} ({percent(done, len(own))}) {'is' if done == 1 else 'are'} met or on track"
    said += f"; {counted(others, 'en')}." if others else "."
    said += matters.since_then(own)
    moved = since_last_year(matters.matter, own)
    return f"{said} {moved}" if moved else said


def _attention(
    matters: Matters, first: Sequence[tuple[Verdict, tuple[str, ...]]], all_: int, *, ranked: bool
) -> tuple[Block, ...]:
    zh = matters.zh
    if not first:
        return (Paragraph("全部目标已达标或预计达标。" if zh else "All targets are met or on track."),) if all_ else ()
    blocks: list[Block] = [
        targets_table(matters, first, "", ranked=ranked),
        note(f"未注年份的目标为{matters.plan.end}年。" if zh else f"Targets are for {matters.plan.end} unless noted."),
    ]
    grave = [v for v, _ in first if v.needs_attention][:_TOLD]
    told = [tell(matters.plan, v, matters.figures).in_language(matters.language) for v in grave]
    blocks += [Paragraph(f"{i}. {text}", "item") for i, text in enumerate(told, 1)]
    if ranked:
        blocks.append(note(
            "位次由优到劣；事件数少、或差异在偶然范围（漏斗图95%控制限）之内的，不排位次，记作—。" if zh
            else "Ranks count from the best; none is given where events are few, or where chance explains the difference (within the 95% funnel limits)."
        ))  # fmt: skip
    return tuple(blocks)


def _warnings(matters: Matters, own: Sequence[Verdict]) -> str:
    zh, warnings = matters.zh, warnings_of(matters.plan, own)
    if not warnings:
        return f"截至{matters.year}年没有预警。" if zh else f"There are no warnings as of {matters.year}."
    names = dict.fromkeys(
        named(matters.plan.indicator[w.verdict.indicator], matters.plan.target[w.verdict.target].cut).in_language(matters.language)
        for w in warnings
    )  # fmt: skip
    told = listed(list(names)[:4], matters.language)
    if zh:
        return f"截至{matters.year}年预警{len(warnings)}项（{warned(matters, warnings)}），涉及{told}{'等' if len(names) > 4 else ''}{len(names)}个指标。"
    return f"{plural(len(warnings), 'warning')} as of {matters.year} ({warned(matters, warnings)}), on {plural(len(names), 'indicator')}: {told}{' and others' if len(names) > 4 else ''}."


def _returns(matters: Matters, handed: Handed | None) -> str:
    zh = matters.zh
    if handed is None or not handed.owed:
        return "本年度没有数据报送任务的记录。" if zh else "No return was owed for the year."
    h = handed
    if zh:
        said = (
            f"{h.year}年度数据报送：应报{h.owed}份，已报{h.sent}份，其中按时{h.on_time}份、逾期{h.sent - h.on_time}份"
        )
        said += (
            f"；未报{h.owed - h.sent}份" + (f"，其中已逾期{h.overdue}份" if h.overdue else "")
            if h.owed > h.sent
            else ""
        )
        return f"{said}；已审定{h.accepted}份，退回修改{h.returned}次。"
    said = (
        f"Returns of {h.year}: {h.owed} owed, {h.sent} sent, {h.on_time} of them on time and {h.sent - h.on_time} late"
    )
    said += (
        f"; {h.owed - h.sent} not sent" + (f", {h.overdue} of them overdue" if h.overdue else "")
        if h.owed > h.sent
        else ""
    )
    return f"{said}; {h.accepted} accepted; sent back {plural(h.returned, 'time')}."


def _others(matters: Matters, rest: Sequence[tuple[Verdict, tuple[str, ...]]], *, ranked: bool) -> tuple[Block, ...]:
    zh, shown = matters.zh, rest[: _REST[matters.language]]
    blocks: list[Block] = [targets_table(matters, shown, "", ranked=ranked)]
    if more := len(rest) - len(shown):
        words = counted([v for v, _ in rest[len(shown) :]], matters.language)
        blocks.append(
            note(
                f"其余{more}项未逐一列出：{words}。"
                if zh
                else f"{more} more {'is' if more == 1 else 'are'} not listed: {words}."
            )
        )
    return tuple(blocks)
