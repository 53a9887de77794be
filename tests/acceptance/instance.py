"""An instance as its operator has it: a folder with settings and feeds, commands, a daemon. No import of it."""

from __future__ import annotations

import base64
import gzip
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import httpx

from tests.servers.process import free_port

T = TypeVar("T")
NEWSLETTER = str(Path(sys.executable).with_name("newsletter"))
PATIENCE = 60.0  # seconds to wait for what must come


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The JSON value it printed."""
        return json.loads(self.out)


class Instance:
    """A folder that is a newsletter. Change `settings` or `feeds`, then `write`."""

    def __init__(self, folder: Path, *, smtp_port: int | None = None) -> None:
        self.folder = folder
        self.port = free_port()
        self.settings: dict[str, Any] = _settings(self.port, smtp_port)
        self.feeds: dict[str, dict[str, Any]] = {}
        self._daemons: list[subprocess.Popen[str]] = []
        (folder / "feeds").mkdir(parents=True)
        (folder / "var").mkdir()
        (folder / "var/keys").write_text(base64.b64encode(os.urandom(32)).decode() + "\n")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def public(self) -> Path:
        return self.folder / "public"

    @property
    def letter(self) -> dict[str, Any]:
        """The settings of the first newsletter."""
        first: dict[str, Any] = self.settings["newsletters"][0]
        return first

    def feed(self, slug: str, url: str, **more: Any) -> None:
        """Adds a feed to the first newsletter; it is collected at every turn, and what stands there first is mailed."""
        common = {"title": f"Presse {slug}", "kind": "html", "url": url, "every": "1s", "first_collect": "send"}
        self.feeds[slug] = {**common, "max_age": "", **more}
        self.letter["feeds"] = list(self.feeds)
        self.write()

    def write(self) -> None:
        """Writes newsletter.toml and feeds/*.toml as they are now."""
        (self.folder / "newsletter.toml").write_text(toml(self.settings), "utf-8")
        for slug, feed in self.feeds.items():
            (self.folder / f"feeds/{slug}.toml").write_text(toml(feed), "utf-8")

    def run(self, *args: str, **options: Any) -> Done:
        """Runs a command to its end."""
        return newsletter("--config", str(self.folder / "newsletter.toml"), *args, **options)

    def json(self, *args: str) -> Any:
        """What a command that succeeds prints as JSON."""
        done = self.run(*args, "--json")
        assert done.code == 0, done.err
        return done.json

    def once(self, now: str, code: int = 0) -> Any:
        """One turn at a moment; what it did, in numbers."""
        done = self.run("once", "--now", now, "--json")
        assert done.code == code, f"{done.code}\n{done.out}\n{done.err}"
        return done.json

    def subscribe(self, *addresses: str, **wish: str) -> None:
        """Subscribes people on the operator's word."""
        names = ["email", *wish]
        rows = [",".join([address, *wish.values()]) for address in addresses]
        file = self.folder / "people.csv"
        file.write_text("\n".join([",".join(names), *rows]) + "\n", "utf-8")
        done = self.run("subscribers", "import", str(file), "--consent", "signed form")
        assert done.code == 0, done.err

    def editions(self, state: str = "") -> dict[str, dict[str, Any]]:
        """Every edition by its id, or those in a state: slots between two turns may be skipped."""
        found = {edition["id"]: edition for edition in self.json("editions", "list")}
        return {id: edition for id, edition in found.items() if state in ("", edition["state"])}

    def ledger(self, edition: str) -> dict[str, Any]:
        found: dict[str, Any] = self.json("ledger", edition)
        return found

    def alarms(self) -> list[str]:
        """What stands in `status`, a line an alarm."""
        return [f"{alarm['kind']}: {alarm['message']}" for alarm in self.json("status")["alarms"]]

    def feed_items(self, slug: str) -> list[dict[str, Any]]:
        """The items of the JSON Feed as it is published."""
        items: list[dict[str, Any]] = json.loads((self.public / f"feeds/{slug}.json").read_text("utf-8"))["items"]
        return items

    def published(self) -> dict[str, str]:
        """The text of every public file by its path, unpacked where it is packed."""
        found = {}
        for path in self.public.rglob("*"):
            if path.is_file():
                data = path.read_bytes()
                data = gzip.decompress(data) if path.suffix == ".gz" else data
                found[str(path.relative_to(self.public))] = data.decode("utf-8", "replace")
        return found

    def start(self, *options: str) -> subprocess.Popen[str]:
        """Starts `run` and waits until it answers."""
        daemon = start(self.folder / "newsletter.toml", self.url, *options)
        self._daemons.append(daemon)
        return daemon

    def stop(self, daemon: subprocess.Popen[str], number: int = signal.SIGTERM) -> int:
        """Sends a signal and gives the exit code."""
        daemon.send_signal(number)
        return daemon.wait(PATIENCE)

    def end(self) -> None:
        """Ends what is still running."""
        for daemon in self._daemons:
            if daemon.poll() is None:
                daemon.kill()
                daemon.wait()

    @property
    def log(self) -> str:
        return (self.folder / "daemon.log").read_text("utf-8")


@contextmanager
def instance(folder: Path, *, smtp_port: int | None = None) -> Iterator[Instance]:
    """A new instance; no daemon of it outlives the block."""
    made = Instance(folder, smtp_port=smtp_port)
    try:
        yield made
    finally:
        made.end()


def newsletter(*args: str, **options: Any) -> Done:
    """Runs the program to its end."""
    done = subprocess.run(
        [NEWSLETTER, *args], check=False, capture_output=True, text=True, env=_environment(), **options
    )
    return Done(done.returncode, done.stdout, done.stderr)


def start(config: Path, url: str, *options: str, **environment: str) -> subprocess.Popen[str]:
    """Starts `run` on settings and waits until it answers at `url`; its output goes to daemon.log beside them."""
    log = config.with_name("daemon.log")
    with log.open("a") as output:  # written by another process, which no limit of the daemon's concerns
        keeper = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=output)
    with keeper.stdin as pipe:  # type: ignore[union-attr]  # it is a pipe
        command = [NEWSLETTER, "--config", str(config), "run", *options]
        daemon = subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=_environment() | environment)
    wait_for(lambda: daemon.poll() is not None or _answers(url))
    assert daemon.poll() is None, log.read_text("utf-8")
    return daemon


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def wait_for(found: Callable[[], T], seconds: float = PATIENCE) -> T:
    """Looks until there is something, and gives it."""
    deadline = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < deadline, "what was waited for did not come"
        time.sleep(0.05)
    return value


def words(html: str) -> str:
    """What a page says, without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", "", html)).split())


def toml(tables: dict[str, Any]) -> str:
    """Settings as a file: JSON's values are TOML's too."""
    plain = {key: value for key, value in tables.items() if not _is_table(value)}
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in plain.items()]
    for name, value in tables.items():
        if isinstance(value, dict):
            lines += [f"[{name}]", toml(value)]
        elif _is_table(value):
            lines += [line for each in value for line in (f"[[{name}]]", toml(each))]
    return "\n".join(lines) + "\n"


def _is_table(value: object) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and bool(value) and isinstance(value[0], dict))


def _environment() -> dict[str, str]:
    """Ours without settings. What Python compiles is kept: a hundred commands need not compile every library anew."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("NEWSLETTER_")}
    ours.pop("PYTHONDONTWRITEBYTECODE", None)
    return ours | {"PYTHONPYCACHEPREFIX": str(Path(sys.prefix) / "pycache")}


def quiet_hour() -> str:
    """A time of day whose slot is not about now."""
    return "03:00" if datetime.now(ZoneInfo("Europe/Berlin")).hour in (6, 7, 8) else "07:00"


def _settings(port: int, smtp_port: int | None) -> dict[str, Any]:
    mail: dict[str, Any] = {"from": "Presse Musterstadt <presse@musterstadt.example>", "transport": "log"}
    tables: dict[str, Any] = {
        "site": {
            "title": "Presse Musterstadt",
            "base_url": f"http://127.0.0.1:{port}",
            "publisher": "Stadt Musterstadt",
            "postal_address": "Marktplatz 1, 12345 Musterstadt",
            "contact": "presse@musterstadt.example",
            "imprint_url": "https://musterstadt.example/impressum",
            "privacy_url": "https://musterstadt.example/datenschutz",
            "accessibility_url": "https://musterstadt.example/barrierefreiheit",
        },
        "web": {"listen": f"127.0.0.1:{port}"},
        "collect": {"allow_networks": ["127.0.0.0/8"]},
        "alerts": {"to": ["it@musterstadt.example"]},
        "mail": mail,
        "newsletters": [
            {"id": "presse", "title": "Pressemitteilungen", "feeds": [], "cadences": ["daily"], "send_at": "07:00"}
        ],
    }
    if smtp_port is not None:
        mail["transport"] = "smtp"
        mail["return_path"] = "bounces+{token}@musterstadt.example"
        tables["mail.smtp"] = {"host": "127.0.0.1", "port": smtp_port, "security": "none", "connections": 2}
    return tables
