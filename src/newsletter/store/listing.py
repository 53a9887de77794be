"""In whose feeds a release stands, under which topics there: rows made from its document, for the queries of feeds."""

from __future__ import annotations

from sqlalchemy import Connection, delete

from newsletter.model import Release
from newsletter.store.conflict import insert
from newsletter.store.tables import release_sources, release_topics


def list_release(connection: Connection, release: Release) -> None:
    """Write in whose feeds a release stands, in place of what was written before; in the transaction that keeps it."""
    connection.execute(delete(release_topics).where(release_topics.c.release == release.id))
    connection.execute(delete(release_sources).where(release_sources.c.release == release.id))
    rows = [
        {
            "release": release.id,
            "source": seen.source,
            "url": seen.url,
            "first_seen": seen.first_seen,
            "mailable": seen.mailable,
            "published_at": release.published_at,
        }
        for seen in release.seen_by
    ]
    connection.execute(insert(connection, release_sources), rows)
    topics = [
        {"release": release.id, "source": seen.source, "topic": topic.slug, "title": topic.title}
        for seen in release.seen_by
        for topic in seen.topics
    ]
    if topics:
        connection.execute(insert(connection, release_topics).on_conflict_do_nothing(), topics)
