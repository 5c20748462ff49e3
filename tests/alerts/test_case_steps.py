"""The stages of a case: who may move it from where to where, what is refused, what is carried out once."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from halfsky.alerts.actions import answer, close_case, extend_case, remind_cases, report_progress, review, save_draft
from halfsky.alerts.actions.reminding import LADDER, letter_owed
from halfsky.alerts.casepolicy import STEPS, UNIT_STEPS, allowed
from halfsky.alerts.casequeries import STAGES_TIMED, stage_times
from halfsky.alerts.models import Case
from halfsky.alerts.queries import cases_waiting
from halfsky.audit.queries import verify
from halfsky.collect.actions import Stale
from halfsky.collect.models import Notice
from halfsky.places.policy import Forbidden, Principal, Scope
from halfsky.plan import Faulty
from halfsky.plan.alerting import Alerting
from tests.alerts.cases import PLAN, case, falling, judge, office, people, take, unit
from tests.collect.year import acting
from tests.support import CITY, CLERK, HILL, SHORE

Stage = Case.Stage
TAKES = {
    "answer": lambda c, by: answer(plan=PLAN, case=c.pk, version=c.version, cause="少", remedy="多", deadline=soon(), by=by),
    "accept": lambda c, by: review(plan=PLAN, case=c.pk, version=c.version, accept=True, by=by),
    "return": lambda c, by: review(plan=PLAN, case=c.pk, version=c.version, accept=False, reason="不具体", by=by),
    "progress": lambda c, by: report_progress(plan=PLAN, case=c.pk, version=c.version, note="已办", on=today(), finished=False, by=by),
    "finish": lambda c, by: report_progress(plan=PLAN, case=c.pk, version=c.version, note="办结", on=today(), finished=True, by=by),
    "extend": lambda c, by: extend_case(plan=PLAN, case=c.pk, version=c.version, deadline=soon(90), reason="汛期", by=by),
    "close": lambda c, by: close_case(plan=PLAN, case=c.pk, version=c.version, reason="已解决", by=by),
}  # fmt: skip
WAYS = {
    Stage.RAISED: (),
    Stage.ANSWERED: ("answer",),
    Stage.RETURNED: ("answer", "return"),
    Stage.PROGRESS: ("answer", "accept"),
    Stage.CLOSED: ("close",),
}
ENDS = {
    "answer": Stage.ANSWERED, "accept": Stage.PROGRESS, "return": Stage.RETURNED, "progress": Stage.PROGRESS,
    "finish": Stage.PROGRESS, "extend": Stage.PROGRESS, "close": Stage.CLOSED,
}  # fmt: skip


def today() -> date:
    return timezone.localdate()


def soon(days: int = 60) -> date:
    return today() + timedelta(days=days)


@pytest.fixture
def raised(db: None) -> Case:
    people()
    take(*falling(CITY, SHORE))
    judge()
    return case()


def at(stage: Stage) -> Case:
    for name in WAYS[stage]:
        TAKES[name](case(), unit() if name in UNIT_STEPS else office())
    return case()


@pytest.mark.parametrize("stage", list(Stage))
def test_from_each_stage_exactly_the_steps_of_the_table_are_taken(raised: Case, stage: Stage) -> None:
    for name, take_ in TAKES.items():
        held = at(stage) if case().stage != stage and case().stage == Stage.RAISED else case()
        if stage in STEPS[name]:
            continue
        with pytest.raises(Faulty, match=r"stage where the case stands"):
            take_(held, unit() if name in UNIT_STEPS else office())
        assert case().version == held.version
    held = case() if case().stage == stage else at(stage)
    assert allowed(PLAN, held, unit()) | allowed(PLAN, held, office()) == {n for n, s in STEPS.items() if stage in s}


@pytest.mark.parametrize("name", list(TAKES))
def test_a_step_leads_where_it_should_is_told_in_the_history_and_carried_out_once(raised: Case, name: str) -> None:
    stage = next(s for s in (Stage.RAISED, Stage.ANSWERED, Stage.PROGRESS) if s in STEPS[name])
    held, by = at(stage), unit() if name in UNIT_STEPS else office()
    for _ in range(2):  # the request is sent twice
        TAKES[name](held, by)
    after = case()
    assert (after.stage, after.version) == (ENDS[name], held.version + 1)
    assert after.steps.filter(version=after.version).count() == 1
    assert verify() == []


@pytest.mark.parametrize("name", list(TAKES))
def test_a_step_by_somebody_else_meanwhile_is_stale(raised: Case, name: str) -> None:
    stage = next(s for s in (Stage.RAISED, Stage.ANSWERED, Stage.PROGRESS) if s in STEPS[name])
    held, by = at(stage), unit() if name in UNIT_STEPS else office()
    TAKES["close"](case(), acting("committee", CITY))
    if name == "close":
        by = CLERK
    with pytest.raises(Stale):
        TAKES[name](held, by)


@pytest.mark.parametrize("name", list(TAKES))
@pytest.mark.parametrize("who", ["leader", "statistics", "other", "above", "below"])
def test_nobody_else_may(raised: Case, name: str, who: str) -> None:
    by: Principal = {
        "leader": lambda: acting("leader", CITY),
        "statistics": lambda: acting("statistics", CITY),
        "other": lambda: acting("district_clerk", HILL, "health-d"),
        "above": lambda: acting("committee", CITY),  # a district's case is the district's
        "below": lambda: acting("district_committee", SHORE),
    }[who]()
    held = case(SHORE) if who == "above" else case()
    with pytest.raises(Forbidden):
        TAKES[name](held, by)


def test_a_draft_needs_nothing_and_an_answer_everything(raised: Case) -> None:
    save_draft(plan=PLAN, case=raised.pk, version=1, cause="", remedy="多", deadline=None, by=unit())
    held = case()
    for part in ({"cause": " "}, {"remedy": ""}, {"deadline": None}, {"deadline": soon(9999)}, {"deadline": soon(-1)}):
        said = {"cause": "少", "remedy": "多", "deadline": soon(), **part}
        with pytest.raises(Faulty):
            answer(plan=PLAN, case=held.pk, version=held.version, by=unit(), **said)
    assert case().stage == Stage.RAISED


def test_progress_is_not_dated_tomorrow_and_reasons_are_asked_for(raised: Case) -> None:
    held = at(Stage.PROGRESS)
    with pytest.raises(Faulty, match="later than today"):
        report_progress(plan=PLAN, case=held.pk, version=held.version, note="x", on=soon(1), finished=False, by=unit())
    with pytest.raises(Faulty, match="Give the reason"):
        close_case(plan=PLAN, case=held.pk, version=held.version, reason=" ", by=office())


def test_what_waits_for_whom(raised: Case) -> None:
    def waits(by: Principal) -> list[str]:
        return [w.task.zh for w in cases_waiting(by, PLAN) if w.case.region == CITY]

    assert (waits(unit()), waits(office())) == (["答复整改措施"], [])
    at(Stage.ANSWERED)
    assert (waits(unit()), waits(office())) == ([], ["审核整改答复"])
    TAKES["accept"](case(), office())
    TAKES["finish"](case(), unit())
    assert (waits(unit()), waits(office())) == ([], ["核实整改完成情况"])
    (found,) = [w for w in cases_waiting(office(), PLAN) if w.case.region == CITY]
    assert (found.due, found.link) == (case().due, ("case", {"plan_id": PLAN.id, "pk": case().pk}))


def test_reminders_are_given_once_to_the_holder(raised: Case) -> None:
    late = raised.due + timedelta(days=1)
    before = Notice.objects.count()
    for _ in range(2):
        remind_cases(plan=PLAN, today=late, by=CLERK)
    told = Notice.objects.all()[: Notice.objects.count() - before]
    assert {n.kind for n in told} == {"case-late"}
    assert sorted(n.user.username for n in told) == sorted({n.user.username for n in told})
    assert f"clerk.{CITY}" in {n.user.username for n in told}


def test_an_answer_makes_the_letter_that_was_owed_idle(raised: Case) -> None:
    remind_cases(plan=PLAN, today=raised.due + timedelta(days=8), by=CLERK)
    assert case().owed == "remind"
    TAKES["answer"](case(), unit())
    assert case().owed == ""
    remind_cases(plan=PLAN, today=today(), by=CLERK)
    assert case().owed == ""


def test_how_long_stages_took_is_by_level_and_unit(raised: Case) -> None:
    now = timezone.now()
    raised.steps.update(at=now - timedelta(days=30))
    held = case()
    answer(
        plan=PLAN, case=held.pk, version=held.version, cause="少", remedy="多", deadline=soon(), by=unit(),
        at=now - timedelta(days=21),
    )  # fmt: skip
    held = case()
    review(plan=PLAN, case=held.pk, version=held.version, accept=True, by=office(), at=now - timedelta(days=17))
    held = case()
    close_case(plan=PLAN, case=held.pk, version=held.version, reason="已解决", by=office(), at=now - timedelta(days=2))
    rows = stage_times(PLAN, Scope(True))
    assert [(r.level, r.unit) for r in rows] == [("city", ""), ("city", "health")]
    took = dict(zip(STAGES_TIMED, rows[1].stages, strict=True))
    assert [took[s].days for s in (Stage.RAISED, Stage.ANSWERED, Stage.PROGRESS)] == [9, 4, 15]
    assert (took[Stage.RETURNED].days, took[Stage.RETURNED].times) == (None, 0)
    assert rows[1].whole.days == 28


OPEN = st.sampled_from([Stage.RAISED, Stage.RETURNED, Stage.ANSWERED, Stage.PROGRESS, Stage.CLOSED])
DAY = date(2026, 6, 1)


@given(
    stage=OPEN, sent=st.integers(0, 4), repeats=st.integers(0, 3), cited=st.integers(0, 3), finished=st.booleans(),
    overdue=st.integers(-30, 60), since=st.none() | st.integers(0, 60),
)  # fmt: skip
def test_the_ladder_never_skips_a_rung_and_never_presses_those_who_are_in_time(
    stage: str, sent: int, repeats: int, cited: int, finished: bool, overdue: int, since: int | None
) -> None:
    held = Case(
        stage=stage, letters_sent=sent, repeats=repeats, cited=cited, due=DAY - timedelta(days=overdue),
        finished_at=SimpleNamespace() if finished else None,
    )  # fmt: skip
    rules = Alerting()
    last = None if since is None else DAY - timedelta(days=since)
    found = letter_owed(held, last, DAY, rules)
    if found is None:
        return
    letter, why = found
    assert letter == LADDER[sent]
    assert stage != Stage.CLOSED
    if why == "late":
        assert overdue >= rules.letter_after_days
        assert stage in {Stage.RAISED, Stage.RETURNED, Stage.PROGRESS}
        assert not (stage == Stage.PROGRESS and finished)
        assert since is None or since >= rules.letter_again_days
    else:
        assert repeats > cited
