"""What stands beside the main column of a page: menus of its margin, what is read most, links to other things."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from selectolax.lexbor import LexborNode

from newsletter.collect.read.page import RANKED, PageTree, text_of

_MARKED: Final = (
    "aside, [role=complementary], [class*=sidebar i], [id*=sidebar i], [class*=marginal i], [class*=popular i], "
    "[class*=trending i], [class*=most-read i], [class*=mostread i], [class*=meistgelesen i], [class*=related i], "
    "[class*=quicklinks i]"
)
_CALLED: Final = re.compile(  # what stands over a list that is not the newest of something
    r"(?:die )?meist(?:gelesen|geklickt|gesucht|besucht|aufgerufen)\w*|(?:am )?häufig\w*.*|beliebt\w*.*|"
    r"most (?:read|popular|viewed|visited|requested).*|trending.*|popular.*|related.*|"
    r"(?:quick|useful|nützliche|wichtige|weitere|interne|externe) ?(?:links|themen|informationen|angebote)|"
    r"schnellzugriff|direkt zu.*|das könnte.*|auch interessant|you may.*|services?|links|themen|topics|kategorien|"
    r"categories|archive?s?",
    re.IGNORECASE,
)
_HEADING_MAX: Final = 60  # characters


class Beside:
    """Knows of one page what is not in its main column, by marks, by headings, and by its main part."""

    def __init__(self, page: PageTree) -> None:
        self._apart = {node.mem_id for node in page.root.css(_MARKED)} | set(_under_headings(page))
        main = page.root.css_first("main, [role=main]")
        self._inner = {a.mem_id for a in main.css("a[href]")} if main is not None else set[int]()

    def holds(self, a: LexborNode, path: Iterable[LexborNode]) -> bool:
        """Whether a link stands beside the main column; `path` are the elements around it."""
        outside = bool(self._inner) and a.mem_id not in self._inner
        return outside or any(node.mem_id in self._apart for node in path)


def _under_headings(page: PageTree) -> Iterator[int]:
    """The elements that follow a heading such as "Meistgelesen"."""
    for heading in page.root.css("h2, h3, h4, h5, h6, strong, legend"):
        if len(heading.text()) < _HEADING_MAX and _CALLED.fullmatch(text_of(heading)):
            beside = heading.next
            while beside is not None and beside.tag not in RANKED:
                yield beside.mem_id
                beside = beside.next
