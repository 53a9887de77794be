"""What a person must see to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AlarmKind(StrEnum):
    EDITION_HELD = "edition held"
    APPROVAL_DUE = "approval due"
    SOURCE_BROKEN = "source broken"
    SOURCE_SILENT = "source silent"
    PAGE_WITHHELD = "page withheld"
    RUN_PAUSED = "run paused"
    DELIVERY_QUARANTINED = "delivery quarantined"
    STORE_RESTORED = "store restored"
    CLOCK_WRONG = "clock wrong"
    HUB_SILENT = "hub silent"
    MAILBOX_UNREADABLE = "mailbox unreadable"
    MIRROR_BEHIND = "mirror behind"
    WEBHOOK_SILENT = "webhook silent"


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something a person must see. `key` makes it one event however often it is noticed."""

    key: str
    kind: AlarmKind
    message: str  # what, where, what to do; no addresses
    raised_at: datetime
    told_at: datetime | None = None
