"""A page's tree: what would make it eat the machine is found in the text, before it is built.

The parser (lexbor) is quick with everything but three things: elements nested thousands deep, tens of thousands of
attributes on one tag, and open formatting elements, which HTML opens anew in each block that follows.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import wraps
from itertools import accumulate
from operator import sub
from typing import Any, Final, TypeVar

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser, LexborNode

from newsletter.errors import UnreadablePage

MAX_TAGS: Final = 50_000  # several times those of the largest pages there are; reading costs up to 4 KB for each
MAX_LENGTH: Final = 2_500_000  # characters, most of them in scripts
MAX_PICTURES: Final = 6_000
MAX_DEPTH: Final = 256  # twice that of the deepest pages there are; libxml2 stops there too
MAX_ATTRIBUTES: Final = 40_000  # of one tag; the parser compares each with each
MAX_ALL_ATTRIBUTES: Final = 200_000  # each costs about 150 bytes
_LARGE: Final = 500_000  # bytes of a page whose attributes are counted: a smaller one cannot hold too many
_SHORTEST_NAME: Final = 4  # bytes on average, with what ends it, where so many are different
_TOO_DEEP: Final = f"the page is nested deeper than {MAX_DEPTH} levels"
_MAX_REOPENED: Final = 1_000_000  # elements
_FEW_TAGS: Final = 5_000  # so many may nest while the tree is built; how deep they do is seen when it is

_CODE = re.compile(rb"<(script|style)\b")
_NESTING_TAG = re.compile(  # not those that close by themselves or are closed by what follows
    rb"<(/?)(?!(?:area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr|p|li|td|th|tr|dt|dd|option|"
    rb"optgroup|thead|tbody|"
    rb"tfoot|html|head|body|path|circle|rect|line|poly\w+|ellipse|use|stop|image|animate\w*|fe\w+)\b)[a-z]"
)
_FORMATTING_TAG = re.compile(rb"<(/?)(?:b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)[\s/>]")
_NAME_ENDS: Final = b" \t\n\r\f/=>"  # an attribute's name goes to one of these
_SPACED: Final = bytes.maketrans(_NAME_ENDS, b" " * len(_NAME_ENDS))
_TAG_NAME = re.compile(rb"<[a-z][^\s/>]*")
_VALUE: Final = rb"\"[^\"]*+\"|'[^']*+'|[^\s>\"'][^\s>]*+"
_ATTRIBUTE: Final = rb"[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:%s)?+)?+" % _VALUE
"""As HTML's own tokenizer takes them apart; nothing is tried twice."""
_ATTRIBUTES = re.compile(rb"(?:%s){%d}" % (_ATTRIBUTE, MAX_ATTRIBUTES + 1))
_EACH_ATTRIBUTE = re.compile(_ATTRIBUTE)
_TAG = re.compile(rb"<[a-z][^\s/>]*+((?:%s)*+)" % _ATTRIBUTE)

_Answer = TypeVar("_Answer")


class Tree(LexborHTMLParser):
    """A parsed page that keeps what its elements were asked `once`."""

    def __init__(self, html: bytes) -> None:
        # without events no option is copied to its select's selectedcontent, which is quadratic in their number
        super().__init__(html, options=LexborDocumentOptions.WO_EVENTS.value)
        self.answers: defaultdict[Any, dict[int, Any]] = defaultdict(dict)


def once(ask: Callable[[LexborNode], _Answer]) -> Callable[[LexborNode], _Answer]:
    """`ask` that keeps each element's answer, for what stays the same while its page is read: its own attributes.

    An element that is taken out keeps its id, which no other gets.
    """

    @wraps(ask)
    def answer(node: LexborNode) -> _Answer:
        known: dict[int, _Answer] = node.parser.answers[ask]  # type: ignore[attr-defined]  # parse() makes no others
        try:
            return known[node.mem_id]
        except KeyError:
            return known.setdefault(node.mem_id, ask(node))

    return answer


def parse(html: str) -> Tree:
    """A tree of bounded size; raises UnreadablePage for what would eat the machine."""
    if len(html) > MAX_LENGTH:
        raise UnreadablePage(f"the page has {len(html)} characters, more than {MAX_LENGTH}")
    written = html.encode("utf-8", "replace")
    tags = written.count(b"<")
    if tags > MAX_TAGS:
        raise UnreadablePage(f"the page has {tags} tags, more than {MAX_TAGS}")
    folded = written.lower()
    if tags > MAX_PICTURES and (pictures := folded.count(b"<img")) > MAX_PICTURES:
        raise UnreadablePage(f"the page has {pictures} pictures, more than {MAX_PICTURES}")
    if tags > _FEW_TAGS or len(written) > MAX_ATTRIBUTES * _SHORTEST_NAME or _may_reopen(folded, tags):
        _check_markup(_without_code(folded), tags)
    tree = Tree(written)
    if tags > MAX_DEPTH:
        _check_depth(tree)
    return tree


def _check_markup(markup: bytes, tags: int) -> None:
    """What must be known before the tree is built."""
    if tags > _FEW_TAGS and _most_open(_NESTING_TAG.findall(markup)) > MAX_DEPTH:
        raise UnreadablePage(_TOO_DEEP)
    if _may_reopen(markup, tags) and _most_open(_FORMATTING_TAG.findall(markup)) * tags > _MAX_REOPENED:
        raise UnreadablePage("the page has too many formatting tags that are not closed")
    if _has_masses_of_attributes(markup):
        raise UnreadablePage(f"the page has a tag with more than {MAX_ATTRIBUTES} attributes")
    if len(markup) > _LARGE and (attributes := _count_attributes(markup)) > MAX_ALL_ATTRIBUTES:
        raise UnreadablePage(f"the page has {attributes} attributes, more than {MAX_ALL_ATTRIBUTES}")


def _check_depth(tree: Tree) -> None:
    """Counts each element's levels; in drawings even tags nest that close by themselves elsewhere."""
    levels = {0: 0}
    for node in tree.root.traverse() if tree.root is not None else ():
        around = node.parent
        level = levels.get(around.mem_id if around is not None else 0, 0) + 1
        if level > MAX_DEPTH:
            raise UnreadablePage(_TOO_DEEP)
        levels[node.mem_id] = level


def _may_reopen(html: bytes, tags: int) -> bool:
    """Whether there may be so many formatting elements and blocks that each of these opens too many of those."""
    return tags * tags > _MAX_REOPENED and len(_FORMATTING_TAG.findall(html)) * tags > _MAX_REOPENED


def _most_open(tags: Iterable[bytes]) -> int:
    """How many tags are open at once, at most, each given by the slash of a closing one; a guess that costs little."""
    open_ = [0, *accumulate(-1 if slash else 1 for slash in tags)]
    rises: Iterable[int] = map(sub, open_, accumulate(open_, min))  # what closes and was never opened does not count
    return max(rises)


def _has_masses_of_attributes(markup: bytes) -> bool:
    """Whether a tag has more than MAX_ATTRIBUTES; only different ones cost much, so first come counts of words."""
    if (
        len(markup) < MAX_ATTRIBUTES * _SHORTEST_NAME
        or len(markup) - len(markup.translate(None, _NAME_ENDS)) < MAX_ATTRIBUTES
    ):
        return False  # as each name ends with one of these
    if len(markup) - len(markup.translate(None, b"=/")) + len(markup.split()) < MAX_ATTRIBUTES:
        return False
    if len(set(markup.translate(_SPACED).split())) < MAX_ATTRIBUTES:
        return False
    return any(_ATTRIBUTES.match(markup, name.end()) for name in _TAG_NAME.finditer(markup))


def _count_attributes(markup: bytes) -> int:
    return sum(1 for tag in _TAG.finditer(markup) for _ in _EACH_ATTRIBUTE.finditer(markup, *tag.span(1)))


def _without_code(html: bytes) -> bytes:
    """A page without its scripts and styles, whose tags are none."""
    parts: list[bytes] = []
    at = 0
    for opened in _CODE.finditer(html):
        if opened.start() < at:
            continue
        parts.append(html[at : opened.start()])
        at = html.find(b"</" + opened.group(1), opened.end())
        if at < 0:
            return b"".join(parts)
        at += 2
    return b"".join([*parts, html[at:]])
