"""A release's sanitised body made fit to be read under a headline of ours: headings, pictures, addresses."""

from __future__ import annotations

from urllib.parse import urlsplit

from lxml import html
from lxml.html import HtmlElement
from markupsafe import escape

from newsletter.allowed import LEVELS, only_allowed
from newsletter.model import Image, Release
from newsletter.model.alt import alt_text

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
CONTENT = ("img", "table", "video", "audio")  # what makes an element worth keeping that has no text


def is_web(address: str) -> bool:
    """Whether an address may stand in a link: http or https, with a host, without white space."""
    if any(char.isspace() for char in address):
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def fit_body(release: Release) -> str:
    """The body as HTML that begins at h2 and skips no level, with absolute web addresses and nothing that runs.

    A picture without alt text is left out with its figure, as in the mail; the lead picture is, too: it stands above
    the body. What is then empty goes (an empty link or heading is a barrier, WCAG 2.4.4 and 1.3.1).
    """
    if not release.body_html.strip():
        return ""
    root = html.fragment_fromstring(release.body_html, create_parent="div")
    root.make_links_absolute(release.url, resolve_base_href=False, handle_failures="discard")
    _keep_web_links(root)
    _describe_pictures(root, release)
    _drop_empty(root)
    _level_headings(root)
    return only_allowed(inner(root), more=LEVELS)


def wrap_tables(body: str, label: str) -> str:
    """The body with each table in a region of its own that scrolls and takes the focus (WCAG 1.4.10, 2.1.1)."""
    if "<table" not in body:
        return body
    root = html.fragment_fromstring(body, create_parent="div")
    for table in root.xpath(".//table[not(ancestor::table)]"):
        region = html.Element("div", {"class": "scroll", "role": "group", "aria-label": label, "tabindex": "0"})
        region.tail, table.tail = table.tail, None
        table.getparent().replace(table, region)
        region.append(table)
    return inner(root)


def inner(root: HtmlElement) -> str:
    """What is in an element, as HTML."""
    return str(escape(root.text or "")) + "".join(html.tostring(child, encoding="unicode") for child in root)


def _keep_web_links(root: HtmlElement) -> None:
    for link in root.iter("a"):
        address = link.get("href")
        if address is not None and not is_web(address) and not address.startswith(("mailto:", "tel:")):
            del link.attrib["href"]


def _describe_pictures(root: HtmlElement, release: Release) -> None:
    known = {image.src: image for image in release.images}
    lead = release.lead.src if release.lead else None
    for picture in list(root.iter("img")):
        source = picture.get("src", "")
        image = known.get(source) or Image(source, alt=picture.get("alt"))
        alt = alt_text(image)
        if source == lead or not is_web(source) or alt is None:
            _drop_picture(picture)
        else:
            picture.set("alt", alt)
            picture.attrib.pop("srcset", None)  # its addresses are not made absolute
            picture.attrib.pop("sizes", None)


def _drop_picture(picture: HtmlElement) -> None:
    figure = next(picture.iterancestors("figure"), None)
    alone = figure is not None and len(figure.xpath(".//img|.//table|.//video|.//audio")) == 1
    (figure if alone and figure is not None else picture).drop_tree()


def _drop_empty(root: HtmlElement) -> None:
    for element in reversed(list(root.iter("a", "p", "li", "ul", "ol", "figcaption", *HEADINGS))):
        if not element.text_content().strip() and next(element.iter(*CONTENT), None) is None:
            element.drop_tree()


def _level_headings(root: HtmlElement) -> None:
    open_levels: list[int] = []  # the source's levels of the headings we are under
    for heading in root.iter(*HEADINGS):
        level = int(heading.tag[1])
        while open_levels and open_levels[-1] >= level:
            open_levels.pop()
        open_levels.append(level)
        heading.tag = f"h{min(1 + len(open_levels), 6)}"
