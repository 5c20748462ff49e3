"""What a meeting should speak of: what became of the last one's decisions, open warnings, the gravest first, overdue tasks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from halfsky.alerts import queries as alerts
from halfsky.assess import Standing
from halfsky.oversight.actions.common import office_name
from halfsky.oversight.models import AgendaItem, Meeting, Task
from halfsky.oversight.models.tasks import OPEN
from halfsky.plan import Plan
from halfsky.plan.model import COUNTY_LEVELS

MOST = 10  # warnings proposed: a meeting has an end
_LEVELS = {"red": "红色", "orange": "橙色", "yellow": "黄色"}


@dataclass(frozen=True, slots=True)
class Proposal:
    """A point that the agenda might have."""

    kind: AgendaItem.Kind
    key: str
    title: str


def proposals(plan: Plan, region: str, day: date) -> list[Proposal]:
    """What became of the last decisions, red and orange warnings of the place (for the city, of every district besides), then
    tasks overdue on a day."""
    inside = set(plan.place) if region == plan.region else {region}
    found = [w for w in alerts.warnings(plan.id) if w.verdict.region in inside and w.level in {"red", "orange"}]
    found.sort(key=lambda w: (w.level != "red", w.verdict.region != region))
    before = earlier(plan, region, day)
    points = [] if before is None else [Proposal(AgendaItem.Kind.EARLIER, str(before.pk), _decided(before))]
    points += [
        Proposal(AgendaItem.Kind.WARNING, f"{w.verdict.target} {w.verdict.region}", _warning(plan, w))
        for w in found[:MOST]
    ]
    late = Task.objects.filter(plan=plan.id, region__in=inside, state__in=OPEN, due__lt=day)
    points += [Proposal(AgendaItem.Kind.TASK, str(task.pk), _task(plan, task, day)) for task in late]
    return points


def earlier(plan: Plan, region: str, day: date) -> Meeting | None:
    """The last meeting of a place before a day that decided something and whose minutes are issued."""
    decided = Meeting.objects.filter(plan=plan.id, region=region, state=Meeting.State.ISSUED, decisions__isnull=False)
    return decided.filter(starts__date__lt=day).order_by("starts", "pk").last()


def _decided(before: Meeting) -> str:
    states = list(before.decisions.values_list("task__state", flat=True))
    done = sum(state == Task.State.CONFIRMED for state in states)
    told = "均已办结" if done == len(states) else f"已办结{done}项" if done else "尚未办结"
    return f"听取{before.title[:120]}议定事项落实情况汇报（共{len(states)}项，{told}）"


def _warning(plan: Plan, warning: alerts.OpenWarning) -> str:
    verdict = warning.verdict
    name = plan.indicator[verdict.indicator].name.zh
    place = plan.place[verdict.region].name.zh
    how = (
        "未达标"
        if verdict.status is Standing.MISSED
        else "达标困难"
        if verdict.status is Standing.AT_RISK
        else "异常波动"
    )
    return f"研究{place}“{name}”{how}问题（{_LEVELS[warning.level]}预警，规划{verdict.clause}）"


def _task(plan: Plan, task: Task, day: date) -> str:
    office = office_name(plan, task.region, task.unit).zh
    return f"督办逾期任务“{task.title}”（{office}，应于{task.due.year}年{task.due.month}月{task.due.day}日前完成，已逾期{(day - task.due).days}天）"


def invited(plan: Plan, region: str, kind: str) -> list[tuple[str, str]]:
    """Whom a meeting of a kind usually asks: every unit of the place; the city's work meeting its districts as well."""
    level = "district" if plan.place[region].level in COUNTY_LEVELS else plan.place[region].level
    units = [(region, unit.id) for unit in plan.units if unit.level == level]
    below = [(r.code, "") for r in plan.regions if r.level in COUNTY_LEVELS and r.code != region]
    return units + (below if region == plan.region and kind != "committee" else [])
