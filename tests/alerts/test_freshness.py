"""Verdicts follow figures at once, by judging again only what they can have changed."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from halfsky.alerts import queries
from halfsky.alerts.actions import assess_plan
from halfsky.alerts.freshness import keep_up
from halfsky.alerts.models import Assessment, Pending, StoredVerdict
from halfsky.assess import assess
from halfsky.audit.queries import verify
from halfsky.collect.actions import import_figures
from halfsky.collect.queries import figures
from tests.support import CITY, CLERK, HILL, SHORE, rising, small_plan

PLAN = small_plan()
SCREENED = rising("screening", SHORE, 2019, "50", "55", "58", "61", "64", "66")
DEATHS = rising("maternal_mortality", CITY, 2018, "10.1", "10.4", "10.2", "10.6", "10.9", "11.2", "11.4")
pytestmark = pytest.mark.django_db


def take(*observations, **more) -> None:
    import_figures(plan=PLAN, observations=observations, by=CLERK, **more)


def held(year: int = 2024):
    return queries.verdicts(PLAN.id, year)


def same(found, made) -> bool:
    """Whether verdicts say the same; a forecast made in another batch differs in its last digits."""
    assert [v.sentence for v in found] == [v.sentence for v in made]
    assert [(v.status, v.flags, v.reasons) for v in found] == [(v.status, v.flags, v.reasons) for v in made]
    for one, other in zip(found, made, strict=True):
        assert (one.probability is None) == (other.probability is None)
        assert one.probability is None or one.probability == pytest.approx(other.probability, rel=1e-5)
    return True


def test_a_new_figure_is_judged_before_the_next_reader_looks() -> None:
    take(*SCREENED[:-1], *DEATHS)
    assess_plan(plan=PLAN, as_of=2024, by=CLERK)
    take(SCREENED[-1])
    assert keep_up(PLAN)
    assert same(held(), assess(PLAN, figures(PLAN), as_of=2024))
    assert not keep_up(PLAN)
    assert verify() == []


def test_only_what_changed_is_stored_and_the_rest_is_read_from_the_root() -> None:
    take(*SCREENED, *DEATHS)
    root = assess_plan(plan=PLAN, as_of=2024, by=CLERK)
    take(replace(SCREENED[-1], value=Decimal(69)), reason="更正")
    keep_up(PLAN)
    update = queries.latest(PLAN.id)
    assert update is not None
    assert update.root == root
    assert {v.target for v in StoredVerdict.objects.filter(assessment=update)} == {"M1.1a"}
    assert same(held(), assess(PLAN, figures(PLAN), as_of=2024))
    assert queries.verdicts_of(root) != held()  # what was said before stays as it was said


def test_updates_build_on_updates() -> None:
    take(*SCREENED[:3], *DEATHS[:4])
    assess_plan(plan=PLAN, as_of=2024, by=CLERK)
    for figure in (*SCREENED[3:], *DEATHS[4:], *rising("screening", HILL, 2020, "30", "31", "33", "38", "41")):
        take(figure)
        keep_up(PLAN)
        assert same(held(), assess(PLAN, figures(PLAN), as_of=2024))


def test_a_warning_follows_its_verdict() -> None:
    take(*SCREENED, *DEATHS)
    assess_plan(plan=PLAN, as_of=2024, by=CLERK)
    before = {(w.verdict.target, w.verdict.region) for w in queries.warnings(PLAN.id)}
    assert ("G1.1a", CITY) in before
    take(*(replace(o, value=Decimal("6.2")) for o in DEATHS[-3:]), reason="核减误报")
    keep_up(PLAN)
    assert ("G1.1a", CITY) not in {
        (w.verdict.target, w.verdict.region) for w in queries.warnings(PLAN.id) if w.level == "red"
    }


def test_every_year_judged_that_the_figure_reaches_is_judged_again() -> None:
    take(*SCREENED, *DEATHS)
    for year in (2022, 2023, 2024):
        assess_plan(plan=PLAN, as_of=year, by=CLERK)
    take(replace(SCREENED[4], value=Decimal(50)), reason="更正")  # of 2023
    keep_up(PLAN)
    assert [a.as_of for a in Assessment.objects.filter(root__isnull=False)] == [2023, 2024]


def test_a_plan_never_judged_and_not_collected_leaves_no_mark() -> None:
    take(*SCREENED)
    assert not Pending.objects.exists()
