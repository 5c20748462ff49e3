"""The demonstration's yearly reports, meetings and tasks: some accepted, some sent back, some late, decisions on their way.

Everything goes through the same actions that people use, and is marked 演示数据.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random
from typing import TYPE_CHECKING

from halfsky.observations.demonstration import SEED
from halfsky.plan import Plan
from halfsky.plan.model import COUNTY_LEVELS

if TYPE_CHECKING:
    from halfsky.oversight.actions import DecisionEntry
    from halfsky.oversight.models import Meeting, Task, YearlyItem, YearlyReport
    from halfsky.oversight.targets import Line
    from halfsky.places.policy import Principal

# Of a hundred city units, how far each has come with its report; the rest are late.
_COURSE = ("accepted",) * 60 + ("submitted",) * 14 + ("returned",) * 6 + ("draft",) * 20
_DISTRICTS = 4  # districts whose own reports are written
_PROGRESS = ("done",) * 3 + ("doing",) * 14 + ("not_begun",) * 2 + ("overdue",)

_WORDS: dict[str, str] = {
    "done": "年度任务已完成，经自查符合规划要求。",
    "doing": "已列入年度工作要点，会同配合单位按季度调度，各项举措按计划推进。",
    "not_begun": "配套实施细则正在起草，尚未启动。",
    "overdue": "原定{year}年底前完成，因配套资金未落实，进度滞后。",
}
_AHEAD: dict[str, str] = {
    "done": "巩固已有成效，每半年开展一次抽查。",
    "doing": "{next}年继续推进，重点督促进度滞后的区（市）县。",
    "not_begun": "{next}年第一季度印发实施细则，第二季度全面启动。",
    "overdue": "{next}年上半年会同财政部门落实资金，年底前完成。",
}
_WHOLE: dict[str, str] = {
    "summary": "{year}年，本单位按照规划分工，将承担的{count}项目标措施列入年度工作要点，明确责任科室和完成时限，按季度调度、年底自查，总体进展平稳。",
    "problems": "一是部分指标的分性别统计基础较弱；二是基层专职人员不足，工作力量有待加强。",
    "next": "{next}年，一是补齐进度滞后事项的短板；二是完善分性别统计；三是加强对区（市）县对口单位的指导。",
}


def play(plan: Plan, year: int, by: Principal) -> int:
    """Play the reports of the year before, whose figures are all there, and the meetings about them; run again, it finds
    them made. How many tasks there are."""
    from halfsky.oversight.actions import open_round
    from halfsky.oversight.models import Task, YearlyRound

    year -= 1
    if not YearlyRound.objects.filter(plan=plan.id, year=year).exists():
        today = date.today()
        opened = open_round(
            plan=plan, year=year, unit_due=today - timedelta(days=12), district_due=today + timedelta(days=9), by=by,
            demonstration=True,
        )  # fmt: skip
        rng = Random(SEED)  # noqa: S311  a demonstration, not a secret
        for n, report in enumerate(opened.reports.filter(region=plan.region).order_by("pk")):
            if n % 2 == 0:  # the others have not begun
                _report(plan, report, _COURSE[(n * 37) % 100], rng, by)
        for n, report in enumerate(opened.reports.filter(unit="").order_by("region")[:_DISTRICTS]):
            _report(plan, report, ("submitted", "accepted", "returned", "draft")[n % 4], rng, by)
    _meetings(plan, by)
    return Task.objects.filter(plan=plan.id).count()


def _report(plan: Plan, report: YearlyReport, course: str, rng: Random, by: Principal) -> None:
    from halfsky.oversight.actions import ItemChange, review_yearly, save_items, submit_yearly
    from halfsky.oversight.targets import table

    items = list(report.items.all())
    if course == "draft":
        items = items[: len(items) // 3]
    clauses = [item.clause for item in items if item.clause]
    lines: dict[str, list[Line]] = {}
    for line in table(plan, report.region, clauses, report.round.year, by):
        lines.setdefault(line.clause, []).append(line)
    changes = []
    for item in items:
        progress, words, ahead = _said(plan, item, lines.get(item.clause, []), report.round.year, len(clauses), rng)
        changes.append(ItemChange(item.pk, item.version, progress, words, ahead))
    save_items(plan=plan, report=report.pk, changes=changes, by=by, key=f"demo-yearly-{report.pk}")
    if course == "draft":
        return
    held = submit_yearly(plan=plan, report=report.pk, version=report.version, by=by)
    if course != "submitted":
        review_yearly(
            plan=plan, report=report.pk, version=held.version, accept=course == "accepted", by=by,
            reason="" if course == "accepted" else "进度滞后事项请写明原因和补救措施，并附佐证材料。",
        )  # fmt: skip


def _said(plan: Plan, item: YearlyItem, lines: list[Line], year: int, count: int, rng: Random) -> tuple[str, str, str]:
    """Progress, words and next year's work: as an office would write them, with the figures of the database."""
    filled = {"year": year, "next": year + 1, "count": count}
    if not item.clause:
        return "", _WHOLE[item.topic].format(**filled), ""
    progress = _PROGRESS[rng.randrange(len(_PROGRESS))]
    if not item.lead:
        return progress, "", ""
    return progress, _WORDS[progress].format(**filled) + _figures(plan, lines), _AHEAD[progress].format(**filled)


def _figures(plan: Plan, lines: list[Line]) -> str:
    from decimal import Decimal

    from halfsky.plan.wording import with_unit

    told = []
    for line in lines[:2]:
        indicator = plan.indicator[line.indicator]
        if not line.value or indicator.unit == "yes_no":
            continue
        now = f"{line.year}年{indicator.name.zh}为{with_unit(Decimal(line.value), indicator, 'zh')}"
        before = f"（{line.last_year}年为{with_unit(Decimal(line.last), indicator, 'zh')}）" if line.last else ""
        told.append(now + before)
    return "；".join(told) + "。" if told else ""


def _meetings(plan: Plan, by: Principal) -> None:
    """One meeting with its minutes and decisions on their way, and one that is called, with its agenda."""
    from halfsky.oversight.actions import call_meeting, issue_minutes
    from halfsky.oversight.agenda import invited
    from halfsky.oversight.models import Meeting

    today = date.today()
    if Meeting.objects.filter(plan=plan.id, demonstration=True).exists():
        return
    past, coming = today - timedelta(days=64), today + timedelta(days=8)
    place = plan.place[plan.region].name.zh
    held = call_meeting(
        plan=plan, region=plan.region, kind="work", title=f"{place}妇女儿童工作委员会{past.year}年第三季度工作会议", starts=_at(past, 9),
        venue="市政府第二会议室", chair="市政府分管负责同志", invited=invited(plan, plan.region, "work"), by=by, demonstration=True,
    )  # fmt: skip
    held = _written(plan, held, by)
    held = issue_minutes(plan=plan, meeting=held.pk, version=held.version, by=by)
    _follow(plan, [d.task for d in held.decisions.all() if d.task is not None], by)
    call_meeting(
        plan=plan, region=plan.region, kind="liaison", title=f"{place}妇女儿童工作委员会{coming.year}年第四季度联络员会议", starts=_at(coming, 14),
        venue="市妇联三楼会议室", chair="市妇儿工委办主要负责同志", invited=invited(plan, plan.region, "liaison"), by=by,
        demonstration=True,
    )  # fmt: skip


def _at(day: date, hour: int) -> datetime:
    from django.utils import timezone

    return timezone.make_aware(datetime.combine(day, time(hour, 30)))


def _written(plan: Plan, meeting: Meeting, by: Principal) -> Meeting:
    """The minutes of the meeting: what was said on each point, who was there, what was decided."""
    from halfsky.oversight.actions import AgendaEntry, AttendanceEntry, Minutes, save_meeting

    points = list(meeting.agenda.all())[:4]
    agenda = [
        AgendaEntry(
            "传达学习上级妇女儿童工作会议精神",
            "会议传达了上级会议精神，要求各成员单位结合职责抓好落实，年底前对照规划目标完成一次自查。",
        )
    ]
    agenda += [
        AgendaEntry(
            p.title,
            "会议听取了责任单位的情况汇报，分析了进度滞后的原因。会议要求，责任单位制定整改方案，明确完成时限，按月报送进展。",
            p.pk,
        )
        for p in points
    ]
    attendances = [
        AttendanceEntry(a.region, a.unit, "", "absent" if n % 13 == 5 else "present")
        for n, a in enumerate(meeting.attendances.all())
    ]
    return save_meeting(
        plan=plan, meeting=meeting.pk, version=meeting.version, by=by,
        minutes=Minutes(
            meeting.title, meeting.starts, meeting.venue, meeting.chair, "市妇儿工委办", agenda,
            _decided(plan), attendances,
        ),
    )  # fmt: skip


def _decided(plan: Plan) -> list[DecisionEntry]:
    from halfsky.oversight.actions import DecisionEntry as Entry

    today = date.today()
    district = next(r.code for r in plan.regions if r.level in COUNTY_LEVELS and r.code != plan.region)
    wanted = (
        ("制定宫颈癌、乳腺癌筛查提质方案", "明确各区（市）县筛查任务和质量控制要求", plan.region, "health", 20, "G1.6"),
        ("完成义务教育阶段性别平等教育课程全覆盖", "将课程纳入学校教学计划并开展督导", plan.region, "education", -18, "G2.2"),
        ("建立女职工劳动权益联合执法机制", "每季度开展一次联合检查", plan.region, "human-resources", 35, "G3.3"),
        ("补齐乡镇卫生院妇科检查设备", "年底前配齐并投入使用", district, "health-d", 5, "G1.1"),
        ("报送本区规划中期自查情况", "对照规划逐项说明进展，附佐证材料", district, "", -25, ""),
    )  # fmt: skip
    return [
        Entry(title, region, unit, today + timedelta(days=days), words, clause if clause in plan.clauses else "")
        for title, words, region, unit, days, clause in wanted
        if not unit or unit in plan.unit
    ]


def _follow(plan: Plan, tasks: list[Task], by: Principal) -> None:
    """How the decisions go: one confirmed, one reported, one under way, the others as they were given."""
    from halfsky.oversight.actions import confirm_task, report_on_task

    said = (
        ("筛查提质方案已印发，任务分解到各区（市）县。", True),
        ("", False),
        ("联合执法机制文件已会签，正在报批。", False),
        ("设备已完成招标，正在安装。", True),
    )
    for n, (task, (words, done)) in enumerate(zip(tasks, said, strict=False)):
        if not words:
            continue
        held = report_on_task(plan=plan, task=task.pk, version=task.version, words=words, done=done, by=by)
        if n == 0:
            confirm_task(plan=plan, task=held.pk, version=held.version, by=by, words="已核对印发文件。")
