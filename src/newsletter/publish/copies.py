"""A release with its pictures as readers load them: our copies of them, or the portal's own, measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from lxml import html

from newsletter.model import Image, ImageState, KnownImage, Release
from newsletter.publish.body import inner


def with_copies(release: Release, known: Mapping[str, KnownImage], copies: str | None) -> Release:
    """The release with the address, size and type of what is shown of each picture, in its text too.

    `copies` is the address under which our copies lie; with it nothing else is ever loaded, and a picture that has none
    has no address. None: the portal's own are linked, but for those that turned out to be none. A picture of nothing (a
    pixel, an icon) is left out.
    """
    images = tuple(_images(release.images, known, copies))
    return replace(release, images=images, body_html=_body(release.body_html, known, copies))


def _images(images: tuple[Image, ...], known: Mapping[str, KnownImage], copies: str | None) -> Iterator[Image]:
    for image in images:
        found = known.get(image.src, KnownImage(image.src))
        if found.state is not ImageState.STAND_IN:
            yield replace(_shown(image, found, copies), original=image.src)


def _shown(image: Image, found: KnownImage, copies: str | None) -> Image:
    if copies is None and found.state is not ImageState.UNFIT:
        width, height = (found.width, found.height) if found.width else (image.width, image.height)
        return replace(image, width=width, height=height, type=found.type, size=found.size)
    if copies is None or found.copy is None:
        return replace(image, src="")
    copy = found.copy
    return replace(
        image, src=f"{copies}/{copy.name}", width=copy.width, height=copy.height, type=copy.type, size=copy.size
    )


def _body(body: str, known: Mapping[str, KnownImage], copies: str | None) -> str:
    """The text with the addresses of its pictures changed; one that is not shown has none, and goes at publishing."""
    if "<img" not in body:
        return body
    root = html.fragment_fromstring(body, create_parent="div")
    for picture in root.iter("img"):
        source = picture.attrib.pop("src", "")
        found = known.get(source, KnownImage(source))
        shown = _shown(Image(source), found, copies)
        if shown.src and found.state is not ImageState.STAND_IN:
            picture.set("src", shown.src)
        if shown.src and shown.width and shown.height:
            picture.set("width", str(shown.width))
            picture.set("height", str(shown.height))
    return inner(root)
