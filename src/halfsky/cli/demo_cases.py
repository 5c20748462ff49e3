"""The demonstration's warnings being put right: answered, reviewed, carried out, late, written to.

Everything goes through the same actions that people use, on the days on which it would have happened; all is marked 演示数据.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from halfsky.observations.demonstration import SEED
from halfsky.plan import Plan

if TYPE_CHECKING:
    from halfsky.alerts.models import Case
    from halfsky.places.policy import Principal

RAISED = 40  # days ago that the newest year was judged
# Of a hundred open cases, how far each has come; the rest have not been answered.
_COURSE = (("progress", 40), ("finished", 6), ("answered", 14), ("returned", 8), ("draft", 6))
_LETTERS = 2  # of those owed, how many have gone out; the others wait for the committee office

_CAUSES = (
    "主要原因：一是服务能力布局不均衡，部分街道（乡镇）专业人员不足；二是部门间信息共享不及时，重点人群底数掌握不全；三是宣传动员不够深入，群众知晓率偏低。",
    "经核查，数据无误。主要原因是相关项目启动较晚、经费下达滞后，年度任务未能全部完成；基层工作人员流动较大，业务培训没有跟上。",
    "主要原因：一是历史欠账较多，基础薄弱；二是责任分解到基层不够细，缺少按季度调度；三是流动人口增加，服务对象变化较大。",
)  # fmt: skip
_REMEDIES = (
    "一、建立重点人群台账，按月更新，逐人落实服务；二、在薄弱区（市）县增设服务点，年内完成专业人员培训；三、每季度调度一次，结果通报各成员单位。",
    "一、会同财政部门落实经费，确保项目按计划实施；二、制定年度任务清单，明确责任人和完成时限；三、开展专题培训和督导检查，发现问题及时整改。",
    "一、与有关部门建立数据共享机制，摸清底数；二、针对短板制定专项提升方案，分年度推进；三、加强宣传，提高群众参与率。",
)  # fmt: skip
_PROGRESS = "已完成重点人群摸底，建立台账；新增服务点2处，培训业务人员1期。下一步按季度开展调度。"
_MORE = "措施已按计划落实，监测数据尚未达到要求，请结合最新数据完善措施，继续整改。"
_BACK = "原因分析不够具体，请补充分区（市）县情况；整改措施请明确责任人和阶段性时限。"


def play(plan: Plan, by: Principal) -> int:
    """Put the open cases of a plan on their way; how many. May be run again, and then does nothing."""
    from halfsky.alerts.actions import remind_cases
    from halfsky.alerts.models import Case, CaseStep

    cases = list(Case.objects.filter(plan=plan.id).exclude(stage=Case.Stage.CLOSED).order_by("pk"))
    if not cases or CaseStep.objects.filter(case__plan=plan.id, kind=CaseStep.Kind.ANSWERED).exists():
        return 0
    from django.utils import timezone

    rng = Random(SEED)  # noqa: S311  a demonstration, not a secret
    courses = [name for name, share in _COURSE for _ in range(round(len(cases) * share / 100))][: len(cases)]
    courses += ["raised"] * (len(cases) - len(courses))
    rng.shuffle(courses)
    for case, course in zip(cases, courses, strict=True):
        if course != "raised":
            _one(plan, case, course, rng, by)
    remind_cases(plan=plan, today=timezone.localdate(), by=by)
    _letters(plan, by)
    return len(cases)


def _one(plan: Plan, case: Case, course: str, rng: Random, by: Principal) -> None:
    """One case on its course; one that stands since an earlier year was answered then, and is given more time now."""
    from halfsky.alerts.actions import answer, extend_case, report_progress, review, save_draft

    raised = case.steps.exclude(kind="changed").order_by("-pk")[0].at
    now = datetime.now(raised.tzinfo)
    old = now - raised > timedelta(days=2 * RAISED)
    day = min(raised + timedelta(days=rng.randint(4, 16)), now)
    said: dict[str, Any] = {
        "cause": rng.choice(_CAUSES), "remedy": rng.choice(_REMEDIES),
        "deadline": (day + timedelta(days=rng.choice((90, 150, 200)))).date(),
    }  # fmt: skip
    if course == "draft" and not old:
        save_draft(plan=plan, case=case.pk, version=case.version, by=by, **said)
        return
    if course == "answered" and not old:
        day = min(now - timedelta(days=rng.randint(0, 6)), now)
    held = answer(plan=plan, case=case.pk, version=case.version, by=by, at=day, **said)
    if course == "answered" and not old:
        return
    day = min(day + timedelta(days=rng.randint(2, 9)), now)
    accept = old or course != "returned"
    reason = "" if accept else _BACK
    held = review(plan=plan, case=held.pk, version=held.version, accept=accept, reason=reason, by=by, at=day)
    if not accept:
        return
    if old:
        day = now - timedelta(days=RAISED - 10)
        until = (now + timedelta(days=120)).date()
        held = extend_case(plan=plan, case=held.pk, version=held.version, deadline=until, reason=_MORE, by=by, at=day)
    day = min(day + timedelta(days=rng.randint(5, 12)), now)
    report_progress(
        plan=plan, case=held.pk, version=held.version, note=_PROGRESS, on=day.date(), finished=course == "finished", by=by,
        at=day,
    )  # fmt: skip


def _letters(plan: Plan, by: Principal) -> None:
    from halfsky.alerts.models import Case
    from halfsky.reports.letters import issue_letter

    owed = Case.objects.filter(plan=plan.id).exclude(owed="").order_by("region", "pk")
    for case in [c for c in owed if c.owed == Case.Owed.REMIND][:_LETTERS]:
        issue_letter(plan=plan, case=case.pk, version=case.version, by=by)
