"""The tables, for SQLite and PostgreSQL alike. Rows are the state machines; unique indexes make re-runs harmless.

A change here is written into migrations/versions too: a test compares them.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import JSON

from newsletter.store import (  # noqa: F401  # all tables are of one metadata, whoever asks for it
    account_tables,
    change_tables,
    editor_tables,
    image_tables,
    kept_tables,
    program_tables,
    shared_tables,
    sheet_tables,
    source_tables,
    suppression_tables,
)
from newsletter.store.columns import Id, Moment, metadata

releases = Table(
    "releases",
    metadata,
    Column("id", Text, primary_key=True),
    Column("source", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("first_seen", Moment, nullable=False),
    Column("published_at", Moment, nullable=False),  # as published, else first seen: the order of lists
    Column("updated", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),  # when this row was last written: what publishing looks at
    Column("not_before", Moment),
    Column("mailable", Boolean, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("told_revision", Integer, nullable=False),  # the latest revision that people are told of
    Column("digest", Text, nullable=False),  # of the normalised text: a cosmetic change keeps it
    Column("document", JSON, nullable=False),  # the release whole
    Index("ix_releases_changed_at", "changed_at"),
    Index("ix_releases_digest", "digest"),
    Index("ix_releases_published_at", "published_at"),
)

search_texts = Table(
    "search_texts",  # what a release is found by (store/words.py); an index of each database's own reads `parts`
    metadata,
    Column("number", Id, primary_key=True, autoincrement=True),
    Column("release", Text, ForeignKey("releases.id"), nullable=False, unique=True),
    Column("headline", Text, nullable=False),
    Column("parts", Text, nullable=False),
)

release_sources = Table(
    "release_sources",  # every source that found a release: in whose feed it stands (model.Sighting)
    metadata,
    Column("release", Text, ForeignKey("releases.id"), primary_key=True),
    Column("source", Text, primary_key=True),
    Column("url", Text, nullable=False, index=True),
    Column("first_seen", Moment, nullable=False),
    Column("mailable", Boolean, nullable=False),
    Column("published_at", Moment, nullable=False),  # the release's: feeds are read in this order
    Index("ix_release_sources_feed", "source", "published_at", "release"),
)

addresses = Table(
    "addresses",  # every address a release has or had, the canonical one among them
    metadata,
    Column("url", Text, primary_key=True),
    Column("release", Text, ForeignKey("releases.id"), nullable=False, index=True),
)

release_topics = Table(
    "release_topics",
    metadata,
    Column("release", Text, ForeignKey("releases.id"), primary_key=True),
    Column("source", Text, primary_key=True),  # by whose settings it is of this topic
    Column("topic", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Index("ix_release_topics_feed", "source", "topic", "release"),
)

revisions = Table(
    "revisions",
    metadata,
    Column("release", Text, ForeignKey("releases.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("change", Text),
    Column("at", Moment, nullable=False),
    Column("document", JSON, nullable=False),
)

editions = Table(
    "editions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("newsletter", Text, nullable=False),
    Column("cadence", Text, nullable=False),
    Column("slot", Moment, nullable=False),
    Column("state", Text, nullable=False, index=True),
    Column("composed_at", Moment),
    Column("approved_at", Moment),
    Column("first_fence_at", Moment),
    Column("finished_at", Moment),
    Column("frozen_at", Moment),  # when the audience was sealed; no claim before
    Column("dated", Moment),  # the Date header of every message
    Column("reason", Text),
    Column("said", JSON(none_as_null=True)),  # what the reason is made of, to be told in other languages
    Column("override", Text),
    Column("subject", Text),  # an editor's words in place of, and before, what the mail says by itself
    Column("intro", Text),
    Column("extra", Boolean),  # True: put together by an editor, beside the slots
    Column("follows", Text),  # an earlier edition: it goes to those only who got that one
    Column("send_after", Moment),  # an editor's time for it
    Column("ordered", Boolean),  # True: its releases stand in an editor's order
    Column("findings", JSON, nullable=False, default=list),
    Column("outcome", JSON),  # its deliveries' states in numbers, once the deliveries are forgotten
    Index("ix_editions_newsletter_cadence_slot", "newsletter", "cadence", "slot"),
)

edition_releases = Table(
    "edition_releases",
    metadata,
    Column("edition", Text, ForeignKey("editions.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("release", Text, ForeignKey("releases.id"), nullable=False, index=True),
    Column("revision", Integer, nullable=False),
)

sent_before = Table(
    "sent_before",  # releases that the journal shows sent and the restored database does not (DESIGN, decision 9)
    metadata,
    Column("newsletter", Text, primary_key=True),
    Column("cadence", Text, primary_key=True),
    Column("address_hash", Text, primary_key=True),
    Column("revision", Integer, nullable=False),
)

subscribers = Table(
    "subscribers",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("email", Text, unique=True),  # lower case; NULL once erased
    Column("email_hash", Text, nullable=False, unique=True),  # keyed
    Column("created_at", Moment, nullable=False),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("subscriber", Id, ForeignKey("subscribers.id"), nullable=False),
    Column("newsletter", Text, nullable=False),
    Column("cadence", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("format", Text, nullable=False),
    Column("topics", Text, nullable=False, default=""),  # sorted slugs with a space between; "" is all
    Column("state", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("confirmed_at", Moment),
    Column("ended_at", Moment),
    UniqueConstraint("subscriber", "newsletter"),
    # The audience of an edition is read by this index, a range for each distinct wish.
    Index("ix_subscriptions_audience", "newsletter", "cadence", "state", "language", "format", "topics", "id"),
    Index("ix_subscriptions_state", "newsletter", "state", "id"),  # for lists and sums
)

consents = Table(
    "consents",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("subscription", Id, nullable=False, index=True),
    Column("email_hash", Text, nullable=False, index=True),
    Column("action", Text, nullable=False),
    Column("wording", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("how", Text, nullable=False),
    Column("evidence", Text),
)

notices = Table(
    "notices",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("kind", Text, nullable=False),
    Column("subscription", Id, ForeignKey("subscriptions.id"), nullable=False),
    Column("subscriber", Id, ForeignKey("subscribers.id"), nullable=False, index=True),
    Column("language", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("dated", Moment, nullable=False),
)

# What a delivery may be in but claimed, committing and accepted; SQLite wants it letter by letter (store/states.py).
_STANDING = text(
    "state = 'queued' OR state = 'deferred' OR state = 'uncertain' OR state = 'failed'"
    " OR state = 'suppressed' OR state = 'quarantined' OR state = 'cancelled'"
)
_WAITING = text("state = 'deferred'")
_HELD = text("state = 'claimed' OR state = 'committing' OR lease_until IS NOT NULL")

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("edition", Text, ForeignKey("editions.id")),
    Column("notice", Id, ForeignKey("notices.id")),
    Column("subscriber", Id, nullable=False, index=True),
    Column("subscription", Id, nullable=False),
    Column("variant", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("token", BigInteger, nullable=False, default=0),  # counts claims; a fence or receipt of an older one is void
    Column("lease_until", Moment),
    Column("attempts", Integer, nullable=False, default=0),
    Column("retry_at", Moment),
    Column("uncertain", Integer, nullable=False, default=0),
    Column("answer", Text),
    Column("changed_at", Moment, nullable=False),
    UniqueConstraint("edition", "subscriber"),
    CheckConstraint("(edition IS NULL) <> (notice IS NULL)", name="one_of"),
    # Claims walk an edition's open rows in variant order, so that a worker holds one compiled variant at a time.
    Index(
        "ix_deliveries_claim", "edition", "state", "variant", "id", sqlite_where=_STANDING, postgresql_where=_STANDING
    ),
    Index("ix_deliveries_open", "state", "edition", sqlite_where=_HELD, postgresql_where=_HELD),
    # Of those that wait for a moment of their own, maybe very many, a claim reads those whose moment has come.
    Index("ix_deliveries_again", "edition", "retry_at", "id", sqlite_where=_WAITING, postgresql_where=_WAITING),
    # PostgreSQL would note of each mail of an edition, at each step, that it is of no notice; on SQLite a constraint.
    Index("uq_deliveries_notice", "notice", unique=True, postgresql_where=text("notice IS NOT NULL")),
)

events = Table(
    "events",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("delivery", Id, nullable=False, index=True),
    Column("kind", Text, nullable=False),  # uncertain, resent, bounced …: what the state alone forgets
    Column("at", Moment, nullable=False),
    Column("detail", Text),
    Column("permanent", Boolean),  # of what came back: whether the address takes nothing for good, where that was said
)

alarms = Table(
    "alarms",
    metadata,
    Column("key", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("said", JSON(none_as_null=True)),  # what the message is made of, to be told in other languages
    Column("raised_at", Moment, nullable=False),
    Column("told_at", Moment),
)

state = Table(
    "state",  # a few facts about the whole: `paused` (after a restore), `slots:<newsletter>:<cadence>` (composed up to)
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
