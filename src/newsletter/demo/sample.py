"""What the demo is set up with: its settings in a folder of its own, and its subscribers."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import product
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import newsletter
from newsletter.config import Settings, load
from newsletter.errors import NewsletterError
from newsletter.resources import folder
from newsletter.tokens import Keys

ZONE = ZoneInfo("Europe/Berlin")
HOST = "127.0.0.1"
CONSENT = "sample subscriber of the demo"

SETTINGS = """\
# Settings of the demo, version {version}: everything on loopback. Delete this folder to begin anew.
[site]
title = "Presse Musterstadt"
base_url = "{base_url}"
language = "de"
timezone = "Europe/Berlin"
publisher = "Stadt Musterstadt"
postal_address = "Marktplatz 1, 12345 Musterstadt"
contact = "presse@musterstadt.example"
imprint_url = "https://musterstadt.example/impressum"
privacy_url = "https://musterstadt.example/datenschutz"
accessibility_url = "https://musterstadt.example/barrierefreiheit"
[web]
listen = "{listen}"
[collect]
allow_networks = ["127.0.0.0/8"]
[mail]
from = "Presse Musterstadt <presse@musterstadt.example>"
reply_to = "presse@musterstadt.example"
{way}
[[newsletters]]
id = "presse"
title = "Pressemitteilungen"
feeds = ["musterstadt"]
cadences = {cadences}
send_at = "{send_at}"
"""

WAYS = {
    "smtp": """\
transport = "smtp"
return_path = "bounces+{{token}}@musterstadt.example"
[mail.smtp]
host = "127.0.0.1"
port = {port}
security = "none"
connections = 4""",
    "mailgun": """\
transport = "mailgun"
[mail.api]
key = "demo"
domain = "musterstadt.example"
url = "http://127.0.0.1:{port}"
connections = 4""",
}
"""How mail comes to the inbox."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Where and when a demo takes place: fixed in its folder at the first run, so that a second one finds the same."""

    directory: Path
    today: date
    send_at: time
    portal_port: int

    @property
    def slot(self) -> datetime:
        """The moment of the demo's edition, in UTC."""
        return datetime.combine(self.today, self.send_at, tzinfo=ZONE).astimezone(UTC)


def settle(directory: Path, now: datetime, *, send_at: time | None = None, portal_port: int | None = None) -> Setting:
    """The setting of a demo folder, made at the first run and kept. Raises NewsletterError for a foreign folder."""
    path = directory / "demo.json"
    if path.exists():
        kept = json.loads(path.read_text("utf-8"))
        return Setting(
            directory, date.fromisoformat(kept["today"]), time.fromisoformat(kept["send_at"]), kept["portal_port"]
        )
    if directory.exists() and any(directory.iterdir()):
        raise NewsletterError(f"{directory} is not empty and no demo: name a new folder with --dir")
    directory.mkdir(parents=True, exist_ok=True)
    today = now.astimezone(ZONE).date()
    setting = Setting(directory, today, send_at or time(7), portal_port or free_port())
    kept = {"today": today.isoformat(), "send_at": f"{setting.send_at:%H:%M}", "portal_port": setting.portal_port}
    path.write_text(json.dumps(kept), "utf-8")
    return setting


def write_settings(
    setting: Setting, *, base_url: str, listen: str, way: tuple[str, int], cadences: list[str]
) -> Settings:
    """Write the demo's newsletter.toml, feed and keys, and read them back as any other settings.

    `way`: which of WAYS mail goes, and the port of the inbox.
    """
    transport, port = way
    directory = setting.directory
    values: Mapping[str, Any] = {
        "version": newsletter.__version__,
        "base_url": base_url,
        "listen": listen,
        "way": WAYS[transport].format(port=port),
        "cadences": json.dumps(cadences),
        "send_at": f"{setting.send_at:%H:%M}",
    }
    (directory / "newsletter.toml").write_text(SETTINGS.format_map(values), "utf-8")
    feed = (folder("feeds") / "musterstadt.toml").read_text("utf-8")
    (directory / "feeds").mkdir(exist_ok=True)
    address = f"http://{HOST}:{setting.portal_port}/presse"
    (directory / "feeds" / "musterstadt.toml").write_text(
        feed.replace("http://127.0.0.1:8010/presse", address), "utf-8"
    )
    keys = directory / "var" / "keys"
    keys.parent.mkdir(exist_ok=True)
    if not keys.exists():
        keys.touch(0o600)
        keys.write_text(Keys.new_line() + "\n", "ascii")
    return load(directory / "newsletter.toml", {})


def sample_subscribers() -> Iterator[tuple[str, dict[str, Any]]]:
    """Addresses and what their owners wish: every language and format with all topics, and some who chose topics."""
    for language, format in product(("de", "en"), ("standard", "large", "no-images", "text")):
        yield f"{format}.{language}@leserin.example", {"language": language, "format": format}
    for topic in ("verkehr", "bildung", "umwelt", "kultur"):
        yield f"{topic}@leser.example", {"language": "de", "topics": [topic]}
    yield "traffic.and.culture@reader.example", {"language": "en", "topics": ["kultur", "verkehr"]}
    yield "joerg.mueller@leser.example", {"language": "de", "format": "large", "topics": ["soziales"]}


def free_port() -> int:
    """A port on loopback that nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
