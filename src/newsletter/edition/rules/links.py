"""Links: what each says, where it leads, and that it can be seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from newsletter.edition.links import is_address, is_vague
from newsletter.edition.rules.mail import Mail
from newsletter.edition.rules.page import Element, place, said
from newsletter.edition.rules.rule import BLOCK, Defect, _, rule


def name(link: Element) -> str:
    """A link's accessible name, as far as HTML gives it."""
    return " ".join((link.get("aria-label") or said(link) or link.get("title") or "").split())


@rule("LINK-1", BLOCK, "WCAG 2.4.4")
def has_name(mail: Mail) -> Iterator[Defect]:
    """Every link says something; a linked picture by its alt text."""
    for link in mail.page.links if mail.page else ():
        if not name(link):
            yield Defect(place(link), _("A link says nothing."), _("Give it words, or its picture an alt text."))


@rule("LINK-2", BLOCK, "WCAG 2.4.4")
def not_vague(mail: Mail) -> Iterator[Defect]:
    """A link says where it leads, not “hier” or “more”."""
    for link in mail.page.links if mail.page else ():
        if is_vague(name(link)):
            yield Defect(
                place(link),
                _("The link “%(name)s” does not say where it leads."),
                _("Let the words of the link name what it leads to."),
                {"name": name(link)},
            )


@rule("LINK-3", BLOCK, "WCAG 2.4.4")
def no_bare_address(mail: Mail) -> Iterator[Defect]:
    """A link is no bare address: those are read out letter by letter."""
    for link in mail.page.links if mail.page else ():
        if is_address(name(link)):
            yield Defect(
                place(link),
                _("A link shows a bare address."),
                _("Let the words of the link name what it leads to."),
            )


@rule("LINK-4", BLOCK, "WCAG 2.4.4")
def same_name_same_place(mail: Mail) -> Iterator[Defect]:
    """Links that say the same lead to the same place."""
    places = defaultdict(set)
    for link in mail.page.links if mail.page else ():
        places[name(link).casefold()].add(link.get("href"))
    for words, targets in places.items():
        if words and len(targets) > 1:
            yield Defect(
                words,
                _("%(count)s links say the same and lead to different places."),
                _("Let each say what is different about its target."),
                {"count": len(targets)},
            )


@rule("LINK-5", BLOCK, "WCAG 1.4.1")
def underlined(mail: Mail) -> Iterator[Defect]:
    """Links are underlined, not told by colour alone."""
    if mail.page is None:
        return
    for link in mail.page.links:
        if (
            (look := mail.page.light.get(link))
            and not look.hidden
            and link.text_content().strip()
            and not look.underlined
        ):
            yield Defect(
                place(link), _("A link is not underlined."), _("Keep text-decoration: underline on links in your CSS.")
            )
