"""What delivering is done with: the same for all passes of a process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from newsletter.deliver.domains import Domains
from newsletter.deliver.exchange import Exchange
from newsletter.deliver.ledger import Alarms, Ledger
from newsletter.deliver.pace import Pace, Trial, Window
from newsletter.deliver.patience import Breaker
from newsletter.deliver.shelf import Shelf
from newsletter.deliver.transports import Transport
from newsletter.deliver.writer import Writer


@dataclass(frozen=True, slots=True)
class Tools:
    """What delivering is done with."""

    ledger: Ledger
    transport: Transport
    shelf: Shelf
    writer: Writer
    breaker: Breaker
    pace: Pace
    trial: Trial
    now: Callable[[], datetime]
    alarms: Alarms
    stop: asyncio.Event
    domains: Domains
    exchange: Exchange | None
    window: Window | None
