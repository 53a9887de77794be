"""A mail as a page: its styles in elements that the page's policy can name by their hashes, so that nothing unsafe is
allowed; its dark look on wish, whatever the browser prefers."""

from __future__ import annotations

import base64
import hashlib
import re

from lxml import html

from newsletter.web.headers import CONTENT_POLICY, content_policy

DARK = re.compile(r"\(\s*prefers-color-scheme\s*:\s*dark\s*\)")
DOCTYPE = "<!DOCTYPE html>\n"


def as_page(mail: str, base_url: str, *, dark: bool, hosted: bool) -> tuple[str, dict[str, str]]:
    """The mail's HTML with `style` attributes made classes, and the headers that it is to be answered with."""
    document = html.document_fromstring(mail)
    rules = _classes(document)
    styles = [rules, *(_looked(style.text or "", dark=dark) for style in document.iter("style"))]
    for style in list(document.iter("style")):
        style.drop_tree()
    head = document.find("head")
    for text in styles:
        element = html.Element("style")
        element.text = text
        (document if head is None else head).append(element)
    hashes = " ".join(f"'sha256-{_digest(text)}'" for text in styles)
    policy = content_policy(base_url, hosted=hosted, style_src=hashes, form_action="'none'", frame_ancestors="'self'")
    policy += "; sandbox allow-popups"  # its links open beside, and nothing else of it does anything (ADR 12)
    page = DOCTYPE + html.tostring(document, encoding="unicode")
    return page, {CONTENT_POLICY: policy, "Cache-Control": "no-store"}


def _classes(document: html.HtmlElement) -> str:
    """Take the style attributes away; the rules of the classes that stand for them."""
    names: dict[str, str] = {}
    for element in document.iter():
        if isinstance(element.tag, str) and (style := element.attrib.pop("style", None)) is not None:
            name = names.setdefault(style, f"own{len(names)}")
            element.set("class", f"{element.get('class', '')} {name}".strip())
    return "\n".join(f".{name}{{{style}}}" for style, name in names.items())


def _looked(css: str, *, dark: bool) -> str:
    return DARK.sub("(min-width: 0)" if dark else "(max-width: 0)", css)


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
