"""Making ready may be cut short at any moment; the next start leaves nothing half done."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import LazySettings

from halfsky.cli import setup

SCRIPT = Path(setup.__file__).parents[1] / "web" / "static" / "web" / "grid.js"


@pytest.mark.django_db
def test_a_static_file_that_was_torn_is_whole_after_the_next_start(settings: LazySettings, tmp_path: Path) -> None:
    settings.HOME, settings.STATIC_ROOT = tmp_path, tmp_path / "static"
    setup.prepare()
    (torn,) = settings.STATIC_ROOT.rglob("grid.js")
    torn.write_text("import {")  # newer than its source, so that it looks finished
    (tmp_path / "static-begun").touch()
    setup.prepare()
    (whole,) = settings.STATIC_ROOT.rglob("grid.js")
    assert whole.read_bytes() == SCRIPT.read_bytes()
    assert not (tmp_path / "static-begun").exists()
