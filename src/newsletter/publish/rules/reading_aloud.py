"""What a text of a feed must have for those who do not see it: alt texts, an outline, a language."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.publish.rules.feed import JSON, RDF, RSS, Feed
from newsletter.publish.rules.grammar.atom import NAMESPACE
from newsletter.rules.headings import skipped_levels
from newsletter.rules.images import without_alt
from newsletter.rules.markup import Element, level
from newsletter.rules.rule import BLOCK, WARN, Defect, _, rule

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@rule("ALT-1", BLOCK, "WCAG 1.1.1")
def has_alt(feed: Feed) -> Iterator[Defect]:
    """Every picture in a text has an alt text; what stands in Media RSS reaches few readers."""
    yield from without_alt(feed)


@rule("HEAD-2", BLOCK, "WCAG 1.3.1")
def no_skipped_level(feed: Feed) -> Iterator[Defect]:
    """No level of headings is left out on the way down; with which a text begins is its own matter."""
    for markup in feed.markups:
        if markup.headings:
            yield from skipped_levels(markup, level(markup.headings[0]) - 1)


@rule("LANG-5", WARN, "WCAG 3.1.1")
def says_its_language(feed: Feed) -> Iterator[Defect]:
    """The feed says in which language it is, or each of its entries does."""
    if feed.form in ("", RDF) or (feed.form == RSS and feed.version != "2.0") or _says(feed):
        return
    yield Defect(
        "",
        _("The feed does not say in which language it is."),
        _("Add language, in Atom xml:lang on the feed."),
    )


def _says(feed: Feed) -> bool:
    if any(value.kind == "language" and value.entry is None and value.name != "hreflang" for value in feed.values):
        return True
    if feed.form == JSON:
        return bool(feed.entries) and all(entry.get("language") for entry, _spot in feed.entries)
    return bool(feed.root.get(XML_LANG)) or (
        bool(feed.entries) and all(_entry_says(one) for one, _spot in feed.entries)
    )


def _entry_says(entry: Element) -> bool:
    texts = [child for child in entry if child.tag in (f"{{{NAMESPACE}}}content", f"{{{NAMESPACE}}}summary")]
    return bool(entry.get(XML_LANG)) or (bool(texts) and all(text.get(XML_LANG) for text in texts))
