"""The people of :mod:`benchmarks.load`, for locust: what a browser of theirs asks for, and how long they think in between."""

from __future__ import annotations

import json
import os
import random
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PLAN = "dalian-2021-2030"
DENOMINATOR = 10_007
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_CELL = re.compile(r'data-entry="(\d+)" data-version="(\d+)"')
_CHOICE = re.compile(r'name="sheet" value="(\d+):\d+:\w+"')
_PICTURE = re.compile(r'<img src="(/[^"]+\.svg[^"]*)"')


class Browser:
    """What one person's browser does, over a session of ``requests`` or of locust, which notes each request under its name."""

    def __init__(self, base: str, client: Any = None) -> None:
        if client is None:
            import requests

            client = requests.Session()
            self._more: Any = lambda _: {}
        else:
            base, self._more = "", lambda name: {"name": name, "catch_response": True}
        self._client, self._base = client, base
        self.csrf = ""
        self.versions: dict[int, int] = {}
        self.seen: set[str] = set()

    @contextmanager
    def _asked(
        self, method: str, path: str, name: str, expected: tuple[int, ...] = (200,), **more: Any
    ) -> Iterator[Any]:
        answer = self._client.request(method, self._base + path, **self._more(name), **more)
        if hasattr(answer, "failure"):
            with answer:
                signed_out = name != "sign in" and b'name="password"' in (answer.content or b"")
                if answer.status_code not in expected or signed_out:
                    answer.failure(f"{answer.status_code} {'signed out' if signed_out else (answer.text or '')[:200]}")
                else:
                    answer.success()
                yield answer
        else:
            assert answer.status_code in expected, (path, answer.status_code, answer.text[:300])
            yield answer

    def get(self, path: str, name: str = "page") -> str:
        with self._asked("GET", path, name) as answer:
            return answer.text or ""

    def look(self, path: str, name: str = "page") -> str:
        """A page with its pictures, those not seen before."""
        text = self.get(path, name)
        for address in _PICTURE.findall(text):
            address = address.replace("&amp;", "&")
            if address not in self.seen:
                self.seen.add(address)
                self.get(address, "picture")
        return text

    def sign_in(self, username: str, password: str) -> None:
        answered = self.get("/sign-in/", "sign in")
        found = _TOKEN.search(answered)
        assert found, f"no sign-in page: {answered[:200]}"
        form = {"csrfmiddlewaretoken": found[1], "username": username, "password": password}
        with self._asked("POST", "/sign-in/", "sign in", data=form) as answer:
            signed_in = answer.status_code == 200 and 'name="password"' not in (answer.text or "")
            assert signed_in, f"{username} cannot sign in"

    def open_sheet(self, sheet: int) -> None:
        text = self.look(f"/{PLAN}/returns/{sheet}/", "page of a return")
        self.versions = {int(entry): int(version) for entry, version in _CELL.findall(text)}
        with self._asked("GET", "/api/v1/session", "token of a page") as answer:
            if answer.status_code == 200:
                self.csrf = json.loads(answer.text)["csrf"]

    def save(self, clerk: dict[str, Any], cells: int = 1) -> None:
        """Type into some of the clerk's own cells; the sheet is opened first where it could not be before."""
        if not self.csrf or not self.versions:
            self.open_sheet(clerk["sheet"])
            return
        chosen = random.sample(clerk["cells"], min(cells, len(clerk["cells"])))
        body = []
        for entry, rate in chosen:
            number = str(random.randint(1, DENOMINATOR))
            typed = {"numerator": number, "denominator": str(DENOMINATOR)} if rate else {"value": number}
            body.append({"entry": entry, "version": self.versions[entry], **typed})
        headers = {
            "X-CSRFToken": self.csrf,
            "Idempotency-Key": secrets.token_hex(16),
            "Content-Type": "application/json",
        }
        path = f"/api/v1/returns/{clerk['sheet']}/cells"
        with self._asked("POST", path, "save", data=json.dumps({"cells": body}), headers=headers) as answer:
            if answer.status_code == 200:
                self.versions |= {int(e): v for e, v in json.loads(answer.text)["versions"].items()}

    def worklist(self, path: str) -> list[int]:
        return [int(pk) for pk in _CHOICE.findall(self.get(path, "page worklist"))]

    def review(self, sheet: int, to: str | None) -> None:
        """Read a return; then, where asked, move it. That another reviewer was faster (409) is an answer, no error."""
        path = f"/{PLAN}/review/{sheet}/"
        text = self.look(path, "page of a review")
        found = _TOKEN.search(text)
        version = re.search(r'name="version" value="(\d+)"', text)
        if to is None or found is None or version is None or f'name="to" value="{to}"' not in text:
            return
        form = {"csrfmiddlewaretoken": found[1], "version": version[1], "to": to, "reason": "请核对本表数据。"}
        with self._asked("POST", path, "accept or send back", expected=(200, 409), data=form):
            pass


if "LOAD_WORLD" in os.environ:  # only where locust reads this file: it changes what the standard library does
    from urllib.parse import urlsplit

    import gevent
    from locust import FastHttpUser, between, events, task
    from requests.cookies import create_cookie

    WORLD = json.loads(Path(os.environ["LOAD_WORLD"]).read_text(encoding="utf-8"))
    SESSIONS = json.loads(Path(os.environ["LOAD_SESSIONS"]).read_text(encoding="utf-8"))
    SECONDS = float(os.environ["LOAD_SECONDS"])
    WARM = 20.0  # seconds that all are at work before anything is noted
    noted: list[tuple[float, str, float, str]] = []
    signed_in = 0
    turns = {"clerks": 0, "reviewers": 0, "readers": 0}

    class Person(FastHttpUser):
        abstract = True
        wait_time = between(10, 30)
        kind = ""
        insecure = True
        network_timeout = connection_timeout = 60.0

        def on_start(self) -> None:
            global signed_in
            people = WORLD[self.kind]
            self.me = people[turns[self.kind] % len(people)]
            turns[self.kind] += 1
            self.browser = Browser("", self.client)
            name = self.me["username"] if isinstance(self.me, dict) else self.me
            here = urlsplit(self.host).hostname
            self.client.cookiejar.set_cookie(create_cookie("halfsky_session", SESSIONS[name], domain=here))
            gevent.sleep(random.uniform(0, 20))
            self.ready()
            signed_in += 1

        def ready(self) -> None:
            """What is open before the work begins."""

    class Clerk(Person):
        """Fills in: saves as they type, looks at the list and at the database now and then."""

        weight, kind = 60, "clerks"

        def ready(self) -> None:
            self.browser.open_sheet(self.me["sheet"])

        @task(16)
        def type_in(self) -> None:
            """A burst of what the grid saves by itself: now and then one cell right after the other."""
            for _ in range(random.choice((1, 1, 1, 2))):
                self.browser.save(self.me, random.choice((1, 1, 1, 2, 3)))
                gevent.sleep(random.uniform(1, 3))

        @task(2)
        def open_again(self) -> None:
            self.browser.get(f"/{PLAN}/returns/", "page of returns")
            self.browser.open_sheet(self.me["sheet"])

        @task(1)
        def first_screen(self) -> None:
            self.browser.look("/", "page first screen")

        @task(1)
        def database(self) -> None:
            self.browser.look(f"/{PLAN}/database/", "page database")

    class Reviewer(Person):
        """Goes through the worklist: reads returns, accepts most of those that are ready, sends a few back."""

        weight, kind = 13, "reviewers"

        @task(9)
        def read(self) -> None:
            sheets = self.browser.worklist(f"/{PLAN}/review/?mine=1")
            if sheets:
                self.browser.review(random.choice(sheets), None)

        @task(1)
        def decide(self) -> None:
            sheets = self.browser.worklist(f"/{PLAN}/review/?mine=1")
            if sheets:
                to = "returned" if random.random() < 0.2 else "accepted" if self.me.startswith("city") else "passed"
                self.browser.review(random.choice(sheets), to)

    class Reader(Person):
        """Browses the plan, its places and its figures."""

        weight, kind = 27, "readers"

        @task(4)
        def one_page(self) -> None:
            path = random.choice(WORLD["pages"])
            self.browser.look(f"/{PLAN}/{path}", f"page {path.split('/')[0]}")

        @task(4)
        def great_pages(self) -> None:
            path = random.choice(("", "targets/", "warnings/", "map/", "database/", "gaps/", "missing/"))
            self.browser.look(f"/{PLAN}/{path}", f"page {path.rstrip('/') or 'overview'}")

    @events.request.add_listener
    def note(request_type: str, name: str, response_time: float, exception: Any, start_time: float, **_: Any) -> None:
        noted.append((start_time, name, response_time, repr(exception) if exception else ""))

    @events.spawning_complete.add_listener
    def when_all_are_there(user_count: int, **_: Any) -> None:
        gevent.spawn(measured, user_count)

    @events.init.add_listener
    def keep_environment(environment: Any, **_: Any) -> None:
        global ENVIRONMENT
        ENVIRONMENT = environment

    def measured(users: int) -> None:
        give_up = time.time() + 240
        while signed_in < users and time.time() < give_up:
            gevent.sleep(0.5)
        gevent.sleep(WARM)
        begun = time.time()
        gevent.sleep(SECONDS / 2)
        busy = os.getloadavg()[0]
        gevent.sleep(SECONDS / 2)
        ended = time.time()
        rows = [row for row in noted if begun <= row[0] + row[2] / 1000 <= ended]  # answered meanwhile
        kinds: dict[str, list[tuple[float, str]]] = {}
        for _, name, taken, wrong in rows:
            kinds.setdefault(name, []).append((taken, wrong))
            if name.startswith("page"):
                kinds.setdefault("every page", []).append((taken, wrong))
        before = [row for row in noted if row[0] < begun]
        told = {
            "users": users, "signed in": signed_in, "seconds": ended - begun, "requests": len(rows),
            "errors": sum(bool(row[3]) for row in noted), "what": sorted({row[1] + ": " + row[3] for row in noted if row[3]}),
            "load": f"load {busy:.1f} (1 min) in the middle; {len(before)} requests before, while all came",
            "kinds": {name: _told(found) for name, found in sorted(kinds.items())},
        }  # fmt: skip
        Path(os.environ["LOAD_OUT"]).write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
        ENVIRONMENT.runner.quit()

    def _told(found: list[tuple[float, str]]) -> dict[str, float]:
        times = sorted(taken for taken, _ in found)

        def share(part: float) -> float:
            return times[min(int(part * len(times)), len(times) - 1)]

        return {
            "requests": len(times), "errors": sum(bool(wrong) for _, wrong in found),
            "p50": share(0.5), "p95": share(0.95), "p99": share(0.99),
        }  # fmt: skip
