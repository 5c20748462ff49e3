"""The yearbook as a kind of document: drafted, edited, approved, issued and released like the others."""

from __future__ import annotations

from django.utils import timezone

from halfsky.alerts import queries as alerts
from halfsky.collect import queries as collect
from halfsky.plan import Text
from halfsky.reports.annual import judged_years
from halfsky.reports.kinds import Ask, DocumentKind, NotReady, register
from halfsky.reports.report.model import Report
from halfsky.reports.yearbook.book import book_of
from halfsky.reports.yearbook.compose import compose


def yearbook(ask: Ask) -> Report:
    """The yearbook of what everybody may see; raises :class:`NotReady` where there is no figure of the year."""
    figures = collect.visible(None, ask.plan)
    if all(o.year != ask.year or o.value is None for o in figures):
        raise NotReady(Text(zh=f"没有{ask.year}年的数据。", en=f"There are no figures of {ask.year}."))
    judged = alerts.latest(ask.plan.id, ask.year)
    day = timezone.localdate(judged.made_at) if judged is not None else timezone.localdate()
    return compose(book_of(ask.plan, figures, year=ask.year, language=ask.language), made=day)


register(DocumentKind(
    "yearbook", Text(zh="妇女统计资料", en="Yearbook"), Text(zh="妇女统计资料〔{year}〕{number}号", en="Yearbook [{year}] no. {number}"),
    compose=yearbook, years=judged_years, template="",
))  # fmt: skip
