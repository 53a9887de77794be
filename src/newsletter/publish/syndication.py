"""feedgen, with what it says wrongly or not at all mended from outside (upstream issues in brackets).

- `updated` and `lastBuildDate` default to the time of building: set everywhere, so that equal contents are equal bytes.
- An entry's Atom links lose rel, type and length (#135, #143): `Extras` writes them.
- `add_entry` puts the newest last unless asked (#55, #70).
- An author without a mail address is dropped from RSS, where `<author>` needs one: `Extras` writes dc:creator.
- No xml:lang of an entry, no alt text or credit of media: `Extras` writes them.
- The RSS `<link>` is the last link that was set, of whatever rel: the page's comes last.
- Dates go through setlocale(), which is the whole process's: the standard library's function takes its place.

What comes in has no control characters (content.fit), on which lxml would raise and take the whole feed with it.
"""

from __future__ import annotations

from collections.abc import Callable
from email.utils import format_datetime
from typing import Any

import feedgen.entry
import feedgen.feed
from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from lxml.etree import SubElement

from newsletter.i18n import nearest, way_to_read
from newsletter.model import Alternate, Image
from newsletter.publish.content import Deleted, Entry, FeedContent

DC = "http://purl.org/dc/elements/1.1/"
HISTORY = "http://purl.org/syndication/history/1.0"  # RFC 5005
ATOM = "http://www.w3.org/2005/Atom"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"  # RFC 6721
MEDIA = "http://search.yahoo.com/mrss/"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

feedgen.feed.formatRFC2822 = feedgen.entry.formatRFC2822 = format_datetime


class Namespaces(BaseExtension):
    """Declares the prefixes that `Extras` uses; says where an Atom feed goes on, and what it no longer holds."""

    deleted: tuple[Deleted, ...] = ()
    archive = False
    links: tuple[tuple[str, str], ...] = ()
    """Rel and address of what feedgen would leave out or mistake for the page."""

    def extend_ns(self) -> dict[str, str]:
        more = ({"at": TOMBSTONES} if self.deleted else {}) | ({"fh": HISTORY} if self.archive else {})
        return {"dc": DC, "media": MEDIA} | more

    def extend_rss(self, rss_feed: Any) -> Any:
        channel = rss_feed[0]
        for rel, href in self.links:
            SubElement(channel, f"{{{ATOM}}}link", {"rel": rel, "href": href})
        return rss_feed

    def extend_atom(self, atom_feed: Any) -> Any:
        for rel, href in self.links:
            SubElement(atom_feed, "link", {"rel": rel, "href": href})  # as feedgen's own: xmlns is an attribute to it
        if self.archive:
            SubElement(atom_feed, f"{{{HISTORY}}}archive")
        for gone in self.deleted:
            SubElement(atom_feed, f"{{{TOMBSTONES}}}deleted-entry", {"ref": gone.id, "when": gone.when.isoformat()})
        return atom_feed


class Extras(BaseEntryExtension):
    """What feedgen cannot say of an entry. Media come last: in front of the content feedparser takes their description
    for the entry's (feedparser #53)."""

    entry: Entry

    def extend_atom(self, element: Any) -> Any:
        element.set(XML_LANG, self.entry.release.language)
        for link in _links(self.entry):
            SubElement(element, "link", link)
        return self._media(element)

    def extend_rss(self, element: Any) -> Any:
        element.set(XML_LANG, self.entry.release.language)
        if self.entry.author:
            SubElement(element, f"{{{DC}}}creator").text = self.entry.author
        return self._media(element)

    def _media(self, element: Any) -> Any:
        if image := self.entry.release.lead:
            _add_picture(element, image)
        return element


def generator(
    feed: FeedContent, ending: str, media_type: str, complete: Callable[[FeedEntry, Entry], None]
) -> FeedGenerator:
    """The feed in feedgen's hands; `complete` adds to each item what the two formats say differently."""
    result = FeedGenerator()
    result.register_extension("extras", Namespaces, Extras)
    result.id(f"{feed.address}.atom")
    result.title(feed.title)
    result.description(feed.description)
    result.language(feed.language)
    result.updated(feed.updated)
    result.generator("newsletter")
    result.link(href=f"{feed.address}.{ending}", rel="self", type=media_type)
    result.link(href=feed.page, rel="alternate", type="text/html")
    if feed.hub:
        result.extras.links = (("hub", feed.hub),)
    for entry in feed.items:
        item = result.add_entry(order="append")
        _fill(item, entry)
        complete(item, entry)
    return result


def _fill(item: FeedEntry, entry: Entry) -> None:
    item.extras.entry = entry
    item.guid(entry.id, permalink=False)
    item.title(entry.release.headline)
    item.content(entry.content, type="html")
    item.updated(entry.updated)
    for topic in entry.release.topics:
        item.category(term=topic.slug, label=topic.title)


def _links(entry: Entry) -> list[dict[str, str]]:
    """The page of the release, and its documents as enclosures."""
    page = {"href": entry.release.url, "rel": "alternate", "type": "text/html", "hreflang": entry.release.language}
    return [page, *(_way(one, entry.release.language) for one in entry.release.alternates)] + [
        {"href": document.url, "rel": "enclosure", "title": document.title}
        | ({"type": document.type} if document.type else {})
        | ({"length": str(document.size)} if document.size else {})
        for document in entry.release.documents
    ]


def _way(alternate: Alternate, language: str) -> dict[str, str]:
    """Another way to read a release: a file of sound or film is an enclosure (RFC 4287, 4.2.7.2), a page is related.

    Only one page can be `alternate` for a type and language, and it is the release's own.
    """
    told = {"type": alternate.type, "hreflang": alternate.language, "length": alternate.size and str(alternate.size)}
    file = (alternate.type or "").startswith(("audio/", "video/"))
    link = {
        "href": alternate.url,
        "rel": "enclosure" if file else "related",
        "title": way_to_read(alternate, nearest(language, "en")),
    }
    return link | {name: value for name, value in told.items() if value}


def _add_picture(element: Any, image: Image) -> None:
    """Media RSS, directly in the item: a group needs two contents (the validator's MediaGroupWithoutAlternatives)."""
    known = {"fileSize": image.size, "type": image.type, "width": image.width, "height": image.height}
    told = {name: str(value) for name, value in known.items() if value}
    content = SubElement(element, f"{{{MEDIA}}}content", {"url": image.src, "medium": "image", **told})
    if image.alt:
        SubElement(content, f"{{{MEDIA}}}description", {"type": "plain"}).text = image.alt
    if image.credit:
        SubElement(content, f"{{{MEDIA}}}credit").text = image.credit
