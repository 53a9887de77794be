"""HTML in feeds: where it may stand, and that it is said to be HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.entities import entitydefs

from lxml import etree

from newsletter.publish.rules.feed import ATOM, RSS, Feed, Value, without_marked
from newsletter.publish.rules.grammar.atom import NAMESPACE
from newsletter.rules.rule import BLOCK, WARN, Defect, _, rule

PLAIN = ("title", "plain", "strict", "plaintext", "contact")
_TAGS = (
    "a|abbr|acronym|address|article|aside|audio|b|big|blockquote|body|br|button|caption|center|cite|code|col|dd|del|dfn|"
    "div|dl|dt|em|embed|figcaption|figure|font|footer|form|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|kbd|label|li|"
    "link|main|mark|meta|nav|object|ol|option|p|picture|pre|q|s|samp|script|section|select|small|source|span|strike|strong|"
    "style|sub|sup|svg|table|tbody|td|textarea|tfoot|th|thead|time|title|tr|tt|u|ul|var|video"
)
_HTML = re.compile(rf"</?(?:{_TAGS})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_ENTITY = re.compile(rf"&(?:{'|'.join(entitydefs)}|#\d+|#x[0-9a-f]+);")
# rssboard.org/rss-profile, "Character Data": what readers that look for HTML everywhere take for it
_TAKEN_FOR_HTML = re.compile(rf"<[A-Za-z/!]|&(?:#\d|#x|(?:{'|'.join(entitydefs)})\b)")


@rule("MARKUP-1", WARN, "RSS Best Practices")
def plain_text(feed: Feed) -> Iterator[Defect]:
    """A text that is plain holds no HTML: some readers show the tags, some the effect."""
    for value in feed.of_kind(*PLAIN):
        if found := _html_in(value, feed):
            yield Defect(
                value.spot,
                _("Readers may take “%(text)s” for HTML."),
                _("Take tags and entities out; in RSS write & as &#x26; and < as &#x3C;."),
                {"text": found},
            )


@rule("MARKUP-2", WARN, "RFC 4287 3.1.1.3")
def inline(feed: Feed) -> Iterator[Defect]:
    """What says that it is XHTML holds elements, no escaped ones."""
    for value in feed.values:
        if value.kind == "xhtml":
            text = "".join(value.element.itertext())
            inner = [child for child in value.element.iterdescendants() if not _is_div(child)]
            if not inner and _HTML.search(text):
                yield Defect(value.spot, _("It is said to be XHTML, and holds escaped HTML."), _('Say type="html".'))


@rule("MARKUP-3", BLOCK, "RFC 4287 3.1.1.3")
def wrapped(feed: Feed) -> Iterator[Defect]:
    """XHTML lies in one div of XHTML's namespace."""
    for flaw in feed.flaws:
        if flaw.kind == "div":
            yield Defect(
                flaw.spot,
                _("The XHTML does not lie in a div of its own."),
                _('Put all of it into <div xmlns="http://www.w3.org/1999/xhtml">.'),
            )


@rule("MARKUP-4", WARN, "RFC 4287 4.1.3.3")
def no_fragment(feed: Feed) -> Iterator[Defect]:
    """What has the type of an HTML document is one, and no piece."""
    for flaw in feed.flaws:
        if flaw.kind == "fragment":
            yield Defect(flaw.spot, _("A piece of HTML is said to be a whole document."), _("Say html or xhtml."))


@rule("MARKUP-5", WARN, "HTML 13.1.2")
def balanced(feed: Feed) -> Iterator[Defect]:
    """In the HTML of an entry, what is closed was open: else a reader guesses where it ends."""
    for value in feed.of_kind("html"):
        if value.entry is not None and (wrong := _unbalanced(value.text)):
            yield Defect(
                value.spot,
                _("Its HTML is not well-formed: %(reason)s."),
                _("Close what is open, in the reverse order."),
                {"reason": wrong},
            )


@rule("CONTENT-1", BLOCK, "RFC 4287 4.1.2")
def readable(feed: Feed) -> Iterator[Defect]:
    """An entry of Atom has a content or a page of its own."""
    for entry, spot in feed.entries if feed.form == ATOM else ():
        links = [link.get("rel") or "alternate" for link in entry.findall(_atom("link"))]
        if entry.find(_atom("content")) is None and not any(rel.endswith("alternate") for rel in links):
            yield Defect(spot, _("The entry has neither a content nor a page."), _("Add one of them."))


@rule("CONTENT-2", WARN, "RFC 4287 4.1.1.1")
def has_text(feed: Feed) -> Iterator[Defect]:
    """An entry of Atom has a text, be it a summary."""
    for entry, spot in feed.entries if feed.form == ATOM else ():
        if entry.find(_atom("content")) is None and entry.find(_atom("summary")) is None:
            yield Defect(spot, _("The entry has no text."), _("Add a summary or a content."))


@rule("CONTENT-3", WARN, "RFC 4287 4.1.3.2")
def type_of_what_lies_elsewhere(feed: Feed) -> Iterator[Defect]:
    """A content that lies elsewhere says of which type it is."""
    for flaw in feed.flaws:
        if flaw.kind == "type missing":
            yield Defect(flaw.spot, _("It does not say of which type it is."), _("Add its type."))


@rule("CONTENT-4", BLOCK, "RFC 4287 4.1.2")
def summary_of_what_lies_elsewhere(feed: Feed) -> Iterator[Defect]:
    """An entry whose content lies elsewhere, or is no text, has a summary."""
    for entry, spot in feed.entries if feed.form == ATOM else ():
        content = entry.find(_atom("content"))
        if content is not None and entry.find(_atom("summary")) is None and _is_no_text(content):
            yield Defect(spot, _("The entry has no text that can be read here."), _("Add a summary."))


@rule("CONTENT-5", BLOCK, "RFC 4287 4.1.3.3")
def encoded(feed: Feed) -> Iterator[Defect]:
    """A content that is neither text nor XML is written in Base64."""
    for flaw in feed.flaws:
        if flaw.kind == "base64":
            yield Defect(flaw.spot, _("It is not written in Base64."), _("Encode it, or say text, html or xhtml."))


def _html_in(value: Value, feed: Feed) -> str:
    """The first piece of a text that may be taken for HTML; "" where there is none."""
    if feed.form == RSS and value.kind not in ("strict", "plaintext"):
        found = _TAKEN_FOR_HTML.search(without_marked(value.marked))
    else:
        found = _HTML.search(value.text) or _ENTITY.search(value.text)
    return found.string[found.start() : found.start() + 40].strip() if found else ""


def _unbalanced(html: str) -> str:
    """What a parser stumbles over first, in its own words; "" where nothing is closed that was not open."""
    parser = etree.HTMLParser()
    try:
        etree.fromstring(f"<!DOCTYPE html><body>{html}</body>", parser)
    except (etree.LxmlError, ValueError):
        return ""
    wrong = (note.message for note in parser.error_log if note.type_name == "ERR_TAG_NAME_MISMATCH")
    return next((message.strip() for message in wrong), "")


def _is_no_text(content: object) -> bool:
    get = content.get  # type: ignore[attr-defined]
    type_ = (get("type") or "text").lower()
    plain = type_ in ("text", "html", "xhtml") or type_.startswith("text/") or type_.endswith(("+xml", "/xml"))
    return get("src") is not None or not plain


def _is_div(element: object) -> bool:
    return str(element.tag).rpartition("}")[2] == "div"  # type: ignore[attr-defined]


def _atom(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"
