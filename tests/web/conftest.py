"""A site of one small plan: pack on disk, figures, a revision and assessments stored through actions."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from halfsky.alerts.actions import assess_plan
from halfsky.collect.actions import import_figures
from halfsky.places.actions import appoint, establish
from halfsky.places.models import User
from halfsky.plan import Plan
from tests.support import CLERK
from tests.web import pack

LANGUAGES = ("zh-hans", "en")
PASSWORD = "half-the-sky-2030"


@pytest.fixture(scope="session")
def plans_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("plans")
    pack.write(pack.pack(), root)
    return root


@pytest.fixture
def bare_site(db: None, settings: object, plans_folder: Path) -> Plan:
    """The plan is installed; there is neither a figure nor an assessment."""
    settings.PLANS_DIR = plans_folder  # type: ignore[attr-defined]
    return pack.pack()


def fill(plan: Plan) -> None:
    """Figures, one revision, and assessments as of three years."""
    import_figures(plan=plan, observations=pack.figures(), by=CLERK, file="figures.csv")
    import_figures(plan=plan, observations=[pack.revision()], by=CLERK, reason="核减误报1例")
    for year in (2022, 2023, 2024):
        assess_plan(plan=plan, as_of=year, by=CLERK)


@pytest.fixture
def site(bare_site: Plan) -> Plan:
    fill(bare_site)
    return bare_site


def visitor() -> Client:
    """Somebody signed in who may read, and no more: a member of the city's leading group."""
    client = Client()
    client.force_login(leader())
    return client


def leader() -> User:
    user, new = User.objects.get_or_create(username="leader", defaults={"full_name": "领导"})
    if new:
        establish(plan=pack.pack(), by=CLERK)
        appoint(user=user, role="leader", region=pack.CITY, by=CLERK)
    return user


@pytest.fixture(params=LANGUAGES)
def reader(request: pytest.FixtureRequest, db: None) -> Client:
    """A reader of each language."""
    client = visitor()
    client.cookies["halfsky_language"] = request.param
    return client


def addresses(plan: Plan) -> list[str]:
    """Every kind of page of a plan."""
    base = f"/{plan.id}"
    return [
        f"{base}/",
        f"{base}/?as_of=2022",
        *(f"{base}/fields/{f.number}/" for f in plan.fields),
        *(f"{base}/goals/{goal.id}/" for goal in plan.goals),
        *(f"{base}/measures/{measure.id}/" for measure in plan.measures),
        *(f"{base}/provisions/{p.id}/" for p in plan.provisions),
        *(f"{base}/indicators/{i.id}/" for i in plan.indicators),
        f"{base}/indicators/screening/?region={pack.ISLE}",
        f"{base}/targets/",
        f"{base}/targets/?field=2&q=x",
        *(f"{base}/regions/{r.code}/" for r in plan.regions),
        f"{base}/map/",
        f"{base}/warnings/",
        f"{base}/ledgers/",
        f"{base}/ledgers/training/",
        f"{base}/warnings/?unit=health",
        f"{base}/gaps/",
        f"{base}/gaps/?kind=sex&field=2&region={pack.SHORE}",
        f"{base}/composite/",
        *(f"{base}/composite/?field={f.number}" for f in plan.fields),
        *(f"{base}/warnings/{t.id}/{r.code}/" for t in plan.targets for r in plan.places_bound(t)),
        f"{base}/database/",
        f"{base}/database/?field=2&rows=indicator&columns=sex",
        f"{base}/database/?rows=region&columns=year&indicator=screening",
        f"{base}/database/?rows=year&columns=sex&indicator=science_literacy",
        f"{base}/database/figure/?indicator=maternal_mortality&region={pack.CITY}&year=2024",
        f"{base}/missing/",
        f"{base}/surveys/",
        f"{base}/data/",
        f"{base}/methods/",
        f"{base}/wall/",
        f"{base}/cases/",
        f"{base}/cases/?stage=late",
        f"{base}/review/",
        f"{base}/years/",
        f"{base}/filings/",
        f"{base}/documents/",
        f"{base}/released/",
        f"{base}/duties/",
        f"{base}/yearly/",
        f"{base}/board/",
        f"{base}/tasks/",
        f"{base}/meetings/",
        f"{base}/calendar/",
        f"{base}/duties/?unit=science&part=lead",
        f"{base}/evaluations/",
        f"{base}/evaluations/organisation/",
        "/notices/",
        "/account/calendar/",
        "/plans/",
        "/",
    ]
