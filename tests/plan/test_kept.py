"""A sound plan is kept in a form that loads at once, and only as long as its pack stands as it was."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from halfsky.plan import Faulty, load_plan, pack

SOUND = Path(__file__).parent / "sound"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SOUND, tmp_path / "pack"))


def forget() -> None:
    """What a new process knows."""
    pack._load.cache_clear()


def test_the_kept_plan_is_the_plan(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = load_plan(folder, kept=tmp_path / "kept")
    forget()
    monkeypatch.setattr("halfsky.plan.check.check_pack", None)  # nothing is parsed again
    assert load_plan(folder, kept=tmp_path / "kept") == read


def test_a_pack_that_changed_is_read_anew(folder: Path, tmp_path: Path) -> None:
    load_plan(folder, kept=tmp_path / "kept")
    forget()
    file = folder / "plan.yaml"
    file.write_text(file.read_text("utf-8").replace("end: 2030", "end: 2031"), "utf-8")
    assert load_plan(folder, kept=tmp_path / "kept").end == 2031


def test_an_unsound_pack_is_never_kept(folder: Path, tmp_path: Path) -> None:
    (folder / "targets.yaml").unlink()
    for _ in range(2):
        forget()
        with pytest.raises(Faulty):
            load_plan(folder, kept=tmp_path / "kept")
    assert not (tmp_path / "kept").exists()


def test_readers_that_come_together_wait_for_one_that_reads(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from halfsky.plan import check

    forget()
    read: list[Path] = []
    once = check.check_pack
    monkeypatch.setattr(check, "check_pack", lambda path: read.append(path) or once(path))
    with ThreadPoolExecutor(8) as pool:
        plans = list(pool.map(lambda _: load_plan(folder), range(8)))
    assert len(read) == 1
    assert all(plan is plans[0] for plan in plans)
