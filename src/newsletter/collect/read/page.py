"""A page's bytes become a tree: the charset decided, the size and depth bounded, addresses made absolute."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Final
from urllib.parse import quote, urlsplit

from ada_url import URL
from selectolax.lexbor import LexborHTMLParser, LexborNode

from newsletter.collect.read.text import clean, is_legal, legal
from newsletter.collect.read.tree import MAX_LENGTH, once, parse
from newsletter.errors import UnreadablePage

MAX_TEXT: Final = 1_000_000  # characters
HEADINGS: Final = "h1, h2, h3, h4, h5, h6"
RANKED: Final = frozenset(HEADINGS.split(", "))
_BLOCKS: Final = frozenset({"br", "p", "div", "li", "h2", "h3", "td", "dd"})
_APART: Final = ", ".join((*sorted(_BLOCKS), "span > span"))
_OUTERMOST: Final = frozenset({"body", "html", "-document"})
_MARKS_MAX: Final = 500  # characters

_CHARSETS = re.compile(
    r"utf-?8|utf-?16(le|be)?|us-ascii|iso-?8859-?\d+|windows-125\d|cp125\d|koi8-[ru]|gb\w+|big5|shift_jis|euc-(jp|kr)"
)
_SURROGATES = re.compile("[\ud800-\udfff]")
_PLAIN_ADDRESS = re.compile(  # what browsers leave as it is: a name, no port, no dot segment, nothing to quote
    r"https?://(?!xn--)(?:[a-z0-9-]+\.(?!xn--))+[a-z]{2,}(?:/(?!\.|%2[eE])[\w%:=&~+!$,'@()*.-]*)+"
    r"(?:\?[\w%/:=&~+!$,'@()*.-]+)?",
    re.ASCII,
)
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{3,20})", re.IGNORECASE)


class PageTree:
    """A parsed page: its tree, its address, and the `meta` of its head (names folded)."""

    def __init__(self, html: str, url: str) -> None:
        self.url = url
        self.tree = parse(html)
        self.root = _root(self.tree)
        self.tree.strip_tags(["style"], recursive=True)
        if len(html) > MAX_TEXT:
            _check_text(self.tree, self.root)
        self.meta = dict(_metas(self.tree))
        base = self.tree.css_first("base[href]")
        self.base = absolute(base.attributes.get("href"), url) or url if base else url
        self._found: dict[str, list[LexborNode]] = {}

    def all(self, query: str) -> list[LexborNode]:
        """What `query` matches in the page's body as it came, each once, in order, but for what is gone since.

        The tree is asked once: to walk it costs more than to leave out what is gone.
        """
        known = self._found.get(query)
        found = select(self.root, query) if known is None else [node for node in known if node.parent is not None]
        self._found[query] = found
        return found

    def absolute(self, href: str | None) -> str | None:
        """`href` as an http(s) address, or None."""
        return absolute(href, self.base)

    @property
    def host_name(self) -> str:
        """The name in the page's host, without www and the top level."""
        return (urlsplit(self.url).hostname or "").removeprefix("www.").rsplit(".", 1)[0]

    @property
    def language(self) -> str:
        """What `<html lang>` says, folded."""
        html = self.root.parent
        return ((html.attributes.get("lang") if html is not None else None) or "").lower()

    def first_meta(self, *names: str) -> str | None:
        """The first non-empty `meta` of these names."""
        return next((value for name in names for value in self.meta.get(name, ()) if value), None)


def decode(body: bytes, charset: str | None) -> str:
    """`body` as text: its byte order mark, UTF-8 where it is that, the server's word, the page's, else Windows-1252."""
    if len(body) > 2 * MAX_LENGTH:  # before a text is made of it, which may be four times as large
        raise UnreadablePage(
            "the page has %(n)s bytes; no more than %(most)s characters are read", n=len(body), most=MAX_LENGTH
        )
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if body.startswith(mark):
            return legal(body[len(mark) :].decode(name, "replace"))
    try:
        text = body.decode("utf-8")
        return text if is_legal(text, body) else legal(text)
    except UnicodeDecodeError:
        declared = _META_CHARSET.search(body[:4096])
        names = (charset, declared.group(1).decode("ascii", "replace") if declared else None)
        name = next((found for found in map(_codec, names) if found), "cp1252")
        return legal(body.decode(name if name != "utf-8" or _is_nearly_utf8(body) else "cp1252", "replace"))


def _is_nearly_utf8(body: bytes) -> bool:
    """Whether more characters beyond ASCII are right as UTF-8 than wrong."""
    text = body.decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    return sum(character > "\x7f" for character in text) > 2 * wrong


def absolute(href: str | None, base: str) -> str | None:
    """`href` seen from `base` as an http(s) address in ASCII, read as browsers do (WHATWG); None where it is none."""
    if not href or href.isspace():
        return None
    whole = _origin(base) + href if href[:1] == "/" != href[1:2] else href
    if _PLAIN_ADDRESS.fullmatch(whole):
        return whole
    try:
        url = URL(href, base=base or None)
    except UnicodeEncodeError:  # half a surrogate pair
        return absolute(_SURROGATES.sub("\ufffd", href), base)
    except ValueError:
        return None
    if url.protocol not in ("http:", "https:"):
        return None
    return quote(url.href, safe="%/:=&?~#+!$,;'@()*[]").removesuffix("#").removesuffix("?")


@lru_cache(maxsize=256)
def _origin(base: str) -> str:
    return "/".join(base.split("/", 3)[:3])


def link(href: str | None, base: str) -> str | None:
    """What a link of a release may lead to: a web, mail or telephone address, not a place in its own page."""
    href = (href or "").strip()
    if href.lower().startswith(("mailto:", "tel:")):
        return href
    return None if href.startswith("#") else absolute(href, base)


def select(node: LexborNode, query: str) -> list[LexborNode]:
    """What `query` matches below `node`, each once, in the page's order."""
    found = node.css(query)
    return list({one.mem_id: one for one in found}.values()) if "," in query or ":is" in query else found


def remove(nodes: Iterable[LexborNode]) -> None:
    """Takes nodes (in the page's order) out of the tree, inner ones first, so that none is touched after its parent."""
    for node in reversed(list({node.mem_id: node for node in nodes}.values())):
        node.remove()


def ancestors(node: LexborNode) -> Iterator[LexborNode]:
    """The elements around `node`, nearest first, without body and html."""
    parent = node.parent
    while parent is not None and parent.tag not in _OUTERMOST:
        yield parent
        parent = parent.parent


def nearest(node: LexborNode, most: int) -> list[LexborNode]:
    """The first `most` of the elements around `node`."""
    return list(islice(ancestors(node), most))


def inside(node: LexborNode, tags: frozenset[str]) -> bool:
    """Whether one of the elements around `node` has one of these tags."""
    parent = node.parent
    while parent is not None and (tag := parent.tag) not in _OUTERMOST:
        if tag in tags:
            return True
        parent = parent.parent
    return False


@once
def marks(node: LexborNode) -> str:
    """What an element says of itself, folded: class, id, role, itemprop."""
    said = node.attributes.get
    return f"{said('class') or ''} {said('id') or ''} {said('role') or ''} {said('itemprop') or ''}"[
        :_MARKS_MAX
    ].lower()


def says(pattern: re.Pattern[str], said: str) -> bool:
    """Whether `pattern` is found in what elements say of themselves (`marks`)."""
    ask = _ASKED.get(id(pattern)) or _asked(pattern)  # a pattern's own hash reads all of it, each time
    return ask(said)


_ASKED: dict[int, Callable[[str], bool]] = {}


def _asked(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    """A pattern with its answers kept: a page's elements, and a portal's pages, say the same again and again."""

    @lru_cache(maxsize=4_096)
    def ask(said: str) -> bool:
        return pattern.search(said) is not None

    _ASKED[id(pattern)] = ask
    return ask


def text_of(node: LexborNode | None, limit: int = 2_000) -> str:
    """The text of an element on one line."""
    return clean(node.text(separator=" " if _has_blocks(node) else ""), limit) if node else ""


def _has_blocks(node: LexborNode) -> bool:
    """Whether an element is or holds one that sets its words apart from others."""
    if node.tag in _BLOCKS:
        return True
    child = node.first_child
    if node.tag != "span" and (child is None or (child.is_text_node and child.next is None)):
        return False  # as most: no element in it
    return node.css_first(_APART) is not None


def _codec(name: str | None) -> str | None:
    name = (name or "").strip().lower()
    if not _CHARSETS.fullmatch(name):
        return None
    name = {"iso-8859-1": "cp1252", "iso8859-1": "cp1252", "us-ascii": "cp1252", "iso-8859-9": "cp1254"}.get(name, name)
    try:
        return codecs.lookup(name).name
    except LookupError:
        return None


def _check_text(tree: LexborHTMLParser, root: LexborNode) -> None:
    """Raises UnreadablePage for a page with more text than a book; its scripts may be long."""
    text = len(root.text()) - sum(len(script.text()) for script in tree.css("script"))
    if text > MAX_TEXT:
        raise UnreadablePage("the page has %(n)s characters of text, more than %(most)s", n=text, most=MAX_TEXT)


def _root(tree: LexborHTMLParser) -> LexborNode:
    root = tree.body or tree.root
    if root is None:
        raise UnreadablePage("the page is empty")
    return root


def _metas(tree: LexborHTMLParser) -> Iterator[tuple[str, list[str]]]:
    found: dict[str, list[str]] = {}
    for node in tree.css("meta"):
        attributes = node.attributes
        content = clean(attributes.get("content") or attributes.get("value"))  # a slip that many pages make
        for key in ("property", "name", "itemprop", "http-equiv"):
            if (name := attributes.get(key)) and content:
                found.setdefault(name.strip().lower(), []).append(content)
                break
    yield from found.items()
