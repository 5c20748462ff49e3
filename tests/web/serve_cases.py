"""The site whose warnings are put right, and time that passes in it.

``tests.web.serve`` serves what :func:`begin` puts there. ``python -m tests.web.serve_cases late DAYS`` runs the reminders so many
days after today, ``figure YEAR VALUE`` takes the city's figure of a year and judges it.
"""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from pathlib import Path


def begin() -> None:
    """A plan that is falling short in the city and a district, and everybody whom a case passes."""
    from django.conf import settings

    from halfsky.places.models import User
    from tests.alerts import cases
    from tests.support import CITY, SHORE
    from tests.web import pack
    from tests.web.conftest import PASSWORD

    pack.write(cases.PLAN, Path(settings.PLANS_DIR))
    cases.people()
    for user in User.objects.all():
        user.set_password(PASSWORD)
        user.save()
    cases.take(*cases.falling(CITY, SHORE))
    cases.judge()


def late(days: int) -> None:
    from django.utils import timezone

    from halfsky.alerts.actions import remind_cases
    from tests.alerts.cases import PLAN
    from tests.support import CLERK

    remind_cases(plan=PLAN, today=timezone.localdate() + timedelta(days=days), by=CLERK)


def figure(year: int, value: str) -> None:
    from tests.alerts import cases
    from tests.support import CITY

    cases.take(cases.screened(CITY, year, value))
    cases.judge(year)


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "halfsky.config.settings")
    django.setup()
    what, *arguments = sys.argv[1:]
    if what == "late":
        late(int(arguments[0]))
    else:
        figure(int(arguments[0]), arguments[1])
