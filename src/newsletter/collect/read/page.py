"""A page's bytes become a tree: the charset decided, the size and depth bounded, addresses made absolute."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final
from urllib.parse import quote, urlsplit

from ada_url import URL
from selectolax.lexbor import LexborHTMLParser, LexborNode

from newsletter.collect.read.text import clean, legal
from newsletter.errors import UnreadablePage

MAX_TAGS: Final = 50_000  # several times those of the largest pages there are; reading costs up to 4 KB for each
MAX_ATTRIBUTES: Final = 4_000  # of one tag: the parser's time grows with their square
MAX_ALL_ATTRIBUTES: Final = 200_000  # each costs about 150 bytes
LARGE: Final = 500_000  # characters of a page whose attributes are counted: a smaller one cannot hold too many
MAX_PICTURES: Final = 6_000
MAX_LENGTH: Final = 2_500_000  # characters, most of them in scripts
MAX_TEXT: Final = 1_000_000  # characters
HEADINGS: Final = "h1, h2, h3, h4, h5, h6"
RANKED: Final = frozenset(HEADINGS.split(", "))
_MARKS_MAX: Final = 500  # characters
MAX_DEPTH: Final = 256  # twice that of the deepest pages there are; libxml2 stops there too

_CHARSETS = re.compile(
    r"utf-?8|utf-?16(le|be)?|us-ascii|iso-?8859-?\d+|windows-125\d|cp125\d|koi8-[ru]|gb\w+|big5|shift_jis|euc-(jp|kr)"
)
_SURROGATES = re.compile("[\ud800-\udfff]")
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{3,20})", re.IGNORECASE)
_ATTRIBUTE = r"""[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?+)?+"""
_ATTRIBUTES = re.compile(_ATTRIBUTE)  # possessive throughout, so that it never goes back
_CROWDED = re.compile(rf"<[a-zA-Z][^\s/>]*+(?:{_ATTRIBUTE}){{{MAX_ATTRIBUTES}}}")
_TAG = re.compile(rf"<[a-zA-Z][^\s/>]*+((?:{_ATTRIBUTE})*+)")
_NESTING_TAG = re.compile(  # not those that close by themselves or are closed by what follows
    r"<(/?)(?!(?:area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr|p|li|td|th|tr|dt|dd|option|"
    r"optgroup|thead|tbody|"
    r"tfoot|html|head|body|path|circle|rect|line|poly\w+|ellipse|use|stop|image|animate\w*|fe\w+)\b)([a-z][\w-]*)"
)


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


def parse(html: str) -> LexborHTMLParser:
    """A tree of bounded size; raises UnreadablePage for what would eat the machine."""
    if len(html) > MAX_LENGTH:
        raise UnreadablePage(f"the page has {len(html)} characters, more than {MAX_LENGTH}")
    tags = html.count("<")
    if tags > MAX_TAGS:
        raise UnreadablePage(f"the page has {tags} tags, more than {MAX_TAGS}")
    if (pictures := html.count("<img")) > MAX_PICTURES:
        raise UnreadablePage(f"the page has {pictures} pictures, more than {MAX_PICTURES}")
    if _CROWDED.search(html):
        raise UnreadablePage(f"the page has a tag with more than {MAX_ATTRIBUTES} attributes")
    if len(html) > LARGE and (attributes := _count_attributes(html)) > MAX_ALL_ATTRIBUTES:
        raise UnreadablePage(f"the page has {attributes} attributes, more than {MAX_ALL_ATTRIBUTES}")
    if tags > MAX_DEPTH and _depth(html) > MAX_DEPTH:
        raise UnreadablePage(f"the page is nested deeper than {MAX_DEPTH} levels")
    return LexborHTMLParser(html)


def decode(body: bytes, charset: str | None) -> str:
    """`body` as text: its byte order mark, UTF-8 where it is that, the server's word, the page's, else Windows-1252."""
    if len(body) > 2 * MAX_LENGTH:  # before a text is made of it, which may be four times as large
        raise UnreadablePage(f"the page has {len(body)} bytes; no more than {MAX_LENGTH} characters are read")
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if body.startswith(mark):
            return legal(body[len(mark) :].decode(name, "replace"))
    try:
        return legal(body.decode("utf-8"))
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
    try:
        url = URL(href, base=base or None)
    except UnicodeEncodeError:  # half a surrogate pair
        return absolute(_SURROGATES.sub("\ufffd", href), base)
    except ValueError:
        return None
    if url.protocol not in ("http:", "https:"):
        return None
    return quote(url.href, safe="%/:=&?~#+!$,;'@()*[]").removesuffix("#").removesuffix("?")


def link(href: str | None, base: str) -> str | None:
    """What a link of a release may lead to: a web, mail or telephone address, not a place in its own page."""
    href = (href or "").strip()
    if href.lower().startswith(("mailto:", "tel:")):
        return href
    return None if href.startswith("#") else absolute(href, base)


def select(node: LexborNode, query: str) -> list[LexborNode]:
    """What `query` matches below `node`, each once, in the page's order."""
    return list({found.mem_id: found for found in node.css(query)}.values())


def remove(nodes: Iterable[LexborNode]) -> None:
    """Takes nodes (in the page's order) out of the tree, inner ones first, so that none is touched after its parent."""
    for node in reversed(list({node.mem_id: node for node in nodes}.values())):
        node.remove()


def ancestors(node: LexborNode) -> Iterator[LexborNode]:
    """The elements around `node`, nearest first, without body and html."""
    parent = node.parent
    while parent is not None and parent.tag not in ("body", "html", "-document"):
        yield parent
        parent = parent.parent


def inside(node: LexborNode, tags: frozenset[str]) -> bool:
    """Whether one of the elements around `node` has one of these tags."""
    return any(parent.tag in tags for parent in ancestors(node))


def marks(node: LexborNode) -> str:
    """What an element says of itself, folded: class, id, role, itemprop."""
    attributes = node.attributes
    return " ".join(attributes.get(name) or "" for name in ("class", "id", "role", "itemprop"))[:_MARKS_MAX].lower()


@lru_cache(maxsize=16_384)  # a page's elements, and a portal's pages, say the same again and again
def says(pattern: re.Pattern[str], said: str) -> bool:
    """Whether `pattern` is found in what elements say of themselves (`marks`)."""
    return pattern.search(said) is not None


def text_of(node: LexborNode | None, limit: int = 2_000) -> str:
    """The text of an element on one line."""
    return clean(node.text(separator=" " if _has_blocks(node) else ""), limit) if node else ""


def _has_blocks(node: LexborNode) -> bool:
    return node.css_first("br, p, div, li, h2, h3, td, dd, span > span") is not None


def _codec(name: str | None) -> str | None:
    name = (name or "").strip().lower()
    if not _CHARSETS.fullmatch(name):
        return None
    name = {"iso-8859-1": "cp1252", "iso8859-1": "cp1252", "us-ascii": "cp1252", "iso-8859-9": "cp1254"}.get(name, name)
    try:
        return codecs.lookup(name).name
    except LookupError:
        return None


def _count_attributes(html: str) -> int:
    return sum(len(_ATTRIBUTES.findall(tag[1])) for tag in _TAG.finditer(html))


def _depth(html: str) -> int:
    """How deep the tags nest, at most; a guess that costs little, made before the tree is built."""
    depth = deepest = resume = 0
    html = html.lower()
    for tag in _NESTING_TAG.finditer(html):
        closes, name = tag.groups()
        if tag.start() < resume:
            continue
        if name in ("script", "style") and not closes:
            resume = html.find(f"</{name}", tag.end())
            if resume < 0:
                break
        depth = max(0, depth - 1) if closes else depth + 1
        deepest = max(deepest, depth)
    return deepest


def _check_text(tree: LexborHTMLParser, root: LexborNode) -> None:
    """Raises UnreadablePage for a page with more text than a book; its scripts may be long."""
    text = len(root.text()) - sum(len(script.text()) for script in tree.css("script"))
    if text > MAX_TEXT:
        raise UnreadablePage(f"the page has {text} characters of text, more than {MAX_TEXT}")


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
