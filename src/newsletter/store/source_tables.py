"""The tables of collecting: sources, how far their pasts were read, and their pages."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Integer, Table, Text
from sqlalchemy.types import JSON

from newsletter.store.columns import Moment, metadata

sources = Table(
    "sources",
    metadata,
    Column("slug", Text, primary_key=True),
    Column("next_at", Moment),
    Column("collected_at", Moment),  # the first collect that was finished; None until then
    Column("succeeded_at", Moment),
    Column("failures", Integer, nullable=False, default=0),
    Column("problem", Text),
    Column("said", JSON(none_as_null=True)),  # what the problem is made of, to be told in other languages
    Column("etag", Text),
    Column("last_modified", Text),
    Column("fingerprint", Text),  # of the settings it was collected with: another address is another source
    Column("lease_until", Moment),  # a process is at work on it, and renews this while it is
)

backfills = Table(
    "backfills",
    metadata,
    Column("slug", Text, primary_key=True),
    Column("document", JSON, nullable=False),  # how far its past was read, whole
)

pages = Table(
    "pages",
    metadata,
    Column("url", Text, primary_key=True),
    Column("source", Text, nullable=False, index=True),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("digest", Text),  # SHA-256 of the bytes: unchanged bytes need no second reading
    Column("checked_at", Moment),
    Column("gone", Integer, nullable=False, default=0),  # how many looks in a row answered 404 or 410
    Column("problem", Text),  # why the page is withheld, if it is
    Column("found_at", Moment, nullable=False),  # when it was first listed
    Column("mailable", Boolean, nullable=False),  # False: found by a first collect or backfill, so for the archive only
    Column("listed", Text),  # digest of what the list (or feed) said of it: when that changes, it is looked at at once
)
