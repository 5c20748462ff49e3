"""The names of things in this room, in both languages."""

from __future__ import annotations

from typing import Any

from halfsky.evaluation.models import Conclusion, Evaluation, Finding, Member, Method, Scheme, Sheet, Subject
from halfsky.places.models import Office
from halfsky.plan import Plan, Text


def _t(zh: str, en: str) -> Text:
    return Text(zh=zh, en=en)


KINDS: dict[str, Text] = {
    Evaluation.Kind.ANNUAL: _t("年度评估", "Annual evaluation"),
    Evaluation.Kind.MIDTERM: _t("中期评估", "Mid-term evaluation"),
    Evaluation.Kind.FINAL: _t("终期评估", "Final evaluation"),
}
STATES: dict[str, Text] = {
    Evaluation.State.PREPARING: _t("方案制定中", "Scheme being prepared"),
    Evaluation.State.OPEN: _t("评分中", "Being scored"),
    Evaluation.State.CLOSED: _t("形成结论中", "Conclusions being drawn"),
    Evaluation.State.DONE: _t("已完成", "Done"),
}
SCHEME_STATES: dict[str, Text] = {
    Scheme.State.DRAFT: _t("起草中", "Draft"),
    Scheme.State.SUBMITTED: _t("待领导小组审定", "With the leading group"),
    Scheme.State.APPROVED: _t("已批准", "Approved"),
    Scheme.State.RETURNED: _t("已退回修改", "Sent back"),
    Scheme.State.REPLACED: _t("已由新版替代", "Replaced"),
}
SHEET_STATES: dict[str, Text] = {
    Sheet.State.OPEN: _t("填写中", "Being filled in"),
    Sheet.State.SUBMITTED: _t("已提交", "Handed in"),
    Sheet.State.RETURNED: _t("已退回", "Sent back"),
}
METHODS: dict[str, Text] = {
    Method.SELF: _t("自评", "Self-evaluation"),
    Method.DESK: _t("书面评审", "Desk review"),
    Method.SITE: _t("实地评估", "On-site inspection"),
    Method.THIRD: _t("第三方评估", "Third-party evaluation"),
}
STAGES: dict[str, Text] = {**METHODS, "report": _t("评估报告", "Evaluation report")}
SUBJECTS: dict[str, Text] = {
    Subject.ALL: _t("单位和区（市）县", "Units and districts"),
    Subject.UNIT: _t("单位", "Units"),
    Subject.DISTRICT: _t("区（市）县", "Districts"),
}
BODIES: dict[str, Text] = {
    Member.Body.LEADING: _t("监测评估领导小组", "Leading group of monitoring and evaluation"),
    Member.Body.MONITORING: _t("监测组", "Monitoring group"),
    Member.Body.EVALUATION: _t("评估组", "Evaluation group"),
}
ROLES: dict[str, Text] = {
    Member.Role.HEAD: _t("组长", "Head"),
    Member.Role.DEPUTY: _t("副组长", "Deputy head"),
    Member.Role.MEMBER: _t("成员", "Member"),
}
OUTCOMES: dict[str, Text] = {
    Conclusion.Outcome.MET: _t("已实现", "Met"),
    Conclusion.Outcome.ON_TRACK: _t("预期可实现", "Expected to be met"),
    Conclusion.Outcome.NOT_MET: _t("未实现", "Not met"),
    Conclusion.Outcome.HARD: _t("实现有难度", "Hard to meet"),
    Conclusion.Outcome.OPEN: _t("暂不能判断", "Cannot be judged yet"),
}
FINDINGS: dict[str, Text] = {
    Finding.Kind.WORK: _t("主要做法与成效", "What was done and its effect"),
    Finding.Kind.EXPERIENCE: _t("经验", "Experience"),
    Finding.Kind.PROBLEM: _t("存在问题", "Problems"),
}
# What a sheet asks in words: method → part → heading.
PARTS: dict[str, dict[str, Text]] = {
    Method.SELF: {
        "work": _t("工作开展情况", "What was done"),
        "effect": _t("措施成效", "Effect of the measures"),
        "experience": _t("主要经验", "Experience"),
        "problems": _t("存在问题", "Problems"),
        "next": _t("下一步打算", "Next steps"),
    },
    Method.DESK: {"opinion": _t("评审意见", "Opinion")},
    Method.SITE: {
        "found": _t("检查发现", "What was found"),
        "opinion": _t("评估意见", "Opinion"),
    },
    Method.THIRD: {"opinion": _t("评估意见", "Opinion")},
}


def title(evaluation: Evaluation) -> Text:
    """An evaluation by its year and kind."""
    kind = KINDS[evaluation.kind]
    return Text(zh=f"{evaluation.year}年{kind.zh}", en=f"{kind.en} {evaluation.year}")


def about(evaluation: Evaluation, **more: Any) -> dict[str, Any]:
    """What every notice on an evaluation needs."""
    named = title(evaluation)
    link = {"name": "evaluation", "kwargs": {"pk": evaluation.pk}}
    return {"evaluation": named.zh, "evaluation_en": named.en, "link": link, **more}


def subject_name(plan: Plan, region: str, unit: str) -> Text:
    """A unit, or a district, by its name."""
    if not unit:
        return plan.place[region].name
    office = Office.objects.filter(region=region, unit=unit).first()
    if office is not None:
        return Text(zh=office.name_zh, en=office.name_en or office.name_zh)
    return plan.unit[unit].name
