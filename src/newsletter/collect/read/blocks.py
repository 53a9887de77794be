"""Any markup becomes plain blocks: paragraphs, headings, lists, quotes, tables, figures.

One walk without recursion. Loose text becomes paragraphs, two line breaks end one, divisions vanish, accordions become
a heading with their content, empty blocks are left out. What comes out is not safe yet: sanitise.py cleans it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape, unescape
from typing import Final

from selectolax.lexbor import LexborNode

from newsletter.collect.read.frames import HEADINGS, HOLDS_NO_WORDS, HOLDS_WORDS, TAG, Writer, spaced
from newsletter.collect.read.page import inside, link
from newsletter.collect.read.pictures import best_source, is_pixel

FRAMES: Final = {
    **{tag: tag for tag in ("h2", "h3", "h4", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "pre")},
    **{tag: tag for tag in ("figure", "figcaption", "table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th")},
    "h1": "h2",
    "h5": "h4",
    "h6": "h4",
    "summary": "h3",
    "menu": "ul",
}
INLINE: Final = frozenset(["a", "strong", "b", "em", "i", "u", "s", "sub", "sup", "code", "q", "cite", "abbr", "bdi"])
UNSEEN: Final = frozenset({
    "script", "style", "template", "iframe", "object", "embed", "svg", "math", "canvas", "video", "audio",
    "source", "track", "input", "select", "textarea", "option", "datalist", "head", "title", "meta", "link",
    "base", "area", "map", "progress", "meter", "dialog", "-comment"
})  # fmt: skip
BLOCKS: Final = frozenset({
    "p", "div", "section", "article", "main", "header", "footer", "aside", "nav", "center", "address",
    "details", "fieldset", "form", "hgroup", "body", "noscript"
})  # fmt: skip
_ENDS = re.compile(
    r"</(?:p|h[2-4]|li|dt|dd|blockquote|pre|tr|caption|figcaption|figure|ul|ol|table)>|<(?:br|hr|ul|ol|table)[^>]*>"
)
_FIGURE = re.compile(r"<figure[ >].*?</figure>", re.DOTALL)
_CELL = re.compile(r"</t[dh]>")
_MAX_FRAMES: Final = 24
_MAX_INLINE: Final = 8


def tidy(node: LexborNode, base: str, *, whole: bool = False) -> str:
    """The content of `node` (or the `whole` of it) as plain blocks, pictures' and links' addresses absolute."""
    writer = Writer(base)
    waiting: list[LexborNode | str] = [node] if whole else _children(node)
    while waiting:
        step = waiting.pop()
        if isinstance(step, str):
            _leave(writer, step)
        elif step.tag == "-text":
            _text(writer, step)
        else:
            waiting += _enter(writer, step)
    writer.flush()
    return "\n".join(writer.frames[0].parts)


def plain(html: str) -> str:
    """The text of plain blocks, a blank line between them; without figures, whose words are the images'."""
    html = (_FIGURE.sub("", html) if "<figure" in html else html).replace("\n", " ")
    text = TAG.sub("", _ENDS.sub("\n", _CELL.sub(" ", html) if "</t" in html else html))
    lines = (" ".join(line.split()) for line in unescape(text).split("\n"))
    return "\n\n".join(line for line in lines if line)


def says_at_least(html: str, characters: int) -> bool:
    """Whether the text of plain blocks is so long; no more of them are looked at than it needs."""
    said = 0
    for block in html.split("\n"):
        said += len(words(block))
        if said >= characters:
            return True
    return len(plain(html)) >= characters


@lru_cache(maxsize=256)  # several steps look at the blocks of one text, one after another
def words(block: str) -> str:
    """The text of one plain block, as `plain` gives it."""
    if block.startswith("<p>") and block.endswith("</p>") and block.count("<") == 2:
        return " ".join(unescape(block[3:-4]).split())  # as most are
    return plain(block)


def _children(node: LexborNode) -> list[LexborNode | str]:
    return [*reversed(list(node.iter(include_text=True)))]


def _text(writer: Writer, node: LexborNode) -> None:
    text, tag = node.text_content or "", writer.frame.tag
    counts = bool(text) and not text.isspace()
    if counts or tag not in HOLDS_NO_WORDS:
        writer.say(escape(text if tag == "pre" else spaced(text), quote=False), counts=counts)


def _enter(writer: Writer, node: LexborNode) -> list[LexborNode | str]:
    """Opens what `node` stands for; gives what is to be walked next, last first."""
    tag = node.tag or "-comment"
    if tag in UNSEEN or tag.startswith("-"):
        return []
    if tag in ("br", "hr", "img"):
        _void(writer, node, tag)
        return []
    if tag == "button":
        return _button(writer, node)
    if tag in FRAMES:
        return _frame(writer, node, FRAMES[tag])
    if tag in INLINE or (tag == "span" and _is_foreign(node)):
        return _inline(writer, node, tag)
    if tag in BLOCKS or "-" in tag:
        _break(writer)
        return ["break", *(_inline(writer, node, "span") if _is_foreign(node) else _children(node))]
    return _children(node)


def _is_foreign(node: LexborNode) -> bool:
    """Whether an element says in which language it is (WCAG 3.1.2)."""
    return node.tag in ("p", "span") and bool(node.attributes.get("lang"))


def _leave(writer: Writer, step: str) -> None:
    if step == "break":
        _break(writer)
    elif step == "frame":
        writer.close()
    else:
        tag, _ = writer.inline.pop()
        writer.say(f"</{tag}>", counts=False)


def _break(writer: Writer) -> None:
    if writer.frame.tag in HOLDS_WORDS:
        writer.say(" ", counts=False)
    else:
        writer.flush()


def _void(writer: Writer, node: LexborNode, tag: str) -> None:
    if tag == "img":
        source = None if is_pixel(node) else best_source(node, writer.base)
        if source:
            kept = {"src": source} | {k: v or "" for k, v in node.attributes.items() if k in ("alt", "width", "height")}
            writer.say("<img" + "".join(f' {name}="{escape(value)}"' for name, value in kept.items()) + ">")
    elif tag == "hr":
        _break(writer)
    elif writer.frame.tag == "pre":
        writer.say("\n", counts=False)
    elif next((word for word in reversed(writer.frame.words) if word.strip()), "") != "<br>":
        writer.say("<br>", counts=False)
    elif writer.frame.tag not in HOLDS_WORDS:
        writer.flush()


def _button(writer: Writer, node: LexborNode) -> list[LexborNode | str]:
    attributes = node.attributes
    if "aria-controls" not in attributes and "aria-expanded" not in attributes:
        return []
    if inside(node, HEADINGS):
        return _children(node)
    return _frame(writer, node, "h3")


def _frame(writer: Writer, node: LexborNode, tag: str) -> list[LexborNode | str]:
    parent = writer.frame.tag
    if parent in HOLDS_WORDS or len(writer.frames) > _MAX_FRAMES or _is_layout(node, tag) or not _fits(tag, parent):
        _break(writer)
        return ["break", *_children(node)]
    kept = {
        name: value
        for name, value in node.attributes.items()
        if name in ("lang", "dir", "start", "scope", "colspan", "rowspan")
    }
    writer.open(tag, "".join(f' {name}="{escape(value or "")}"' for name, value in kept.items()))
    return ["frame", *_children(node)]


def _inline(writer: Writer, node: LexborNode, tag: str) -> list[LexborNode | str]:
    attributes = node.attributes
    given = ""
    if tag == "a":
        address = link(attributes.get("href"), writer.base)
        if not address or any(name == "a" for name, _ in writer.inline):
            return _children(node)
        given = f' href="{escape(address)}"'
    if len(writer.inline) >= _MAX_INLINE:
        return _children(node)
    given += "".join(
        f' {name}="{escape(attributes[name] or "")}"' for name in ("lang", "hreflang", "title") if attributes.get(name)
    )
    writer.inline.append((tag, given))
    writer.say(f"<{tag}{given}>", counts=False)
    return ["inline", *_children(node)]


def _fits(tag: str, parent: str) -> bool:
    if tag == "li":
        return parent in ("ul", "ol")
    if tag in ("dt", "dd"):
        return parent == "dl"
    if tag in ("tr", "thead", "tbody", "tfoot", "td", "th", "caption"):
        return parent in ("table", "thead", "tbody", "tfoot", "tr")
    if tag == "figcaption":
        return parent == "figure"
    return parent not in ("ul", "ol", "dl", "tr")


def _is_layout(node: LexborNode, tag: str) -> bool:
    """Whether a table is none: it only places things on the page."""
    if tag != "table":
        return False
    if node.attributes.get("role") in ("presentation", "none"):
        return True
    if len(node.css("table")) > 1 or node.css_first("td h1, td h2") is not None:
        return True
    rows = node.css("tr")
    return node.css_first("th") is None and (len(rows) < 2 or all(len(row.css("td")) < 2 for row in rows[:50]))
