"""The tables the program began with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

Moment = sa.BigInteger()  # microseconds since 1970
Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    _collected()
    _sent()
    _people()
    _ledger()


def _collected() -> None:
    op.create_table(
        "sources",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("next_at", Moment),
        sa.Column("collected_at", Moment),
        sa.Column("succeeded_at", Moment),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text()),
        sa.Column("etag", sa.Text()),
        sa.Column("last_modified", sa.Text()),
        sa.Column("fingerprint", sa.Text()),
        sa.PrimaryKeyConstraint("slug", name="pk_sources"),
    )
    op.create_table(
        "pages",
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text()),
        sa.Column("last_modified", sa.Text()),
        sa.Column("digest", sa.Text()),
        sa.Column("checked_at", Moment),
        sa.Column("gone", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text()),
        sa.Column("found_at", Moment, nullable=False),
        sa.Column("mailable", sa.Boolean(), nullable=False),
        sa.Column("listed", sa.Text()),
        sa.PrimaryKeyConstraint("url", name="pk_pages"),
    )
    op.create_index("ix_pages_source", "pages", ["source"])
    op.create_table(
        "releases",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("first_seen", Moment, nullable=False),
        sa.Column("published_at", Moment, nullable=False),
        sa.Column("updated", Moment, nullable=False),
        sa.Column("changed_at", Moment, nullable=False),
        sa.Column("not_before", Moment),
        sa.Column("mailable", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("told_revision", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_releases"),
    )
    op.create_index("ix_releases_changed_at", "releases", ["changed_at"])
    op.create_index("ix_releases_source_digest", "releases", ["source", "digest"])
    op.create_index("ix_releases_source_published", "releases", ["source", "published_at", "id"])
    op.create_table(
        "addresses",
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("release", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["release"], ["releases.id"], name="fk_addresses_release"),
        sa.PrimaryKeyConstraint("url", name="pk_addresses"),
    )
    op.create_index("ix_addresses_release", "addresses", ["release"])
    op.create_table(
        "release_topics",
        sa.Column("release", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["release"], ["releases.id"], name="fk_release_topics_release"),
        sa.PrimaryKeyConstraint("release", "topic", name="pk_release_topics"),
    )
    op.create_index("ix_release_topics_topic", "release_topics", ["topic"])
    op.create_table(
        "revisions",
        sa.Column("release", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("change", sa.Text()),
        sa.Column("at", Moment, nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["release"], ["releases.id"], name="fk_revisions_release"),
        sa.PrimaryKeyConstraint("release", "number", name="pk_revisions"),
    )


def _sent() -> None:
    op.create_table(
        "editions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("newsletter", sa.Text(), nullable=False),
        sa.Column("cadence", sa.Text(), nullable=False),
        sa.Column("slot", Moment, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("composed_at", Moment),
        sa.Column("approved_at", Moment),
        sa.Column("first_fence_at", Moment),
        sa.Column("finished_at", Moment),
        sa.Column("frozen_at", Moment),
        sa.Column("dated", Moment),
        sa.Column("reason", sa.Text()),
        sa.Column("override", sa.Text()),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_editions"),
    )
    op.create_index("ix_editions_newsletter_cadence_slot", "editions", ["newsletter", "cadence", "slot"])
    op.create_index("ix_editions_state", "editions", ["state"])
    op.create_table(
        "sent_before",
        sa.Column("newsletter", sa.Text(), nullable=False),
        sa.Column("cadence", sa.Text(), nullable=False),
        sa.Column("address_hash", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("newsletter", "cadence", "address_hash", name="pk_sent_before"),
    )
    op.create_table(
        "edition_releases",
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("release", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["edition"], ["editions.id"], name="fk_edition_releases_edition"),
        sa.ForeignKeyConstraint(["release"], ["releases.id"], name="fk_edition_releases_release"),
        sa.PrimaryKeyConstraint("edition", "position", name="pk_edition_releases"),
    )
    op.create_index("ix_edition_releases_release", "edition_releases", ["release"])
    op.create_table(
        "sheets",
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["edition"], ["editions.id"], name="fk_sheets_edition"),
        sa.PrimaryKeyConstraint("edition", "language", "format", name="pk_sheets"),
    )
    op.create_table(
        "variants",
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("selection", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["edition"], ["editions.id"], name="fk_variants_edition"),
        sa.PrimaryKeyConstraint("edition", "key", name="pk_variants"),
    )


def _people() -> None:
    op.create_table(
        "subscribers",
        sa.Column("id", Id, nullable=False),
        sa.Column("email", sa.Text()),
        sa.Column("email_hash", sa.Text(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_subscribers"),
        sa.UniqueConstraint("email", name="uq_subscribers_email"),
        sa.UniqueConstraint("email_hash", name="uq_subscribers_email_hash"),
    )
    op.create_table(
        "subscriptions",
        sa.Column("id", Id, nullable=False),
        sa.Column("subscriber", Id, nullable=False),
        sa.Column("newsletter", sa.Text(), nullable=False),
        sa.Column("cadence", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("topics", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("confirmed_at", Moment),
        sa.Column("ended_at", Moment),
        sa.ForeignKeyConstraint(["subscriber"], ["subscribers.id"], name="fk_subscriptions_subscriber"),
        sa.PrimaryKeyConstraint("id", name="pk_subscriptions"),
        sa.UniqueConstraint("subscriber", "newsletter", name="uq_subscriptions_subscriber_newsletter"),
    )
    op.create_index(
        "ix_subscriptions_audience",
        "subscriptions",
        ["newsletter", "cadence", "state", "language", "format", "topics", "id"],
    )
    op.create_table(
        "consents",
        sa.Column("id", Id, nullable=False),
        sa.Column("subscription", Id, nullable=False),
        sa.Column("email_hash", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_consents"),
    )
    op.create_index("ix_consents_email_hash", "consents", ["email_hash"])
    op.create_index("ix_consents_subscription", "consents", ["subscription"])
    op.create_table(
        "suppressions",
        sa.Column("email_hash", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("email_hash", name="pk_suppressions"),
    )
    op.create_table(
        "notices",
        sa.Column("id", Id, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subscription", Id, nullable=False),
        sa.Column("subscriber", Id, nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("dated", Moment, nullable=False),
        sa.ForeignKeyConstraint(["subscriber"], ["subscribers.id"], name="fk_notices_subscriber"),
        sa.ForeignKeyConstraint(["subscription"], ["subscriptions.id"], name="fk_notices_subscription"),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
    )
    op.create_index("ix_notices_subscriber", "notices", ["subscriber"])


def _ledger() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", Id, nullable=False),
        sa.Column("edition", sa.Text()),
        sa.Column("notice", Id),
        sa.Column("subscriber", Id, nullable=False),
        sa.Column("subscription", Id, nullable=False),
        sa.Column("variant", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("token", sa.BigInteger(), nullable=False),
        sa.Column("lease_until", Moment),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("retry_at", Moment),
        sa.Column("uncertain", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Text()),
        sa.Column("changed_at", Moment, nullable=False),
        sa.CheckConstraint("(edition IS NULL) <> (notice IS NULL)", name="ck_deliveries_one_of"),
        sa.ForeignKeyConstraint(["edition"], ["editions.id"], name="fk_deliveries_edition"),
        sa.ForeignKeyConstraint(["notice"], ["notices.id"], name="fk_deliveries_notice"),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.UniqueConstraint("edition", "subscriber", name="uq_deliveries_edition_subscriber"),
        sa.UniqueConstraint("notice", name="uq_deliveries_notice"),
    )
    op.create_index("ix_deliveries_claim", "deliveries", ["edition", "state", "variant", "id"])
    op.create_index("ix_deliveries_open", "deliveries", ["state", "lease_until"])
    op.create_index("ix_deliveries_subscriber", "deliveries", ["subscriber"])
    op.create_table(
        "events",
        sa.Column("id", Id, nullable=False),
        sa.Column("delivery", Id, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("detail", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
    )
    op.create_index("ix_events_delivery", "events", ["delivery"])
    op.create_table(
        "alarms",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("raised_at", Moment, nullable=False),
        sa.Column("told_at", Moment),
        sa.PrimaryKeyConstraint("key", name="pk_alarms"),
    )
    op.create_table(
        "state",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_state"),
    )
