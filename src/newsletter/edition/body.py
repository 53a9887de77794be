"""A release's text as a mail carries it: blocks of plain HTML, each with its text beside it.

What a portal may put into a text and a mail program may not show, or show badly, becomes something plainer here:
pictures go (the lead picture stands above), a table becomes a list that says for each row what stands under which head,
and a link whose words do not tell where it leads gets the name of its host.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from urllib.parse import urlsplit

from lxml import html
from lxml.html import HtmlElement
from markupsafe import Markup

from newsletter.allowed import LEVELS, only_allowed
from newsletter.edition.links import address, linkable
from newsletter.edition.plain import printable
from newsletter.edition.words import direction, is_tag
from newsletter.rules.naming import is_address, is_vague

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
BLOCKS = frozenset({*HEADINGS, "p", "ul", "ol", "dl", "blockquote", "pre", "table", "figure", "div", "section", "hr"})
DROPPED = ("img", "video", "audio", "script", "style", "iframe", "hr")
KEPT = frozenset(
    {*HEADINGS, "p", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "pre", "br", "a", "strong", "b", "em", "i"}
    | {"s", "sub", "sup", "q", "cite", "abbr", "span", "bdi"}
)  # others lose their mark and keep their words: <mark> and <small> have looks of their own, <u> looks like a link
ATTRIBUTES = {"a": ("href",), "ol": ("start",), "abbr": ("title",)}

LEAST = 0.25  # of the limit: a heading further up is no place to stop at

Naming = Callable[[str, str], str]
"""What a link is called in the mail, of its own words and its address."""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading, list or quotation: its HTML without styles, and its text."""

    html: Markup
    text: str
    heading: bool = False


def blocks(body_html: str, naming: Naming) -> list[Block]:
    """The blocks of a sanitised body, its headings from h2 on without a gap, every link called as `naming` says."""
    if not body_html.strip():
        return []
    root = html.fragment_fromstring(printable(body_html), create_parent="div")
    for figure in list(root.iter("figure")):
        if figure.find(".//table") is None and figure.find(".//blockquote") is None:
            figure.drop_tree()
    for table in list(root.iter("table")):
        _replace(table, _table_as_list(table))
    _clean(root)
    _name_links(root, naming)
    _drop_empty(root)
    _level_headings(root)
    return [_block(element) for element in _top_blocks(root)]


def shortened(all_blocks: Sequence[Block], limit: int) -> tuple[Block, ...]:
    """As many blocks as stay within `limit` characters of HTML: all, or up to a heading, or as many as fit."""
    room = list(accumulate(len(block.html) for block in all_blocks))
    if not room or room[-1] <= limit:
        return tuple(all_blocks)
    fit = sum(size <= limit for size in room)
    headings = [n for n in range(1, fit + 1) if all_blocks[n].heading and room[n - 1] >= limit * LEAST]
    return tuple(all_blocks[: headings[-1] if headings else fit])


def host_of(url: str) -> str:
    """The host of an address as people know it: without www."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


def link_name(said: str, url: str) -> str:
    """What a link is called: its words, with the host where they say too little (LINK-2), of a bare address the host.

    No words of ours: they would stand in a text of any language.
    """
    if is_address(said):
        return host_of(url) or said.partition("://")[2]
    return f"{said} ({host_of(url)})" if is_vague(said) else said


def _replace(old: HtmlElement, new: HtmlElement) -> None:
    new.tail = old.tail
    old.getparent().replace(old, new)


def _table_as_list(table: HtmlElement) -> HtmlElement:
    """A list with an item for each row: what stands in it, each cell after the head of its column."""
    rows = [list(row.iter("td", "th")) for row in table.iter("tr")]
    heads = [_said(cell) for cell in rows[0]] if rows and all(cell.tag == "th" for cell in rows[0]) else []
    listed = html.Element("ul")
    for cells in rows[1:] if heads else rows:
        parts = (_cell(cell, heads[n] if n < len(heads) else "") for n, cell in enumerate(cells))
        item = html.Element("li")
        item.text = "; ".join(part for part in parts if part)
        listed.append(item)
    caption = table.find("caption")
    if caption is None or not _said(caption):
        return listed
    box = html.Element("div")
    paragraph = html.Element("p")
    paragraph.text = f"{_said(caption)}:"
    box.extend([paragraph, listed])
    return box


def _cell(cell: HtmlElement, head: str) -> str:
    said = _said(cell)
    return f"{head}: {said}" if head and said and cell.tag == "td" else said


def _said(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())


def _clean(root: HtmlElement) -> None:
    for element in list(root.iter()):
        if element is root or element.getparent() is None:
            continue
        if not isinstance(element.tag, str) or element.tag in DROPPED:
            element.drop_tree()
        elif element.tag not in KEPT and element.tag not in BLOCKS and element.tag != "figcaption":
            element.drop_tag()
        else:
            _clean_attributes(element)
    for heading in root.iter(*HEADINGS):
        for link in list(heading.iter("a")):
            link.drop_tag()  # the release's own heading is its link


def _clean_attributes(element: HtmlElement) -> None:
    kept = {name: element.get(name) for name in ATTRIBUTES.get(element.tag, ()) if element.get(name)}
    if is_tag(language := element.get("lang") or ""):
        kept |= {"lang": language, "dir": direction(language)}
    elif element.get("dir") in ("ltr", "rtl"):
        kept["dir"] = element.get("dir")
    element.attrib.clear()
    element.attrib.update(kept)


def _name_links(root: HtmlElement, naming: Naming) -> None:
    for link in list(root.iter("a")):
        url, said = link.get("href") or "", _said(link)
        if not said or not (linkable(url) or url.startswith(("mailto:", "tel:"))):
            link.drop_tag()
            continue
        link.set("href", address(url))
        if (name := naming(said, address(url))) != said:
            for child in list(link):
                child.drop_tree()
            link.text = name


def _drop_empty(root: HtmlElement) -> None:
    for element in reversed(list(root.iter(*BLOCKS, "li", "dt", "dd", "figcaption"))):
        if element is not root and not _said(element):
            element.drop_tree()


def _level_headings(root: HtmlElement) -> None:
    above: list[int] = []  # the source's levels of the headings we are under
    for heading in root.iter(*HEADINGS):
        level = int(heading.tag[1])
        while above and above[-1] >= level:
            above.pop()
        above.append(level)
        heading.tag = f"h{min(1 + len(above), 6)}"


def _top_blocks(root: HtmlElement) -> Iterator[HtmlElement]:
    """The blocks one below the other; what stands between them loose is a paragraph."""
    loose = html.Element("p")
    loose.text = root.text
    for child in list(root):
        tail, child.tail = child.tail, None
        if child.tag in BLOCKS or child.tag == "figcaption":
            if _said(loose):
                yield loose
            yield from _top_blocks(child) if child.tag in ("div", "section", "figure") else [_as_block(child)]
            loose = html.Element("p")
            loose.text = tail
        else:
            loose.append(child)
            child.tail = tail
    if _said(loose):
        yield loose


def _as_block(element: HtmlElement) -> HtmlElement:
    if element.tag == "figcaption":
        element.tag = "p"
    return element


def _block(element: HtmlElement) -> Block:
    written = html.tostring(element, encoding="unicode").strip()
    markup = Markup(only_allowed(written, more=LEVELS))  # noqa: S704  by the allow-list, at the last moment
    return Block(markup, _text(element), element.tag in HEADINGS)


def _text(element: HtmlElement) -> str:
    """A block as plain text; each address stands on a line of its own below."""
    if element.tag in ("ul", "ol"):
        return "\n".join(_items(element, ""))
    if element.tag == "dl":
        return "\n".join(f"{_lines(child)}:" if child.tag == "dt" else _lines(child) for child in element)
    if element.tag == "blockquote":
        return "\n\n".join(_lines(child) for child in element) if len(element) else _lines(element)
    return _lines(element)


def _items(listed: HtmlElement, indent: str) -> Iterator[str]:
    start = int(listed.get("start") or 1) if (listed.get("start") or "1").isdigit() else 1
    for n, item in enumerate(listed.iterchildren("li"), start):
        inner = list(item.iterchildren("ul", "ol"))
        for each in inner:
            item.remove(each)
        yield f"{indent}{f'{n}.' if listed.tag == 'ol' else '-'} {_lines(item)}"
        for each in inner:
            yield from _items(each, indent + "  ")


def _lines(element: HtmlElement) -> str:
    links = [(_said(link), link.get("href")) for link in element.iter("a")]
    for line_break in element.iter("br"):
        line_break.tail = "\n" + (line_break.tail or "")
    text = element.text_content()
    said = "\n".join(filter(None, (" ".join(line.split()) for line in text.split("\n")))) if _breaks(element) else ""
    said = said or " ".join(text.split())
    told = [(name, url) for name, url in links if not _is_said(name, url)]
    several = len(told) > 1
    return "\n".join([said, *(f"{name}:\n{url}" if several else url for name, url in told)])


def _breaks(element: HtmlElement) -> bool:
    return element.tag == "pre" or element.find(".//br") is not None


def _is_said(name: str, url: str) -> bool:
    """Whether a link's words are its address already, as those to a mailbox are."""
    return url.partition(":")[2] in name
