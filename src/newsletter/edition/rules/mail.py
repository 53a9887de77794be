"""What rules look at: a variant's final bytes, parsed once, beside the releases it was made of."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from newsletter.config import Newsletter, Site
from newsletter.edition.links import address
from newsletter.edition.rules.page import Page
from newsletter.edition.words import Words
from newsletter.model import Image, Pieces, Release, Variant

SAMPLE_TOKEN = "a" * 40  # as long as a real one, so that sizes are true


class Mail:
    """One variant as a person gets it, with sample addresses in the person's blanks."""

    def __init__(self, variant: Variant, releases: Iterable[Release], site: Site, newsletter: Newsletter) -> None:
        self.variant = variant
        self.site = site
        self.newsletter = newsletter
        self.words = Words(site.language)  # the editor's
        self.known = {release.id: release for release in releases}
        self.releases = tuple(self.known[id] for id in variant.selection)
        self.text = self._filled(variant.text)
        self.html = None if variant.html is None else self._filled(variant.html)

    @cached_property
    def page(self) -> Page | None:
        """The HTML part, parsed; None for a mail of text only."""
        return None if self.html is None else Page(self.html)

    @cached_property
    def images(self) -> dict[str, Image]:
        """The pictures of the releases by their addresses."""
        return {address(image.src): image for release in self.releases for image in release.images}

    def sample(self, blank: str) -> str:
        """The sample address that stands in a person's blank."""
        return f"{self.site.base_url}/{blank.removesuffix('_url')}/{SAMPLE_TOKEN}"

    def _filled(self, pieces: Pieces) -> str:
        return "".join(piece if isinstance(piece, str) else self.sample(piece.name) for piece in pieces)
