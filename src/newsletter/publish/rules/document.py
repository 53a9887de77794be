"""The document: bytes that can be read, in a format that readers know."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from lxml import etree

from newsletter.publish.rules.feed import ATOM, JSON, RSS, Feed
from newsletter.publish.rules.grammar import EXTENSIONS
from newsletter.rules.rule import BLOCK, WARN, Defect, Spot, _, rule

LARGEST = 5_000_000  # bytes: the W3C's validator reads no more, nor do some readers
# those that browsers read (encoding.spec.whatwg.org), by Python's names
USUAL = re.compile(
    r"utf-8|utf-16(?:-[bl]e)?|ascii|iso8859-\d+|cp125\d|koi8-[ru]|gb2312|gbk|gb18030|big5|euc_jp|shift_jis|iso2022_jp|"
    r"euc_kr|cp874"
)
NETSCAPE = "-//Netscape Communications//DTD RSS 0.91//EN"
XHTML = "http://www.w3.org/1999/xhtml"


@rule("XML-1", BLOCK, "XML 1.0")
def well_formed(feed: Feed) -> Iterator[Defect]:
    """The feed is well-formed XML, with every prefix declared: else most readers show nothing at all."""
    for broken in feed.broken:
        if broken.kind == "xml":
            yield Defect(
                Spot("", broken.line),
                _("The XML is not well-formed: %(reason)s."),
                _("Write feeds with a library for XML, never by hand."),
                {"reason": broken.reason.strip().rstrip(".")[:300]},
            )


@rule("XML-2", WARN, "RFC 7303 3")
def usual_encoding(feed: Feed) -> Iterator[Defect]:
    """The encoding is one that every reader knows."""
    if any(broken.kind == "encoding" for broken in feed.broken):
        return
    if not USUAL.fullmatch(codecs.lookup(feed.encoding).name):
        yield Defect(
            Spot("", 1),
            _("Few readers know the encoding %(encoding)s."),
            _("Write UTF-8."),
            {"encoding": feed.encoding},
        )


@rule("XML-3", BLOCK, "XML 1.0 4.3.3")
def known_encoding(feed: Feed) -> Iterator[Defect]:
    """The encoding exists."""
    for broken in feed.broken:
        if broken.kind == "encoding":
            yield Defect(
                Spot("", 1),
                _("There is no encoding %(encoding)s."),
                _("Write UTF-8."),
                {"encoding": broken.reason},
            )


@rule("XML-4", WARN, "RSS Best Practices")
def usual_prefixes(feed: Feed) -> Iterator[Defect]:
    """Namespaces have the prefixes that simple readers look for; Atom and XHTML none."""
    for name, prefix, spot in _prefixes(feed):
        usual = EXTENSIONS[name].prefix if name in EXTENSIONS else ""
        if prefix != usual:
            yield Defect(
                spot,
                _("Some readers look for “%(usual)s”, not for the prefix “%(prefix)s”."),
                _("Declare the namespace with that prefix."),
                {"usual": usual or "xmlns=", "prefix": prefix},
            )


@rule("XML-5", BLOCK, "XML 1.0 2.8")
def no_doctype(feed: Feed) -> Iterator[Defect]:
    """There is no document type but that of RSS 0.91, and no entity of its own: readers refuse both, for safety."""
    if feed.form and feed.entities:
        yield Defect("<!DOCTYPE>", _("The feed declares entities of its own."), _("Write the characters themselves."))
    elif feed.form and feed.doctype and not (feed.form == RSS and NETSCAPE in feed.doctype):
        yield Defect("<!DOCTYPE>", _("A feed has no document type."), _("Take the line out."))


@rule("JSON-1", BLOCK, "RFC 8259")
def valid_json(feed: Feed) -> Iterator[Defect]:
    """The feed is valid JSON in UTF-8."""
    for broken in feed.broken:
        if broken.kind == "json":
            yield Defect(
                Spot("", broken.line),
                _("The JSON cannot be read: %(reason)s."),
                _("Write feeds with a library for JSON, never by hand."),
                {"reason": broken.reason[:300]},
            )


@rule("FEED-1", BLOCK, "RFC 4287 2")
def is_a_feed(feed: Feed) -> Iterator[Defect]:
    """The document is a feed: RSS, Atom or JSON Feed."""
    unreadable = any(broken.kind != "encoding" for broken in feed.broken) and feed.root is None
    known = feed.root_name.rpartition(":")[2] in ("rss", "RDF", "feed", "entry", "Channel", "")
    if not feed.form and not (unreadable and known):
        yield Defect(
            f"<{feed.root_name}>" if feed.root_name else "",
            _("This is no feed that readers know."),
            _("Name the address of the feed itself; a page's head links to it."),
        )


@rule("FEED-2", WARN, "RFC 4287 1")
def not_obsolete(feed: Feed) -> Iterator[Defect]:
    """The format is one that is still looked after."""
    if feed.form == JSON and feed.version == "https://jsonfeed.org/version/1":
        yield Defect(
            "version", _("This version has been replaced."), _("Write JSON Feed 1.1; it adds language and authors.")
        )


@rule("FEED-3", WARN, "W3C Feed Validator")
def not_too_large(feed: Feed) -> Iterator[Defect]:
    """The feed is not so large that readers give up."""
    if feed.size > LARGEST:
        yield Defect(
            "",
            _("The feed has %(size)s MB; more than %(most)s are too many for some readers."),
            _("Keep some fifty entries in it, and the rest in archives (RFC 5005)."),
            {"size": round(feed.size / 1e6, 1), "most": LARGEST // 1_000_000},
        )


def _prefixes(feed: Feed) -> Iterator[tuple[str, str, Spot]]:
    """Each namespace whose prefix matters, as elements use it."""
    seen = set()
    atom = feed.root.nsmap.get(feed.root.prefix) if feed.form == ATOM else XHTML
    for element in feed.root.iter("{*}*") if feed.form not in ("", JSON) else ():
        name, prefix = etree.QName(element).namespace, element.prefix or ""
        if (name, prefix) not in seen and (name in EXTENSIONS or name in (atom, XHTML)):
            seen.add((name, prefix))
            yield name, prefix, Spot(element.tag.rpartition("}")[2], element.sourceline)
