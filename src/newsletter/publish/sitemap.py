"""The addresses of all pages for search engines (sitemaps.org/protocol.html), and where they stand (robots.txt)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice

from lxml import etree

from newsletter.config import Site
from newsletter.model import ReleaseState
from newsletter.publish.feeds import Published
from newsletter.publish.months import Month
from newsletter.publish.store import PublishStore
from newsletter.publish.writer import Writer

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
MOST = 50_000  # addresses in a file: the protocol's bound

Address = tuple[str, datetime | None]


def publish(
    site: Site, feeds: Sequence[Published], months: Sequence[Month], store: PublishStore, writer: Writer, now: datetime
) -> None:
    """Write `sitemap.xml`, in parts below `sitemaps/` where it is too long for one, and `robots.txt`."""
    addresses = _addresses(site, feeds, months, store, now)
    parts = list(iter(lambda: list(islice(addresses, MOST)), []))
    if len(parts) == 1:
        writer.write("sitemap.xml", _document("urlset", "url", parts[0]))
        parts = []
    else:
        names = [(f"{site.base_url}/sitemaps/{number}.xml", None) for number in range(1, len(parts) + 1)]
        writer.write("sitemap.xml", _document("sitemapindex", "sitemap", names))
    for number, part in enumerate(parts, 1):
        writer.write(f"sitemaps/{number}.xml", _document("urlset", "url", part))
    for name, _ in list(writer.files("sitemaps")):
        if name not in {f"{number}.xml" for number in range(1, len(parts) + 1)}:
            writer.remove(f"sitemaps/{name}")
    writer.write("robots.txt", f"User-agent: *\nDisallow:\n\nSitemap: {site.base_url}/sitemap.xml\n".encode())


def _addresses(
    site: Site, feeds: Sequence[Published], months: Sequence[Month], store: PublishStore, now: datetime
) -> Iterator[Address]:
    base = site.base_url
    yield from ((f"{base}{path}", None) for path in ("/", "/feeds/", "/editions/", "/subscribe"))
    yield from _archive(f"{base}/archive/", months)
    for each in feeds:
        yield each.feed.page, None
        yield from _archive(f"{each.feed.page}archive/", each.months)
    for mark in sorted(store.edition_marks()):
        yield f"{base}/editions/{mark.id}", mark.changed_at
    for mark in sorted(store.release_marks(now)):
        if mark.state is ReleaseState.LIVE:
            yield f"{base}/releases/{mark.id}", mark.changed_at


def _archive(address: str, months: Sequence[Month]) -> Iterator[Address]:
    if months:
        yield address, None
        yield from ((f"{address}{month.name}", None) for month in months)


def _document(root: str, item: str, addresses: Iterable[Address]) -> bytes:
    document = etree.Element(root, nsmap={None: NAMESPACE})
    for address, changed in addresses:
        element = etree.SubElement(document, item)
        etree.SubElement(element, "loc").text = address
        if changed:
            etree.SubElement(element, "lastmod").text = changed.isoformat(timespec="seconds")
    data: bytes = etree.tostring(document, encoding="UTF-8", xml_declaration=True)
    return data
