"""The text of a release: the element that holds it, and what of it is not text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final

from selectolax.lexbor import LexborNode

from newsletter.collect.read.blocks import plain
from newsletter.collect.read.credits import split_credit
from newsletter.collect.read.dates import read_date
from newsletter.collect.read.documents import is_file
from newsletter.collect.read.images import IMAGE_FILE
from newsletter.collect.read.page import PageTree, ancestors, nearest, remove, select, text_of
from newsletter.collect.read.prune import MORE
from newsletter.collect.read.text import folded

PATTERNS: Final = (
    ("TYPO3 news", ".news-text-wrap, .news-single [itemprop=articleBody], .news-single .article"),
    ("schema.org", "[itemprop~=articleBody]"),
    ("Drupal", ".field--name-body, .field-name-body, .node__content"),
    ("WordPress", ".entry-content, .post-content, .wp-block-post-content"),
    ("Government Site Builder", ".singleview, #content .bodytext"),
    ("Plone", "#parent-fieldname-text, #content-core"),
)
_ANY_PATTERN: Final = ", ".join(query for _, query in PATTERNS)
_AWAY: Final = re.compile(
    r"\W*(?:zurück(?: zu[mr]? [\w ]+)?|back(?: to [\w ]+)?|(?:seite |artikel )?drucken|print|weiter(?:lesen)?|"
    r"mehr(?: lesen)?|read more|more|nach oben|"
    r"top|pdf|pdf[- ]version|(?:[\w ]{2,30} )?als pdf (?:herunterladen|öffnen|speichern)|teilen|share|"
    r"vorlesen|druckversion|(?:zur )?(?:übersicht|startseite|listenansicht))\W*",
    re.IGNORECASE,
)
_READ_ON: Final = re.compile(
    r"\W*(?:weiterlesen|mehr (?:dazu|zum thema)|lesen sie (?:auch|mehr|dazu)|siehe auch|read (?:more|also|next)|"
    r"see also|related|more)\b[^.]{0,20}?:",
    re.IGNORECASE,
)
_PROMO: Final = re.compile(
    r"\b(?:im abo|abonnieren|am kiosk|kiosk,|newsletter|subscribe|sign up|folgen sie uns|follow us|feedback zu)\b",
    re.IGNORECASE,
)
_FILE_NOTE: Final = 60  # characters: type, size and whether a document is accessible
_SMALL_PRINT: Final = 200  # characters: a shorter one may name an author or a place
_NEAR: Final = 40  # elements around a link: what holds it from farther away is no block of links
_LINE: Final = 1_000  # characters
_START: Final = 40  # characters
_AWAY_MAX: Final = 60  # characters
_PROMO_MAX: Final = 250  # characters
_EMPTY_SECTION: Final = re.compile(
    r"\n*<(?:h2>[^\n]*</h2>(?=\n<h2>|\s*$)|h3>[^\n]*</h3>(?=\n<h[23]>|\s*$)|h4>[^\n]*</h4>(?=\n<h[2-4]>|\s*$)|"
    r"p>(?:<strong>|<b>)[^<\n]{2,60}:(?:</strong>|</b>):?</p>\s*$)"
)
_ONLY_LINK: Final = re.compile(
    r"<p>(?:<[bi]>|<strong>|<em>)*<a (?!href=.(?:mailto|tel):)[^>]*>[^<]*</a>"
    r"(?:</[bi]>|</strong>|</em>|&nbsp;|\s)*</p>"
)
_READING_TIME: Final = re.compile(
    r"(?:berechne |geschätzte )?(?:lesezeit|lesedauer|reading time)\b.{0,30}|"
    r"\d+ ?min(?:uten|utes?|\.)? (?:lesezeit|read)",
    re.IGNORECASE,
)
_DATE_LINE: Final = re.compile(
    r"(?:(?:stand|datum|veröffentlicht|erstellt|published|posted)?\W*(?:am|"
    r"on)?\W*)?(?:[A-Za-z]{2,10}[,.]\s*)?(?:den )?\d[\w.:,/äÄ\s|–-]{5,40}",
    re.IGNORECASE,
)
_LIGHT: Final = frozenset({"a", "button", "figcaption", "h1"})
_ENOUGH: Final = 0.72  # of the text: a child that holds so much is where it is
_MOST: Final = 0.6  # of the text after the headline
_OPENING: Final = 80  # characters: two paragraphs so long before that child are of the release too
_LOOSE: Final = 12  # blocks that may go at the end of a text
MIN_BODY: Final = 140  # characters


def find_body(page: PageTree, headline: LexborNode | None) -> tuple[LexborNode, str] | None:
    """The element that holds the release's text and the step that found it."""
    weights = _Weights(page.root, headline)
    best = weights.heaviest()
    known = page.root.css_first(_ANY_PATTERN) is not None
    for name, query in PATTERNS if known else ():
        nodes = [
            n for n in select(page.root, query) if weights.of(n) >= 0.6 * weights.of(best) and weights.of(n) >= MIN_BODY
        ]
        if nodes:
            return max(nodes, key=weights.of), name
    return (best, "structure") if weights.of(best) >= MIN_BODY else None


class _Weights:
    """How much text that is read (not linked, in paragraphs, after the headline) each element holds."""

    def __init__(self, root: LexborNode, headline: LexborNode | None) -> None:
        self.root, self.headline = root, headline
        self.total: defaultdict[int, float] = defaultdict(float)
        self.after = 0.0  # what stands after the headline
        light: dict[int, int] = {}  # how many of an element and those around it make text count little
        paths: list[tuple[int, int]] = []
        key_of_headline = headline.mem_id if headline is not None else 0
        before = headline is not None
        for node in root.traverse(include_text=True):
            key, tag, around = node.mem_id, node.tag, node.parent
            parent = around.mem_id if around is not None else 0
            if tag == "-text":
                said = len((node.text_content or "").strip())
                weight = said * (0.3 if before else 1.0) * 0.05 ** light[parent] if said > 2 else 0.0
                self.total[parent] += weight
                self.after += 0.0 if before else weight
            else:
                before = before and key != key_of_headline
                light[key] = light.get(parent, 0) + (tag in _LIGHT)
                paths.append((key, parent))
        for key, parent in reversed(paths):
            self.total[parent] += self.total[key]

    def of(self, node: LexborNode) -> float:
        return self.total[node.mem_id]

    def heaviest(self) -> LexborNode:
        """The innermost element that holds most of the text, and what of it stands before."""
        path = [self._own_part() or self.root]
        while True:
            children = [child for child in path[-1].iter() if _may_hold(child)]
            best = max(children, key=self.of, default=None)
            if best is None or self.of(best) < _ENOUGH * self.of(path[-1]):
                break
            path.append(best)
        return self._with_opening(path)

    def _own_part(self) -> LexborNode | None:
        """The article or main part around the headline, where it holds most of the text after it: menus may be long."""
        around = ancestors(self.headline) if self.headline is not None else ()
        own = (node for node in around if node.tag in ("article", "main"))
        return next((node for node in own if self.of(node) >= max(MIN_BODY, _MOST * self.after)), None)

    def _with_opening(self, path: list[LexborNode]) -> LexborNode:
        found = path[-1]
        for around, inner in reversed(list(pairwise(path))):
            before = [
                (p, n)
                for n in _siblings(inner, "prev")
                for p in ([n] if n.tag == "p" else n.css("p"))
                if self.of(p) >= _OPENING
            ]
            after = sum(self.of(n) for n in _siblings(inner, "next"))
            enough = len(before) > 1 or any(_is_alike(n, inner) for _, n in before)
            if enough and after < sum(self.of(p) for p, _ in before) / 2:
                found = around
        return found


def _is_alike(node: LexborNode, other: LexborNode) -> bool:
    """Whether two blocks are of one kind, as the elements that a system builds its texts of are."""
    one, two = ((n.attributes.get("class") or "").split() for n in (node, other))
    return node.tag == other.tag and bool(set(one) & set(two))


def _may_hold(node: LexborNode) -> bool:
    if node.tag in ("table", "tbody"):
        return node.css_first("p, div") is not None
    return node.tag not in ("p", "ul", "ol", "blockquote", "h1", "h2", "h3")


def _siblings(node: LexborNode, way: str) -> Iterator[LexborNode]:
    beside = getattr(node, way)
    while beside is not None:
        yield beside
        beside = getattr(beside, way)


def clear(body: LexborNode, gone: Iterable[LexborNode], texts: Iterable[str]) -> None:
    """Takes out of `body` what is told elsewhere (headline, kicker, teaser, date line) and what only leads away."""
    told = {folded(text) for text in texts if text}
    lines = select(body, "h1, h2, h3, h4, p, li, div, span, time, header, footer, a, ul, ol, section, table, address")
    links = _Links(body)
    loose = [n for n in lines if _is_loose(n, links, told)]
    remove(_ordered(body, [*gone, *loose, *_small_print(body)]))


class _Links:
    """The links in each element of a text, and how much each says."""

    def __init__(self, body: LexborNode) -> None:
        self._within: defaultdict[int, list[LexborNode]] = defaultdict(list)
        self._said: dict[int, int] = {}
        for a in body.css("a"):
            self._said[a.mem_id] = len(text_of(a))
            for node in (a, *nearest(a, _NEAR)):
                self._within[node.mem_id].append(a)

    def of(self, node: LexborNode) -> Sequence[LexborNode]:
        return self._within.get(node.mem_id, ())

    def said(self, links: Iterable[LexborNode]) -> int:
        return sum(self._said[a.mem_id] for a in links)


def _is_loose(node: LexborNode, known: _Links, told: set[str]) -> bool:
    if node.tag in ("h1", "footer"):
        return True
    if _is_file_link(node, known.of(node)):
        return True
    text = text_of(node, _LINE)
    return _is_told(node, text, told) or _leads_away(node, text, known)


def without_loose_ends(html: str) -> str:
    """Plain blocks without the headings that nothing follows, and without links and calls to read on at their end."""
    for _ in range(_LOOSE):
        html = _EMPTY_SECTION.sub("", html).strip()
        rest, _, last = html.rpartition("\n")
        if not rest or not (_ONLY_LINK.fullmatch(last) or _is_call(plain(last)) or _is_promo(plain(last))):
            break
        html = rest
    return html


def _is_call(text: str) -> bool:
    return len(text) < 60 and MORE.match(text) is not None and not text.endswith(".")


def _is_promo(text: str) -> bool:
    return len(text) <= _PROMO_MAX and _PROMO.search(text) is not None


def _small_print(body: LexborNode) -> Iterator[LexborNode]:
    """The paragraphs at the end that are set small: what a publisher says of itself under each of its releases."""
    for p in reversed(body.css("p")):
        said = len(p.text().strip())
        if said and sum(len(small.text()) for small in p.css("small")) < 0.9 * said:
            return
        if said >= _SMALL_PRINT:
            yield p


def _is_told(node: LexborNode, text: str, told: set[str]) -> bool:
    if not text or node.tag in ("a", "ul", "ol", "section", "table"):
        return False
    first = text[0].casefold()
    likely = not first.isalnum() or any(one.startswith(first) for one in told)
    if likely and any(one.startswith(folded(text[:_START])) for one in told) and folded(text) in told:
        return True
    if len(text) < 120 and split_credit(text)[0] is None:
        return True
    if len(text) >= 60:
        return False
    return bool(_READING_TIME.fullmatch(text)) or (bool(_DATE_LINE.fullmatch(text)) and read_date(text) is not None)


def _leads_away(node: LexborNode, text: str, known: _Links) -> bool:
    """Whether a line is a link back, onward or to the printer, or a block consists of links."""
    if node.tag in ("h1", "h2", "h3", "h4", "span", "time", "address"):
        return False
    links = [node] if node.tag == "a" else known.of(node)
    if len(text) < _AWAY_MAX and _AWAY.fullmatch(text) and (links or " " in text):
        return True
    if not links:
        return False
    linked = known.said(links)
    if node.tag in ("p", "li") and len(text) < 250 and (start := _READ_ON.match(text)):
        return linked >= 0.6 * (len(text) - start.end())
    return _is_made_of_links(node, known)


def _is_made_of_links(node: LexborNode, known: _Links) -> bool:
    links = known.of(node)
    return (
        node.tag in ("ul", "ol", "div", "section", "table")
        and len(links) > 1
        and known.said(links) >= 0.8 * len(text_of(node, 100_000))
        and (node.css_first("img") is None or not any(IMAGE_FILE.search(a.attributes.get("href") or "") for a in links))
    )


def _is_file_link(node: LexborNode, links: Sequence[LexborNode]) -> bool:
    """Whether a line is nothing but a link to a document, which the release carries apart."""
    if not links or node.tag not in ("p", "div", "ul"):
        return False
    if node.tag == "ul":
        return all(is_file(a.attributes.get("href") or "") for a in links) and len(links) == len(node.css("li"))
    return (
        len(links) == 1
        and is_file(links[0].attributes.get("href") or "")
        and len(text_of(node)) <= len(text_of(links[0])) + _FILE_NOTE
    )


def _ordered(body: LexborNode, nodes: Iterable[LexborNode]) -> list[LexborNode]:
    wanted = {node.mem_id for node in nodes}
    return [node for node in body.traverse() if node.mem_id in wanted]
