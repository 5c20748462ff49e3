"""``halfsky serve``: the pages, on this machine."""

from __future__ import annotations

import contextlib
import os
import socket

import typer
from rich.console import Console

from halfsky.cli.output import fail
from halfsky.cli.setup import prepare
from halfsky.plan import Faulty


def serve(
    address: str = typer.Option("127.0.0.1", help="Address to listen on 监听地址."),
    port: int = typer.Option(8000, min=1, max=65535, help="Port 端口."),
    workers: int = typer.Option(1, min=1, max=64, help="Worker processes 进程数."),
) -> None:
    """Serve the pages 启动网页服务. Hosts other than this machine are named in HALFSKY_HOSTS."""
    from granian import Granian
    from granian.constants import Interfaces

    stop_if_taken(address, port)
    prepare()
    _read_plans()
    Console().print(f"Halfsky 半边天 → http://{address}:{port}/", highlight=False)
    Granian(
        "halfsky.config.wsgi:application", address=address, port=port, interface=Interfaces.WSGI, workers=workers,
        blocking_threads=4, log_access=False,
    ).serve()  # fmt: skip


def _read_plans() -> None:
    """Once here, instead of once in every worker while the first readers wait. An unsound pack has a page that says so."""
    from halfsky.catalogue.queries import folders, plan

    for name in folders():
        with contextlib.suppress(Faulty):
            plan(name)


def stop_if_taken(address: str, port: int) -> None:
    """Stop with a sentence where the server would stop with its inner workings."""
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as tried:
            if os.name == "posix":  # elsewhere the option would take a port that another still holds
                tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(where)
    except OSError as error:
        fail(
            f"无法监听 {address}:{port}（可能已被占用），请用 --port 换一个端口。 "
            f"Cannot listen on {address}:{port}: {error.strerror}; choose another --port."
        )


def register(app: typer.Typer) -> None:
    app.command("serve")(serve)
