"""Serves the plan whose warnings are put right, and lets time pass in it.

``python -m tests.web.serve_cases serve PORT`` says "ready" when it listens; ``late DAYS`` runs the reminders so many days after
today, ``figure YEAR VALUE`` takes the city's figure of a year and judges it.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from wsgiref.simple_server import make_server


def serve(port: int) -> None:
    from halfsky.cli.setup import prepare

    prepare()
    from django.conf import settings

    from halfsky.config.wsgi import application
    from halfsky.places.models import User
    from tests.alerts import cases
    from tests.support import CITY, SHORE
    from tests.web import pack
    from tests.web.conftest import PASSWORD
    from tests.web.serve import _Quiet, _Server

    pack.write(cases.PLAN, Path(settings.PLANS_DIR))
    cases.people()
    for user in User.objects.all():
        user.set_password(PASSWORD)
        user.save()
    cases.take(*cases.falling(CITY, SHORE))
    cases.judge()
    with make_server("127.0.0.1", port, application, _Server, _Quiet) as server:
        print("ready", flush=True)
        server.serve_forever()


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
    what, *arguments = sys.argv[1:]
    if what == "serve":
        serve(int(arguments[0]))
    else:
        import os

        import django

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "halfsky.config.settings")
        django.setup()
        if what == "late":
            late(int(arguments[0]))
        else:
            figure(int(arguments[0]), arguments[1])
