"""Privacy: opening the mail asks nobody but the publisher and the portal for anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from newsletter.edition.rules.mail import Mail
from newsletter.edition.rules.page import Page
from newsletter.edition.rules.rule import BLOCK, Defect, _, rule

_IN_CSS = re.compile(r"""(?:@import\s+(?:url\(\s*)?|url\(\s*)["']?([^"')\s;]+)""", re.IGNORECASE)
_LOADED = ("img", "link", "script", "iframe", "source", "video", "audio", "embed", "object", "input")


@rule("PRIV-1", BLOCK, "GDPR Art. 5")
def loads_nothing_foreign(mail: Mail) -> Iterator[Defect]:
    """Nothing is loaded but the releases' pictures and what lies at the publisher's own address."""
    if mail.page is None:
        return
    own = urlsplit(mail.site.base_url).hostname
    for url in dict.fromkeys(_loaded(mail.page)):
        if url not in mail.images and urlsplit(url).hostname not in (own, None):
            yield Defect(
                url,
                _("The mail loads something from %(host)s."),
                _("Take it out of your template: no fonts, counters or pictures from elsewhere."),
                {"host": urlsplit(url).hostname},
            )


@rule("PRIV-2", BLOCK, "GDPR Art. 5")
def no_pixel(mail: Mail) -> Iterator[Defect]:
    """No picture is there only to be counted."""
    for image in mail.page.images if mail.page else ():
        if {image.get("width"), image.get("height")} <= {"0", "1"}:
            yield Defect(
                image.get("src") or "", _("The mail holds a tracking pixel."), _("Take it out of your template.")
            )


def _loaded(page: Page) -> Iterator[str]:
    for element in page.all(*_LOADED):
        yield from (element.get(name) for name in ("src", "data", "poster") if element.get(name))
        yield from (part.split()[0] for part in (element.get("srcset") or "").split(",") if part.strip())
        if element.tag == "link" and element.get("href"):
            yield element.get("href")
    for element in page.elements:
        if background := element.get("background"):
            yield background
        yield from _IN_CSS.findall(element.get("style") or "")
    for style in page.styles:
        yield from _IN_CSS.findall(style)
