"""Pictures and their alt texts."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from newsletter.edition.links import address
from newsletter.edition.pictures import lead_without_alt
from newsletter.edition.plain import HEADLINE, plain, same
from newsletter.edition.rules.mail import Mail
from newsletter.edition.rules.page import Element, place
from newsletter.edition.rules.rule import BLOCK, WARN, Defect, _, rule
from newsletter.model import AltFrom
from newsletter.model.alt import says_nothing

LONG = 200  # characters: beyond, screen readers cannot be stopped halfway (NVDA, JAWS read an alt text in one go)
_REDUNDANT = re.compile(
    r"(?:ein |das )?(?:bild|foto|grafik|abbildung) (?:von|zeigt)\b|(?:an? |the )?(?:image|picture|photo|graphic) of\b",
    re.IGNORECASE,
)
_CREDIT = re.compile(r"©|\(c\)|\b(?:foto|bild|bildquelle|quelle|photo|credit|source|copyright)\s*:", re.IGNORECASE)


@rule("ALT-1", BLOCK, "WCAG 1.1.1")
def has_alt(mail: Mail) -> Iterator[Defect]:
    """Every picture has an alt text; where settings say so, a release's missing one holds the edition."""
    for image in mail.page.images if mail.page else ():
        if image.get("alt") is None:
            yield Defect(
                place(image),
                _("A picture has no alt attribute."),
                _("Let your template give every <img> its alt text."),
            )
    if mail.newsletter.missing_alt != "hold":
        return
    for release in mail.releases:
        if (image := lead_without_alt(release)) is not None:
            yield Defect(
                image.src,
                _("The picture of “%(headline)s” has no alt text that says what it shows."),
                _('Add one on the portal and collect again, or send without the picture: missing_alt = "omit-image".'),
                {"headline": plain(release.headline, HEADLINE)},
            )


@rule("ALT-2", BLOCK, "WCAG 1.1.1")
def says_something(mail: Mail) -> Iterator[Defect]:
    """An alt text is no file name and no “Bild 3”."""
    for image, alt in _alts(mail):
        if says_nothing(alt):
            yield Defect(
                place(image),
                _("The alt text “%(alt)s” does not say what the picture shows."),
                _("Write what can be seen and matters, in a sentence."),
                {"alt": alt},
            )


@rule("ALT-3", WARN, "WCAG 1.1.1")
def no_picture_of(mail: Mail) -> Iterator[Defect]:
    """An alt text does not begin with “Bild von”: screen readers say so already."""
    for image, alt in _alts(mail):
        if _REDUNDANT.match(alt):
            yield Defect(
                place(image), _("The alt text begins by saying that it is a picture."), _("Begin with what it shows.")
            )


@rule("ALT-4", WARN, "WCAG 1.1.1")
def says_more(mail: Mail) -> Iterator[Defect]:
    """An alt text is neither the headline nor the caption once more."""
    neighbours = {
        address(image.src): (release.headline, image.caption) for release in mail.releases for image in release.images
    }
    for image, alt in _alts(mail):
        if any(same(alt, text) for text in neighbours.get(image.get("src"), ())):
            yield Defect(
                place(image),
                _("The alt text repeats the headline or the caption."),
                _("Describe what the picture shows beyond it."),
            )


@rule("ALT-5", WARN, "WCAG 1.1.1")
def no_credit(mail: Mail) -> Iterator[Defect]:
    """The credit stands beside the picture, not in its alt text."""
    for image, alt in _alts(mail):
        if _CREDIT.search(alt):
            yield Defect(
                place(image),
                _("The alt text holds a credit."),
                _("Move the credit into its own field; it is shown below."),
            )


@rule("ALT-6", WARN, "WCAG 1.1.1")
def not_too_long(mail: Mail) -> Iterator[Defect]:
    """An alt text is short enough to be heard in one go."""
    for image, alt in _alts(mail):
        if len(alt) > LONG:
            yield Defect(
                place(image),
                _("The alt text has %(length)s characters; more than %(most)s are hard to listen to."),
                _("Say the essential, and the rest in the text."),
                {"length": len(alt), "most": LONG},
            )


@rule("ALT-7", WARN, "WCAG 1.1.1")
def alts_differ(mail: Mail) -> Iterator[Defect]:
    """Different pictures have different alt texts."""
    sources = defaultdict(set)
    for image, alt in _alts(mail):
        sources[alt].add(image.get("src"))
    for alt, different in sources.items():
        if len(different) > 1:
            yield Defect(
                alt,
                _("%(count)s different pictures have the same alt text."),
                _("Say of each what it shows."),
                {"count": len(different)},
            )


@rule("ALT-8", BLOCK, "WCAG 1.1.1")
def decorative_by_decision(mail: Mail) -> Iterator[Defect]:
    """An empty alt text stands only where an editor decided that the picture is decorative."""
    for image in mail.page.images if mail.page else ():
        if image.get("alt") == "" or (image.get("alt") or "x").isspace():
            source = mail.images.get(image.get("src") or "")
            if source is None or source.alt_from is not AltFrom.DECORATIVE:
                yield Defect(
                    place(image),
                    _("A picture has an empty alt text, and no editor decided that it is decorative."),
                    _("Write an alt text, or decide that the picture says nothing."),
                )


def _alts(mail: Mail) -> Iterator[tuple[Element, str]]:
    for image in mail.page.images if mail.page else ():
        if alt := (image.get("alt") or "").strip():
            yield image, alt
