"""The next page of a list: what says so itself, else the number after that of this page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import parse_qsl, urldefrag, urlsplit

from selectolax.lexbor import LexborNode

from newsletter.collect.read.page import PageTree, text_of
from newsletter.collect.read.text import clean

_NEXT: Final = re.compile(
    r"[«‹<←]*\s*(?:weiter|(?:(?:weiter )?zur |die )?nächsten?(?:\s+seite|(?:\s+\d+)?(?:\s+\w+)?)?|vorwärts|vor|"
    r"ältere(?:\s+\w+)?|(?:go to |to )?(?:the )?next(?:\s+page|\s+\d+\s+\w+)?|older(?:\s+\w+)?|mehr(?:\s+\w+)? laden|"
    r"load more|more results|suivant|page suivante|siguiente|successiva?|volgende)?\s*[»›>→]*",
    re.IGNORECASE,
)
_NUMBER_IN_PATH: Final = re.compile(r"(?:^|[/_-])(?:page|seite|p|s)?[/_-]?(\d{1,4})(?:\.html?)?/?$", re.IGNORECASE)
_PAGE_IN_PATH: Final = re.compile(r"[/_-](?:page|seite)[/_-]?(\d{1,6})(?:\.html?)?/?$", re.IGNORECASE)
_NUMBER_IN_QUERY: Final = re.compile(r"page|seite|(?:^|\[)p\]?$", re.IGNORECASE)
_SHORT: Final = 60  # characters


def next_page(page: PageTree) -> str | None:
    """The address of the list's next page: rel=next, a link that says so, else the page number after this one."""
    for node in page.tree.css("link[rel~=next], a[rel~=next]"):
        if url := page.absolute(node.attributes.get("href")):
            return url
    links = [(a, url) for a in page.root.css("a[href]") if len(a.text()) < _SHORT and (url := _of_list(a, page))]
    said = (url for a, url in links if urldefrag(url)[0] != page.url and any(map(_says_next, _words(a))))
    return next(said, None) or _after(page, {text: url for a, url in links if (text := text_of(a)).isdigit()})


def last_page(page: PageTree, following: str | None) -> int | None:
    """The highest number that the links to the list's pages have, where one leads further than to the next page."""
    if following is None:
        return None
    path, after = _PAGE_IN_PATH.sub("", urlsplit(following).path), _page_number(following)
    linked = {page.absolute(a.attributes.get("href")) for a in page.root.css("a[href]")}
    numbers = [_page_number(url) for url in linked if url and _PAGE_IN_PATH.sub("", urlsplit(url).path) == path]
    last = max((number for number in numbers if number), default=None)
    return last if last and after and last > after else None


def _words(a: LexborNode) -> set[str]:
    names = (clean(a.attributes.get(name)) for name in ("aria-label", "title"))
    pictures = (clean(img.attributes.get("alt")) for img in a.css("img"))
    return {text_of(a), *names, *pictures}


def _says_next(words: str) -> bool:
    return bool(words) and _NEXT.fullmatch(words) is not None


def _of_list(a: LexborNode, page: PageTree) -> str | None:
    """Where a link leads, if that can be another page of the same list: its path but for a number."""
    url = page.absolute(a.attributes.get("href"))
    if not url or urlsplit(url).hostname != urlsplit(page.url).hostname:
        return None
    here, there = (_NUMBER_IN_PATH.sub("", urlsplit(one).path.rstrip("/")) for one in (page.url, url))
    alike = here.startswith(there) if len(there) < len(here) else there.startswith(here)
    return url if here == there or (alike and there not in ("", "/")) else None


def _after(page: PageTree, numbers: Mapping[str, str]) -> str | None:
    """Where the number after this page's leads."""
    linked = sorted(int(text[:6]) for text in numbers)
    here = next((int(text) for text, url in numbers.items() if urldefrag(url)[0] == page.url), None)
    here = here or _gap(linked) or _page_number(page.url) or 1
    url = numbers.get(str(here + 1))
    return url if url != page.url else None


def _gap(linked: Sequence[int]) -> int | None:
    """The number that is no link, between two that are, or before a 2: the page's own."""
    return next((n - 1 for n in linked if n - 1 not in linked and (n == 2 or n - 2 in linked)), None)


def _page_number(url: str) -> int | None:
    parts = urlsplit(url)
    numbers = [value for key, value in parse_qsl(parts.query) if _NUMBER_IN_QUERY.search(key) and value.isdigit()]
    if not numbers and (match := _PAGE_IN_PATH.search(parts.path)):
        numbers = [match.group(1)]
    return int(numbers[0][:6]) if numbers else None
