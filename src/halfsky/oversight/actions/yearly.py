"""The yearly reports of a plan: opened, submitted, accepted or sent back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from django.db import transaction

from halfsky.audit.actions import one_writer, record
from halfsky.audit.models import Actor
from halfsky.collect.actions.notices import people_of_place, tell
from halfsky.collect.actions.review import Stale
from halfsky.oversight.actions.common import named, office_of, people_of, to_page
from halfsky.oversight.models import YearlyItem, YearlyReport, YearlyRound, YearlyStep
from halfsky.oversight.policy import doer
from halfsky.oversight.targets import table
from halfsky.places.actions import refuse
from halfsky.places.models import Office
from halfsky.places.policy import Forbidden, Principal
from halfsky.places.roles import Permission
from halfsky.plan import Fault, Faulty, Plan, Text
from halfsky.plan.model import COUNTY_LEVELS

_S, _T = YearlyReport.State, YearlyItem.Topic
WHOLE = (_T.SUMMARY, _T.PROBLEMS, _T.NEXT)


def duties(plan: Plan, region: str, unit: str) -> Iterator[tuple[str, bool]]:
    """The clauses that an office answers for, in the plan's order, and whether it leads; a district for all of its level."""
    level = "district" if plan.place[region].level in COUNTY_LEVELS else plan.place[region].level
    parts: dict[str, bool] = {}
    for assignment in plan.assignments:
        if assignment.level == level and (not unit or unit in (*assignment.lead, *assignment.support)):
            parts[assignment.clause] = parts.get(assignment.clause, False) or not unit or unit in assignment.lead
    return ((clause, parts[clause]) for clause in plan.clauses if clause in parts)


@transaction.atomic
def open_round(
    *, plan: Plan, year: int, unit_due: date, district_due: date, by: Principal, demonstration: bool = False
) -> YearlyRound:
    """Open the reports of a year: every unit with duties owes one, and every district one as a whole.

    Raises ``Forbidden``; ``Faulty`` when the year is open, lies outside the plan, or the days are out of order.
    """
    one_writer()
    actor = by.need(Permission.YEARLY_REVIEW, region=plan.region)
    if not plan.start <= year <= plan.end:
        raise refuse(
            "round-year", f"{year}年不在规划期（{plan.start}—{plan.end}年）内。", f"{year} is outside the plan ({plan.start} to {plan.end})."
        )  # fmt: skip
    if unit_due > district_due:
        raise refuse(
            "round-days", "单位报告的期限不得晚于区（市）县报告的期限。", "Units are due no later than districts."
        )
    if YearlyRound.objects.filter(plan=plan.id, year=year).exists():
        raise refuse("round-open", f"{year}年度报告已经布置。", f"The reports of {year} are open already.")
    owing = [(o.region, o.unit) for o in Office.objects.filter(region__in=plan.place).order_by("region", "pk")]
    owing += [(r.code, "") for r in plan.regions if r.level in COUNTY_LEVELS and r.code != plan.region]
    asked = {office: found for office in owing if (found := list(duties(plan, *office)))}
    if not asked:
        raise refuse(
            "round-empty", "规划未列明责任分工，或地区和单位尚未导入。", "The plan assigns nothing, or no offices are set up."
        )  # fmt: skip
    event = record(
        by=actor, action="yearly.open", subject=f"yearly:{plan.id}/{year}",
        after={"unit_due": str(unit_due), "district_due": str(district_due), "reports": len(asked)},
    )  # fmt: skip
    opened = YearlyRound.objects.create(
        plan=plan.id, year=year, unit_due=unit_due, district_due=district_due, opened_at=datetime.now(UTC),
        demonstration=demonstration, event=event,
    )  # fmt: skip
    YearlyReport.objects.bulk_create(YearlyReport(round=opened, region=r, unit=u) for r, u in asked)
    reports = {(report.region, report.unit): report for report in opened.reports.all()}
    YearlyItem.objects.bulk_create(
        (item for office, parts in asked.items() for item in _items(reports[office], parts)), batch_size=2000
    )
    for report in reports.values():
        _tell_office(plan, report, "yearly-opened", by)
    return opened


def _items(report: YearlyReport, parts: list[tuple[str, bool]]) -> Iterator[YearlyItem]:
    yield YearlyItem(report=report, order=0, topic=_T.SUMMARY)
    for order, (clause, lead) in enumerate(parts, start=1):
        yield YearlyItem(report=report, order=order, topic=_T.CLAUSE, clause=clause, lead=lead)
    for order, topic in enumerate((_T.PROBLEMS, _T.NEXT), start=len(parts) + 1):
        yield YearlyItem(report=report, order=order, topic=topic)


def reviewer_level(plan: Plan, report: YearlyReport) -> str:
    """Whose committee office accepts it: a district unit's its district, everything else the city."""
    return "district" if report.unit and report.region != plan.region else "city"


def may_write(plan: Plan, report: YearlyReport, by: Principal) -> bool:
    return doer(by, Permission.YEARLY_WRITE, report.region, report.unit, plan.region) is not None


def may_review(plan: Plan, report: YearlyReport, by: Principal) -> bool:
    return by.may(Permission.YEARLY_REVIEW, region=report.region, level=reviewer_level(plan, report))


def need_writer(plan: Plan, report: YearlyReport, by: Principal) -> Actor:
    """Raises ``Forbidden`` for everybody but the office whose report it is."""
    actor = doer(by, Permission.YEARLY_WRITE, report.region, report.unit, plan.region)
    if actor is None:
        raise Forbidden(Permission.YEARLY_WRITE, f"{report.region} {report.unit}".strip())
    return actor


@transaction.atomic
def submit_yearly(*, plan: Plan, report: int, version: int, by: Principal) -> YearlyReport:
    """Hand a report in; its target table is kept as it stands now.

    Raises ``Forbidden``; ``Stale``; ``Faulty`` naming every part that is still missing.
    """
    one_writer()
    held = _held(plan, report)
    actor = need_writer(plan, held, by)
    if _done(held, version, _S.SUBMITTED, actor):
        return held
    if not held.open:
        raise Stale(held.state)
    _complete(plan, held)
    items = [item.clause for item in held.items.all() if item.clause]
    held.table = [line.as_json() for line in table(plan, held.region, items, held.round.year, None)]
    held.submitted_at = datetime.now(UTC)
    _step(held, _S.SUBMITTED, actor, "")
    place = plan.region if reviewer_level(plan, held) == "city" else held.region
    users = [u for u in people_of_place(place, Permission.YEARLY_REVIEW) if u.pk != by.user]
    tell(plan=plan, kind="yearly-submitted", users=users, params=about_yearly(plan, held))
    return held


@transaction.atomic
def review_yearly(
    *, plan: Plan, report: int, version: int, accept: bool, by: Principal, reason: str = ""
) -> YearlyReport:
    """Accept a report, or send it back with the reason. Raises ``Forbidden``; ``Stale``; ``Faulty`` without a reason."""
    one_writer()
    held = _held(plan, report)
    to = _S.ACCEPTED if accept else _S.RETURNED
    actor = by.need(Permission.YEARLY_REVIEW, region=held.region, level=reviewer_level(plan, held))
    if _done(held, version, to, actor):
        return held
    if held.state != _S.SUBMITTED:
        raise Stale(held.state)
    if not accept and not reason.strip():
        raise refuse("reason-missing", "请写明退回原因。", "Say why it goes back.")
    _step(held, to, actor, reason.strip())
    _tell_office(plan, held, f"yearly-{to.value}", by, reason=reason.strip())
    return held


def _held(plan: Plan, report: int) -> YearlyReport:
    return YearlyReport.objects.select_related("round").get(pk=report, round__plan=plan.id)


def _done(held: YearlyReport, version: int, to: YearlyReport.State, actor: Actor) -> bool:
    """Whether this very step was made already; raises ``Stale`` where another was."""
    if held.version == version:
        return False
    last = held.steps.last()
    if held.version == version + 1 and last is not None and (last.after, last.actor) == (to, actor.name):
        return True
    raise Stale(held.state)


def _step(held: YearlyReport, to: YearlyReport.State, actor: Actor, reason: str) -> None:
    event = record(
        by=actor, action=f"yearly.{to.value}", subject=f"yearly-report:{held.pk}", before={"state": held.state},
        after={"state": to.value}, reason=reason,
    )  # fmt: skip
    YearlyStep.objects.create(
        report=held, before=held.state, after=to, at=datetime.now(UTC), actor=actor.name, role=actor.role,
        reason=reason, event=event,
    )  # fmt: skip
    held.state, held.version = to, held.version + 1
    held.save()


def missing(item: YearlyItem) -> Text | None:
    """What an item still lacks before its report can be handed in."""
    if item.topic == _T.CLAUSE:
        if not item.progress:
            return Text(zh="请选择进展。", en="Choose how far it is.")
        if item.lead and not item.words.strip():
            return Text(zh="牵头事项请写明落实情况。", en="Say how it went: you lead it.")
    elif item.topic != _T.PROBLEMS and not item.words.strip():
        return Text(zh="尚未填写。", en="Still blank.")
    return None


TOPICS: dict[str, Text] = {
    _T.SUMMARY: Text(zh="总体情况", en="The year as a whole"),
    _T.PROBLEMS: Text(zh="存在的问题", en="Problems"),
    _T.NEXT: Text(zh="下一年度工作安排", en="Next year's work"),
}


def _complete(plan: Plan, held: YearlyReport) -> None:
    faults = []
    for item in held.items.all():
        lack = missing(item)
        if lack is not None:
            name = Text(zh=item.clause, en=item.clause) if item.clause else TOPICS[item.topic]
            words = Text(zh=f"{name.zh}：{lack.zh}", en=f"{name.en}: {lack.en}")
            faults.append(Fault(code="item-blank", cell=str(item.pk), message=words))
    if faults:
        raise Faulty(faults)


def about_yearly(plan: Plan, report: YearlyReport, **more: Any) -> dict[str, Any]:
    """What every sentence on a report needs, and the way to its page."""
    page = to_page("yearly-report", pk=report.pk)
    return {
        **named(plan, report.region, report.unit), "year": report.round.year, "due": str(report.due), **page, **more,
    }  # fmt: skip


def _tell_office(plan: Plan, report: YearlyReport, kind: str, by: Principal, **more: Any) -> None:
    tell(
        plan=plan, kind=kind, users=[u for u in people_of(report.region, report.unit, Permission.YEARLY_WRITE) if u.pk != by.user],
        params=about_yearly(plan, report, **more), office=office_of(report.region, report.unit),
    )  # fmt: skip
