"""The daemon: background work and the web, in one process and one event loop, or one of them alone.

SIGTERM and SIGINT end it: no new work, mails between dot and answer get their thirty seconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor

import structlog
import uvicorn

from newsletter.app import Program
from newsletter.engine import EVERY_QUEUE, Queue
from newsletter.errors import NewsletterError, SettingsError
from newsletter.memory import loading, share_arenas
from newsletter.publish.writer import Writer
from newsletter.store.search import Search

log = structlog.get_logger()

WORKERS = frozenset({Queue.COLLECT, Queue.DELIVER})  # what needs nothing but the database and the network

ONE_PROCESS = (
    "store.url: SQLite has one process, which is `newsletter run`; workers need PostgreSQL: `newsletter db move` takes "
    "everything there, then put its address into store.url"
)


class Daemon:
    """Runs a program until it is told to stop: with or without its pages, and what background work it is there for."""

    def __init__(
        self,
        program: Program,
        *,
        web: bool = True,
        queues: Collection[Queue] = EVERY_QUEUE,
        ready: Callable[[str], None] = log.info,
    ) -> None:
        self._program = program
        self._web = web
        self._queues = queues
        self._ready = ready
        self._stop = asyncio.Event()
        self._later = ThreadPoolExecutor(1, "later")

    def stop(self) -> None:
        """Begin to end; from the event loop's thread."""
        self._stop.set()

    async def run(self) -> None:
        """Serve until `stop`. Raises NewsletterError where the address cannot be listened on."""
        share_arenas()
        web = self._program.settings.web
        async with contextlib.AsyncExitStack() as ways_in:
            bound = ways_in.enter_context(listener(web.host, web.port, "web.listen")) if self._web else None
            lmtp = self._program.returns.listener() if Queue.FEEDBACK in self._queues else None
            if lmtp is not None:
                await ways_in.enter_async_context(lmtp.listening())
            await self._serve(bound)

    async def _serve(self, bound: socket.socket | None) -> None:
        working = self._work()
        server = None if bound is None else Quiet(self._uvicorn())
        serving = [asyncio.create_task(server.serve(sockets=[bound]))] if server and bound else []
        self._ready("ready")
        waiting = [asyncio.create_task(self._stop.wait()), *serving, *working]
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        self._stop.set()
        if server is not None:
            server.should_exit = True
        self._program.imports.end()
        if Queue.DELIVER in self._queues:
            self._program.background.deliverer.stop()
        await asyncio.gather(*working, *serving)
        await asyncio.to_thread(self._later.shutdown)

    def _work(self) -> list[asyncio.Task[None]]:
        """Begin what background work there is. Raises SettingsError where the mail has no way."""
        if not self._queues:
            return []
        program = self._program
        if Queue.DELIVER in self._queues:
            _ = program.background.deliverer
        if Queue.PUBLISH in self._queues:
            self._dress()
            _ = program.copies
        program.desk.rows(program.now())
        return [asyncio.create_task(program.engine.run(self._stop, self._queues))]

    def _dress(self) -> None:
        """Have style sheet and icon there before the first collect is published: people subscribe before it, too."""
        writer = Writer(self._program.settings.publish.directory)
        for name, data in self._program.pages.beside.items():
            writer.write(name, data)

    def _uvicorn(self) -> uvicorn.Config:
        with loading():  # not with the others: a worker has no pages
            from newsletter.web import Protocol, WebServices, create_app
            from newsletter.web.admin import create_admin
            from newsletter.web.api import create_api

        program = self._program
        services = WebServices(
            program.settings,
            program.subscribing,
            program.pages,
            self._problems,
            program.metrics,
            program.hooks.take,
            Search(program.database).find,
            program.now,
            self._later,
        )
        return uvicorn.Config(
            create_app(services, {"/admin": create_admin(program), "/api": create_api(program)}),
            http=Protocol,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=10,
        )

    def _problems(self) -> list[str]:
        try:
            self._program.state.paused()
        except NewsletterError as error:
            return [str(error)]
        return []


class Quiet(uvicorn.Server):
    """A server that leaves signals to the daemon, beside which it runs."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """See uvicorn.Server: nothing is captured."""
        yield


@contextlib.contextmanager
def listener(host: str, port: int, setting: str) -> Iterator[socket.socket]:
    """A listening address. Raises NewsletterError, which names the setting, where it cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sends small answers at once (TCP_NODELAY) only where the socket says that it is TCP
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise NewsletterError(f"{setting}: {host}:{port} cannot be listened on: {error.strerror}") from error
    try:
        yield bound
    finally:
        bound.close()


async def run(program: Program, *, web_only: bool = False, ready: Callable[[str], None] = log.info) -> None:
    """Run the daemon until SIGTERM or SIGINT. On SQLite there is one at a time: StoreError where one runs already."""
    if web_only:
        await _until_told(program, Daemon(program, queues=(), ready=ready))
        return
    with program.alone():
        await _until_told(program, Daemon(program, ready=ready))


async def work(program: Program, *, ready: Callable[[str], None] = log.info) -> None:
    """Deliver and collect until SIGTERM or SIGINT, beside others. Raises SettingsError on SQLite."""
    if program.database.engine.dialect.name == "sqlite":
        raise SettingsError([ONE_PROCESS])
    await _until_told(program, Daemon(program, web=False, queues=WORKERS, ready=ready))


async def _until_told(program: Program, daemon: Daemon) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, daemon.stop)
    await program.then_hang_up(daemon.run())
