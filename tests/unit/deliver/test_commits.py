"""Commits are shared: who asks within a moment is in the same one, and nobody waits for long."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import Future
from datetime import UTC, datetime

from newsletter.deliver.commits import Commits
from newsletter.model import Claim, Receipt

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)


class Counting:
    """A ledger that grants everything and counts its commits."""

    def __init__(self) -> None:
        self.commits: list[int] = []

    def settle(self, fences: Sequence[Claim], receipts: Sequence[Receipt], now: datetime) -> Future[frozenset[int]]:
        self.commits.append(len(fences))
        granted = Future[frozenset[int]]()
        granted.set_result(frozenset(claim.delivery for claim in fences))
        return granted


def claim(number: int) -> Claim:
    return Claim(number, 1, "e", None, "v", number, number, "leser@stadt.example", NOW, 0, NOW)


async def ask(commits: Commits, number: int) -> bool:
    await asyncio.sleep(number / 10_000)  # they come one after the other, as mails do
    return await commits.fence(claim(number))


async def test_fences_of_many_connections_share_a_commit() -> None:
    ledger = Counting()
    commits = Commits(ledger, lambda: NOW)  # type: ignore[arg-type]  # it is asked nothing else
    commits.expect(10)
    assert await asyncio.gather(*(ask(commits, number) for number in range(10))) == [True] * 10
    assert sum(ledger.commits) == 10
    assert ledger.commits[0] >= 5


async def test_one_alone_is_not_made_to_wait_for_others() -> None:
    ledger = Counting()
    commits = Commits(ledger, lambda: NOW)  # type: ignore[arg-type]
    commits.expect(50)
    assert await asyncio.wait_for(commits.fence(claim(1)), 5)
    assert ledger.commits == [1]
