"""The attacks go the whole way, and everything that comes out is looked at: feeds, pages, mails.

The real program collects the portal of `_attacks.py` over HTTP, publishes, and mails a digest of every source through a
real SMTP server; what it publishes is then served by the program itself. Feeds are parsed strictly (lxml without
recovery, feedparser without complaint, JSON as JSON). Subscribers have no name, so no string stands in one. Pages are
looked at with the site's own policy and without any; mails and the entries of feeds without any.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from email.message import EmailMessage
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import feedparser
from _attacks import Attack, attacks, portal, sources
from _editing import editing
from _figures import say
from _watch import Watch, browser, check_eyes
from lxml import etree

from tests.acceptance.instance import Instance, instance
from tests.acceptance.mailserver import Mail, defects, mailserver
from tests.servers.web import serving

SLOT = "2026-11-23T07:00:00+01:00"
READERS = (("de", "standard"), ("en", "large"))


def outputs(corpus: Path, place: Path, quick: bool) -> dict[str, float]:
    """The figures of the whole way."""
    found = sources(attacks(corpus, quick))
    say(f"{sum(map(len, found.values()))} pages and entries with a payload, from {len(found)} sources")
    with serving(portal(found)) as address, mailserver() as server, instance(place, smtp_port=server.port) as program:
        _set_up(program, address, found)
        begun = time.perf_counter()
        done = json.loads(program.run("once", "--now", SLOT, "--json").out)
        say(f"once: {time.perf_counter() - begun:.1f} s, {json.dumps(done, ensure_ascii=False)[:600]}")
        program.start("--web-only")
        figures = {
            "attacks": float(sum(map(len, found.values()))),
            "attacks_released": float(done["collected"]),
            "editions_held": float(len(done["held"])),
            "mails": float(len(server.mails)),
            **_feeds(program.public),
            "mails_defective": float(sum(map(_is_defective, server.mails))),
        }
        figures |= _looked_at(program, urlsplit(address).netloc, server.mails, quick)
        with browser() as chromium:
            payloads = list(dict.fromkeys(attack.payload for source in found.values() for attack in source))
            return figures | editing(program, chromium, payloads, quick)


def _set_up(program: Instance, address: str, found: dict[str, list[Attack]]) -> None:
    letters = []
    rows = ["email,newsletter,cadence,language,format,consent"]
    for slug in found:
        kind, name = ("feed", "feed.json") if slug.startswith("feed") else ("html", "liste")
        program.feed(slug, f"{address}/{slug}/{name}", kind=kind, topics={})
        cadence = "immediate" if slug == "einzeln" else "daily"
        more = {"id": slug, "title": f"Presse {slug}", "feeds": [slug], "cadences": [cadence]}
        letters.append({**program.letter, **more})
        rows += [f"{language}@leser.example,{slug},{cadence},{language},{format},form" for language, format in READERS]
    program.settings["newsletters"] = letters
    program.write()
    (program.folder / "people.csv").write_text("\n".join(rows) + "\n")
    done = program.run("subscribers", "import", str(program.folder / "people.csv"))
    assert done.code == 0, done.err


def _feeds(public: Path) -> dict[str, float]:
    """Every feed, parsed strictly."""
    read = ill = entries = 0
    for path in sorted(public.rglob("*")):
        if path.suffix in (".atom", ".rss", ".json", ".opml"):
            read += 1
            try:
                entries += _entries_of(path)
            except (ValueError, etree.XMLSyntaxError, AssertionError) as error:
                ill += 1
                say(f"ill-formed: {path.relative_to(public)}: {error!r}"[:400])
    return {"feeds_written": float(read), "feed_entries": float(entries), "feeds_ill_formed": float(ill)}


def _entries_of(path: Path) -> int:
    data = path.read_bytes()
    if path.suffix == ".json":
        return len(json.loads(data)["items"])
    etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, recover=False))
    if path.suffix == ".opml":
        return 0
    feed = feedparser.parse(data)
    assert not feed.bozo, feed.bozo_exception
    return len(feed.entries)


def _is_defective(mail: Mail) -> bool:
    """Whether a strict parser complains, or a header holds what was not one line of it."""
    message: EmailMessage = mail.message
    head = mail.raw.partition(b"\r\n\r\n")[0]
    wrong = defects(message) + [name for name in ("Bcc", "Cc") if message[name] is not None]
    wrong += [name for name in ("Subject", "From", "To", "Date", "Message-ID") if len(message.get_all(name) or ()) != 1]
    wrong += [line.decode("ascii", "replace") for line in mail.raw.split(b"\r\n") if len(line) > 998]
    wrong += ["a bare CR or LF"] if b"\r" in head.replace(b"\r\n", b"") or b"\n" in head.replace(b"\r\n", b"") else []
    if wrong:
        say(f"defective: {message['Subject']}: {wrong[:3]}")
    return bool(wrong)


def _looked_at(program: Instance, portal_host: str, mails: list[Mail], quick: bool) -> dict[str, float]:
    ours = {urlsplit(program.url).netloc, portal_host}
    addresses = [f"{program.url}{path}" for path in _pages(program.public)]
    with browser() as chromium:
        check_eyes(chromium)
        guarded = Watch(chromium, ours, say, policy=True)
        bare = Watch(chromium, ours, say, policy=False)
        for address in addresses[:: 4 if quick else 1]:
            guarded.visit(address)
        for address in addresses[1::4] if quick else addresses:
            bare.visit(address)
        for number, mail in enumerate(mails):
            bare.show(f"mail {number}", mail.html)
        for name, html in _entries(program.public):
            bare.show(name, html)
    seen = guarded.seen + bare.seen
    say(f"looked at: {dict(seen)}")
    names = ("documents", "scripts", "dialogs", "foreign", "waiting")
    return {f"browser_{name}": float(seen[name]) for name in names}


def _pages(public: Path) -> Iterator[str]:
    """The address of every page that is published."""
    for path in sorted(public.rglob("*.html")):
        name = str(path.relative_to(public))
        yield "/" + (name.removesuffix("index.html") if name.endswith("index.html") else name.removesuffix(".html"))


def _entries(public: Path) -> Iterator[tuple[str, str]]:
    """The entries of each feed as a feed reader shows them: a title that is text, and the content as HTML."""
    for path in sorted((public / "feeds").glob("*.json")):
        items: list[dict[str, Any]] = json.loads(path.read_bytes())["items"]
        shown = (f"<article><h2>{escape(item['title'])}</h2>{item['content_html']}</article>" for item in items)
        yield path.name, f"<!doctype html><meta charset=utf-8>{''.join(shown)}"
    for path in sorted((public / "feeds").glob("*.atom")):
        feed = feedparser.parse(path.read_bytes(), sanitize_html=False, resolve_relative_uris=False)
        shown = (f"<article>{one.content[0].value}</article>" for one in feed.entries if one.get("content"))
        yield path.name, f"<!doctype html><meta charset=utf-8>{''.join(shown)}"
