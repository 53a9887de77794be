"""What a form asks of its sender while very many come: work for a browser, or a minute's patience (ADR 11).

No puzzle for people: a browser that runs scripts computes for some seconds what SHA-256 makes expensive (as hashcash
does), any other sends the same form again a minute later. Both are proven by a ticket in the form: ours, dated, good
for one time. What is counted and used lies in memory; a restart forgets it.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import OrderedDict, deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Final

from newsletter.errors import TokenError
from newsletter.tokens import LASTS, Keys, Purpose
from newsletter.web.limit import WINDOW, Limit

MANY: Final = 120  # forms in WINDOW, of all clients together: more than people send
BITS: Final = 16  # of zeros: some 65,000 hashes, a few seconds of a slow telephone
WAIT: Final = timedelta(seconds=60)
USED: Final = 100_000  # tickets remembered at most


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a form carries while it is asked for: `until` when its sender would have to wait."""

    token: str
    bits: int
    until: datetime


class Siege:
    """Counts forms and judges their tickets; one for all forms of a process."""

    def __init__(self, keys: Keys, many: int = MANY, bits: int = BITS) -> None:
        self._keys = keys
        self._bits = bits
        self._sent: deque[datetime] = deque(maxlen=many)
        self._patient = Limit(1, WAIT)  # by waiting, a client sends one form a minute
        self._used: OrderedDict[int, None] = OrderedDict()
        self._lock = Lock()

    def count(self, now: datetime) -> None:
        """Count one more form."""
        with self._lock:
            self._sent.append(now)

    def ticket(self, now: datetime) -> Ticket | None:
        """What a form carries now; None while nothing is asked for."""
        with self._lock:
            if len(self._sent) < (self._sent.maxlen or 0) or now - self._sent[0] >= WINDOW:
                return None
        expires = now + LASTS[Purpose.TICKET]
        token = self._keys.token(Purpose.TICKET, secrets.randbits(63), expires=expires)
        return Ticket(token, self._bits, now + WAIT)

    def lets(self, sent: Mapping[str, Any], client: str, now: datetime) -> bool:
        """Whether a form may pass: nothing is asked for, or its ticket is good, and used up by this."""
        if self.ticket(now) is None:
            return True
        token, proof = str(sent.get("ticket", "")), str(sent.get("proof", ""))
        try:
            number, until = self._keys.opened(Purpose.TICKET, token, now=now)
        except TokenError:
            return False
        waited = until is not None and now - (until - LASTS[Purpose.TICKET]) >= WAIT
        with self._lock:
            if number in self._used:
                return False
            worked = solves(token, proof, self._bits)
            if not worked and not (waited and self._patient.wait(client, now) is None):
                return False
            self._used[number] = None
            while len(self._used) > USED:
                self._used.popitem(last=False)
            return True


def solves(token: str, proof: str, bits: int) -> bool:
    """Whether the SHA-256 of `<ticket>:<proof>` begins with so many zero bits."""
    if not proof or len(proof) > 32:
        return False
    digest = hashlib.sha256(f"{token}:{proof}".encode()).digest()
    return int.from_bytes(digest, "big") >> (256 - bits) == 0
