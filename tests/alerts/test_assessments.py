"""Assessments are kept as they were made; warnings follow them, once per target and place."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from halfsky.alerts import queries
from halfsky.alerts.actions import assess_plan
from halfsky.alerts.models import Assessment, Warning
from halfsky.alerts.policy import Ground, judge
from halfsky.assess import Flag, Oddity, Standing, Verdict
from halfsky.audit.queries import verify
from halfsky.collect.actions import import_figures
from halfsky.plan import Faulty, Kind, Text
from tests.support import CITY, CLERK, HILL, ISLE, SHORE, figure, rising, small_plan

PLAN = small_plan()
FALLING_SHORT = rising("maternal_mortality", CITY, 2018, "10.1", "10.4", "10.2", "10.6", "10.9", "11.2", "11.4", "11.8")


def take(*observations, **more) -> None:
    import_figures(plan=PLAN, observations=observations, by=CLERK, **more)


def warned() -> set[tuple[str, str]]:
    return {(w.verdict.target, w.verdict.region) for w in queries.warnings(PLAN.id)}


@pytest.mark.django_db
@pytest.mark.parametrize("year", [-5, 0, 2020, 2036, 10**14])
def test_a_year_that_the_plan_does_not_reach_is_refused(year: int) -> None:
    with pytest.raises(Faulty, match="is not one that this plan is judged in"):
        assess_plan(plan=PLAN, as_of=year, by=CLERK)
    assert not Assessment.objects.exists()


@pytest.mark.django_db
def test_every_target_is_judged_in_every_place_that_it_binds() -> None:
    take(*FALLING_SHORT)
    assess_plan(plan=PLAN, as_of=2025, by=CLERK)
    judged = {(v.target, v.region) for v in queries.verdicts(PLAN.id)}
    assert judged == {("G1.1a", CITY), *(("M1.1a", place) for place in (CITY, SHORE, HILL, ISLE))}


@pytest.mark.django_db
def test_verdicts_come_back_as_they_were_made() -> None:
    from halfsky.assess import assess
    from halfsky.collect.queries import figures

    take(*FALLING_SHORT, *rising("screening", CITY, 2019, "50", "55", "58", "61", "64", "66", "71"))
    assess_plan(plan=PLAN, as_of=2025, by=CLERK)
    assert queries.verdicts(PLAN.id) == assess(PLAN, figures(PLAN), as_of=2025)


@pytest.mark.django_db
def test_a_missed_milestone_warns_red_and_a_better_figure_clears_it() -> None:
    take(*FALLING_SHORT)
    assess_plan(plan=PLAN, as_of=2025, by=CLERK)
    (warning,) = queries.warnings(PLAN.id)
    assert (warning.level, warning.grounds[0]) == ("red", Ground.MISSED)
    take(replace(FALLING_SHORT[-1], value=Decimal("7.5")), reason="核减误报1例")
    assess_plan(plan=PLAN, as_of=2025, by=CLERK)
    assert ("G1.1a", CITY) not in {key for key in warned() if queries.warnings(PLAN.id)[0].level == "red"}
    assert Warning.objects.filter(cleared_by__isnull=False).count() + len(warned()) == 1
    assert verify() == []


@pytest.mark.django_db
def test_the_same_figures_are_not_judged_twice() -> None:
    take(*FALLING_SHORT)
    first = assess_plan(plan=PLAN, as_of=2025, by=CLERK)
    assert assess_plan(plan=PLAN, as_of=2025, by=CLERK) == first
    assert Assessment.objects.count() == 1


@pytest.mark.django_db
def test_a_revised_figure_leads_to_a_new_assessment_beside_the_old_one() -> None:
    take(*FALLING_SHORT)
    first = assess_plan(plan=PLAN, as_of=2025, by=CLERK)
    take(replace(FALLING_SHORT[-1], value=Decimal("12.9")), reason="补报")
    second = assess_plan(plan=PLAN, as_of=2025, by=CLERK)
    assert second.pk != first.pk
    assert first.verdicts.count() == second.verdicts.count()
    assert queries.verdicts(PLAN.id)[0].value == Decimal("12.9")


@pytest.mark.django_db
def test_a_verdict_says_what_a_revised_figure_was_before() -> None:
    take(*FALLING_SHORT)
    assess_plan(plan=PLAN, as_of=2025, by=CLERK)
    take(replace(FALLING_SHORT[-1], value=Decimal("12.9")), reason="补报")
    assess_plan(plan=PLAN, as_of=2025, by=CLERK)
    (found,) = [f for f in queries.verdicts(PLAN.id)[0].findings if f.kind is Oddity.REVISED]
    assert (found.year, found.old, found.value) == (2025, Decimal("11.8"), Decimal("12.9"))


@pytest.mark.django_db
def test_a_revision_of_the_same_value_by_another_way_is_judged_anew() -> None:
    """The figures are the same as before; what stood before them is not, and verdicts tell it."""
    take(*FALLING_SHORT)
    first = assess_plan(plan=PLAN, as_of=2025, by=CLERK)
    take(replace(FALLING_SHORT[-1], value=Decimal("12.9")), reason="补报")
    take(FALLING_SHORT[-1], reason="恢复")
    second = assess_plan(plan=PLAN, as_of=2025, by=CLERK)
    assert second.figures != first.figures


@pytest.mark.django_db
def test_judging_an_earlier_year_leaves_todays_warnings_alone() -> None:
    take(*FALLING_SHORT)
    assess_plan(plan=PLAN, as_of=2025, by=CLERK)
    before = warned()
    assess_plan(plan=PLAN, as_of=2021, by=CLERK)
    assert warned() == before
    assert queries.years(PLAN.id) == [2025, 2021]
    assert queries.latest(PLAN.id).as_of == 2025


@pytest.mark.django_db
def test_no_assessment_means_no_verdicts() -> None:
    assert queries.latest(PLAN.id) is None
    assert queries.verdicts(PLAN.id) == ()
    take(figure("screening", CITY, 2021, "60"))
    assert queries.warnings(PLAN.id) == []


def verdict(**changes) -> Verdict:
    sound = Verdict(
        plan=PLAN.id, target="G1.1a", clause="G1.1", indicator="maternal_mortality", kind=Kind.AT_MOST, region=CITY,
        as_of=2023, status=Standing.ON_TRACK, milestone=2030, sentence=Text(zh="判定。", en="A verdict."),
    )  # fmt: skip
    return sound.model_copy(update=changes)


@pytest.mark.parametrize(
    ("changes", "level"),
    [
        ({}, None),
        ({"status": Standing.UNCERTAIN}, None),
        ({"status": Standing.NO_DATA}, None),
        ({"status": Standing.MISSED}, "red"),
        ({"status": Standing.AT_RISK, "probability": 0.3}, "orange"),
        ({"status": Standing.AT_RISK, "probability": 0.05}, "red"),
        ({"status": Standing.AT_RISK, "probability": 0.2, "milestone": 2025}, "red"),
        ({"status": Standing.AT_RISK, "probability": None}, "orange"),
        ({"flags": (Flag.SLIPPING,)}, "yellow"),
        ({"flags": (Flag.CLUSTER, Flag.SMALL_NUMBERS)}, "orange"),
        ({"flags": (Flag.CLUSTER,), "status": Standing.MET}, "orange"),
        ({"flags": (Flag.CLUSTER,), "status": Standing.MISSED}, "red"),
        ({"flags": (Flag.CLUSTER,), "aspiration": True}, None),
        ({"flags": (Flag.VOLATILE,)}, "yellow"),
        ({"flags": (Flag.VOLATILE, Flag.SMALL_NUMBERS)}, None),
        ({"flags": (Flag.VOLATILE,), "status": Standing.MET}, None),
        ({"flags": (Flag.SLIPPING,), "status": Standing.MET}, "yellow"),
        ({"status": Standing.MISSED, "aspiration": True}, None),
        ({"flags": (Flag.STALE,)}, None),
    ],
)
def test_the_level_of_a_warning(changes: dict, level: str | None) -> None:
    judged = judge(verdict(**changes), PLAN.alerting)
    assert (judged and judged.level.value) == level
