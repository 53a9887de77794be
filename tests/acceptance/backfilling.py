"""The proof of a backfill: killed at random moments until its end, then all is counted.

The portal is a process of its own; the program is started as its operator starts it, by `collect --backfill`.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from tests.acceptance.instance import NEWSLETTER, Instance, wait_for
from tests.integration.collect.web import list_page, release_page, web

SLUG = "archiv"
NEWEST = datetime(2026, 11, 20, 9, tzinfo=UTC)
TEXT = (
    "Die Stadt teilt zum Vorhaben {n} mit, dass die Arbeiten wie geplant vorangehen und noch in diesem Monat enden.\n"
    "Die Wege bleiben offen. Auskunft gibt das Bürgertelefon, Stichwort {n}, montags bis freitags von acht bis "
    "achtzehn Uhr. Wer es genauer wissen will, findet die Pläne zum Vorhaben {n} im Rathaus aus, Zimmer {n}."
)
processes = get_context("spawn")


@dataclass(frozen=True)
class Past:
    """A portal's: so many releases, on so many pages of its list."""

    releases: int
    pages: int

    @property
    def per_page(self) -> int:
        return self.releases // self.pages


@dataclass
class Outcome:
    """What was counted. `lost`, `doubled` and `mailable` must be 0."""

    kills: int = 0
    lost: int = 0
    doubled: int = 0
    mailable: int = 0
    fetched_twice: int = 0
    seconds: float = 0.0
    peak_mb: float = 0.0
    reports: list[dict[str, Any]] = field(default_factory=list)


def serve(past: Past, end: Connection) -> None:
    """A process: the portal. It tells its port, and whenever asked, how often each path was asked for."""
    asyncio.run(_serve(past, end))


async def _serve(past: Past, end: Connection) -> None:
    async with web() as portal:
        for n in range(past.releases):
            date = (NEWEST - timedelta(hours=7 * n)).isoformat()
            portal.pages[f"/presse/{n}"] = release_page(f"Vorhaben Nummer {n} der Stadt", TEXT.format(n=n), date)
        for page in range(1, past.pages + 1):
            numbers = range((page - 1) * past.per_page, page * past.per_page)
            items = {f"/presse/{n}": f"Vorhaben Nummer {n} der Stadt" for n in numbers}
            following = f"/presse?seite={page + 1}" if page < past.pages else None
            portal.pages["/presse" if page == 1 else f"/presse?seite={page}"] = list_page(items, following)
        end.send(portal.port)
        while await asyncio.to_thread(end.recv):
            end.send(dict(Counter(portal.paths())))


class Portal:
    """The portal's other end."""

    def __init__(self, past: Past) -> None:
        self._end, its = processes.Pipe()
        self._process = processes.Process(target=serve, args=(past, its), daemon=True)
        self._process.start()
        assert self._end.poll(60)
        self.url = f"http://127.0.0.1:{self._end.recv()}"

    def asked(self) -> Counter[str]:
        """How often each path was asked for."""
        self._end.send(True)
        return Counter(self._end.recv())

    def end(self) -> None:
        self._process.kill()
        self._process.join()


@contextmanager
def portal_with(past: Past) -> Iterator[Portal]:
    """A portal with a past, until the block ends."""
    made = Portal(past)
    try:
        yield made
    finally:
        made.end()


def start(instance: Instance, *options: str) -> subprocess.Popen[str]:
    """Starts a backfill; what it prints goes to files beside the settings."""
    command = [NEWSLETTER, "--plain", "--config", str(instance.folder / "newsletter.toml")]
    with (instance.folder / "out").open("w") as out, (instance.folder / "err").open("w") as err:
        return subprocess.Popen([*command, "collect", SLUG, "--backfill", *options], stdout=out, stderr=err, text=True)


def prove(instance: Instance, past: Past, kills: int = 0, seed: int = 1) -> Outcome:
    """Read a whole past, killed with SIGKILL so many times on the way, and count."""
    chance, outcome = random.Random(seed), Outcome()
    with portal_with(past) as portal:
        instance.feed(SLUG, f"{portal.url}/presse", first_collect="archive", max_age="")
        begun = time.monotonic()
        for _ in range(kills):
            outcome.kills += _killed(instance, portal, chance.randrange(3, 2 * past.releases // (kills + 1)))
        _finish(instance, outcome)
        outcome.seconds = time.monotonic() - begun
        asked = portal.asked()
    _count(instance, past, outcome)
    outcome.fetched_twice = sum(times - 1 for path, times in asked.items() if path.startswith("/presse/") and times > 1)
    return outcome


def _killed(instance: Instance, portal: Portal, after: int) -> bool:
    """Whether it was killed, after so many pages, before it came to its end."""
    process = start(instance)
    before = portal.asked().total()
    wait_for(lambda: process.poll() is not None or portal.asked().total() >= before + after)
    process.kill()
    return process.wait() != 0


def _finish(instance: Instance, outcome: Outcome) -> None:
    process = start(instance, "--json")
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, (instance.folder / "err").read_text("utf-8")
    outcome.peak_mb = usage.ru_maxrss / 1024
    outcome.reports = json.loads((instance.folder / "out").read_text("utf-8"))["sources"]


def _count(instance: Instance, past: Past, outcome: Outcome) -> None:
    rows = stored(instance.folder / "var/newsletter.db")
    numbers = Counter(int(url.rpartition("/")[2]) for url, _ in rows)
    outcome.lost = sum(number not in numbers for number in range(past.releases))
    outcome.doubled = sum(times - 1 for times in numbers.values())
    outcome.mailable = sum(mailable for _, mailable in rows)


def stored(file: Path) -> Sequence[tuple[str, int]]:
    """The address of each release, and whether it may be mailed."""
    connection = sqlite3.connect(file)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return connection.execute("SELECT url, mailable FROM releases").fetchall()
    finally:
        connection.close()
