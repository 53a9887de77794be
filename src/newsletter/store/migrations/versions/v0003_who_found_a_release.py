"""A release may be found by several sources, and stands in the feed of each."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

Moment = sa.BigInteger()  # microseconds since 1970


def upgrade() -> None:
    _sources()
    _topics()
    op.drop_index("ix_releases_source_digest", "releases")
    op.drop_index("ix_releases_source_published", "releases")
    op.create_index("ix_releases_digest", "releases", ["digest"])
    op.create_index("ix_releases_published_at", "releases", ["published_at"])


def _sources() -> None:
    """Until now each release was its own source's alone."""
    op.create_table(
        "release_sources",
        sa.Column("release", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("first_seen", Moment, nullable=False),
        sa.Column("mailable", sa.Boolean(), nullable=False),
        sa.Column("published_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["release"], ["releases.id"], name="fk_release_sources_release"),
        sa.PrimaryKeyConstraint("release", "source", name="pk_release_sources"),
    )
    op.create_index("ix_release_sources_url", "release_sources", ["url"])
    op.create_index("ix_release_sources_feed", "release_sources", ["source", "published_at", "release"])
    columns = "source, url, first_seen, mailable, published_at"
    op.execute(f"INSERT INTO release_sources (release, {columns}) SELECT id, {columns} FROM releases")  # noqa: S608


def _topics() -> None:
    """A topic is one by the settings of a source. SQLite cannot change a primary key: the rows go by another table."""
    op.execute(
        "CREATE TABLE topics_as_they_were AS SELECT release_topics.release, releases.source, topic, title"
        " FROM release_topics JOIN releases ON releases.id = release_topics.release"
    )
    op.drop_table("release_topics")
    op.create_table(
        "release_topics",
        sa.Column("release", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["release"], ["releases.id"], name="fk_release_topics_release"),
        sa.PrimaryKeyConstraint("release", "source", "topic", name="pk_release_topics"),
    )
    op.create_index("ix_release_topics_feed", "release_topics", ["source", "topic", "release"])
    op.execute(
        "INSERT INTO release_topics (release, source, topic, title)"
        " SELECT release, source, topic, title FROM topics_as_they_were"
    )
    op.drop_table("topics_as_they_were")
