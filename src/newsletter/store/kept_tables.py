"""The tables of what is kept of pages so that they can be read again, and of what a person said is right."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, LargeBinary, Table, Text
from sqlalchemy.types import JSON

from newsletter.store.columns import Moment, metadata

kept_pages = Table(
    "kept_pages",
    metadata,
    Column("source", Text, primary_key=True),
    Column("url", Text, primary_key=True),
    Column("withheld", Boolean, primary_key=True),  # a page that broke has its last good version beside it
    Column("at", Moment, nullable=False),
    Column("since", Moment, nullable=False),  # when it was first withheld
    Column("fields", Text, nullable=False),  # for which it is withheld, with a space between
    Column("reason", Text),
    Column("told", JSON(none_as_null=True)),  # what the reason is made of, to be told in other languages
    Column("changed", Boolean, nullable=False),
    Column("said", LargeBinary, nullable=False),  # zlib-compressed JSON of what its list said and what was read
    Column("head", Text),  # JSON of address, type and charset of the page; NULL where there is no page
    Column("body", LargeBinary),  # its bytes, zlib-compressed
    Index("ix_kept_pages_source_at", "source", "withheld", "at"),
)

accepted = Table(
    "accepted",  # since when what a field of a source's releases is counts as right, whatever it was before
    metadata,
    Column("source", Text, primary_key=True),
    Column("field", Text, primary_key=True),
    Column("at", Moment, nullable=False),
)
