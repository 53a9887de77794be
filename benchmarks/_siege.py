"""Two minutes under siege: the real daemon collects from a server that means harm, next to well-behaved portals.

The daemon is a process of its own, and all of it: clock, collecting, publishing, web. Only two things are not as at
work: names are resolved by a table (every host lies at 127.0.0.2, which stands for the public internet; the name
`rebinding` leads there and home, to 127.0.0.1, by turns), and its clock ticks once a second, since the well-behaved
portals are due every ten. What lies at home must never be asked.

`siege_peak_mb` is the largest resident memory that the daemon ever had. `siege_lateness` is by how much of its interval
a well-behaved source was ever overdue when looked at, at most, `siege_good_collects` how often these were collected in
all. `siege_unexplained` counts hostile sources that left no reason in the program's log or reports (but for those whose
harm is bounded or does not reach us, which may be collected), and reasons that are a mishap of ours (a page "could not
be handled"). `siege_asked_home` counts requests to what must not be asked.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]  # it is a program of its own, too: the daemon's process

from _besiegers import COLLECTED, Besieger, Good, Reply, hostile  # noqa: E402
from _figures import say  # noqa: E402

from tests.acceptance.instance import Instance  # noqa: E402

LONG, SHORT = 120.0, 15.0  # seconds
WALL = 30.0  # seconds for a page, as at work; a tenth of it in a short siege
PUBLIC, HOME = "127.0.0.2", "127.0.0.1"
GOOD = tuple(f"gut-{number}" for number in range(1, 5))
INTERVAL = 10.0  # seconds, of the well-behaved sources
MISHAPS = ("could not be handled", "could not be read (")


def siege(quick: bool) -> dict[str, float]:
    """The figures."""
    with tempfile.TemporaryDirectory(prefix="newsletter-siege-") as place:
        return asyncio.run(_siege(Path(place) / "press", SHORT if quick else LONG))


async def _siege(place: Path, seconds: float) -> dict[str, float]:
    home: list[bytes] = []

    async def at_home(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        home.append(await reader.read(1_000))
        writer.close()

    secret = await asyncio.start_server(at_home, HOME, 0)
    port = secret.sockets[0].getsockname()[1]
    harm = hostile(f"http://{HOME}:{port}/")
    hosts: dict[str, Reply] = {name: reply for name, (_, reply) in harm.items()} | {name: Good(name) for name in GOOD}
    besieger = Besieger(hosts)
    server = await asyncio.start_server(besieger.serve, PUBLIC, port)  # the same port, so that rebinding leads home
    kinds = {name: kind for name, (kind, _) in harm.items()} | dict.fromkeys(GOOD, "html")
    _set_up(Instance(place), kinds, port)
    say(f"{len(harm)} hostile sources and {len(GOOD)} well-behaved ones, {seconds:.0f} seconds")
    command = [sys.executable, __file__, str(place), str(seconds)]
    with (place / "log").open("w") as log:
        daemon = await asyncio.create_subprocess_exec(*command, stdout=log, stderr=log)
        code = await daemon.wait()
    assert code == 0, (place / "log").read_text()[-4_000:]
    server.close()
    secret.close()
    say(f"requests: {dict(besieger.asked.most_common())}")
    return _figures(json.loads((place / "told.json").read_text()), set(harm), len(home))


def _set_up(program: Instance, kinds: dict[str, str], port: int) -> None:
    program.settings["collect"] = {"allow_networks": [f"{PUBLIC}/32"]}
    for name, kind in kinds.items():
        every = f"{INTERVAL:.0f}s" if name in GOOD else "30s"
        program.feed(name, f"http://{name}.example:{port}/", kind=kind, every=every)


def _figures(told: dict[str, Any], harm: set[str], asked_home: int) -> dict[str, float]:
    unexplained = []
    for name in (*GOOD, *sorted(harm)):
        reasons = told["problems"].get(name, [])
        say(f"{name}: {told['collected'].get(name, 0)} releases; {'; '.join(reasons[:1])[:160]}")
        mishap = any(word in reason for reason in reasons for word in MISHAPS)
        if mishap or (name in harm and not (reasons or name in COLLECTED)):
            unexplained.append(name)
    if unexplained:
        say(f"unexplained: {unexplained}")
    return {
        "siege_seconds": told["seconds"],
        "siege_peak_mb": told["peak_mb"],
        "siege_lateness": told["lateness"],
        "siege_good_collects": float(told["good_collects"]),
        "siege_good_releases": float(sum(told["collected"].get(name, 0) for name in GOOD)),
        "siege_unexplained": float(len(unexplained)),
        "siege_asked_home": float(asked_home),
    }


# --- in the daemon's process


async def _besieged(place: Path, seconds: float) -> dict[str, Any]:
    """Run the daemon, and look at the store now and then."""
    from newsletter.app import Program, background
    from newsletter.collect.collector import Collector
    from newsletter.collect.fetch import Fetcher
    from newsletter.config import load
    from newsletter.daemon import Daemon
    from newsletter.store.collecting import Collecting

    background.COLLECT_EVERY = timedelta(seconds=1)
    with Program.open(load(place / "newsletter.toml")) as program:
        store = Collecting(program.database)
        allowed = program.settings.collect.allow_networks
        program.collector = Collector(
            Fetcher("siege", allow=allowed, resolve=_resolver(), wall=WALL if seconds >= LONG else WALL / 10),
            store,
            zone=program.settings.site.zone,
        )
        watched = _Watched(store, program)
        daemon = Daemon(program, ready=lambda said: None)
        running = asyncio.create_task(daemon.run())
        await watched.look_on(seconds)
        daemon.stop()
        await running
        return watched.told(seconds)


class _Watched:
    """What was seen of the sources while the daemon ran."""

    def __init__(self, store: Any, program: Any) -> None:
        self._store, self._program = store, program
        self._lateness = 0.0
        self._problems: dict[str, list[str]] = {}
        self._succeeded: dict[str, set[datetime]] = {name: set() for name in GOOD}
        told = program._told

        def listening(reports: Any) -> Any:
            for report in reports:
                self._problems.setdefault(report.slug, []).extend(report.problems)
            return told(reports)

        program._told = listening

    async def look_on(self, seconds: float) -> None:
        """Look at the store five times a second."""
        loop = asyncio.get_running_loop()
        ends = loop.time() + seconds
        while loop.time() < ends:
            await asyncio.sleep(0.2)
            for name in GOOD:
                source = await asyncio.to_thread(self._store.source, name)
                if source.succeeded_at is not None:
                    self._succeeded[name].add(source.succeeded_at)
                    overdue = (datetime.now(UTC) - source.succeeded_at).total_seconds() - INTERVAL
                    self._lateness = max(self._lateness, overdue / INTERVAL)

    def told(self, seconds: float) -> dict[str, Any]:
        """What the other process wants to know."""
        from sqlalchemy import text

        query = text("SELECT source, count(*) FROM releases GROUP BY source")
        rows = self._program.database.read(lambda connection: connection.execute(query).all())
        pages = text("SELECT source, problem FROM pages WHERE problem IS NOT NULL")
        kept_back = self._program.database.read(lambda connection: connection.execute(pages).all())
        for slug in self._program.settings.feeds:
            source = self._store.source(slug)
            more = [source.problem] if source.problem else []
            more += [problem for of, problem in kept_back if of == slug]
            self._problems[slug] = [*self._problems.get(slug, []), *more]
        peak = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
        return {
            "seconds": seconds,
            "peak_mb": round(int(peak[1]) / 1000, 1) if peak else float("nan"),
            "lateness": round(self._lateness, 2),
            "good_collects": sum(map(len, self._succeeded.values())),
            "collected": {row[0]: row[1] for row in rows},
            "problems": self._problems,
        }


def _resolver() -> Callable[[str, int], Awaitable[list[str]]]:
    asked = 0

    async def resolve(host: str, port: int) -> list[str]:
        nonlocal asked
        if host.startswith("rebinding"):
            asked += 1
            return [PUBLIC if asked % 3 else HOME]
        return [host if host[0].isdigit() else PUBLIC]

    return resolve


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        told = asyncio.run(_besieged(Path(sys.argv[1]), float(sys.argv[2])))
        (Path(sys.argv[1]) / "told.json").write_text(json.dumps(told))
