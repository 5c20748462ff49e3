"""Making this installation ready: Django, translations, tables, static files."""

from __future__ import annotations

import os
from pathlib import Path

import polib


def django_ready() -> None:
    """Start Django once; commands that need no database never call this."""
    import django
    from django.apps import apps

    if not apps.ready:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "halfsky.config.settings")
        django.setup()


def prepare(*, static: bool = True) -> None:
    """Compile translations, bring the tables up to date, gather static files; safe to run again."""
    compile_translations()
    django_ready()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    if static:
        call_command("collectstatic", verbosity=0, interactive=False)


def compile_translations() -> int:
    """Compile every catalogue that is newer than its compiled form; how many were compiled."""
    compiled = 0
    for source in (Path(__file__).parents[1]).rglob("locale/*/LC_MESSAGES/*.po"):
        made = source.with_suffix(".mo")
        if not made.exists() or made.stat().st_mtime < source.stat().st_mtime:
            polib.pofile(str(source)).save_as_mofile(str(made))
            compiled += 1
    return compiled
