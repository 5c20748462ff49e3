"""The annual monitoring report 年度监测报告 from the database: what an assessment judged, without what is not free to publish."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils import timezone

from halfsky.alerts import queries as alerts
from halfsky.alerts.models import Assessment
from halfsky.assess import Verdict
from halfsky.collect import queries as collect
from halfsky.observations import Confidentiality, Figures, SeriesKey
from halfsky.plan import Plan, Text
from halfsky.reports.kinds import DocumentKind, NotReady, register
from halfsky.reports.report.compose import compose
from halfsky.reports.report.model import Report
from halfsky.reports.words import Language


@dataclass(frozen=True, slots=True)
class Judged:
    """An assessment as everybody may read it."""

    made: Assessment
    figures: Figures
    verdicts: tuple[Verdict, ...]
    withheld: int


def judged(plan: Plan, as_of: int, made: Assessment | None = None) -> Judged:
    """An assessment, the newest as of a year where none is named; raises :class:`NotReady` where there is none of the plan
    as it is now."""
    made = made or alerts.latest(plan.id, as_of)
    if made is None:
        raise NotReady(Text(
            zh=f"{as_of}年尚未判定，请先判定。", en=f"The plan has not been assessed as of {as_of}; assess it first.",
        ))  # fmt: skip
    verdicts = alerts.verdicts_of(made)
    if {(v.target, v.region) for v in verdicts} != {(t.id, r.code) for t in plan.targets for r in plan.places_bound(t)}:
        raise NotReady(Text(
            zh=f"{as_of}年判定后目标有改动，请重新判定。",
            en=f"Targets have changed since the assessment of {as_of}; assess the plan again.",
        ))  # fmt: skip
    held = collect.visible(None, plan)
    closed = {o.key for o in held if o.confidentiality is not Confidentiality.FREE}
    shown = tuple(v for v in verdicts if not _rests_on(plan, v, closed))
    return Judged(made, held, shown, len(verdicts) - len(shown))


def annual_report(
    plan: Plan, as_of: int, language: Language, number: str = "", region: str | None = None
) -> Report:  # fmt: skip
    """The content of the report of the newest assessment as of a year, of the plan's own region or of a place below.

    Raises :class:`NotReady`.
    """
    return annual_of(plan, judged(plan, as_of), as_of, language, number, region)


def annual_of(
    plan: Plan, found: Judged, as_of: int, language: Language, number: str = "", region: str | None = None
) -> Report:  # fmt: skip
    """The same of an assessment that has been read already."""
    return compose(
        plan=plan,
        figures=found.figures,
        verdicts=found.verdicts,
        warnings=alerts.warnings_in(found.verdicts, plan.alerting),
        as_of=as_of,
        language=language,
        made=timezone.localdate(found.made.made_at),
        number=number,
        withheld=found.withheld if region in {None, plan.region} else 0,
        region=region,
    )


def _rests_on(plan: Plan, verdict: Verdict, closed: Iterable[tuple[SeriesKey, int]]) -> bool:
    """Whether a verdict tells a figure that is not free to publish: its sentence and its forecast would."""
    key = SeriesKey.of(verdict.indicator, verdict.region, plan.target[verdict.target].cut)
    return any(series == key and year <= verdict.as_of for series, year in closed)


def judged_years(plan: Plan) -> Sequence[int]:
    return alerts.years(plan.id)


register(DocumentKind(
    "annual", Text(zh="年度监测报告", en="Annual monitoring report"),
    Text(zh="监测报告〔{year}〕{number}号", en="Monitoring report [{year}] no. {number}"),
    compose=lambda ask: annual_report(ask.plan, ask.year, ask.language, region=ask.region), years=judged_years, reach="places",
))  # fmt: skip
