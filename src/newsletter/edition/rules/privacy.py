"""Privacy: opening the mail asks nobody but the publisher and the portal for anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import urlsplit

from newsletter.edition.rules.mail import Mail
from newsletter.edition.rules.page import Page
from newsletter.rules.markup import Element
from newsletter.rules.rule import BLOCK, Defect, _, rule

_IN_CSS = re.compile(r"""(?:@import\s+(?:url\(\s*)?|url\(\s*)["']?([^"')\s;]+)""", re.IGNORECASE)
_FONTS = re.compile(r"@import[^;]*;?|@font-face\s*\{[^}]*\}", re.IGNORECASE)
_LOADED = ("img", "link", "script", "iframe", "source", "video", "audio", "embed", "object", "input")
_SIZE = re.compile(r"(?<![\w-])(?:max-)?(width|height)\s*:\s*([\d.]+)px", re.IGNORECASE)
_ELSEWHERE = re.compile(  # hosts that lend fonts and pictures, so never a publisher's own
    r"(?:.*\.)?(?:fonts\.googleapis\.com|fonts\.gstatic\.com|use\.typekit\.net|p\.typekit\.net|fast\.fonts\.net|"
    r"imgur\.com|google-analytics\.com|googletagmanager\.com|doubleclick\.net)|www\.mailjet\.com"
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
    for image in mail.page.images if mail.page else ():
        if _is_pixel(image):
            yield Defect(image, _("The mail holds a tracking pixel."), _("Take it out."))


def _is_pixel(image: Element) -> bool:
    sizes = {name: (image.get(name) or "").strip().removesuffix("px") for name in ("width", "height")}
    sizes |= {name.lower(): size for name, size in _SIZE.findall(image.get("style") or "")}
    return set(sizes.values()) <= {"0", "1"}


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
        yield from filter(None, map(element.get, ("src", "data", "poster")))
        if srcset := element.get("srcset"):
            yield from (part.split()[0] for part in srcset.split(",") if part.strip())
        if element.tag == "link" and element.get("href"):
            yield element.get("href")
    yield from page.backgrounds
    for style in page.style_attributes:
        if "(" in style or "@" in style:
            yield from _in_css(style)
    for style in page.styles:
        yield from _in_css(style)


@lru_cache(maxsize=256)  # the variants of an edition share their styles
def _in_css(style: str) -> tuple[str, ...]:
    return tuple(_IN_CSS.findall(style))


@lru_cache(maxsize=4096)
def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
