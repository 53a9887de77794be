"""The demo at work: portal, inbox and daemon on loopback, once or until it is stopped."""

from __future__ import annotations

import asyncio
import json
import signal
import time as clocks
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import uvicorn
from sqlalchemy import func, select
from starlette.types import ASGIApp

from newsletter.app import Program
from newsletter.app.logs import start_logging
from newsletter.daemon import Daemon, Quiet, listener
from newsletter.demo.inbox import Inbox, create_inbox, create_provider
from newsletter.demo.portal import PortalState, create_portal
from newsletter.demo.sample import CONSENT, HOST, ZONE, Setting, free_port, sample_subscribers, settle, write_settings
from newsletter.errors import NotFound
from newsletter.model import EVERYWHERE, DeliveryState, EditionState, Role
from newsletter.store.tables import releases

PUBLIC_URL = "https://news.musterstadt.example"
EDITOR = "redaktion@musterstadt.example"
UPDATE_AFTER = 11 * 60  # seconds: a page that changed is looked at again after ten minutes at the earliest


async def run_once(directory: Path, transport: str = "smtp") -> Mapping[str, int]:
    """Do the main job once in `directory` and return the summary. A second run finds the same and sends nothing.

    `transport`: how the mail goes to the inbox, `smtp` or a provider's interface.
    """
    start_logging(plain=True)
    setting = settle(directory, datetime.now(UTC))
    async with _inbox(directory, transport) as (_, way), _serving(create_portal(setting.today), setting.portal_port):
        settings = write_settings(setting, base_url=PUBLIC_URL, listen=f"{HOST}:0", way=way, cadences=["daily"])
        with Program.open(settings, _clock(setting.slot)) as program, program.alone():
            _enrol(program)
            await program.then_hang_up(program.turn())
            _report(program, directory / "reports")
            summary = _summary(program)
    (directory / "summary.json").write_text(json.dumps(summary, indent=1) + "\n", "utf-8")
    return summary


async def run_demo(directory: Path, port: int, ready: Callable[[str], None], transport: str = "smtp") -> None:
    """Run portal (port + 1), inbox (port + 2) and daemon (port) until SIGTERM or SIGINT; say where they are."""
    start_logging(plain=True)
    now = datetime.now(UTC)
    setting = settle(directory, now, send_at=_this_minute(now), portal_port=port + 1)
    state, address = PortalState(), f"{HOST}:{port}"
    async with (
        _inbox(directory, transport) as (inbox, way),
        _serving(create_portal(setting.today, state), setting.portal_port),
        _serving(create_inbox(inbox.directory), port + 2),
    ):
        cadences = ["daily", "immediate"]
        settings = write_settings(setting, base_url=f"http://{address}", listen=address, way=way, cadences=cadences)
        with Program.open(settings) as program, program.alone():
            _enrol(program)
            ready("collecting the sample portal and sending its first edition …")
            await program.turn()
            await _run_daemon(program, state, setting, port, ready)


@asynccontextmanager
async def _inbox(directory: Path, transport: str) -> AsyncIterator[tuple[Inbox, tuple[str, int]]]:
    """The inbox while the block runs, and the way to it: the transport and its port."""
    inbox = Inbox(directory / "inbox")
    smtp_port = await inbox.start()
    try:
        if transport == "smtp":
            yield inbox, (transport, smtp_port)
            return
        port = free_port()
        async with _serving(create_provider(inbox), port):
            yield inbox, (transport, port)
    finally:
        await inbox.stop()


async def _run_daemon(
    program: Program, state: PortalState, setting: Setting, port: int, ready: Callable[[str], None]
) -> None:
    link = await asyncio.to_thread(_editors_link, program)
    daemon = Daemon(program, ready=lambda line: _welcome(setting, port, link, ready, line))
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, daemon.stop)
    advancing = asyncio.create_task(_advance(state))
    try:
        await program.then_hang_up(daemon.run())
    finally:
        advancing.cancel()


async def _advance(state: PortalState) -> None:
    """Let the portal update one release, then withdraw another."""
    for _ in range(2):
        await asyncio.sleep(UPDATE_AFTER)
        state.advance()


def _editors_link(program: Program) -> str:
    """Where an editor of the demo comes in: by a link that sets up their account, or by signing in."""
    now = program.now()
    try:
        account = program.signin.accounts.named(EDITOR)
    except NotFound:
        token = program.signin.invite(EDITOR, {EVERYWHERE: Role.ADMIN}, now)
    else:
        if account.invited is None:
            return f"{program.settings.site.base_url}/admin/"
        token = program.signin.invite_again(EDITOR, now)
    return f"{program.settings.site.base_url}/admin/welcome/{token}"


def _welcome(setting: Setting, port: int, link: str, ready: Callable[[str], None], line: str) -> None:
    ready(f"newsletter (feeds, archive, subscribing)  http://{HOST}:{port}/")
    ready(f"sample portal                             http://{HOST}:{setting.portal_port}/presse")
    ready(f"inbox (every mail that was sent)          http://{HOST}:{port + 2}/")
    ready(f"editors (a link that lets you in)         {link}")
    ready(f"settings and data                         {setting.directory}")
    ready("Ctrl+C ends it")
    ready(line)


@asynccontextmanager
async def _serving(app: ASGIApp, port: int) -> AsyncIterator[None]:
    """Serve an app on loopback while the block runs. Raises NewsletterError where the port is taken."""
    config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=2)
    server = Quiet(config)
    with listener(HOST, port, "--port N moves all three addresses") as bound:
        serving = asyncio.create_task(server.serve(sockets=[bound]))
        try:
            yield
        finally:
            server.should_exit = True
            await serving


def _enrol(program: Program) -> None:
    for address, wish in sample_subscribers():
        program.register.add(address, program.offer.wish("presse", **wish), CONSENT, program.now())


def _report(program: Program, folder: Path) -> None:
    """One accessibility report an edition."""
    folder.mkdir(exist_ok=True)
    for counted in program.editions.listed():
        if counted.edition.state is not EditionState.SKIPPED:
            report = program.desk.report(counted.edition)
            text = json.dumps(report, ensure_ascii=False, indent=1) + "\n"
            (folder / f"{counted.edition.id}.json").write_text(text, "utf-8")


def _summary(program: Program) -> dict[str, int]:
    """The whole folder in integers, whatever this run added to it."""
    listed = program.editions.listed(limit=10_000)
    counts: Counter[str] = Counter(dict.fromkeys(map(str, DeliveryState), 0))
    for counted in listed:
        counts.update({str(state): count for state, count in counted.counts.items()})
    return {
        "collected": program.database.read(lambda c: c.execute(select(func.count(releases.c.id))).scalar_one()),
        "published": sum(1 for _ in (program.settings.publish.directory / "releases").glob("*.html")),
        "editions_held": sum(counted.edition.state is EditionState.HELD for counted in listed),
        "planned": sum(counted.planned for counted in listed),
        **counts,
    }


def _clock(start: datetime) -> Callable[[], datetime]:
    begun = clocks.monotonic()
    return lambda: start + timedelta(seconds=clocks.monotonic() - begun)


def _this_minute(now: datetime) -> time:
    return now.astimezone(ZONE).time().replace(second=0, microsecond=0, tzinfo=None)
