"""An ASGI application on a real port, for a browser or another program."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Literal

import uvicorn
from starlette.types import ASGIApp


@contextmanager
def serving(
    app: ASGIApp, at: int = 0, http: type[asyncio.Protocol] | Literal["auto"] = "auto", chain: Path | None = None
) -> Iterator[str]:
    """Serves it on loopback until the block ends, in a thread with a loop of its own; gives its address without `/`.

    `at` is the port; any that is free where it is 0. With a `chain` (key and certificate) it is served over TLS.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as port:
        port.bind(("127.0.0.1", at))
        server = uvicorn.Server(uvicorn.Config(app, http=http, lifespan="off", log_config=None, ssl_certfile=chain))
        thread = Thread(target=server.run, kwargs={"sockets": [port]}, name="web", daemon=True)
        thread.start()
        try:
            while not server.started:
                if not thread.is_alive():
                    raise RuntimeError("the web server did not start")
                time.sleep(0.005)
            yield f"http{'s' if chain else ''}://127.0.0.1:{port.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(20)
