"""Typography that is hard to read."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.edition.rules.mail import Mail
from newsletter.rules.rule import WARN, Defect, _, rule

SENTENCE = 20  # letters from which on capitals are not an abbreviation


@rule("TYPO-1", WARN, "WCAG 1.4.8")
def no_justify_no_capitals(mail: Mail) -> Iterator[Defect]:
    """Text is not justified, and no paragraph is in capitals."""
    for element, text in mail.page.own_texts if mail.page else ():
        look = mail.page.looks[element].light if mail.page else None
        if look is None or look.hidden:
            continue
        if look.align == "justify":
            yield Defect(element, _("Text is justified."), _("Let it be aligned to its start."))
        if (look.transform == "uppercase" or text.isupper()) and _shouts(text, look.transform):
            yield Defect(element, _("A text is in capitals."), _("Write it in small letters."))


def _shouts(text: str, transform: str) -> bool:
    letters = [char for char in text if char.isalpha()]
    return len(letters) >= SENTENCE and (transform == "uppercase" or all(char.isupper() for char in letters))
