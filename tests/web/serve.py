"""Serves the small site as an office would have it: its own home, the real settings, gathered static files.

``python -m tests.web.serve PORT`` with ``HALFSKY_HOME`` and ``HALFSKY_PLANS`` set; says "ready" when it listens.
"""

from __future__ import annotations

import sys
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing of each request."""


def main(port: int) -> None:
    from halfsky.cli.setup import prepare

    prepare()
    from django.conf import settings

    from halfsky.config.wsgi import application
    from tests.web import pack
    from tests.web.conftest import PASSWORD, fill, leader
    from tests.web.test_returns import open_year

    pack.write(pack.pack(), Path(settings.PLANS_DIR))
    fill(pack.pack())
    open_year(pack.pack())
    person = leader()
    person.set_password(PASSWORD)
    person.save()
    with make_server("127.0.0.1", port, application, _Server, _Quiet) as server:
        print("ready", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]))
