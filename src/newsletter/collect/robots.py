"""What a portal's robots.txt (RFC 9309) allows us, read once a day and host."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from protego import Protego

AGENT = "newsletter"
MAX_BYTES = 500_000  # RFC 9309 §2.5: at least 500 kibibytes are parsed
FRESH = timedelta(days=1)
RETRY = timedelta(minutes=15)  # while robots.txt cannot be had
MAX_DELAY = 30.0  # seconds: a Crawl-delay longer than this would starve the collect; it is capped


@dataclass(frozen=True, slots=True)
class Robots:
    """A host's rules until `until`. `rules` None: everything is allowed; `problem` set: nothing is, for now."""

    until: datetime
    rules: Protego | None = None
    problem: str | None = None

    def allows(self, url: str) -> bool:
        """Whether our agent may fetch `url`."""
        return self.problem is None and (self.rules is None or bool(self.rules.can_fetch(url, AGENT)))

    @property
    def delay(self) -> float:
        """Seconds that the host wants between two requests."""
        wanted = self.rules.crawl_delay(AGENT) if self.rules is not None else None
        return min(float(wanted or 0), MAX_DELAY)


def read_robots(status: int, body: bytes, now: datetime) -> Robots:
    """The rules that an answer stands for: 4xx allows everything, 5xx nothing until it can be had (RFC 9309 §2.3.1)."""
    if status >= 500:
        return unreachable(f"its robots.txt answered {status}", now)
    if status >= 400:
        return Robots(now + FRESH)
    text = body[:MAX_BYTES].decode("utf-8", "replace").removeprefix("\ufeff")
    return Robots(now + FRESH, Protego.parse(text))


def unreachable(problem: str, now: datetime) -> Robots:
    """The rules while robots.txt cannot be had: nothing is fetched for a quarter of an hour."""
    return Robots(now + RETRY, problem=problem)
