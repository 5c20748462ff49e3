"""A database that several threads see, for tests of two people at once."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from django.db import connection

append_only = import_module("halfsky.audit.migrations.0002_append_only")


@pytest.fixture
def _sealed_again(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    yield
    with django_db_blocker.unblock():
        _run(append_only.SQLITE)


@pytest.fixture
def for_threads(_sealed_again: None, transactional_db: None) -> Iterator[None]:
    """What is written is committed, and emptied afterwards: the ledger of SQLite lets that happen for this moment only."""
    yield
    _run(append_only.SQLITE_UNDO)


def _run(statements: list[str]) -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
