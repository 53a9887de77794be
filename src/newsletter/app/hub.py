"""The hub that feeds are told to, as the settings say, and the alarm where it takes nothing."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from newsletter.app.alarms import AlarmBoard
from newsletter.collect.route import Route
from newsletter.config import Settings
from newsletter.model import AlarmKind
from newsletter.publish.hub import Hub
from newsletter.publish.writer import Writer
from newsletter.said import Said

KEY = "hub"
SILENT = timedelta(hours=1)  # a hub may be away for a while: readers poll meanwhile


class HubDesk:
    """Tells the hub, one telling at a time, and a person where it stays silent. Without a hub it does nothing."""

    def __init__(self, hub: Hub | None, alarms: AlarmBoard) -> None:
        self._hub = hub
        self._alarms = alarms
        self._turn = asyncio.Lock()
        self._failing_since: datetime | None = None

    async def tell(self, now: datetime) -> None:
        """Tell the hub which feeds changed."""
        if self._hub is None or self._turn.locked():
            return
        async with self._turn:
            why = await self._hub.tell(now)
        await asyncio.to_thread(self._note, why, now)

    def _note(self, why: str | None, now: datetime) -> None:
        if why is None:
            if self._hub is not None and not self._hub.resting:
                self._failing_since = None
                self._alarms.resolve(KEY)
            return
        self._failing_since = self._failing_since or now
        if now - self._failing_since >= SILENT:
            silent = "the hub was not told of changed feeds: %(why)s. Readers still poll; look at [publish] hub"
            said = Said(silent, why=why)
            self._alarms.sound(KEY, AlarmKind.HUB_SILENT, said, now)


def hub_of(settings: Settings, alarms: AlarmBoard) -> HubDesk:
    """The hub of the settings; connections go the way of `[network]`."""
    address = settings.publish.hub
    if address is None:
        return HubDesk(None, alarms)
    route, host = Route(settings.network), urlsplit(address).hostname or ""
    writer = Writer(settings.publish.directory)
    return HubDesk(Hub(address, settings.site.base_url, writer, lambda: route.transport(host)), alarms)
