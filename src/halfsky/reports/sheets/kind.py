"""The sheets as kinds of documents, from the database."""

from __future__ import annotations

from django.utils import timezone

from halfsky.alerts import queries as alerts
from halfsky.plan import Text
from halfsky.reports.annual import judged, judged_years
from halfsky.reports.kinds import Ask, DocumentKind, NotReady, register
from halfsky.reports.report.model import Report
from halfsky.reports.sheets.brief import brief
from halfsky.reports.sheets.card import card
from halfsky.reports.sheets.common import Matters
from halfsky.reports.sheets.returns import handed


def matters_of(ask: Ask) -> Matters:
    """What everybody may read of the newest assessment as of a year, beside that of the year before where there is one."""
    found = judged(ask.plan, ask.year)
    shown = {(v.target, v.region) for v in found.verdicts}
    before = alerts.verdicts(ask.plan.id, ask.year - 1) if alerts.latest(ask.plan.id, ask.year - 1) else ()
    return Matters(
        ask.plan, found.figures.until(ask.year), found.verdicts,
        tuple(v for v in before if (v.target, v.region) in shown), ask.year, ask.language,
        timezone.localdate(found.made.made_at),
    )  # fmt: skip


def _card(ask: Ask) -> Report:
    if ask.unit and all(ask.unit not in a.lead for a in ask.plan.assignments):
        raise NotReady(Text(zh="该单位没有牵头的条款。", en="This unit leads no clause."))
    sent = handed(ask.plan, ask.year, ask.region, ask.unit)
    return card(matters_of(ask), region=ask.region, unit=ask.unit, handed=sent)


register(DocumentKind(
    "brief", Text(zh="领导小组一页纸", en="Brief of the leading group"), Text(zh="一页纸〔{year}〕{number}号", en="Brief [{year}] no. {number}"),
    compose=lambda ask: brief(matters_of(ask)), years=judged_years, template="",
))  # fmt: skip
register(DocumentKind(
    "card", Text(zh="报告卡", en="Report card"), Text(zh="报告卡〔{year}〕{number}号", en="Report card [{year}] no. {number}"),
    compose=_card, years=judged_years, reach="units", template="",
))  # fmt: skip
