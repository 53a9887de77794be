"""Pictures and their alt texts."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from newsletter.model.alt import says_nothing
from newsletter.rules.markup import Element, Marked, Markup, on_one_line, said
from newsletter.rules.rule import BLOCK, WARN, Defect, _, rule

LONG = 200  # characters: beyond, screen readers cannot be stopped halfway (NVDA, JAWS read an alt text in one go)
_REDUNDANT = re.compile(
    r"(?:(?:ein |das |die |eine )?"
    r"(?:bild|foto|fotografie|grafik|abbildung|aufnahme|illustration|zeichnung|screenshot|symbolbild)"
    r"(?: (?:von|vom|zeigt|mit|eines|einer|des|der)\b|\s*:(?! \w+(?:[ /]\w+)?$))|"
    r"auf (?:dem|der|diesem|dieser) (?:bild|foto|grafik|abbildung|aufnahme)\b|"
    r"(?:an? |the |this )?(?:image|picture|photo|photograph|graphic|illustration|drawing|screenshot)"
    r"(?: (?:of|showing|shows)\b|\s*:(?! \w+(?:[ /]\w+)?$)))",
    re.IGNORECASE,
)
_CREDIT = re.compile(
    r"©|\(c\)|\bcopyright\b|\b(?:fotos?|bild(?:er|quelle|nachweis|rechte)?|quellen?|photos?|image|credits?|source|"
    r"fotograf(?:in)?|photographer|urheber(?:in)?|grafik)\s*:|\b(?:photo(?:graph)?|image|picture|illustration)s? by\b|"
    r"\bpicture[ -]alliance\b|\bgetty images\b|\bshutterstock\b|\s/\s*(?:dpa|afp|epd|kna|reuters|imago)\b",
    re.IGNORECASE,
)


def begins_as_picture(alt: str) -> bool:
    """Whether an alt text begins by saying that it is a picture."""
    return _REDUNDANT.match(alt) is not None


def holds_credit(alt: str) -> bool:
    """Whether an alt text says who made the picture."""
    return _CREDIT.search(alt) is not None


def without_alt(subject: Marked) -> Iterator[Defect]:
    """Pictures without an alt attribute."""
    for image in (image for markup in subject.markups for image in _pictures(markup)):
        if image.get("alt") is None:
            yield Defect(image, _("A picture has no alt attribute."), _("Give every <img> its alt text."))


@rule("ALT-2", BLOCK, "WCAG 1.1.1")
def says_something(subject: Marked) -> Iterator[Defect]:
    """An alt text is no file name and no “Bild 3”."""
    for image, alt in alts(subject):
        if says_nothing(alt):
            yield Defect(
                image,
                _("The alt text “%(alt)s” does not say what the picture shows."),
                _("Write what can be seen and matters, in a sentence."),
                {"alt": alt},
            )


@rule("ALT-3", WARN, "WCAG 1.1.1")
def no_picture_of(subject: Marked) -> Iterator[Defect]:
    """An alt text does not begin with “Bild von”: screen readers say so already."""
    for image, alt in alts(subject):
        if begins_as_picture(alt):
            yield Defect(
                image, _("The alt text begins by saying that it is a picture."), _("Begin with what it shows.")
            )


@rule("ALT-5", WARN, "WCAG 1.1.1")
def no_credit(subject: Marked) -> Iterator[Defect]:
    """The credit stands beside the picture, not in its alt text."""
    for image, alt in alts(subject):
        if holds_credit(alt):
            yield Defect(
                image,
                _("The alt text holds a credit."),
                _("Move the credit into its own field; it is shown below."),
            )


@rule("ALT-6", WARN, "WCAG 1.1.1")
def not_too_long(subject: Marked) -> Iterator[Defect]:
    """An alt text is short enough to be heard in one go."""
    for image, alt in alts(subject):
        if len(alt) > LONG:
            yield Defect(
                image,
                _("The alt text has %(length)s characters; more than %(most)s are hard to listen to."),
                _("Say the essential, and the rest in the text."),
                {"length": len(alt), "most": LONG},
            )


@rule("ALT-7", WARN, "WCAG 1.1.1")
def alts_differ(subject: Marked) -> Iterator[Defect]:
    """Different pictures have different alt texts."""
    for markup in subject.markups:
        first: dict[str, Element] = {}
        sources = defaultdict(set)
        for image, alt in _alts(markup):
            key = on_one_line(alt).casefold()
            sources[key].add(image.get("src"))
            first.setdefault(key, image)
        for alt, different in sources.items():
            if len(different) > 1:
                yield Defect(
                    first[alt],
                    _("%(count)s different pictures have the same alt text."),
                    _("Say of each what it shows."),
                    {"count": len(different)},
                )


def _pictures(markup: Markup) -> Iterator[Element]:
    """Everything that shows a picture and has no other name: also buttons, areas with a link, and what says so."""
    yield from markup.images
    for element in markup.all("area", "input"):
        if element.get("href") or (element.get("type") or "").lower() == "image":
            yield from () if element.get("aria-label") else (element,)
    for element in markup.with_role:
        named = element.get("aria-label") or element.get("aria-labelledby") or said(element)
        if element.get("role") == "img" and element.tag != "img" and not named:
            yield element


def alts(subject: Marked) -> Iterator[tuple[Element, str]]:
    """Every picture that has an alt text, with it."""
    for markup in subject.markups:
        yield from _alts(markup)


def _alts(markup: Markup) -> Iterator[tuple[Element, str]]:
    for image in markup.images:
        if alt := (image.get("alt") or "").strip():
            yield image, alt
