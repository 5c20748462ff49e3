"""The mid-term and the final monitoring report from the database."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from halfsky.alerts import queries as alerts
from halfsky.plan import Plan, Text
from halfsky.reports.annual import judged, judged_years
from halfsky.reports.kinds import Ask, DocumentKind, register
from halfsky.reports.report.model import Report
from halfsky.reports.report.period import compose_period


def period_report(ask: Ask) -> Report:
    """The report of the years up to that of ``ask``; raises :class:`NotReady`."""
    found = judged(ask.plan, ask.year)
    return compose_period(
        plan=ask.plan, figures=found.figures, verdicts=found.verdicts, warnings=alerts.warnings_in(found.verdicts, ask.plan.alerting),
        as_of=ask.year, language=ask.language, made=timezone.localdate(found.made.made_at), withheld=found.withheld,
    )  # fmt: skip


def midterm_years(plan: Plan) -> Sequence[int]:
    """The year in the middle of the plan and the one after it, where they have been judged."""
    middle = (plan.start + plan.end) // 2
    return [year for year in judged_years(plan) if year in {middle, middle + 1}]


def final_years(plan: Plan) -> Sequence[int]:
    return [year for year in judged_years(plan) if year == plan.end]


register(DocumentKind(
    "midterm", Text(zh="中期监测报告", en="Mid-term monitoring report"),
    Text(zh="中期监测报告〔{year}〕{number}号", en="Mid-term monitoring report [{year}] no. {number}"),
    compose=period_report, years=midterm_years,
))  # fmt: skip
register(DocumentKind(
    "final", Text(zh="终期监测报告", en="Final monitoring report"),
    Text(zh="终期监测报告〔{year}〕{number}号", en="Final monitoring report [{year}] no. {number}"),
    compose=period_report, years=final_years,
))  # fmt: skip
