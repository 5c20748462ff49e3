"""The small city, judged as of 2024."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from halfsky.alerts.actions import assess_plan
from halfsky.collect.actions import import_figures
from tests.evaluation.world import World, build
from tests.support import CLERK
from tests.web import pack


@pytest.fixture
def world(db: None, settings: Any, tmp_path: Path) -> World:
    plan = pack.pack()
    pack.write(plan, tmp_path)
    settings.PLANS_DIR = tmp_path
    settings.HOME = tmp_path
    import_figures(plan=plan, observations=pack.figures(), by=CLERK, file="figures.csv")
    assess_plan(plan=plan, as_of=2024, by=CLERK)
    return build(plan)
