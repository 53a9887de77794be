"""What every mail has around its content: who publishes it, how it looks, where its footer leads."""

from __future__ import annotations

from email.utils import parseaddr
from typing import Any
from urllib.parse import quote

from newsletter.config import Newsletter, Site
from newsletter.edition.plain import HEADLINE, plain, same
from newsletter.edition.theme import theme
from newsletter.edition.view import mark
from newsletter.edition.words import direction
from newsletter.i18n import Words
from newsletter.model import Format


def shell_values(site: Site, newsletter: Newsletter, language: str, format: Format) -> dict[str, Any]:
    """The values that `email/shell.mjml`, the CSS and the texts' footers are filled with."""
    here = site.language
    title, publisher = plain(newsletter.title, HEADLINE), plain(newsletter.publisher or site.publisher, HEADLINE)
    return {
        "language": language,
        "direction": direction(language),
        "format": format,
        "pictures": format is not Format.NO_IMAGES,
        "theme": theme(format, newsletter.theme),
        "logo": newsletter.theme.logo,
        "title": mark(title, here, language),
        "publisher": mark(publisher, here, language),
        "office": mark("" if same(site.title, publisher) else plain(site.title, HEADLINE), here, language),
        "postal_address": mark(plain(site.postal_address), here, language),
        "imprint_url": newsletter.imprint_url or site.imprint_url,
        "privacy_url": site.privacy_url,
        "accessibility_url": site.accessibility_url,
        "barrier_url": _barrier_url(site, title, Words(language)),
        "contact": parseaddr(site.contact)[1],
    }


def _barrier_url(site: Site, title: str, words: Words) -> str:
    """A mail to the publisher with its subject written already."""
    subject = words.say("Barrier in the newsletter “%(title)s”", title=title)
    return f"mailto:{quote(parseaddr(site.contact)[1], safe='@')}?subject={quote(subject)}"
