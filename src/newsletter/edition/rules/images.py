"""Alt texts as the releases tell of them: missing, repeated, or empty by decision."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.edition.links import address
from newsletter.edition.pictures import lead_without_alt
from newsletter.edition.plain import HEADLINE, plain, same
from newsletter.edition.rules.mail import Mail
from newsletter.model import AltFrom
from newsletter.rules.images import alts, without_alt
from newsletter.rules.markup import Element, on_one_line, said
from newsletter.rules.rule import BLOCK, WARN, Defect, _, rule


@rule("ALT-1", BLOCK, "WCAG 1.1.1")
def has_alt(mail: Mail) -> Iterator[Defect]:
    """Every picture has an alt text; where settings say so, a release's missing one holds the edition."""
    yield from without_alt(mail)
    if mail.origin is None or mail.origin.newsletter.missing_alt != "hold":
        return
    for release in mail.releases:
        if (image := lead_without_alt(release)) is not None:
            yield Defect(
                image.original or image.src,
                _("The picture of “%(headline)s” has no alt text that says what it shows."),
                _('Say what it shows with `newsletter alt set`, or send without it: missing_alt = "omit-image".'),
                {"headline": plain(release.headline, HEADLINE)},
            )


@rule("ALT-4", WARN, "WCAG 1.1.1")
def says_more(mail: Mail) -> Iterator[Defect]:
    """An alt text is neither the headline nor the caption once more."""
    neighbours = {
        address(image.src): (release.headline, image.caption) for release in mail.releases for image in release.images
    }
    for image, alt in alts(mail):
        told = neighbours.get(image.get("src"), ()) if mail.origin else _around(image, mail)
        if any(same(on_one_line(alt), text) for text in told):
            yield Defect(
                image,
                _("The alt text repeats the headline or the caption."),
                _("Describe what the picture shows beyond it."),
            )


@rule("ALT-8", BLOCK, "WCAG 1.1.1")
def decorative_by_decision(mail: Mail) -> Iterator[Defect]:
    """An empty alt text stands only where an editor decided that the picture is decorative."""
    if mail.page is None or mail.origin is None:  # whether somebody else's picture is decorative, no program can tell
        return
    for image in mail.page.images:
        if not on_one_line(image.get("alt", "x")) or _is_made_decorative(image):
            source = mail.images.get(image.get("src") or "")
            if source is None or source.alt_from is not AltFrom.DECORATIVE:
                yield Defect(
                    image,
                    _("A picture has an empty alt text, and no editor decided that it is decorative."),
                    _("Write an alt text, or decide that the picture says nothing."),
                )


def _is_made_decorative(image: Element) -> bool:
    """Whether a picture's alt text is there, but kept from screen readers."""
    role = (image.get("role") or "").strip().lower()
    return role in ("presentation", "none") or (image.get("aria-hidden") or "").strip().lower() == "true"


def _around(image: Element, mail: Mail) -> Iterator[str]:
    """What somebody else's mail says beside a picture: its headings, and the caption or line right behind it."""
    for heading in mail.page.headings if mail.page else ():
        if image not in heading.iter("img"):
            yield said(heading)
    behind = image.getnext() if not (image.tail or "").strip() else None
    if behind is not None and isinstance(behind.tag, str):
        yield said(behind)
