"""The site whose warnings are put right, and time that passes in it.

``tests.web.serve`` serves what :func:`begin` puts there.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path


def begin() -> None:
    """A plan that is falling short in the city and a district, and everybody whom a case passes."""
    from django.conf import settings
    from django.contrib.auth.hashers import make_password

    from halfsky.places.models import User
    from tests.alerts import cases
    from tests.support import CITY, SHORE
    from tests.web import pack
    from tests.web.conftest import PASSWORD

    pack.write(cases.PLAN, Path(settings.PLANS_DIR))
    cases.people()
    User.objects.update(password=make_password(PASSWORD))  # one for all: each takes its time, as it should
    cases.take(*cases.falling(CITY, SHORE))
    cases.judge()


def late(days: int) -> None:
    """Run the reminders so many days after today."""
    from django.utils import timezone

    from halfsky.alerts.actions import remind_cases
    from tests.alerts.cases import PLAN
    from tests.support import CLERK

    remind_cases(plan=PLAN, today=timezone.localdate() + timedelta(days=days), by=CLERK)


def figure(year: int, value: str) -> None:
    """Take the city's figure of a year, and judge it."""
    from tests.alerts import cases
    from tests.support import CITY

    cases.take(cases.screened(CITY, year, value))
    cases.judge(year)
