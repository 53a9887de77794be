"""Tables: those for layout must not be announced as data."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.edition.rules.mail import Mail
from newsletter.edition.rules.page import place
from newsletter.edition.rules.rule import BLOCK, Defect, _, rule


@rule("TABLE-1", BLOCK, "WCAG 1.3.1")
def layout_tables(mail: Mail) -> Iterator[Defect]:
    """A table without header cells has role presentation or none."""
    for table in mail.page.all("table") if mail.page else ():
        if table.find(".//th") is None and table.get("role") not in ("presentation", "none"):
            yield Defect(
                place(table),
                _("A table for layout is announced as a table of data."),
                _('Put role="presentation" on it, or give a table of data its header cells.'),
            )
