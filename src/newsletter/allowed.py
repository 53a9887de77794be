"""The one allow-list for HTML from outside: nh3 (ammonia) applies it at the door, and again at every output.

At the door, because what is stored should be harmless; at the output, because what was stored may have come another way
(an older version, a restored database, somebody's hand), and because what happens in between re-writes it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import nh3

TAGS: Final = frozenset({
    "p", "h2", "h3", "h4", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "pre", "hr", "br", "a", "strong",
    "b", "em", "i", "u", "s", "sub", "sup", "code", "q", "cite", "abbr", "mark", "small", "span", "table",
    "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "figure", "figcaption", "img", "bdi", "time"
})  # fmt: skip
ATTRIBUTES: Final = {
    "*": {"lang", "dir"},
    "a": {"href", "hreflang"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "th": {"scope", "colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
    "abbr": {"title"},
    "time": {"datetime"},
}
LEVELS: Final = frozenset({"h1", "h5", "h6"})  # headings that an output makes of those above
Keep = Callable[[str, str, str], str | None]


def only_allowed(html: str, keep: Keep | None = None, more: frozenset[str] = frozenset()) -> str:
    """`html` with nothing but the tags and attributes above (and the tags `more`), linking to web, mail and telephone.

    `keep` is asked for each attribute that stays (tag, name, value): its new value, or None.
    """
    return nh3.clean(
        html,
        tags=set(TAGS | more),
        attributes=ATTRIBUTES,
        attribute_filter=keep,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
    )
