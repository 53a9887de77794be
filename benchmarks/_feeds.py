"""Reading other people's feeds: the cases of three test suites, judged by what our reader promises of an entry.

How cases are judged. `read_feed` must give an answer to each: UnreadablePage (a clear refusal) is one, any other
exception is not. What an entry must hold is compared entry by entry, before an entry is kept or refused as a release
(one with a date alone is none): its headline, the address of its page, its date.

- A headline is plain text here. Where a suite expects markup in a title, the text of that markup is asked for, whether
  the suite leaves it escaped or not.
- A link is the absolute web address of the entry's page, seen from the feed's. Where a suite expects several links,
  the one that feed formats call alternate is meant. Expected links without an address, or that are no web address, are
  not judged.
- A date is the moment of publication, else of the last change. Dates that no release has (expiry, a feed's validity)
  are not judged. Where a suite expects the text of a date, the moments are compared.
- feedparser's cases on its sanitiser expect a certain wording of what is left. Ours is another sanitiser, so of these
  it is only asked that nothing that runs, loads or styles is left (`feeds_unsafe`); it is asked of all others, too.
- Everything else that the suites expect (a feed's own title, its generator, iTunes, places, persons) we do not read,
  and do not count. Expected texts of entries are compared as plain text and shown without a goal (`feeds_texts`).
"""

from __future__ import annotations

import base64
import json
import re
from calendar import timegm
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import unescape
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from _figures import say

from newsletter.collect.entries import read_feed
from newsletter.collect.entries.entry import Entry
from newsletter.collect.entries.jsonfeed import is_json, read_json
from newsletter.collect.entries.xml import read_xml
from newsletter.collect.read import clean, read_machine_date, sanitise
from newsletter.collect.read.blocks import plain
from newsletter.collect.read.page import absolute
from newsletter.errors import UnreadablePage
from newsletter.model import Page

ADDRESS = "https://feed.example/presse/feed.xml"
SUITE = "http://127.0.0.1:8097/tests"  # where feedparser's own tests serve its cases: some addresses hang on it
ZONE = ZoneInfo("UTC")
UNSAFE = re.compile(
    r"<\s*(?:script|style|iframe|object|embed|svg|math|form|link|meta|base)\b|<[^>]*\s(?:on\w+|style)\s*=|<[^>]*javascript:",
    re.IGNORECASE,
)
TITLES, LINKS, DATES, TEXTS = "titles", "links", "dates", "texts"


@dataclass(frozen=True)
class Expected:
    """What a suite expects of the entry `number` of a feed, in what kind."""

    number: int
    kind: str
    value: Any


@dataclass(frozen=True)
class Case:
    """A feed and what is expected of it; `name` is for people."""

    name: str
    page: Page
    expected: tuple[Expected, ...]
    entries: int | None = None


def feeds(corpus: Path) -> dict[str, float]:
    """The figures of all three suites together."""
    tally: Counter[str] = Counter()
    for case in (
        *_real(corpus / "feeds-real"),
        *_gofeed(corpus / "feeds-gofeed"),
        *_feedparser(corpus / "feeds-feedparser"),
    ):
        _judge(case, tally)
    figures = {
        f"feeds_{kind}": round(tally[f"{kind} right"] / tally[kind], 4) for kind in (TITLES, LINKS, DATES, TEXTS)
    }
    judged = {f"feeds_{kind}_judged": float(tally[kind]) for kind in (TITLES, LINKS, DATES, TEXTS)}
    names = ("cases", "exceptions", "refused", "unsafe", "entries_missing")
    return figures | judged | {f"feeds_{name}": float(tally[name]) for name in names}


def _judge(case: Case, tally: Counter[str]) -> None:
    tally["cases"] += 1
    try:
        read_feed(case.page, zone=ZONE)
        entries = read_json(case.page) if is_json(case.page) else read_xml(case.page)
    except UnreadablePage as error:
        tally["refused"] += 1
        say(f"refused: {case.name}: {error}")
        entries = []
    except Exception as error:
        tally["exceptions"] += 1
        say(f"exception: {case.name}: {error!r}")
        entries = []
    tally["entries_missing"] += case.entries is not None and case.entries != len(entries)
    tally["unsafe"] += sum(
        bool(UNSAFE.search(sanitise(text, ADDRESS))) for e in entries for text in (e.content, e.summary)
    )
    for expected in case.expected:
        found = entries[expected.number] if expected.number < len(entries) else Entry()
        right = _right(expected, found, case.page)
        tally[expected.kind] += 1
        tally[f"{expected.kind} right"] += right
        if not right and expected.kind != TEXTS:
            say(f"wrong {expected.kind}: {case.name}: expected {expected.value!r}, read {found!r}"[:400])


def _right(expected: Expected, found: Entry, page: Page) -> bool:
    value = expected.value
    if expected.kind == TITLES:
        ours = clean(found.title)
        return ours in {clean(text) for text in (value, plain(value), unescape(value), plain(unescape(value)))}
    if expected.kind == LINKS:
        return absolute(found.link, page.url) == absolute(value, page.url)
    if expected.kind == DATES:
        stamp = read_machine_date(found.published, ZONE) or read_machine_date(found.modified, ZONE)
        return stamp is not None and stamp.when == value
    wanted = clean(plain(sanitise(value, ADDRESS)))
    return wanted in {clean(plain(sanitise(text, ADDRESS))) for text in (found.content, found.summary)}


def _real(folder: Path) -> Iterator[Case]:
    for row in json.loads((folder / "reference.json").read_text("utf-8")):
        page = Page(ADDRESS, (folder / row["file"]).read_bytes(), content_type="application/xml")
        yield Case(row["file"], page, (Expected(0, TITLES, row["first_title"]),), row["n_entries"])


def _gofeed(folder: Path) -> Iterator[Case]:
    for row in _rows(folder):
        items = (row["expected"] or {}).get("items") or (row["expected"] or {}).get("entries") or []
        expected = tuple(one for number, item in enumerate(items) for one in _of_gofeed(number, item))
        yield Case(row["id"], Page(ADDRESS, row["content"].encode(), content_type="application/xml"), expected)


def _of_gofeed(number: int, item: dict[str, Any]) -> Iterator[Expected]:
    if item.get("title"):
        yield Expected(number, TITLES, item["title"])
    links = [link for link in item.get("links") or () if isinstance(link, dict) and link.get("rel") == "alternate"]
    address = item.get("link") or next((link["href"] for link in links if link.get("href")), None)
    if address:
        yield Expected(number, LINKS, address)
    moment = item.get("publishedParsed") or item.get("updatedParsed")
    if moment:
        yield Expected(number, DATES, datetime.fromisoformat(moment))
    text = item.get("description")
    if isinstance(text, str) and text:
        yield Expected(number, TEXTS, text)


def _feedparser(folder: Path) -> Iterator[Case]:
    for row in _rows(folder):
        body = base64.b64decode(row["content_b64"]) if row.get("content_b64") else row["content"].encode("utf-8")
        headers = {name.lower(): value for name, value in (row["http_headers"] or {}).items()}
        kind, _, parameters = headers.get("content-type", "application/xml").partition(";")
        charset = parameters.partition("charset=")[2].strip() or None
        page = Page(
            headers.get("content-location", f"{SUITE}/{row['id']}"), body, content_type=kind.strip(), charset=charset
        )
        sanitised = row["group"].endswith("sanitize")
        checks = () if sanitised else tuple(one for check in row["checks"] or () for one in _of_feedparser(check))
        yield Case(row["id"], page, checks)


def _of_feedparser(check: dict[str, Any]) -> Iterator[Expected]:
    path, value = check["path"], check.get("equals")
    if path[:1] != ["entries"] or len(path) < 3 or value in (None, ""):
        return
    number, name = path[1], ".".join("#" if isinstance(step, int) else step for step in path[2:])
    if name in ("title", "title_detail.value"):
        yield Expected(number, TITLES, value)
    elif name == "link" and absolute(value, ADDRESS):
        yield Expected(number, LINKS, value)
    elif name in ("published_parsed", "updated_parsed"):
        yield Expected(number, DATES, datetime.fromtimestamp(timegm(tuple(value)), UTC))
    elif name in ("published", "updated") and (moment := _moment(value)):
        yield Expected(number, DATES, moment)
    elif name in ("description", "summary", "summary_detail.value", "content.#.value"):
        yield Expected(number, TEXTS, value)


def _moment(text: str) -> datetime | None:
    """The moment of a date in one of the two formats that feeds prescribe, read by Python's own readers."""
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(text)
        except ValueError:
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None


def _rows(folder: Path) -> Iterator[dict[str, Any]]:
    return map(json.loads, (folder / "cases.jsonl").read_text("utf-8").splitlines())
