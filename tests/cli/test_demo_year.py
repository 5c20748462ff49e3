"""The demonstration's year: played through the actions that people use, once, and marked as what it is."""

from __future__ import annotations

from collections import Counter

import pytest

from halfsky.audit.queries import verify
from halfsky.cli.demo_year import PASSWORD, play
from halfsky.collect.models import Return
from halfsky.collect.queries import figures
from halfsky.observations import Nature
from halfsky.observations.demonstration import demonstration_figures
from halfsky.places.models import Post, User
from halfsky.places.roles import ROLES
from tests.support import CLERK, small_plan, with_units

PLAN = with_units(small_plan())


@pytest.mark.django_db
def test_a_year_is_half_done_with_somebody_of_every_role() -> None:
    cycle, people = play(PLAN, demonstration_figures(PLAN, last_year=2026), 2026, CLERK)
    assert {post.role for post in Post.objects.all()} == set(ROLES)
    assert all(User.objects.get(username=p.username).check_password(PASSWORD) for p in people)
    assert all(user.demonstration for user in User.objects.all())
    states = Counter(Return.objects.values_list("state", flat=True))
    assert len(states) > 1
    assert {o.nature for o in figures(PLAN)} <= {Nature.DEMO}
    assert verify() == []
    again, _ = play(PLAN, demonstration_figures(PLAN, last_year=2026), 2026, CLERK)
    assert again == cycle
    assert Counter(Return.objects.values_list("state", flat=True)) == states
