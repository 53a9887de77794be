"""The program as a server of feeds, and wrk, which asks it."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import httpx

from newsletter.publish.archive import publish
from newsletter.publish.pages import Pages
from newsletter.publish.writer import Writer
from tests.acceptance.instance import NEWSLETTER, Instance
from tests.unit.publish.sample import BRIDGE, FEEDS, NEWSLETTERS, NOW, SITE, Shelf, make

FEED = "feeds/musterstadt.atom"
READERS = Path(__file__).with_name("_readers.lua")
CONNECTIONS = 32
WARM = 0.2  # of the requests: what is kept in memory is kept by then


@dataclass(frozen=True)
class Program:
    """A running daemon."""

    address: str
    public: Path
    process: int

    @property
    def rss(self) -> float:
        """Resident memory, in megabytes."""
        status = Path(f"/proc/{self.process}/status").read_text("ascii")
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024


@dataclass(frozen=True)
class Question:
    """What is asked, again and again, and the status that is the right answer."""

    headers: Mapping[str, str]
    status: int

    def rate(self, address: str, seconds: int) -> float:
        """Answers a second. Raises AssertionError where one was not right."""
        url = f"{address}/{FEED}"
        assert httpx.get(url, headers=self._for(url)).status_code == self.status
        return _wrk(url, seconds, self._for(url)).rate

    def _for(self, url: str) -> Mapping[str, str]:
        if self.status != 304:
            return self.headers
        return {**self.headers, "If-None-Match": httpx.head(url, headers=self.headers).headers["etag"]}


QUESTIONS = {
    "304": Question({"Accept-Encoding": "gzip"}, 304),
    "gzip": Question({"Accept-Encoding": "gzip"}, 200),
    "plain": Question({"Accept-Encoding": "identity"}, 200),
}


@dataclass(frozen=True)
class Asked:
    """What wrk says."""

    requests: int
    rate: float
    errors: int


@contextmanager
def running(folder: Path) -> Iterator[Program]:
    """`newsletter run --web-only` with a published feed of 50 releases, until the block ends."""
    instance = Instance(folder / "instance")
    instance.write()
    with (folder / "log").open("wb") as log:
        command = [NEWSLETTER, "--config", str(instance.folder / "newsletter.toml")]
        daemon = subprocess.Popen([*command, "run", "--web-only"], stdout=log, stderr=log)
        try:
            _wait(f"{instance.url}/readyz", daemon)
            _publish(instance.public)
            yield Program(instance.url, instance.public, daemon.pid)
        finally:
            daemon.terminate()
            daemon.wait(30)


def _wait(url: str, daemon: subprocess.Popen[bytes]) -> None:
    while daemon.poll() is None:
        try:
            httpx.get(url)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("the daemon did not start")


def _publish(public: Path) -> None:
    """Releases with a text as press offices write it: each says something else, so that it packs as texts do."""
    stock = [make(number, id=str(UUID(int=number)), body_html=_text(number)) for number in range(10, 60)]
    publish(SITE, FEEDS, NEWSLETTERS, Shelf([*stock, BRIDGE]), Pages(SITE), Writer(public), NOW)


def _text(number: int) -> str:
    words = BRIDGE.body_text.split() + [f"wort{number * 7919 % 1000 + each * 31}" for each in range(80)]
    return "".join(f"<p>{' '.join(words[each : each + 20])} {number}.{each}</p>" for each in range(0, 80, 20))


def besiege(program: Program, requests: int) -> dict[str, float]:
    """Ask for everything and for what there is not, in all ways; by how much the program grew after the first fifth."""
    asked, errors, before = 0, 0, 0.0
    while asked < requests:
        done = _wrk(program.address, 2, {}, "-s", str(READERS))
        asked, errors = asked + done.requests, errors + done.errors
        if not before and asked >= requests * WARM:
            before = program.rss
    growth = program.rss - before
    return {"requests": asked, "rss_mb": round(program.rss, 1), "rss_growth_mb": round(growth, 1), "errors": errors}


def _wrk(url: str, seconds: int, headers: Mapping[str, str], *options: str) -> Asked:
    given = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", *given, *options, url]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    errors = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", said)
    wrong = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    counted = sum(map(int, errors.groups())) if errors else 0
    if wrong and not options:
        counted += int(wrong[1])
    requests, rate = re.search(r"(\d+) requests in", said), re.search(r"Requests/sec: +([\d.]+)", said)
    if requests is None or rate is None:
        raise RuntimeError(f"wrk says something else: {said}")
    return Asked(int(requests[1]), float(rate[1]), counted)


def version_of(program: str) -> str:
    """What the program says its version is."""
    done = subprocess.run([program, "-v"], check=False, capture_output=True, text=True)
    found = re.search(r"\d+\.\d+\.\d+", done.stdout + done.stderr)
    return found[0] if found else ""
