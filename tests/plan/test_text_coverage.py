"""Dalian's pack against its official text: nothing left out, and the reader finds what the pack promises."""

from __future__ import annotations

from decimal import Decimal

import pytest

from halfsky.plan import Kind, Plan, load_plan
from halfsky.plan.reader import PlanText, suggest
from halfsky.plan.reader.coverage import uncovered_figures
from halfsky.plan.reader.matching import Agreement, agreement
from tests.plan.official import ROOT, official_text

FLOOR = {"recall": 0.90, "precision": 0.80}


@pytest.fixture(scope="module")
def plan_text() -> PlanText:
    return official_text()


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_plan(ROOT / "plans" / "dalian-2021-2030")


@pytest.fixture(scope="module")
def found(plan: Plan, plan_text: PlanText) -> Agreement:
    return agreement(plan, suggest(plan_text))


def test_the_text_has_the_clauses_of_the_pack(plan: Plan, plan_text: PlanText) -> None:
    assert (len(plan_text.fields), len(plan_text.goals), len(plan_text.measures)) == (8, 82, 96)
    clauses = (*plan_text.goals, *plan_text.measures, *plan_text.provisions)
    assert [clause.id for clause in clauses] == list(plan.clauses)
    assert [field.name for field in plan_text.fields] == [field.name.zh for field in plan.fields]


def test_every_figure_of_part_two_is_in_a_target_or_listed_with_its_reason(plan: Plan, plan_text: PlanText) -> None:
    assert uncovered_figures(plan_text, plan) == []


def test_a_figure_taken_out_of_the_pack_is_missed(plan: Plan, plan_text: PlanText) -> None:
    without = plan.model_copy(update={"targets": tuple(t for t in plan.targets if t.clause != "G5.8")})
    assert {(u.clause, u.figure) for u in uncovered_figures(plan_text, without)} == {("G5.8", "100%"), ("G5.8", "80%")}


def test_the_words_of_targets_and_not_targets_stand_in_their_clause(plan: Plan, plan_text: PlanText) -> None:
    from halfsky.plan.reader.cleaning import clean

    texts = {c.id: c.text for c in (*plan_text.goals, *plan_text.measures, *plan_text.provisions)}
    quotes = [(t.id, t.clause, t.words) for t in plan.targets] + [
        ("not a target", n.clause, n.words) for n in plan.not_targets
    ]
    misquoted = [q for q in quotes if not all(clean(piece) in texts[q[1]] for piece in q[2].split("…"))]
    assert misquoted == []


def test_baselines_are_printed_in_the_preface(plan: Plan, plan_text: PlanText) -> None:
    printed = {(f.clause, f.mention.value) for f in plan_text.figures}
    assert {(b.clause, b.value) for b in plan.baselines} <= printed


def test_suggestions_reach_their_recall_and_precision(found: Agreement) -> None:
    assert found.recall >= FLOOR["recall"], [f"{t.id} {t.words}" for t in found.missed]
    assert found.precision >= FLOOR["precision"], [f"{s.clause} {s.words}" for s in found.extra]


@pytest.mark.parametrize("kind", [Kind.AT_MOST, Kind.NEAR, Kind.TIMES_BASE])
def test_every_figure_with_a_plain_bound_is_suggested(found: Agreement, kind: Kind) -> None:
    assert found.of_kind(kind).missed == ()


def test_whom_a_figure_binds_is_mostly_read_right(found: Agreement) -> None:
    valued = [(t, s) for t, s in found.pairs if t.final.value is not None and t.kind is not Kind.EXISTS]
    right = sum(t.binds is s.binds for t, s in valued)
    assert Decimal(right) / len(valued) >= Decimal("0.8"), [
        (t.id, t.binds, s.binds) for t, s in valued if t.binds is not s.binds
    ]
