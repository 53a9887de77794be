"""An entry becomes a candidate with a draft: cleaned as any page is, by the same reading."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from datetime import tzinfo
from html import escape
from typing import Any
from urllib.parse import urldefrag

from newsletter.collect.entries.entry import Entry
from newsletter.collect.identity import ENTRY
from newsletter.collect.read import clean, read_machine_date, read_release, sanitise
from newsletter.collect.read.blocks import plain
from newsletter.collect.read.language import hear_language, language_tag
from newsletter.collect.read.page import absolute
from newsletter.collect.read.text import HEADLINE_LIMIT
from newsletter.config import ReleaseProfile
from newsletter.errors import UnreadablePage
from newsletter.model import Candidate, Draft, Image, Page

FEED = "feed"
WHOLE = 300  # characters of `content` from which an entry counts as whole
WHOLE_SUMMARY = 1_500  # characters, where all it has is a summary: old feeds put the whole text there
MAX_TEASER = 1_000
MAX_KICKER = 60
_CUT = re.compile(
    r"(?:\[?(?:…|\.\.\.)\]?|\[…\]|(?:weiterlesen|mehr lesen|mehr|read more|continue reading|more)\W{0,3})\s*$",
    re.IGNORECASE,
)
_SENTENCE = ReleaseProfile(headline="h1", body=".feed-entry")


def candidate_of(entry: Entry, page: Page, zone: tzinfo) -> Candidate:
    """The candidate of an entry of the feed that lies at `page`. Raises UnreadablePage where there is nothing in it."""
    link = absolute(entry.link, page.url)
    url = urldefrag(link)[0] if link else _address(entry, page)
    headline = clean(entry.title, HEADLINE_LIMIT)
    content, summary = sanitise(entry.content, url), sanitise(entry.summary, url)
    if not content and _is_whole_summary(summary, link):
        content, summary = summary, ""
    whole = bool(content) and (link is None or (bool(headline) and _is_whole(content, summary)))
    text = plain(content or summary)
    if not headline and not text and link is None:
        raise UnreadablePage("it has neither a headline nor a text nor a link")
    draft = draft_of(url, headline, content if whole else "", zone)
    draft = replace(draft, **_told(entry, draft, text, summary, zone))
    return Candidate(
        url=url,
        headline=draft.headline or None,
        published=draft.published,
        published_precision=draft.published_precision,
        kicker=draft.kicker,
        teaser=draft.teaser,
        image=draft.lead,
        guid=entry.guid,
        entry=draft,
    )


def draft_of(url: str, headline: str, content: str, zone: tzinfo) -> Draft:
    """What a (sanitised) text of its own holds, read as a page that has nothing else on it."""
    if not content:
        return Draft(url=url, headline=headline)
    html = f"<article><h1>{escape(headline or '-')}</h1><div class=feed-entry>{content}</div></article>"
    try:
        draft = read_release(Page(url, html.encode(), charset="utf-8"), _SENTENCE, zone=zone)
    except UnreadablePage:
        text = plain(content)
        draft = Draft(url=url, body_html=content, body_text=text)
    return replace(draft, headline=headline, published=None, published_precision=None, problems=(), topics=())


def _told(entry: Entry, draft: Draft, text: str, summary: str, zone: tzinfo) -> dict[str, Any]:
    """The fields that the entry gives apart from its text, with where they come from."""
    stamp = read_machine_date(entry.published, zone) or read_machine_date(entry.modified, zone)
    tags = tuple(dict.fromkeys(tag for raw in entry.tags if (tag := clean(raw, 100))))
    told: dict[str, Any] = {
        "kicker": next((tag for tag in tags if len(tag) <= MAX_KICKER), None),
        "teaser": _teaser(summary, draft) or draft.teaser,
        "language": language_tag(entry.language) or hear_language(text),
        "published": stamp.when if stamp else None,
        "published_precision": stamp.precision if stamp else None,
        "author": clean(entry.author, 200) or None,
        "images": _images(draft.images, entry.images),
        "documents": tuple({d.url: d for d in (*draft.documents, *entry.documents)}.values()),
        "alternates": tuple({a.url: a for a in (*draft.alternates, *entry.alternates)}.values()),
        "topics": tags,
    }
    names = ("headline", "body_html", *told)
    said = {n: FEED for n in names if n != "published_precision" and (told.get(n) or getattr(draft, n))}
    if "body_html" in said:
        said["body"] = said.pop("body_html")
    return {**told, "origin": said}


def _is_whole(content: str, summary: str) -> bool:
    text = plain(content)
    return len(text) >= WHOLE and not _CUT.search(text[-40:]) and text != plain(summary)


def _is_whole_summary(summary: str, link: str | None) -> bool:
    text = plain(summary)
    return bool(text) and (link is None or (len(text) >= WHOLE_SUMMARY and not _CUT.search(text[-40:])))


def _teaser(summary: str, draft: Draft) -> str | None:
    """The summary, where it is one: not the text's own beginning, cut off by a system."""
    text = clean(plain(summary), MAX_TEASER)
    bare = _CUT.sub("", text).strip()
    begins = clean(draft.body_text, MAX_TEASER)[: len(bare)]
    return None if not bare or bare == draft.headline or (draft.body_text and bare == begins) else bare


def _images(own: tuple[Image, ...], attached: tuple[Image, ...]) -> tuple[Image, ...]:
    """The pictures of the text, then those attached; an attached one gives its alt to the same in the text."""
    alts = {image.src: image for image in attached}
    found = []
    for image in own:
        other = alts.pop(image.src, None)
        found.append(_described(image, other) if other is not None else image)
    rest = list(alts.values())
    if rest and not any(image.lead for image in found):
        rest[0] = replace(rest[0], lead=True)
    return (*found, *rest)


def _described(image: Image, attached: Image) -> Image:
    alt_from = image.alt_from if image.alt else attached.alt_from
    return replace(image, alt=image.alt or attached.alt, alt_from=alt_from, credit=image.credit or attached.credit)


def _address(entry: Entry, page: Page) -> str:
    """An address for an entry without a link: that of its feed, and a mark made of what identifies it."""
    return marked(page.url, entry.guid or f"{entry.title}\x1f{entry.published}\x1f{entry.content or entry.summary}")


def marked(feed: str, identity: str) -> str:
    """An address for what has none: that of its feed, and a mark made of what identifies it."""
    return f"{urldefrag(feed)[0]}#{ENTRY}{hashlib.sha256(identity.encode('utf-8', 'replace')).hexdigest()[:16]}"
