"""An opened year of the small plan, and people who call."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from halfsky.collect.actions import open_cycle
from halfsky.collect.models import Cycle, Return
from halfsky.places.actions import add_person, appoint, establish
from halfsky.places.models import User
from halfsky.plan import Plan
from tests.support import CITY, CLERK, small_plan, with_units
from tests.web import pack

PLAN = with_units(small_plan())
DAYS = {"unit_due": date(2025, 3, 31), "district_due": date(2025, 4, 15), "city_due": date(2025, 4, 30)}


@pytest.fixture
def plan(db: None, settings: Any, tmp_path: Path) -> Plan:
    settings.PLANS_DIR = tmp_path
    pack.write(PLAN, tmp_path)
    establish(plan=PLAN, by=CLERK)
    return PLAN


@pytest.fixture
def cycle(plan: Plan) -> Cycle:
    return open_cycle(plan=plan, year=2024, by=CLERK, **DAYS)


@pytest.fixture
def sheet(cycle: Cycle) -> Return:
    return cycle.returns.get(region=CITY)


def person(role: str, region: str = CITY, unit: str | None = None) -> User:
    name = f"{role}-{unit}@{region}" if unit else f"{role}@{region}"
    found = User.objects.filter(username=name).first()
    if found is None:
        found = add_person(username=name, full_name=role, by=CLERK)
        appoint(user=found, role=role, region=region, unit=unit, by=CLERK)
    return found


class Caller:
    """Calls the interface as a page would (session) or as a program (token)."""

    def __init__(self, user: User | None = None, token: str = "") -> None:
        self.client = Client()
        self.more = {"HTTP_AUTHORIZATION": f"Bearer {token}"} if token else {}
        if user is not None:
            self.client.force_login(user)

    def get(self, address: str, **query: object) -> tuple[int, Any]:
        response = self.client.get(f"/api/v1{address}", query, **self.more)
        return response.status_code, response.json()

    def post(self, address: str, body: Any, key: str = "", **headers: str) -> tuple[int, Any]:
        more = {**self.more, **headers, **({"HTTP_IDEMPOTENCY_KEY": key} if key else {})}
        response = self.client.post(f"/api/v1{address}", json.dumps(body), content_type="application/json", **more)
        return response.status_code, response.json()


@pytest.fixture
def clerk(plan: Plan) -> Caller:
    return Caller(person("clerk", unit="health"))
