"""What every test needs: compiled translations (they are not committed)."""

from __future__ import annotations

import os
from pathlib import Path

import polib
import pytest
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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests first, PostgreSQL before all: none is left for the end, when one worker would wait for the other."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    long = {item.path for item in items if item.get_closest_marker("postgres")}
    items.sort(key=lambda item: (item.path not in long, item.path not in slow))
