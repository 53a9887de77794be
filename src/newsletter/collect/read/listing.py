"""A page that lists releases becomes Candidates: by selectors, else by the structure that repeats itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from functools import partial
from itertools import chain
from typing import Final
from urllib.parse import urldefrag

from selectolax.lexbor import LexborNode, SelectolaxError

from newsletter.collect.read.dates import BERLIN, Stamp, read_date, read_machine_date
from newsletter.collect.read.headline import KICKER_MARK
from newsletter.collect.read.images import is_picture, read_picture
from newsletter.collect.read.page import HEADINGS, RANKED, PageTree, ancestors, decode, marks, select, text_of
from newsletter.collect.read.paging import last_page, next_page
from newsletter.collect.read.repetition import repeated
from newsletter.collect.read.rows import after, before
from newsletter.collect.read.teaser import TEASER_MARK
from newsletter.collect.read.text import HEADLINE_LIMIT, clean
from newsletter.config import ItemProfile
from newsletter.errors import UnreadablePage
from newsletter.model import Candidate, Image, Page

_NO_PROFILE: Final = ItemProfile()
_READ_ON: Final = re.compile(
    r"\s*(?:\[?(?:…|\.\.\.)\]?\s*)?(?:weiterlesen|mehr(?: lesen)?|read more|continue reading|more)\b[^.]{0,80}$",
    re.IGNORECASE,
)
_DAY_LINES: Final = frozenset({"div", "p", "dt", "th", "span", "strong", "time", "caption"})
_HEAD_MAX: Final = 40  # characters
_TELLING: Final = 15  # characters


@dataclass(frozen=True, slots=True)
class Listing:
    """The candidates of one page of a list, in its order, and the address of the next page.

    `pages`: how many pages the list has, as far as the links to its other pages tell.
    """

    candidates: tuple[Candidate, ...]
    next_page: str | None = None
    pages: int | None = None


def read_list(page: Page, item: ItemProfile = _NO_PROFILE, *, zone: tzinfo = BERLIN) -> Listing:
    """The releases that `page` lists; raises UnreadablePage where it has none or a selector is none."""
    text = decode(page.body, page.charset)
    tree = PageTree(text, page.url)
    following = next_page(tree)
    items = _selected(tree, item) if item.select else repeated(tree)
    found: dict[str, Candidate] = {}
    above = _dates_above(tree, [node for node, _ in items], zone)
    for node, link in items:
        candidate = _candidate(node, link, tree, zone, above)
        if candidate and candidate.url not in found:
            found[candidate.url] = candidate
    if not found:
        raise UnreadablePage("no list of releases was found on the page" + (f" ({item.select})" if item.select else ""))
    return Listing(tuple(found.values()), following, last_page(tree, following))


def _selected(page: PageTree, item: ItemProfile) -> list[tuple[LexborNode, LexborNode]]:
    try:
        nodes = select(page.root, item.select or "")
        pairs = [(node, _link(node, item.link)) for node in nodes]
    except SelectolaxError as error:
        raise UnreadablePage(f"the profile's selectors ({item.select}, {item.link}) are not CSS selectors") from error
    return [(node, link) for node, link in pairs if link is not None]


def _link(node: LexborNode, query: str | None) -> LexborNode | None:
    if query:
        return node.css_first(query)
    if node.tag == "a":
        return node
    links = select(node, "a[href]")
    return next(
        (a for a in links if a.css_first(HEADINGS) is not None or any(n.tag in RANKED for n in ancestors(a))),
        links[0] if links else None,
    )


def _dates_above(page: PageTree, items: Sequence[LexborNode], zone: tzinfo) -> dict[int, Stamp]:
    """The days that stand over groups of items, by the items' ids: in headings, or alone in a line, two at least."""
    ids, own = {item.mem_id for item in items}, {inner.mem_id for item in items for inner in item.traverse()}
    found: dict[int, Stamp] = {}
    current: Stamp | None = None
    for node in page.root.traverse():
        if node.mem_id in ids and current is not None:
            found[node.mem_id] = current
        elif (
            node.mem_id not in own
            and (node.tag in RANKED or node.tag in _DAY_LINES)
            and next(node.iter(), None) is None
        ):
            text = text_of(node, _HEAD_MAX + 2)
            stamp = (
                read_date(text, zone, month_first=page.language in ("en", "en-us")) if len(text) <= _HEAD_MAX else None
            )
            current = stamp or (None if node.tag in RANKED else current)
    return found if len(set(found.values())) > 1 else {}


def _candidate(
    node: LexborNode, link: LexborNode, page: PageTree, zone: tzinfo, above: Mapping[int, Stamp]
) -> Candidate | None:
    url = page.absolute(link.attributes.get("href"))
    if not url:
        return None
    read = partial(read_date, zone=zone, month_first=page.language in ("en", "en-us"))
    stamp = (
        _date(node, zone, read)
        or read(before(node))
        or read(before(link))
        or read(after(node))
        or above.get(node.mem_id)
    )
    return Candidate(
        url=urldefrag(url)[0],
        headline=_headline(node, link) or None,
        published=stamp.when if stamp else None,
        published_precision=stamp.precision if stamp else None,
        kicker=_kicker(node),
        teaser=_teaser(node),
        image=_image(node, page),
    )


def _headline(node: LexborNode, link: LexborNode) -> str:
    for heading in (link.css_first(HEADINGS), node.css_first(HEADINGS)):
        if heading is not None and text_of(heading):
            within = [n for n in heading.css("[class]") if re.search("headline|title", marks(n)) and text_of(n)]
            return text_of(within[-1] if within else heading, HEADLINE_LIMIT)  # the last is the innermost
    named = next((n for n in link.css("[class]") if re.search(r"headline|title", marks(n)) and text_of(n)), None)
    named = named or _telling(link) or link
    return text_of(named, HEADLINE_LIMIT) or clean(
        link.attributes.get("title") or link.attributes.get("aria-label"), HEADLINE_LIMIT
    )


def _telling(link: LexborNode) -> LexborNode | None:
    """The part of a link that is its headline, where it holds a whole item: the first that tells, and is no date."""
    parts = [n for n in link.css("*") if next(n.iter(), None) is None and text_of(n)]
    if len(parts) < 2:
        return None
    words = [n for n in parts if not _is_date_line(text_of(n)) and not KICKER_MARK.search(marks(n))]
    return next((n for n in words if len(text_of(n)) >= _TELLING), words[0] if words else None)


def _date(node: LexborNode, zone: tzinfo, read: Callable[[str], Stamp | None]) -> Stamp | None:
    for time in node.css("time"):
        if stamp := read_machine_date(time.attributes.get("datetime"), zone) or read(text_of(time)):
            return stamp
    for marked in node.css("[class*=date i], [class*=datum i], [class*=time i], [class*=meta i]"):
        if stamp := read(text_of(marked, 200)):
            return stamp
    for part in node.css("p, span, div, td, small, li, dt, dd, strong, em"):
        text = text_of(part, 200)
        if len(text) < 60 and (stamp := read(text)):
            return stamp
    text = text_of(node, 300)
    return read(text) if len(text) < 300 else None


def _kicker(node: LexborNode) -> str | None:
    return next((text for text in _marked(node.css("[class]"), KICKER_MARK, 3, 80) if not read_date(text)), None)


def _marked(nodes: Iterable[LexborNode], mark: re.Pattern[str], least: int, most: int) -> Iterator[str]:
    for node in nodes:
        if mark.search(marks(node)) and node.css_first(HEADINGS) is None:
            text = text_of(node)
            if least <= len(text) <= most:
                yield text


def _teaser(node: LexborNode) -> str | None:
    """What a list says below a headline: the element that is called a teaser, else the first paragraph."""
    parts = select(node, f"p, [class], {HEADINGS}")
    below = next((place for place, part in enumerate(parts) if part.tag in RANKED), 0)
    parts = [*parts[below:], *parts[:below]]
    texts = (text_of(p) for p in parts if p.tag == "p" and p.css_first("time") is None)
    told = chain(_marked(parts, TEASER_MARK, 30, 1_000), texts)
    found = (_READ_ON.sub("", text) for text in told)
    return next((text for text in found if len(text) >= 40 and not _is_date_line(text)), None)


def _is_date_line(text: str) -> bool:
    return len(text) < 80 and read_date(text) is not None


def _image(node: LexborNode, page: PageTree) -> Image | None:
    img = next((img for img in node.css("img") if is_picture(img, page)), None)
    picture = read_picture(img, page) if img is not None else None
    return picture.image if picture else None
