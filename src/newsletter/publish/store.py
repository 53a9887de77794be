"""What publishing asks of the store."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from newsletter.model import Dated, Edition, Issued, Mark, Record, Release, Topic


class PublishStore(Protocol):
    """Reads only; every answer is the same as long as the rows are."""

    def newest(self, feed: str, topic: str | None, limit: int, now: datetime) -> Sequence[Release]:
        """The newest releases of a feed visible at `now`, by (published_at, id) descending; of a topic where given."""
        ...

    def withdrawn(self, feed: str, topic: str | None, limit: int) -> Sequence[Release]:
        """The releases of a feed that were withdrawn, the latest first; of a topic where given."""
        ...

    def dated(self, feed: str, now: datetime) -> Iterable[Dated]:
        """All releases of a feed, whatever their state, in any order."""
        ...

    def topics_of(self, feed: str) -> Sequence[Topic]:
        """The topics that any release of the feed has, whatever its state, by title."""
        ...

    def release_marks(self, now: datetime) -> Iterable[Mark]:
        """Every release visible at `now` (LIVE) and every withdrawn one (WITHDRAWN), in any order."""
        ...

    def releases(self, ids: Sequence[str]) -> Sequence[Release]:
        """The releases of these ids that exist, in any order; at most 500 are asked for at a time."""
        ...

    def edition_marks(self) -> Iterable[Mark]:
        """Every edition that people may read: those that carry their releases (model.CARRYING, or cancelled after its
        first fence)."""
        ...

    def editions_issued(self) -> Sequence[Issued]:
        """The same, the latest first."""
        ...

    def edition(self, edition: str) -> Edition:
        """The edition. Raises NotFound."""
        ...

    def record(self, edition: str) -> Record | None:
        """How an edition was checked, None where nobody wrote it down."""
        ...
