"""How much of its mail a domain gets that refuses for now, and what processes tell each other of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

SHORTEST: Final = 0.05  # seconds between two mails, the first time
LONGEST: Final = 1.0


@dataclass(frozen=True, slots=True)
class DomainLevel:
    """So many mails at once, so many seconds between two; there is a pause only where it is one at a time."""

    most: int
    pause: float = 0.0

    def tighter(self) -> DomainLevel:
        """After one more refusal."""
        if self.most > 1:
            return DomainLevel(self.most // 2)
        return DomainLevel(1, min(max(self.pause * 2, SHORTEST), LONGEST))

    def looser(self) -> DomainLevel:
        """After some mails that were taken."""
        if self.pause:
            return DomainLevel(self.most, self.pause / 2 if self.pause > SHORTEST else 0.0)
        return DomainLevel(self.most + 1)


def first_level(connections: int) -> DomainLevel:
    """Where a domain begins that refuses for the first time."""
    return DomainLevel(max(connections // 2, 1))


@dataclass(frozen=True, slots=True)
class DomainReport:
    """What a process has to say of a domain: how often it met what makes a level tighter or looser since the last time,
    its mails that are under way, and those that it would have under way if it might."""

    tighter: int = 0
    looser: int = 0
    under_way: int = 0
    wanted: int = 0

    def level(self, before: DomainLevel | None, connections: int, enough: int) -> DomainLevel | None:
        """The level after it; None: the domain is well. `enough` at once are as good as no bound."""
        level = before
        for _ in range(self.tighter):
            level = level.tighter() if level else first_level(connections)
        for _ in range(self.looser):
            level = level.looser() if level else None
        return None if level is None or level.most >= enough else level


@dataclass(frozen=True, slots=True)
class DomainsHeard:
    """What a process hears back: levels that are new to it (None: the domain is well), and for each domain of which it
    wants to send how many of its mails may be under way."""

    levels: Mapping[str, DomainLevel | None]
    shares: Mapping[str, int]
