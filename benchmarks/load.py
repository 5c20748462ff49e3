"""300 people at work on two cores with PostgreSQL: how long a save and a page take, and what each costs.

    python -m benchmarks.load [--users 300] [--workers 2] [--seconds 120] [--house FOLDER]

A house of its own: PostgreSQL, Dalian's demonstration data judged, a year whose collection is in its middle, people of many
posts; ``halfsky serve`` before it. ``locust`` plays the people of :mod:`benchmarks.load_people` in one process: clerks who
fill in, reviewers who accept and send back, readers who browse, each reading or typing for 10 to 30 seconds before the next
step; a clerk's step is a burst of saves. They come with sessions made beforehand (an office signs in over a morning, and the cost
of signing in is told by itself); once all are there and the server is warm, for ``--seconds``, the time of every answer and every
error is noted. Afterwards one person alone asks for each kind of request again and again, and for an empty page of the same
stack (same server, middleware, session and sign-in); what server and database computed for each is told as a multiple of it.

``--house FOLDER`` keeps the house, so that the next run needs no building.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from benchmarks.house import ROOT, Home, Server, database, load

KINDS = ("clerks", "reviewers", "readers")
PLAN, YEAR, PASSWORD = "dalian-2021-2030", 2026, "Half-the-sky-2030"
_ALONE = 4.0  # seconds that one kind of request is asked for again and again
LEAVES_FOR_CLERKS = 0.6  # share of the year's returns that are still being filled in
# The address of an empty page, on top of the product's own: benchmarks/load_site.py.
SITE = {"DJANGO_SETTINGS_MODULE": "benchmarks.load_site"}


def prepare(clerks: int) -> dict[str, Any]:
    """In a process of the home: figures, verdicts, a year under way, and people."""
    from halfsky.cli.setup import prepare as ready

    ready()
    from random import Random

    from halfsky.alerts.actions import assess_plan
    from halfsky.alerts.freshness import keep_up
    from halfsky.catalogue.queries import plan as the_plan
    from halfsky.cli.actor import operator
    from halfsky.cli.demo import LAST_YEAR, _generated, demonstration
    from halfsky.cli.demo_year import _one
    from halfsky.collect.actions import import_figures, open_cycle
    from halfsky.places.actions import add_person, appoint, establish

    plan, by = the_plan(PLAN), operator()
    import_figures(plan=plan, observations=demonstration(plan), by=by, reason="demonstration")
    assess_plan(plan=plan, as_of=LAST_YEAR, by=by)
    establish(plan=plan, by=by)
    today = date.today()
    days = [today + timedelta(days=n) for n in (9, 19, 29)]
    cycle = open_cycle(plan=plan, year=YEAR, by=by, unit_due=days[0], district_due=days[1], city_due=days[2])
    rng, figures = Random(YEAR), _generated(plan)
    sheets = sorted(cycle.returns.all(), key=lambda sheet: (-sheet.entries.count(), sheet.pk))
    rng.shuffle(rest := sheets[:])
    done = rest[int(len(rest) * LEAVES_FOR_CLERKS) :]
    for sheet in done:
        _one(plan, sheet, figures, "accepted" if rng.random() < 0.3 else "passed", rng, by)
    keep_up(plan)

    def person(name: str, role: str, region: str, unit: str | None = None) -> str:
        user = add_person(username=name, full_name=name, password=PASSWORD, by=by)
        appoint(user=user, role=role, region=region, unit=unit, by=by)
        return name

    left = [sheet for sheet in sheets if sheet not in done]
    filling = []
    for number in range(clerks):
        sheet = left[number % len(left)]
        role = "clerk" if sheet.region == plan.region else "district_clerk"
        shares, turn = -(-clerks // len(left)), number // len(left)
        cells = [[e.pk, plan.indicator[e.indicator].scale is not None] for e in sheet.entries.all()[turn::shares]]
        name = person(f"clerk-{number}", role, sheet.region, sheet.unit)
        filling.append({"username": name, "sheet": sheet.pk, "cells": cells})
    districts = sorted({sheet.region for sheet in sheets} - {plan.region})
    reviewing = [person(f"city-{n}", "statistics", plan.region) for n in range(8)]
    reviewing += [person(f"district-{code}", "district_statistics", code) for code in districts]
    reading = [
        person(f"reader-{n}", role, plan.region) for n, role in enumerate(("leader", "committee", "auditor") * 8)
    ]
    pages = [f"indicators/{i.id}/" for i in plan.indicators[::9]] + [f"regions/{code}/" for code in districts]
    pages += [f"goals/{goal.id}/" for goal in plan.goals[::4]] + [f"fields/{field.number}/" for field in plan.fields]
    return {"clerks": filling, "reviewers": reviewing, "readers": reading, "pages": pages}


def sessions(world: dict[str, Any]) -> dict[str, str]:
    """In a process of the home: a session for everybody, as signing in by the front door leaves it; by sign-in name."""
    from halfsky.cli.setup import prepare as ready

    ready()
    from importlib import import_module

    from django.conf import settings
    from django.contrib.auth import login
    from django.http import HttpRequest

    from halfsky.places.models import User
    from halfsky.web.sessions import BACKEND

    store = import_module(settings.SESSION_ENGINE).SessionStore
    names = {person["username"] if isinstance(person, dict) else person for kind in KINDS for person in world[kind]}
    made = {}
    for user in User.objects.filter(username__in=names):
        request = HttpRequest()
        request.session = store()
        login(request, user, backend=BACKEND)
        request.session.save()
        made[user.username] = request.session.session_key
    return made


def run(folder: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    """Build the house where there is none, serve it, let people work, and take the costs."""
    world_file = folder / "world.json"
    with database(folder, postgres=True, keep=arguments.house is not None) as engine:
        assert engine is not None
        home = Home(folder / "home", engine.address, more=SITE)
        home.folder.mkdir(exist_ok=True)
        if not world_file.exists():
            started = time.monotonic()
            world_file.write_text(
                home.run(sys.executable, "-m", "benchmarks.load", "--child", "prepare", str(arguments.users * 6 // 10))
            )
            print(f"the house was built in {time.monotonic() - started:.0f} s")
        server = Server(home, workers=arguments.workers)
        server.start()
        try:
            server.wait()
            found: dict[str, Any] = {} if arguments.seconds == 0 else _people(home, world_file, arguments)
            postmaster = engine.server.get_postmaster_info().pid
            found["costs"] = _costs(home, server, postmaster, json.loads(world_file.read_text()))
        finally:
            server.kill()
        home.halfsky("audit", "verify")  # raises where the chain does not hold
        return found


def _people(home: Home, world: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    """What locust noted, as it prints it in JSON, and the machine's load in the middle of it."""
    told, keys = home.folder / "people.json", home.folder / "sessions.json"
    keys.write_text(home.run(sys.executable, "-m", "benchmarks.load", "--child", "sessions", str(world)))
    env = {
        **home.environment,
        "LOAD_WORLD": str(world),
        "LOAD_SESSIONS": str(keys),
        "LOAD_OUT": str(told),
        "LOAD_SECONDS": str(arguments.seconds),
    }
    subprocess.run(
        [sys.executable, "-m", "locust", "-f", "benchmarks/load_people.py", "--headless", "--only-summary", "-u",
         str(arguments.users), "-r", "4", "--host", f"http://127.0.0.1:{home.port}", "--loglevel", "WARNING", "--logfile", str(home.folder / "locust.log")],
        cwd=ROOT, env=env, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(told.read_text())
    return found


def _costs(home: Home, server: Server, postmaster: int, world: dict[str, Any]) -> dict[str, dict[str, float]]:
    """One person alone: by kind, the median time of an answer and what server and database computed for it, in milliseconds."""
    from benchmarks.load_people import Browser

    found: dict[str, dict[str, float]] = {}

    def measure(kind: str, ask: Callable[[], Any]) -> None:
        for _ in range(2 * server.workers):
            ask()  # so that every worker has read what it keeps
        before, taken, until = _computed(server, postmaster), list[float](), time.perf_counter() + _ALONE
        while time.perf_counter() < until or len(taken) < 5:
            started = time.perf_counter()
            ask()
            taken.append(time.perf_counter() - started)
        cost = (_computed(server, postmaster) - before) / len(taken)
        found[kind] = {"answer": statistics.median(taken) * 1000, "computed": cost * 1000}

    base = f"http://127.0.0.1:{home.port}"
    reader, clerk, reviewer = (Browser(base) for _ in range(3))
    filling = world["clerks"][0]
    for browser, name in (
        (reader, world["readers"][0]),
        (clerk, filling["username"]),
        (reviewer, world["reviewers"][0]),
    ):
        browser.sign_in(name, PASSWORD)
    measure("empty page", lambda: reader.get("/benchmark/empty/"))
    measure("not signed in", lambda: Browser(base).get("/sign-in/"))
    measure("signing in", lambda: Browser(base).sign_in(filling["username"], PASSWORD))
    for name in ("", "targets/", "warnings/", "map/", "database/", "gaps/", "missing/"):
        measure(f"page {name or 'overview'}", lambda name=name: reader.get(f"/{PLAN}/{name}"))
    for kind in ("indicators", "regions", "goals"):
        name = next(p for p in world["pages"] if p.startswith(kind))
        measure(f"page {kind}", lambda name=name: reader.get(f"/{PLAN}/{name}"))
    measure("page first screen", lambda: clerk.get("/"))
    measure("page my returns", lambda: clerk.get(f"/{PLAN}/returns/"))
    measure("page of a return", lambda: clerk.get(f"/{PLAN}/returns/{filling['sheet']}/"))
    clerk.open_sheet(filling["sheet"])
    measure("save", lambda: clerk.save(filling))
    measure("page worklist", lambda: reviewer.get(f"/{PLAN}/review/"))
    sheet = reviewer.worklist(f"/{PLAN}/review/")[0]
    measure("page of a review", lambda: reviewer.get(f"/{PLAN}/review/{sheet}/"))
    return found


def _computed(server: Server, postmaster: int) -> float:
    """Processor seconds so far of the server's processes and of those of its database, the ended ones included."""
    assert server.process is not None
    tick, total = os.sysconf("SC_CLK_TCK"), 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            values = stat.read_text().rpartition(")")[2].split()
        except OSError:  # ended meanwhile
            continue
        process, parent, group = int(stat.parent.name), int(values[1]), int(values[2])
        if group == server.process.pid or postmaster in {process, parent}:
            total += int(values[11]) + int(values[12])
        if process == postmaster:
            total += int(values[13]) + int(values[14])
    return total / tick


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=300)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seconds", type=int, default=120, help="0: only the costs")
    parser.add_argument("--house", type=Path, help="a folder to keep the house in")
    parser.add_argument("--child", nargs="+", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        task, given = arguments.child
        print(json.dumps(prepare(int(given)) if task == "prepare" else sessions(json.loads(Path(given).read_text()))))
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the server and the database end with it
    print(load())
    if arguments.house:
        arguments.house.mkdir(parents=True, exist_ok=True)
        found = run(arguments.house.resolve(), arguments)
    else:
        with tempfile.TemporaryDirectory(prefix="halfsky-load-") as made:
            found = run(Path(made), arguments)
    errors = _tell(found)
    print(load())
    return 1 if errors else 0


def _tell(found: dict[str, Any]) -> int:
    errors = 0
    if "kinds" in found:
        print(
            f"{found['users']} people for {found['seconds']:.0f} s: {found['requests'] / found['seconds']:.1f} requests a second; {found['load']}"
        )
        print(f"  {'':28} {'requests':>9} {'errors':>7} {'median':>8} {'p95':>8} {'p99':>8}  ms")
        for kind, row in found["kinds"].items():
            print(
                f"  {kind:28} {row['requests']:9} {row['errors']:7} {row['p50']:8.0f} {row['p95']:8.0f} {row['p99']:8.0f}"
            )
        errors = found["errors"]
        for words in found["what"][:20]:
            print(f"    {words}")
    empty = found["costs"]["empty page"]
    print(f"  {'alone':28} {'answer ms':>10} {'computed ms':>12} {'times an empty page: answer, computed':>38}")
    for kind, row in found["costs"].items():
        print(
            f"  {kind:28} {row['answer']:10.1f} {row['computed']:12.1f} {row['answer'] / empty['answer']:20.1f} {row['computed'] / empty['computed']:17.1f}"
        )
    return errors


if __name__ == "__main__":
    sys.exit(main())
