"""The scheme: proposed from the plan, checked, approved by the leading group and then fixed."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from halfsky.audit.models import Event
from halfsky.collect.actions.review import Stale
from halfsky.evaluation.actions import (
    assign,
    decide_scheme,
    draft_evaluation,
    revise_scheme,
    save_scheme,
    submit_scheme,
)
from halfsky.evaluation.actions.schemes import data_of
from halfsky.evaluation.models import Evaluation, Scheme, Sheet
from halfsky.evaluation.template import concerns, proposed, subjects
from halfsky.places.policy import Forbidden
from halfsky.plan import Faulty
from tests.evaluation.world import TODAY, World
from tests.web import pack


@pytest.mark.parametrize("kind", ["annual", "midterm", "final"])
def test_a_proposal_is_whole_and_says_what_the_plan_holds(world: World, kind: str) -> None:
    data = proposed(world.plan, kind, 2024, TODAY)  # type: ignore[arg-type]
    for unit in ("", "health"):
        assert sum(c.weight for c in data.criteria if c.is_for(unit)) == 100
    fields = {c.clauses for c in data.criteria if c.code.startswith("field-")}
    assert fields == {("F1",), ("F2",)}
    health = next(c for c in data.criteria if c.clauses == ("F1",))
    assert "妇女与健康" in health.name
    assert "1项主要目标、1个目标值" in health.asks
    assert not any("{" in c.name + c.asks for c in data.criteria)


def test_every_shipped_plan_has_a_sound_proposal(world: World) -> None:
    from pathlib import Path

    from halfsky.plan import load_plan

    for folder in sorted((Path(__file__).parents[2] / "plans").iterdir()):
        if (folder / "plan.yaml").exists():
            plan = load_plan(folder)
            data = proposed(plan, "midterm", 2025, TODAY)
            assert sum(c.weight for c in data.criteria) == 100
            for region, unit in subjects(plan):
                assert any(concerns(plan, c, region, unit) for c in data.criteria)


def test_a_pack_may_bring_its_own_template(world: World, settings: object) -> None:
    from halfsky.catalogue.queries import folder

    own = folder(world.plan.id) / "evaluation.yaml"
    own.write_text("methods: {self: 10}\n", encoding="utf-8")
    with pytest.raises(Faulty, match="template"):
        proposed(world.plan, "annual", 2024, TODAY)


def test_only_the_committee_office_drafts_and_only_the_leading_group_approves(world: World) -> None:
    for name in ("chief", "third", "clerk", "shore", "statistician", "auditor"):
        with pytest.raises(Forbidden):
            draft_evaluation(plan=world.plan, kind="annual", year=2024, by=world.who(name))
    made = world.draft()
    scheme = world.assigned(made)
    scheme = submit_scheme(plan=world.plan, scheme=scheme.pk, version=scheme.version, by=world.who("officer"))
    for name in ("officer", "third", "clerk", "shore"):
        with pytest.raises(Forbidden):
            decide_scheme(plan=world.plan, scheme=scheme.pk, version=scheme.version, approve=True, by=world.who(name))
    assert world.draft() == made  # asked for again, it is the one that is there


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"weight": Decimal(11)}, "weights"),
        ({"weight": Decimal(0)}, "criterion"),
        ({"name": " "}, "criterion"),
        ({"methods": ()}, "criterion"),
        ({"methods": ("self",)}, "criterion"),
        ({"clauses": ("G9.9",)}, "criterion"),
        ({"subject": "unit"}, "weights"),
        ({"code": "measures"}, "criterion"),
    ],
)
def test_an_unsound_criterion_is_refused(world: World, change: dict[str, object], code: str) -> None:
    scheme = world.draft().schemes.get()
    data = data_of(scheme)
    first = replace(data.criteria[0], **change)  # type: ignore[arg-type]
    with pytest.raises(Faulty) as refused:
        save_scheme(
            plan=world.plan, scheme=scheme.pk, version=1, by=world.who("officer"),
            data=replace(data, criteria=(first, *data.criteria[1:])),
        )  # fmt: skip
    assert code in {f.code for f in refused.value.faults}


def test_methods_must_add_up_and_the_report_comes_last(world: World) -> None:
    scheme = world.draft().schemes.get()
    data = data_of(scheme)
    late = {**data.timetable, "report": TODAY}
    bad = replace(data, methods={**data.methods, "desk": Decimal(1)}, timetable=late, title=" ", threshold=Decimal(0))
    with pytest.raises(Faulty) as refused:
        save_scheme(plan=world.plan, scheme=scheme.pk, version=1, data=bad, by=world.who("officer"))
    assert {f.code for f in refused.value.faults} == {"methods", "timetable", "title", "threshold"}


def test_who_may_not_score_is_not_assigned(world: World) -> None:
    scheme = world.draft().schemes.get()

    def give(name: str, method: str, *whom: tuple[str, str]) -> Scheme:
        return assign(
            plan=world.plan, scheme=scheme.pk, version=Scheme.objects.get(pk=scheme.pk).version, method=method,
            user=world.people[name].pk, subjects=whom, by=world.who("officer"),
        )  # fmt: skip

    shore = (pack.SHORE, "")
    for name, method in (("clerk", "desk"), ("desk", "third"), ("third", "desk"), ("third", "self"), ("chief", "site")):
        with pytest.raises(Faulty):
            give(name, method, shore)
    with pytest.raises(Faulty):
        give("third", "third", (pack.SHORE, "health"))
    give("desk", "desk", shore)
    with pytest.raises(Faulty, match="two methods"):
        give("desk", "site", shore)
    give("desk", "desk")
    give("desk", "site", shore)


def test_a_scheme_without_scorers_is_not_handed_in(world: World) -> None:
    scheme = world.draft().schemes.get()
    with pytest.raises(Faulty) as refused:
        submit_scheme(plan=world.plan, scheme=scheme.pk, version=1, by=world.who("officer"))
    assert [f.code for f in refused.value.faults] == ["unassigned"] * 3


def test_what_goes_back_says_why_and_can_be_changed(world: World) -> None:
    made = world.draft()
    scheme = world.assigned(made)
    scheme = submit_scheme(plan=world.plan, scheme=scheme.pk, version=scheme.version, by=world.who("officer"))
    with pytest.raises(Stale):
        save_scheme(
            plan=world.plan, scheme=scheme.pk, version=scheme.version, data=data_of(scheme), by=world.who("officer")
        )
    with pytest.raises(Faulty):
        decide_scheme(plan=world.plan, scheme=scheme.pk, version=scheme.version, approve=False, by=world.who("chief"))
    back = decide_scheme(
        plan=world.plan,
        scheme=scheme.pk,
        version=scheme.version,
        approve=False,
        by=world.who("chief"),
        reason="请提高第三方权重。",
    )
    assert back.editable
    assert back.remark == "请提高第三方权重。"
    assert world.people["officer"].notices.filter(kind="evaluation-returned").exists()


def test_an_approved_scheme_changes_only_by_another_version_with_its_reason(world: World) -> None:
    made = world.opened()
    first = made.schemes.get()
    assert made.state == Evaluation.State.OPEN
    assert first.approved_name == world.people["chief"].full_name
    with pytest.raises(Stale):
        save_scheme(
            plan=world.plan, scheme=first.pk, version=first.version, data=data_of(first), by=world.who("officer")
        )
    with pytest.raises(Faulty):
        revise_scheme(plan=world.plan, evaluation=made.pk, by=world.who("officer"), reason=" ")
    second = revise_scheme(plan=world.plan, evaluation=made.pk, by=world.who("officer"), reason="第三方机构更换人员")
    assert second.number == 2
    assert second.assignments.count() == first.assignments.count()
    with pytest.raises(Faulty):
        revise_scheme(plan=world.plan, evaluation=made.pk, by=world.who("officer"), reason="又一次")
    first.refresh_from_db()
    assert first.state == Scheme.State.APPROVED  # in force until the other is
    second = assign(
        plan=world.plan, scheme=second.pk, version=second.version, method="third", user=world.people["second-third"].pk,
        subjects=[], by=world.who("officer"),
    )  # fmt: skip
    second = submit_scheme(plan=world.plan, scheme=second.pk, version=second.version, by=world.who("officer"))
    decide_scheme(plan=world.plan, scheme=second.pk, version=second.version, approve=True, by=world.who("chief"))
    first.refresh_from_db()
    assert first.state == Scheme.State.REPLACED
    resting = Sheet.objects.filter(evaluation=made, active=False)
    assert {s.user for s in resting} == {world.people["second-third"]}


def test_a_mark_of_what_is_asked_otherwise_now_does_not_count(world: World) -> None:
    from halfsky.evaluation.queries import Standing

    made = world.scored()
    second = revise_scheme(plan=world.plan, evaluation=made.pk, by=world.who("officer"), reason="满分调整")
    data = data_of(second)
    first = replace(data.criteria[0], maximum=data.criteria[0].maximum * 2)
    second = save_scheme(
        plan=world.plan,
        scheme=second.pk,
        version=1,
        data=replace(data, criteria=(first, *data.criteria[1:])),
        by=world.who("officer"),
    )
    second = submit_scheme(plan=world.plan, scheme=second.pk, version=second.version, by=world.who("officer"))
    decide_scheme(plan=world.plan, scheme=second.pk, version=second.version, approve=True, by=world.who("chief"))
    made.refresh_from_db()
    made.state = Evaluation.State.CLOSED  # as it is read once scoring is closed
    result = Standing.of(world.who("officer"), world.plan, made).results()[0]
    assert result.criteria[0].ratio is None
    assert result.criteria[1].ratio is not None
    assert result.total.points is None


def test_the_ledger_holds_the_scheme_that_was_approved(world: World) -> None:
    world.opened()
    event = Event.objects.get(action="evaluation.scheme.approve")
    assert event.actor == "chief"
    assert event.role == "leader"
    assert len(event.after["scheme"]["criteria"]) == 7
