"""Marks that templates print where a sheet is cut apart and where a blank is left; gone before anything leaves.

A mark holds a random nonce that occurs nowhere in the content, so no headline can pretend to be one; marks become
`Part` and `Blank` values right after rendering, and no text is searched afterwards.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from newsletter.errors import RenderError
from newsletter.model import Blank, Pieces


def nonce_absent_from(content: str) -> str:
    """16 random hexadecimal digits that do not occur in `content`."""
    while (nonce := secrets.token_hex(8)) in content:
        continue
    return nonce


@dataclass(frozen=True, slots=True)
class Cut:
    """What begins at a cut: the fields of a `Part` without its bytes."""

    kind: str
    topic: str | None = None
    release: str | None = None


class Marks:
    """The marks of one rendering. What lies before the first cut is the shell's head."""

    def __init__(self, nonce: str) -> None:
        self._nonce = nonce
        self._cuts = [Cut("shell")]
        self._outlook: list[str] = []

    def cut(self, kind: str, topic: str | None = None, release: str | None = None) -> Markup:
        """For templates, on a line of its own: a new part begins here."""
        self._cuts.append(Cut(kind, topic, release))
        return self._comment(f"cut{len(self._cuts) - 1}")

    def blank(self, name: str) -> str:
        """For templates, within a line: a blank to be filled for a variant or a person."""
        return f"{self._nonce}_{name}_{self._nonce}"

    def outlook(self, html: Markup) -> Markup:
        """For templates: what only Outlook's Word engine sees; kept from MJML, which wants it balanced."""
        self._outlook.append(str(html))
        return self._comment(f"mso{len(self._outlook) - 1}")

    def parts(self, text: str) -> Iterator[tuple[Cut, Pieces]]:
        """Cut a rendered text apart. Raises RenderError where a blank begins a line or a mark was lost on the way."""
        for n, html in enumerate(self._outlook):
            text = text.replace(self._comment(f"mso{n}"), f"<!--[if mso]>{html}<![endif]-->")
        pieces = re.split(rf"<!--{self._nonce}cut(\d+)-->\n?", text)
        if [int(n) for n in pieces[1::2]] != list(range(1, len(self._cuts))):
            raise RenderError("a template's cut marks did not come through in their order")
        for cut, piece in zip(self._cuts, pieces[::2], strict=True):
            yield cut, self._pieces(piece if piece.endswith("\n") else f"{piece}\n")

    def _pieces(self, text: str) -> Pieces:
        split = re.split(rf"{self._nonce}_([a-z_]+?)_{self._nonce}", text)
        found: list[str | Blank] = []
        for n, piece in enumerate(split):
            if n % 2:
                found.append(Blank(piece))
            elif piece:
                found.append(piece)
        for before, after in zip(["\n", *found], found, strict=False):
            if isinstance(after, Blank) and (not isinstance(before, str) or before.endswith("\n")):
                raise RenderError(f"the blank {after.name!r} begins a line, or follows another blank, in a template")
        return tuple(found)

    def _comment(self, name: str) -> Markup:
        return Markup(f"<!--{self._nonce}{name}-->")  # noqa: S704  hexadecimal digits and a name of ours
