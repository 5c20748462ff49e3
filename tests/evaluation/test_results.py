"""From closed scoring to the end: totals, spread, conclusions, recommendations that become tasks."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from halfsky.alerts import queries as alerts
from halfsky.assess import Standing as Status
from halfsky.collect.actions.review import Stale
from halfsky.evaluation.actions import (
    add_finding,
    add_member,
    change_conclusion,
    close_evaluation,
    draft_evaluation,
    end_member,
    finish_evaluation,
    hand_over,
    recommend,
    remove_finding,
    remove_recommendation,
)
from halfsky.evaluation.models import Conclusion, Evaluation, Member
from halfsky.evaluation.queries import Standing, evaluations, waiting
from halfsky.oversight.models import Task
from halfsky.places.policy import Forbidden
from halfsky.plan import Faulty
from tests.evaluation.world import World
from tests.web import pack


def test_a_total_is_the_weighted_mean_of_methods_and_criteria(world: World) -> None:
    made = world.closed()
    results = {(r.region, r.unit): r for r in Standing.of(world.who("officer"), world.plan, made).results()}
    assert len(results) == 5
    shore = results[pack.SHORE, ""]
    # self 0.95 × 10, desk 0.8 × 40, site 0.7 × 20, third (0.4 + 0.9) / 2 × 30, each criterion by its own methods
    by_code = {c.criterion.code: round(c.ratio or Decimal(0), 12) for c in shore.criteria}
    third = Decimal("0.65")
    assert by_code["data"] == (Decimal("9.5") + Decimal(32)) / 50
    assert by_code["organisation"] == round((Decimal("9.5") + Decimal(32) + Decimal(14)) / 70, 12)
    assert by_code["field-1"] == round((Decimal("9.5") + Decimal(32) + third * 30) / 80, 12)
    assert by_code["measures"] == round(Decimal("9.5") / 100 + Decimal("0.32") + Decimal("0.14") + third * 30 / 100, 12)
    expected = sum(c.criterion.weight * (c.ratio or 0) for c in shore.criteria)
    assert shore.total.points == round(expected, 2)
    assert shore.grade is not None
    assert shore.grade.zh == "合格"
    # A unit is not scored on fields in which it answers for nothing; what is left is scaled to 100.
    health = results[pack.CITY, "health"]
    assert "field-2" in {c.criterion.code for c in shore.criteria}
    assert "field-2" in {c.criterion.code for c in results[pack.CITY, "science"].criteria}
    assert "field-2" not in {c.criterion.code for c in health.criteria}
    assert health.total.weight < 100
    assert health.total.points is not None


def test_disagreement_is_flagged_and_so_is_a_claim_beyond_the_others(world: World) -> None:
    made = world.closed()
    shore = next(r for r in Standing.of(world.who("officer"), world.plan, made).results() if r.region == pack.SHORE)
    by_code = {c.criterion.code: c for c in shore.criteria}
    measures = by_code["measures"]
    assert measures.spread is not None
    assert (measures.spread.low, measures.spread.high, measures.spread.scorers) == (Decimal(40), Decimal(90), 4)
    assert measures.apart
    assert measures.claims  # 95 against a mean of 70
    assert not by_code["organisation"].apart  # 70 and 80
    assert not by_code["data"].apart  # one scorer
    assert shore.apart == sum(c.apart for c in shore.criteria) > 0


def test_a_missing_sheet_leaves_no_total(world: World) -> None:
    made = world.opened()
    for sheet in made.sheets.select_related("user", "evaluation"):
        if sheet.user is not None and sheet.user.username != "third":
            world.fill(sheet, "0.8", world.who(sheet.user.username))
    close_evaluation(
        plan=world.plan, evaluation=made.pk, version=made.version, by=world.who("officer"), reason="缺第三方"
    )
    made.refresh_from_db()
    for result in Standing.of(world.who("officer"), world.plan, made).results():
        assert result.total.points is None
        assert result.grade is None
        assert all(c.ratio is None for c in result.criteria if {"self", "third"} & set(c.criterion.methods))


def test_conclusions_follow_the_verdicts(world: World) -> None:
    made = world.closed()
    rows = {c.clause: c for c in made.conclusions.all()}
    assert list(rows) == [g.id for g in world.plan.goals]
    mothers = next(v for v in alerts.verdicts(world.plan.id, 2024) if v.target == "G1.1a")
    assert mothers.status in {Status.AT_RISK, Status.MISSED}
    assert rows["G1.1"].outcome in {Conclusion.Outcome.HARD, Conclusion.Outcome.NOT_MET}
    assert mothers.sentence.zh in rows["G1.1"].forecast
    assert mothers.sentence.en in rows["G1.1"].forecast_en
    assert rows["G2.2"].outcome == Conclusion.Outcome.OPEN  # nothing that figures can judge


def test_another_outcome_needs_its_reason(world: World) -> None:
    made = world.closed()
    row = made.conclusions.get(clause="G2.2")
    said = {"effect": "措施有效。", "problems": "", "forecast": row.forecast}
    with pytest.raises(Faulty):
        change_conclusion(
            plan=world.plan, conclusion=row.pk, version=1, outcome="met", reason="", by=world.who("officer"), **said
        )
    with pytest.raises(Forbidden):
        change_conclusion(
            plan=world.plan, conclusion=row.pk, version=1, outcome="met", reason="x", by=world.who("chief"), **said
        )
    row = change_conclusion(
        plan=world.plan,
        conclusion=row.pk,
        version=1,
        outcome="met",
        reason="专家评议认定",
        by=world.who("officer"),
        **said,
    )
    assert (row.proposed, row.outcome, row.reason) == ("open", "met", "专家评议认定")
    with pytest.raises(Stale):
        change_conclusion(
            plan=world.plan, conclusion=row.pk, version=1, outcome="met", reason="x", by=world.who("officer"), **said
        )
    row = change_conclusion(
        plan=world.plan, conclusion=row.pk, version=2, outcome="open", reason="", by=world.who("officer"), **said
    )
    assert row.reason == ""


def test_recommendations_become_tasks_once(world: World) -> None:
    made = world.closed()
    said = {
        "title": "降低孕产妇死亡率",
        "words": "完善危重孕产妇救治网络。",
        "due": date(2026, 12, 31),
        "clause": "G1.1",
    }
    with pytest.raises(Faulty):
        recommend(plan=world.plan, evaluation=made.pk, region=pack.CITY, unit="nobody", by=world.who("officer"), **said)
    rec = recommend(
        plan=world.plan, evaluation=made.pk, region=pack.CITY, unit="health", by=world.who("officer"), **said
    )
    other = recommend(plan=world.plan, evaluation=made.pk, region=pack.SHORE, unit="", by=world.who("officer"), **said)
    rec = hand_over(plan=world.plan, recommendation=rec.pk, by=world.who("officer"))
    assert hand_over(plan=world.plan, recommendation=rec.pk, by=world.who("officer")).task == rec.task
    task = Task.objects.get(pk=rec.task)
    assert (task.unit, task.clause, task.origin_kind, task.origin_label) == (
        "health",
        "G1.1",
        "recommendation",
        "2024年中期评估",
    )
    with pytest.raises(Faulty):
        remove_recommendation(plan=world.plan, evaluation=made.pk, recommendation=rec.pk, by=world.who("officer"))
    remove_recommendation(plan=world.plan, evaluation=made.pk, recommendation=other.pk, by=world.who("officer"))
    assert made.recommendations.filter(removed_at__isnull=True).count() == 1


def test_an_evaluation_ends_and_is_fed_back(world: World) -> None:
    made = world.closed()
    found = add_finding(
        plan=world.plan,
        evaluation=made.pk,
        kind="problem",
        field=1,
        title="基层力量不足",
        words="……",
        by=world.who("officer"),
    )
    remove_finding(plan=world.plan, evaluation=made.pk, finding=found.pk, by=world.who("officer"))
    made = finish_evaluation(plan=world.plan, evaluation=made.pk, version=made.version, by=world.who("officer"))
    assert made.state == Evaluation.State.DONE
    for name in ("clerk", "shore", "chief"):
        assert world.people[name].notices.filter(kind="evaluation-done").exists(), name
    row = made.conclusions.first()
    assert row is not None
    with pytest.raises(Stale):
        change_conclusion(
            plan=world.plan, conclusion=row.pk, version=row.version, outcome=row.outcome, reason="", effect="", problems="",
            forecast="", by=world.who("officer"),
        )  # fmt: skip


def test_one_must_be_judged_to_be_closed(world: World) -> None:
    made = draft_evaluation(plan=world.plan, kind="final", year=2030, by=world.who("officer"))
    world.approved(made)
    made.refresh_from_db()
    with pytest.raises(Faulty, match="not been judged"):
        close_evaluation(plan=world.plan, evaluation=made.pk, version=made.version, by=world.who("officer"), reason="x")


def test_what_waits_for_whom(world: World) -> None:
    made = world.draft()
    assert [w.name for w in waiting(world.who("officer"), world.plan)] == ["evaluation-scheme"]
    assert evaluations(world.who("third"), world.plan) == []
    world.approved(made)
    assert [w.name for w in waiting(world.who("shore"), world.plan)] == ["evaluation-sheet"]
    assert len(waiting(world.who("third"), world.plan)) == 5
    assert waiting(world.who("auditor"), world.plan) == []
    assert evaluations(world.who("third"), world.plan) == [made]


def test_the_organisation_is_a_register(world: World) -> None:
    said = {
        "body": "leading",
        "role": "head",
        "name": "王主任",
        "position": "市人民政府副市长",
        "since": date(2022, 1, 1),
        "basis": "大政办发〔2022〕1号",
    }
    member = add_member(plan=world.plan, by=world.who("officer"), **said)  # type: ignore[arg-type]
    with pytest.raises(Faulty):
        add_member(plan=world.plan, by=world.who("officer"), **said)  # type: ignore[arg-type]
    with pytest.raises(Forbidden):
        add_member(plan=world.plan, by=world.who("chief"), **said)  # type: ignore[arg-type]
    with pytest.raises(Faulty):
        end_member(plan=world.plan, member=member.pk, until=date(2021, 1, 1), by=world.who("officer"))
    end_member(plan=world.plan, member=member.pk, until=date(2024, 1, 1), by=world.who("officer"))
    add_member(plan=world.plan, by=world.who("officer"), **said)  # type: ignore[arg-type]
    assert Member.objects.count() == 2
