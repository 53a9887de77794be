"""Language and direction, for the mail and for every release in another language."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.edition.links import address
from newsletter.edition.rules.mail import Mail
from newsletter.edition.words import direction, is_tag, primary
from newsletter.rules.markup import Element
from newsletter.rules.markup import language as language_around
from newsletter.rules.rule import BLOCK, Defect, _, rule


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
    if not is_tag(root.get("lang") or root.get("xml:lang") or ""):
        yield Defect(
            "<html>",
            _("The html element does not say which language the mail is in."),
            _('Put lang="en", or whatever it is, on it.'),
        )
    if (root.get("dir") or "").lower() not in ("ltr", "rtl", "auto"):
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
    for child in mail.page.body.iterchildren("*"):
        if _says_something(child) and not (is_tag(child.get("lang") or "") and child.get("dir")):
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
        link = links.get(address(release.url))
        if link is None or not is_tag(release.language):
            continue
        if primary(language_around(link)) != primary(release.language):
            yield Defect(
                link,
                _("The release is in “%(wanted)s”, but marked as “%(found)s”."),
                _("Let your template put the release's lang and dir on its headline and text."),
                {"wanted": release.language, "found": language_around(link)},
            )


def _says_something(element: Element) -> bool:
    return element.find(".//img") is not None or any(text.strip() for text in element.itertext("*"))
