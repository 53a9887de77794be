"""The document: doctype, title, zoom, and nothing left of the markup it was compiled from."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.edition.plain import HEADLINE, plain
from newsletter.edition.rules.mail import Mail
from newsletter.edition.rules.rule import BLOCK, Defect, _, rule


@rule("DOC-1", BLOCK, "HTML 13.1.1")
def doctype(mail: Mail) -> Iterator[Defect]:
    """The mail begins with a doctype, else clients fall into quirks mode."""
    if mail.html is not None and not re.match(r"\s*<!doctype html>", mail.html, re.IGNORECASE):
        yield Defect(
            "",
            _("The HTML part does not begin with <!DOCTYPE html>."),
            _("Take your own templates back to ours, or begin them with <mjml>."),
        )


@rule("DOC-2", BLOCK, "WCAG 2.4.2")
def title(mail: Mail) -> Iterator[Defect]:
    """The document has a title; an edition's says its name, date and count."""
    if mail.page is None:
        return
    found = mail.page.title
    name = plain(mail.newsletter.title, HEADLINE)
    needed = [name, str(len(mail.releases))] if mail.releases else []
    if not found:
        yield Defect("<title>", _("The mail has no title."), _("Fill the block document_title of your template."))
    elif not all(part in found for part in needed) or (needed and not re.search(r"\d{4}", found)):
        yield Defect(
            f"<title> {found}",
            _("The title does not say name, date and number of releases."),
            _("Let the block document_title of your template hold the blank “title”."),
        )


@rule("ZOOM-1", BLOCK, "WCAG 1.4.4")
def zoom(mail: Mail) -> Iterator[Defect]:
    """Readers may enlarge the mail."""
    if mail.page is None:
        return
    viewport = mail.page.meta("viewport").replace(" ", "")
    largest = re.search(r"maximum-scale=([\d.]+)", viewport)
    if re.search(r"user-scalable=(?:no|0)", viewport) or (largest and float(largest[1]) < 2):
        yield Defect(
            "<meta name=viewport>",
            _("The mail keeps readers from enlarging it."),
            _("Take user-scalable and maximum-scale out of your template."),
        )


@rule("MJ-1", BLOCK, "HTML 3.2.2")
def compiled(mail: Mail) -> Iterator[Defect]:
    """No MJML is left in what is sent."""
    if mail.html is not None and (left := re.search(r"<mj-[a-z]*", mail.html, re.IGNORECASE)):
        yield Defect(
            left[0],
            _("Markup of the template is left in the mail."),
            _("Close every element of your template; MJML passes on what it cannot read."),
        )
