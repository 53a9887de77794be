"""How the whole stands, in numbers: what `status`, `status --check` and `/metrics` are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from newsletter.model.alarm import Alarm


@dataclass(frozen=True, slots=True)
class SourceFigures:
    """When a source was last read without a failure, is to be looked at next, and how often it failed in a row."""

    slug: str
    succeeded_at: datetime | None
    next_at: datetime | None
    failures: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts at one moment. `deliveries` are those of editions under way and of notices, by state.

    `waits_since` is when the mail that waits longest, and could go now, came to wait; None where none does.
    `subscriptions` are counted by newsletter and state.
    """

    deliveries: Mapping[str, int]
    waits_since: datetime | None
    editions: Mapping[str, int]
    releases: Mapping[str, int]
    subscriptions: Mapping[tuple[str, str], int]
    suppressed: int
    sources: tuple[SourceFigures, ...]
    alarms: tuple[Alarm, ...]
    paused: str | None
