"""What every test needs: compiled translations (they are not committed)."""

from __future__ import annotations

import os
from pathlib import Path

import polib
from django.utils.translation.reloader import translation_file_changed

# Playwright keeps its loop in the thread of the tests; Django would take that for asynchronous code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

SOURCE = Path(__file__).parents[1] / "src" / "halfsky"


def pytest_configure() -> None:
    """Compile every catalogue newer than its compiled form, whole or not at all."""
    for catalogue in SOURCE.rglob("locale/*/LC_MESSAGES/*.po"):
        compiled = catalogue.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < catalogue.stat().st_mtime:
            part = compiled.with_suffix(f".{os.getpid()}")
            polib.pofile(str(catalogue)).save_as_mofile(str(part))
            part.replace(compiled)
            translation_file_changed(None, compiled)  # importing models has already read the old one
