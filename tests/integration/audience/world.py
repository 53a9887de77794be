"""An audience on a real database, with keys, a journal and a clock that the test moves."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from newsletter.audience import Offer, Register, Subscribing
from newsletter.config import Settings
from newsletter.model import SubscriptionState, Topic, Wish
from newsletter.store.audience import Audience
from newsletter.store.database import Database
from newsletter.store.journal import Goodbye, Journal
from newsletter.store.tables import consents, notices, subscribers, subscriptions
from newsletter.tokens import Keys, Purpose

START = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
KEYS = Keys((b"k" * 32,))
TOPICS = (Topic("bildung", "Bildung"), Topic("verkehr", "Verkehr"))
ADDRESS = "mara@leser.example"


def settings(tmp_path: Path, base_url: str = "https://news.musterstadt.example", newsletters: int = 1) -> Settings:
    """Settings with one newsletter, or with a second one."""
    offered = [
        {"id": "presse", "title": "Pressemitteilungen", "feeds": ["musterstadt"], "cadences": ["daily", "weekly"]},
        {"id": "rat", "title": "Aus dem Rat", "feeds": ["rat"], "cadences": ["daily"]},
    ]
    return Settings.model_validate(
        {
            "site": {
                "title": "Presse Musterstadt",
                "base_url": base_url,
                "publisher": "Stadt Musterstadt",
                "postal_address": "Marktplatz 1, 12345 Musterstadt",
                "contact": "Presse <presse@musterstadt.example>",
                "imprint_url": "https://musterstadt.example/impressum",
                "privacy_url": "https://musterstadt.example/datenschutz",
            },
            "mail": {"from": "Presse <presse@musterstadt.example>"},
            "publish": {"directory": tmp_path / "public"},
            "newsletters": offered[:newsletters],
        }
    )


@dataclass
class World:
    """What tests ask and look at."""

    database: Database
    settings: Settings
    journal: Journal
    now: datetime = START
    store: Audience = field(init=False)
    offer: Offer = field(init=False)
    subscribing: Subscribing = field(init=False)
    register: Register = field(init=False)

    def __post_init__(self) -> None:
        self.store = store = Audience(self.database)
        self.offer = Offer(self.settings, lambda feed: TOPICS if feed == "musterstadt" else ())
        self.subscribing = Subscribing(store, self.journal, KEYS, self.offer)
        self.register = Register(store, self.journal, KEYS, self.offer)

    def later(self, **spent: float) -> None:
        self.now += timedelta(**spent)

    def wish(self, newsletter: str = "presse", **chosen: object) -> Wish:
        return self.offer.wish(newsletter, **chosen)  # type: ignore[arg-type]

    def ask(self, address: str = ADDRESS, newsletter: str = "presse", **chosen: object) -> None:
        self.subscribing.subscribe(address, self.wish(newsletter, **chosen), self.now, "de")

    def confirm(self, subscription: int = 1) -> None:
        self.subscribing.confirm(token(Purpose.CONFIRM, subscription), self.now, "de")

    def reader(self, address: str = ADDRESS, newsletter: str = "presse", **chosen: object) -> int:
        """The id of a confirmed subscription."""
        self.ask(address, newsletter, **chosen)
        subscription = self.id_of(address, newsletter)
        self.confirm(subscription)
        return subscription

    def id_of(self, address: str, newsletter: str = "presse") -> int:
        email_hash = KEYS.address_hash(address)
        query = (
            select(subscriptions.c.id)
            .join(subscribers, subscribers.c.id == subscriptions.c.subscriber)
            .where(subscribers.c.email_hash == email_hash, subscriptions.c.newsletter == newsletter)
        )
        return self.database.read(lambda connection: int(connection.execute(query).scalar_one()))

    def state(self, subscription: int = 1) -> SubscriptionState:
        return self.subscribing.standing(
            Purpose.UNSUBSCRIBE, token(Purpose.UNSUBSCRIBE, subscription), self.now
        ).subscription.state

    def mails(self) -> int:
        """How many confirmations are queued, ever."""
        return len(self.database.read(lambda connection: connection.execute(select(notices.c.id)).all()))

    def notices(self) -> list[str]:
        """The kinds of notice that are queued, in order."""
        query = select(notices.c.kind).order_by(notices.c.id)
        return list(self.database.read(lambda connection: connection.execute(query).scalars().all()))

    def actions(self) -> list[tuple[str, str]]:
        """What is on record: action and way, in order."""
        query = select(consents.c.action, consents.c.how).order_by(consents.c.id)
        return [(action, how) for action, how in self.database.read(lambda c: c.execute(query).all())]

    def emails(self) -> list[str | None]:
        query = select(subscribers.c.email).order_by(subscribers.c.id)
        return list(self.database.read(lambda connection: connection.execute(query).scalars().all()))

    def goodbyes(self) -> list[tuple[str, str | None]]:
        return [(entry.kind, entry.newsletter) for entry in self.journal.entries() if isinstance(entry, Goodbye)]


def token(purpose: Purpose, subscription: int) -> str:
    return KEYS.token(purpose, subscription)
