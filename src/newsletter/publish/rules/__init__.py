"""The rules of feeds: that they are valid, and that what stands in them can be read by everybody.

`grammar/` says what may stand where, `reading` makes a Feed of bytes, and each other module is a family of rules. They
follow RFC 4287, the RSS 2.0 specification, the RSS Best Practices Profile and JSON Feed 1.1.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from newsletter.i18n import Words
from newsletter.model import Finding
from newsletter.publish.rules.feed import Feed
from newsletter.publish.rules.reading import read
from newsletter.rules import rules_in
from newsletter.rules.rule import Rule

__all__ = ["check", "rules"]

OF_BYTES = frozenset({"FEED-1", "FEED-3", "JSON-1", "XML-1", "XML-2", "XML-3"})


@lru_cache
def rules() -> tuple[Rule, ...]:
    """Every rule of feeds, by id."""
    return rules_in("newsletter.rules", __name__)


def check(data: bytes, words: Words, now: datetime) -> tuple[Finding, ...]:
    """What the rules find in a feed, in `words`; `now` tells which dates lie in the future."""
    feed = read(data, words, now)
    found = (finding for each in rules() if _applies(each, feed) for finding in each.findings(feed))
    return tuple(sorted(found, key=lambda finding: finding.line or 0))


def _applies(rule: Rule, feed: Feed) -> bool:
    """Of what cannot be read, or is no feed, only why."""
    return (bool(feed.form) and feed.root is not None) or rule.id in OF_BYTES
