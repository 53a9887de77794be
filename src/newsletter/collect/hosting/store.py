"""What looking at pictures asks of the store. Each call is one short transaction; all of them block."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from newsletter.model import DueImage, KnownImage


class ImageStore(Protocol):
    """Pictures, by their addresses. Everything may be done twice without harm."""

    def due(self, now: datetime, limit: int, *, host: bool, urgent: bool) -> Sequence[DueImage]:
        """The pictures of live releases to look at: those that mails wait for first, then the newest.

        `host`: also those that are known and have no copy. `urgent`: only those that a mail may show and that were
        never tried.
        """
        ...

    def settle(self, image: KnownImage, at: datetime) -> bool:
        """Keep what a look told; whether the picture is shown otherwise now."""
        ...
