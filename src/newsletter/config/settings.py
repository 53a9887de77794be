"""What can be set, as OUTSIDE.md writes it: a class for each table of `newsletter.toml`, one for `feeds/*.toml`."""

from __future__ import annotations

from datetime import time, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from newsletter.config.theme import Theme
from newsletter.config.values import (
    BaseAddress,
    Clock,
    Duration,
    Language,
    Layouts,
    Listen,
    Mailbox,
    Network,
    OptionalDuration,
    OptionalWebAddress,
    Origin,
    Proxy,
    Region,
    SecurityContact,
    Slug,
    WebAddress,
    WebhookSecret,
    WithoutProxy,
    Zone,
    before,
)
from newsletter.model import Cadence, Happening

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
SINGLE = "single"
"""The layout that carries one release in full; no other cadence than `immediate` can have it."""
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Table(BaseModel):
    """A table of settings: unknown keys are errors, nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Site(Table):
    """Who publishes, and where."""

    title: str
    base_url: BaseAddress
    language: Language = "de"
    timezone: Zone = "Europe/Berlin"
    publisher: str
    postal_address: str = ""
    contact: Mailbox
    imprint_url: WebAddress | None = None
    privacy_url: WebAddress | None = None
    accessibility_url: WebAddress | None = None
    easy_language_url: WebAddress | None = None
    sign_language_url: WebAddress | None = None
    security_contact: SecurityContact | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The time zone that slots and dates are read in."""
        return ZoneInfo(self.timezone)


class StoreSettings(Table):
    url: str = "sqlite:///var/newsletter.db"
    journal: Path = Path("var/journal")
    backups: Path = Path("var/backups")


class Security(Table):
    key_file: Path = Path("var/keys")


class Web(Table):
    listen: Listen = "127.0.0.1:8000"
    trusted_proxies: list[str] = ["127.0.0.1"]
    embed_from: list[Origin] = []  # sites that may show the form in a frame
    metrics_from: list[Network] = [ip_network("127.0.0.0/8"), ip_network("::1/128")]

    @property
    def host(self) -> str:
        return self.listen.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        return int(self.listen.rpartition(":")[2])


class NetworkSettings(Table):
    """The way out: all that goes over HTTP takes the house's proxy but for `no_proxy`; SMTP and IMAP take none.

    `ca_file` adds the house's own authority, for mail servers too where they name none of their own.
    """

    proxy: Proxy = SecretStr("")
    proxy_username: str = ""
    proxy_password: SecretStr = SecretStr("")
    proxy_password_file: Path | None = None
    no_proxy: list[WithoutProxy] = []
    ca_file: Path | None = None

    @model_validator(mode="after")
    def _one_sign_in(self) -> NetworkSettings:
        if self.proxy_username and urlsplit(self.proxy.get_secret_value()).username:
            raise ValueError("the proxy's user name stands in proxy and in proxy_username: keep one of them")
        if self.proxy_username and not self.proxy.get_secret_value():
            raise ValueError("proxy_username is for a proxy, and there is none: set proxy")
        return self


class Collect(Table):
    allow_networks: list[Network] = []


class Alerts(Table):
    to: list[Mailbox] = []
    webhook: OptionalWebAddress = None


class Webhook(Table):
    """A program of the house that is told what happens, signed (Standard Webhooks)."""

    url: WebAddress
    secret: WebhookSecret = SecretStr("")
    secret_file: Path | None = None
    events: list[Happening] = Field(min_length=1)

    @model_validator(mode="after")
    def _has_a_secret(self) -> Webhook:
        if not self.secret.get_secret_value() and self.secret_file is None:
            raise ValueError("what it is told is signed: secret or secret_file is missing")
        return self


class Privacy(Table):
    """How long is known who got which mail, who asked and never confirmed, and what somebody who left agreed to."""

    keep_deliveries: Duration = timedelta(days=90)
    keep_unconfirmed: Duration = timedelta(days=7)
    keep_consent_after_leaving: Duration = timedelta(days=3 * 365)

    @model_validator(mode="after")
    def _a_confirmation_has_its_time(self) -> Privacy:
        if self.keep_unconfirmed < timedelta(days=1):
            raise ValueError("keep_unconfirmed is a day at least: people confirm in the evening")
        if self.keep_deliveries < timedelta(days=7):
            raise ValueError('keep_deliveries is "7d" at least: until then mails are tried again, and come back')
        return self


class Texts(Table):
    """An editor's own words for a newsletter's readers, as Leichte Sprache needs them: all of them, or none.

    `sign_up` stands over the form, `consent` is what people agree to, `confirmation` asks them by mail. Plain text, an
    empty line ends a paragraph.
    """

    sign_up: str
    consent: str
    confirmation: str

    @model_validator(mode="after")
    def _each_says_something(self) -> Texts:
        for name, text in (("sign_up", self.sign_up), ("consent", self.consent), ("confirmation", self.confirmation)):
            if not text.strip():
                raise ValueError(f"{name} is empty; write what readers are to know")
        return self


class Newsletter(Table):
    """What people subscribe to: feeds and cadences. `send_at` is local; every slot comes exactly once.

    With `approval = "editor"` an edition is composed at `compose_at`, before its slot (the day before where that is the
    later hour), and waits until somebody approves it; `if_unapproved` says what becomes of it at `approve_by`.
    """

    id: Slug
    title: str
    feeds: list[str]
    cadences: list[Cadence] = [Cadence.DAILY]
    send_at: Clock = time(7, 0)
    approval: Literal["automatic", "editor"] = "automatic"
    compose_at: Clock | None = None
    approve_by: Clock | None = None
    if_unapproved: Literal["hold", "next"] = "hold"
    weekly_on: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] = "monday"
    send_days: list[Weekday] = list(WEEKDAYS)
    holidays: Region | None = None
    layout: Layouts = {}
    theme: Theme = Theme()
    missing_alt: Literal["omit-image", "hold"] = "omit-image"
    sender: Mailbox | None = Field(default=None, alias="from")
    reply_to: Mailbox | None = None
    publisher: str | None = None
    imprint_url: WebAddress | None = None
    texts: Texts | None = None

    @model_validator(mode="after")
    def _an_editor_has_time(self) -> Newsletter:
        if self.approval == "automatic":
            if {"compose_at", "approve_by", "if_unapproved"} & self.model_fields_set:
                raise ValueError('compose_at, approve_by and if_unapproved are for approval = "editor"')
            return self
        if self.compose_at is None or self.approve_by is None:
            raise ValueError('approval = "editor" needs compose_at (as "05:30") and approve_by (as "06:30")')
        if self.compose_at == self.send_at:
            raise ValueError("compose_at is send_at: an editor needs time between them")
        if before(self.compose_at, self.send_at) > timedelta(hours=20):
            raise ValueError("compose_at lies at most 20 hours before send_at")
        if not before(self.approve_by, self.send_at) < before(self.compose_at, self.send_at):
            raise ValueError("approve_by lies between compose_at and send_at, or is send_at")
        return self

    def layout_of(self, cadence: Cadence) -> str:
        """The name of the layout that a cadence's mails have: a file of `templates/email`."""
        return self.layout.get(cadence, SINGLE if cadence is Cadence.IMMEDIATE else "standard")


class ItemProfile(Table):
    """What is taken of a list: CSS selectors, for a sitemap a path; what is absent is found."""

    select: str | None = None
    link: str | None = None
    under: str | None = None  # of a sitemap: only what lies under this path


class ReleaseProfile(Table):
    """CSS selectors for the page of one release; what is absent is found."""

    kicker: str | None = None
    headline: str | None = None
    teaser: str | None = None
    body: str | None = None
    image: str | None = None
    caption: str | None = None
    date: str | None = None
    remove: list[str] = []


class FeedSettings(Table):
    """One `feeds/<slug>.toml`: where releases come from, how to read them, what is published."""

    title: str
    kind: str = "html"
    url: WebAddress
    every: Duration = timedelta(minutes=15)
    language: str = "de"
    first_collect: Literal["archive", "send"] = "archive"
    max_age: OptionalDuration = timedelta(days=7)
    aliases: list[Slug] = []
    topics: dict[str, Slug] = {}
    item: ItemProfile = ItemProfile()
    release: ReleaseProfile = ReleaseProfile()
