"""Looking at the pictures of releases: measuring them, or hosting scaled copies.

A picture never holds anything up: a round ends when its time does, each look has a time of its own, and what could not
be had is tried again ever later. Until then its release goes without it.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from time import monotonic
from typing import Protocol

import structlog

from newsletter.collect.hosting import verdict
from newsletter.collect.hosting.encode import Encoded
from newsletter.collect.hosting.probe import HEAD, Glance, probe
from newsletter.collect.hosting.scale import scaled
from newsletter.collect.hosting.store import ImageStore
from newsletter.collect.looking import host_of
from newsletter.collect.wish import Wish
from newsletter.errors import FetchError, StoreError, UnfitImage
from newsletter.model import DueImage, ImageCopy, KnownImage, Page

log = structlog.get_logger(__name__)

ACCEPT = "image/jpeg,image/png,image/webp,image/gif;q=0.9,image/avif;q=0.8,*/*;q=0.1"
MAX_BYTES = 15_000_000
EACH = 20.0  # seconds for one picture, waiting for our turn at its host included
AT_ONCE = 4  # hosts
BATCH = 32  # pictures asked of the store at a time: what a mail needs must not wait behind an archive's

Keep = Callable[[str, bytes], None]
"""Puts the bytes of a copy where it is served from, under its name; blocks."""


class FetchImage(Protocol):
    """How pictures are fetched: `fetch.Fetcher.fetch`."""

    async def __call__(
        self, url: str, *, etag: str | None = None, last_modified: str | None = None, wish: Wish
    ) -> Page:
        """What lies there; raises FetchError, and what the wish raises."""
        ...


class ImageLooker:
    """Looks at pictures through `fetch`. With `keep` they are hosted, at most `width` pixels wide; else measured."""

    def __init__(
        self,
        fetch: FetchImage,
        store: ImageStore,
        clock: Callable[[], datetime],
        *,
        width: int,
        keep: Keep | None,
        each: float = EACH,
    ) -> None:
        self._fetch, self._store, self._clock = fetch, store, clock
        self._width, self._keep, self._each = width, keep, each
        self._under_way: dict[str, asyncio.Task[bool]] = {}
        self._decoding = asyncio.Semaphore(1)  # one picture in memory at a time

    async def look(self, within: float, *, urgent: bool = False) -> int:
        """Look at what is due until `within` seconds have passed; how many pictures are shown otherwise now.

        What has begun is finished, so it takes up to a look's time longer. Raises StoreError.
        """
        ends, seen, changed = monotonic() + within, set[str](), 0
        while monotonic() < ends:
            due = await asyncio.to_thread(
                self._store.due, self._clock(), BATCH, host=self._keep is not None, urgent=urgent
            )
            fresh = [one for one in due if one.image.src not in seen]
            if not fresh:
                break
            seen |= {one.image.src for one in fresh}
            changed += await self._round(fresh, ends)
        return changed

    async def _round(self, due: Sequence[DueImage], ends: float) -> int:
        """Several hosts at once, each asked for one picture after the other."""
        by_host: defaultdict[str, list[DueImage]] = defaultdict(list)
        for one in due:
            by_host[host_of(one.image.src)].append(one)
        turn = asyncio.Semaphore(AT_ONCE)

        async def all_of(pictures: Sequence[DueImage]) -> int:
            async with turn:
                return sum([await self._one(one) for one in pictures if monotonic() < ends])

        return sum(await asyncio.gather(*map(all_of, by_host.values())))

    async def _one(self, due: DueImage) -> bool:
        """Look at a picture, unless another round does already: then wait for that."""
        src = due.image.src
        if (other := self._under_way.get(src)) is not None:
            await asyncio.wait([other])
            return False
        task = self._under_way[src] = asyncio.ensure_future(self._settled(due))
        try:
            return await task
        finally:
            del self._under_way[src]

    async def _settled(self, due: DueImage) -> bool:
        try:
            async with asyncio.timeout(self._each):
                image = await self._look_at(due)
        except StoreError:
            raise
        except TimeoutError:
            image = verdict.failed(due, f"it did not come within {self._each:.0f} seconds", self._clock())
        except UnfitImage as error:
            image = verdict.unfit(due, error, self._clock())
        except FetchError as error:
            image = verdict.failed(due, error, self._clock())
        except Exception as error:
            log.exception("a picture could not be handled", src=due.image.src)
            image = verdict.failed(due, f"it could not be handled ({type(error).__name__}: {error})", self._clock())
        return await asyncio.to_thread(self._store.settle, image, self._clock())

    async def _look_at(self, due: DueImage) -> KnownImage:
        """What is known of a picture after a look. Raises UnfitImage, FetchError and OSError."""
        glance = Glance(whole=self._keep is not None)
        head = HEAD if self._keep is None else None
        wish = Wish(ACCEPT, "identity", MAX_BYTES, head, glance)
        page = await self._fetch(due.image.src, **self._validators(due.image), wish=wish)
        if page.status in (404, 410):
            return verdict.gone(due, page.status, self._clock())
        if page.status == 304:
            return verdict.unchanged(due, self._clock())
        found = await self._found(due.image, page, glance)
        return verdict.good(due, found, page, self._clock())

    async def _found(self, image: KnownImage, page: Page, glance: Glance) -> KnownImage:
        seen = glance.found or probe(page.body)
        known = verdict.measured(image, seen, page.length)
        if self._keep is None:
            return known
        content_hash = hashlib.sha256(page.body).hexdigest()
        if image.copy is not None and content_hash == image.content_hash:  # sent again, though it is the same
            return replace(known, content_hash=content_hash, copy=image.copy, width=image.width, height=image.height)
        async with self._decoding:
            made = await asyncio.to_thread(scaled, page.body, self._width)
            copy = _copy(made.copy)
            await asyncio.to_thread(self._keep, copy.name, made.copy.data)
        return verdict.copied(known, content_hash, copy, (made.width, made.height), len(page.body))

    def _validators(self, image: KnownImage) -> dict[str, str | None]:
        """What makes the request conditional: nothing, where a copy is wanted and there is none."""
        known = image.copy is not None if self._keep is not None else image.type is not None
        return {"etag": image.etag, "last_modified": image.last_modified} if known else {}


def _copy(made: Encoded) -> ImageCopy:
    """The copy under a name made of its bytes: what lies there never changes."""
    digest = hashlib.sha256(made.data).hexdigest()[:32]
    name = f"{digest[:2]}/{digest}.{made.ending}"
    return ImageCopy(name, made.type, made.width, made.height, len(made.data))
