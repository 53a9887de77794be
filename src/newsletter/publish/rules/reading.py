"""Bytes become a Feed: RSS, Atom or JSON Feed. Nothing is fetched and no entity is expanded (lxml, `recover` off)."""

from __future__ import annotations

import codecs
import re
from datetime import datetime

from lxml import etree

from newsletter.i18n import Words
from newsletter.publish.rules import structure
from newsletter.publish.rules.feed import ATOM, RDF, RSS, Broken, Feed
from newsletter.publish.rules.grammar import ATOM as ATOM_GRAMMAR
from newsletter.publish.rules.grammar import RDF as RDF_GRAMMAR
from newsletter.publish.rules.grammar import RSS as RSS_GRAMMAR
from newsletter.publish.rules.grammar import RSS11
from newsletter.publish.rules.json import read_json
from newsletter.rules.rule import Spot

RDF_SYNTAX = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_BAD_NAMESPACE = re.compile(r"[\s<>\"{}|\\^`]")
_DECLARED = re.compile(rb"""\A\s*<\?xml[^>]*?\sencoding\s*=\s*["']([\w.:-]+)["']""")
_ENCODING = re.compile(r"""\A(\s*<\?xml[^>]*?)\sencoding\s*=\s*(?:"[^"]*"|'[^']*')""")
_FIRST_TAG = re.compile(r"<([A-Za-z][\w:.-]*)")
_CHARACTER = re.compile(r"&#x(26|3[Cc]);")
_ROOTS = (
    (RSS, RSS_GRAMMAR, RSS_GRAMMAR.namespaces, "rss"),
    (RDF, RDF_GRAMMAR, frozenset({RDF_SYNTAX}), "RDF"),
    (RDF, RSS11, RSS11.namespaces, "Channel"),
    (ATOM, ATOM_GRAMMAR, ATOM_GRAMMAR.namespaces, "feed"),
    (ATOM, ATOM_GRAMMAR, ATOM_GRAMMAR.namespaces, "entry"),
)


def read(data: bytes, words: Words, now: datetime) -> Feed:
    """The feed in some bytes; what is wrong with them is in it. `now` tells which dates lie in the future."""
    feed = Feed(len(data), words, now)
    if data.removeprefix(codecs.BOM_UTF8).lstrip()[:1] in (b"{", b"["):
        read_json(data, feed)
    else:
        _read_xml(data, feed)
    return feed


def _read_xml(data: bytes, feed: Feed) -> None:
    if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        feed.encoding = "utf-16"
    elif (said := _DECLARED.match(data)) is not None:
        feed.encoding = said[1].decode("ascii")
    try:
        text = data.decode(feed.encoding)
    except LookupError:
        feed.broken.append(Broken("encoding", feed.encoding, 1))
        return
    except UnicodeDecodeError as error:
        feed.broken.append(Broken("xml", str(error), len(data[: error.start + 1].splitlines())))
        return
    if (tag := _FIRST_TAG.search(text)) is not None:
        feed.root_name = tag[1]
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, recover=False, remove_comments=True, remove_pis=True
    )
    try:
        feed.root = etree.fromstring(_prepared(text), parser)
    except etree.XMLSyntaxError as error:
        feed.broken.append(Broken("xml", str(error), error.lineno))
        return
    _look_at_names(parser, feed)
    _look_at_doctype(feed)
    _recognise(feed)


def _prepared(text: str) -> bytes:
    """A text for the parser: in UTF-8, which libxml2 always knows, and with &#x26; and &#x3C; marked.

    Private characters (U+E026, U+E03C) take their place: written like that, & and < are meant as themselves, in any
    other way they may be meant as HTML (rssboard.org/rss-profile, "Character Data"). In CDATA sections the references
    stay, and name the private characters, too.
    """
    unsaid = _ENCODING.sub(r"\1", text.removeprefix("\ufeff"), count=1)
    return _CHARACTER.sub(r"&#xE0\1;", unsaid).encode("utf-8", "surrogatepass")


def _look_at_names(parser: etree.XMLParser, feed: Feed) -> None:
    """Prefixes that are not declared, and namespaces that are no addresses: libxml2 only notes them."""
    for note in parser.error_log:
        if note.domain_name == "NAMESPACE":
            feed.broken.append(Broken("xml", note.message, note.line))
    if not feed.broken:
        for name in filter(None, feed.root.nsmap.values()):
            if _BAD_NAMESPACE.search(name):
                feed.broken.append(Broken("xml", f"{name!r}", feed.root.sourceline))


def _look_at_doctype(feed: Feed) -> None:
    info = feed.root.getroottree().docinfo
    feed.doctype = info.doctype or ""
    feed.entities = info.internalDTD is not None and next(info.internalDTD.iterentities(), None) is not None


def _recognise(feed: Feed) -> None:
    name = etree.QName(feed.root)
    feed.root_name = name.localname
    for form, grammar, namespaces, root in _ROOTS:
        if name.localname == root and (name.namespace or "") in namespaces:
            feed.form = form
            feed.version = feed.root.get("version") or ""
            structure.walk(feed, grammar, Spot(root, feed.root.sourceline))
            return
