"""Privacy: opening the mail asks nobody but the publisher and the portal for anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import urlsplit

from newsletter.edition.rules.mail import Mail
from newsletter.edition.rules.page import Page
from newsletter.rules.markup import Element, said
from newsletter.rules.rule import BLOCK, Defect, _, rule

_IN_CSS = re.compile(r"""(?:@import\s*(?:url\(\s*)?|url\(\s*|image-set\(\s*(?=["']))["']?([^"')\s;]+)""", re.IGNORECASE)
_ESCAPED = re.compile(r"\\([0-9a-f]{1,6})\s?", re.IGNORECASE)  # CSS Syntax 3, 4.3.7
_FOR_OUTLOOK = re.compile(r"<!--\[if[^\]]*\]>(.*?)<!\[endif\]-->", re.DOTALL)
_ASKED = re.compile(r"""(?<![\w-])(?:src|background)\s*=\s*["']?\s*([^"'\s>]+)""", re.IGNORECASE)
_FONTS = re.compile(r"@import[^;]*;?|@font-face\s*\{[^}]*\}", re.IGNORECASE)
_LOADED = (
    *("img", "link", "script", "iframe", "source", "video", "audio", "embed", "object", "input"),
    *("track", "frame", "image", "use", "bgsound"),
)
_MOST = 2  # pixels: what is no larger shows nothing
_ELSEWHERE = re.compile(  # hosts that lend fonts and pictures, so never a publisher's own
    r"(?:.*\.)?(?:fonts\.googleapis\.com|fonts\.gstatic\.com|use\.typekit\.net|p\.typekit\.net|fast\.fonts\.net|"
    r"imgur\.com|fonts\.bunny\.net|facebook\.com|linkedin\.com|google-analytics\.com|googletagmanager\.com|doubleclick\.net)|www\.mailjet\.com"
)


@rule("PRIV-1", BLOCK, "GDPR Art. 5")
def loads_nothing_foreign(mail: Mail) -> Iterator[Defect]:
    """Nothing is loaded but the releases' pictures and what lies at the publisher's own address."""
    if mail.page is None:
        return
    for url in dict.fromkeys(_loaded(mail.page) if mail.origin else _suspicious(mail.page)):
        if (host := _host(url)) and not _may_be_asked(url, host, mail):
            yield Defect(
                url,
                _("The mail loads something from %(host)s."),
                _("Take it out: no fonts, counters or pictures from elsewhere."),
                {"host": host},
            )


@rule("PRIV-2", BLOCK, "GDPR Art. 5")
def no_pixel(mail: Mail) -> Iterator[Defect]:
    """No picture is there only to be counted."""
    for element in _pictures(mail.page) if mail.page else ():
        if mail.page and _is_pixel(element, mail.page):
            yield Defect(element, _("The mail holds a tracking pixel."), _("Take it out."))


def _pictures(page: Page) -> Iterator[Element]:
    """What asks for a picture: those that say so, and boxes that have one behind them."""
    yield from page.images
    for element in page.all("input", "table", "td", "div", "span", "p"):
        style = element.get("style") or ""
        empty_box = "url(" in style and not len(element) and not said(element)
        if element.get("background") or empty_box or (element.tag == "input" and element.get("src")):
            yield element


def _is_pixel(element: Element, page: Page) -> bool:
    """Whether a picture is a dot, or shown in no mode and of no size that one could ever see."""
    told = [size for name in ("width", "height") if (size := _pixels(element.get(name))) is not None]
    shown = page.looks.get(element)
    if shown and shown.light.tiny:
        return True
    if told:
        return all(size <= _MOST for size in told)
    return bool(shown and shown.light.hidden and shown.dark.hidden)


def _pixels(size: str | None) -> float | None:
    found = re.fullmatch(r"\s*(\d+(?:\.\d*)?|\.\d+)\s*(?:px)?\s*", size or "", re.IGNORECASE)
    return float(found[1]) if found else None


def _may_be_asked(url: str, host: str, mail: Mail) -> bool:
    if mail.origin is None:
        return False
    logo = mail.origin.newsletter.theme.logo
    return url in mail.images or host == _host(mail.origin.site.base_url) or url == (logo and logo.src)


def _suspicious(page: Page) -> Iterator[str]:
    """Of somebody else's mail: what is no picture, or lies where no publisher's own pictures do."""
    pictures = {image.get("src") for image in page.images}
    fonts = {url for style in page.styles for part in _FONTS.findall(style) for url in _IN_CSS.findall(part)}
    for url in _loaded(page):
        if url in fonts or _ELSEWHERE.fullmatch(_host(url) or ""):
            yield url
    for element in page.all("link", "script", "iframe", "embed", "object"):
        if element.tag != "link" or "stylesheet" in (element.get("rel") or "").lower():
            yield from (url for name in ("src", "href", "data") if (url := element.get(name)) and url not in pictures)


def _loaded(page: Page) -> Iterator[str]:
    for element in page.all(*_LOADED):
        yield from filter(None, map(element.get, ("src", "data", "poster", "lowsrc", "dynsrc", "xlink:href")))
        if srcset := element.get("srcset"):
            yield from (part.split()[0] for part in srcset.split(",") if part.strip())
        if element.tag in ("link", "image", "use") and element.get("href"):
            yield element.get("href")
    yield from (base.get("href") or "" for base in page.all("base"))
    yield from page.backgrounds
    if "<!--[if" in page.html:
        yield from (url for part in _FOR_OUTLOOK.findall(page.html) for url in _ASKED.findall(part))
    for style in page.style_attributes:
        if "(" in style or "@" in style or "\\" in style:
            yield from _in_css(style)
    for style in page.styles:
        yield from _in_css(style)


@lru_cache(maxsize=256)  # the variants of an edition share their styles
def _in_css(style: str) -> tuple[str, ...]:
    if "\\" in style:
        style = _ESCAPED.sub(lambda code: chr(min(int(code[1], 16), 0x10FFFF)), style)
    return tuple(_IN_CSS.findall(style))


@lru_cache(maxsize=4096)
def _host(url: str) -> str | None:
    try:
        return urlsplit(url.strip().replace("\\", "/")).hostname
    except ValueError:
        return None
