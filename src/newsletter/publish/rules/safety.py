"""What readers strip from a text, for safety: it is better not there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.publish.rules.feed import Feed
from newsletter.rules.rule import WARN, Defect, _, rule

ELEMENTS = frozenset(
    ("applet", "base", "embed", "form", "frame", "frameset", "iframe", "link", "meta", "object", "script", "style")
)
_STYLE = re.compile(r"position\s*:|url\s*\(|expression|behaviou?r|-moz-binding|javascript", re.IGNORECASE)


@rule("SAFE-1", WARN, "RFC 4287 8.1")
def nothing_that_runs(feed: Feed) -> Iterator[Defect]:
    """A text holds no script, frame, form or handler."""
    for markup in feed.markups:
        for element in markup.elements:
            runs = any(name.startswith("on") for name in element.attrib)
            leads = any((element.get(name) or "").strip().lower().startswith("javascript:") for name in ("href", "src"))
            if element.tag in ELEMENTS or runs or leads:
                yield Defect(
                    element,
                    _("Readers take out what may do harm, as <%(tag)s> here."),
                    _("Leave it out, and link to the page instead."),
                    {"tag": element.tag},
                )


@rule("SAFE-2", WARN, "RFC 4287 8.1")
def no_dangerous_style(feed: Feed) -> Iterator[Defect]:
    """No style moves a text over the reader's own window, or loads something."""
    for markup in feed.markups:
        for element in markup.elements:
            if _STYLE.search(element.get("style") or ""):
                yield Defect(element, _("Its style may cover other texts or load something."), _("Take the style out."))
