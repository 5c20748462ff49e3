"""``halfsky people``: the first administrator of a new installation, and what follows."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
RUN = "from halfsky.cli import main; main()"


def halfsky(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    drop = {"DJANGO_SETTINGS_MODULE", "HALFSKY_DATABASE"}
    environment = {k: v for k, v in os.environ.items() if k not in drop} | {
        "HALFSKY_HOME": str(home), "HALFSKY_PLANS": str(ROOT / "plans"), "PYTHONPATH": str(ROOT / "src"),
    }  # fmt: skip
    command = [sys.executable, "-c", RUN, "people", *words]
    return subprocess.run(command, env=environment, cwd=home, capture_output=True, text=True, timeout=300)


def test_the_first_administrator_of_a_new_installation(tmp_path: Path) -> None:
    made = halfsky(tmp_path, "add", "root", "--name", "管理员", "--role", "administrator", "--region", "210200")
    assert made.returncode == 0, made.stderr
    assert made.stdout.startswith("http://127.0.0.1:8000/link/")
    listed = halfsky(tmp_path, "list", "--format", "csv")
    assert listed.stdout.splitlines()[1] == "root,管理员,,true,administrator@210200"
    again = halfsky(tmp_path, "appoint", "root", "--role", "auditor", "--region", "210200")
    assert again.returncode == 1
    assert "[posts-apart]" in again.stderr
    assert halfsky(tmp_path, "reset-password", "root", "--reason", "试").stdout.startswith("http")
    assert halfsky(tmp_path, "reset-password", "nobody").returncode == 1
