"""``kill -9`` of the server while clerks save: what was acknowledged is there, none of it twice, and the chain holds.

    python -m benchmarks.survival [--kills 200] [--clerks 20] [--postgres] [--database-kills 40] [--seed 2030]

Twenty simulated clerks, half of them with a session and its CSRF token as the grid has, half with a program's token, save
cells of real returns through the real interface of ``halfsky serve``. Each request carries a key and, until it is answered, is
sent again with the same key, as the grid does (only sooner). The whole process group of the server is killed at random moments,
also while it starts. With ``--postgres`` the database is besides killed (the postmaster, ``kill -9``) or stopped at once under it.
At the end everything that any clerk was told is compared with what the database and the ledger hold. Exit code 0 when all holds.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import re
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks.house import Home, Postgres, Server, database, load

PLAN, YEAR, PASSWORD = "dalian-2021-2030", 2026, "Half-the-sky-2030"
DENOMINATOR = 1_000_003
_WAYS = ("kill -9", "immediate shutdown")
_PATIENCE = 300.0  # seconds that a clerk waits for an answer of a server that is there
_AGAIN = (0.1, 0.2, 0.5, 1.0)  # seconds until a request is sent again; the grid waits ten times as long


@dataclass
class Saved:
    """One acknowledged request: its key, the number by cell, the versions told, how often it was sent, and between when."""

    key: str
    numbers: dict[int, int]
    versions: dict[int, int]
    sent: int
    last_sent: float


@dataclass
class Clerk:
    """One who fills in cells of their own, one number after the other, none of them used twice in the whole run."""

    number: int
    username: str
    token: str
    sheet: int
    cells: dict[int, bool]  # entry → whether it is a rate
    port: int
    seed: int
    saved: list[Saved] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    cookies: dict[str, str] = field(default_factory=dict)
    csrf: str = ""
    resent: int = 0

    def work(self, stop: threading.Event, broken: threading.Event, down: threading.Event) -> None:
        """Save until told to stop; the request under way then is still brought to its end."""
        rng = random.Random(self.seed)
        versions = dict.fromkeys(self.cells, 1)
        count = 0
        try:
            while not stop.is_set() and not broken.is_set():
                chosen = rng.sample(sorted(self.cells), rng.randint(1, min(6, len(self.cells))))
                numbers = {}
                for entry in chosen:
                    count += 1
                    numbers[entry] = self.number * 100_000 + count
                done = self._save(f"{rng.getrandbits(128):032x}", numbers, versions, broken, down)
                if done is None:
                    return
                versions.update(done.versions)
                self.saved.append(done)
                time.sleep(rng.uniform(0.0, 0.3))
        except Exception as error:  # a thread must not end unseen
            self.odd.append(f"{self.username}: {error!r}")

    def _save(
        self,
        key: str,
        numbers: dict[int, int],
        versions: dict[int, int],
        broken: threading.Event,
        down: threading.Event,
    ) -> Saved | None:
        cells = [{"entry": e, "version": versions[e], **self._typed(e, n)} for e, n in numbers.items()]
        body = json.dumps({"cells": cells, "reason": key})
        patience, asked = _PATIENCE, time.monotonic()
        sent = 0
        while patience > 0 and not broken.is_set():
            now = time.monotonic()
            patience, asked = (
                patience - (0 if down.is_set() else now - asked),
                now,
            )  # a server that starts is waited for
            headers = self._proof()
            if headers is not None:
                sent, at = sent + 1, time.time()
                status, content = self._call("POST", f"/api/v1/returns/{self.sheet}/cells", body, {
                    "Content-Type": "application/json", "Idempotency-Key": key, **headers,
                })  # fmt: skip
                if status == 200:
                    self.resent += sent > 1
                    told = {int(e): v for e, v in json.loads(content)["versions"].items()}
                    return Saved(key, numbers, told, sent, at)
                if status in {401, 403}:
                    self.csrf = ""  # the grid asks for a new token, too
                if 0 < status < 500:
                    self.odd.append(f"{self.username}: {status} {content[:300]!r}")
                    return None
            time.sleep(_AGAIN[min(sent, len(_AGAIN) - 1)])
        self.odd.append(f"{self.username}: no answer to {key}")
        return None

    def _typed(self, entry: int, number: int) -> dict[str, str]:
        if self.cells[entry]:
            return {"numerator": str(number), "denominator": str(DENOMINATOR)}
        return {"value": str(number)}

    def _proof(self) -> dict[str, str] | None:
        """The headers that say who asks; signs in first where that is still to do. ``None`` while nobody answers."""
        if self.token:
            return {"Authorization": f"Bearer {self.token}"}
        if not self.csrf:
            status, content = self._call("GET", "/api/v1/session")
            if status == 401:
                self._sign_in()
                status, content = self._call("GET", "/api/v1/session")
            if status != 200:
                return None
            self.csrf = json.loads(content)["csrf"]
        return {"X-CSRFToken": self.csrf}

    def _sign_in(self) -> None:
        _, page = self._call("GET", "/sign-in/")
        found = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        if found:
            form = {"csrfmiddlewaretoken": found[1].decode(), "username": self.username, "password": PASSWORD}
            self._call("POST", "/sign-in/", urlencode(form), {"Content-Type": "application/x-www-form-urlencoded"})

    def _call(self, method: str, path: str, body: str = "", headers: dict[str, str] | None = None) -> tuple[int, bytes]:
        """Status and body; status 0 when there is no answer, or only part of one."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        sent = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), **(headers or {})}
        try:
            connection.request(method, path, body.encode() or None, sent)
            response = connection.getresponse()
            content = response.read()
            for text in response.headers.get_all("Set-Cookie") or ():
                self.cookies.update({name: morsel.value for name, morsel in SimpleCookie(text).items()})
        except (OSError, http.client.HTTPException):
            return 0, b""
        else:
            return response.status, content
        finally:
            connection.close()


def run(
    folder: Path,
    *,
    kills: int,
    clerks: int,
    seed: int,
    postgres: bool = False,
    database_kills: int = 0,
    workers: int = 1,
) -> dict[str, Any]:
    """Kill and save; counts of what was done, and ``broken``: every promise that was not kept, in words."""
    with database(folder, postgres=postgres) as engine:
        home = Home(folder / "home", engine.address if engine else "")
        home.folder.mkdir()
        world = json.loads(home.run(sys.executable, "-m", "benchmarks.survival", "--child", "prepare", str(clerks)))
        server = Server(home, workers=workers)
        people = [
            Clerk(**{**made, "cells": {int(e): r for e, r in made["cells"].items()}}, port=home.port, seed=seed + i)
            for i, made in enumerate(world)
        ]
        started = time.monotonic()
        moments = _storm(server, engine, people, kills, database_kills, random.Random(seed))
        lasted = time.monotonic() - started
        told = [vars(saved) for clerk in people for saved in clerk.saved]
        (folder / "told.json").write_text(json.dumps(told), encoding="utf-8")
        (found,) = judged(home, told)
        found["broken"] += [odd for clerk in people for odd in clerk.odd]
        try:
            found["chain"] = home.halfsky("audit", "verify").strip()
        except Exception as error:
            found["broken"].append(f"audit verify: {error}")
        return {
            **moments, "seconds": round(lasted), "clerks": clerks, "saves acknowledged": len(told),
            "cells acknowledged": sum(len(s["numbers"]) for s in told), "sent again": sum(c.resent for c in people), **found,
        }  # fmt: skip


def judged(home: Home, *tellings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What :func:`judge` finds for each of some tellings, in a process of the home."""
    found: list[dict[str, Any]] = json.loads(
        home.run(sys.executable, "-m", "benchmarks.survival", "--child", "judge", said=json.dumps(tellings))
    )
    return found


def _storm(
    server: Server, engine: Postgres | None, people: list[Clerk], kills: int, database_kills: int, rng: random.Random
) -> dict[str, int]:
    """Kill, start, and again, while everybody saves; at the end every request under way is answered."""
    stop, broken, down = threading.Event(), threading.Event(), threading.Event()
    blows = ["server"] * kills + [f"database, {_WAYS[number % 2]}" for number in range(database_kills)]
    rng.shuffle(blows)
    done: Counter[str] = Counter()
    server.start()
    server.wait()
    threads = [threading.Thread(target=clerk.work, args=(stop, broken, down), daemon=True) for clerk in people]
    for thread in threads:
        thread.start()
    try:
        for blow in blows:
            time.sleep(rng.uniform(0.05, 2.0))
            down.set()
            if blow == "server":
                server.kill()
                done["kills of the server"] += 1
                server.start()
                if rng.random() < 0.1:
                    time.sleep(rng.uniform(0.0, 3.0))
                    server.kill()
                    done["further kills while it started"] += 1
                    server.start()
                server.wait()
            else:
                assert engine is not None
                engine.kill(hard=blow.endswith("kill -9"))
                done[blow] += 1
                time.sleep(rng.uniform(0.0, 0.5))
                engine.start()
            down.clear()
        stop.set()
        for thread in threads:
            thread.join(_PATIENCE + 20)
    finally:
        broken.set()
        server.kill()
    return dict(done)


def prepare(clerks: int) -> list[dict[str, Any]]:
    """In a process of the home: an open year, and clerks with cells of their own, two to a return."""
    from halfsky.cli.setup import prepare as ready

    ready()
    from halfsky.catalogue.queries import plan as the_plan
    from halfsky.cli.actor import operator
    from halfsky.collect.actions import open_cycle
    from halfsky.places.actions import add_person, appoint, establish
    from halfsky.places.policy import principal
    from halfsky.places.tokens import make_token

    plan, by = the_plan(PLAN), operator()
    establish(plan=plan, by=by)
    days = {"unit_due": date(2027, 3, 31), "district_due": date(2027, 4, 15), "city_due": date(2027, 4, 30)}
    cycle = open_cycle(plan=plan, year=YEAR, by=by, **days)
    sheets = sorted(cycle.returns.all(), key=lambda sheet: -sheet.entries.count())[: (clerks + 1) // 2]
    made = []
    for number in range(clerks):
        sheet = sheets[number // 2]
        user = add_person(username=f"clerk-{number}", full_name="填报员", password=PASSWORD, by=by)
        role = "clerk" if sheet.region == plan.region else "district_clerk"
        appoint(user=user, role=role, region=sheet.region, unit=sheet.unit, by=by)
        token = make_token(user=user, name="kill", days=30, by=principal(user, door="web"))[1] if number % 4 < 2 else ""
        cells = list(sheet.entries.all())[number % 2 :: 2]
        made.append({
            "number": number + 1, "username": user.username, "token": token, "sheet": sheet.pk,
            "cells": {e.pk: plan.indicator[e.indicator].scale is not None for e in cells},
        })  # fmt: skip
    return made


def judge(told: list[dict[str, Any]]) -> dict[str, Any]:
    """In a process of the home: hold what clerks were told against what is there. Cells are one clerk's each."""
    from halfsky.cli.setup import django_ready

    django_ready()
    from halfsky.audit.models import Event
    from halfsky.collect.models import Ack, Entry

    events = list(Event.objects.filter(action="return.save").order_by("number").values_list("reason", "at", "after"))
    written: Counter[str] = Counter(key for key, _, _ in events)
    content = {key: (at.timestamp(), after) for key, at, after in events}
    broken = [f"carried out {n} times: {key}" for key, n in written.items() if n != 1]
    broken += [f"carried out, but never acknowledged: {key}" for key in written.keys() - {s["key"] for s in told}]
    last: dict[str, tuple[int, int]] = {}  # entry → version and number told last
    answered_from_memory = 0
    for save in told:
        if save["key"] not in content:
            broken.append(f"acknowledged, but not in the ledger: {save['key']}")
            continue
        at, after = content[save["key"]]
        answered_from_memory += save["sent"] > 1 and at < save["last_sent"]
        for entry, number in save["numbers"].items():
            version = save["versions"].get(entry)
            if number not in {_whole(after.get(entry, {}).get(n)) for n in ("value", "numerator")}:
                broken.append(f"the ledger holds another number: {save['key']} {entry}")
            if version != last.get(entry, (1, 0))[0] + 1:
                broken.append(f"version {version} after {last.get(entry)}: {save['key']} {entry}")
            last[entry] = (version, number)
    kept = {str(e.pk): e for e in Entry.objects.filter(version__gt=1)}
    broken += [f"written, but by nobody: {entry}" for entry in kept.keys() - last.keys()]
    for entry, (version, number) in last.items():
        held = kept.get(entry)
        if held is None or held.version != version or number not in {held.value, held.numerator}:
            broken.append(f"cell {entry} should hold {number} in version {version}: {held and held.value}")
    return {
        "events of saves": len(events), "requests remembered": Ack.objects.count(), "cells compared": len(last),
        "carried out before the answer was lost, answered from memory": answered_from_memory, "broken": broken,
    }  # fmt: skip


def _whole(text: Any) -> int | None:
    return int(text) if isinstance(text, str) and text.isdigit() else None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--clerks", type=int, default=20)
    parser.add_argument("--workers", type=int, default=1, help="as `halfsky serve` has by itself")
    parser.add_argument("--seed", type=int, default=2030)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--database-kills", type=int, default=40)
    parser.add_argument("--child", nargs="+", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        what = arguments.child[0]
        print(
            json.dumps(
                prepare(int(arguments.child[1]))
                if what == "prepare"
                else [judge(told) for told in json.load(sys.stdin)]
            )
        )
        return 0
    print(load())
    with tempfile.TemporaryDirectory(prefix="halfsky-survival-") as folder:
        found = run(
            Path(folder), kills=arguments.kills, clerks=arguments.clerks, seed=arguments.seed, workers=arguments.workers,
            postgres=arguments.postgres, database_kills=arguments.database_kills if arguments.postgres else 0,
        )  # fmt: skip
    broken = found.pop("broken")
    for name, value in found.items():
        print(f"  {name:62} {value}")
    print(f"  {'promises broken':62} {len(broken)}")
    for words in broken[:50]:
        print(f"    {words}")
    print(load())
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
