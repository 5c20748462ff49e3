"""The server is killed while clerks save: whatever they were told stays true. The benchmark does the same 200 times."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from benchmarks.house import Home
from benchmarks.survival import judged, run

pytestmark = pytest.mark.slow


def test_what_was_acknowledged_outlives_the_server(tmp_path: Path) -> None:
    found = run(tmp_path, kills=3, clerks=8, seed=7, workers=1)
    assert found["broken"] == []
    assert found["kills of the server"] == 3
    assert found["saves acknowledged"] == found["events of saves"] == found["requests remembered"] > 8
    assert found["sent again"] > 0

    # And the judge is not blind: it sees a save that is missing, that nobody was told of, or that holds something else.
    told = json.loads((tmp_path / "told.json").read_text("utf-8"))
    other = {**told[-1], "numbers": dict.fromkeys(told[-1]["numbers"], 1)}
    tellings = ([*told, {**told[0], "key": "never-sent"}], told[:-1], [*told[:-1], other])
    assert all(seen["broken"] for seen in judged(Home(tmp_path / "home"), *tellings))
