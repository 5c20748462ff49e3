"""Making this installation ready: Django, translations, tables, static files."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polib

from halfsky.cli.output import fail

_PATIENCE = 30.0  # seconds, for another command that is bringing the same tables up to date


def django_ready() -> None:
    """Start Django once; commands that need no database never call this."""
    import django
    from django.apps import apps

    if not apps.ready:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "halfsky.config.settings")
        try:
            django.setup()
        except (OSError, ValueError) as error:  # a home that cannot be written, an address that cannot be read
            fail(
                f"设置有误，请核对 HALFSKY_HOME 和 HALFSKY_DATABASE。 Check HALFSKY_HOME and HALFSKY_DATABASE: {error}"
            )


def database_ready() -> None:
    """Start Django with its tables up to date: the first command on a new machine may be any of them.

    Commands that start together wait for the one that makes the tables: on one machine by a lock, so that no step is
    taken twice; on several, before one PostgreSQL, by trying again.
    """
    django_ready()
    from django.core.management import call_command
    from django.db import DatabaseError, connection

    give_up = time.monotonic() + _PATIENCE
    while True:
        try:
            with _alone():
                if _pending():
                    call_command("migrate", verbosity=0, interactive=False)
            return
        except DatabaseError as error:
            if connection.connection is None and "locked" not in str(error):
                fail(
                    "无法连接数据库，请核对 HALFSKY_DATABASE。 "
                    f"The database cannot be reached; check HALFSKY_DATABASE: {error}"
                )
            if time.monotonic() > give_up:
                raise
            time.sleep(0.25)


@contextmanager
def _alone() -> Iterator[None]:
    """One command of this installation at a time; the system ends the lock with the process that holds it."""
    from django.conf import settings
    from django.core.files import locks

    with (Path(settings.HOME) / "tables-lock").open("wb") as file:
        locks.lock(file, locks.LOCK_EX)
        yield


def _pending() -> bool:
    """Whether tables are not yet as this version needs them."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def prepare(*, static: bool = True) -> None:
    """Compile translations, bring the tables up to date, gather static files; safe to run again."""
    compile_translations()
    database_ready()
    if static:
        _gather_static()


def _gather_static() -> None:
    """Gather the static files. Where that was once cut short, a file may be there in part and look finished: from anew."""
    from django.conf import settings
    from django.core.management import call_command

    begun = Path(settings.HOME) / "static-begun"
    if begun.exists():
        shutil.rmtree(settings.STATIC_ROOT, ignore_errors=True)
    begun.touch()
    call_command("collectstatic", verbosity=0, interactive=False)
    begun.unlink(missing_ok=True)


def compile_translations() -> int:
    """Compile every catalogue that is newer than its compiled form; how many were compiled."""
    compiled = 0
    for source in (Path(__file__).parents[1]).rglob("locale/*/LC_MESSAGES/*.po"):
        made = source.with_suffix(".mo")
        if not made.exists() or made.stat().st_mtime < source.stat().st_mtime:
            part = made.with_suffix(f".{os.getpid()}")
            polib.pofile(str(source)).save_as_mofile(str(part))
            part.replace(made)  # whole or not at all: half a catalogue would be newer than its source for good
            compiled += 1
    return compiled
