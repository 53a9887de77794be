"""A release with the alt texts that editors decided on, in its text too: they hold for a picture, wherever it lies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from lxml import html

from newsletter.model import AltDecision, AltFrom, Image, KnownImage, Release
from newsletter.publish.body import inner


def with_decisions(release: Release, known: Mapping[str, KnownImage], decided: Mapping[str, AltDecision]) -> Release:
    """The release with each picture's alt text as it was decided; `known` by address, `decided` by picture."""
    if not decided:
        return release
    images = tuple(_decided(image, _about(image.src, known, decided)) for image in release.images)
    return replace(release, images=images, body_html=_body(release.body_html, known, decided))


def _about(src: str, known: Mapping[str, KnownImage], decided: Mapping[str, AltDecision]) -> AltDecision | None:
    found = known.get(src)
    return decided.get(found.picture) if found is not None and found.picture else None


def _decided(image: Image, decision: AltDecision | None) -> Image:
    if decision is None:
        return image
    if decision.alt is None:
        return replace(image, alt="", alt_from=AltFrom.DECORATIVE)
    return replace(image, alt=decision.alt, alt_from=AltFrom.EDITOR)


def _body(body: str, known: Mapping[str, KnownImage], decided: Mapping[str, AltDecision]) -> str:
    if "<img" not in body:
        return body
    root = html.fragment_fromstring(body, create_parent="div")
    for picture in root.iter("img"):
        if (decision := _about(picture.get("src", ""), known, decided)) is not None:
            picture.set("alt", decision.alt or "")
    return inner(root)
