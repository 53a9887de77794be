"""Rules of the program that the proof breaks, one at a time: a part that stays green with one of them proves nothing.

`spoil` changes the process that calls it for good.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Update, select, true, update

from newsletter.deliver import commits
from newsletter.deliver.smtp import END, SmtpSession
from newsletter.deliver.verdict import Fate, Outcome, judge
from newsletter.deliver.wire import Wire
from newsletter.model import Claim, DeliveryState
from newsletter.store import deliveries, fencing, leases, restored, settling, sqlite
from newsletter.store.settling import Doubting
from newsletter.store.tables import deliveries as table
from tests.proof.proof import SQLITE

own = table.c
Ledger = deliveries.Deliveries


@dataclass(frozen=True, slots=True)
class Mutant:
    """What is wrong with it, the part of the proof that has to see it, and how the program is brought to it."""

    wrong: str
    part: str
    spoil: Callable[[], None]
    kind: str = SQLITE


def _set(place: Any, name: str, value: Any) -> Callable[[], None]:
    return lambda: setattr(place, name, value)


async def _dot_before_fence(session: Any, fence: Any, following: Any) -> Outcome:
    session._wire.send(END)
    answer = asyncio.create_task(fence())
    reply = await session._wire.reply(session._timeouts.end)
    await answer
    return judge(".", reply)


async def _fence_unheard(session: Any, fence: Any, following: Any) -> Outcome:
    await fence()
    session._wire.send(END)
    return judge(".", await session._wire.reply(session._timeouts.end))


def _no_answer_is(fate: Fate) -> Callable[[], None]:
    end = SmtpSession._end

    async def ended(session: Any, fence: Any, following: Any) -> Outcome:
        outcome = await end(session, fence, following)
        return Outcome(fate, outcome.answer) if outcome.fate is Fate.UNCERTAIN else outcome

    return _set(SmtpSession, "_end", ended)


def _accepted_when_claimed() -> None:
    usual = Ledger.claim

    def claim(ledger: Any, limit: int, now: datetime, **how: Any) -> list[Claim]:
        claims = usual(ledger, limit, now, **how)
        ledger._database.write(lambda connection: _accept(connection, claims))
        return claims

    setattr(Ledger, "claim", claim)  # noqa: B010 - mypy knows methods are not assigned
    setattr(Ledger, "_fence", lambda ledger, connection, claims, now: _ids(claims))  # noqa: B010


def _accepted_when_fenced() -> None:
    usual = Ledger._fence

    def fence(ledger: Any, connection: Connection, claims: Sequence[Claim], now: datetime) -> frozenset[int]:
        granted = usual(ledger, connection, claims, now)
        _accept(connection, [claim for claim in claims if claim.delivery in granted])
        return granted

    setattr(Ledger, "_fence", fence)  # noqa: B010


def _accept(connection: Connection, claims: Sequence[Claim]) -> None:
    change = update(table).where(own.id.in_(_ids(claims)))
    connection.execute(change.values(state=DeliveryState.ACCEPTED, lease_until=None))


def _ids(claims: Iterable[Any]) -> frozenset[int]:
    return frozenset(claim.delivery for claim in claims)


def _tokens_unread() -> None:
    grant, write = fencing.grant, fencing.write

    def held(claims: Sequence[Any], *states: DeliveryState) -> Update:
        return update(table).where(own.id.in_(_ids(claims)), own.state.in_(states))

    def fresh(connection: Connection, those: Iterable[Any]) -> list[Any]:
        query = select(own.id, own.token).where(own.id.in_(_ids(those)))
        tokens = {row.id: row.token for row in connection.execute(query)}
        return [replace(one, token=tokens[one.delivery]) for one in those]

    for place in (settling, deliveries):
        _set(place, "held", held)()
    _set(fencing, "grant", lambda connection, claims, *when: grant(connection, fresh(connection, claims), *when))()
    _set(fencing, "write", lambda connection, to, those: write(connection, to, fresh(connection, those)))()


def _doubt_unsaid(connection: Connection, change: Update, detail: str, now: datetime, terms: Doubting) -> None:
    connection.execute(change.values(state=DeliveryState.QUEUED, lease_until=None, changed_at=now))


def _granted(error: Exception, fences: list[tuple[Claim, asyncio.Future[bool]]]) -> None:
    for _, answer in fences:
        answer.set_result(True)


UNSYNCED = tuple(pragma.replace("synchronous = FULL", "synchronous = OFF") for pragma in sqlite.WRITER)
MUTANTS = {
    "dot-before-fence": Mutant(
        "the dot does not wait for the fence", "disk", _set(SmtpSession, "_end", _dot_before_fence)
    ),
    "fence-unheard": Mutant("a refused fence stops nothing", "workers", _set(SmtpSession, "_end", _fence_unheard)),
    "accepted-when-claimed": Mutant("what is fetched counts as sent", "syscalls", _accepted_when_claimed),
    "accepted-when-fenced": Mutant("what may be sent counts as sent", "syscalls", _accepted_when_fenced),
    "crash-forgotten": Mutant(
        "what a crash leaves in doubt is queued without a word", "syscalls", _set(leases, "doubt", _doubt_unsaid)
    ),
    "no-answer-is-yes": Mutant("no answer to the dot counts as accepted", "verbs", _no_answer_is(Fate.ACCEPTED)),
    "no-answer-is-no": Mutant("no answer to the dot counts as refused for now", "verbs", _no_answer_is(Fate.DEFERRED)),
    "early-answer": Mutant(
        "an answer that comes before the dot counts", "verbs", _set(Wire, "silent", property(lambda wire: True))
    ),
    "tokens-unread": Mutant("a stale claim is as good as a fresh one", "model", _tokens_unread),
    "goodbye-unread": Mutant("the fence does not ask who has left", "model", _set(fencing, "WANTED", true())),
    "full-disk-unheard": Mutant(
        "a fence that could not be written counts as granted", "disk", _set(commits, "_answer_with", _granted)
    ),
    "unsynced": Mutant("commits do not wait for the disk", "power", _set(sqlite, "WRITER", UNSYNCED)),
    "restored-goodbye": Mutant(
        "a restore forgets who left", "restoring", _set(restored, "_goodbye", lambda *entry: Counter())
    ),
    "restored-sent": Mutant(
        "a restore forgets what was sent", "restoring", _set(restored, "_sent", lambda *entry: Counter())
    ),
}
"""By name."""
