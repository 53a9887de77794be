"""The program put together from its settings: the one place that knows every room, and the verbs of the ways in."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property, partial
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy import Connection

from newsletter.app.alarms import AlarmBoard
from newsletter.app.alts import AltDesk
from newsletter.app.audit import AuditLog
from newsletter.app.background import DELIVER, Background
from newsletter.app.composing import compose_alone
from newsletter.app.desk import EditionDesk
from newsletter.app.directly import send_notice
from newsletter.app.gathering import Gathering
from newsletter.app.health import Health, judge
from newsletter.app.hooks import Hooks
from newsletter.app.hub import hub_of
from newsletter.app.imports import ImportDesk
from newsletter.app.lock import only_one
from newsletter.app.mailroom import Mailroom, terms_of
from newsletter.app.metrics import exposition
from newsletter.app.mirroring import KEY as MIRRORED
from newsletter.app.mirroring import Copies, copies_of
from newsletter.app.newsdesk import NewsDesk
from newsletter.app.openid import OpenId, openid_of
from newsletter.app.pictures import PictureDesk, ShownPublished, ShownReleases
from newsletter.app.programs import Programs
from newsletter.app.publishing import publish_archive
from newsletter.app.reading import fetcher_of
from newsletter.app.recall import Recall
from newsletter.app.returns import Returns
from newsletter.app.signin import SignIn
from newsletter.app.sources import SourceDesk
from newsletter.app.subscribers import SubscriberDesk
from newsletter.app.turn import numbers, one_turn
from newsletter.app.watchman import Watchman
from newsletter.audience import Offer, Register, Subscribing
from newsletter.collect.collector import Collector
from newsletter.config import Settings
from newsletter.engine import Engine, engine_of
from newsletter.errors import StateError
from newsletter.model import Edition, EditionState, Format
from newsletter.publish import earl
from newsletter.publish.archive import Report
from newsletter.publish.pages import Pages
from newsletter.said import Said
from newsletter.store.accounts import Accounts
from newsletter.store.alarms import Alarms
from newsletter.store.audience import Audience
from newsletter.store.audit import Audit
from newsletter.store.catalogue import Catalogue
from newsletter.store.collecting import Collecting
from newsletter.store.database import Database, open_database
from newsletter.store.deliveries import Deliveries
from newsletter.store.editions import Editions
from newsletter.store.figures import Count
from newsletter.store.freeze import Freezer
from newsletter.store.journal import Journal
from newsletter.store.pace import SharedPace
from newsletter.store.recalls import Recalls
from newsletter.store.records import Records
from newsletter.store.releases import Releases
from newsletter.store.sheets import Sheets
from newsletter.store.state import State
from newsletter.tokens import Keys

T = TypeVar("T")
Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The moment it is."""
    return datetime.now(UTC)


class Program:
    """Every room on one database. `now` is the clock of all it does; a moved one moves the whole program."""

    def __init__(self, settings: Settings, database: Database, keys: Keys, now: Clock = utc_now) -> None:
        self.settings, self.database, self.keys, self.now = settings, database, keys, now
        journal = Journal(settings.store.journal)
        many = database.engine.dialect.name == "postgresql"  # processes may share it
        self._fetcher = fetcher_of(settings, now, SharedPace(database) if many else None)
        self.pictures = PictureDesk(settings, database, self._fetcher, now)
        self.state = State(database)
        self.releases = Releases(database)
        self.editions = Editions(database)
        self.sheets = Sheets(database)
        self.records = Records(database)
        self.published, self.shown = ShownPublished(database, self.pictures), ShownReleases(database, self.pictures)
        self.freezer = Freezer(database, self._wake_delivery)
        self._count, self._publishing = Count(database), Lock()
        self.alarms = AlarmBoard(settings, Alarms(database), partial(send_notice, self))
        self.desk = EditionDesk(
            settings,
            self.shown,
            self.editions,
            self.sheets,
            self.records,
            self.state,
            self.freezer,
            self.alarms,
        )
        self.alts = AltDesk(database, self.editions, self.desk)
        self.recalls = Recalls(database)
        self.deliveries = Deliveries(database, journal, terms_of(settings.mail))
        self.recall = Recall(self.desk, self.editions, self.sheets, self.recalls, self.alarms, self.deliveries.tidy)
        self.hub = hub_of(settings, self.alarms)
        self.pages = Pages(settings.site, settings.templates, images=settings.publish.images)
        self.offer = Offer(settings, self.published.topics_of)
        self.audience = Audience(database, self._wake_delivery)
        self.subscribing = Subscribing(self.audience, journal, keys, self.offer, settings.privacy.keep_unconfirmed)
        self.register = Register(self.audience, journal, keys, self.offer)
        self.mailroom = Mailroom(self)
        self.returns, self.hooks, self.programs = Returns(self), Hooks(self), Programs(self)
        self._collecting = Collecting(database)
        self.collector = Collector(self._fetcher, self._collecting, zone=settings.site.zone)
        self.watchman = Watchman(settings, self._collecting, self.alarms)

    @classmethod
    @contextmanager
    def open(cls, settings: Settings, now: Clock = utc_now) -> Iterator[Program]:
        """The program on the database of the settings, until the block ends. Raises SettingsError and StoreError."""
        keys = Keys.read(settings.security.key_file)
        database = open_database(settings.store.url)
        try:
            yield cls(settings, database, keys, now)
        finally:
            database.close()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Be the one process that collects and sends while the block runs, and take up what a crash left behind.

        So it is on SQLite: StoreError where another is at work. On PostgreSQL there may be several, and leases run out.
        """
        with only_one(self.settings.store.url):
            if self.database.engine.dialect.name == "sqlite":
                self.deliveries.recover(self.now())
                self._collecting.forget_leases()
            yield

    # --- what goes on in the background

    @cached_property
    def background(self) -> Background:
        """What is done without anybody asking."""
        return Background(self)

    @cached_property
    def engine(self) -> Engine:
        """What runs it."""
        return engine_of(self.database, self.background.handlers())

    def _wake_delivery(self, connection: Connection) -> None:
        self.engine.wake(connection, DELIVER)

    # --- who is at work

    @cached_property
    def signin(self) -> SignIn:
        """Who may sign in, and who is."""
        return SignIn(Accounts(self.database), self.keys)

    @cached_property
    def openid(self) -> OpenId | None:
        """The house's own sign-in, where `[admin.oidc]` names one."""
        return openid_of(self.settings, self.signin.accounts)

    @cached_property
    def audit(self) -> AuditLog:
        """What is done by whom."""
        return AuditLog(Audit(self.database), self.now, self.settings.admin.syslog)

    # --- the desks of editors

    @cached_property
    def newsdesk(self) -> NewsDesk:
        """What they decide about releases."""
        return NewsDesk(self)

    @cached_property
    def sources(self) -> SourceDesk:
        """How sources stand, and what is done about them."""
        return SourceDesk(self, self._collecting)

    @cached_property
    def catalogue(self) -> Catalogue:
        """Releases as they look for them."""
        return Catalogue(self.database)

    @cached_property
    def subscribers(self) -> SubscriberDesk:
        """Subscribers as they look after them."""
        return SubscriberDesk(self)

    @cached_property
    def imports(self) -> ImportDesk:
        """Lists of subscribers on their way in."""
        return ImportDesk(self)

    # --- collecting and publishing

    @cached_property
    def gathering(self) -> Gathering:
        """What is asked of sources."""
        return Gathering(self, self._collecting)

    @cached_property
    def copies(self) -> Copies | None:
        """Who carries copies of what is published. Raises SettingsError."""
        return copies_of(self.settings, self.alarms)

    async def then_hang_up(self, work: Awaitable[T]) -> T:
        """What `work` comes to; every connection to a portal is closed after it."""
        try:
            return await work
        finally:
            await self._fetcher.aclose()

    def publish(self) -> Report:
        """Write what changed of feeds and archive."""
        with self._publishing:
            return publish_archive(self)

    def mirror(self) -> str | None:
        """Bring the copies of what is published up to date; why they stay behind. Of several processes one does it."""
        if self.copies is None:
            self.alarms.resolve(MIRRORED)  # of settings that are gone
            return None
        with self.database.alone(MIRRORED) as mine:
            return self.copies.follow(self.now()) if mine else None

    # --- editions

    def preview(self, edition: str, format: Format, language: str | None) -> tuple[str, str | None, str]:
        """Subject, HTML and text of an edition with all its releases, a person's links filled with samples."""
        found = self.editions.get(edition)
        return self.mailroom.sample(self.desk.variant(found, language or self.settings.site.language, format))

    def earl(self, edition: str) -> bytes:
        """The public report of an edition's checking. Raises NotFound where it was not checked."""
        return earl.build(self.editions.get(edition), self.records.get(edition), self.settings.site)

    def move(self, edition: str, state: EditionState, reason: str) -> None:
        """Pause, resume, hold or cancel an edition. Raises NotFound, and StateError for a move that cannot be."""
        if state is EditionState.SENDING and (found := self.editions.get(edition)).state is not EditionState.PAUSED:
            paused = "edition %(edition)s is %(state)s: only a paused one can be resumed"
            raise StateError(paused, edition=edition, state=Said(found.state))
        self.editions.move(edition, state, self.now(), reason)
        if state is EditionState.CANCELLED:
            self.deliveries.tidy(self.now())

    # --- one turn

    async def turn(self) -> dict[str, Any]:
        """Collect, publish, compose what is due, send, publish the edition pages, tell; what was done, in numbers."""
        return await one_turn(self)

    async def compose(self) -> list[Edition]:
        """Compose what is due and freeze what is approved; nothing while the database is paused after a restore.

        What may be due is not made to wait for its pictures for longer than BEFORE_COMPOSING.
        """
        await self.pictures.look_before_composing()
        return await asyncio.to_thread(compose_alone, self)

    def tell(self) -> int:
        """Tell people of alarms; how many those were. Of several processes one does, so that none is told twice."""
        with self.database.alone("tell") as mine:
            return self.alarms.tell(self.now()) if mine else 0

    def health(self) -> Health:
        """Whether a person has to come. Raises StoreError."""
        return judge(self._count.at(self.now()), self.settings.feeds, self.now())

    def metrics(self) -> bytes:
        """The figures as Prometheus reads them. Raises StoreError."""
        return exposition(self._count.at(self.now()))

    def status(self) -> dict[str, Any]:
        """Everything in a few numbers."""
        return numbers(self)
