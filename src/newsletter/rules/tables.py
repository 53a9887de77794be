"""Tables: those for layout must not be announced as data."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.rules.markup import Element, Marked
from newsletter.rules.rule import BLOCK, Defect, _, rule


@rule("TABLE-1", BLOCK, "WCAG 1.3.1")
def layout_tables(subject: Marked) -> Iterator[Defect]:
    """A table without header cells of its own has role presentation or none."""
    for table in (table for markup in subject.markups for table in markup.all("table")):
        if (table.get("role") or "").strip().lower() not in ("presentation", "none") and not _has_header(table):
            yield Defect(
                table,
                _("A table for layout is announced as a table of data."),
                _('Put role="presentation" on it, or give a table of data its header cells.'),
            )


def _has_header(table: Element) -> bool:
    return any(next(cell.iterancestors("table")) is table for cell in table.iter("th"))
