"""The whole way on real pages: from a portal's list to feeds, and to a digest in every subscriber's mailbox.

The pages of a corpus (`--corpus DIR`, its folder articles-press) stand behind one plain list, whose address is all
that the newsletter is told. One `newsletter once` then collects, publishes, and mails through a real Postfix; what is
measured is read from where people would read it: the feeds' files and the mailboxes.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import feedparser
from selectolax.lexbor import LexborHTMLParser
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]  # the servers are those of the tests

from _figures import Goals, say, show  # noqa: E402

from tests.servers.postfix import Mail, Postfix, run_postfix  # noqa: E402
from tests.servers.web import serving  # noqa: E402

ALL, QUICK = 100, 25  # subscribers
NEWEST = 50  # entries in a feed
FORMATS = ("atom", "rss", "json")
JSON_FEED = "https://jsonfeed.org/version/1.1"
ZONE = ZoneInfo("Europe/Berlin")

GOALS: Goals = {
    "releases_missing": ("<=", 0),
    "feed_entries_missing": ("<=", 0),
    "feeds_malformed": ("<=", 0),
    "subscribers_without_their_one_mail": ("<=", 0),
    "mails_without_html_and_text": ("<=", 0),
    "releases_missing_in_a_digest": ("<=", 0),
}

SETTINGS = """\
[site]
title = "Presse Musterstadt"
base_url = "https://news.musterstadt.example"
publisher = "Stadt Musterstadt"
postal_address = "Marktplatz 1, 12345 Musterstadt"
contact = "presse@musterstadt.example"

[collect]
allow_networks = ["127.0.0.0/8"]

[mail]
from = "Presse Musterstadt <presse@musterstadt.example>"
transport = "smtp"

[mail.smtp]
host = "{relay.host}"
port = {relay.port}
ca_file = "{relay.ca_file}"

[[newsletters]]
id = "presse"
title = "Pressemitteilungen"
feeds = ["corpus"]
cadences = ["daily"]
send_at = "07:00"
"""
FEED = """\
title = "Corpus"
url = "{address}"
first_collect = "send"
max_age = ""
"""


@dataclass(frozen=True)
class StoredPage:
    """A page of the corpus: its bytes as they once came, under an address of ours."""

    path: str
    content: bytes
    charset: str

    @property
    def title(self) -> str:
        """The longest piece of its <title>: what is left without the site's name is the headline."""
        found = LexborHTMLParser(self.content.decode(self.charset, "replace")).css_first("title")
        whole = " ".join(found.text().split()) if found else ""
        longest = max(re.split(r" [|–-] ", whole), key=len)
        return longest if len(longest) >= 20 else whole or self.path


def stored_pages(corpus: Path) -> Iterator[StoredPage]:
    """The pages that the corpus lists."""
    for line in (corpus / "truth.jsonl").read_text("utf-8").splitlines():
        case = json.loads(line)
        name = unicodedata.normalize("NFKD", case["file"].removesuffix(".html.gz")).encode("ascii", "ignore").decode()
        slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
        yield StoredPage(f"/presse/{slug}", gzip.decompress((corpus / case["file"]).read_bytes()), case["encoding"])


def portal(pages: list[StoredPage]) -> Starlette:
    """One list of links, and the pages; robots.txt and all else is 404."""
    by_path = {page.path: page for page in pages}
    items = "\n".join(f'<li><a href="{page.path}">{escape(page.title)}</a></li>' for page in pages)
    index = f'<!DOCTYPE html>\n<html lang="de"><title>Presse</title><h1>Presse</h1>\n<ul>\n{items}\n</ul></html>\n'

    async def page(request: Request) -> Response:
        found = by_path.get(request.url.path)
        if found is None:
            return Response("Not found", 404)
        return Response(found.content, headers={"Content-Type": f"text/html; charset={found.charset}"})

    return Starlette(
        routes=[
            Route("/presse", lambda request: Response(index, media_type="text/html")),
            Route("/presse/{slug}", page),
        ]
    )


class Instance:
    """A newsletter in a folder of its own, used through its command line alone."""

    def __init__(self, place: Path) -> None:
        self.place = place
        program = Path(sys.executable).with_name("newsletter")
        self._command = [str(program), "--plain", "--config", str(place / "newsletter.toml")]

    def run(self, *arguments: str) -> str:
        """What the command prints; what it complains of goes to our stderr. Raises CalledProcessError."""
        return subprocess.check_output([*self._command, *arguments], cwd=self.place, env=_clean(), text=True)

    def set_up(self, address: str, relay: Postfix, subscribers: list[str]) -> None:
        """Everything that is told to it: the list's address, the relay and the subscribers."""
        self.run("init", str(self.place))
        (self.place / "newsletter.toml").write_text(SETTINGS.format(relay=relay))
        for example in (self.place / "feeds").glob("*.toml"):
            example.unlink()
        (self.place / "feeds/corpus.toml").write_text(FEED.format(address=address))
        rows = ["email,language,format,consent", *(f"{address},de,standard,a benchmark" for address in subscribers)]
        (self.place / "subscribers.csv").write_text("\n".join(rows) + "\n")
        self.run("subscribers", "import", "subscribers.csv")

    def feed(self, format: str) -> Any:
        """A feed as a reader reads it; JSON as JSON."""
        content = (self.place / f"public/feeds/corpus.{format}").read_bytes()
        return json.loads(content) if format == "json" else feedparser.parse(content)


def _clean() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("NEWSLETTER_")}


def read_feeds(instance: Instance, expected: int) -> dict[str, float]:
    """What is wrong with the feeds: entries that are not there, and files that are not well-formed."""
    feeds = {format: instance.feed(format) for format in FORMATS}
    entries = {format: len(feed["items"] if format == "json" else feed.entries) for format, feed in feeds.items()}
    say(f"feeds: {entries}")
    return {
        "feed_entries_missing": sum(max(0, expected - number) for number in entries.values()),
        "feeds_malformed": sum(
            feed["version"] != JSON_FEED if format == "json" else bool(feed.bozo) for format, feed in feeds.items()
        ),
    }


def read_mails(mails: list[Mail], subscribers: list[str], releases: set[str]) -> dict[str, float]:
    """What is wrong in the mailboxes: mails too many or too few, parts or releases that are not there."""
    received = Counter(mail.recipient for mail in mails)
    wrong = [address for address in {*subscribers, *received} if received[address] != (address in subscribers)]
    linked = [_linked(mail) for mail in mails]
    return {
        "mails": len(mails),
        "largest_mail_kb": round(max((len(mail.raw) for mail in mails), default=0) / 1000, 1),
        "subscribers_without_their_one_mail": len(wrong),
        "mails_without_html_and_text": linked.count(None),
        "releases_missing_in_a_digest": max((len(releases - (links or set())) for links in linked), default=0),
    }


def _linked(mail: Mail) -> set[str] | None:
    """The addresses that the mail's headlines link to; None where it is no mail in two parts."""
    html, text = mail.message.get_body(["html"]), mail.message.get_body(["plain"])
    if html is None or text is None or not text.get_content().strip():
        return None
    return {link.attributes.get("href") or "" for link in LexborHTMLParser(html.get_content()).css("h3 a[href]")}


def measure(pages: list[StoredPage], subscribers: list[str], relay: Postfix, place: Path) -> dict[str, float]:
    """Runs it all once."""
    instance = Instance(place)
    slot = (datetime.now(ZONE) + timedelta(days=1)).replace(hour=7, minute=0, second=0, microsecond=0)
    with serving(portal(pages)) as address:
        instance.set_up(f"{address}/presse", relay, subscribers)
        say(f"once, at {slot.isoformat()}")
        begun = time.perf_counter()
        done = json.loads(instance.run("once", "--now", slot.isoformat(), "--json"))
        seconds = time.perf_counter() - begun
    say(f"done: {json.dumps(done, ensure_ascii=False)[:2000]}")
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000
    figures = {
        "pages": len(pages),
        "subscribers": len(subscribers),
        "once_seconds": round(seconds, 2),
        "peak_memory_mb": round(memory, 1),
        "releases_missing": len(pages) - done["collected"],
    }
    releases = {address + page.path for page in pages}
    return figures | read_feeds(instance, min(len(pages), NEWEST)) | read_mails(relay.mails(), subscribers, releases)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, metavar="DIR", help="a folder with articles-press/truth.jsonl in it")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} subscribers instead of {ALL}")
    options = parser.parse_args()
    if options.corpus is None or not (options.corpus / "articles-press/truth.jsonl").is_file():
        say("nothing was measured: this needs real pages (--corpus DIR with articles-press/truth.jsonl in it)")
        return show({}, GOALS)
    pages = list(stored_pages(options.corpus / "articles-press"))
    subscribers = [f"leser{number}@stadt.example" for number in range(1, (QUICK if options.quick else ALL) + 1)]
    say(f"{len(pages)} pages, {len(subscribers)} subscribers")
    with run_postfix() as relay, tempfile.TemporaryDirectory(prefix="newsletter-corpus-") as place:
        figures = measure(pages, subscribers, relay, Path(place))
    mail_version = subprocess.check_output(["postconf", "-dh", "mail_version"], text=True).strip()
    return show(figures, GOALS, postfix=mail_version, feedparser=feedparser.__version__)


if __name__ == "__main__":
    raise SystemExit(main())
