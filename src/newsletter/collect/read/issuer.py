"""Who issued a release, where a line of it says so: of many offices on one portal the page's data name but the portal.

Such a line is no text.
"""

from __future__ import annotations

import re
from typing import Final

from newsletter.collect.read.blocks import words
from newsletter.collect.read.data import is_name

_LABEL: Final = re.compile(
    r"\W*(?:herausgeber(?:in)?|herausgegeben (?:von|vom)|herausgebende stelle|absender|"
    r"pressemitteilung (?:des|der|von)|issued by|issuer|publisher|éditeur)\s*(?P<colon>:)?",
    re.IGNORECASE,
)
_NAME_MAX: Final = 120  # characters
_MARKUP: Final = 600  # characters, with tags


def split_issuer(html: str) -> tuple[str, str | None]:
    """Plain blocks without the line, or the label and the line after it, that names the issuer, and the name."""
    blocks = html.split("\n")
    for place, block in enumerate(blocks):
        if len(block) > _MARKUP or not block.startswith(("<p", "<h", "<dl")):
            continue
        text = " ".join(words(block).split())
        match = _LABEL.match(text) if len(text) <= _NAME_MAX + 30 else None
        if match is None:
            continue
        name, taken = text[match.end() :].strip(), 1
        if not name and place + 1 < len(blocks):
            name, taken = " ".join(words(blocks[place + 1]).split()), 2
        if (match["colon"] or taken == 2) and _names(name) and len(blocks) > taken:
            return "\n".join((*blocks[:place], *blocks[place + taken :])), name
    return html, None


def _names(text: str) -> bool:
    return 2 < len(text) <= _NAME_MAX and is_name(text) and text[0].isupper() and text[-1] not in ".!?:"
