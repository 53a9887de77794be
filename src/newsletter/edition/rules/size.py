"""Sizes: of the text, and of the whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from newsletter.edition.room import FULL
from newsletter.edition.rules.mail import Mail
from newsletter.rules.markup import Element
from newsletter.rules.rule import BLOCK, WARN, Defect, _, rule

SMALLEST, BODY = 12, 16  # CSS pixels
LEAST_RUNNING = 0.05  # dates and captions may be smaller, and an edition may have little else
HEAVY, CLIPPED = FULL, 100_000  # bytes: Gmail cuts near 102 KB, less where a provider rewrites links


@rule("SIZE-1", BLOCK, "WCAG 1.4.4")
def text_size(mail: Mail) -> Iterator[Defect]:
    """No text is smaller than 12 px, and running text is at least 16."""
    if mail.page is None:
        return
    sizes: Counter[float] = Counter()
    small: dict[float, Element] = {}
    in_headings = {element for heading in mail.page.headings for element in heading.iter()}
    for element, text in mail.page.own_texts:
        look = mail.page.looks[element].light
        if not look.hidden:
            if element not in in_headings:
                sizes[look.size] += len(text)
            if look.size < SMALLEST:
                small.setdefault(look.size, element)
    for size, element in small.items():
        yield Defect(
            element,
            _("Text has a size of %(size)s px; %(least)s is the least."),
            _("Set a larger font-size in your CSS."),
            {"size": f"{size:.1f}", "least": SMALLEST},
        )
    running = sum(count for size, count in sizes.items() if size >= BODY)
    if sizes and running < LEAST_RUNNING * sizes.total():
        most = sizes.most_common(1)[0][0]
        yield Defect(
            "<body>",
            _("Running text has a size of %(size)s px; %(least)s is the least."),
            _("Set a larger font-size in your CSS."),
            {"size": f"{most:.1f}", "least": BODY},
        )


@rule("SIZE-2", WARN, "Gmail")
def weight(mail: Mail) -> Iterator[Defect]:
    """The HTML is small enough not to be cut short."""
    if mail.html is not None and (weight := len(mail.html.encode())) > HEAVY:
        yield Defect(
            "",
            _("The HTML part has %(weight)s KB; Gmail cuts mails off near 102 KB."),
            _("Send more often, or fewer releases at once."),
            {"weight": weight // 1000},
        )


@rule("SIZE-3", BLOCK, "Gmail")
def clipped(mail: Mail) -> Iterator[Defect]:
    """Somebody else's mail is not so large that its end, with the way to unsubscribe, is cut off."""
    if mail.origin is None and mail.html is not None and (weight := len(mail.html.encode())) > CLIPPED:
        yield Defect(
            "",
            _("The HTML part has %(weight)s KB: its end is cut off."),
            _("Write less, or link to the rest."),
            {"weight": weight // 1000},
        )
