"""The text part: complete, and readable as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.edition.links import address
from newsletter.edition.pictures import alt_of, shown
from newsletter.edition.plain import HEADLINE, plain
from newsletter.edition.rules.mail import Mail
from newsletter.edition.rules.rule import BLOCK, WARN, Defect, _, rule
from newsletter.model import Blank


@rule("TEXT-0", BLOCK, "RFC 2046 5.1.4")
def exists(mail: Mail) -> Iterator[Defect]:
    """There is a text part."""
    if not mail.text.strip():
        yield Defect("text/plain", _("The mail has no text part."), _("Fill your text template."))


@rule("TEXT-1", BLOCK, "RFC 2046 5.1.4")
def complete(mail: Mail) -> Iterator[Defect]:
    """The text part has every release with its address and alt text, and every personal link of the HTML part."""
    for missing in _missing(mail):
        yield Defect(
            "text/plain",
            _("The text part lacks “%(missing)s”."),
            _("Let your text template say everything that the HTML template says."),
            {"missing": missing},
        )


@rule("TEXT-2", WARN, "RFC 3676")
def not_wrapped(mail: Mail) -> Iterator[Defect]:
    """Paragraphs are not broken into lines of 72 characters, which fall apart on narrow screens."""
    for paragraph in re.split(r"\n\s*\n", mail.text):
        lines = paragraph.strip("\n").split("\n")
        listed = any("://" in line or line.startswith(("- ", "* ")) for line in lines)
        if len(lines) > 2 and not listed and all(55 <= len(line) <= 80 for line in lines[:-1]):
            yield Defect(
                "text/plain", _("A paragraph is broken into short lines."), _("Leave the breaking to the reader.")
            )


def _missing(mail: Mail) -> Iterator[str]:
    for release in mail.releases:
        image = shown(release)
        wanted = (plain(release.headline, HEADLINE), address(release.url), (alt_of(image) or "") if image else "")
        yield from (part for part in wanted if part not in mail.text)
    needed = {piece.name for piece in mail.variant.html or () if isinstance(piece, Blank)}
    if mail.variant.selection:
        needed.add("unsubscribe_url")
    there = {piece.name for piece in mail.variant.text if isinstance(piece, Blank)}
    yield from sorted(needed - there)
