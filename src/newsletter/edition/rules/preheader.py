"""The preheader: what an inbox shows beside the subject, hidden in the mail itself."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.edition.rules.mail import Mail
from newsletter.rules.markup import language, said
from newsletter.rules.rule import WARN, Defect, _, rule


@rule("PRE-1", WARN, "WCAG 1.3.2")
def repeats_only(mail: Mail) -> Iterator[Defect]:
    """Hidden text says nothing that cannot be seen, and lies where the language is said."""
    if mail.page is None:
        return
    page = mail.page
    for element, text in page.own_texts:
        if not page.looks[element].light.hidden:
            continue
        parts = (" ".join(part.removesuffix("…").split()) for part in text.split(" · "))
        if not all(part in page.visible_text for part in parts) or not language(element):
            yield Defect(
                element,
                _("Hidden text says what cannot be seen: “%(text)s”."),
                _("Let the preheader repeat headlines only."),
                {"text": said(element)[:80]},
            )
