"""Looking at the pictures of releases: a real store on both databases, a real portal on loopback."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from PIL import Image as Pillow

from newsletter.collect.hosting.looker import ImageLooker
from newsletter.model import Image, ImageState, KnownImage, Revised
from newsletter.store.database import Database
from newsletter.store.images import Images
from tests.integration.collect.newsroom import Newsroom, newsroom
from tests.integration.collect.test_store import release
from tests.integration.collect.web import Asked, Page, Reply
from tests.unit.collect.hosting.pictures import data, exif, opened, photo, png_of

PHOTO = data(photo(1600, 900), "JPEG", quality=95, exif=exif(gps=True))
OTHER = data(photo(800, 600), "JPEG")
JPEG = "image/jpeg"


class Desk:
    """A newsroom that keeps copies in a dictionary."""

    def __init__(self, room: Newsroom) -> None:
        self.room = room
        self.portal = room.portal
        self.store = Images(room.database)
        self.files: dict[str, bytes] = {}

    def show(self, *pages: Page, mailable: bool = True) -> list[str]:
        """A release whose pictures answer so; their addresses."""
        number = len(self.portal.pages)
        paths = [f"/bilder/{number + place}.jpg" for place in range(len(pages))]
        self.portal.pages |= dict(zip(paths, pages, strict=True))
        sources = [f"{self.portal.site}{path}" for path in paths]
        images = tuple(Image(src, "Etwas", lead=place == 0) for place, src in enumerate(sources))
        url = f"{self.portal.site}/presse/{number}"
        one = release(id=str(number), url=url, images=images, published=self.room.now, mailable=mailable)
        self.room.store.save(Revised(one, None, 1, str(number), (url,)), [], self.room.now)
        return sources

    def looker(self, *, host: bool = True, each: float = 20.0) -> ImageLooker:
        keep = self.files.__setitem__ if host else None
        fetch, now = self.room.fetcher.fetch, lambda: self.room.now
        return ImageLooker(fetch, self.store, now, width=1200, keep=keep, each=each)

    async def look(self, *, host: bool = True, urgent: bool = False, each: float = 20.0, within: float = 30.0) -> int:
        return await self.looker(host=host, each=each).look(within, urgent=urgent)

    def known(self, src: str) -> KnownImage:
        return self.store.known([src])[src]


@pytest.fixture
async def desk(database: Database) -> AsyncIterator[Desk]:
    async with newsroom(database) as room:
        yield Desk(room)


async def test_a_picture_becomes_a_copy_named_by_its_bytes(desk: Desk) -> None:
    (src,) = desk.show(Reply(PHOTO, type=JPEG, etag='"1"'))
    assert await desk.look() == 1
    known = desk.known(src)
    assert known.state is ImageState.GOOD
    assert known.content_hash == hashlib.sha256(PHOTO).hexdigest()
    assert (known.type, known.width, known.height, known.size) == (JPEG, 1600, 900, len(PHOTO))
    ((name, copy),) = desk.files.items()
    assert known.copy is not None
    assert (known.copy.name, known.copy.size) == (name, len(copy))
    digest = hashlib.sha256(copy).hexdigest()[:32]
    assert name == f"{digest[:2]}/{digest}.jpg"
    assert opened(copy).size == (1200, 675)
    assert b"Kamera" not in copy


async def test_the_same_picture_at_two_addresses_is_one_copy(desk: Desk) -> None:
    first, second = desk.show(PHOTO, PHOTO)
    assert await desk.look() == 2
    assert len(desk.files) == 1
    assert desk.known(first).copy == desk.known(second).copy


async def test_a_later_look_asks_for_what_is_new_and_notices_it(desk: Desk) -> None:
    (src,) = desk.show(Reply(PHOTO, type=JPEG, etag='"1"'))
    path = src.removeprefix(desk.portal.site)
    await desk.look()
    desk.room.now += timedelta(days=1)
    assert await desk.look() == 0
    assert desk.portal.asked[-1].headers["if-none-match"] == '"1"'
    assert desk.known(src).checked_at == desk.room.now

    desk.portal.pages[path] = Reply(PHOTO, type=JPEG)  # without validators it comes whole, and is the same
    desk.room.now += timedelta(days=1)
    assert await desk.look() == 0
    assert len(desk.files) == 1

    desk.portal.pages[path] = Reply(OTHER, type=JPEG, etag='"2"')
    desk.room.now += timedelta(days=1)
    assert await desk.look() == 1
    known = desk.known(src)
    assert known.content_hash == hashlib.sha256(OTHER).hexdigest()
    assert known.copy is not None
    assert (known.copy.width, known.copy.height) == (800, 600)


async def test_measuring_loads_but_the_beginning(desk: Desk) -> None:
    def partial(asked: Asked) -> Reply:
        assert asked.headers["range"] == "bytes=0-65535"
        told = {"Content-Range": f"bytes 0-65535/{len(PHOTO)}"}
        return Reply(PHOTO[:65_536], 206, told, JPEG, etag='"1"')

    assert len(PHOTO) > 100_000
    ranged, endless = desk.show(partial, Reply(PHOTO + bytes(5_000_000), type=JPEG, drip=20_000))
    assert await desk.look(host=False) == 2
    for src, size in ((ranged, len(PHOTO)), (endless, len(PHOTO) + 5_000_000)):
        known = desk.known(src)
        assert (known.state, known.width, known.height, known.size) == (ImageState.GOOD, 1600, 900, size)
        assert (known.type, known.copy, known.content_hash) == (JPEG, None, None)
    assert desk.files == {}

    assert await desk.look(host=False) == 0
    assert await desk.look(host=True) == 1  # a copy is wanted now; the other is none that can be decoded to its end
    assert len(desk.files) == 1


WRONG = {
    "an error page": (Reply("<!doctype html><title>Fehler</title>", type=JPEG), ImageState.UNFIT, "web page"),
    "a drawing": (Reply('<svg xmlns="http://www.w3.org/2000/svg"/>', type="image/svg+xml"), ImageState.UNFIT, "SVG"),
    "a bomb": (Reply(png_of(40_000, 40_000), type="image/png"), ImageState.UNFIT, "million"),
    "a pixel": (Reply(data(Pillow.new("L", (1, 1)), "GIF"), type="image/gif"), ImageState.STAND_IN, "1 × 1"),
    "half a picture": (Reply(PHOTO[:60_000], type=JPEG), ImageState.UNFIT, "damaged"),
    "nothing": (Reply(b"", type=JPEG), ImageState.UNFIT, "empty"),
    "an error": (Reply("oops", 500), ImageState.FAILED, "answered 500"),
    "a loop": (Reply(status=302, headers={"Location": "/bilder/0.jpg"}), ImageState.FAILED, "redirects"),
    "a way home": (Reply(status=302, headers={"Location": "http://127.0.0.2/x.jpg"}), ImageState.FAILED, "private"),
    "too much": (Reply(PHOTO + bytes(15_000_000), type=JPEG), ImageState.FAILED, "larger than 15 MB"),
}


@pytest.mark.parametrize("what", WRONG)
async def test_what_is_wrong_is_told_and_nothing_is_hosted(desk: Desk, what: str) -> None:
    reply, state, said = WRONG[what]
    (src,) = desk.show(reply)
    await desk.look()
    known = desk.known(src)
    assert known.state is state
    assert known.problem is not None
    assert said in known.problem
    assert known.next_at == desk.room.now + timedelta(minutes=10)
    assert desk.files == {}
    assert desk.store.counts()[state] == 1


async def test_a_page_in_place_of_a_picture_is_not_read_to_its_end(desk: Desk) -> None:
    too_much = b"<!doctype html>" + bytes(15_000_000)  # read to its end, that would be told instead
    (src,) = desk.show(Reply(too_much, type=JPEG, drip=60_000))
    await desk.look()
    assert desk.known(src).problem == "it is a web page, not a picture"


async def test_robots_are_asked_before_pictures_too(desk: Desk) -> None:
    desk.portal.pages["/robots.txt"] = Reply("User-agent: *\nDisallow: /bilder/", type="text/plain")
    (src,) = desk.show(PHOTO)
    await desk.look()
    assert desk.portal.paths() == []
    assert "robots.txt" in (desk.known(src).problem or "")


async def test_a_rest_that_is_asked_for_is_given(desk: Desk) -> None:
    (src,) = desk.show(Reply("later", 503, {"Retry-After": "7200"}))
    await desk.look()
    known = desk.known(src)
    assert known.state is ImageState.FAILED
    assert known.next_at == desk.room.now + timedelta(hours=2)


async def test_one_that_never_comes_is_given_up_and_tried_again_later(desk: Desk) -> None:
    (stuck,) = desk.show(Reply(PHOTO, type=JPEG, drip=1, pause=60.0))
    assert await desk.look(each=0.3) == 0
    known = desk.known(stuck)
    assert (known.state, known.failures) == (ImageState.FAILED, 1)
    desk.portal.pages[stuck.removeprefix(desk.portal.site)] = PHOTO
    assert await desk.look() == 0
    desk.room.now += timedelta(minutes=10)
    assert await desk.look() == 1
    assert desk.known(stuck).copy is not None


async def test_an_urgent_look_is_for_what_mails_may_show_and_joins_what_is_under_way(desk: Desk) -> None:
    desk.show(PHOTO, mailable=False)
    lead, inner = desk.show(PHOTO, PHOTO)
    looker = desk.looker()
    await asyncio.gather(looker.look(30, urgent=True), looker.look(30, urgent=True))
    assert desk.portal.paths() == [lead.removeprefix(desk.portal.site)]
    assert desk.known(inner).state is ImageState.WAITING


async def test_when_time_is_up_no_other_picture_is_begun(desk: Desk) -> None:
    sources = desk.show(*[Reply(PHOTO, type=JPEG, drip=60_000, pause=0.1)] * 6)
    await desk.look(within=0.2)
    states = [desk.known(src).state for src in sources]
    assert ImageState.GOOD in states
    assert ImageState.WAITING in states
    await desk.look()
    assert {desk.known(src).state for src in sources} == {ImageState.GOOD}


async def test_a_full_disk_is_told(desk: Desk) -> None:
    def full(name: str, body: bytes) -> None:
        raise OSError(28, "No space left on device")

    (src,) = desk.show(PHOTO)
    looker = ImageLooker(desk.room.fetcher.fetch, desk.store, lambda: desk.room.now, width=1200, keep=full)
    await looker.look(30)
    assert "No space left" in (desk.known(src).problem or "")
    assert desk.known(src).copy is None
