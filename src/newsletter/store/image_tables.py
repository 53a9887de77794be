"""The tables of pictures: which release shows which, what is known of each address, and the copies that we host."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, Table, Text

from newsletter.store.columns import Id, Moment, metadata

images = Table(
    "images",
    metadata,
    Column("src", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("content_hash", Text),  # SHA-256 of the original's bytes: what a decision on its alt text is about
    Column("copy", Text, index=True),  # the name of the copy that is shown
    Column("type", Text),
    Column("width", Integer),
    Column("height", Integer),
    Column("size", Integer),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("checked_at", Moment),
    Column("next_at", Moment, index=True),
    Column("failures", Integer, nullable=False),
    Column("problem", Text),
)

release_images = Table(
    "release_images",
    metadata,
    Column("release", Text, ForeignKey("releases.id"), primary_key=True),
    Column("src", Text, primary_key=True, index=True),
    Column("place", Integer, nullable=False),  # 0: the one that stands for the release
)

image_copies = Table(
    "image_copies",
    metadata,
    Column("name", Text, primary_key=True),
    Column("type", Text, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("size", Integer, nullable=False),
    Column("used_at", Moment, nullable=False),  # when a release last showed it: mails link to it long after
)

alt_decisions = Table(
    "alt_decisions",  # nothing is ever taken from it: the last one about a picture counts
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("picture", Text, nullable=False, index=True),  # KnownImage.picture: another picture is asked about again
    Column("alt", Text),  # NULL: the picture is decorative
    Column("by", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("reason", Text),
    Column("before", Text),  # the alt text that the portal had then
)
