"""The report of a finished evaluation: its official order, and that it says what was concluded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from halfsky.alerts.actions import assess_plan
from halfsky.collect.actions import import_figures
from halfsky.evaluation.actions import add_finding, add_member, change_conclusion, finish_evaluation, recommend
from halfsky.evaluation.models import Evaluation
from halfsky.reports.kinds import Ask, NotReady, kind_of
from halfsky.reports.report.model import Paragraph, Report, Table
from tests.evaluation.world import TODAY, World, build
from tests.support import CLERK
from tests.web import pack


@pytest.fixture
def world(db: None, settings: Any, tmp_path: Path) -> World:
    plan = pack.pack()
    pack.write(plan, tmp_path)
    settings.PLANS_DIR = tmp_path
    settings.HOME = tmp_path
    import_figures(plan=plan, observations=pack.figures(), by=CLERK, file="figures.csv")
    assess_plan(plan=plan, as_of=2024, by=CLERK)
    return build(plan)


def finished(world: World) -> Evaluation:
    """Concluded, with something in every chapter."""
    made, officer = world.closed(), world.who("officer")
    add_member(plan=world.plan, body="leading", role="head", name="王主任", position="副市长", since=TODAY, by=officer)
    for kind, field in (("work", 0), ("experience", 1), ("problem", 2)):
        add_finding(
            plan=world.plan,
            evaluation=made.pk,
            kind=kind,
            field=field,
            title=f"标题{kind}",
            words=f"内容{kind}。",
            by=officer,
        )
    row = made.conclusions.get(clause="G2.2")
    change_conclusion(
        plan=world.plan, conclusion=row.pk, version=1, outcome="met", reason="专家评议认定", effect="文明创建见成效。", problems="",
        forecast="", by=officer,
    )  # fmt: skip
    recommend(
        plan=world.plan, evaluation=made.pk, title="加强危重孕产妇救治", words="完善转诊网络。", region=pack.CITY, unit="health",
        due=TODAY, clause="G1.1", by=officer,
    )  # fmt: skip
    return finish_evaluation(plan=world.plan, evaluation=made.pk, version=made.version, by=officer)


def said(report: Report) -> str:
    found = []
    for section in report.sections:
        found.append(section.heading)
        for block in section.blocks:
            if isinstance(block, Paragraph):
                found.append(block.text)
            elif isinstance(block, Table):
                found += [c.text for row in block.rows for c in row]
    return "\n".join(found)


def test_there_is_none_before_the_conclusions_are_fixed(world: World) -> None:
    kind = kind_of("evaluation-midterm")
    world.closed()
    assert list(kind.years(world.plan)) == []
    with pytest.raises(NotReady):
        kind.compose(Ask(world.plan, 2024, world.plan.region, "zh"))


def test_it_stands_in_its_official_order_and_says_what_was_concluded(world: World) -> None:
    made = finished(world)
    kind = kind_of("evaluation-midterm")
    assert list(kind.years(world.plan)) == [2024]
    report = kind.compose(Ask(world.plan, 2024, world.plan.region, "zh"))
    heads = [s.heading for s in report.sections if s.level == 1]
    assert heads == [
        "一、评估工作概况", "二、总体进展", "三、分领域评估", "四、主要做法与成效", "五、存在问题", "六、对策建议",
        "附表1：主要目标评估结论", "附表2：评估对象评分结果", "附表3：资料来源",
    ]  # fmt: skip
    words = said(report)
    assert report.subtitle == "中期评估报告（2024年）"
    for part in (
        "人员chief批准", "组长王主任（副市长）", "2个责任单位和3个区（市）县", "3项主要目标中", "专家评议认定", "文明创建见成效。",
        "内容work", "内容experience", "内容problem", "加强危重孕产妇救治（对应G1.1）", "市卫生健康委员会承办", "2026年3月1日前完成",
    ):  # fmt: skip
        assert part in words, part
    row = made.conclusions.get(clause="G1.1")
    assert row.forecast in words
    # Who gave which mark is nobody's to read here.
    for name in ("人员third", "人员desk", "人员site"):
        assert name not in words


def test_it_is_the_same_every_time_and_in_english(world: World) -> None:
    finished(world)
    kind = kind_of("evaluation-midterm")
    for language in ("zh", "en"):
        first, second = (kind.compose(Ask(world.plan, 2024, world.plan.region, language)) for _ in range(2))  # type: ignore[arg-type]
        assert first == second
    english = [s.heading for s in first.sections if s.level == 1]
    assert english[0] == "1 How the evaluation was done"
    assert "Mid-term evaluation report (2024)" in first.subtitle


def test_it_is_issued_like_every_document(world: World) -> None:
    from halfsky.reports.drafting import draft
    from halfsky.reports.files import path_of
    from halfsky.reports.issuing import decide, issue, submit

    finished(world)
    held = draft(
        plan=world.plan, kind="evaluation-midterm", year=2024, region=pack.CITY, language="zh", by=world.who("officer")
    )
    held = submit(plan=world.plan, document=held.pk, version=held.version, by=world.who("officer"))
    held = decide(plan=world.plan, document=held.pk, version=held.version, approve=True, by=world.who("chief"))
    held = issue(plan=world.plan, document=held.pk, version=held.version, by=world.who("officer"), on=TODAY)
    assert held.number_words == "评估报告〔2026〕1号"
    assert set(held.files) >= {"pdf", "docx"}
    for digest in held.files.values():
        assert path_of(digest).exists()
