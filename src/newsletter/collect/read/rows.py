"""A row of a list: a link with the element that holds all of its item, and what stands beside that."""

from __future__ import annotations

from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from newsletter.collect.read.page import text_of


@dataclass(frozen=True, slots=True)
class Row:
    """A link, and the element that holds all of its item. `text` is the link's, or, where that is but a `label`, that
    of the heading beside it; `around` is the element that holds the item; `beside`: it is not in the main column."""

    link: LexborNode
    text: str
    item: LexborNode
    around: int
    url: str
    tags: str
    classes: str
    label: bool
    beside: bool = False


def before(node: LexborNode) -> str:
    """What stands before an item in the same line or as its term: `<dt>20.11.2026</dt><dd>…`, `20.11.: <a>…`."""
    said: list[str] = []
    sibling = node.prev
    while sibling is not None and sibling.tag == "-text":
        said.insert(0, sibling.text())
        sibling = sibling.prev
    if node.tag == "dd" and sibling is not None and sibling.tag == "dt":
        said.insert(0, text_of(sibling, 200))
    return " ".join("".join(said).split())[-200:]


def after(node: LexborNode) -> str:
    """What stands behind an item that is a term: `<dt>…</dt><dd>20.11.2026</dd>`."""
    said: list[str] = []
    sibling = node.next if node.tag == "dt" else None
    while sibling is not None and sibling.tag != "dt":
        said.append(text_of(sibling, 60) if sibling.tag == "dd" else "")
        sibling = sibling.next
    return " ".join(said)[:200]
