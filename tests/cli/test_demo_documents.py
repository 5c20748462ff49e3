"""The demonstration's documents: played through the actions that people use, once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from halfsky.cli.demo_documents import play
from halfsky.places.actions import add_person, appoint, establish
from halfsky.reports import issuing
from halfsky.reports.models import Document
from tests.support import CLERK, with_units
from tests.web import pack
from tests.web.conftest import fill

pytestmark = pytest.mark.django_db


def test_documents_are_played_once_by_the_people_of_the_demonstration(settings: Any, tmp_path: Path) -> None:
    settings.HOME, settings.CACHE_DIR = tmp_path, tmp_path / "cache"
    plan = with_units(pack.pack())
    establish(plan=plan, by=CLERK)
    fill(plan)
    for name, role, unit in (
        ("committee", "committee", None),
        ("leader", "leader", None),
        ("clerk", "clerk", "health"),
    ):
        appoint(
            user=add_person(username=name, full_name=name, by=CLERK), role=role, region=plan.region, unit=unit, by=CLERK
        )
    (annual,) = play(plan, 2025, CLERK)
    assert (annual.kind, annual.state, annual.approved_by, annual.released_by) == (
        "annual",
        "released",
        "leader",
        "committee",
    )
    assert annual.demonstration
    assert [c.by for c in annual.comments.all()] == ["clerk"]
    assert issuing.reproduce(annual)
    assert play(plan, 2025, CLERK) == [annual]
    assert Document.objects.count() == 1
    assert play(plan, 2030, CLERK) == [], "a year that was not judged"
