"""A page that lists releases becomes Candidates: by selectors, else by the structure that repeats itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final
from urllib.parse import parse_qsl, urldefrag, urlsplit

from selectolax.lexbor import LexborNode, SelectolaxError

from newsletter.collect.read.dates import BERLIN, Stamp, read_date, read_machine_date
from newsletter.collect.read.headline import KICKER_MARK
from newsletter.collect.read.images import is_picture, read_picture
from newsletter.collect.read.page import PageTree, ancestors, decode, marks, select, text_of
from newsletter.collect.read.teaser import TEASER_MARK
from newsletter.collect.read.text import HEADLINE_LIMIT, clean
from newsletter.config import ItemProfile
from newsletter.errors import UnreadablePage
from newsletter.model import Candidate, Image, Page

_NO_PROFILE: Final = ItemProfile()
_AWAY: Final = (
    "script, style, template, svg, nav, footer, [role=navigation], [role=contentinfo], [role=search], "
    "[role=banner], [role=menu], "
    "[class*=breadcrumb i], [class*=cookie i], [class*=pagination i], [class*=pager i], [class*=pagebrowser i], "
    "[class*=share i], [class*=social i]"
)
_NEXT = re.compile(
    r"^(?:weiter|nächste(?:\s+seite)?|vorwärts|ältere(?:\s+\w+)?|next(?:\s+page)?|older(?:\s+\w+)?|mehr laden|"
    r"load more|»|›|>|→|>>)\s*[»›>→]*$",
    re.IGNORECASE,
)
_NOT_ITEM = re.compile(
    r"^(?:mehr|weiterlesen|weiter|read more|more|details|zurück|home|startseite|\d+|»|«|drucken|print|kontakt|"
    r"impressum|login)$",
    re.IGNORECASE,
)
_HEADINGS: Final = "h1, h2, h3, h4, h5, h6"
_RANKED: Final = frozenset(_HEADINGS.split(", "))


@dataclass(frozen=True, slots=True)
class Listing:
    """The candidates of one page of a list, in its order, and the address of the next page."""

    candidates: tuple[Candidate, ...]
    next_page: str | None = None


def read_list(page: Page, item: ItemProfile = _NO_PROFILE, *, zone: tzinfo = BERLIN) -> Listing:
    """The releases that `page` lists; raises UnreadablePage where it has none or a selector is none."""
    text = decode(page.body, page.charset)
    tree = PageTree(text, page.url)
    following = next_page(tree)
    items = _selected(tree, item) if item.select else _found(tree)
    found: dict[str, Candidate] = {}
    for node, link in items:
        candidate = _candidate(node, link, tree, zone)
        if candidate and candidate.url not in found:
            found[candidate.url] = candidate
    if not found:
        raise UnreadablePage("no list of releases was found on the page" + (f" ({item.select})" if item.select else ""))
    return Listing(tuple(found.values()), following)


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
        (a for a in links if a.css_first(_HEADINGS) is not None or any(n.tag in _RANKED for n in ancestors(a))),
        links[0] if links else None,
    )


@dataclass(slots=True)
class _Group:
    """Links that stand at the same place of a repeated structure."""

    shape: str
    items: list[tuple[LexborNode, LexborNode]]
    worth: float = 0.0


def _found(page: PageTree) -> list[tuple[LexborNode, LexborNode]]:
    groups: dict[str, _Group] = {}
    away = {n.mem_id for n in page.root.css(_AWAY)}
    for a in page.root.css("a[href]"):
        path = list(ancestors(a))
        if any(n.mem_id in away for n in path) or not _may_be_item(a, page):
            continue
        shape = _shape(a, path)
        groups.setdefault(shape, _Group(shape, [])).items.append((a, a))
    for group in groups.values():
        group.items = [(_item(a), a) for a, _ in group.items] if len(group.items) > 1 else group.items
        group.worth = _worth(group)
    best = max(groups.values(), key=lambda group: group.worth, default=None)
    return best.items if best else []


def _shape(a: LexborNode, path: Sequence[LexborNode]) -> str:
    def kind(node: LexborNode) -> str:
        first = (node.attributes.get("class") or "").split()
        return f"{node.tag}.{re.sub(r'[-_]?[0-9]+', '', first[0])}" if first else str(node.tag)

    return " < ".join([kind(a), *(kind(node) for node in path[:6])])


def _item(a: LexborNode) -> LexborNode:
    """The largest element around a link that holds no other item."""
    item = a
    url = a.attributes.get("href")
    for around in ancestors(a):
        others = {link.attributes.get("href") for link in around.css("a[href]")} - {url}
        if around.tag in ("main", "ul", "ol", "table", "tbody") or len(others) > 3 or len(around.css(_HEADINGS)) > 2:
            break
        if others and len(around.css("a[href]")) > 4:
            break
        item = around
    return item


def _worth(group: _Group) -> float:
    texts = [text_of(a) for _, a in group.items]
    if len(set(texts)) < 2:
        return 0.0
    length = sum(min(len(text), 90) for text in texts) / len(texts)
    headed = sum(
        a.css_first(_HEADINGS) is not None or any(n.tag in _RANKED for n in ancestors(a)) for _, a in group.items
    )
    dated = sum(
        node is not a and (node.css_first("time") is not None or read_date(text_of(node, 300)) is not None)
        for node, a in group.items
    )
    share = (headed + 2 * dated) / len(texts)
    weight = float(len(texts) ** 0.7) * length * (1 + share)
    return weight * (0.2 if length < 18 else 1)


def _may_be_item(a: LexborNode, page: PageTree) -> bool:
    url = page.absolute(a.attributes.get("href"))
    if not url or urldefrag(url)[0] == urldefrag(page.url)[0]:
        return False
    text = text_of(a)
    return len(text) > 3 and not _NOT_ITEM.match(text)


def _candidate(node: LexborNode, link: LexborNode, page: PageTree, zone: tzinfo) -> Candidate | None:
    url = page.absolute(link.attributes.get("href"))
    if not url:
        return None
    stamp = _date(node, zone)
    return Candidate(
        url=urldefrag(url)[0],
        headline=_headline(node, link) or None,
        published=stamp.when if stamp else None,
        published_precision=stamp.precision if stamp else None,
        kicker=_marked(node, KICKER_MARK, 3, 80),
        teaser=_teaser(node, link),
        image=_image(node, page),
    )


def _headline(node: LexborNode, link: LexborNode) -> str:
    for heading in (link.css_first(_HEADINGS), node.css_first(_HEADINGS)):
        if heading is not None and text_of(heading):
            within = next(
                (n for n in heading.css("[class]") if re.search("headline|title", marks(n)) and text_of(n)), heading
            )
            return text_of(within, HEADLINE_LIMIT)
    named = next((n for n in link.css("[class]") if re.search(r"headline|title", marks(n)) and text_of(n)), link)
    return text_of(named, HEADLINE_LIMIT) or clean(
        link.attributes.get("title") or link.attributes.get("aria-label"), HEADLINE_LIMIT
    )


def _date(node: LexborNode, zone: tzinfo) -> Stamp | None:
    for time in node.css("time"):
        if stamp := read_machine_date(time.attributes.get("datetime"), zone) or read_date(text_of(time), zone):
            return stamp
    for marked in node.css("[class*=date i], [class*=datum i], [class*=time i], [class*=meta i]"):
        if stamp := read_date(text_of(marked, 200), zone):
            return stamp
    for part in node.css("p, span, div, td, small, li, dt, dd, strong, em"):
        text = text_of(part, 200)
        if len(text) < 60 and (stamp := read_date(text, zone)):
            return stamp
    text = text_of(node, 300)
    return read_date(text, zone) if len(text) < 300 else None


def _marked(node: LexborNode, mark: re.Pattern[str], least: int, most: int) -> str | None:
    for marked in node.css("[class]"):
        if (
            mark.search(marks(marked))
            and marked.css_first(_HEADINGS) is None
            and least <= len(text := text_of(marked)) <= most
        ):
            return text
    return None


def _teaser(node: LexborNode, link: LexborNode) -> str | None:
    if text := _marked(node, TEASER_MARK, 30, 1_000):
        return text
    texts = [text_of(p) for p in node.css("p") if p.css_first("time") is None]
    return next((text for text in texts if len(text) >= 40), None)


def _image(node: LexborNode, page: PageTree) -> Image | None:
    img = next((img for img in node.css("img") if is_picture(img, page)), None)
    picture = read_picture(img, page) if img is not None else None
    return picture.image if picture else None
