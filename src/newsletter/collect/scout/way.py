"""A way to collect from a portal: what a feed's file would say, and what would be found today."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from newsletter.collect.identity import address_key
from newsletter.collect.read.text import folded
from newsletter.model import Candidate

TELLING = 28  # characters that headlines have on average; the entries of a menu are shorter


@dataclass(frozen=True)
class Way:
    """One way, of a `kind` of source; `under` is the path that a sitemap is narrowed to."""

    kind: str
    url: str
    candidates: tuple[Candidate, ...]
    title: str = ""
    language: str | None = None
    next_page: str | None = None
    under: str | None = None
    problems: tuple[str, ...] = ()

    @property
    def profile(self) -> dict[str, Any]:
        """What `feeds/<slug>.toml` needs to say for it: no more than what cannot be found again at each collect."""
        said = {"title": self.title, "kind": self.kind, "url": self.url, "language": self.language}
        found: dict[str, Any] = {name: value for name, value in said.items() if value}
        return found | ({"item": {"under": self.under}} if self.under else {})

    @property
    def whole(self) -> bool:
        """Whether it is a feed whose entries bring their whole text, at least half of them."""
        bringing = sum(bool(one.entry and one.entry.body_html) for one in self.candidates)
        return bool(self.candidates) and bringing * 2 >= len(self.candidates)

    @property
    def news(self) -> bool:
        """Whether it is a sitemap of news: a plain one knows no headlines."""
        return self.kind == "sitemap" and any(one.headline for one in self.candidates)

    @property
    def sure(self) -> bool:
        """Whether these are releases by the looks of them: with dates, or with headlines as long as headlines are."""
        if self.kind != "html":
            return bool(self.candidates)
        dated = sum(one.published is not None for one in self.candidates)
        length = sum(len(one.headline or "") for one in self.candidates)
        return dated * 2 >= len(self.candidates) or length >= TELLING * len(self.candidates)

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(mark for one in self.candidates for mark in _marks(one))

    def holds(self, candidate: Candidate) -> bool:
        """Whether a candidate of another way is in this one: by its address, else by its headline."""
        return any(mark in self._known for mark in _marks(candidate))


def _marks(candidate: Candidate) -> set[str]:
    """A site may have one release at several addresses, so its headline marks it as well, where it is a long one."""
    headline = folded(candidate.headline or "")
    return {address_key(candidate.url)} | ({headline} if len(headline) >= TELLING else set())
