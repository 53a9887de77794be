"""What rules look at: the final parts of a mail, parsed once; of ours also the releases it was made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from newsletter.config import Newsletter, Site
from newsletter.edition.links import address
from newsletter.edition.rules.page import Page
from newsletter.i18n import Words
from newsletter.model import Image, Pieces, Release, Variant
from newsletter.rules.markup import Markup, shown
from newsletter.rules.rule import Spot, _

SAMPLE_TOKEN = "a" * 40  # as long as a real one, so that sizes are true


@dataclass(frozen=True, slots=True)
class Origin:
    """What a mail of ours was made of."""

    variant: Variant
    site: Site
    newsletter: Newsletter
    known: Mapping[str, Release]

    @property
    def releases(self) -> tuple[Release, ...]:
        """The releases in the mail, in their order."""
        return tuple(self.known[id] for id in self.variant.selection)

    @property
    def told(self) -> tuple[Release, ...]:
        """Those of them that have a card."""
        short = {*self.variant.linked, *self.variant.beyond}
        return tuple(release for release in self.releases if release.id not in short)

    @property
    def linked(self) -> tuple[Release, ...]:
        """Those of them that a line tells of."""
        return tuple(self.known[id] for id in self.variant.linked)

    @property
    def url(self) -> str:
        """The edition's page."""
        return f"{self.site.base_url}/editions/{self.variant.edition}"


@dataclass(frozen=True)
class Mail:
    """A mail as a person gets it. Of somebody else's the origin is not known, and rules that need it find nothing."""

    html: str | None  # None: there is no HTML part
    text: str | None  # None: it is not known whether there is a text part
    words: Words
    name: str = ""  # what findings put before a place
    is_file: bool = False  # the HTML is a file of its own, so that its lines can be named
    headers: Mapping[str, str] | None = None  # by name in small letters; None where they are not known
    origin: Origin | None = None

    @classmethod
    def of(cls, variant: Variant, releases: Iterable[Release], site: Site, newsletter: Newsletter) -> Mail:
        """One variant of ours with sample addresses in the person's blanks, and words of the editor's language."""
        return cls(
            html=None if variant.html is None else _filled(variant.html, site),
            text=_filled(variant.text, site),
            words=Words(site.language),
            name=variant.key,
            origin=Origin(variant, site, newsletter, {release.id: release for release in releases}),
        )

    @cached_property
    def page(self) -> Page | None:
        """The HTML part, parsed; None for a mail of text only."""
        return None if self.html is None else Page(self.html)

    @property
    def markups(self) -> Sequence[Markup]:
        """The HTML part, if there is one."""
        return () if self.page is None else (self.page,)

    @cached_property
    def releases(self) -> tuple[Release, ...]:
        """The releases in a mail of ours."""
        return self.origin.releases if self.origin else ()

    @cached_property
    def images(self) -> dict[str, Image]:
        """The pictures of the releases by their addresses."""
        return {address(image.src): image for release in self.releases for image in release.images}

    @cached_property
    def texts(self) -> list[tuple[Any, str]]:
        """What people read, piece by piece with its place: subject, title, texts and alt texts."""
        found: list[tuple[Any, str]] = []
        if self.headers is not None:
            found.append(("Subject", self.headers.get("subject", "")))
        if self.page is not None:
            found.append(("<title>", self.page.title))
            found += self.page.own_texts
            found += ((image, alt) for image in self.page.images if (alt := image.get("alt")))
        return found

    def spot(self, place: Any) -> Spot:
        """The mail's name and the place; an element with its line in the HTML."""
        if isinstance(place, str):
            return Spot(": ".join(filter(None, (self.name, place))))
        whole = self.is_file or self.origin is not None
        line = place.sourceline
        at = self.words.say(_("line %(line)s") if whole else _("HTML part, line %(line)s"), line=line)
        return Spot(": ".join(filter(None, (self.name, at, shown(place)))), line if self.is_file else None)


def _filled(pieces: Pieces, site: Site) -> str:
    return "".join(piece if isinstance(piece, str) else _sample(piece.name, site) for piece in pieces)


def _sample(blank: str, site: Site) -> str:
    return f"{site.base_url}/{blank.removesuffix('_url')}/{SAMPLE_TOKEN}"
