"""Language and direction, for the mail and for every release in another language."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.edition.links import address
from newsletter.edition.plain import plain
from newsletter.edition.rules.mail import Mail
from newsletter.edition.rules.page import FILLER
from newsletter.edition.words import direction, is_tag, primary
from newsletter.model import Release
from newsletter.rules.languages import may_be, plainly
from newsletter.rules.markup import Element
from newsletter.rules.markup import language as language_around
from newsletter.rules.rule import BLOCK, WARN, Defect, _, rule

DIRECTIONS = ("ltr", "rtl", "auto")


@rule("LANG-1", BLOCK, "WCAG 3.1.1")
def document_language(mail: Mail) -> Iterator[Defect]:
    """The document says its language and direction; an edition's are its own."""
    if mail.page is None:
        return
    root = mail.page.root
    if mail.origin is None:
        yield from _says_some_language(root)
        return
    wanted = mail.origin.variant.language
    if primary(root.get("lang") or "") != primary(wanted):
        yield Defect(
            "<html>",
            _("The mail is in “%(wanted)s”, but its lang attribute says “%(found)s”."),
            _('Let your template\'s <mjml> have lang="{{ language }}".'),
            {"wanted": wanted, "found": root.get("lang") or ""},
        )
    if root.get("dir") != direction(wanted):
        yield Defect(
            "<html>",
            _("The mail does not say in which direction it is read."),
            _('Let your template\'s <mjml> have dir="{{ direction }}".'),
        )


def _says_some_language(root: Element) -> Iterator[Defect]:
    if not is_tag(root.get("lang") or ""):
        yield Defect(
            "<html>",
            _("The html element does not say which language the mail is in."),
            _('Put lang="en", or whatever it is, on it.'),
        )
    if (root.get("dir") or "").lower() not in DIRECTIONS:
        yield Defect(
            "<html>",
            _("The html element does not say in which direction the mail is read."),
            _('Put dir="ltr" or dir="rtl" on it.'),
        )


@rule("LANG-3", BLOCK, "WCAG 3.1.1")
def body_language(mail: Mail) -> Iterator[Defect]:
    """Whatever lies in the body says its language and direction itself, for webmail drops the html element."""
    if mail.page is None:
        return
    for child in _parts(mail.page.body):
        if not _says_its_language(child, mail):
            yield Defect(
                child,
                _("A part of the mail does not say its language and direction."),
                _("Put lang and dir on every element that lies directly in the body."),
            )


@rule("LANG-4", BLOCK, "WCAG 3.1.2")
def release_language(mail: Mail) -> Iterator[Defect]:
    """A release in another language than the mail is marked with it."""
    if mail.page is None:
        return
    links: dict[str, Element] = {}
    for link in mail.page.links:
        links.setdefault(link.get("href"), link)  # the headline's comes first
    for release in mail.releases:
        if not is_tag(release.language):
            continue
        for place in filter(lambda one: one is not None, (links.get(address(release.url)), *_teaser(release, mail))):
            if primary(language_around(place)) != primary(release.language):
                yield Defect(
                    place,
                    _("The release is in “%(wanted)s”, but marked as “%(found)s”."),
                    _("Let your template put the release's lang and dir on its headline and text."),
                    {"wanted": release.language, "found": language_around(place)},
                )


def _teaser(release: Release, mail: Mail) -> Iterator[Element]:
    """Where a release in another language than the mail's says more than its headline."""
    if mail.page is None or mail.origin is None or primary(release.language) == primary(mail.origin.variant.language):
        return
    if (teaser := plain(release.teaser)) and (place := mail.page.places.get(teaser)) is not None:
        yield place


def _parts(body: Element) -> Iterator[Element]:
    """The children of the body that say something; the body itself where text lies in it bare."""
    if any((text or "").strip(FILLER) for text in (body.text, *(child.tail for child in body))):
        yield "<body>"
    yield from filter(_says_something, body.iterchildren("*"))


def _says_its_language(part: Element, mail: Mail) -> bool:
    if isinstance(part, str):
        return False
    tongue, way = part.get("lang") or "", (part.get("dir") or "").strip().lower()
    if mail.origin is None:
        return is_tag(tongue) and way in DIRECTIONS
    wanted = mail.origin.variant.language
    return primary(tongue) == primary(wanted) and way == direction(wanted)


def _says_something(element: Element) -> bool:
    return element.find(".//img") is not None or any(text.strip() for text in element.itertext("*"))


@rule("LANG-8", WARN, "WCAG 3.1.2")
def is_in_its_language(mail: Mail) -> Iterator[Defect]:
    """A text is in the language that it is marked with."""
    if mail.page is None:
        return
    for element, text in mail.page.own_texts:
        other = plainly(text)
        if other is None or mail.page.looks[element].light.hidden:
            continue
        marked = primary(language_around(element))
        if marked != other and not may_be(text, marked):
            yield Defect(
                element,
                _("A text is marked as “%(marked)s” and seems to be “%(other)s”: “%(text)s”."),
                _("Put the right lang on it."),
                {"marked": marked, "other": other, "text": text[:60]},
            )
