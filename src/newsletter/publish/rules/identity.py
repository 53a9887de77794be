"""Identity: every entry has an id of its own that never changes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from newsletter.publish.rules.addresses import is_absolute
from newsletter.publish.rules.feed import ATOM, RSS, Feed, Value
from newsletter.publish.rules.grammar.atom import NAMESPACE
from newsletter.rules.rule import BLOCK, WARN, Defect, _, rule

_URN = re.compile(r"urn:[a-z0-9][a-z0-9-]{0,31}:[a-z0-9()+,.:=@;$_!*'%/?#~&-]+", re.IGNORECASE)
_UUID = re.compile(r"urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_TAG = re.compile(
    r"tag:(?:[\w.+-]+@)?[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?,\d{4}(?:-\d\d(?:-\d\d)?)?:[^\s<>\"{}|\\^`]*", re.IGNORECASE
)
IDS = ("uri", "guid", "id")


@rule("ID-1", BLOCK, "RFC 4287 4.2.6")
def unique(feed: Feed) -> Iterator[Defect]:
    """No two entries have the same id; in RSS 1.0 no two things are about the same address."""
    seen: Counter[tuple[str, str]] = Counter()
    for value in (*_ids(feed), *feed.of_kind("about")):
        seen[value.kind, value.text] += 1
        if seen[value.kind, value.text] == 2:
            yield Defect(
                value.spot,
                _("Another entry has the same id: “%(id)s”."),
                _("Give each its own: readers show only one of them."),
                {"id": value.text.strip()[:120]},
            )


@rule("ID-2", BLOCK, "RSS 2.0")
def permalink(feed: Feed) -> Iterator[Defect]:
    """A guid is the address of its entry unless it says isPermaLink="false"."""
    for value in (value for value in feed.values if value.kind == "guid"):
        text = value.text.strip()
        claims = value.element.get("isPermaLink", "true").lower() != "false"
        if not text or (claims and not (text.lower().startswith(("http://", "https://")) and is_absolute(text))):
            yield Defect(
                value.spot,
                _("The guid “%(id)s” is no address of a page."),
                _('Say isPermaLink="false" on it.'),
                {"id": text[:120]},
            )


@rule("ID-3", WARN, "RSS Best Practices")
def has_guid(feed: Feed) -> Iterator[Defect]:
    """Every item of RSS 2.0 has a guid: else readers show what was edited once more."""
    if feed.form == RSS and feed.version == "2.0":
        for item, spot in feed.entries:
            if item.find("guid") is None:
                yield Defect(spot, _("The item has no guid."), _("Give it one that never changes."))


@rule("ID-4", BLOCK, "RFC 8141 2")
def urns(feed: Feed) -> Iterator[Defect]:
    """An id that begins with urn: or tag: is written as such ids are."""
    for value in feed.of_kind(*IDS):
        text = value.text.strip()
        scheme = text.partition(":")[0].lower()
        shape = {"urn": _UUID if text.lower().startswith("urn:uuid:") else _URN, "tag": _TAG}.get(scheme)
        if shape is not None and not shape.fullmatch(text):
            yield Defect(
                value.spot,
                _("“%(id)s” is not written as ids of its kind are."),
                _("Write urn:uuid: with a UUID, or tag:example.org,2026:name."),
                {"id": text[:120]},
            )


@rule("ID-5", WARN, "RFC 4287 4.2.15")
def updated_apart(feed: Feed) -> Iterator[Defect]:
    """No two entries of an Atom feed were updated at the same moment, so that readers can order them."""
    if feed.form != ATOM:
        return
    seen: Counter[str] = Counter()
    for entry, spot in feed.entries:
        moment = (entry.findtext(f"{{{NAMESPACE}}}updated") or "").strip()
        seen[moment] += 1
        if moment and seen[moment] == 2:
            yield Defect(
                spot,
                _("Another entry was updated at the same moment."),
                _("Say the moment as exactly as it is known."),
            )


def _ids(feed: Feed) -> Iterator[Value]:
    for value in feed.of_kind(*IDS):
        if value.entry is None or value.name not in ("id", "guid"):
            continue
        entry = feed.entries[value.entry][0]
        if isinstance(entry, dict) or value.element.getparent() is entry:  # not that of an entry's source
            yield value
