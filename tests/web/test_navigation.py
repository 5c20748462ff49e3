"""The pages of a plan in their groups: what one may not open is not offered, and one sees where one is."""

from __future__ import annotations

import pytest

from halfsky.places.actions import add_person, appoint, establish
from halfsky.places.policy import Principal, principal
from halfsky.web import urls
from halfsky.web.navigation import GROUPS, shown
from tests.support import CITY, CLERK, small_plan, with_units

pytestmark = pytest.mark.django_db


def holder_of(role: str) -> Principal:
    establish(plan=with_units(small_plan()), by=CLERK)
    user = add_person(username="someone", full_name="某人", by=CLERK)
    appoint(user=user, role=role, region=CITY, by=CLERK)
    return principal(user, door="web", address="10.0.0.8")


def test_every_page_named_is_an_address_and_stands_once() -> None:
    named = [name for group in GROUPS for page in group.pages for name in (page.name, *page.below)]
    assert set(named) <= {pattern.name for pattern in urls.urlpatterns}
    assert len(named) == len(set(named))


def test_who_reads_no_returns_is_offered_none() -> None:
    offered = {page.name for group in shown(holder_of("evaluator"), "overview") for page, _here in group.pages}
    assert "overview" in offered
    assert "my-returns" not in offered
    assert "review" not in offered


def test_a_page_below_another_shows_under_it() -> None:
    here = [group for group in shown(holder_of("leader"), "goal") if group.here]
    assert [[page.name for page, read in group.pages if read] for group in here] == [["overview"]]
