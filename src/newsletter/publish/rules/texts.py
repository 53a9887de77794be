"""Atom's text constructs and content, whose shape hangs on their type (RFC 4287 §3.1, §4.1.3)."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Protocol

from lxml import etree

from newsletter.rules.markup import Element
from newsletter.rules.rule import Spot

XHTML = "http://www.w3.org/1999/xhtml"
_MIME = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+(?:\s*;.*)?", re.ASCII)


class Walker(Protocol):
    """What notes values and flaws (structure.py)."""

    def value(self, kind: str, text: str, name: str, spot: Spot, element: Element = None) -> None: ...
    def flaw(self, kind: str, name: str, parent: str, spot: Spot) -> None: ...
    def stray_children(self, element: Element, spot: Spot) -> None: ...
    def stray_text(self, element: Element, spot: Spot) -> None: ...
    def misplaced(self, element: Element, spot: Spot) -> None: ...


def walk(walker: Walker, element: Element, spot: Spot, parent: str) -> None:
    """Note what a text construct or content holds."""
    name, type_ = etree.QName(element).localname, (element.get("type") or "text").strip()
    text = "".join(element.itertext())
    if name == "content" and element.get("src") is not None:
        _elsewhere(walker, element, spot, parent)
    elif type_ == "xhtml":
        _xhtml(walker, element, name, spot)
    elif name == "content" and _is_xml(type_):
        _xml(walker, element, type_, parent, spot)
    else:
        walker.stray_children(element, spot)
        kind = {"text": "plaintext", "html": "html", "text/html": "html"}.get(type_, "")
        walker.value(kind, text, name, spot, element)
        if name == "content" and type_.startswith("text/html") and not re.search(r"<html[\s>]", text, re.IGNORECASE):
            walker.flaw("fragment", name, parent, spot)
        elif name == "content" and _MIME.fullmatch(type_) and not type_.startswith("text/") and not _is_base64(text):
            walker.flaw("base64", name, parent, spot)


def _elsewhere(walker: Walker, element: Element, spot: Spot, parent: str) -> None:
    walker.stray_children(element, spot)
    walker.stray_text(element, spot)
    if element.get("type") is None:
        walker.flaw("type missing", "content", parent, spot)


def _xhtml(walker: Walker, element: Element, name: str, spot: Spot) -> None:
    children = [child for child in element if isinstance(child.tag, str)]
    texts = [element.text, *(child.tail for child in element)]
    alone = (
        len(children) == 1 and children[0].tag == f"{{{XHTML}}}div" and not any((text or "").strip() for text in texts)
    )
    if not alone:
        walker.flaw("div", name, "", spot)
    walker.misplaced(element, spot)
    written = "".join(etree.tostring(child, encoding="unicode", with_tail=False) for child in children)
    walker.value("xhtml", re.sub(r"(</?)\w+:", r"\1", written), name, spot, element)


def _xml(walker: Walker, element: Element, type_: str, parent: str, spot: Spot) -> None:
    children = [child for child in element if isinstance(child.tag, str)]
    if children:
        walker.stray_text(element, spot)
    if type_.startswith("application/xhtml+xml") and not any(child.tag == f"{{{XHTML}}}html" for child in children):
        walker.flaw("fragment", "content", parent, spot)


def _is_xml(type_: str) -> bool:
    return type_.split(";")[0].strip().lower().endswith(("+xml", "/xml"))


def _is_base64(text: str) -> bool:
    try:
        base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return False
    return True
