"""Serves a site as an office would have it: its own home, the real settings, gathered static files.

``python -m tests.web.serve PORT MODULE:FUNCTION`` with ``HALFSKY_HOME`` and ``HALFSKY_PLANS`` set: the function puts the
plan, its figures and its people there; says "ready" when it listens. ``running`` does all that for a test, and ``serving``
lets the test call functions in that process as well.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any, TextIO
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

ROOT = Path(__file__).parents[2]


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing of each request."""


def environment(home: Path, database: str = "") -> dict[str, str]:
    """Of a process that works on the installation in ``home``; on SQLite there unless a database is named."""
    kept = {k: v for k, v in os.environ.items() if k not in {"DJANGO_SETTINGS_MODULE", "HALFSKY_DATABASE"}}
    return {
        **kept,
        **({"HALFSKY_DATABASE": database} if database else {}),
        "HALFSKY_HOME": str(home),
        "HALFSKY_PLANS": str(home / "plans"),
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
    }


@dataclass(frozen=True, slots=True)
class Served:
    """A site in a process of its own."""

    url: str
    process: subprocess.Popen[str]

    def do(self, what: str, *arguments: Any) -> Any:
        """Call ``MODULE:FUNCTION`` there, beside the pages; what it returns, as JSON can tell it."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(json.dumps([what, arguments]), file=self.process.stdin, flush=True)
        answer = json.loads(self.process.stdout.readline())
        assert "failed" not in answer, answer["failed"]
        return answer["returned"]


@contextmanager
def serving(begin: str, given: Mapping[str, str]) -> Iterator[Served]:
    """A server in a process of its own, which listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "tests.web.serve", str(port), begin]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, env=given, stdin=pipe, stdout=pipe, text=True) as server:
        assert server.stdout is not None
        said = server.stdout.readline()
        assert said == "ready\n", said
        try:
            yield Served(f"http://127.0.0.1:{port}", server)
        finally:
            server.terminate()


@contextmanager
def running(begin: str, given: Mapping[str, str]) -> Iterator[str]:
    """The address of a server in a process of its own."""
    with serving(begin, given) as site:
        yield site.url


def small_site() -> None:
    """What most tests of the pages look at: the small plan with figures, verdicts, an open year and filings that are due."""
    from datetime import date

    from django.conf import settings

    from halfsky.collect.actions import open_filings
    from halfsky.places.actions import add_person, appoint
    from tests.support import CLERK
    from tests.web import pack
    from tests.web.conftest import PASSWORD, fill, leader
    from tests.web.test_returns import open_year

    pack.write(pack.pack(), Path(settings.PLANS_DIR))
    fill(pack.pack())
    open_year(pack.pack())
    open_filings(plan=pack.pack(), promulgated=date(2035, 1, 31), schemes_due=date(2035, 6, 30), by=CLERK)
    for name in ("committee", "administrator", "auditor"):
        person = add_person(username=name, full_name=name, password=PASSWORD, by=CLERK)
        appoint(user=person, role=name, region=pack.CITY, by=CLERK)
    person = leader()
    person.set_password(PASSWORD)
    person.save()


def _found(what: str) -> Any:
    module, _, function = what.partition(":")
    return getattr(import_module(module), function)


def _obey(answers: TextIO) -> None:
    """Call what is asked for on the standard input, one line of JSON each, and answer with another."""
    from django.db import connections

    for line in sys.stdin:
        what, arguments = json.loads(line)
        try:
            answer = {"returned": _found(what)(*arguments)}
        except Exception:  # whatever it is, the test that asked is told
            answer = {"failed": traceback.format_exc()}
        finally:
            connections.close_all()
        print(json.dumps(answer, ensure_ascii=False), file=answers, flush=True)


@contextmanager
def _tables() -> Iterator[None]:
    """Prepared tables take a quarter of a minute to make: they are kept, empty, for the next site of the same migrations."""
    from halfsky.cli.setup import django_ready

    django_ready()
    from django.conf import settings
    from django.db import connection

    if connection.vendor != "sqlite":
        yield
        return
    made = hashlib.sha256((ROOT / "requirements" / "prod.txt").read_bytes())
    for migration in sorted((ROOT / "src").rglob("migrations/*.py")):
        made.update(migration.read_bytes())
    kept = Path(tempfile.gettempdir()) / f"halfsky-tables-{os.getuid()}-{made.hexdigest()[:20]}.sqlite3"
    if kept.exists():
        shutil.copyfile(kept, settings.DATABASES["default"]["NAME"])
        yield
        return
    yield
    with tempfile.TemporaryDirectory(dir=kept.parent) as part:
        connection.cursor().execute("VACUUM INTO %s", [f"{part}/tables"])
        Path(part, "tables").replace(kept)  # whole or not at all: another site may be looking for it


def main(port: int, begin: str) -> None:
    from halfsky.cli.setup import prepare

    answers, sys.stdout = sys.stdout, sys.stderr  # whoever prints something does not answer with it
    with _tables():
        prepare()
    from halfsky.config.wsgi import application

    _found(begin)()
    with make_server("127.0.0.1", port, application, _Server, _Quiet) as server:
        print("ready", file=answers, flush=True)
        threading.Thread(target=_obey, args=(answers,), daemon=True).start()
        server.serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
