"""Reading OPML (opml.org/spec2.opml): the feeds that somebody follows."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from newsletter.collect.identity import address_key
from newsletter.collect.read import clean
from newsletter.collect.read.language import language_tag
from newsletter.collect.read.page import absolute
from newsletter.collect.scout.way import Way
from newsletter.errors import UnreadablePage
from newsletter.model import Page
from newsletter.said import Said

MOST = 1_000


@dataclass(frozen=True, slots=True)
class Outlines:
    """The feeds of an OPML file, each once, and what in it is none."""

    ways: tuple[Way, ...]
    problems: tuple[str, ...] = ()


def read_outlines(page: Page) -> Outlines:
    """The feeds that an OPML file names, in its order, none of them fetched. Raises UnreadablePage."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(page.body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadablePage("the OPML cannot be read: %(why)s", why=str(error)) from error
    ways: dict[str, Way] = {}
    problems: list[str] = []
    for outline in root.iter("{*}outline") if root is not None else ():
        title = clean(outline.get("title") or outline.get("text"), 200)
        written = outline.get("xmlUrl") or outline.get("xmlurl")
        if url := absolute(written, page.url):
            language = language_tag(outline.get("language"))
            ways.setdefault(address_key(url), Way("feed", url, (), title or url, language))
        elif written or outline.get("htmlUrl") or outline.get("url"):
            name = title or Said("an outline without a name")
            problems.append(Said("%(name)s: names no feed; try `newsletter feeds add` on its page", name=name))
    if not ways:
        raise UnreadablePage("the OPML names no feed")
    if len(ways) > MOST:
        problems.append(Said("of %(n)s feeds the first %(most)s are taken", n=len(ways), most=MOST))
    return Outlines(tuple(ways.values())[:MOST], tuple(problems))
