"""Serves a site as an office would have it: its own home, the real settings, gathered static files.

``python -m tests.web.serve PORT MODULE:FUNCTION`` with ``HALFSKY_HOME`` and ``HALFSKY_PLANS`` set: the function puts the
plan, its figures and its people there; says "ready" when it listens. ``running`` does all that for a test.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from socketserver import ThreadingMixIn
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


@contextmanager
def running(begin: str, given: Mapping[str, str]) -> Iterator[str]:
    """The address of a server in a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "tests.web.serve", str(port), begin]
    with subprocess.Popen(command, cwd=ROOT, env=given, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        said = server.stdout.readline()
        assert said == "ready\n", said
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


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


def main(port: int, begin: str) -> None:
    from halfsky.cli.setup import prepare

    prepare()
    from halfsky.config.wsgi import application

    module, _, function = begin.partition(":")
    getattr(import_module(module), function)()
    with make_server("127.0.0.1", port, application, _Server, _Quiet) as server:
        print("ready", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
