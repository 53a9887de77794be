"""When a release was published: what its data say, else the date that stands with its headline.

A date in a menu, a card of another release, an event or the page's footer is not the release's, nor is that of an
update.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from itertools import chain
from typing import Final

from selectolax.lexbor import LexborNode

from newsletter.collect.read.data import Thing, is_article, microdata, text_value
from newsletter.collect.read.dates import Stamp, date_in_address, read_date, read_machine_date
from newsletter.collect.read.page import PageTree, ancestors, inside, marks, nearest, text_of
from newsletter.collect.read.text import clean
from newsletter.model import Precision

_SURE: Final = (
    "article:published_time", "article:published", "og:published_time", "datepublished", "rnews:datepublished",
    "dc.date.issued",
    "dcterms.issued", "citation_publication_date", "parsely-pub-date", "sailthru.date", "pubdate",
    "publishdate", "publish-date",
    "publish_date", "publication_date", "published_date", "cxenseparse:recs:publishtime", "date.release",
)  # fmt: skip
_DOUBTFUL: Final = (  # many systems write the last change here
    "og:article:published_time", "dc.date.created", "dcterms.created", "dcterms.date", "dc.date", "date",
    "datecreated", "created",
    "last-published",
)  # fmt: skip
_DATE_MARK: Final = re.compile(
    r"date|datum|(?:^|[\s_-])(?:publish\w*|pub|time\w*|posted|byline|created|stand|meta)(?:$|[\s_-])|fecha"
)
_NOT_THIS: Final = re.compile(
    r"modif|updat(?!e-?d?ate)|aktualisier|geändert|event|termin|veranstalt|expir|copyright|deadline|caption|bildunter|"
    r"credit|(?:^|[\s_-])(?:end|start)-?date",
    re.IGNORECASE,
)
_NOT_SAID: Final = re.compile(
    r"(?:aktualisiert|geändert|updated?|modified|last change|zuletzt|beginn|ende|bis|geboren|copyright|©|"
    r"aktuelle zeit|frist|termin|veranstaltung|event|registriert|joined|member since|mitglied)[^.\d]{0,20}$",
    re.IGNORECASE,
)
_SAID: Final = re.compile(  # what may stand before a date in a line that nothing marks as a date
    r"(?:.{0,40}(?:veröffentlicht|erschienen|erstellt|datum|stand|published|posted|date|press|meldung)\W.{0,12}|"
    r"[\w. -]{0,24},?\s*(?:den\s*)?(?:[^\W\d]{3,10}\.?\s+)?[(\[]?)",
    re.IGNORECASE,
)
_LABEL: Final = re.compile(r"(?:veröffentlicht|erschienen|published|posted|datum|date)\W*(?:am|on)?\W*$", re.IGNORECASE)
_LABEL_MAX: Final = 40  # characters
_IN_SENTENCE: Final = re.compile(r"\b(?:am|vom|ab|im|on|seit|bis|since|until)$", re.IGNORECASE)
_DATELINE: Final = re.compile(r"(?:[\w .-]{2,30}[,(]\s*)?\d{1,2}\.\s?(?:\d{1,2}\.|\w{3,9})\s?\d{4}\)?\s*[-–—:|]\s")
_RANKED: Final = frozenset({"h2", "h3", "h4", "h5"})
_NOT_OPENING: Final = frozenset({"nav", "form", "a", "footer", "script", "style", "figure", "figcaption"})
_ARTICLE: Final = frozenset({"article"})
_ASIDE: Final = frozenset({"aside"})
_OPENING: Final = 300  # characters of a block in which its date stands
_SHORT: Final = 60  # characters
_LINE: Final = 160  # characters: a line that holds a date beside a headline holds little else
_BLOCK: Final = 600  # characters: a block that holds a header holds no more


@dataclass(frozen=True, slots=True)
class Finder:
    """Looks for the date of one page's release."""

    page: PageTree
    zone: tzinfo
    month_first: bool

    def told(self, things: Sequence[Thing], headline: LexborNode | None) -> tuple[Stamp, str] | None:
        """The date that the page's data or the lines at the headline give; to be asked before the page is pruned."""
        for step, stamps in (
            ("json-ld", self._json(things)),
            ("meta", self._meta(_SURE)),
            ("structure", self._around(headline)),
            ("microdata", self._microdata()),
            ("structure", self._openings(headline)),
        ):
            stamp = next((stamp for stamp in stamps if stamp), None)
            if stamp:
                return self._sharpened(stamp, step, headline)
        return None

    def shown(self, headline: LexborNode | None) -> tuple[Stamp, str] | None:
        """The date that the pruned page shows anywhere, or its address or less sure data give."""
        if headline is not None and (stamp := self._leading(text_of(headline))):
            return stamp, "structure"
        for step, stamps in (
            ("structure", self._within(self.page.root)),
            ("meta", self._meta(_DOUBTFUL)),
            ("address", iter([date_in_address(self.page.url)])),
            ("text", self._opening_of(self.page.root, whole=True)),
        ):
            stamp = next((stamp for stamp in stamps if stamp), None)
            if stamp:
                return stamp, step
        return None

    def only_time(self) -> tuple[Stamp, str] | None:
        """The date of the page's `time` elements, if it is one and the same; to be asked before the page is pruned."""
        times = (time for time in self.page.all("time") if not _is_aside(time))
        found = {stamp for time in times if (stamp := self._of_time(time))}
        return (found.pop(), "structure") if len(found) == 1 else None

    def _json(self, things: Sequence[Thing]) -> Iterator[Stamp | None]:
        for thing in things:
            if is_article(thing) or str(thing.get("@type")) in ("WebPage", "ItemPage", "VideoObject"):
                for key in ("datePublished", "dateCreated", "uploadDate"):
                    yield read_machine_date(text_value(thing.get(key)), self.zone)

    def _microdata(self) -> Iterator[Stamp | None]:
        return (read_machine_date(value, self.zone) for value in microdata(self.page, "datePublished"))

    def _meta(self, names: Sequence[str]) -> Iterator[Stamp | None]:
        return (read_machine_date(self.page.first_meta(name), self.zone) for name in names)

    def _around(self, headline: LexborNode | None) -> Iterator[Stamp]:
        """Dates in the short lines around the headline, nearest first."""
        if headline is None:
            return
        for around in (headline, *nearest(headline, 4)):
            for beside in _beside(around):
                if not _is_elsewhere(beside):
                    yield from self._within(beside, near=True)

    def _openings(self, headline: LexborNode | None) -> Iterator[Stamp]:
        """Dates that stand alone, or before a dash, where the blocks around the headline begin."""
        for around in (headline, *nearest(headline, 4)) if headline is not None else ():
            for beside in _beside(around):
                yield from self._opening_of(beside)

    def _opening_of(self, block: LexborNode, *, whole: bool = False) -> Iterator[Stamp]:
        """Dates that stand alone in a block, before its text has begun and before a heading that is a link."""
        before, passed = "", 0
        for node in block.traverse(include_text=True):
            if not whole and (passed > _OPENING or (node.tag in _RANKED and node.css_first("a") is not None)):
                return
            own = node.is_text_node and block.tag not in _NOT_OPENING and not inside(node, _NOT_OPENING)
            own = own and not (inside(node, _ASIDE) and not inside(node, _ARTICLE))
            text = clean(node.text_content) if own else ""
            if text and (stamp := self._alone(text, before, node)):
                yield stamp
            passed += len(text)
            before = text[-_LABEL_MAX:] or before

    def _alone(self, text: str, before: str, node: LexborNode) -> Stamp | None:
        """The date that a text is, or begins with as a dateline does; `before` is the text before it."""
        digit = re.search(r"\d", text)
        if not digit or (len(text) >= _SHORT and not _DATELINE.match(text)):
            return None
        label = f"{before} {text[: digit.start()]}".strip()
        if not _SAID.fullmatch(text[: digit.start()]) or _NOT_SAID.search(label) or _IN_SENTENCE.search(label):
            return None
        around = " ".join(marks(n) for n in nearest(node, 3))
        if _NOT_THIS.search(around) and not _LABEL.search(label):
            return None
        return read_date(text[:_SHORT], self.zone, month_first=self.month_first)

    def _within(self, node: LexborNode, *, near: bool = False) -> Iterator[Stamp]:
        for time in ([node] if node.tag == "time" else []) + node.css("time, [itemprop~=datePublished]"):
            if stamp := self._of_time(time):
                yield stamp
        marked = node.css("[class], [id]") if not near or len(node.text()) < 4_000 else []
        for part in [node, *marked]:
            said = marks(part)
            alone = part is node and near
            if alone or (_DATE_MARK.search(said) and not _NOT_THIS.search(said)):
                text = text_of(part, _LINE + 40)
                if len(text) > _LINE or (alone and _is_caption(part, text)):
                    continue
                if stamp := self._stated(text):
                    yield stamp

    def _of_time(self, time: LexborNode) -> Stamp | None:
        around = [marks(n) for n in (time, *nearest(time, 3))]
        before = time.prev.text() if time.prev is not None else ""
        if _NOT_THIS.search(" ".join(around)) or _NOT_SAID.search(before.strip()[-30:]):
            return None
        attributes = time.attributes
        written = attributes.get("datetime") or attributes.get("content")
        return read_machine_date(written, self.zone) or read_date(
            text_of(time), self.zone, month_first=self.month_first
        )

    def _leading(self, text: str) -> Stamp | None:
        match = re.match(r"\d{1,2}\.\d{1,2}\.\d{4}\b(?=\s*[-–|:])", text)
        return read_date(match.group(), self.zone) if match else None

    def _stated(self, text: str) -> Stamp | None:
        """The first date of a line, if it is not that of an update or an event."""
        digit = re.search(r"\d", text)
        if digit and _NOT_SAID.search(text[: digit.start()].strip()):
            return None
        return read_date(text, self.zone, month_first=self.month_first)

    def _sharpened(self, stamp: Stamp, step: str, headline: LexborNode | None) -> tuple[Stamp, str]:
        """A day with the time that stands beside the headline or in the page's data, if it is of the same day."""
        if stamp.precision is not Precision.DAY:
            return stamp, step
        near = ((other, "structure") for other in self._around(headline))
        for other, by in chain(near, ((other, "microdata") for other in self._microdata())):
            exact = other is not None and other.precision is not Precision.DAY
            if other and exact and other.when.astimezone(self.zone).date() == stamp.when.date():
                return other, by
        return stamp, step


def _is_caption(block: LexborNode, text: str) -> bool:
    """Whether the words of a block are those of its picture: they say more before a date than what it is."""
    digit = re.search(r"\d", text)
    return digit is not None and digit.start() > _LABEL_MAX and block.css_first("img") is not None


def _is_elsewhere(beside: LexborNode) -> bool:
    """Whether a block beside the headline is no part of its header: a menu, a card, a whole text."""
    if beside.tag in ("nav", "form", "figure") or len(beside.text()) > _BLOCK:
        return True
    if beside.tag in ("aside", "footer") and not inside(beside, _ARTICLE):
        return True
    linked = "a" if beside.tag in ("ul", "ol", "table") else ":is(h2, h3, h4, h5) a, a :is(h2, h3, h4, h5)"
    return beside.css_first(linked) is not None


def _is_aside(time: LexborNode) -> bool:
    """Whether a date stands in a menu, an aside, the page's footer or beside a link in a list."""
    for around in ancestors(time):
        if around.tag == "article":
            return False
        if around.tag in ("nav", "aside", "footer", "a") or (around.tag == "li" and around.css_first("a") is not None):
            return True
    return False


def _beside(node: LexborNode) -> Iterator[LexborNode]:
    before, after = node.prev, node.next
    for _ in range(8):
        for beside in (after, before):
            if beside is not None and beside.is_element_node:
                yield beside
        before = before.prev if before is not None else None
        after = after.next if after is not None else None
