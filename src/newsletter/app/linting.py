"""Checking anybody's mail or feed: what `lint` shows. Which of the two it is, its name or its first bytes say."""

from __future__ import annotations

import codecs
import re
from datetime import datetime
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from newsletter.app.reading import load_page
from newsletter.config import Settings
from newsletter.edition import rules as mails
from newsletter.edition.foreign import read_html, read_message
from newsletter.errors import NewsletterError
from newsletter.i18n import Words
from newsletter.model import Finding, Page
from newsletter.publish import rules as feeds
from newsletter.rules.rule import Rule

MESSAGE, HTML, FEED = "message", "html", "feed"
ENDINGS = {
    ".eml": MESSAGE,
    **dict.fromkeys((".htm", ".html", ".xhtml"), HTML),
    **dict.fromkeys((".atom", ".json", ".rdf", ".rss", ".xml"), FEED),
}
TYPES = {"message/rfc822": MESSAGE, "text/html": HTML, "application/xhtml+xml": HTML}
_HTML = re.compile(
    rb"\s*(?:<!--.*?-->\s*)*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html|head|body|table|div)\b",
    re.IGNORECASE | re.DOTALL,
)
_FEED = re.compile(rb"\s*(?:<[?!a-z]|\{)", re.IGNORECASE)
_HEADERS = re.compile(rb"(?:From [^\n]*\n)?(?:[!-9;-~]+:[^\n]*\n(?:[ \t][^\n]*\n)*){2}")


async def lint(place: str, words: Words, now: datetime, settings: Settings | None = None) -> tuple[Finding, ...]:
    """What the rules find in a file or at an address, in `words`. Raises NewsletterError where it cannot be read."""
    page = await load_page(place, settings=settings)
    kind = kind_of(place, page)
    if kind == FEED:
        return feeds.check(page.body, words, now)
    read = read_message if kind == MESSAGE else read_html
    found = mails.findings(read(page.body, words))
    return tuple(sorted(found, key=lambda finding: finding.line or 0))


def kind_of(place: str, page: Page) -> str:
    """Whether it is a message, the HTML of one, or a feed. Raises NewsletterError where it is none of them."""
    path = urlsplit(place).path if place.startswith(("http://", "https://")) else place
    ending = PurePosixPath(path.replace("\\", "/")).suffix.lower()
    if kind := TYPES.get(page.content_type or "") or ENDINGS.get(ending):
        return kind
    body = page.body[:4096].removeprefix(codecs.BOM_UTF8)
    for kind, shape in ((HTML, _HTML), (FEED, _FEED), (MESSAGE, _HEADERS)):
        if shape.match(body):
            return kind
    raise NewsletterError(f"{place}: neither a mail (.eml, .html) nor a feed (.atom, .rss, .xml, .json)")


def every_rule() -> tuple[Rule, ...]:
    """The rules of mails and of feeds, each id once."""
    return tuple({rule.id: rule for rule in (*feeds.rules(), *mails.rules())}.values())
