"""The readers' web on loopback, for a browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import uvicorn
from starlette.types import ASGIApp

from tests.integration.web.world import Site, site
from tests.servers.process import free_port


@contextmanager
def served(place: Path, path: str = "/newsletter") -> Iterator[Site]:
    """A web of two newsletters that a browser can open, under a path."""
    port = free_port()
    with (
        site(f"sqlite:///{place}/newsletter.db", place, f"http://127.0.0.1:{port}{path}", newsletters=2) as here,
        listening(here.app, port),
    ):
        yield here


@contextmanager
def listening(app: ASGIApp, port: int) -> Iterator[None]:
    """Answers at `http://127.0.0.1:port` until the block ends."""
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, access_log=False))
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.02)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()
