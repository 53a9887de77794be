"""What a provider's answer over HTTP means for a delivery: by status, and by the code that its interface gives."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final

from newsletter.deliver.verdict import Fate, Outcome, redacted
from newsletter.errors import TransportError

LONGEST_WAIT: Final = timedelta(hours=1)  # whatever a server asks for
ABOUT_THE_MAIL: Final = frozenset(
    {400, 413, 422}
)  # every other 4xx is about us: key, account, address of the interface
FULL: Final = frozenset({408, 420, 429})  # nothing was taken: not whole in time, too many (420: Mailgun)


@dataclass(frozen=True, slots=True)
class Answer:
    """A provider's answer. `headers` are in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        """The object in it; empty where there is none."""
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return value if isinstance(value, dict) else {}

    def wait(self, now: datetime) -> timedelta | None:
        """How long it asks us to wait (`Retry-After`: seconds, or a date; RFC 9110, 10.2.3), bounded."""
        asked = self.headers.get("retry-after", "").strip()
        if asked.isdecimal():
            return min(timedelta(seconds=int(asked[:9])), LONGEST_WAIT)
        try:
            until = parsedate_to_datetime(asked)
        except (ValueError, IndexError, OverflowError):
            return None
        until = until if until.tzinfo else until.replace(tzinfo=UTC)
        return min(max(until - now, timedelta()), LONGEST_WAIT)


def text_at(value: Any, *path: str | int) -> str:
    """The text or number at a place in JSON from outside; empty where there is none."""
    for step in path:
        if isinstance(step, int):
            value = value[step] if isinstance(value, list) and len(value) > step else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def accepted(answer: Answer, id: str) -> Outcome:
    """The provider has it; its own id is kept, without what makes it look like an address. Without an id: who knows."""
    if not id:
        return Outcome(Fate.UNCERTAIN, f"{answer.status}, and nothing that says what became of it")
    return Outcome(Fate.ACCEPTED, redacted(f"{answer.status} {id.strip('<>').partition('@')[0]}"))


def asked(answer: Answer) -> str:
    """Something where the answer to a question is one. Raises TransportError where it is not."""
    if answer.status != 200 or not answer.json:
        raise TransportError(redacted(f"the provider answers a question about a mail with {answer.status}"))
    return "answered"


def refused(answer: Answer, said: str, fate: Fate | None = None, *, now: datetime) -> Outcome:
    """What an answer outside of 2xx means; `fate`, where the provider's own code tells it."""
    words = redacted(f"{answer.status} {said}")
    if answer.status in FULL or fate is Fate.DEFERRED:
        return Outcome(Fate.DEFERRED, words, answer.wait(now) or timedelta(minutes=1))
    if answer.status >= 500:  # 503 too: a gateway says it where whoever stands behind it broke off
        return Outcome(Fate.UNCERTAIN, words, answer.wait(now))
    if fate is not None:
        return Outcome(fate, words)
    return Outcome(Fate.FAILED if answer.status in ABOUT_THE_MAIL else Fate.BARRED, words)
