"""Tables: those for layout must not be announced as data."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.rules.markup import Element, Marked, said
from newsletter.rules.rule import BLOCK, Defect, _, rule

SHORT = 40  # characters: what heads a row or column


@rule("TABLE-1", BLOCK, "WCAG 1.3.1")
def layout_tables(subject: Marked) -> Iterator[Defect]:
    """A table without header cells of its own has role presentation or none."""
    for table in (table for markup in subject.markups for table in markup.all("table")):
        if _role(table) in ("presentation", "none"):
            if _is_data(table):
                yield Defect(
                    table,
                    _("A table of data is announced as one for layout."),
                    _('Take role="presentation" off it, and give it header cells.'),
                )
        elif not _has_header(table):
            yield Defect(
                table,
                _("A table for layout is announced as a table of data."),
                _('Put role="presentation" on it, or give a table of data its header cells.'),
            )


def _role(table: Element) -> str:
    return (table.get("role") or "").strip().lower()


def _is_data(table: Element) -> bool:
    """Whether a table says of itself that it holds data: by a caption, or by cells that are headers of others."""
    if (caption := table.find("caption")) is not None and said(caption):
        return True
    own = [cell for cell in table.iter("td", "th") if _owner(cell) is table]
    if any(cell.get("scope") or cell.get("headers") for cell in own):
        return True
    heads = [said(cell) for cell in own if cell.tag == "th"]  # some frameworks build columns of them, with much in each
    return 0 < len(heads) < len(own) and all(0 < len(words) <= SHORT for words in heads)


def _owner(cell: Element) -> Element:
    return next(cell.iterancestors("table"))


def _has_header(table: Element) -> bool:
    return any(_owner(cell) is table and said(cell) for cell in table.iter("th"))
