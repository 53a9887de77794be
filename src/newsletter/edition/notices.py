"""Notices: mails to one person that are no edition, made with the same machinery."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from newsletter.config import Newsletter, Site
from newsletter.edition.marks import nonce_absent_from
from newsletter.edition.plain import HEADLINE, plain
from newsletter.edition.render import rendered_parts
from newsletter.edition.shell import shell_values
from newsletter.edition.variants import header_safe
from newsletter.i18n import Words
from newsletter.model import Cadence, Format, NoticeKind, Subscription, Variant

LONGEST = 2_000  # characters of a paragraph


def render_confirmation(
    site: Site,
    newsletter: Newsletter,
    subscription: Subscription,
    language: str,
    *,
    topics: Mapping[str, str] | None = None,
    templates: Path | None = None,
) -> Variant:
    """The mail that asks for the confirmation of a subscription (double opt-in); its only blank is `confirm_url`.

    `topics` gives the titles of the topics' slugs. Raises RenderError where a template fails.
    """
    words = Words(language)
    chosen = sorted(plain((topics or {}).get(slug, slug), HEADLINE) for slug in subscription.topics)
    subject = words.say("Please confirm: %(title)s", title=plain(newsletter.title, HEADLINE))
    values: dict[str, Any] = {
        **shell_values(site, newsletter, language, subscription.format),
        "subject": subject,
        "cadence": frequency(subscription.cadence, words),
        "topics": ", ".join(chosen) or words.say("all"),
        "asking": paragraphs(newsletter.texts.confirmation) if newsletter.texts else [],
    }
    return variant_of(NoticeKind.CONFIRMATION, NoticeKind.CONFIRMATION, values, templates)


def variant_of(kind: NoticeKind, template: str, values: Mapping[str, Any], templates: Path | None) -> Variant:
    """A notice as its template makes it. Raises RenderError where that fails."""
    parts = rendered_parts(template, values, nonce_absent_from(repr(values)), templates)
    language, format = values["language"], values["format"]
    html = tuple(piece for part in parts for piece in part.html)
    text = tuple(piece for part in parts for piece in part.text)
    digest = hashlib.sha256(repr((html, text)).encode()).hexdigest()[:16]
    return Variant(
        key=f"{kind}-{language}-{format}-{digest}",
        edition="",
        language=language,
        format=format,
        selection=(),
        subject=header_safe(values["subject"]),
        html=None if format is Format.TEXT else html,
        text=text,
    )


def paragraphs(text: str) -> list[str]:
    """An editor's text in its paragraphs, each on one line and safe to print."""
    return [said for part in text.split("\n\n") if (said := plain(part, LONGEST))]


def frequency(cadence: Cadence, words: Words) -> str:
    """How often a cadence writes, in words."""
    match cadence:
        case Cadence.IMMEDIATE:
            return words.say("at once, whenever something is published")
        case Cadence.DAILY:
            return words.say("daily, when there is something new")
        case Cadence.WEEKLY:
            return words.say("weekly, when there is something new")
