"""The demonstration's reports, meetings and tasks: played through the actions, once, and marked as what they are."""

from __future__ import annotations

import pytest

from halfsky.audit.queries import verify
from halfsky.cli.demo_oversight import play
from halfsky.oversight.models import Meeting, Task, YearlyReport, YearlyRound
from halfsky.places.actions import establish
from tests.collect.year import plan
from tests.support import CLERK


@pytest.mark.django_db
def test_reports_meetings_and_tasks_are_under_way() -> None:
    made = plan()
    establish(plan=made, by=CLERK)
    tasks = play(made, 2026, CLERK)
    assert tasks == Task.objects.count() > 1
    assert YearlyRound.objects.get().year == 2025
    assert YearlyReport.objects.exclude(state="draft").exists()
    assert {m.state for m in Meeting.objects.all()} == {"planned", "issued"}
    for model in (Task, Meeting, YearlyRound):
        assert not model.objects.filter(demonstration=False).exists()
    assert verify() == []
    assert play(made, 2026, CLERK) == tasks
