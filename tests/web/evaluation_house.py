"""The small city in which a mid-term evaluation is played: figures, verdicts, and everybody who takes part."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.evaluation.world import World, build
from tests.support import CLERK
from tests.web import pack
from tests.web.conftest import PASSWORD

SIGN = "暗记第三方甲"  # stands in what the first third party writes, and nowhere else


def begin() -> None:
    """What is there before the evaluation begins."""
    from django.conf import settings
    from django.contrib.auth.hashers import make_password

    from halfsky.alerts.actions import assess_plan
    from halfsky.collect.actions import import_figures
    from halfsky.places.models import User

    plan = pack.pack()
    pack.write(plan, Path(settings.PLANS_DIR))
    import_figures(plan=plan, observations=pack.figures(), by=CLERK, file="figures.csv")
    assess_plan(plan=plan, as_of=2024, by=CLERK)
    build(plan)
    User.objects.update(password=make_password(PASSWORD))  # one for all: each takes its time, as it should


def _world() -> World:
    from halfsky.places.models import User

    return World(pack.pack(), {user.username: user for user in User.objects.all()})


def others() -> None:
    """Whoever has not handed in a sheet yet does: the play in the browser is of one district."""
    from halfsky.evaluation.models import Evaluation, Sheet

    world = _world()
    made = Evaluation.objects.get()
    for sheet in made.sheets.exclude(state=Sheet.State.SUBMITTED).select_related("user", "evaluation"):
        name = sheet.user.username if sheet.user else ""
        world.fill(sheet, "0.8", world.who(name) if name else CLERK)


def report() -> dict[str, str]:
    """Issue the report of the evaluation as its office and the leading group would, and tell what it is."""
    from halfsky.reports.drafting import draft
    from halfsky.reports.files import path_of
    from halfsky.reports.issuing import decide, issue, submit

    world = _world()
    officer, chief = world.who("officer"), world.who("chief")
    held = draft(plan=world.plan, kind="evaluation-midterm", year=2024, region=pack.CITY, language="zh", by=officer)
    held = submit(plan=world.plan, document=held.pk, version=held.version, by=officer)
    held = decide(plan=world.plan, document=held.pk, version=held.version, approve=True, by=chief)
    held = issue(plan=world.plan, document=held.pk, version=held.version, by=officer)
    return {
        "state": held.state, "number": held.number_words, "pdf": str(path_of(held.files["pdf"])),
        "starts": path_of(held.files["pdf"]).read_bytes()[:5].decode("ascii"),
    }  # fmt: skip


def told() -> dict[str, Any]:
    """Tell which sheets there are, for whoever tries their addresses, and what the ledger says of them."""
    from halfsky.audit.models import Event
    from halfsky.evaluation.models import Sheet
    from halfsky.oversight.models import Task

    events = json.dumps([[e.before, e.after, e.reason] for e in Event.objects.all()], ensure_ascii=False)
    return {
        "sheets": [[s.pk, s.method, s.region, s.user.username if s.user else ""] for s in Sheet.objects.select_related("user")],
        "sign": SIGN in events, "tasks": [t.title for t in Task.objects.all()],
    }  # fmt: skip
