"""The official text of Dalian's plan, where this machine has it: it is not part of the repository."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from halfsky.plan.reader import PlanText, read_text

ROOT = Path(__file__).parents[2]
BESIDE = ROOT.parent / "shared" / "seed" / "dalian-women-plan-2021-2030.txt"


def official_path() -> Path:
    """HALFSKY_OFFICIAL_TEXT, or beside the checkout; skips the test, loudly, where neither is there."""
    path = Path(os.environ.get("HALFSKY_OFFICIAL_TEXT") or BESIDE)
    if not path.is_file():
        pytest.skip(f"THE OFFICIAL TEXT IS NOT HERE: {path.name} is needed; set HALFSKY_OFFICIAL_TEXT to its path")
    return path


def official_text() -> PlanText:
    """The text, read."""
    return read_text(official_path().read_text(encoding="utf-8-sig"))
