"""A small world to deliver in: an edition with its audience in a real database, and the tools of a deliverer."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

from sqlalchemy import insert, select, update

from newsletter.deliver.dkim import Signer
from newsletter.deliver.message import Envelope
from newsletter.deliver.pace import Caps, Pace
from newsletter.deliver.server import Server, Timeouts
from newsletter.deliver.transports import Transport
from newsletter.deliver.transports.smtp import SmtpTransport
from newsletter.deliver.worker import Deliverer
from newsletter.deliver.writer import Writer
from newsletter.model import (
    AlarmKind,
    Blank,
    Cadence,
    Claim,
    Edition,
    EditionState,
    Format,
    NoticeKind,
    SubscriptionState,
    Variant,
)
from newsletter.store.budget import Budget
from newsletter.store.database import Database
from newsletter.store.deliveries import Deliveries, Terms, add_notice
from newsletter.store.editions import Editions
from newsletter.store.freeze import Freezer
from newsletter.store.journal import Journal
from newsletter.store.suppression_tables import suppressions
from newsletter.store.tables import deliveries, editions, events, subscribers, subscriptions
from newsletter.tokens import Keys

START = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
KEYS = Keys((b"k" * 32,))
EDITION = "presse-daily-20261122T0600Z"
QUICK = Timeouts(connect=5, greeting=0.6, command=0.6, data=0.6, block=5, end=0.6, quit=0.6)
SHORT = Timeouts(connect=5, greeting=5, command=5, data=5, block=5, end=5, quit=1)
ENVELOPE = Envelope("Presse <presse@musterstadt.example>", None, ("Presse", "presse.musterstadt.example"))
NOTICE = Envelope("Presse <presse@musterstadt.example>")


class Texts:
    """Variants as an edition room would make them; `poisoned` ones cannot be rendered."""

    def __init__(self) -> None:
        self.poisoned: set[str] = set()
        self.loaded: list[str] = []

    def load(self, claim: Claim) -> tuple[Variant, Envelope]:
        self.loaded.append(claim.variant)
        if claim.variant in self.poisoned:
            raise ValueError("this release is poison")
        link = Blank("confirm_url" if claim.notice else "unsubscribe_url")
        made = Variant(
            key=claim.variant,
            edition=claim.edition or "notice",
            language="de",
            format=Format.STANDARD,
            selection=(),
            subject=f"Bitte bestätigen, {claim.email}" if claim.notice else "Größere Bäder",
            html=("<p>Grüße</p>\n" * 40, '<p><a href="', link, '">Link</a></p>\n'),
            text=("Grüße\n" * 40, "Link: ", link, "\n"),
        )
        return made, NOTICE if claim.notice else ENVELOPE


class Told:
    """Alarms that stand."""

    def __init__(self) -> None:
        self.standing: dict[str, tuple[AlarmKind, str]] = {}

    def sound(self, key: str, kind: AlarmKind, message: str, now: datetime) -> None:
        self.standing.setdefault(key, (kind, message))

    def resolve(self, key: str) -> None:
        self.standing.pop(key, None)


@dataclass
class World:
    """One database; `now` is what its clocks say."""

    database: Database
    folder: Path
    terms: Terms = field(default_factory=Terms)
    now: datetime = START

    def __post_init__(self) -> None:
        self.journal = Journal(self.folder / "journal")
        self.ledger = Deliveries(self.database, self.journal, self.terms)
        self.editions = Editions(self.database)
        self.texts = Texts()
        self.told = Told()

    def clock(self) -> datetime:
        return self.now

    def pass_time(self, **time: float) -> None:
        self.now += timedelta(**time)

    def subscribe(
        self,
        email: str,
        topics: str = "",
        *,
        language: str = "de",
        state: SubscriptionState = SubscriptionState.ACTIVE,
    ) -> tuple[int, int]:
        """A subscriber and the subscription's id."""

        def work(connection: Any) -> tuple[int, int]:
            row = {"email": email, "email_hash": hash_of(email), "created_at": START}
            person = connection.execute(insert(subscribers).values(row).returning(subscribers.c.id)).scalar_one()
            wish = {"newsletter": "presse", "cadence": "daily", "language": language, "format": "standard"}
            values = {"subscriber": person, "topics": topics, "state": state, "created_at": START, **wish}
            own = connection.execute(insert(subscriptions).values(values).returning(subscriptions.c.id)).scalar_one()
            return person, own

        return self.database.write(work)

    def edition(self, id: str = EDITION, slot: datetime = START) -> str:
        """An approved edition."""
        edition = Edition(id, "presse", Cadence.DAILY, slot, EditionState.COMPOSED, composed_at=START)
        self.editions.add(edition)
        self.editions.move(id, EditionState.APPROVED, self.now)
        return id

    def freeze(self, id: str = EDITION) -> int:
        return Freezer(self.database).freeze(id, lambda choice: f"{choice[0]}-{'+'.join(choice[2]) or 'all'}", self.now)

    def plan(self, count: int, id: str = EDITION) -> list[str]:
        """An edition that is being sent to so many readers, and their addresses."""
        emails = [f"leser{number}@stadt.example" for number in range(count)]
        for email in emails:
            self.subscribe(email)
        self.edition(id)
        assert self.freeze(id) >= count
        return emails

    def leave(self, subscription: int) -> None:
        change = update(subscriptions).where(subscriptions.c.id == subscription)
        self.database.write(lambda connection: connection.execute(change.values(state=SubscriptionState.ENDED)))

    def suppress(self, email: str) -> None:
        row = {"email_hash": hash_of(email), "reason": "test", "at": START}
        self.database.write(lambda connection: connection.execute(insert(suppressions).values(row)))

    def ask(self, email: str) -> int:
        """A subscription that waits for its confirmation, the notice queued."""
        person, own = self.subscribe(email, state=SubscriptionState.PENDING)
        self.database.write(
            lambda connection: add_notice(connection, NoticeKind.CONFIRMATION, own, person, "de", self.now)
        )
        return own

    def rows(self, *columns: str) -> list[tuple[Any, ...]]:
        query = select(*(deliveries.c[name] for name in columns)).order_by(deliveries.c.id)
        return [tuple(row) for row in self.database.read(lambda connection: connection.execute(query).all())]

    def states(self) -> list[str]:
        return [state for (state,) in self.rows("state")]

    def events(self) -> list[tuple[int, str]]:
        query = select(events.c.delivery, events.c.kind).order_by(events.c.id)
        return [tuple(row) for row in self.database.read(lambda connection: connection.execute(query).all())]

    def edition_row(self, id: str = EDITION) -> Any:
        query = select(editions).where(editions.c.id == id)
        return self.database.read(lambda connection: connection.execute(query).one())

    def suppressed(self) -> list[str]:
        return list(
            self.database.read(lambda connection: connection.execute(select(suppressions.c.email_hash)).scalars())
        )

    def transport(self, port: int, connections: int = 1, **how: Any) -> SmtpTransport:
        settings: dict[str, Any] = {"security": "none", "timeouts": SHORT} | how
        inquiry = settings.pop("inquiry", None)
        return SmtpTransport(Server("127.0.0.1", port, **settings), connections, inquiry)

    def deliverer(
        self,
        transport: Transport,
        *,
        batch: int = 100,
        return_path: str | None = None,
        caps: Caps = Caps(),  # noqa: B008  # it does not change
        signers: Sequence[Signer] = (),
    ) -> Deliverer:
        writer = Writer(KEYS, "https://news.musterstadt.example", return_path, signers)
        tools = (transport, self.texts)
        pace = Pace(caps, Budget(self.database))
        return Deliverer(self.ledger, *tools, writer, now=self.clock, alarms=self.told, batch=batch, pace=pace)


async def deliver_until_done(world: World, transport: Transport) -> None:
    """Time passes, an editor resumes what was paused."""
    deliverer = world.deliverer(transport)
    for _ in range(12):
        await deliverer.run_until_idle()
        if world.edition_row().state == EditionState.FINISHED:
            return
        if world.edition_row().state == EditionState.PAUSED:
            world.editions.move(EDITION, EditionState.SENDING, world.now)
        world.pass_time(minutes=20)
    raise AssertionError(f"still {world.states()}: {world.rows('answer')}")


async def until(true: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for what others bring about."""
    end = monotonic() + seconds
    while not true():
        assert monotonic() < end, "it did not come to pass"
        await asyncio.sleep(0.05)


def hash_of(email: str) -> str:
    return hashlib.sha256(email.encode()).hexdigest()[:32]


def claims_of(world: World, limit: int = 100) -> Sequence[Claim]:
    return world.ledger.claim(limit, world.now)
