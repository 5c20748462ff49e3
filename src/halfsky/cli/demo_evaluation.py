"""The demonstration's mid-term evaluation, from its scheme to its recommendations, through the same actions as people's.

Marks, reports and findings are generated, deterministic, and marked 演示数据; evaluators exist for the demonstration only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING

from halfsky.cli.demo_year import PASSWORD
from halfsky.observations.demonstration import SEED
from halfsky.plan import Plan

if TYPE_CHECKING:
    from halfsky.evaluation.models import Evaluation, Sheet
    from halfsky.places.models import User
    from halfsky.places.policy import Principal

_DRAFTED, _VISITS = date(2026, 1, 12), date(2026, 3, 9)
# username, name, role, method, how strictly they mark (share of the maximum)
_SCORERS = (
    ("desk-1", "评审员甲（演示）", "committee", "desk", "0.86"),
    ("desk-2", "评审员乙（演示）", "committee", "desk", "0.83"),
    ("site-1", "实地评估员（演示）", "committee", "site", "0.84"),
    ("third-1", "第三方评估员甲（演示）", "evaluator", "third", "0.80"),
    ("third-2", "第三方评估员乙（演示）", "evaluator", "third", "0.76"),
)
_MEMBERS = (
    ("leading", "head", "演示甲", "市人民政府副市长"),
    ("leading", "deputy", "演示乙", "市妇联主席"),
    ("leading", "deputy", "演示丙", "市统计局局长"),
    ("monitoring", "head", "演示丁", "市统计局副局长"),
    ("monitoring", "member", "演示戊", "市统计局社会处处长"),
    ("evaluation", "head", "演示己", "市妇儿工委办主任"),
    ("evaluation", "member", "演示庚", "市妇儿工委办副主任"),
)
_BASIS = {
    "organisation": ("年度工作要点列有规划任务，责任处室和联络员明确。", "实施方案已报备，经费列入部门预算。"),
    "measures": ("所承担措施均有部署文件，推进台账齐全。", "多数措施见到成效，个别措施仍停留在部署阶段。"),
    "data": ("年度数据按时报送，分性别数据基本齐全。", "报送及时，个别指标口径说明不够完整。"),
    "remedy": ("预警指标均有原因分析和整改措施。", "整改措施已落实，尚待后续数据验证。"),
    "satisfaction": ("座谈和问卷反映总体较好。", "知晓率较高，偏远乡镇服务可及性有待提高。"),
}
_FIELD_BASIS = ("对照监测判定，所承担目标多数达标或预计达标。", "多数目标进展正常，个别目标达标有难度。")
_REPORT = {
    "work": "将规划目标任务纳入年度重点工作，明确分管领导、责任处室和联络员，逐年分解、逐项推进，并按时报送年度监测数据。",
    "effect": "所承担的策略措施有序落实，服务供给和覆盖面持续扩大，妇女群众获得感增强。",
    "experience": "坚持部门协同，将性别意识纳入业务工作；用监测数据发现问题，及时调整工作重点。",
    "problems": "基层专兼职力量偏少，部分分性别数据采集渠道尚不稳定，个别指标受基数影响波动较大。",
    "next": "对照2030年目标倒排任务，重点推进预计达标困难的目标，完善数据采集，及时报送进展。",
}
_FINDINGS = (
    ("work", 0, "健全目标责任体系", "市、区（市）县两级将主要目标分解到责任单位，年度报送、审核、判定和预警形成闭环。"),
    ("work", 1, "完善妇幼健康服务网络", "以助产机构、妇幼保健机构为重点，推进危重孕产妇救治、宫颈癌和乳腺癌筛查。"),
    ("experience", 0, "以数据推动工作", "监测判定逐目标说明进展和差距，责任单位据此调整措施，议事协调更有针对性。"),
    ("problem", 0, "部分分性别数据缺口仍在", "少数指标尚未建立稳定的分性别采集渠道，影响判定的完整性。"),
    ("problem", 0, "区（市）县之间进展不平衡", "部分区（市）县基层工作力量薄弱，服务可及性与主城区存在差距。"),
)


@dataclass
class _Stage:
    """What the play needs at hand."""

    plan: Plan
    year: int
    by: Principal
    rng: Random
    people: dict[str, User] = field(default_factory=dict)

    def who(self, name: str) -> Principal:
        from halfsky.places.policy import principal

        return principal(self.people[name], door="cli")


def play(plan: Plan, year: int, by: Principal) -> Evaluation | None:
    """Evaluate the plan as of the year before; ``None`` where it has nobody to evaluate. Run again, it does nothing."""
    from halfsky.evaluation.models import Evaluation
    from halfsky.evaluation.template import subjects

    as_of = year - 1
    if not plan.start <= as_of <= plan.end or not subjects(plan):
        return None
    held = Evaluation.objects.filter(plan=plan.id, kind="midterm", year=as_of).first()
    if held is not None:
        return held
    stage = _Stage(plan, as_of, by, Random(SEED))  # noqa: S311  a demonstration, not a secret
    _cast(stage)
    _organisation(stage)
    made = _scheme(stage)
    _score(stage, made)
    _conclude(stage, made)
    made.refresh_from_db()
    return made


def _cast(stage: _Stage) -> None:
    from halfsky.places.actions import add_person, appoint
    from halfsky.places.models import User

    region = stage.plan.region
    wanted = [("committee", "妇儿工委办工作人员", "committee"), ("leader", "领导小组成员", "leader")]
    wanted += [(username, name, role) for username, name, role, _, _ in _SCORERS]
    for username, name, role in wanted:
        user = User.objects.filter(username=username).first()
        if user is None:
            user = add_person(username=username, full_name=name, by=stage.by, password=PASSWORD, demonstration=True)
            appoint(user=user, role=role, region=region, unit=None, by=stage.by)
        stage.people[username] = user


def _organisation(stage: _Stage) -> None:
    from halfsky.evaluation.actions import add_member
    from halfsky.evaluation.models import Member

    if Member.objects.filter(plan=stage.plan.id).exists():
        return
    for body, role, name, position in _MEMBERS:
        add_member(
            plan=stage.plan, body=body, role=role, name=name, position=position, since=date(stage.plan.start + 1, 3, 1),
            basis="演示文号", by=stage.who("committee"),
        )  # fmt: skip


def _scheme(stage: _Stage) -> Evaluation:
    from halfsky.evaluation.actions import assign, decide_scheme, draft_evaluation, submit_scheme
    from halfsky.evaluation.template import subjects

    plan, officer = stage.plan, stage.who("committee")
    made = draft_evaluation(plan=plan, kind="midterm", year=stage.year, by=officer, today=_DRAFTED, demonstration=True)
    scheme, every = made.schemes.get(), subjects(plan)
    for username, _, _, method, _ in _SCORERS:
        part = every[::2] if username == "desk-1" else every[1::2] if username == "desk-2" else every
        scheme = assign(
            plan=plan, scheme=scheme.pk, version=scheme.version, method=method, user=stage.people[username].pk, subjects=part,
            by=officer,
        )  # fmt: skip
    scheme = submit_scheme(plan=plan, scheme=scheme.pk, version=scheme.version, by=officer)
    decide_scheme(plan=plan, scheme=scheme.pk, version=scheme.version, approve=True, by=stage.who("leader"))
    made.refresh_from_db()
    return made


def _score(stage: _Stage, made: Evaluation) -> None:
    strict = {username: Decimal(share) for username, _, _, _, share in _SCORERS}
    for sheet in made.sheets.select_related("user", "evaluation").order_by("pk"):
        if sheet.user is None:
            _fill(stage, sheet, Decimal("0.93"), stage.by)
        else:
            _fill(stage, sheet, strict[sheet.user.username], stage.who(sheet.user.username))


def _fill(stage: _Stage, sheet: Sheet, share: Decimal, by: Principal) -> None:
    from datetime import timedelta

    from halfsky.evaluation.actions import MarkData, save_sheet, submit_sheet
    from halfsky.evaluation.actions.sheets import asked_of, in_force
    from halfsky.evaluation.words import PARTS, subject_name

    scheme = in_force(sheet.evaluation)
    assert scheme is not None
    name = subject_name(stage.plan, sheet.region, sheet.unit).zh
    marks = {}
    for criterion in asked_of(stage.plan, scheme, sheet):
        drift = Decimal(stage.rng.randint(-9, 9)) / 100 - (Decimal("0.22") if stage.rng.random() < 0.03 else 0)
        points = round(criterion.maximum * min(max(share + drift, Decimal(0)), Decimal(1)), 1)
        marks[criterion.code] = MarkData(points, stage.rng.choice(_BASIS.get(criterion.code, _FIELD_BASIS)))
    texts = {
        part: _REPORT.get(part, f"{name}工作有序推进，材料较为完整，建议进一步补强薄弱环节。")
        for part in PARTS[sheet.method]
    }
    site = sheet.method == "site"
    saved = save_sheet(
        plan=stage.plan, sheet=sheet.pk, version=sheet.version, marks=marks, texts=texts, by=by,
        visited=_VISITS + timedelta(days=sheet.pk % 18) if site else None, place=f"{name}（演示）" if site else "",
    )  # fmt: skip
    submit_sheet(plan=stage.plan, sheet=sheet.pk, version=saved.version, by=by)


def _conclude(stage: _Stage, made: Evaluation) -> None:
    from halfsky.evaluation.actions import (
        add_finding,
        change_conclusion,
        close_evaluation,
        finish_evaluation,
        hand_over,
        recommend,
    )
    from halfsky.places.models import Office

    plan, officer = stage.plan, stage.who("committee")
    made = close_evaluation(plan=plan, evaluation=made.pk, version=made.version, by=officer)
    for conclusion in made.conclusions.filter(proposed="open")[:2]:
        change_conclusion(
            plan=plan, conclusion=conclusion.pk, version=conclusion.version, outcome="on_track", by=officer, forecast="",
            reason="措施已部署并见到成效，评估组据实地评估和第三方意见认定（演示）。", problems="",
            effect="有关措施已经落实，实地评估和座谈反映较好。",
        )  # fmt: skip
    fields = {f.number for f in plan.fields}
    for kind, number, title, words in _FINDINGS:
        if number in {0, *fields}:
            add_finding(plan=plan, evaluation=made.pk, kind=kind, field=number, title=title, words=words, by=officer)
    behind = list(made.conclusions.filter(outcome__in=["not_met", "hard"])[:3])
    for row in behind:
        unit = next(
            (u for a in plan.assignments if a.clause == row.clause and a.level == plan.level for u in a.lead
             if Office.objects.filter(region=plan.region, unit=u).exists()), "",
        )  # fmt: skip
        advice = recommend(
            plan=plan, evaluation=made.pk, region=plan.region, unit=unit, due=date(2026, 12, 31), clause=row.clause, by=officer,
            title=f"推动“{plan.clauses[row.clause].statement.zh.rstrip('。')[:90]}”如期实现",
            words="分析未达标原因，制定分年度推进计划，每半年报告一次进展。",
        )  # fmt: skip
        hand_over(plan=plan, recommendation=advice.pk, by=officer)
    recommend(
        plan=plan, evaluation=made.pk, region=plan.region, unit="", due=date(2026, 9, 30), by=officer, title="补齐分性别数据缺口",
        words="会同统计部门逐项明确缺数据指标的采集渠道和责任单位",
    )  # fmt: skip
    finish_evaluation(plan=plan, evaluation=made.pk, version=made.version, by=officer)
