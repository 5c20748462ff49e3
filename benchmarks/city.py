"""One city from file to page: what each step takes, and its share.

    python benchmarks/city.py [--plan dalian-2021-2030]

Generates the demonstration data of a city (11 places, every indicator of the plan, 11 years, by sex and residence),
writes them as a tidy CSV, and times: reading and checking the file, storing it, assessing the plan, and asking for five
pages, in a fresh SQLite database. Generating the data is not part of the measured way.
"""

from __future__ import annotations

import argparse
import html
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plan", default="dalian-2021-2030")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"HALFSKY_HOME": home, "HALFSKY_PLANS": str(ROOT / "plans")}
        from halfsky.cli.setup import prepare

        prepare()
        run(arguments.plan)
    return 0


def run(plan_id: str) -> None:
    from django.test import Client

    from halfsky.alerts.actions import assess_plan
    from halfsky.audit.models import Actor
    from halfsky.catalogue.queries import plan as installed
    from halfsky.cli.demo import demonstration
    from halfsky.collect.actions import import_figures
    from halfsky.observations import read_csv, write_csv
    from halfsky.places.actions import add_person, appoint, establish
    from halfsky.places.policy import trusted

    by = trusted(Actor("benchmark", "operator", "cli"))
    plan = installed(plan_id)
    establish(plan=plan, by=by)
    reader = add_person(username="reader", full_name="Reader", by=by)
    appoint(user=reader, role="leader", region=plan.regions[0].code, by=by)
    data = write_csv(demonstration(plan), plan=plan)
    newest = 2025
    steps: list[tuple[str, float]] = []

    def step(name: str, work: Callable[[], Any]) -> Any:
        started = time.perf_counter()
        made = work()
        steps.append((name, time.perf_counter() - started))
        return made

    reading = step("import: read and check", lambda: read_csv(data, plan=plan, file="city.csv"))
    assert not reading.faults, reading.faults[:3]
    step("store", lambda: import_figures(plan=plan, observations=reading.observations, by=by, file="city.csv"))
    step("assess and store verdicts", lambda: assess_plan(plan=plan, as_of=newest, by=by))
    client = Client()
    client.force_login(reader)
    target = plan.targets[0]
    pages = ["", f"goals/{target.clause}/", f"indicators/{target.indicator}/", "map/", "warnings/"]
    for page in pages:
        for again in ("first", "again"):
            response = step(f"page /{page} ({again})", lambda page=page: client.get(f"/{plan.id}/{page}"))
            assert response.status_code == 200, (page, response.status_code)
    picture = re.search(r'(?:src|srcset)="([^"]+\.svg[^"]*)"', client.get(f"/{plan.id}/map/").content.decode())
    assert picture, "the map page shows no map"
    address = html.unescape(picture[1])
    for again in ("first", "again"):
        response = step(f"the map's picture ({again})", lambda: client.get(address))
        assert response.status_code == 200, (address, response.status_code)

    total = sum(seconds for _, seconds in steps)
    print(f"{plan.id}: {len(plan.regions)} regions, {len(plan.indicators)} indicators, {len(reading.observations):,} figures, "
          f"{len(data) / 1e6:.1f} MB")  # fmt: skip
    for name, seconds in steps:
        print(f"{name:<44}{seconds:8.2f} s {seconds / total:6.1%}")
    print(f"{'total':<44}{total:8.2f} s")


if __name__ == "__main__":
    sys.exit(main())
