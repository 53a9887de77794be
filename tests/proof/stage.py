"""A database to deliver from, and the count: what the mail server took against what the ledger says."""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, func, select, update

from newsletter.model import DeliveryState, SubscriptionState
from newsletter.store.audience import AudienceRows
from newsletter.store.database import open_database
from newsletter.store.journal import Journal
from newsletter.store.tables import deliveries, subscribers, subscriptions
from tests.integration.deliver.world import World, hash_of
from tests.proof.children import Child, How, child
from tests.proof.counting import weighed
from tests.proof.mailserver import Mailserver
from tests.proof.outcome import Outcome

PASSED_ON = (DeliveryState.COMMITTING, DeliveryState.ACCEPTED)
own = deliveries.c


@dataclass
class Stage:
    """One database; editions are planned on it one after the other, and each is counted by itself."""

    url: str
    folder: Path
    server: Mailserver
    readers: int
    how: How = field(default_factory=How)
    number: int = 0

    def __post_init__(self) -> None:
        self._came = 0  # readers so far; some have left
        self._first = 0  # the deliveries of this edition come after it
        self._mark = 0
        self._left: dict[int, int] = {}  # delivery: how many copies were possible when its reader left
        self._gone: set[int] = set()  # subscriptions that were ended

    def plan(self) -> None:
        """Freeze one more edition to the readers, new ones for those who left, and queue a confirmation to somebody."""
        database = open_database(self.url)
        with closing(database):
            world = World(database, self.folder, now=datetime.now(UTC))
            for _ in range(self.readers - database.read(_readers)):
                self._came += 1
                world.subscribe(f"leser{self._came}@stadt.example")
            self._first = database.read(_newest)
            world.ask(f"neu{self.number}@stadt.example")
            id = world.edition(f"presse-daily-{self.number}", world.now + timedelta(seconds=self.number))
            world.freeze(id)
            query = select(own.id).where(own.id > self._first, own.subscription.in_(self._gone))
            ids = database.read(lambda connection: connection.execute(query).scalars().all())
        self.number += 1
        self._left = dict.fromkeys(ids, 0)  # there should be none: they left before
        self._mark = self.server.mark()

    def child(self) -> Child:
        """A delivering process, held before its first step."""
        return child(self.url, self.folder, self.server.port, self.how)

    def finish(self, seconds: float = 60) -> None:
        """Deliver what is left, undisturbed; the time has passed that something was put off for."""
        database = open_database(self.url)
        with closing(database):
            put_off = update(deliveries).where(own.state == DeliveryState.DEFERRED)
            database.write(lambda connection: connection.execute(put_off.values(retry_at=datetime.now(UTC))))
        last = self.child()
        last.let_go()
        if not last.ended(seconds):
            last.kill()
            raise Stuck("the edition did not come to its end")

    def leave(self, chance: random.Random) -> None:
        """Let one of the readers leave, while somebody may be delivering."""
        database = open_database(self.url)
        with closing(database):
            journal = Journal(self.folder / "journal")
            query = select(own.id, own.subscription, subscribers.c.email).join(
                subscribers, subscribers.c.id == own.subscriber
            )
            rows = database.read(
                lambda connection: connection.execute(query.where(own.id > self._first, own.edition.is_not(None))).all()
            )
            row = chance.choice(rows)
            possible = database.write(lambda connection: _leave(connection, journal, *row))
            self._left.setdefault(row.id, possible)
            self._gone.add(row.subscription)

    def count(self, runs: int = 0) -> Outcome:
        """What became of the edition that was planned last."""
        taken = Counter(self.server.taken(self._mark))
        database = open_database(self.url)
        with closing(database):
            outcome = weighed(database, taken, after=self._first, left=self._left)
        _whole(self.url)
        return outcome + Outcome(runs=runs)


class Stuck(Exception):
    """Delivery did not come to its end."""


def _newest(connection: Connection) -> int:
    return int(connection.execute(select(func.coalesce(func.max(own.id), 0))).scalar_one())


def _readers(connection: Connection) -> int:
    active = subscriptions.c.state == SubscriptionState.ACTIVE
    return int(connection.execute(select(func.count(subscriptions.c.id)).where(active)).scalar_one())


def _leave(connection: Connection, journal: Journal, delivery: int, subscription: int, email: str) -> int:
    """End a subscription as the web does; how many copies of this delivery can be out or be about to arrive."""
    now = datetime.now(UTC)
    AudienceRows(connection, lock=True).end(subscription, now)
    journal.goodbye("left", hash_of(email), "presse", now)
    row = connection.execute(select(own.state, own.uncertain).where(own.id == delivery)).one()
    return int(row.uncertain) + (row.state in PASSED_ON)


def _whole(url: str) -> None:
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
