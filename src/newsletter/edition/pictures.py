"""Which picture of a release is shown, and with which alt text; nothing is ever invented."""

from __future__ import annotations

from newsletter.edition.links import linkable
from newsletter.edition.plain import ALT, plain
from newsletter.model import Image, Release
from newsletter.model.alt import alt_text


def alt_of(image: Image) -> str | None:
    """The alt text as a mail carries it, of bounded length; "" where decorative, None where it is missing."""
    alt = alt_text(image)
    return alt and plain(alt, ALT)


def lead_without_alt(release: Release) -> Image | None:
    """The lead picture that cannot be shown because its alt text is missing."""
    image = release.lead
    return image if image is not None and alt_text(image) is None else None


def shown(release: Release) -> Image | None:
    """The picture that stands in a mail for the release: its lead, where that can be shown or at least told of.

    One without an address cannot be loaded: what it shows is said in words.
    """
    image = release.lead
    if image is None or alt_text(image) is None or 1 in (image.width, image.height):
        return None  # one pixel is a counter, not a picture
    return image if linkable(image.src) or (not image.src and alt_text(image)) else None
