"""A page that lists releases becomes Candidates: by selectors, else by the structure that repeats itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from functools import partial
from itertools import chain
from typing import Final
from urllib.parse import parse_qsl, urldefrag, urlsplit

from selectolax.lexbor import LexborNode, SelectolaxError

from newsletter.collect.read.dates import BERLIN, Stamp, read_date, read_machine_date
from newsletter.collect.read.headline import KICKER_MARK
from newsletter.collect.read.images import is_picture, read_picture
from newsletter.collect.read.page import PageTree, ancestors, decode, marks, select, text_of
from newsletter.collect.read.repetition import HEADINGS, RANKED, before, repeated
from newsletter.collect.read.teaser import TEASER_MARK
from newsletter.collect.read.text import HEADLINE_LIMIT, clean
from newsletter.config import ItemProfile
from newsletter.errors import UnreadablePage
from newsletter.model import Candidate, Image, Page

_NO_PROFILE: Final = ItemProfile()
_NEXT = re.compile(
    r"^(?:weiter|nächste(?:\s+seite)?|vorwärts|ältere(?:\s+\w+)?|next(?:\s+page)?|older(?:\s+\w+)?|mehr laden|"
    r"load more|»|›|>|→|>>)\s*[»›>→]*$",
    re.IGNORECASE,
)


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
    for node, link in items:
        candidate = _candidate(node, link, tree, zone)
        if candidate and candidate.url not in found:
            found[candidate.url] = candidate
    if not found:
        raise UnreadablePage("no list of releases was found on the page" + (f" ({item.select})" if item.select else ""))
    return Listing(tuple(found.values()), following, _last_page(tree, following))


def next_page(page: PageTree) -> str | None:
    """The address of the list's next page: rel=next, a link that says so, else the page number after this one."""
    for node in page.tree.css("link[rel~=next], a[rel~=next]"):
        if url := page.absolute(node.attributes.get("href")):
            return url
    links = [a for a in page.root.css("a[href]") if len(a.text()) < 60]
    for a in links:
        said = {text_of(a), clean(a.attributes.get("aria-label")), clean(a.attributes.get("title"))}
        if (
            any(_NEXT.match(words) for words in said)
            and (url := page.absolute(a.attributes.get("href")))
            and urldefrag(url)[0] != page.url
        ):
            return url
    return _page_after(page, links)


def _page_after(page: PageTree, links: Sequence[LexborNode]) -> str | None:
    here = _page_number(page.url) or 1
    for a in links:
        url = page.absolute(a.attributes.get("href"))
        if (
            url
            and text_of(a) == str(here + 1)
            and urlsplit(url).hostname == urlsplit(page.url).hostname
            and url != page.url
        ):
            return url
    return None


def _last_page(page: PageTree, following: str | None) -> int | None:
    """The highest number that the links to the list's pages have, where one leads further than to the next page."""
    if following is None:
        return None
    path, after = urlsplit(following).path, _page_number(following)
    linked = {page.absolute(a.attributes.get("href")) for a in page.root.css("a[href]")}
    numbers = [_page_number(url) for url in linked if url and urlsplit(url).path == path]
    last = max((number for number in numbers if number), default=None)
    return last if last and after and last > after else None


def _page_number(url: str) -> int | None:
    parts = urlsplit(url)
    numbers = [
        value
        for key, value in parse_qsl(parts.query)
        if re.search(r"page|seite|(?:^|\[)p\]?$", key) and value.isdigit()
    ]
    return int(numbers[0][:6]) if numbers else None


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


def _candidate(node: LexborNode, link: LexborNode, page: PageTree, zone: tzinfo) -> Candidate | None:
    url = page.absolute(link.attributes.get("href"))
    if not url:
        return None
    read = partial(read_date, zone=zone, month_first=page.language in ("en", "en-us"))
    stamp = _date(node, zone, read) or read(before(node)) or read(before(link))
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
    named = next((n for n in link.css("[class]") if re.search(r"headline|title", marks(n)) and text_of(n)), link)
    return text_of(named, HEADLINE_LIMIT) or clean(
        link.attributes.get("title") or link.attributes.get("aria-label"), HEADLINE_LIMIT
    )


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
    return next((text for text in told if len(text) >= 40 and not _is_date_line(text)), None)


def _is_date_line(text: str) -> bool:
    return len(text) < 80 and read_date(text) is not None


def _image(node: LexborNode, page: PageTree) -> Image | None:
    img = next((img for img in node.css("img") if is_picture(img, page)), None)
    picture = read_picture(img, page) if img is not None else None
    return picture.image if picture else None
