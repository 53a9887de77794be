"""Other ways to read a release that its page leads to: in Leichte Sprache, as a film in sign language, to listen to.

Only what is about this very release counts: what stands in its own part of the page and leads further than to the
site's own section in Leichte Sprache. And only what people made: what says that a machine read it aloud, translated or
wrote it is no alternate, and a button that reads a page aloud is none either.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborNode

from newsletter.collect.read.data import Thing, is_article, text_value
from newsletter.collect.read.documents import own_part, size_in
from newsletter.collect.read.page import PageTree, inside, text_of
from newsletter.collect.read.text import clean
from newsletter.model import Alternate, AlternateKind

_EASY: Final = re.compile(
    r"\bleicht(?:e[rs]?|er) sprache\b|\bleichte sprache\b|\beasy[ -](?:to[ -])?read\b|\beasy language\b|"
    r"\bfacile à lire\b|\bfalc\b",
    re.IGNORECASE,
)
_SIGN: Final = re.compile(
    r"\bgebärden(?:sprach\w*|video\w*|film\w*)?\b|\bDGS\b|\bsign(?:ed)? language\b|\b[AB]SL\b|"
    r"\blangue des signes\b",
    re.IGNORECASE,
)
_AUDIO: Final = re.compile(
    r"\b(?:an|nach)hören\b|\baudio(?:version|fassung|datei|beitrag)?\b|\bhörfassung\b|\bpodcast\b|"
    r"\blisten(?: to)?\b|\bzum hören\b",
    re.IGNORECASE,
)
_PERHAPS: Final = re.compile(  # few of a page's links are looked at any closer
    r"leicht|gebärd|h[öo]r|audio|podcast|sprach|easy|sign|listen|dgs|[ab]sl|lire|falc", re.IGNORECASE
)
_MACHINE: Final = re.compile(
    r"\bautomatisch\w*|\bmaschinell\w*|\bKI[- ]?(?:generiert|gestützt|stimme|erzeugt)\w*|"
    r"\bkünstlich\w* (?:intelligenz|stimme)|\breadspeaker\b|\btext[- ]to[- ]speech\b|"
    r"\bAI[- ]generated\b|\bauto(?:matic(?:ally)?|-generated)\b|\bcomputerstimme\b|"
    r"\bsynthetisch\w*|\bmachine[- ](?:generated|translated)\b|\bvorlesefunktion\b|\bvorlesen lassen\b",
    re.IGNORECASE,
)
_SOUNDS: Final = {"mp3": "audio/mpeg", "m4a": "audio/mp4", "ogg": "audio/ogg", "oga": "audio/ogg", "wav": "audio/wav"}
_FILMS: Final = {"mp4": "video/mp4", "webm": "video/webm", "m4v": "video/mp4", "mov": "video/quicktime"}
_LENGTH: Final = re.compile(
    r"\b(?:(\d{1,2}):)?(\d{1,2}):(\d{2})\b|\b(\d{1,3})(?:[.,]\d)?\s*min(?:uten?|utes?|\.)?\b|"
    r"\b(\d{1,4})\s*(?:sek(?:unden)?|sec(?:onds)?)\b",
    re.IGNORECASE,
)
_DURATION: Final = re.compile(r"P(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:[.,]\d+)?S)?)", re.IGNORECASE)
_GENERIC: Final = re.compile(  # what addresses of sections are made of
    r"leicht\w*|sprach\w*|gebaerden\w*|dgs|easy|read|language|sign\w*|node|index|html?|service\w*|meta|header|footer|start|"
    r"seiten?|page|content|web|press\w*|aktuell\w*|meldung\w*|news|jsession\w*"
)
_ASCII: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_TOKEN: Final = re.compile(r"[a-z]{4,}|\d{3,}")
_THIS: Final = re.compile(r"\b(?:diese[rsn]?|this)\b", re.IGNORECASE)
_MENUS: Final = frozenset({"nav", "footer", "aside", "header"})
_ARTICLE: Final = frozenset({"article", "main"})
_LANGUAGES: Final = {AlternateKind.EASY: "de-simple", AlternateKind.SIGN: "gsg"}
"""Leichte Sprache (the variant `simple` of BCP 47's registry) and Deutsche Gebärdensprache (ISO 639-3)."""
_LONGEST: Final = 6 * 3600  # seconds
_MOST: Final = 6


def find_alternates(page: PageTree, headline: LexborNode | None, things: Sequence[Thing]) -> tuple[Alternate, ...]:
    """The other ways to read the page's release, each address once; to be asked before the page is pruned."""
    found: dict[str, Alternate] = {}
    for one in (*_linked(page, headline), *_embedded(page, headline), *_told(page, things)):
        if one.url != page.url and one.url not in found and len(found) < _MOST:
            found[one.url] = one
    return tuple(found.values())


def sound(url: str, mime: str | None, title: str | None = None, size: int | None = None) -> Alternate | None:
    """The audio version that a feed's enclosure is; None for what is no sound, or says that a machine read it."""
    kind = (mime or "").partition(";")[0].strip().lower() or _SOUNDS.get(_ending(url), "")
    if not kind.startswith("audio/") or _MACHINE.search(title or ""):
        return None
    return Alternate(AlternateKind.AUDIO, url, None, kind, None, size)


def _linked(page: PageTree, headline: LexborNode | None) -> Iterator[Alternate]:
    for link in own_part(page, headline).css("a[href]"):
        if not _PERHAPS.search(_raw(link)):
            continue
        said = _said(link)
        kind = _kind(said)
        url = page.absolute(link.attributes.get("href")) if kind else None
        if kind is None or url is None or _in_menu(link) or _is_page_itself(url, page):
            continue
        beside = text_of(link.parent, 300) if link.parent is not None else said
        if any(map(_MACHINE.search, (said, beside, url))) or not _is_about(url, said, page, headline):
            continue
        if kind is AlternateKind.AUDIO and not _is_sound(url, link):
            continue
        yield _alternate(kind, url, f"{said} {beside}", link.attributes.get("type"), link.attributes.get("hreflang"))


def _embedded(page: PageTree, headline: LexborNode | None) -> Iterator[Alternate]:
    for player in own_part(page, headline).css("audio, video"):
        source = player.css_first("source[src]")
        url = page.absolute(player.attributes.get("src") or (source.attributes.get("src") if source else None))
        around = text_of(player.parent, 300) if player.parent is not None else ""
        said = f"{player.attributes.get('title') or ''} {player.attributes.get('aria-label') or ''} {around}"
        sign = player.tag == "video" and _SIGN.search(f"{said} {player.attributes.get('class') or ''}")
        if url is None or _in_menu(player) or _MACHINE.search(f"{said} {url}") or not (player.tag == "audio" or sign):
            continue
        kind = AlternateKind.SIGN if sign else AlternateKind.AUDIO
        yield _alternate(kind, url, said, source.attributes.get("type") if source else None, None)


def _told(page: PageTree, things: Sequence[Thing]) -> Iterator[Alternate]:
    """What the page's own data name: AudioObject, and VideoObject in sign language (schema.org)."""
    media = [one for thing in things if is_article(thing) for one in _media(thing)]
    for one in media:
        url = page.absolute(text_value(one.get("contentUrl") or one.get("embedUrl") or one.get("url")))
        said = f"{text_value(one.get('name'))} {text_value(one.get('description'))}"
        features = str(one.get("accessibilityFeature") or "").lower()
        name = str(one.get("@type") or "")
        sign = name == "VideoObject" and ("signlanguage" in features or _SIGN.search(said))
        if url is None or _MACHINE.search(f"{said} {url}") or not (sign or name == "AudioObject"):
            continue
        kind = AlternateKind.SIGN if sign else AlternateKind.AUDIO
        length = f"{text_value(one.get('duration'))} {text_value(one.get('contentSize'))}"
        yield _alternate(kind, url, length, text_value(one.get("encodingFormat")) or None, None)


def _media(thing: Thing) -> Iterator[dict[str, Any]]:
    for name in ("audio", "video", "associatedMedia"):
        value = thing.get(name)
        yield from (one for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict))


def _alternate(kind: AlternateKind, url: str, said: str, mime: str | None, language: str | None) -> Alternate:
    known = (mime or "").partition(";")[0].strip().lower() or (_SOUNDS | _FILMS).get(_ending(url))
    tag = language if language and re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", language) else None
    return Alternate(kind, url, tag or _LANGUAGES.get(kind), known, seconds_in(said), size_in(said))


def seconds_in(text: str) -> int | None:
    """How long something takes, as it is written: `3:12`, `4 Minuten`, `PT3M12S`; None where that is not told."""
    if (iso := _DURATION.search(text)) and any(iso.groups()):
        hours, minutes, seconds = (int(part or 0) for part in iso.groups())
    elif found := _LENGTH.search(text):
        hours = int(found[1] or 0)
        minutes = int(found[2] or found[4] or 0)
        seconds = int(found[3] or found[5] or 0)
    else:
        return None
    total = hours * 3600 + minutes * 60 + seconds
    return total if 0 < total <= _LONGEST else None


def _raw(link: LexborNode) -> str:
    """What a link says, or its picture where it has no words."""
    told = link.attributes
    text = f"{link.text()} {told.get('aria-label') or ''} {told.get('title') or ''}"
    return text if not text.isspace() else " ".join(image.attributes.get("alt") or "" for image in link.css("img"))


def _said(link: LexborNode) -> str:
    pictures = " ".join(image.attributes.get("alt") or "" for image in link.css("img"))
    told = (link.attributes.get(name) or "" for name in ("aria-label", "title"))
    return clean(" ".join((text_of(link, 300), pictures, *told)), 600)


def _kind(said: str) -> AlternateKind | None:
    if _SIGN.search(said):
        return AlternateKind.SIGN
    if _EASY.search(said):
        return AlternateKind.EASY
    return AlternateKind.AUDIO if _AUDIO.search(said) else None


def _is_sound(url: str, link: LexborNode) -> bool:
    return _ending(url) in _SOUNDS or (link.attributes.get("type") or "").startswith("audio/")


def _is_about(url: str, said: str, page: PageTree, headline: LexborNode | None) -> bool:
    """Whether a link leads to a version of this release, and not to what a whole site has in that way.

    It says so ("diese Meldung"), is a file of sound or film, or its address names what the page's or the headline do.
    """
    if _THIS.search(said) or _ending(url) in _SOUNDS | _FILMS:
        return True
    own = _tokens(f"{urlsplit(page.url).path} {text_of(headline)}")
    return not own.isdisjoint(_tokens(urlsplit(url).path + urlsplit(url).query))


def _tokens(text: str) -> set[str]:
    plain = unquote(text).lower().translate(_ASCII)
    return {token for token in _TOKEN.findall(plain) if not _GENERIC.fullmatch(token)}


def _is_page_itself(url: str, page: PageTree) -> bool:
    return url.partition("#")[0] == page.url.partition("#")[0]


def _in_menu(node: LexborNode) -> bool:
    """Whether a link stands in a menu; the header of the article itself is none."""
    if inside(node, _MENUS - {"header"}):
        return True
    around = node.parent
    while around is not None and around.tag != "header":
        around = around.parent
    return around is not None and not inside(around, _ARTICLE)


def _ending(url: str) -> str:
    return urlsplit(url).path.rpartition(".")[2].lower()
