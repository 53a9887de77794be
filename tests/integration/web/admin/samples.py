"""Releases and pictures that the pages of editors show."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PIL import Image as Drawing

from newsletter.app import Program
from newsletter.model import AltFrom, Image, ImageCopy, ImageState, KnownImage, Release
from newsletter.publish.writer import Writer
from newsletter.store.images import Images, link_images
from tests.integration.store.test_releases import collected, release
from tests.integration.web.admin.world import START

SAID = "Zwei Kinder lassen am Ufer ein Papierboot ins Wasser"


def new(id: str, **values: Any) -> Release:
    """A release that was just found."""
    return release(id, first_seen=START, updated=START, published=START, **values)


def pictured(program: Program, number: int, headline: str, **image: Any) -> str:
    """A release with a picture that we host; what names the picture."""
    src, name = f"https://musterstadt.example/{number}.jpg", f"ab/{number}.jpg"
    lead = replace(Image(src, lead=True, alt_from=AltFrom.SOURCE), **image)
    shown = new(f"r{number}", headline=headline, images=(lead,))
    collected(program.database, shown)
    program.database.write(lambda connection: link_images(connection, shown, None))
    picture = f"{number:02d}" + "ab" * 31
    _draw(program, name)
    copy = ImageCopy(name, "image/jpeg", 640, 360, 9_000)
    known = KnownImage(src, ImageState.GOOD, picture, copy=copy, width=800, height=450, size=9_000, type="image/jpeg")
    Images(program.database).settle(known, START)
    return picture


def _draw(program: Program, name: str) -> None:
    from io import BytesIO

    drawn = BytesIO()
    Drawing.new("RGB", (640, 360), "#7a9c86").save(drawn, "JPEG")
    Writer(program.settings.publish.directory).write(f"images/{name}", drawn.getvalue())
