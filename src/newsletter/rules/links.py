"""Links: what each says and where it leads."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.rules.markup import Element, Marked, says_something
from newsletter.rules.naming import is_address, is_vague
from newsletter.rules.rule import BLOCK, Defect, _, rule


def links(subject: Marked) -> Iterator[tuple[Element, str]]:
    """Every link of the subject with its name."""
    for markup in subject.markups:
        yield from markup.named_links


@rule("LINK-1", BLOCK, "WCAG 2.4.4")
def has_name(subject: Marked) -> Iterator[Defect]:
    """Every link says something; a linked picture by its alt text."""
    for link, name in links(subject):
        if not says_something(name):
            yield Defect(link, _("A link says nothing."), _("Give it words, or its picture an alt text."))


@rule("LINK-2", BLOCK, "WCAG 2.4.4")
def not_vague(subject: Marked) -> Iterator[Defect]:
    """A link says where it leads, not “hier” or “more”."""
    for link, name in links(subject):
        if is_vague(name):
            yield Defect(
                link,
                _("The link “%(name)s” does not say where it leads."),
                _("Let the words of the link name what it leads to."),
                {"name": name},
            )


@rule("LINK-3", BLOCK, "WCAG 2.4.4")
def no_bare_address(subject: Marked) -> Iterator[Defect]:
    """A link is no bare address: those are read out letter by letter."""
    for link, name in links(subject):
        if is_address(name):
            yield Defect(
                link,
                _("A link shows a bare address."),
                _("Let the words of the link name what it leads to."),
            )
