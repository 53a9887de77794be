"""Links of a feed to itself, to its page and to what its entries are about."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from newsletter.publish.rules.addresses import base_around, is_absolute
from newsletter.publish.rules.feed import ATOM, RSS, Feed, Value
from newsletter.publish.rules.grammar.atom import NAMESPACE
from newsletter.rules.markup import Element
from newsletter.rules.rule import BLOCK, WARN, Defect, Spot, _, rule

LINK, SOURCE = f"{{{NAMESPACE}}}link", f"{{{NAMESPACE}}}source"
IANA = "http://www.iana.org/assignments/relation/"
# iana.org/assignments/link-relations: those that occur in feeds
RELATIONS = frozenset(
    re.findall(
        r"\S+",
        "about alternate amphtml appendix archives author bookmark canonical chapter collection contents "
        "copyright current describedby describes disclosure duplicate edit edit-form edit-media enclosure "
        "external first glossary help hosts hub icon index item last latest-version license me memento monitor "
        "monitor-group next next-archive nofollow payment predecessor-version prev prev-archive previous privacy- "
        "policy profile related replies search section self service start stylesheet subsection successor-version "
        "tag terms-of-service type up version-history via webmention working-copy working-copy-of",
    )
)


@rule("REL-1", WARN, "RFC 4287 4.1.1")
def names_itself(feed: Feed) -> Iterator[Defect]:
    """The feed names its own address, so that a copy of it leads back."""
    if feed.form not in (ATOM, RSS) or (feed.form == RSS and feed.version != "2.0") or feed.root.tag.endswith("entry"):
        return
    if not any(_relation(link) == "self" for link in _links(feed)):
        yield Defect(
            "<link rel=self>",
            _("The feed does not name its own address."),
            _('Add <link rel="self" href="…">, in RSS as atom:link.'),
        )


@rule("REL-2", WARN, "RFC 4287 4.2.7")
def names_itself_in_full(feed: Feed) -> Iterator[Defect]:
    """The feed's own address is complete."""
    for link in _links(feed):
        href = (link.get("href") or "").strip()
        if _relation(link) == "self" and not is_absolute(href) and not base_around(link):
            yield Defect(
                _spot(link), _("The feed's own address is not complete."), _("Write it with https:// and its host.")
            )


@rule("REL-3", WARN, "RFC 4287 4.2.7")
def itself_is_a_feed(feed: Feed) -> Iterator[Defect]:
    """What an Atom feed or entry calls its own address is one of Atom."""
    for link in feed.root.iter(LINK) if feed.form == ATOM else ():
        type_ = (link.get("type") or "").partition(";")[0].strip().lower()
        if _relation(link) == "self" and type_ not in ("", "application/atom+xml"):
            yield Defect(
                _spot(link),
                _("The feed's own address leads to something else."),
                _("Write application/atom+xml, or rel=alternate."),
            )


@rule("REL-4", BLOCK, "RFC 4287 4.1.1")
def one_alternate(feed: Feed) -> Iterator[Defect]:
    """A feed or entry has one page for a type and language."""
    owners: Counter[tuple[Element, str, str]] = Counter()
    for link in feed.root.iter(LINK) if feed.form == ATOM else ():
        key = (link.getparent(), link.get("type") or "", link.get("hreflang") or "")
        if _relation(link) == "alternate":
            owners[key] += 1
            if owners[key] == 2:
                yield Defect(
                    _spot(link),
                    _("There is another page of the same type and language."),
                    _("Give them rel, type or hreflang."),
                )


@rule("REL-5", WARN, "RFC 4287 4.2.7")
def empty(feed: Feed) -> Iterator[Defect]:
    """A link or category in Atom has attributes, and nothing in it."""
    for flaw in feed.flaws:
        if flaw.kind == "filled":
            yield Defect(
                flaw.spot, _("Something stands in it, which no reader looks at."), _("Put the address into href.")
            )


@rule("REL-6", WARN, "RFC 4287 4.2.7.2")
def registered(feed: Feed) -> Iterator[Defect]:
    """What a link is for is said with a registered word, or an address."""
    for value in _relations(feed):
        rel = value.text.strip()
        if rel.removeprefix(IANA) not in RELATIONS and not is_absolute(rel):
            yield Defect(
                value.spot,
                _("No reader knows rel=“%(rel)s”."),
                _("Use a registered word, as alternate, self, related, enclosure or via."),
                {"rel": rel[:60]},
            )


@rule("REL-7", WARN, "RSS 2.0")
def picture_leads_home(feed: Feed) -> Iterator[Defect]:
    """The channel's picture has the channel's own link and title."""
    for channel in feed.root.iterchildren("channel") if feed.form == RSS else ():
        image = channel.find("image")
        for name in ("link", "title") if image is not None else ():
            own, its = (element.findtext(name) for element in (channel, image))
            if own and its and own.strip() != its.strip():
                yield Defect(
                    Spot(f"channel/image/{name}", image.find(name).sourceline),
                    _("It is not that of the channel."),
                    _("Give both the same: readers show the picture as the channel's."),
                )


@rule("REL-8", WARN, "RSS Best Practices")
def one_enclosure(feed: Feed) -> Iterator[Defect]:
    """An item of RSS has one enclosure: many readers take no more."""
    for item, spot in feed.entries if feed.form == RSS else ():
        if len(item.findall("enclosure")) > 1:
            yield Defect(spot, _("The item has several enclosures."), _("Keep one, and link to the others."))


@rule("REL-9", BLOCK, "Media RSS")
def group_of_several(feed: Feed) -> Iterator[Defect]:
    """A media:group holds several versions of the same."""
    media = "{http://search.yahoo.com/mrss/}"
    for group in feed.root.iter(f"{media}group") if feed.form in (ATOM, RSS) else ():
        if len(group.findall(f"{media}content")) < 2:
            yield Defect(
                Spot("media:group", group.sourceline), _("The group has no alternatives."), _("Take the group out.")
            )


def _links(feed: Feed) -> Iterator[Element]:
    """The links of the feed itself, in RSS those of Atom."""
    if feed.form in (ATOM, RSS):
        for owner in (feed.root,) if feed.form == ATOM else feed.root.iterchildren("channel"):
            yield from owner.iterchildren(LINK)


def _relations(feed: Feed) -> Iterator[Value]:
    return (value for value in feed.values if value.name == "rel" and value.element is not None)


def _relation(link: Element) -> str:
    rel = link.get("rel")
    return "alternate" if rel is None else str(rel).strip().removeprefix(IANA)


def _spot(link: Element) -> Spot:
    return Spot(f"link rel={link.get('rel') or 'alternate'}", link.sourceline)
