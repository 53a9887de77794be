"""All feeds as OPML 2.0 (opml.org/spec2.opml), for readers that subscribe to several at once."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from newsletter.publish.content import FeedContent

MEDIA_TYPE = "text/x-opml"


def build(title: str, feeds: Iterable[FeedContent]) -> bytes:
    """The list of feeds, each by its Atom address (`type="rss"` is what the specification wants for every format)."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = title
    body = etree.SubElement(root, "body")
    for feed in feeds:
        names = {"text": feed.title, "title": feed.title, "language": feed.language}
        etree.SubElement(body, "outline", type="rss", xmlUrl=f"{feed.address}.atom", htmlUrl=feed.page, **names)
    data: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return data
