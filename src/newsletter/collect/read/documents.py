"""The files that belong to a release, with the type and size their links tell."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborNode

from newsletter.collect.read.page import PageTree, ancestors, inside, text_of
from newsletter.collect.read.text import clean
from newsletter.model import Document

TYPES: Final = {
    "pdf": "application/pdf",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "rtf": "application/rtf",
    "csv": "text/csv",
    "epub": "application/epub+zip",
    "zip": "application/zip",
}
_KINDS: Final = {mime: kind for kind, mime in TYPES.items()}
_FILE = re.compile(rf"\.({'|'.join(TYPES)})(?:[?#]|$)", re.IGNORECASE)
_SIZE = re.compile(r"(\d+(?:[.,]\d+)?)\s*(KB|kB|MB|GB|KiB|MiB|Bytes?)\b", re.IGNORECASE)
_UNITS: Final = {
    "kb": 1_000,
    "mb": 1_000_000,
    "gb": 1_000_000_000,
    "kib": 1_024,
    "mib": 1_048_576,
    "byte": 1,
    "bytes": 1,
}
_ASIDE = re.compile(
    r"\s*[(\[,|–-]?\s*(?:\b(?:PDF|DOCX?|XLSX?|PPTX?|ODT|ZIP|RTF|CSV)\b[\s,|/–-]*)?\d+(?:[.,]\d+)?\s*(?:KB|MB|GB|KiB|"
    r"MiB|Bytes?)\b[^)\]]{0,30}[)\]]?\s*$",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"[(\[,|]\s*(PDF|DOCX?|XLSX?|PPTX?|ODT|RTF|CSV|ZIP)\b[^()]{0,12}\d+(?:[.,]\d+)?\s*[KM]i?B\b", re.IGNORECASE
)
_NOTHING: Final = re.compile(  # words that say nothing outside of their sentence (WCAG 2.4.4)
    r"\W*(?:hier|here|click here|hier klicken|pdf|download|herunterladen|dokument|document|datei|"
    r"file|mehr|more|link)\W*",
    re.IGNORECASE,
)
_AWAY: Final = frozenset({"nav", "footer", "aside", "form"})
_MAX: Final = 50


def find_documents(page: PageTree, headline: LexborNode | None) -> tuple[Document, ...]:
    """The documents linked in the release's own part of the page, each once; to be asked before the page is pruned."""
    found: dict[str, Document] = {}
    for link in own_part(page, headline).css("a[href]"):
        kind = _kind(link)
        if not kind or inside(link, _AWAY):
            continue
        url = page.absolute(link.attributes.get("href"))
        if url and url not in found and len(found) < _MAX:
            beside = text_of(link.parent, 300) if link.parent is not None else ""
            text = _title(link, url)
            found[url] = Document(url, text, TYPES[kind], size_in(text_of(link)) or size_in(beside))
    return tuple(found.values())


def _kind(link: LexborNode) -> str | None:
    """The ending of the file that a link leads to: by its address, its type, or type and size in its words."""
    attributes = link.attributes
    if match := _FILE.search(attributes.get("href") or ""):
        return match.group(1).lower()
    if told := _KINDS.get((attributes.get("type") or "").split(";")[0].lower()):
        return told
    match = _NAMED.search(link.text()[:300]) or _NAMED.search(attributes.get("title") or "")
    return match.group(1).lower() if match else None


def _title(link: LexborNode, url: str) -> str:
    """What a document is called: the link's words without type and size, its title where they say nothing."""
    said, title = text_of(link), clean(link.attributes.get("title"))
    text = _ASIDE.sub("", said) or said
    if not text or _NOTHING.fullmatch(text):
        text = _ASIDE.sub("", title) or unquote(urlsplit(url).path.rsplit("/", 1)[-1]) or text or url
    return text


def own_part(page: PageTree, headline: LexborNode | None) -> LexborNode:
    """The article or main part that the headline stands in, else the page."""
    around = list(ancestors(headline)) if headline is not None else []
    return next((node for tag in ("article", "main") for node in around if node.tag == tag), page.root)


def is_file(href: str) -> bool:
    """Whether an address ends like a document's."""
    return bool(_FILE.search(href))


def size_in(text: str) -> int | None:
    """How many bytes a file has, as it is written (`1,2 MB`); None where that is not told."""
    match = _SIZE.search(text)
    return round(float(match.group(1).replace(",", ".")) * _UNITS[match.group(2).lower()]) if match else None
