"""Warnings become cases: one for each cause, followed by assessments, never a flood."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from halfsky.alerts.actions import answer, assess_plan, close_case, review
from halfsky.alerts.models import Case, CaseStep, Warning
from halfsky.audit.queries import verify
from halfsky.collect.models import Notice
from halfsky.collect.notices import sentence
from halfsky.plan import Plan
from tests.alerts.cases import PLAN, case, falling, judge, office, people, plan, screened, take, unit
from tests.collect.year import person
from tests.support import CITY, CLERK, HILL, ISLE, SHORE

pytestmark = pytest.mark.django_db
KIND = CaseStep.Kind


def kinds(held: Case) -> list[str]:
    return list(held.steps.values_list("kind", flat=True))


def test_several_promises_on_one_indicator_in_one_place_are_one_case() -> None:
    take(*falling(CITY))
    judge()
    assert {w.target for w in Warning.objects.filter(region=CITY)} == {"M1.1a", "G1.2a"}
    held = Case.objects.get()
    assert (held.indicator, held.region, set(held.targets)) == ("screening", CITY, {"M1.1a", "G1.2a"})
    assert (held.unit, held.stage, held.figure_year) == ("health", "raised", 2023)
    assert verify() == []


def test_a_districts_case_hangs_below_the_citys_and_is_its_own_units() -> None:
    take(*falling(CITY, SHORE, HILL))
    judge()
    assert Case.objects.count() == 3
    for region in (SHORE, HILL):
        assert case(region).parent == case(CITY)
        assert case(region).unit == "health-d"
    assert case(CITY).parent is None


def test_the_citys_case_that_comes_later_takes_the_districts_below_it() -> None:
    take(*falling(SHORE))
    judge()
    assert case(SHORE).parent is None
    take(*falling(CITY))
    judge()
    assert case(SHORE).parent == case(CITY)


def test_no_flood_one_notice_each_however_many_causes_there_are() -> None:
    people()
    deaths = [
        replace(f, series=replace(f.series, indicator="maternal_mortality"), value=Decimal(14 + i))
        for i, f in enumerate(falling(CITY))
    ]
    take(*falling(CITY, SHORE, HILL, ISLE), *deaths)
    judge()
    assert Warning.objects.count() == 9
    assert Case.objects.count() == 5
    told = Notice.objects.filter(kind__startswith="case-raised")
    assert {n.user_id: 1 for n in told} == {n.user_id: told.filter(user=n.user_id).count() for n in told}
    clerk = told.get(user=person("clerk", CITY, "health"))
    assert clerk.params["count"] == 2
    assert "有2项预警需要整改" in sentence(clerk).zh
    judge()  # nothing new: nobody hears anything
    take(screened(SHORE, 2018, "59"))
    judge()
    assert Notice.objects.filter(kind__startswith="case-raised").count() == told.count()


def test_the_leading_group_hears_of_what_is_red_in_its_own_place() -> None:
    people()
    take(*falling(CITY, SHORE))
    judge()
    red = Case.objects.filter(level="red").exists()
    for role, region in (("leader", CITY), ("district_leader", SHORE)):
        told = Notice.objects.filter(user=person(role, region), kind="case-raised-leaders")
        assert told.count() == (case(region).level == "red")
    assert red


def test_a_new_years_figure_closes_it_and_says_so() -> None:
    people()
    take(*falling(CITY))
    judge()
    take(screened(CITY, 2024, "75"))
    judge(2024)
    held = case()
    assert (held.stage, held.ending, held.due) == ("closed", "figure", None)
    assert kinds(held) == [KIND.RAISED, KIND.CLOSED]
    assert Notice.objects.filter(kind="case-closed", user=person("clerk", CITY, "health")).count() == 1


def test_a_revision_removes_it_quietly_and_the_history_says_why() -> None:
    people()
    take(*falling(CITY))
    judge()
    before = Notice.objects.count()
    take(screened(CITY, 2023, "75"), reason="分母口径更正")
    judge()
    held = case()
    assert (held.stage, held.ending) == ("closed", "revision")
    last = held.steps.last()
    assert (last.kind, last.text, last.facts["ending"]) == (KIND.QUIET, "分母口径更正", "revision")
    assert Notice.objects.count() == before


def test_what_another_revision_brings_back_goes_on_where_it_stood() -> None:
    people()
    take(*falling(CITY))
    judge()
    held = case()
    answer(plan=PLAN, case=held.pk, version=held.version, cause="少", remedy="多", deadline=soon(), by=unit())
    take(screened(CITY, 2023, "75"), reason="更正")
    judge()
    take(screened(CITY, 2023, "50"), reason="更正有误，恢复")
    judge()
    held = case()
    assert (held.stage, held.round, held.repeats, held.cause) == ("answered", 1, 0, "少")
    assert kinds(held) == [KIND.RAISED, KIND.ANSWERED, KIND.QUIET, KIND.RESUMED]


def test_it_comes_back_as_the_same_case_and_is_counted() -> None:
    people()
    take(*falling(CITY))
    judge()
    take(screened(CITY, 2024, "75"))
    judge(2024)
    take(screened(CITY, 2025, "49"))
    judge(2025)
    held = case()
    assert Case.objects.count() == 1
    assert (held.stage, held.round, held.repeats, held.ending) == ("raised", 2, 1, "")
    assert kinds(held) == [KIND.RAISED, KIND.CLOSED, KIND.REOPENED]


def test_a_warning_that_stands_in_another_year_is_a_line_of_history_not_another_case() -> None:
    take(*falling(CITY))
    judge()
    take(screened(CITY, 2024, "48"))
    judge(2024)
    held = case()
    assert (held.as_of, held.figure_year) == (2024, 2024)
    assert kinds(held) == [KIND.RAISED, KIND.CHANGED]


def test_figures_that_go_missing_put_nothing_right() -> None:
    take(*falling(CITY))
    judge()
    from halfsky.observations import Status

    take(*(replace(f, value=None, status=Status.NOT_COLLECTED) for f in falling(CITY)), reason="原数据有误，暂无数据")
    judge()
    assert not Warning.objects.filter(cleared_by__isnull=True).exists()
    held = case()
    assert (held.stage, held.unsettled) == ("raised", True)
    assert kinds(held) == [KIND.RAISED, KIND.UNSETTLED]


def test_the_offices_word_holds_until_there_is_news() -> None:
    people()
    take(*falling(CITY))
    judge()
    held = case()
    close_case(plan=PLAN, case=held.pk, version=held.version, reason="已纳入专项行动统筹", by=office())
    take(screened(CITY, 2018, "60"))  # judged anew, with nothing new about it
    judge()
    assert case().stage == "closed"
    take(screened(CITY, 2024, "47"))
    judge(2024)
    assert (case().stage, case().round) == ("raised", 2)


def test_judging_an_earlier_year_leaves_cases_alone() -> None:
    take(*falling(CITY))
    judge()
    before = [(c.pk, c.version, c.stage, c.as_of) for c in Case.objects.all()]
    judge(2022)
    assert [(c.pk, c.version, c.stage, c.as_of) for c in Case.objects.all()] == before


def test_a_plan_that_assigns_nobody_has_no_cases() -> None:
    bare = Plan(**{**plan().model_dump(), "id": "bare-2021-2030", "assignments": ()})
    from halfsky.collect.actions import import_figures

    import_figures(plan=bare, observations=falling(CITY), by=CLERK)
    assess_plan(plan=bare, as_of=2023, by=CLERK)
    assert Warning.objects.filter(plan=bare.id).exists()
    assert not Case.objects.exists()


def test_a_promise_that_leaves_the_plan_ends_its_case() -> None:
    take(*falling(CITY))
    judge()
    without = Plan(
        **{
            **plan().model_dump(),
            "targets": [t for t in plan().model_dump()["targets"] if t["indicator"] != "screening"],
        }
    )
    assess_plan(plan=without, as_of=2023, by=CLERK)
    assert (case().stage, case().ending) == ("closed", "gone")


def test_an_accepted_remedy_stands_while_the_warning_does() -> None:
    people()
    take(*falling(CITY))
    judge()
    held = case()
    held = answer(plan=PLAN, case=held.pk, version=held.version, cause="少", remedy="多", deadline=soon(), by=unit())
    review(plan=PLAN, case=held.pk, version=held.version, accept=True, by=office())
    take(screened(CITY, 2024, "49"))
    judge(2024)
    assert case().stage == "progress"


def soon():
    from datetime import timedelta

    from django.utils import timezone

    return timezone.localdate() + timedelta(days=60)
