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
    command = [sys.executable, "-c", RUN, *words]
    return subprocess.run(command, env=environment, cwd=home, capture_output=True, text=True, timeout=300)


def test_the_first_administrator_of_a_new_installation(tmp_path: Path) -> None:
    made = halfsky(
        tmp_path, "people", "add", "root", "--name", "管理员", "--role", "administrator", "--region", "210200"
    )
    assert made.returncode == 0, made.stderr
    assert made.stdout.startswith("http://127.0.0.1:8000/link/")
    listed = halfsky(tmp_path, "people", "list", "--format", "csv")
    assert listed.stdout.splitlines()[1] == "root,管理员,,true,administrator@210200"
    again = halfsky(tmp_path, "people", "appoint", "root", "--role", "auditor", "--region", "210200")
    assert again.returncode == 1
    assert "[posts-apart]" in again.stderr
    assert halfsky(tmp_path, "people", "reset-password", "root", "--reason", "试").stdout.startswith("http")
    assert halfsky(tmp_path, "people", "reset-password", "nobody").returncode == 1


def test_places_change_at_the_shell_and_the_ledger_says_so(tmp_path: Path) -> None:
    halfsky(tmp_path, "people", "add", "root", "--name", "管理员", "--role", "administrator", "--region", "210200")
    how = ("--year", "2027", "--reason", "国函〔2026〕3号")
    merged = halfsky(tmp_path, "regions", "merge", "210202", "210203", "--into", "210202", "--name", "中山区", *how)
    assert merged.returncode == 0, merged.stderr
    split = halfsky(tmp_path, "regions", "split", "210281", "--into", "210281=瓦房店市", "--into", "210298=新区", *how)
    assert split.returncode == 0, split.stderr
    refused = halfsky(tmp_path, "regions", "rename", "210204", "--name", "沙河口区", "--year", "2027", "--reason", " ")
    assert (refused.returncode, "[reason-missing]" in refused.stderr) == (1, True)
    history = halfsky(tmp_path, "regions", "history", "--format", "csv").stdout.splitlines()
    assert len(history) == 3
    listed = halfsky(tmp_path, "regions", "list", "--format", "csv").stdout
    assert "210298,新区,新区,county_level_city,210200,2027," in listed
    assert halfsky(tmp_path, "audit", "verify", "--note").returncode == 0
