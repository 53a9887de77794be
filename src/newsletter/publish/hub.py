"""Telling a WebSub hub which feeds have changed (w3.org/TR/websub, 6; PubSubHubbub 0.4, 7.1 for how).

`.told` in the public directory remembers of each feed the bytes that the hub was last told of. What was written since,
before a crash or while the hub was away, is what differs: nothing is lost, and told at most once too often.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from itertools import islice

import httpx

from newsletter.publish.formats import formats
from newsletter.publish.writer import Writer

TOLD = ".told"
AT_ONCE = 30  # addresses in a request
PATIENCE = httpx.Timeout(20)  # seconds
SOONEST, LATEST = timedelta(minutes=1), timedelta(hours=6)  # between two tries at a hub that does not take it


class Hub:
    """The hub at `address`. `way` opens a connection; what goes wrong is told and tried again, each time later."""

    def __init__(
        self, address: str, base_url: str, writer: Writer, way: Callable[[], httpx.AsyncBaseTransport]
    ) -> None:
        self.address = address
        self._base_url = base_url
        self._writer = writer
        self._way = way
        self._rests_until: datetime | None = None
        self._wait = SOONEST

    @property
    def resting(self) -> bool:
        """Whether it failed, and nothing was told since."""
        return self._rests_until is not None

    async def tell(self, now: datetime) -> str | None:
        """Tell what changed since the hub was told; why it could not be, None where nothing is left to tell.

        Nothing is tried, and None answered, while the hub is given its rest.
        """
        if self._rests_until is not None and now < self._rests_until:
            return None
        told, feeds = self._told(), self._feeds()
        changed = iter(sorted(name for name, digest in feeds.items() if told.get(name) != digest))
        async with httpx.AsyncClient(transport=self._way(), timeout=PATIENCE, trust_env=False) as client:
            while names := list(islice(changed, AT_ONCE)):
                if why := await self._post(client, [f"{self._base_url}/{name}" for name in names]):
                    self._rests_until, self._wait = now + self._wait, min(self._wait * 2, LATEST)
                    return why
                told |= {name: feeds[name] for name in names}
                self._remember({name: digest for name, digest in told.items() if name in feeds})
        self._rests_until, self._wait = None, SOONEST
        return None

    async def _post(self, client: httpx.AsyncClient, topics: list[str]) -> str | None:
        try:
            answer = await client.post(self.address, data={"hub.mode": "publish", "hub.url": topics})
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return f"{self.address}: {str(error) or type(error).__name__}"
        return None if answer.is_success else f"{self.address}: answered {answer.status_code}"

    def _feeds(self) -> dict[str, str]:
        """The digest of each feed's file, by its path."""
        endings = tuple(f".{ending}" for ending in formats())
        names = [f"feeds/{name}" for name, _ in self._writer.files("feeds")]
        names += [f"feeds/{name}" for name, _ in self._writer.files_below("feeds")]
        found = {name: self._writer.read(name) for name in names if name.endswith(endings)}
        return {name: hashlib.sha256(data).hexdigest()[:32] for name, data in found.items() if data is not None}

    def _told(self) -> dict[str, str]:
        try:
            found = json.loads(self._writer.read(TOLD) or b"{}")
        except ValueError:  # half a file of another program: tell everything again
            return {}
        return found if isinstance(found, dict) else {}

    def _remember(self, told: Mapping[str, str]) -> None:
        self._writer.write(TOLD, json.dumps(dict(told), indent=0, sort_keys=True).encode())
