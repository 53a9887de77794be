"""Typography that is hard to read."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.edition.rules.mail import Mail
from newsletter.rules.markup import Element, said
from newsletter.rules.rule import WARN, Defect, _, rule

INLINE = ("a", "b", "em", "font", "i", "mark", "small", "span", "strong", "u")
SENTENCE = 20  # letters from which on capitals are not an abbreviation


@rule("TYPO-1", WARN, "WCAG 1.4.8")
def no_justify_no_capitals(mail: Mail) -> Iterator[Defect]:
    """Text is not justified, and no paragraph is in capitals."""
    for element, text in mail.page.own_texts if mail.page else ():
        look = mail.page.looks[element].light if mail.page else None
        if look is None or look.hidden:
            continue
        if look.align.startswith("justify"):
            yield Defect(element, _("Text is justified."), _("Let it be aligned to its start."))
        if (look.transform == "uppercase" or _is_upper(text)) and _shouts(_whole(element, text), look.transform):
            yield Defect(element, _("A text is in capitals."), _("Write it in small letters."))


def _is_upper(text: str) -> bool:
    return text.replace("ß", "").isupper()


def _whole(element: Element, text: str) -> str:
    """The text of the paragraph that a piece of it stands in, where emphasis cuts it up."""
    block = element
    while block.tag in INLINE and block.getparent() is not None:
        block = block.getparent()
    return text if block is element and not len(element) else said(block)


def _shouts(text: str, transform: str) -> bool:
    letters = [char for char in text if char.isalpha()]
    return len(letters) >= SENTENCE and (transform == "uppercase" or _is_upper("".join(letters)))
