"""Elements and attributes: those that must be there, and no others."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.publish.rules.feed import JSON, RSS, Feed, Flaw
from newsletter.rules.markup import Element
from newsletter.rules.rule import BLOCK, WARN, Defect, Spot, _, rule

DC = "{http://purl.org/dc/elements/1.1/}"
CORE_OF = {
    "creator": "author",
    "date": "pubDate",
    "description": "description",
    "language": "language",
    "rights": "copyright",
    "subject": "category",
    "title": "title",
}


@rule("ELEMENT-1", BLOCK, "RFC 4287 6.2")
def defined(feed: Feed) -> Iterator[Defect]:
    """No element stands where the format has none of that name; extensions have their own namespace."""
    for flaw in _flaws(feed, "undefined"):
        yield Defect(
            flaw.spot,
            _("“%(name)s” may not stand in “%(parent)s”."),
            _("Take it out, or put it where it belongs; write HTML escaped."),
            {"name": flaw.name, "parent": flaw.parent},
        )


@rule("ELEMENT-2", BLOCK, "RFC 4287 4")
def complete(feed: Feed) -> Iterator[Defect]:
    """Every element, or key, that must be there is there."""
    for flaw in _flaws(feed, "missing"):
        yield Defect(
            flaw.spot,
            _("“%(name)s” is missing."),
            _("Add it."),
            {"name": flaw.name},
        )


@rule("ELEMENT-3", BLOCK, "RFC 4287 4")
def once(feed: Feed) -> Iterator[Defect]:
    """What may be there once is not there twice."""
    for flaw in _flaws(feed, "twice"):
        yield Defect(
            flaw.spot,
            _("“%(name)s” is there more than once."),
            _("Keep one of them."),
            {"name": flaw.name},
        )


@rule("ELEMENT-4", BLOCK, "RFC 4287 4")
def no_text(feed: Feed) -> Iterator[Defect]:
    """No text stands where only elements may."""
    for flaw in _flaws(feed, "text"):
        yield Defect(
            flaw.spot,
            _("Text stands where only elements may."),
            _("Take it out, or put it in the element it belongs to."),
        )


@rule("ELEMENT-5", BLOCK, "RSS 2.0")
def says_something(feed: Feed) -> Iterator[Defect]:
    """An entry has a title or a description; in JSON Feed a content."""
    if feed.form not in (RSS, JSON):
        return
    one, other = ("title", "description") if feed.form == RSS else ("content_html", "content_text")
    for entry, spot in feed.entries:
        there = entry if isinstance(entry, dict) else {child.tag for child in entry}
        if one not in there and other not in there:
            yield Defect(
                spot,
                _("The entry has neither %(one)s nor %(other)s."),
                _("Add one of them."),
                {"one": one, "other": other},
            )


@rule("ELEMENT-6", WARN, "RSS Best Practices")
def no_text_input(feed: Feed) -> Iterator[Defect]:
    """The element for an input field is left out: no reader shows it."""
    if feed.form == RSS:
        for field in feed.root.iter("textInput"):
            yield Defect(_spot(field, "textInput"), _("Readers do not show an input field."), _("Take it out."))


@rule("ELEMENT-7", WARN, "RSS Best Practices")
def order(feed: Feed) -> Iterator[Defect]:
    """The items come last in the channel, and a description before the full text."""
    if feed.form != RSS:
        return
    for channel in feed.root.iterchildren("channel"):
        tags = [child.tag for child in channel if isinstance(child.tag, str)]
        if "item" in tags and any(tag != "item" and "{" not in tag for tag in tags[tags.index("item") :]):
            yield Defect(_spot(channel, "channel"), _("Something follows the items."), _("Put the items last."))
    for entry, spot in feed.entries:
        tags = [child.tag for child in entry]
        encoded = "{http://purl.org/rss/1.0/modules/content/}encoded"
        if encoded in tags and "description" in tags[tags.index(encoded) :]:
            yield Defect(
                spot,
                _("The description follows the full text."),
                _("Put it in front: readers take the last for the text."),
            )


@rule("ELEMENT-8", WARN, "RSS Best Practices")
def said_once(feed: Feed) -> Iterator[Defect]:
    """What RSS has an element for is not said once more in Dublin Core: readers do not know which to believe."""
    for owner in feed.root.iter("channel", "item") if feed.form == RSS else ():
        there = {child.tag for child in owner}
        for name, core in CORE_OF.items():
            if f"{DC}{name}" in there and core in there:
                yield Defect(
                    _spot(owner, owner.tag),
                    _("“%(one)s” and “%(other)s” say the same."),
                    _("Keep one of them."),
                    {"one": core, "other": f"dc:{name}"},
                )


@rule("ATTR-1", BLOCK, "RFC 4287 4")
def needed_attributes(feed: Feed) -> Iterator[Defect]:
    """Every attribute that must be there is there."""
    for flaw in _flaws(feed, "attribute missing"):
        yield Defect(
            flaw.spot,
            _("The attribute “%(name)s” is missing."),
            _("Add it."),
            {"name": flaw.name},
        )


@rule("ATTR-2", BLOCK, "RFC 4287 6.4")
def defined_attributes(feed: Feed) -> Iterator[Defect]:
    """No attribute stands where the format has none of that name."""
    for flaw in _flaws(feed, "attribute"):
        yield Defect(
            flaw.spot,
            _("“%(parent)s” has no attribute “%(name)s”."),
            _("Take it out."),
            {"name": flaw.name, "parent": flaw.parent},
        )


@rule("JSON-2", BLOCK, "JSON Feed 1.1")
def types(feed: Feed) -> Iterator[Defect]:
    """Every value is of its type."""
    for flaw in _flaws(feed, "type"):
        yield Defect(
            flaw.spot,
            _("This is not %(type)s."),
            _("Write the value in its type; an id is a text."),
            {"type": feed.words.say(flaw.name)},
        )


def _flaws(feed: Feed, kind: str) -> Iterator[Flaw]:
    return (flaw for flaw in feed.flaws if flaw.kind == kind)


def _spot(element: Element, words: str) -> Spot:
    return Spot(words, element.sourceline)
