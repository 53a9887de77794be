"""Headings: the outline that people jump along."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.rules.markup import Marked, Markup, said, says_something
from newsletter.rules.markup import level as level_of
from newsletter.rules.rule import BLOCK, Defect, _, rule


def skipped_levels(markup: Markup, level: int) -> Iterator[Defect]:
    """Headings that leave out a level on the way down from `level`."""
    for heading in markup.headings:
        if (deeper := level_of(heading)) > level + 1:
            yield Defect(
                heading,
                _("A heading of level %(deeper)s follows one of level %(level)s."),
                _("Go down one level at a time; in a newsletter: its title, a topic, a release."),
                {"deeper": deeper, "level": level},
            )
        level = deeper


@rule("HEAD-3", BLOCK, "WCAG 2.4.6")
def no_empty_heading(subject: Marked) -> Iterator[Defect]:
    """Every heading says something."""
    for heading in (heading for markup in subject.markups for heading in markup.headings):
        if not says_something(said(heading)):
            yield Defect(heading, _("A heading is empty."), _("Give it words, or take it out."))
