"""The lead paragraph of a release: marked as such, set apart before the text, or told by the page's data."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final

from selectolax.lexbor import LexborNode

from newsletter.collect.read.credits import split_credit
from newsletter.collect.read.data import Thing, is_article, text_value
from newsletter.collect.read.dates import read_date
from newsletter.collect.read.page import PageTree, ancestors, inside, marks, nearest, says, text_of
from newsletter.collect.read.text import ENDS, folded, likeness

TEASER_MARK: Final = re.compile(
    r"(?:^|[\s_-])(?:teaser-?text|teaser|lead|lead-?text|lede|intro|intro-?text|introduction|vorspann|abstract|"
    r"standfirst|dek|"
    r"deck|sub-?title|sub-?head(?:line)?|summary|einleitung|anleser|untertitel|untertitle|excerpt|description|preface|"
    r"article-?lead|article-?intro|stand-?first|entry-?summary|lead-?paragraph|ingress|entradilla|sommaire|"
    r"chapo)(?:$|[\s_-]|text)"
)
_NO_TEASER: Final = re.compile(
    r"caption|credit|vjs|no-?js|author|autor|byline|bildunter|copyright|share|breadcrumb|meta\b|date|datum|comment|"
    r"tags?\b|button|video|audio|player|promo|card",
    re.IGNORECASE,
)
_NO_HOLDERS: Final = frozenset({"figure", "figcaption", "a", "li", "button", "nav", "footer", "table"})
_QUOTE: Final = 60  # letters
_LEAVES: Final = frozenset({"p", "h2", "div", "strong", "span"})
_ALIKE: Final = 0.5  # of the shorter text's words
_QUOTED: Final = 0.9  # of the shorter text's words
_MIN: Final = 40  # characters
_SHORT: Final = 12  # characters of what is marked as a teaser and stands right with the headline
_BESIDE: Final = 200  # characters after the headline
_NEAR: Final = 600  # characters after the headline
_MAX: Final = 900
_REACH: Final = 2_500  # characters after the headline within which a teaser begins


def find_teaser(
    page: PageTree,
    headline: LexborNode | None,
    body: LexborNode | None,
    pictures: Iterable[LexborNode] = (),
    told: Collection[str] = (),
) -> LexborNode | None:
    """The element that is the lead paragraph: the first after the headline that says so or stands before the text.

    `pictures` are the elements that are pictures and captions, and so no teaser. `told` is what the page's data say
    of the release: what nothing marks as its teaser has to be like that.
    """
    if headline is None:
        return None
    within = {node.mem_id for node in body.traverse()} if body is not None else set()
    path = {node.mem_id for node in ancestors(headline)}
    skipped = {inner.mem_id for one in pictures for inner in one.traverse()}
    apart: LexborNode | None = None
    for node, passed in _after(page.root, headline):
        marked = says(TEASER_MARK, marks(node)) or (node.tag == "h2" and _follows(headline, node))
        outside = apart is None and bool(within) and node.mem_id not in within
        if not (marked or outside) or node.mem_id in skipped:
            continue
        if not _may_be(node, path, _SHORT if marked and passed < _NEAR else _MIN):
            continue
        if marked and (passed < _NEAR or _is_like(node, told)):
            return node
        if outside and _is_leaf(node):
            apart = node if passed < _BESIDE or _is_like(node, told) else None
    return apart or (_first_apart(body, told) if body is not None else None)


def quoted(page: PageTree, told: Iterable[str]) -> list[LexborNode]:
    """The paragraphs that the page's data quote: they are the release's, wherever they stand."""
    starts = {folded(text)[:_QUOTE] for text in told if len(text) >= 2 * _MIN}
    likely = (p for p in page.all("p") if _begins_one(p.text().lstrip()[:_SHORT], starts)) if starts else ()
    return [p for p in likely if folded(text_of(p, 2 * _QUOTE))[:_QUOTE] in starts]


def _begins_one(text: str, starts: Collection[str]) -> bool:
    begins = folded(text)
    return any(start.startswith(begins) for start in starts)


def _is_like(node: LexborNode, told: Collection[str]) -> bool:
    """Whether an element says what the page's data say, or they say nothing."""
    text = text_of(node)
    return not told or any(likeness(text, other) >= _ALIKE for other in told)


def is_caption(text: str, captions: Iterable[str]) -> bool:
    """Whether a text is but a caption, which a picture is shown with."""
    return any(
        len(caption) >= _MIN and likeness(text, caption) >= _QUOTED
        for caption in captions
        if len(text) < 2 * len(caption)
    )


def is_surer(apart: str, opening: str | None, step: str | None) -> bool:
    """Whether the lead that a byline sets apart from the text comes before what was found: nothing, or in the data."""
    return opening is None or (step not in ("profile", "structure") and likeness(apart, opening) >= _ALIKE)


def told_teasers(page: PageTree, things: Sequence[Thing]) -> Iterator[tuple[str, str]]:
    """Descriptions in the page's data, by step."""
    for thing in things:
        if is_article(thing) and len(text := text_value(thing.get("description"))) >= _MIN:
            yield "json-ld", text
    for step, names in (
        ("opengraph", ("og:description",)),
        ("meta", ("description", "dc.description", "dcterms.abstract", "twitter:description")),
    ):
        if len(text := page.first_meta(*names) or "") >= _MIN:
            yield step, text


def _after(root: LexborNode, headline: LexborNode) -> Iterator[tuple[LexborNode, int]]:
    """The elements after the headline and how much text stands between, until it has gone on for a while."""
    begun, passed = False, 0
    inner = {node.mem_id for node in headline.traverse()}
    for node in root.traverse(include_text=True):
        if node.mem_id in inner:
            begun = True
        elif begun and node.is_text_node:
            passed += len((node.text_content or "").strip())
            if passed > _REACH:
                return
        elif begun:
            yield node, passed


def _follows(headline: LexborNode, node: LexborNode) -> bool:
    """Whether a heading is the next thing after the headline: its second line."""
    after = headline.next
    while after is not None and not after.is_element_node:
        after = after.next
    return after is not None and after.mem_id == node.mem_id


def _may_be(node: LexborNode, path: Collection[int] = (), least: int = _MIN) -> bool:
    if node.tag in (
        "body",
        "main",
        "article",
        "html",
        "a",
        "img",
        "figure",
        "figcaption",
        "header",
        "ul",
        "ol",
        "li",
        "section",
    ):
        return False
    text = text_of(node, 2 * _MAX)  # a longer one is cut at a word, and so may be shorter than its limit
    if (
        not least <= len(text) <= _MAX
        or says(_NO_TEASER, marks(node))
        or node.css_first("h1, h3, figure, img, li, time") is not None
        or split_credit(text)[1] is not None
    ):
        return False
    linked = sum(len(a.text()) for a in node.css("a"))
    held = any(n.tag in _NO_HOLDERS and n.mem_id not in path for n in ancestors(node))
    return linked * 2 < len(text) and not held and not (len(text) < 90 and read_date(text))


def _is_leaf(node: LexborNode) -> bool:
    """Whether an element holds words of its own, and nothing close around it says it is something else."""
    own = any(
        child.is_text_node and len((child.text_content or "").strip()) > 20 for child in node.iter(include_text=True)
    )
    return (
        own
        and node.tag in _LEAVES
        and text_of(node)[-1:] in ENDS
        and not any(says(_NO_TEASER, marks(around)) for around in nearest(node, 2))
    )


def _may_be_text(p: LexborNode) -> bool:
    return not inside(p, _NO_HOLDERS) and not says(_NO_TEASER, marks(p))


def _first_apart(body: LexborNode, told: Collection[str]) -> LexborNode | None:
    """The first paragraph of the text, if it is set otherwise than the rest: all bold, or of a class of its own."""
    paragraphs = [p for p in body.css("p") if len(text_of(p)) >= _MIN and _may_be_text(p)][:12]
    if len(paragraphs) < 3 or not _may_be(first := paragraphs[0]):
        return None
    bold = sum(
        len(b.text()) for b in first.css("strong, b") if b.parent is not None and b.parent.tag not in ("strong", "b")
    )
    if bold >= 0.9 * len(first.text().strip()):
        return first
    (usual, count), *_ = Counter(marks(p) for p in paragraphs[1:]).most_common(1)
    if not _is_like(first, told):
        return None
    return first if marks(first).strip() and marks(first) != usual and count >= 0.7 * (len(paragraphs) - 1) else None
