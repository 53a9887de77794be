"""The daemon: the clock (APScheduler), delivery, and the web, in one process and one event loop.

The clock only wakes; what is due is asked of the store at every tick, so a tick that is late, doubled or lost changes
nothing. SIGTERM and SIGINT end it: no new work, mails between dot and answer get their thirty seconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
import uvicorn
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from newsletter.app import Program
from newsletter.app.housekeeping import housekeep
from newsletter.deliver.worker import Deliverer
from newsletter.errors import NewsletterError
from newsletter.memory import give_back, share_arenas
from newsletter.publish.writer import Writer
from newsletter.store.search import Search
from newsletter.web import Protocol, WebServices, create_app
from newsletter.web.admin import create_admin
from newsletter.web.api import create_api

log = structlog.get_logger()

COLLECT_EVERY = timedelta(seconds=20)
TURN = 60.0  # seconds that a source is worked on at once; what is left of it comes with the next tick
COLLECTS_AT_ONCE = 100  # ticks: a slow portal must not keep those that are due from the next; each source has a lease
COMPOSE_EVERY = timedelta(seconds=10)
PICTURES_EVERY = timedelta(seconds=30)
TELL_EVERY = timedelta(seconds=60)
HUB_EVERY = timedelta(seconds=30)
WEBHOOKS_EVERY = timedelta(seconds=5)
RETURNED_EVERY = timedelta(seconds=60)
HOUSEKEEPING_EVERY = timedelta(hours=6)
FIRST_COLLECT = 120  # seconds that the first edition waits for the first collect: what was missed belongs in it
MISFIRE_GRACE = 3600  # seconds; APScheduler's own default drops a tick that is one second late


class Daemon:
    """Runs a program until it is told to stop."""

    def __init__(self, program: Program, *, web_only: bool = False, ready: Callable[[str], None] = log.info) -> None:
        self._program = program
        self._web_only = web_only
        self._ready = ready
        self._stop = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._deliverer: Deliverer | None = None
        self._collected = asyncio.Event()
        self._publishing = asyncio.Lock()
        self._later = ThreadPoolExecutor(1, "later")

    def stop(self) -> None:
        """Begin to end; from the event loop's thread."""
        self._stop.set()

    async def run(self) -> None:
        """Serve until `stop`. Raises NewsletterError where the address cannot be listened on."""
        share_arenas()
        web = self._program.settings.web
        lmtp = None if self._web_only else self._program.returns.listener()
        taking = contextlib.nullcontext() if lmtp is None else lmtp.listening()
        with listener(web.host, web.port, "web.listen") as bound:
            async with taking:
                await self._serve(bound)

    async def _serve(self, bound: socket.socket) -> None:
        if not self._web_only:
            self._dress()
        server = Quiet(self._uvicorn())
        serving = asyncio.create_task(server.serve(sockets=[bound]))
        scheduler = None if self._web_only else self._schedule()
        delivering = None if self._deliverer is None else asyncio.create_task(self._deliverer.run())
        self._ready("ready")
        waiting = [asyncio.create_task(self._stop.wait()), serving, *([delivering] if delivering else [])]
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        server.should_exit = True
        self._program.imports.end()
        await self._end(scheduler, delivering)
        await serving
        await asyncio.to_thread(self._later.shutdown)

    def _dress(self) -> None:
        """Have style sheet and icon there before the first collect is published: people subscribe before it, too."""
        writer = Writer(self._program.settings.publish.directory)
        for name, data in self._program.pages.beside.items():
            writer.write(name, data)

    def _uvicorn(self) -> uvicorn.Config:
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

    def _schedule(self) -> AsyncIOScheduler:
        self._deliverer = self._program.mailroom.deliverer()
        self._program.desk.rows(self._program.now())
        scheduler = AsyncIOScheduler(timezone="UTC")
        once = 1  # two that compose at once would take each other's editions for a crash's
        jobs = (
            (self._collect, COLLECT_EVERY, COLLECTS_AT_ONCE),
            (self._compose, COMPOSE_EVERY, once),
            (self._look_at_pictures, PICTURES_EVERY, once),
            (self._take_returned, RETURNED_EVERY, once),
            (self._tell, TELL_EVERY, once),
            (self._tell_hub, HUB_EVERY, once),
            (self._tell_webhooks, WEBHOOKS_EVERY, once),
            (self._housekeep, HOUSEKEEPING_EVERY, once),
        )
        for job, every, at_once in jobs:
            trigger = IntervalTrigger(seconds=int(every.total_seconds()))
            scheduler.add_job(
                self._tracked(job),
                trigger,
                coalesce=True,
                max_instances=at_once,
                misfire_grace_time=MISFIRE_GRACE,
                next_run_time=datetime.now(UTC),  # the first look is now, not after the first interval
            )
        scheduler.start()
        return scheduler

    async def _end(self, scheduler: AsyncIOScheduler | None, delivering: asyncio.Task[None] | None) -> None:
        """APScheduler's own shutdown cancels running coroutines; so ours are waited for first."""
        if scheduler is not None:
            scheduler.pause()
        if self._deliverer is not None and delivering is not None:
            self._deliverer.stop()
            await delivering
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if scheduler is not None:
            scheduler.shutdown(wait=False)

    def _tracked(self, job: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], Awaitable[None]]:
        async def tick() -> None:
            await asyncio.shield(self._spawn(job()))

        return tick

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(_guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _collect(self) -> None:
        try:
            reports = await self._program.collect_due(TURN)
        finally:
            self._collected.set()
        if reports:
            await self._program.pictures.look()
            await self._publish()

    async def _compose(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._collected.wait(), FIRST_COLLECT)
        made = await self._program.compose()
        if made:
            await self._publish()
        if self._deliverer is not None:
            self._deliverer.wake()

    async def _look_at_pictures(self) -> None:
        if await self._program.pictures.look():
            await self._publish()

    async def _publish(self) -> None:
        async with self._publishing:
            report = await asyncio.to_thread(self._program.publish)
            await asyncio.to_thread(give_back)
        log.info("published", written=report.written, unchanged=report.unchanged, problems=list(report.problems))

    async def _take_returned(self) -> None:
        if done := await asyncio.to_thread(self._program.returns.look):
            log.info("returned mail", **done)

    async def _tell(self) -> None:
        await asyncio.to_thread(self._program.tell)

    async def _tell_hub(self) -> None:
        await self._program.hub.tell(self._program.now())

    async def _tell_webhooks(self) -> None:
        await self._program.programs.webhooks.tell(self._program.now())

    async def _housekeep(self) -> None:
        forgotten = await asyncio.to_thread(housekeep, self._program)
        removed = await asyncio.to_thread(self._program.pictures.tidy)
        if removed or any(forgotten.values()):
            log.info("housekeeping", pictures_removed=removed, **forgotten)


async def _guarded(work: Coroutine[Any, Any, None]) -> None:
    """One failed tick is logged and never ends the clock."""
    try:
        await work
    except NewsletterError as error:
        log.error("a tick failed", reason=str(error))
    except Exception:
        log.exception("a tick failed")


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
    daemon = Daemon(program, web_only=web_only, ready=ready)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, daemon.stop)
    with contextlib.nullcontext() if web_only else program.alone():
        await program.then_hang_up(daemon.run())
